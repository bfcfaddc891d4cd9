//! Where a feed's audit chain stood, signed by the server. Phones and the county keep such checkpoints, so that whoever writes the
//! chain anew later would have to take back what he signed: `xunge-server verify --checkpoints` holds them against the chain.
//!
//! A phone asks for one about once a day and keeps it; it cannot check the chain itself. Set in stone: what is signed, and the domain
//! `checkpoint`.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::id::{GenerationId, UnitId};
use crate::signature::{PublicKey, Signature, SigningKey};
use crate::time::Timestamp;

/// Where a chain stood.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct ChainEnd {
    /// The feed.
    #[n(0)]
    pub feed: UnitId,
    /// The server's generation then.
    #[n(1)]
    pub generation: GenerationId,
    /// Lines in the chain.
    #[n(2)]
    pub lines: u64,
    /// The hash of the last of them; zeros where there is none.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub hash: [u8; 32],
    /// The server's time.
    #[n(4)]
    pub at: Timestamp,
}

/// A [`ChainEnd`] with the server's signature.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Checkpoint {
    /// The CBOR of the [`ChainEnd`].
    #[n(0)]
    body: ByteVec,
    /// The server's signature over it (domain `checkpoint`).
    #[n(1)]
    signature: Signature,
}

/// What a phone says when it asks for a checkpoint.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(map)]
pub struct CheckpointAsk {
    /// The newest that it keeps of the feed: an honest server that was tampered with finds it out by this.
    #[n(0)]
    pub kept: Option<Checkpoint>,
}

/// Why something is no checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CheckpointError {
    /// It cannot be read.
    #[error("the checkpoint is not readable")]
    Malformed,
    /// Another server signed it, or nobody.
    #[error("the checkpoint is not signed by this server")]
    Unsigned,
}

impl Checkpoint {
    /// Signs where a chain stands.
    pub fn sign(end: &ChainEnd, key: &SigningKey) -> Self {
        let body = minicbor::to_vec(end).expect("encoding to memory cannot fail");
        let signature = key.sign("checkpoint", &body);
        Self {
            body: body.into(),
            signature,
        }
    }

    /// What it says, once the signature is checked.
    pub fn open(&self, server: &PublicKey) -> Result<ChainEnd, CheckpointError> {
        server
            .verify("checkpoint", &self.body, &self.signature)
            .map_err(|_| CheckpointError::Unsigned)?;
        minicbor::decode(&self.body).map_err(|_| CheckpointError::Malformed)
    }

    /// One line of hexadecimal digits, for files and paper.
    pub fn to_line(&self) -> String {
        hex::encode(minicbor::to_vec(self).expect("encoding to memory cannot fail"))
    }

    /// Reads [`Self::to_line`].
    pub fn parse_line(line: &str) -> Result<Self, CheckpointError> {
        let bytes = hex::decode(line.trim()).map_err(|_| CheckpointError::Malformed)?;
        minicbor::decode(&bytes).map_err(|_| CheckpointError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn end() -> ChainEnd {
        ChainEnd {
            feed: "T1".parse().expect("a code"),
            generation: GenerationId::from_bytes([7; 16]),
            lines: 12,
            hash: [3; 32],
            at: Timestamp(1_795_399_200_000),
        }
    }

    #[test]
    fn a_checkpoint_survives_paper_and_a_changed_digit_does_not() {
        let key = SigningKey::random(&mut StdRng::seed_from_u64(1));
        let line = Checkpoint::sign(&end(), &key).to_line();
        assert_eq!(
            Checkpoint::parse_line(&line).unwrap().open(&key.public()),
            Ok(end())
        );
        let other = SigningKey::random(&mut StdRng::seed_from_u64(2));
        let read = Checkpoint::parse_line(&line).unwrap();
        assert_eq!(read.open(&other.public()), Err(CheckpointError::Unsigned));
        for place in 0..line.len() {
            let digit = if line.as_bytes()[place] == b'0' { "1" } else { "0" };
            let mut altered = line.clone();
            altered.replace_range(place..=place, digit);
            let opened = Checkpoint::parse_line(&altered).and_then(|read| read.open(&key.public()));
            assert!(opened.is_err(), "digit {place} was changed: {altered}");
        }
    }

    #[test]
    fn who_does_not_know_checkpoints_reads_past_them() {
        #[derive(Encode)]
        #[cbor(map)]
        struct Older {
            #[n(0)]
            feed: UnitId,
        }
        let older = minicbor::to_vec(Older {
            feed: "T1".parse().unwrap(),
        })
        .unwrap();
        #[derive(Decode, Debug)]
        #[cbor(map)]
        struct Newer {
            #[n(0)]
            feed: UnitId,
            #[n(5)]
            checkpoint: Option<CheckpointAsk>,
        }
        let read: Newer = minicbor::decode(&older).unwrap();
        assert!(read.checkpoint.is_none() && read.feed.as_str() == "T1");
    }
}
