//! Photos handed over to the system, which sends them while the app sleeps.

use xunge_core::app as core;
use xunge_core::attachment::BlobHash;

use crate::device::Device;
use crate::error::CoreError;

/// A header of a request or an answer.
#[derive(Clone, Debug, uniffi::Record)]
pub struct HttpHeader {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// One request for the system to send.
#[derive(Clone, Debug, uniffi::Record)]
pub struct UploadHandOver {
    /// The whole address.
    pub url: String,
    /// `POST`, `HEAD` or `PATCH`.
    pub method: String,
    /// The headers; the token is among them.
    pub headers: Vec<HttpHeader>,
    /// The file that is the body, from its first byte to its last; `None` for a request without one.
    pub file: Option<String>,
    /// Where in the attachment that file begins, in bytes.
    pub offset: u64,
    /// The attachment, for saying what was answered.
    pub blob: BlobHash,
}

impl From<core::UploadHandOver> for UploadHandOver {
    fn from(core: core::UploadHandOver) -> Self {
        let core::UploadHandOver {
            url,
            method,
            headers,
            file,
            offset,
            blob,
        } = core;
        let header = |(name, value)| HttpHeader { name, value };
        Self {
            url,
            method,
            headers: headers.into_iter().map(header).collect(),
            file: file.map(|path| path.to_string_lossy().into_owned()),
            offset,
            blob,
        }
    }
}

#[uniffi::export]
impl Device {
    /// The next request of the next photo or voice note that waits; `None` where nothing does, or what does waits for Wi-Fi. The same
    /// until it was answered. Not beside a running sync: sync without attachments first.
    pub fn next_upload(&self, is_metered: bool) -> Result<Option<UploadHandOver>, CoreError> {
        Ok(self.inner.next_upload(is_metered)?.map(Into::into))
    }

    /// What the system was answered (`status` `None`: no answer came). True where the server has the file, whole and verified; then, and
    /// after false, ask for the next request. `Offline` where it does not go on now.
    pub fn upload_answered(
        &self,
        blob: BlobHash,
        status: Option<u16>,
        headers: Vec<HttpHeader>,
        body: Vec<u8>,
    ) -> Result<bool, CoreError> {
        let headers = headers.into_iter().map(|header| (header.name, header.value));
        Ok(self
            .inner
            .upload_answered(&blob, status, headers.collect(), body)?)
    }
}
