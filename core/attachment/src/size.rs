//! How large a picture is sent: by the detail its category asks for and by the link.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Long side of an uploaded picture when nothing asks for another.
pub const LONG_SIDE_DEFAULT_PX: u32 = 1600;
/// Long side on a slow or dear link, for categories that do not ask for fine pictures.
pub const LONG_SIDE_SLOW_LINK_PX: u32 = 1024;
/// Long side where the category asks for fine pictures (documents, meters, plates).
pub const LONG_SIDE_FINE_PX: u32 = 2048;

/// How much detail a category asks of its pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum PictureDetail {
    /// A scene: what happened, and where.
    #[default]
    #[n(0)]
    Normal,
    /// Small print must stay readable.
    #[n(1)]
    Fine,
}

/// What the phone knows about its link when the picture is prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Link {
    /// Nothing known, or good enough.
    #[default]
    Normal,
    /// Slow, metered, or failing often.
    Slow,
}

/// The long side in pixels. Fine detail wins over a slow link: a picture that cannot be read has to be taken again.
pub const fn long_side_for(detail: PictureDetail, link: Link) -> u32 {
    match (detail, link) {
        (PictureDetail::Fine, _) => LONG_SIDE_FINE_PX,
        (PictureDetail::Normal, Link::Normal) => LONG_SIDE_DEFAULT_PX,
        (PictureDetail::Normal, Link::Slow) => LONG_SIDE_SLOW_LINK_PX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_detail_wins_over_a_slow_link() {
        assert_eq!(long_side_for(PictureDetail::Normal, Link::Normal), 1600);
        assert_eq!(long_side_for(PictureDetail::Normal, Link::Slow), 1024);
        assert_eq!(long_side_for(PictureDetail::Fine, Link::Normal), 2048);
        assert_eq!(long_side_for(PictureDetail::Fine, Link::Slow), 2048);
    }
}
