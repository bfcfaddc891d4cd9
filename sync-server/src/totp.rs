//! One-time passwords by time (RFC 6238 over RFC 4226): six digits of HMAC-SHA-1, steps of 30 seconds, as every authenticator reckons them.
//!
//! Pure: secrets and instants come in, codes and steps go out. What was used is remembered by the caller.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use xunge_core::time::Timestamp;

/// The length of a step in ms.
const STEP_MS: i64 = 30_000;

/// Digits of a code.
const DIGITS: u32 = 6;

/// Steps before and after the present one whose codes are taken: clocks differ, people type slowly.
const DRIFT_STEPS: u64 = 1;

/// Bytes of a secret: as many as SHA-1 gives, as RFC 4226 advises.
pub(crate) const SECRET_BYTES: usize = 20;

/// The step of an instant.
fn step_of(at: Timestamp) -> u64 {
    u64::try_from(at.as_millis().div_euclid(STEP_MS)).unwrap_or(0)
}

/// The number for a counter, before it is cut to digits.
fn number(secret: &[u8], counter: u64) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(&counter.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let start = usize::from(hash[hash.len() - 1] & 0x0f);
    let four = [hash[start], hash[start + 1], hash[start + 2], hash[start + 3]];
    u32::from_be_bytes(four) & 0x7fff_ffff
}

/// The code of a step.
pub(crate) fn code(secret: &[u8], step: u64) -> String {
    let digits = usize::try_from(DIGITS).expect("six is small");
    format!("{:0digits$}", number(secret, step) % 10_u32.pow(DIGITS))
}

/// The step whose code was typed, where it is near the instant and later than the last one that was used: a code is good once.
pub(crate) fn accepted_step(secret: &[u8], typed: &str, at: Timestamp, last: Option<u64>) -> Option<u64> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let now = step_of(at);
    // Every step is tried, so that the time taken says nothing about which one fits.
    let steps = now.saturating_sub(DRIFT_STEPS)..=now + DRIFT_STEPS;
    let fitting: Vec<u64> = steps
        .filter(|step| is_equal(&code(secret, *step), &plain))
        .collect();
    fitting
        .into_iter()
        .find(|step| last.is_none_or(|last| *step > last))
}

/// Whether two texts are equal; the time taken depends on their lengths alone.
fn is_equal(a: &str, b: &str) -> bool {
    let differing = a.bytes().zip(b.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    a.len() == b.len() && differing == 0
}

/// A secret as people type it: base 32 of RFC 4648, without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(
                LETTERS[usize::try_from(held >> bits & 31).unwrap_or(0)],
            ));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(
            LETTERS[usize::try_from(held << (5 - bits) & 31).unwrap_or(0)],
        ));
    }
    text
}

/// What authenticators scan. The account's name is percent-encoded where it must be.
pub(crate) fn address(secret: &[u8], account: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let account: String = account.chars().filter(is_plain).collect();
    format!(
        "otpauth://totp/Xunge:{account}?secret={}&issuer=Xunge&algorithm=SHA1&digits={DIGITS}&period={}",
        base32(secret),
        STEP_MS / 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the vectors of both RFCs.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_4226() {
        let known = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (counter, code) in known.iter().enumerate() {
            assert_eq!(super::code(SECRET, counter as u64), *code, "{counter}");
        }
    }

    #[test]
    fn times_are_those_of_rfc_6238() {
        let known = [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ];
        for (seconds, code) in known {
            let step = step_of(Timestamp(seconds * 1_000));
            assert_eq!(number(SECRET, step) % 100_000_000, code, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_near_its_time_alone() {
        let at = Timestamp(1_795_492_800_000);
        let typed = code(SECRET, step_of(at));
        let step = accepted_step(SECRET, &typed, at, None).expect("it is the code of now");
        assert_eq!(accepted_step(SECRET, &typed, at, Some(step)), None, "used");
        let spaced = format!(" {} {} ", &typed[..3], &typed[3..]);
        assert_eq!(accepted_step(SECRET, &spaced, at, None), Some(step));
        assert!(accepted_step(SECRET, &typed, at.plus_ms(STEP_MS), None).is_some());
        assert!(accepted_step(SECRET, &typed, at.plus_ms(-STEP_MS), None).is_some());
        assert_eq!(accepted_step(SECRET, &typed, at.plus_ms(2 * STEP_MS), None), None);
        assert_eq!(accepted_step(SECRET, "", at, None), None);
        assert_eq!(accepted_step(SECRET, &typed[..5], at, None), None);
    }

    #[test]
    fn secrets_are_written_as_rfc_4648_has_it() {
        let known = [
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (plain, text) in known {
            assert_eq!(base32(plain.as_bytes()), text);
        }
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(address(SECRET, "k 1&x=").contains("Xunge:k1x?secret=GEZ"));
    }
}
