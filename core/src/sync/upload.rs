//! One file on its way to the server, as a tus 1.0 client: create, ask where it stands, send pieces, be told that the whole is verified.
//!
//! Sans-I/O: it says what to send and takes what came back. It resumes at the byte, however often it is cut, and calls nothing done
//! before the server has the last byte and has checked the hash.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::failure::SyncFailure;
use super::http;
use super::transport::{HttpRequest, HttpResponse, Method, TransportError};
use crate::attachment::BlobHash;
use crate::id::{AttachmentId, ReportId};

/// The first piece in bytes: ten seconds at 50 kbit/s.
pub const PIECE_BYTES_MIN: u64 = 64 * 1024;
/// The largest piece.
pub const PIECE_BYTES_MAX: u64 = 512 * 1024;
/// How often an upload is begun anew before it is left for the next sync.
const BEGINNINGS_MAX: u32 = 3;
/// How often in a row a piece may be refused where the server had said that it stands.
const CONTRADICTIONS_MAX: u32 = 3;
/// The version of the protocol.
const TUS: &str = "1.0.0";

/// What is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadFile {
    /// The SHA-256 of the whole.
    pub blob: BlobHash,
    /// The report.
    pub report: ReportId,
    /// The attachment's name in it.
    pub attachment: AttachmentId,
    /// `picture`, `voice_note` or `thumbnail`.
    pub kind: String,
    /// The whole length.
    pub size_bytes: u64,
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UploadStep {
    /// Send this. Where `piece` is given, the body is those bytes of the file.
    Send {
        /// The request, without its body.
        request: HttpRequest,
        /// First byte and length of the piece.
        piece: Option<(u64, u64)>,
    },
    /// The server has the whole and its hash fits.
    Verified,
    /// The server does not take it, and why: a person must see to it.
    Refused(String),
    /// It did not go through now; it goes on from where it stands at the next sync.
    Failed(SyncFailure),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    Nothing,
    Create,
    Where,
    Piece(u64),
}

/// An upload's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    file: UploadFile,
    url: Option<String>,
    /// As the server last said; `None` where it has to be asked.
    offset: Option<u64>,
    piece_bytes: u64,
    is_in_whole: bool,
    beginnings: u32,
    is_verified: bool,
    asked: Asked,
    /// How often in a row the server wanted another offset than the one that it had named.
    contradictions: u32,
}

impl Upload {
    /// An upload that was begun under `url` in some earlier run, or not yet.
    pub fn new(file: UploadFile, url: Option<String>) -> Self {
        Self {
            file,
            url,
            offset: None,
            piece_bytes: PIECE_BYTES_MIN,
            is_in_whole: false,
            beginnings: 0,
            is_verified: false,
            asked: Asked::Nothing,
            contradictions: 0,
        }
    }

    /// Sends the rest in one piece each time: for a system that sends files on its own and resumes by itself.
    pub fn in_whole(mut self) -> Self {
        self.is_in_whole = true;
        self
    }

    /// Whether the server has the whole and its hash fits.
    pub fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// Where the upload lies on the server, to be kept.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// How much the server has, as it last said.
    pub fn sent_bytes(&self) -> u64 {
        self.offset.unwrap_or(0)
    }

    /// What to send next. Ask again after each answer.
    pub fn next_step(&mut self) -> UploadStep {
        if self.is_verified {
            return UploadStep::Verified;
        }
        let Some(url) = self.url.clone() else {
            return self.create();
        };
        let Some(offset) = self.offset else {
            self.asked = Asked::Where;
            return send(plain(Method::Head, &url), None);
        };
        let rest = self.file.size_bytes - offset;
        let length = if self.is_in_whole {
            rest
        } else {
            self.piece_bytes.min(rest)
        };
        self.asked = Asked::Piece(length);
        let mut request = plain(Method::Patch, &url);
        request
            .headers
            .push(("content-type".into(), "application/offset+octet-stream".into()));
        request.headers.push(("upload-offset".into(), offset.to_string()));
        send(request, Some((offset, length)))
    }

