//! The light of the hour: what it does to colours, and the sky it comes from.

use super::canvas::{Ink, ink};

/// An hour of the day, as a photograph shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Light {
    Morning,
    Noon,
    Overcast,
    Evening,
    Night,
}

impl Light {
    /// The hours at which people photograph by daylight.
    pub(super) const DAY: [Self; 4] = [Self::Morning, Self::Noon, Self::Overcast, Self::Evening];

    /// Factors for red, green and blue.
    pub(super) const fn tint(self) -> [f32; 3] {
        match self {
            Self::Morning => [1.0, 0.97, 0.92],
            Self::Noon => [1.0, 1.0, 1.0],
            Self::Overcast => [0.88, 0.91, 0.95],
            Self::Evening => [0.98, 0.86, 0.72],
            Self::Night => [0.30, 0.34, 0.48],
        }
    }

    /// Colour of the sky at the top and at the horizon, before the tint.
    pub(super) const fn sky(self) -> (Ink, Ink) {
        match self {
            Self::Morning => (ink(0x8F_BDE6), ink(0xF8_EBD6)),
            Self::Noon => (ink(0x4F_95DB), ink(0xCF_E6F5)),
            Self::Overcast => (ink(0xB4_BEC8), ink(0xE3_E8EC)),
            Self::Evening => (ink(0x7E_93C4), ink(0xFF_C98E)),
            Self::Night => (ink(0x1C_2A55), ink(0x56_6A96)),
        }
    }
}
