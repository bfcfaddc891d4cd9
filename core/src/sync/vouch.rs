//! One signature of the server over all its words in an answer, instead of one over each.
//!
//! Words are listed by their hash in the order in which they stand in the answer, and signed in lists of at most [`WORDS_MAX`]. A phone
//! checks the lists as the answer comes in, and keeps each with its signature: after a restore it can prove with them any single word.
//! Measured on a township's day, this takes 64 bytes and a signature off every word, both of which no compression can give back.
//!
//! Set in stone: the order, the domain `words` and what is signed.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::message::{Item, ItemResult, Payload, SyncAnswer};
use crate::command::{Event, SignedCommand, VouchId, Word};
use crate::signature::{PublicKey, Signature, SigningKey, sha256};

/// Words in one list: 8 KB of hashes, which a phone that proves one word sends along.
pub const WORDS_MAX: usize = 256;

/// A list of words with the server's signature over it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Vouch {
    /// SHA-256 of each word's body, 32 bytes each, one after the other.
    #[n(0)]
    pub hashes: ByteVec,
    /// The server's signature over `hashes` (domain `words`).
    #[n(1)]
    pub signature: Signature,
}

impl Vouch {
    /// Signs a list of hashes.
    pub fn sign(hashes: &[[u8; 32]], key: &SigningKey) -> Self {
        let hashes = hashes.concat();
        let signature = key.sign("words", &hashes);
        Self {
            hashes: hashes.into(),
            signature,
        }
    }

    /// Whether the server signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify("words", &self.hashes, &self.signature).is_ok()
    }

    /// The name under which a phone keeps it: the first eight bytes of the hash of its list.
    pub fn id(&self) -> VouchId {
        let hash = sha256(&self.hashes);
        VouchId(i64::from_be_bytes(
            hash[..8].try_into().expect("eight of 32 bytes"),
        ))
    }

    /// The hashes.
    pub fn words(&self) -> impl Iterator<Item = [u8; 32]> + '_ {
        let (hashes, _) = self.hashes.as_chunks::<32>();
        hashes.iter().copied()
    }
}

/// Why an answer's words are not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum UnvouchedError {
    /// A word was cut for another command.
    #[error(transparent)]
    Foreign(#[from] crate::command::ForeignWord),
    /// The signatures are not the server's, or not over these words.
    #[error("the answer's words are not signed by the server")]
    Unsigned,
}

/// Cuts the words of an answer down to what the reader does not know, and signs them. `items` are the request's.
pub fn seal(answer: &mut SyncAnswer, items: &[Item], key: &SigningKey) -> Result<(), UnvouchedError> {
    let mut hashes = Vec::new();
    each(answer, items, &mut |command, word| {
        if word.gaps.is_some()
            && let Some(command) = command
        {
            // It lies cut beside its command, and travels so.
            let mut whole = word.clone();
            whole.mend(command)?;
            hashes.push(whole.hash());
        } else {
            hashes.push(word.hash());
            if let Some(command) = command {
                word.cut(command);
            }
        }
        word.signature = None;
        Ok(())
    })?;
    answer.vouches = hashes
        .chunks(WORDS_MAX)
        .map(|list| Vouch::sign(list, key).signature)
        .collect();
    Ok(())
}

/// Makes the words whole and signs each alone: what the protocol before this one reads.
pub fn seal_singly(answer: &mut SyncAnswer, items: &[Item], key: &SigningKey) -> Result<(), UnvouchedError> {
    each(answer, items, &mut |command, word| {
        if let Some(command) = command {
            word.mend(command)?;
        }
        if word.signature.is_none() {
            word.signature = Some(Box::new(key.sign("result", &word.body)));
        }
        Ok(())
    })
}

