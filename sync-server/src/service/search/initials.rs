//! Pinyin initials: a name is found by the first letters of its signs, whichever reading of a sign is meant.

use pinyin::ToPinyinMulti;

/// The initials of a text: for each sign the letters with which one of its readings begins, one bit a letter; digits and letters stand for
/// themselves. Everything else is left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Initials(Vec<u64>);

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
    let readings = sign.to_pinyin_multi()?;
    let letters = readings
        .into_iter()
        .filter_map(|reading| bit(reading.plain().chars().next()?));
    Some(letters.fold(0, |all, bit| all | bit))
}

impl Initials {
    /// The initials of a text.
    pub(super) fn of(text: &str) -> Self {
        Self(text.chars().filter_map(bits).collect())
    }

    /// Whether the text has these initials in a row somewhere. `sought`: from [`Sought::of`].
    pub(super) fn have(&self, sought: &Sought) -> bool {
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
pub(super) struct Sought(Vec<u64>);

impl Sought {
    /// What is typed, where it can be initials: two letters or more and nothing but letters and digits.
    pub(super) fn of(typed: &str) -> Option<Self> {
        let bits: Option<Vec<u64>> = typed.chars().map(|sign| bit(sign.to_ascii_lowercase())).collect();
        let has_letters = typed.chars().filter(char::is_ascii_alphabetic).count() >= 2;
        bits.filter(|_| has_letters).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
