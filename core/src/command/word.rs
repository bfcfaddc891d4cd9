//! The server's word on a command, as it lies on disk and travels.
//!
//! Most of a word says what its reader knows already from the command: its name, its hash, the heads. On the way, and where it lies beside
//! its command, these are cut out, and put back byte for byte, since a signature covers the whole. Set in stone: the CBOR form, and what
//! may be cut out in which order.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::{CommandResult, SignedCommand};
use crate::signature::{PublicKey, Signature, SigningKey, sha256};

/// Names what a phone keeps of a [`Vouch`](crate::sync::vouch::Vouch).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct VouchId(pub i64);

/// A result's bytes with what vouches for them.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Word {
    /// The CBOR of a [`CommandResult`], perhaps without what `gaps` says.
    #[n(0)]
    pub body: ByteVec,
    /// The server's signature over the whole body alone (domain `result`); `None` where the answer that brought it was signed.
    #[n(1)]
    pub signature: Option<Box<Signature>>,
    /// Where something was cut out of `body`: places in the shortened body, ascending. What belongs there is, in this order, the command's
    /// name, its SHA-256 and its heads. `None` for a whole body.
    #[n(2)]
    pub gaps: Option<Vec<u16>>,
    /// Under which signed list a phone keeps it. Never travels.
    #[cbor(skip)]
    pub vouch: Option<VouchId>,
}

/// The command beside a word is not the one that the word was cut for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the word does not fit the command beside it")]
pub struct ForeignWord;

impl Word {
    /// A word that something else vouches for.
    pub fn new(result: &CommandResult) -> Self {
        Self {
            body: minicbor::to_vec(result)
                .expect("encoding to memory cannot fail")
                .into(),
            signature: None,
            gaps: None,
            vouch: None,
        }
    }

    /// Encodes and signs a result alone.
    pub fn signed(result: &CommandResult, key: &SigningKey) -> Self {
        let mut word = Self::new(result);
        word.signature = Some(Box::new(key.sign("result", &word.body)));
        word
    }

    /// Whether it carries a signature of its own that fits. The body must be whole.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let fits = |signature: &Signature| key.verify("result", &self.body, signature).is_ok();
        self.signature.as_deref().is_some_and(fits)
    }

    /// Reads the body, which must be whole.
    pub fn result(&self) -> Result<CommandResult, minicbor::decode::Error> {
        if self.gaps.is_some() {
            return Err(minicbor::decode::Error::message("the word is not whole"));
        }
        minicbor::decode(&self.body)
    }

    /// SHA-256 of the body, which must be whole: what a [`Vouch`](crate::sync::vouch::Vouch) lists.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&self.body)
    }

    /// Cuts out what the command beside it says. A word that is cut already, and one that is too long, stays as it is.
    pub fn cut(&mut self, command: &SignedCommand) {
        if self.gaps.is_some() || self.body.len() > usize::from(u16::MAX) {
            return;
        }
        let (mut body, mut gaps, mut rest) =
            (Vec::with_capacity(self.body.len()), Vec::new(), &self.body[..]);
        for known in known(command) {
            let Some(at) = rest.windows(known.len()).position(|piece| piece == known) else {
                break;
            };
            body.extend_from_slice(&rest[..at]);
            gaps.push(u16::try_from(body.len()).expect("shorter than the body, which was looked at above"));
            rest = &rest[at + known.len()..];
        }
        body.extend_from_slice(rest);
        self.body = body.into();
        self.gaps = Some(gaps);
    }

    /// Puts back what was cut out for this command.
    ///
    /// # Errors
    /// [`ForeignWord`] where the gaps cannot be of this command; the word is then as it was.
    pub fn mend(&mut self, command: &SignedCommand) -> Result<(), ForeignWord> {
        let Some(gaps) = &self.gaps else { return Ok(()) };
        let (mut body, mut from) = (Vec::with_capacity(self.body.len() + 128), 0);
        let mut known = known(command).into_iter();
        for gap in gaps {
            let upto = usize::from(*gap);
            body.extend_from_slice(self.body.get(from..upto).ok_or(ForeignWord)?);
            body.extend(known.next().ok_or(ForeignWord)?);
            from = upto;
        }
        body.extend_from_slice(self.body.get(from..).ok_or(ForeignWord)?);
        self.body = body.into();
        self.gaps = None;
        Ok(())
    }
}