/// Makes the words of an answer whole again and checks that the server signed them. Gives the signed lists, which the words then name.
///
/// A server that speaks the protocol before this one signs each word alone; there only the words on the phone's own commands are checked,
/// since nothing else rests on them.
pub fn open(
    answer: &mut SyncAnswer,
    items: &[Item],
    server: &PublicKey,
) -> Result<Vec<Vouch>, UnvouchedError> {
    let mut hashes = Vec::new();
    let is_listed = !answer.vouches.is_empty();
    each(answer, items, &mut |command, word| {
        if let Some(command) = command {
            word.mend(command)?;
        }
        hashes.push(word.hash());
        if is_listed || word.signature.is_some() {
            Ok(())
        } else {
            Err(UnvouchedError::Unsigned)
        }
    })?;
    if !is_listed {
        return singly(answer, server).map(|()| Vec::new());
    }
    let lists = hashes.chunks(WORDS_MAX);
    if lists.len() != answer.vouches.len() {
        return Err(UnvouchedError::Unsigned);
    }
    let vouches: Vec<Vouch> = lists
        .zip(std::mem::take(&mut answer.vouches))
        .map(|(list, signature)| Vouch {
            hashes: list.concat().into(),
            signature,
        })
        .collect();
    if !vouches.iter().all(|vouch| vouch.is_signed_by(server)) {
        return Err(UnvouchedError::Unsigned);
    }
    let ids: Vec<VouchId> = vouches.iter().map(Vouch::id).collect();
    let mut place = 0;
    each(answer, items, &mut |_, word| {
        word.vouch = Some(ids[place / WORDS_MAX]);
        place += 1;
        Ok(())
    })?;
    Ok(vouches)
}

fn singly(answer: &SyncAnswer, server: &PublicKey) -> Result<(), UnvouchedError> {
    let is_signed = |result: &ItemResult| match result {
        ItemResult::Decided { result } => result.is_signed_by(server),
        _ => true,
    };
    if answer.results.iter().all(is_signed) {
        Ok(())
    } else {
        Err(UnvouchedError::Unsigned)
    }
}

/// What is done with each word and the command beside it.
type Job<'a> = dyn FnMut(Option<&SignedCommand>, &mut Word) -> Result<(), UnvouchedError> + 'a;

/// Shows every word of an answer in the order in which they are listed, with the command beside it where there is one.
fn each(answer: &mut SyncAnswer, items: &[Item], job: &mut Job<'_>) -> Result<(), UnvouchedError> {
    for (index, result) in answer.results.iter_mut().enumerate() {
        if let ItemResult::Decided { result } = result {
            let command = match items.get(index) {
                Some(Item::Command { command }) => Some(command),
                Some(Item::Replay { event }) => Some(&event.command),
                _ => None,
            };
            job(command, result)?;
        }
    }
    for row in answer.pages.iter_mut().flat_map(|page| &mut page.rows) {
        match &mut row.payload {
            Payload::Event { event, .. } => job(Some(&event.command), &mut event.result)?,
            Payload::Result { result, .. } => job(None, result)?,
            Payload::Enter { bundle } => each_of(&mut bundle.events, job)?,
            _ => {}
        }
    }
    let backfilled = answer.backfill.iter_mut().flat_map(|page| &mut page.bundles);
    for bundle in backfilled.chain(&mut answer.repaired) {
        each_of(&mut bundle.events, job)?;
    }
    Ok(())
}

