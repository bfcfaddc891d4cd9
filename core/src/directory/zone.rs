//! The zones that phones carry.
//!
//! A phone's library is built with the zones of China and without the rest of the IANA table, which is a megabyte. A township in another
//! zone would count its days otherwise on the server than on its phones, so the server takes no such zone. The list is that of
//! `bindings/mobile.sh`; a test holds both against each other.

use chrono_tz::Tz;

/// The zones that a policy may name, ascending.
pub const ZONES: [&str; 15] = [
    "Asia/Chongqing",
    "Asia/Chungking",
    "Asia/Harbin",
    "Asia/Hong_Kong",
    "Asia/Kashgar",
    "Asia/Macao",
    "Asia/Macau",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Urumqi",
    "Etc/UTC",
    "Hongkong",
    "PRC",
    "ROC",
    "UTC",
];

/// What is wrong with the name of a zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ZoneFault {
    /// It is not in the IANA table.
    Unknown,
    /// It is, and phones do not carry it.
    NotCarried,
}

/// What is wrong with the name of a zone; `None` where a policy may name it.
pub(super) fn fault(name: &str) -> Option<ZoneFault> {
    if name.parse::<Tz>().is_err() {
        Some(ZoneFault::Unknown)
    } else if ZONES.contains(&name) {
        None
    } else {
        Some(ZoneFault::NotCarried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_phones_carry_is_taken_and_no_other() {
        for name in ZONES {
            assert_eq!(fault(name), None, "{name}");
        }
        assert!(ZONES.is_sorted());
        assert_eq!(fault("Beijing"), Some(ZoneFault::Unknown));
        let taken = chrono_tz::TZ_VARIANTS
            .iter()
            .filter(|zone| fault(zone.name()).is_none());
        assert_eq!(taken.count(), ZONES.len());
        assert_eq!(fault("America/New_York"), Some(ZoneFault::NotCarried));
    }
}