/// What may be cut out: the command's name, the hash of its bytes, its heads. Of a command that cannot be read, nothing but the hash is
/// certain, so nothing is cut.
fn known(command: &SignedCommand) -> Vec<Vec<u8>> {
    let Ok(read) = command.command() else {
        return Vec::new();
    };
    let mut known = vec![read.id.as_bytes().to_vec(), command.hash().to_vec()];
    known.extend(read.heads.iter().map(|head| head.0.to_vec()));
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Action, Command, Outcome};
    use crate::id::{ChangeHash, CommandId, GenerationId, InstallId, PersonId, ReportId, UnitId};
    use crate::time::{DeviceTime, Timestamp};

    fn command(heads: Vec<ChangeHash>) -> SignedCommand {
        let command = Command {
            id: CommandId::from_bytes([1; 16]),
            report: ReportId::from_bytes([2; 16]),
            action: Action::Approve,
            by: PersonId::new("c1").expect("a code"),
            post: None,
            install: InstallId::from_bytes([3; 16]),
            saw: None,
            heads,
            attachments: Vec::new(),
            reason: None,
            at: DeviceTime {
                wall_at: Timestamp(5),
                monotonic_ms: 0,
                boot: 0,
                server_offset_ms: None,
                server_offset_age_ms: None,
            },
            text: None,
        };
        SignedCommand {
            body: minicbor::to_vec(&command).expect("it encodes").into(),
            signature: None,
        }
    }

    fn word(command: &SignedCommand, heads: Vec<ChangeHash>) -> Word {
        Word::new(&CommandResult {
            command: CommandId::from_bytes([1; 16]),
            body_hash: command.hash(),
            feed: UnitId::new("T1").expect("a code"),
            seq: 4,
            generation: GenerationId::from_bytes([4; 16]),
            received_at: Timestamp(6),
            outcome: Outcome::Accepted,
            heads,
            effect: None,
        })
    }

    #[test]
    fn what_the_command_says_is_cut_out_and_put_back_byte_for_byte() {
        let heads = vec![ChangeHash([7; 32]), ChangeHash([8; 32])];
        for held in [
            heads.clone(),
            heads[..1].to_vec(),
            vec![ChangeHash([9; 32])],
            Vec::new(),
        ] {
            let command = command(heads.clone());
            let whole = word(&command, held);
            let mut travelling = whole.clone();
            travelling.cut(&command);
            assert!(travelling.body.len() + 48 <= whole.body.len());
            assert!(travelling.result().is_err());
            let bytes = minicbor::to_vec(&travelling).expect("it encodes");
            let mut arrived: Word = minicbor::decode(&bytes).expect("it decodes");
            assert_eq!(arrived.mend(&command), Ok(()));
            assert_eq!(arrived, whole);
        }
    }

    #[test]
    fn a_word_beside_another_command_is_told_or_reads_as_another_word() {
        let (own, other) = (command(vec![ChangeHash([7; 32])]), command(Vec::new()));
        let whole = word(&own, vec![ChangeHash([7; 32])]);
        let mut cut = whole.clone();
        cut.cut(&own);
        assert_eq!(cut.clone().mend(&other), Err(ForeignWord));
        let mut shorter = word(&other, Vec::new());
        shorter.cut(&other);
        assert_eq!(shorter.mend(&own), Ok(()));
        assert_ne!(shorter.hash(), word(&other, Vec::new()).hash());
    }

    #[test]
    fn gaps_that_cannot_be_change_nothing() {
        let command = command(Vec::new());
        for gaps in [vec![60_000], vec![9, 2], vec![1, 2, 3]] {
            let mut word = word(&command, Vec::new());
            word.gaps = Some(gaps);
            let before = word.clone();
            assert_eq!(word.mend(&command), Err(ForeignWord));
            assert_eq!(word, before);
        }
    }
}