fn each_of(events: &mut [Event], job: &mut Job<'_>) -> Result<(), UnvouchedError> {
    events
        .iter_mut()
        .try_for_each(|event| job(Some(&event.command), &mut event.result))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::command::{Action, Command, CommandResult, Outcome};
    use crate::id::{ChangeHash, CommandId, GenerationId, InstallId, PersonId, ReportId, UnitId};
    use crate::sync::message::{BackfillPage, PROTOCOL, ReportBundle};
    use crate::time::{DeviceTime, Timestamp};

    fn key() -> SigningKey {
        SigningKey::random(&mut rand::rngs::StdRng::seed_from_u64(3))
    }

    fn event(number: u8) -> Event {
        let id = CommandId::from_bytes([number; 16]);
        let command = Command {
            id,
            report: ReportId::from_bytes([2; 16]),
            action: Action::Approve,
            by: PersonId::new("c1").expect("a code"),
            post: None,
            install: InstallId::from_bytes([3; 16]),
            saw: None,
            heads: vec![ChangeHash([number; 32])],
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
        let command = SignedCommand {
            body: minicbor::to_vec(&command).expect("it encodes").into(),
            signature: None,
        };
        let result = CommandResult {
            command: id,
            body_hash: command.hash(),
            feed: UnitId::new("T1").expect("a code"),
            seq: u64::from(number),
            generation: GenerationId::from_bytes([4; 16]),
            received_at: Timestamp(6),
            outcome: Outcome::Accepted,
            heads: vec![ChangeHash([number; 32])],
            effect: None,
        };
        Event {
            command,
            result: Word::new(&result),
        }
    }

    /// Two results of pushed commands, and a backfill of `count` more.
    fn answer(count: u8) -> (SyncAnswer, Vec<Item>) {
        let items = (0..2).map(|number| Item::Command {
            command: event(number).command,
        });
        let feed = UnitId::new("T1").expect("a code");
        let answer = SyncAnswer {
            protocol: PROTOCOL,
            server_at: Timestamp(7),
            generation: GenerationId::from_bytes([4; 16]),
            results: (0..2)
                .map(|number| ItemResult::Decided {
                    result: event(number).result,
                })
                .collect(),
            pages: Vec::new(),
            backfill: vec![BackfillPage {
                feed,
                grid: None,
                bundles: vec![ReportBundle {
                    report: ReportId::from_bytes([2; 16]),
                    changes: Vec::new(),
                    events: (2..2 + count).map(event).collect(),
                    people: Vec::new(),
                    erased: Vec::new(),
                    blobs: Vec::new(),
                }],
                next: None,
                coverage: None,
            }],
            more: false,
            notices: Vec::new(),
            repaired: Vec::new(),
            vouches: Vec::new(),
            coverage: None,
        };
        (answer, items.collect())
    }

    #[test]
    fn what_was_sealed_opens_to_the_same_words_under_signed_lists() {
        for count in [0, 3, 253] {
            let (plain, items) = answer(count);
            let mut sealed = plain.clone();
            seal(&mut sealed, &items, &key()).expect("the words fit");
            let bytes = minicbor::to_vec(&sealed).expect("it encodes");
            let mut opened: SyncAnswer = minicbor::decode(&bytes).expect("it decodes");
            let vouches = open(&mut opened, &items, &key().public()).expect("the server signed it");
            assert_eq!(vouches.len(), (usize::from(count) + 2).div_ceil(WORDS_MAX));
            each(&mut opened, &items, &mut |_, word| {
                let list = vouches.iter().find(|vouch| Some(vouch.id()) == word.vouch.take());
                let is_in = list.is_some_and(|list| list.words().any(|hash| hash == word.hash()));
                is_in.then_some(()).ok_or(UnvouchedError::Unsigned)
            })
            .expect("each word is in the list that it names");
            assert_eq!(opened, plain);
        }
    }

    #[test]
    fn an_altered_added_moved_or_foreign_word_is_told() {
        let (plain, items) = answer(3);
        let mut sealed = plain;
        seal(&mut sealed, &items, &key()).expect("the words fit");
        let opens = |mut answer: SyncAnswer| open(&mut answer, &items, &key().public()).is_ok();
        assert!(opens(sealed.clone()));
        let mut altered = sealed.clone();
        altered.backfill[0].bundles[0].events[1].result = event(9).result;
        assert!(!opens(altered));
        let mut moved = sealed.clone();
        moved.backfill[0].bundles[0].events.swap(0, 1);
        assert!(!opens(moved));
        let mut added = sealed.clone();
        added.backfill[0].bundles[0].events.push(event(9));
        assert!(!opens(added));
        let mut unsigned = sealed.clone();
        unsigned.vouches.clear();
        assert!(!opens(unsigned));
        let other = SigningKey::random(&mut rand::rngs::StdRng::seed_from_u64(4));
        assert!(open(&mut sealed, &items, &other.public()).is_err());
    }

    #[test]
    fn a_server_of_the_protocol_before_is_understood_and_its_forgeries_are_told() {
        let (mut plain, items) = answer(2);
        seal_singly(&mut plain, &items, &key()).expect("the words fit");
        let vouches = open(&mut plain.clone(), &items, &key().public());
        assert_eq!(vouches, Ok(Vec::new()));
        let other = SigningKey::random(&mut rand::rngs::StdRng::seed_from_u64(4));
        assert_eq!(
            open(&mut plain, &items, &other.public()),
            Err(UnvouchedError::Unsigned)
        );
    }
}
