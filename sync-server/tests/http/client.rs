//! A client that says exactly what it is told to, byte by byte.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The error's code; panics where the answer is no error of the one shape.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        assert!(
            json["error"]["request_id"]
                .as_str()
                .is_some_and(|id| id.len() == 16),
            "{json}"
        );
        json["error"]["code"]
            .as_str()
            .expect("an error's code")
            .to_owned()
    }
}

/// Sends one request and reads its whole answer.
pub(crate) fn send(to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(to).expect("the server listens");
    let head = head(method, path, headers, body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).ok();
    read_reply(&mut stream, method == "HEAD")
}

/// Sends a request's head and the first `sent` bytes of its body, then cuts the connection.
pub(crate) fn send_and_cut(
    to: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    sent: usize,
) {
    let mut stream = TcpStream::connect(to).expect("the server listens");
    let head = head(method, path, headers, body.len());
    stream
        .write_all(&[head.as_bytes(), &body[..sent]].concat())
        .expect("the head goes out");
    stream.shutdown(Shutdown::Both).ok();
}

fn head(method: &str, path: &str, headers: &[(&str, &str)], body_bytes: usize) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
    if body_bytes > 0 || matches!(method, "POST" | "PATCH") {
        head.push_str(&format!("content-length: {body_bytes}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + "\r\n"
}

pub(crate) fn read_reply(stream: &mut TcpStream, is_head: bool) -> Reply {
    let mut all = Vec::new();
    // A server that refuses a body in the middle resets the connection after its answer.
    let mut piece = [0; 16 * 1024];
    while let Ok(count) = stream.read(&mut piece) {
        if count == 0 {
            break;
        }
        all.extend_from_slice(&piece[..count]);
    }
    let end = all
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(&all)));
    let text = String::from_utf8(all[..end].to_vec()).expect("heads are text");
    let mut lines = text.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|word| word.parse().ok())
        .expect("a status line");
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut body = if is_head {
        Vec::new()
    } else {
        all[end + 4..].to_vec()
    };
    let is_chunked = headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    if is_chunked {
        body = dechunked(&body);
    }
    Reply {
        status,
        headers,
        body,
    }
}

fn dechunked(mut rest: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end])
            .ok()
            .and_then(|text| usize::from_str_radix(text, 16).ok())
            .expect("a chunk's size");
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    whole
}