    fn create(&mut self) -> UploadStep {
        if self.beginnings >= BEGINNINGS_MAX {
            return UploadStep::Failed(SyncFailure::Protocol(
                "the server forgets the upload again and again",
            ));
        }
        self.beginnings += 1;
        self.asked = Asked::Create;
        // A thumbnail is a picture to the server; which of the two it is stands beside.
        let (kind, part) = match self.file.kind.as_str() {
            "thumbnail" => ("picture", "thumbnail"),
            kind => (kind, "original"),
        };
        let pairs = [
            ("sha256", self.file.blob.to_string()),
            ("report", self.file.report.to_string()),
            ("attachment", self.file.attachment.to_string()),
            ("kind", kind.to_owned()),
            ("part", part.to_owned()),
        ];
        let metadata: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name} {}", BASE64.encode(value)))
            .collect();
        let mut request = plain(Method::Post, "/v1/uploads");
        request
            .headers
            .push(("upload-length".into(), self.file.size_bytes.to_string()));
        request
            .headers
            .push(("upload-metadata".into(), metadata.join(",")));
        send(request, None)
    }

    /// Takes the answer to what [`next_step`](Self::next_step) said; `Some` where that ends this run.
    pub fn take(&mut self, answer: Result<&HttpResponse, &TransportError>) -> Option<UploadStep> {
        let asked = std::mem::replace(&mut self.asked, Asked::Nothing);
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                // The piece may have arrived: the server is asked before anything is sent again.
                self.offset = None;
                self.piece_bytes = PIECE_BYTES_MIN;
                return Some(UploadStep::Failed(error.clone().into()));
            }
        };
        match (asked, response.status) {
            (Asked::Create, 200..=204) => self.created(response),
            (Asked::Where, 200 | 204) | (Asked::Piece(_), 200 | 204) => self.stands(response),
            (Asked::Piece(_), 409) => {
                self.offset = None;
                self.contradictions += 1;
                (self.contradictions > CONTRADICTIONS_MAX).then_some(UploadStep::Failed(
                    SyncFailure::Protocol("the server takes no piece where it says that it stands"),
                ))
            }
            // The piece was damaged on the way, or the whole did not have its hash and was dropped: ask where it stands.
            (Asked::Piece(_), 460) => {
                self.offset = None;
                self.piece_bytes = PIECE_BYTES_MIN;
                self.beginnings += 1;
                (self.beginnings > BEGINNINGS_MAX)
                    .then_some(UploadStep::Failed(SyncFailure::Protocol("pieces arrive damaged")))
            }
            // The whole did not have its hash on the server, which dropped it: it was right here, so it goes again.
            (Asked::Piece(_), 422) if http::error_code(response).as_deref() == Some("hash_mismatch") => {
                self.url = None;
                self.offset = None;
                None
            }
            (Asked::Where | Asked::Piece(_), 404 | 410) => {
                self.url = None;
                self.offset = None;
                None
            }
            (Asked::Piece(_), 413) if self.piece_bytes > 1024 => {
                self.piece_bytes /= 2;
                self.offset = None;
                None
            }
            _ => Some(refusal(response)),
        }
    }

    fn created(&mut self, response: &HttpResponse) -> Option<UploadStep> {
        self.url = response.header("location").map(path_of);
        if self.url.is_none() {
            return Some(UploadStep::Failed(SyncFailure::NotTheServer));
        }
        self.offset = Some(0);
        match offset_of(response) {
            // The server has the whole already.
            Some(offset) if offset == self.file.size_bytes => self.is_verified = true,
            Some(offset) if offset < self.file.size_bytes => self.offset = Some(offset),
            _ => {}
        }
        None
    }

    fn stands(&mut self, response: &HttpResponse) -> Option<UploadStep> {
        match offset_of(response) {
            Some(offset) if offset == self.file.size_bytes => {
                self.offset = Some(offset);
                self.is_verified = true;
            }
            Some(offset) if offset < self.file.size_bytes => {
                if self.offset.is_some_and(|before| offset > before) {
                    self.contradictions = 0;
                    self.piece_bytes = (self.piece_bytes * 2).min(PIECE_BYTES_MAX);
                }
                self.offset = Some(offset);
            }
            _ => return Some(UploadStep::Failed(SyncFailure::NotTheServer)),
        }
        None
    }
}

