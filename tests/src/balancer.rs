//! A small balancer on loopback: each connection goes to the next node that answers; bytes pass both ways unread. It keeps nothing, so that
//! a node that dies takes along its connections and no other.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A balancer that runs until it is dropped.
pub struct Balancer {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    nodes: Mutex<Vec<SocketAddr>>,
    turn: AtomicUsize,
    passed: AtomicUsize,
    is_ended: AtomicBool,
}

impl Balancer {
    /// Listens on a free port, with no node behind it yet.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if of_thread.is_ended.load(Ordering::Acquire) {
                    return;
                }
                if let Ok(stream) = stream {
                    let shared = Arc::clone(&of_thread);
                    thread::spawn(move || shared.pass(&stream));
                }
            }
        });
        Ok(Self { address, shared })
    }

    /// The nodes that take connections from now on.
    pub fn set_nodes(&self, nodes: Vec<SocketAddr>) {
        *self.shared.nodes.lock().unwrap_or_else(PoisonError::into_inner) = nodes;
    }

    /// Connections passed so far.
    pub fn passed(&self) -> usize {
        self.shared.passed.load(Ordering::Relaxed)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.shared.is_ended.store(true, Ordering::Release);
        // Wakes the thread that waits for a connection; where that fails it has gone already.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn pass(&self, client: &TcpStream) {
        let Some(node) = self.connect() else { return };
        self.passed.fetch_add(1, Ordering::Relaxed);
        thread::scope(|scope| {
            scope.spawn(|| copy(client, &node));
            copy(&node, client);
        });
    }

    /// The next node that answers.
    fn connect(&self) -> Option<TcpStream> {
        let nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        (0..nodes.len()).find_map(|step| TcpStream::connect(nodes[(turn + step) % nodes.len()]).ok())
    }
}

/// Passes bytes until one side ends, and tells the other that it did.
fn copy(mut from: &TcpStream, mut to: &TcpStream) {
    let is_whole = io::copy(&mut from, &mut to).is_ok();
    let how = if is_whole { Shutdown::Write } else { Shutdown::Both };
    // A side that is gone needs no telling.
    drop(to.shutdown(how));
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn answering(word: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                stream.unwrap().write_all(word).unwrap();
            }
        });
        address
    }

    fn ask(balancer: &Balancer) -> Vec<u8> {
        let mut stream = TcpStream::connect(balancer.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    #[test]
    fn connections_go_round_and_pass_by_a_node_that_is_gone() {
        let balancer = Balancer::start().unwrap();
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        balancer.set_nodes(vec![answering(b"one"), answering(b"two")]);
        let two = [ask(&balancer), ask(&balancer)];
        assert!(two.contains(&b"one".to_vec()) && two.contains(&b"two".to_vec()));
        balancer.set_nodes(vec![gone, answering(b"three")]);
        assert_eq!(
            [ask(&balancer), ask(&balancer)],
            [b"three".to_vec(), b"three".to_vec()]
        );
        assert_eq!(balancer.passed(), 4);
    }
}
