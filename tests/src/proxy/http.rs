//! Where an HTTP/1.1 request ends: the head, then as many bytes as `content-length` says.

use std::io::{self, Read};
use std::net::TcpStream;

/// What a log-in page of a guest network answers to everything.
pub(crate) const CAPTIVE_PORTAL: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 64\r\n\
connection: close\r\n\r\n<html><body>Welcome! Please log in to Guest-WiFi.</body></html>\n";

/// A whole request, made to close its connection after the answer.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Head and body.
    pub(crate) bytes: Vec<u8>,
    /// How many of them are the head.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "only the proxy's own tests look at it")
    )]
    pub(crate) head_bytes: usize,
}

/// Reads one request; `None` where the phone closed before a whole head.
pub(crate) fn read_request(phone: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut buffer = [0u8; 16 * 1024];
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        let n = phone.read(&mut buffer)?;
        if n == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&buffer[..n]);
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let body_bytes = header(&head, "content-length")
        .and_then(|v| v.parse().ok())
        .unwrap_or(0usize);
    if header(&head, "expect").is_some() {
        use std::io::Write;
        phone.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    while bytes.len() < head_end + body_bytes {
        let n = phone.read(&mut buffer)?;
        if n == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&buffer[..n]);
    }
    let mut words = head.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    // One request a connection: the server closes after its answer, which is how the proxy knows where that ends.
    let kept = head
        .trim_end()
        .split("\r\n")
        .filter(|l| !l.to_ascii_lowercase().starts_with("connection:"));
    let mut whole = kept.collect::<Vec<_>>().join("\r\n").into_bytes();
    whole.extend_from_slice(b"\r\nconnection: close\r\n\r\n");
    let head_bytes = whole.len();
    whole.extend_from_slice(&bytes[head_end..head_end + body_bytes]);
    Ok(Some(Request {
        method,
        path,
        bytes: whole,
        head_bytes,
    }))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