/// A tus request for a piece. No checksum goes with it: a server that checks one has to throw away what arrived of a piece that the link
/// cut, and the upload is to go on at the byte. What vouches for the bytes is the hash of the whole, which the server compares at the end.
pub fn with_piece(mut request: HttpRequest, piece: Vec<u8>) -> HttpRequest {
    request.body = piece;
    request
}

fn send(request: HttpRequest, piece: Option<(u64, u64)>) -> UploadStep {
    UploadStep::Send { request, piece }
}

fn plain(method: Method, path: &str) -> HttpRequest {
    HttpRequest {
        method,
        path: path.to_owned(),
        headers: vec![("tus-resumable".into(), TUS.into())],
        body: Vec::new(),
        timeout_ms: 120_000,
    }
}

fn offset_of(response: &HttpResponse) -> Option<u64> {
    response.header("upload-offset")?.trim().parse().ok()
}

/// The path of an address: uploads are always asked for at the server that the phone knows.
fn path_of(location: &str) -> String {
    match location.split_once("://") {
        Some((_, rest)) => rest
            .find('/')
            .map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned()),
        None => location.to_owned(),
    }
}

fn refusal(response: &HttpResponse) -> UploadStep {
    match http::check_status(response) {
        Err(SyncFailure::Rejected { code, .. } | SyncFailure::Forbidden(code)) => UploadStep::Refused(code),
        Err(failure) => UploadStep::Failed(failure),
        // A success that the step does not know is no success of this protocol.
        Ok(()) => UploadStep::Failed(SyncFailure::NotTheServer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> UploadFile {
        UploadFile {
            blob: BlobHash::of(b"picture"),
            report: ReportId::from_bytes([1; 16]),
            attachment: AttachmentId::from_bytes([2; 16]),
            kind: "picture".into(),
            size_bytes: 7,
        }
    }

    fn answer(status: u16, offset: u64) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![
                ("upload-offset".into(), offset.to_string()),
                ("location".into(), "https://host/v1/uploads/u1".into()),
            ],
            body: Vec::new(),
        }
    }

    #[test]
    fn a_cut_upload_asks_where_it_stands_and_goes_on_there() {
        let mut upload = Upload::new(file(), None);
        assert!(matches!(upload.next_step(), UploadStep::Send { piece: None, .. }));
        assert_eq!(upload.take(Ok(&answer(201, 0))), None);
        assert_eq!(upload.url(), Some("/v1/uploads/u1"));
        assert!(matches!(
            upload.next_step(),
            UploadStep::Send {
                piece: Some((0, 7)),
                ..
            }
        ));
        let cut = upload.take(Err(&TransportError::Timeout));
        assert!(matches!(cut, Some(UploadStep::Failed(_))));
        let UploadStep::Send { request, piece } = upload.next_step() else {
            panic!("asks")
        };
        assert_eq!((request.method, piece), (Method::Head, None));
        assert_eq!(upload.take(Ok(&answer(200, 3))), None);
        assert!(matches!(
            upload.next_step(),
            UploadStep::Send {
                piece: Some((3, 4)),
                ..
            }
        ));
        assert_eq!(upload.take(Ok(&answer(204, 7))), None);
        assert_eq!(upload.next_step(), UploadStep::Verified);
    }

    #[test]
    fn a_server_that_contradicts_itself_is_left_after_a_few_tries() {
        let mut upload = Upload::new(file(), Some("/v1/uploads/u1".into()));
        for _ in 0..100 {
            let UploadStep::Send { request, .. } = upload.next_step() else {
                panic!("sends")
            };
            let status = if request.method == Method::Head { 200 } else { 409 };
            if let Some(ended) = upload.take(Ok(&answer(status, 0))) {
                assert!(matches!(ended, UploadStep::Failed(SyncFailure::Protocol(_))));
                return;
            }
        }
        panic!("it never ends");
    }
}
