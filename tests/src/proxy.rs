//! A bad network on loopback: a TCP proxy that cuts, delays, half-closes, loses answers, sends twice and plays the captive portal.
//!
//! It reads just enough of HTTP/1.1 to know where a request ends; each request goes to the server over a connection of its own, so that
//! every fault hits exactly one request. It changes no byte of a body. Which fault comes when is decided by the caller's plan, from a
//! seed or one by one; the tally says what happened, so that a test can prove that its faults took place.

pub(crate) mod http;

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What happens to one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing: it goes through.
    None,
    /// The connection is closed before a byte is passed on.
    CutBefore,
    /// The first bytes of the request are passed on, then both sides are cut.
    CutRequest {
        /// How many bytes of the request reach the server.
        after_bytes: u64,
    },
    /// The server answers, and the link is cut within the answer.
    CutAnswer {
        /// How many bytes of the answer reach the phone.
        after_bytes: u64,
    },
    /// The server does its work and answers; nothing of the answer arrives.
    LoseAnswer,
    /// The answer arrives, late.
    Delay {
        /// How late, in ms.
        delay_ms: u64,
    },
    /// The sending half towards the server is closed after the request, as a phone does that falls asleep; the answer still arrives.
    HalfClose,
    /// The request reaches the server twice; the second answer arrives.
    Duplicate,
    /// A hotel's log-in page answers with status 200, and the request goes nowhere.
    CaptivePortal,
}

/// What a proxy has seen.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Requests that came from phones.
    pub requests: u64,
    /// Requests that were cut before, within or after, lost or answered by a stranger.
    pub cuts: u64,
    /// Requests that were delayed, half-closed or doubled.
    pub delays: u64,
    /// Bytes from phones, heads included.
    pub bytes_up: u64,
    /// Bytes to phones, heads included.
    pub bytes_down: u64,
}

/// What is asked before each request: its number from 1, its method and its path.
pub type Plan = Box<dyn FnMut(u64, &str, &str) -> Fault + Send>;

/// A proxy that runs until it is dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: SocketAddr,
    plan: Mutex<Plan>,
    is_offline: AtomicBool,
    is_ended: AtomicBool,
    requests: AtomicU64,
    cuts: AtomicU64,
    delays: AtomicU64,
    bytes_up: AtomicU64,
    bytes_down: AtomicU64,
}

