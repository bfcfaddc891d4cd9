//! Live arrival: an open console hears of a new report, and a console whose session ended hears that.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::super::browser::Browser;
use super::town;

/// Reads from an open stream until a piece of text has come; panics where the stream ends or stays silent.
fn read_until(stream: &mut TcpStream, heard: &mut String, wanted: &str) {
    let mut piece = [0; 1024];
    while !heard.contains(wanted) {
        let count = stream.read(&mut piece).expect("news in time");
        assert!(count > 0, "the stream ended: {heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..count]));
    }
}

#[test]
fn an_open_console_hears_of_a_report_that_a_phone_brings() {
    let (town, device) = town();
    let browser = Browser::signed_in(&town, "k1");
    let mut stream = TcpStream::connect(town.at).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let cookie = browser.cookie_line();
    let request = format!("GET /console/events HTTP/1.1\r\nhost: test\r\ncookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut heard = String::new();
    read_until(&mut stream, &mut heard, ": beat");
    assert!(
        heard.contains("200 OK") && heard.contains("text/event-stream"),
        "{heard}"
    );
    assert!(!heard.contains("event: news"), "{heard}");
    town.report(&device, "横幅", &[]);
    read_until(&mut stream, &mut heard, "event: news");
    // The stream tells that there is something, never what.
    assert!(!heard.contains("横幅"));
}

#[test]
fn a_server_that_stops_does_not_wait_for_open_consoles() {
    let (mut town, _) = town();
    let browser = Browser::signed_in(&town, "k1");
    let mut stream = TcpStream::connect(town.at).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let cookie = browser.cookie_line();
    let request = format!("GET /console/events HTTP/1.1\r\nhost: test\r\ncookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut heard = String::new();
    read_until(&mut stream, &mut heard, ": beat");
    town.stop();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("the stream ends");
}
