//! Codes in pictures, and pictures without faces.

use xunge_core::attachment::{self, Region};
use xunge_core::enrolment::EnrolmentCode;
use xunge_core::error::Error;

use crate::error::CoreError;

/// A part of a picture as it is shown, in parts of its width and height: 0 is left and top, 1 right and bottom.
#[uniffi::remote(Record)]
pub struct Region {
    /// The left edge, 0..=1.
    pub x: f64,
    /// The upper edge, 0..=1.
    pub y: f64,
    /// The width, 0..=1.
    pub w: f64,
    /// The height, 0..=1.
    pub h: f64,
}

/// What an enrolment code says before it is used.
#[derive(Clone, Debug, uniffi::Record)]
pub struct EnrolmentPreview {
    /// The server's address, for the person to see where the phone will report to.
    pub base_url: String,
}

/// The text of the first QR code in a frame of brightness (0 black, 255 white), rows from the top with `row_stride` bytes from one to the
/// next: the camera's luma plane as it comes, whichever way the phone is held. `None` where there is none.
#[uniffi::export]
pub fn decode_qr(
    luminance: Vec<u8>,
    width: u32,
    height: u32,
    row_stride: u32,
) -> Result<Option<String>, CoreError> {
    Ok(attachment::decode_qr(&luminance, width, height, row_stride))
}

/// The text of the first QR code in a picture (JPEG, PNG or WebP); `None` where there is none, or the bytes are no picture.
#[uniffi::export]
pub fn decode_qr_picture(bytes: Vec<u8>) -> Result<Option<String>, CoreError> {
    Ok(attachment::decode_qr_picture(&bytes).ok().flatten())
}

/// Looks at the text of a code without using it. `InvalidInput` with the field `code` and as rule `not_ours` (some other QR code), `newer`
/// (update the app) or `incomplete` (scan it again); whether it is expired or used up only the server knows.
#[uniffi::export]
pub fn read_enrolment_code(text: String) -> Result<EnrolmentPreview, CoreError> {
    let code: EnrolmentCode = text.parse().map_err(Error::from)?;
    Ok(EnrolmentPreview {
        base_url: code.base_url,
    })
}

/// The picture as an upright JPEG without metadata, every region pixelated beyond recognition.
#[uniffi::export]
pub fn blur_picture(bytes: Vec<u8>, regions: Vec<Region>) -> Result<Vec<u8>, CoreError> {
    Ok(attachment::pixelate(&bytes, &regions).map_err(Error::from)?)
}