impl Proxy {
    /// Listens on a free loopback port and passes on to `upstream`. Errors are those of binding.
    pub fn start(upstream: SocketAddr, plan: Plan) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream,
            plan: Mutex::new(plan),
            is_offline: AtomicBool::new(false),
            is_ended: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
            delays: AtomicU64::new(0),
            bytes_up: AtomicU64::new(0),
            bytes_down: AtomicU64::new(0),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                if accepting.is_ended.load(Ordering::Acquire) {
                    break;
                }
                let shared = Arc::clone(&accepting);
                // A cut connection is what this is for: its errors are no news.
                thread::spawn(move || drop(shared.serve(phone)));
            }
        });
        Ok(Self { address, shared })
    }

    /// A proxy without faults.
    pub fn clean(upstream: SocketAddr) -> io::Result<Self> {
        Self::start(upstream, Box::new(|_, _, _| Fault::None))
    }

    /// Where phones reach it: `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes the network away (`true`: every connection is closed at once) or gives it back.
    pub fn set_offline(&self, is_offline: bool) {
        self.shared.is_offline.store(is_offline, Ordering::Release);
    }

    /// Replaces the plan.
    pub fn set_plan(&self, plan: Plan) {
        *self.shared.plan.lock().expect("a plan does not panic") = plan;
    }

    /// What happened so far.
    pub fn tally(&self) -> Tally {
        let read = |counter: &AtomicU64| counter.load(Ordering::Acquire);
        Tally {
            requests: read(&self.shared.requests),
            cuts: read(&self.shared.cuts),
            delays: read(&self.shared.delays),
            bytes_up: read(&self.shared.bytes_up),
            bytes_down: read(&self.shared.bytes_down),
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.is_ended.store(true, Ordering::Release);
        // Wakes the listener, which then sees that it has ended.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn serve(&self, mut phone: TcpStream) -> io::Result<()> {
        phone.set_nodelay(true)?;
        if self.is_offline.load(Ordering::Acquire) {
            self.count(&self.cuts, 1);
            return phone.shutdown(Shutdown::Both);
        }
        let Some(request) = http::read_request(&mut phone)? else {
            return Ok(());
        };
        let number = self.requests.fetch_add(1, Ordering::AcqRel) + 1;
        self.count(&self.bytes_up, request.bytes.len());
        let fault = {
            let mut plan = self.plan.lock().expect("a plan does not panic");
            plan(number, &request.method, &request.path)
        };
        match fault {
            Fault::None => {}
            Fault::Delay { .. } | Fault::HalfClose | Fault::Duplicate => self.count(&self.delays, 1),
            _ => self.count(&self.cuts, 1),
        }
        self.pass(&mut phone, &request.bytes, fault)?;
        phone.shutdown(Shutdown::Both)
    }

    /// Carries one request through its fault.
    fn pass(&self, phone: &mut TcpStream, request: &[u8], fault: Fault) -> io::Result<()> {
        match fault {
            Fault::CutBefore => Ok(()),
            Fault::CaptivePortal => self.down(phone, http::CAPTIVE_PORTAL.as_bytes(), None),
            Fault::CutRequest { after_bytes } => {
                let end = usize::try_from(after_bytes)
                    .unwrap_or(usize::MAX)
                    .min(request.len());
                let mut server = TcpStream::connect(self.upstream)?;
                server.write_all(&request[..end])?;
                server.shutdown(Shutdown::Write)?;
                // The server sees the end before the phone may try again.
                let mut rest = Vec::new();
                server.read_to_end(&mut rest).map(drop)
            }
            Fault::LoseAnswer => self.ask(request, false).map(drop),
            Fault::CutAnswer { after_bytes } => {
                let answer = self.ask(request, false)?;
                self.down(phone, &answer, Some(after_bytes))
            }
            Fault::Duplicate => {
                self.ask(request, false)?;
                let answer = self.ask(request, false)?;
                self.down(phone, &answer, None)
            }
            Fault::Delay { delay_ms } => {
                let answer = self.ask(request, false)?;
                thread::sleep(Duration::from_millis(delay_ms));
                self.down(phone, &answer, None)
            }
            Fault::HalfClose => {
                let answer = self.ask(request, true)?;
                self.down(phone, &answer, None)
            }
            Fault::None => {
                let mut server = TcpStream::connect(self.upstream)?;
                server.set_nodelay(true)?;
                server.write_all(request)?;
                let mut buffer = [0u8; 16 * 1024];
                loop {
                    let n = server.read(&mut buffer)?;
                    if n == 0 {
                        return Ok(());
                    }
                    self.down(phone, &buffer[..n], None)?;
                }
            }
        }
    }

    /// The server's whole answer.
    fn ask(&self, request: &[u8], half_close: bool) -> io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(self.upstream)?;
        server.set_nodelay(true)?;
        server.write_all(request)?;
        if half_close {
            server.shutdown(Shutdown::Write)?;
        }
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        Ok(answer)
    }

    fn down(&self, phone: &mut TcpStream, bytes: &[u8], most: Option<u64>) -> io::Result<()> {
        let most = most.map_or(usize::MAX, |m| usize::try_from(m).unwrap_or(usize::MAX));
        let bytes = &bytes[..bytes.len().min(most)];
        phone.write_all(bytes)?;
        self.count(&self.bytes_down, bytes.len());
        Ok(())
    }

    fn count(&self, counter: &AtomicU64, by: usize) {
        counter.fetch_add(by as u64, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers every request with its number and the length of its body.
    fn counting_server() -> (SocketAddr, Arc<AtomicU64>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let served = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&served);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                if let Ok(Some(request)) = http::read_request(&mut stream) {
                    let n = counter.fetch_add(1, Ordering::AcqRel) + 1;
                    let body = format!("{n} {}", request.bytes.len() - request.head_bytes);
                    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                    drop(stream.write_all(answer.as_bytes()));
                }
            }
        });
        (address, served)
    }

    fn post(url: &str, body: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        let request = format!(
            "POST /x HTTP/1.1\r\nhost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn once(fault: Fault) -> (String, u64, Tally) {
        let (upstream, served) = counting_server();
        let proxy = Proxy::start(upstream, Box::new(move |_, _, _| fault)).expect("the proxy starts");
        let answer = post(&proxy.url(), "hello").unwrap_or_default();
        (answer, served.load(Ordering::Acquire), proxy.tally())
    }

    #[test]
    fn a_clean_link_changes_nothing_and_counts_bytes() {
        let (answer, served, tally) = once(Fault::None);
        assert!(answer.ends_with("1 5"), "{answer}");
        assert_eq!((served, tally.requests, tally.cuts), (1, 1, 0));
        assert!(tally.bytes_up > 30 && tally.bytes_down > 30);
    }

    #[test]
    fn a_lost_answer_leaves_the_work_done_and_the_phone_without_a_word() {
        let (answer, served, tally) = once(Fault::LoseAnswer);
        assert_eq!((answer.as_str(), served, tally.cuts), ("", 1, 1));
    }

    #[test]
    fn a_request_cut_within_never_counts_as_one() {
        let (answer, served, tally) = once(Fault::CutRequest { after_bytes: 30 });
        assert_eq!((answer.as_str(), served, tally.cuts), ("", 0, 1));
    }

    #[test]
    fn a_doubled_request_reaches_the_server_twice_and_a_portal_never() {
        let (answer, served, _) = once(Fault::Duplicate);
        assert!(answer.ends_with("2 5") && served == 2, "{answer}");
        let (answer, served, _) = once(Fault::CaptivePortal);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("<html") && served == 0);
    }

    #[test]
    fn an_answer_cut_after_ten_bytes_has_ten_bytes() {
        let (answer, served, _) = once(Fault::CutAnswer { after_bytes: 10 });
        assert_eq!((answer.len(), served), (10, 1));
    }

    #[test]
    fn without_a_network_nothing_arrives() {
        let (upstream, served) = counting_server();
        let proxy = Proxy::clean(upstream).expect("the proxy starts");
        proxy.set_offline(true);
        assert_eq!(post(&proxy.url(), "hello").unwrap_or_default(), "");
        proxy.set_offline(false);
        assert!(
            post(&proxy.url(), "hello")
                .expect("the network is back")
                .ends_with("1 5")
        );
        assert_eq!(served.load(Ordering::Acquire), 1);
    }
}
