//! Names found by what is typed: by their signs, by their pinyin in full or shortened, by the first letters of their signs alone,
//! whichever reading of a sign is meant. One implementation for phones and for desks.
//!
//! Nothing here knows whose names they are. Names are short; whole texts are matched by [`Initials`] alone, which are made once.

mod readings;

use readings::readings;

/// The initials of a text: for each sign the letters with which one of its readings begins, one bit a letter; digits and letters stand for
/// themselves. Everything else is left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Initials(Vec<u64>);

/// The bit of a small letter or a digit.
fn bit(sign: char) -> Option<u64> {
    match sign {
        'a'..='z' => Some(1 << (u32::from(sign) - u32::from('a'))),
        '0'..='9' => Some(1 << (26 + u32::from(sign) - u32::from('0'))),
        _ => None,
    }
}

fn bits(sign: char) -> Option<u64> {
    if let Some(bit) = bit(sign.to_ascii_lowercase()) {
        return Some(bit);
    }
    let mut readings = readings(sign).peekable();
    readings.peek()?;
    let letters = readings.filter_map(|reading| bit(reading.chars().next()?));
    Some(letters.fold(0, |all, bit| all | bit))
}

impl Initials {
    /// The initials of a text.
    pub fn of(text: &str) -> Self {
        Self(text.chars().filter_map(bits).collect())
    }

    /// Whether the text has these initials in a row somewhere. `sought`: from [`Sought::of`].
    pub fn have(&self, sought: &Sought) -> bool {
        let fits = |here: &[u64]| {
            here.iter()
                .zip(&sought.0)
                .all(|(sign, letter)| sign & letter != 0)
        };
        self.0.windows(sought.0.len()).any(fits)
    }
}

/// Initials that are looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sought(Vec<u64>);

impl Sought {
    /// What is typed, where it can be initials: two letters or more and nothing but letters and digits.
    pub fn of(typed: &str) -> Option<Self> {
        let bits: Option<Vec<u64>> = typed.chars().map(|sign| bit(sign.to_ascii_lowercase())).collect();
        let has_letters = typed.chars().filter(char::is_ascii_alphabetic).count() >= 2;
        bits.filter(|_| has_letters).map(Self)
    }
}

/// How well a name fits what is typed; the lesser the better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fit {
    /// The name begins with the very signs.
    SignsAtStart,
    /// The signs stand in it.
    Signs,
    /// Its pinyin begins so.
    PinyinAtStart,
    /// Its pinyin from some sign on is so.
    Pinyin,
}

/// The most letters that are looked for in pinyin; more are never typed for a name.
const TYPED_CHARS_MAX: usize = 40;

/// How a name fits what is typed: `违章`, `weizhang`, `wzgg`, `weizgg`, `第3`. Case and spaces do not matter. `None` where it does not, and
/// for nothing typed.
pub fn fit(name: &str, typed: &str) -> Option<Fit> {
    let fold = |text: &str| -> String {
        let kept = text.chars().filter(|sign| !sign.is_whitespace());
        kept.flat_map(char::to_lowercase).collect()
    };
    let (name, typed) = (fold(name), fold(typed));
    if typed.is_empty() {
        return None;
    }
    match name.find(&typed) {
        Some(0) => return Some(Fit::SignsAtStart),
        Some(_) => return Some(Fit::Signs),
        None => {}
    }
    if typed.len() > TYPED_CHARS_MAX || !typed.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let signs: Vec<Vec<String>> = name.chars().map(spellings).collect();
    (0..signs.len())
        .find(|start| is_spelled(&signs[*start..], &typed))
        .map(|start| {
            if start == 0 {
                Fit::PinyinAtStart
            } else {
                Fit::Pinyin
            }
        })
}

/// The ways in which a sign may be typed: its readings; a letter or digit as it is.
fn spellings(sign: char) -> Vec<String> {
    if sign.is_ascii_alphanumeric() {
        return vec![sign.to_string()];
    }
    readings(sign).map(str::to_owned).collect()
}

/// Whether `typed` is made of a beginning of each of these signs in a row, until it ends.
fn is_spelled(signs: &[Vec<String>], typed: &str) -> bool {
    // Whether what is left of `typed` from each place on may begin at the sign that is looked at. Every place is looked at once a sign.
    let mut open = vec![false; typed.len() + 1];
    open[0] = true;
    for readings in signs {
        let mut next = vec![false; typed.len() + 1];
        for from in (0..typed.len()).filter(|from| open[*from]) {
            for reading in readings {
                let shared = reading.bytes().zip(typed[from..].bytes());
                for taken in 1..=shared.take_while(|(a, b)| a == b).count() {
                    next[from + taken] = true;
                }
            }
        }
        if next[typed.len()] {
            return true;
        }
        open = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_signs_by_pinyin_and_by_anything_between() {
        for typed in ["weizhang", "wzgg", "weizgg", "wzguanggao", "W Z", "w", "weiz"] {
            assert_eq!(fit("违章广告", typed), Some(Fit::PinyinAtStart), "{typed}");
        }
        assert_eq!(fit("违章广告", "违章"), Some(Fit::SignsAtStart));
        assert_eq!(fit("违章广告", "广告"), Some(Fit::Signs));
        assert_eq!(fit("违章广告", "guangg"), Some(Fit::Pinyin));
        assert_eq!(fit("第3网格", "3wang"), Some(Fit::Pinyin));
        assert!(fit("重庆路", "chongq").is_some() && fit("重点", "zhongd").is_some());
    }

    #[test]
    fn what_is_not_in_a_name_does_not_fit() {
        for typed in ["", "  ", "wgg", "eizhang", "违广", "weizhangx", "a-b", "wzggx"] {
            assert_eq!(fit("违章广告", typed), None, "{typed}");
        }
        assert_eq!(fit("", "w"), None);
        assert_eq!(fit("阿阿阿阿阿阿阿阿", &"a".repeat(41)), None);
    }

    fn has(text: &str, typed: &str) -> bool {
        Sought::of(typed).is_some_and(|sought| Initials::of(text).have(&sought))
    }

    #[test]
    fn names_are_found_by_their_initials_in_a_row() {
        assert!(has("违章广告 王家桥头", "wzgg"));
        assert!(has("违章广告 王家桥头", "WJQ"));
        assert!(has("第3网格", "3wg"));
        assert!(!has("违章广告", "wgg"), "signs may not be left out");
    }

    #[test]
    fn a_sign_with_several_readings_is_found_by_each() {
        assert!(has("重庆路", "cq") && has("重点场所", "zd"));
    }

    #[test]
    fn one_letter_digits_alone_and_other_signs_are_no_initials() {
        for typed in ["w", "12", "王家", "w-j", ""] {
            assert_eq!(Sought::of(typed), None, "{typed}");
        }
    }
}
