//! Enrolment: the text in the QR code, and what phone and server say to each other once.
//!
//! Set in stone: the code's form and the JSON names. A code holds a one-time secret and expires; it enrols one person's profile on one
//! phone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{ActorId, GenerationId, InstallId, PersonId, UnitId};
use crate::signature::sha256;

/// Where a server gives the root certificates of its township to anybody, as PEM.
pub const ROOT_PATH: &str = "/v1/root";

/// Names the root certificates of a township that speaks TLS under a root of its own: the first 16 bytes of the SHA-256 of their PEM text,
/// byte for byte as `GET /v1/root` answers it. To make another text with the same name takes 2^128 tries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RootPin([u8; 16]);

impl RootPin {
    /// The pin of a PEM text.
    pub fn of(pem: &[u8]) -> Self {
        let mut pin = [0; 16];
        pin.copy_from_slice(&sha256(pem)[..16]);
        Self(pin)
    }
}

/// The text of an enrolment QR code: `xunge:1:<base address of the server>:<one-time secret>`, or, where the township has a root of its
/// own, `xunge:2:<pin in 32 hexadecimal digits>:<base address>:<one-time secret>`. The secret holds no colon.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// The server's address (`https://host[:port]`).
    pub base_url: String,
    /// The root that the phone is to trust for this server, and no other; `None` leaves that to the app.
    pub root: Option<RootPin>,
    /// The one-time secret.
    pub secret: String,
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnrolmentCode({})", self.base_url)
    }
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            None => write!(f, "xunge:1:{}:{}", self.base_url, self.secret),
            Some(RootPin(pin)) => write!(
                f,
                "xunge:2:{}:{}:{}",
                hex::encode(pin),
                self.base_url,
                self.secret
            ),
        }
    }
}

/// Why a scanned text is no enrolment code.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidEnrolmentCode {
    /// Some other QR code.
    #[error("the code is not an enrolment code of this app")]
    NotOurs,
    /// A code of a later version.
    #[error("the code is of a newer version: update the app")]
    Newer,
    /// A part of it is missing.
    #[error("the code is incomplete: scan it again")]
    Incomplete,
}

impl FromStr for EnrolmentCode {
    type Err = InvalidEnrolmentCode;

    fn from_str(text: &str) -> Result<Self, InvalidEnrolmentCode> {
        let rest = text
            .trim()
            .strip_prefix("xunge:")
            .ok_or(InvalidEnrolmentCode::NotOurs)?;
        let (version, rest) = rest.split_once(':').ok_or(InvalidEnrolmentCode::Incomplete)?;
        let (root, rest) = match version {
            "1" => (None, rest),
            "2" => {
                let (pin, rest) = rest.split_once(':').ok_or(InvalidEnrolmentCode::Incomplete)?;
                let mut bytes = [0; 16];
                hex::decode_to_slice(pin, &mut bytes).map_err(|_| InvalidEnrolmentCode::Incomplete)?;
                (Some(RootPin(bytes)), rest)
            }
            _ => return Err(InvalidEnrolmentCode::Newer),
        };
        let (base_url, secret) = rest.rsplit_once(':').ok_or(InvalidEnrolmentCode::Incomplete)?;
        // A root without TLS would promise what nobody keeps.
        let is_address =
            base_url.starts_with("https://") || (root.is_none() && base_url.starts_with("http://"));
        if secret.is_empty() || !is_address {
            return Err(InvalidEnrolmentCode::Incomplete);
        }
        Ok(Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            root,
            secret: secret.to_owned(),
        })
    }
}

/// What a phone sends to `POST /v1/enrol`, as JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time secret of the code.
    pub code: String,
    /// The install's public key: 65 bytes in hexadecimal.
    pub public_key: String,
    /// The app's version.
    pub app_version: String,
    /// What people call the phone, for the list of installs.
    pub device_label: String,
}

/// What the server answers, once. An answer that was lost is given again to the same key for as long as the code is valid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnrolAnswer {
    /// The install's name.
    pub install: InstallId,
    /// The secret half of the bearer token, in hexadecimal; the token is `<install>.<secret>`.
    pub token: String,
    /// Whose profile it is.
    pub person: PersonId,
    /// The name, for the list of profiles.
    pub name: String,
    /// The township (or county) in whose feed the install's reports live.
    pub township: UnitId,
    /// The feeds that the install follows.
    pub feeds: Vec<UnitId>,
    /// The actor of the install's changes.
    pub actor: ActorId,
    /// The tag in the codes that it makes.
    pub tag: String,
    /// What a restored phone takes instead.
    pub spares: Vec<SpareActor>,
    /// The server's public key for results: 65 bytes in hexadecimal.
    pub server_public_key: String,
    /// The township's recovery key (X25519): 32 bytes in hexadecimal.
    pub recovery_public_key: String,
    /// The server database's generation.
    pub generation: GenerationId,
}

/// An actor in reserve with its code tag.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SpareActor {
    /// The actor.
    pub actor: ActorId,
    /// The tag.
    pub tag: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_back_from_its_text_and_others_are_named() {
        let code = EnrolmentCode {
            base_url: "http://10.0.0.2:8080".into(),
            root: None,
            secret: "k7".into(),
        };
        assert_eq!(code.to_string().parse(), Ok(code));
        let pinned = EnrolmentCode {
            base_url: "https://town.example:8443".into(),
            root: Some(RootPin::of(b"a root")),
            secret: "k7".into(),
        };
        assert_eq!(
            pinned.to_string(),
            "xunge:2:50b312f5cbc716759f5620d73a7cc114:https://town.example:8443:k7"
        );
        assert_eq!(pinned.to_string().parse(), Ok(pinned));
        let parse = |text: &str| text.parse::<EnrolmentCode>().expect_err("not a code");
        assert_eq!(parse("https://example.org"), InvalidEnrolmentCode::NotOurs);
        assert_eq!(parse("xunge:3:a:http://b"), InvalidEnrolmentCode::Newer);
        assert_eq!(parse("xunge:2:00:https://b:k7"), InvalidEnrolmentCode::Incomplete);
        let pin = "0".repeat(32);
        assert_eq!(
            parse(&format!("xunge:2:{pin}:http://b:k7")),
            InvalidEnrolmentCode::Incomplete
        );
        assert_eq!(parse("xunge:1:a"), InvalidEnrolmentCode::Incomplete);
        assert_eq!(parse("xunge:1:http://b:"), InvalidEnrolmentCode::Incomplete);
        assert_eq!(parse("xunge:1:ftp://b:abc"), InvalidEnrolmentCode::Incomplete);
    }
}
