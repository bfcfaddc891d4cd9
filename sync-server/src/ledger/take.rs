//! Taking in what a phone pushed: changes, person records and commands, each with its own result.

use xunge_core::command::{Command, SignedCommand, Word};
use xunge_core::document::gate::{self, Prepared, Verdict};
use xunge_core::draft::SubmitKind;
use xunge_core::id::{ChangeHash, PersonRecordId, ReportId};
use xunge_core::report::PersonRecord;
use xunge_core::seal::ContentKey;
use xunge_core::sync::message::{ItemResult, RefusedCode};

use super::decide::Origin;
use super::open_report::{DOCUMENT, OpenReport};
use super::project;
use super::turn::{NewRow, Turn};
use crate::ServiceError;
use crate::store::{InstallRow, ReportNo, ReportRow, RowKind};

/// A report with so many changes keeps its document saved, and saves it again whenever so many more have come.
pub(crate) const SAVED_EVERY: u32 = 16;

pub(crate) fn refused(code: RefusedCode, text: impl std::fmt::Display) -> ItemResult {
    ItemResult::Refused {
        code,
        text: text.to_string(),
    }
}

impl Turn<'_> {
    /// Takes in what the gate let through of one group. `bytes` and the results are in the order of the group's items.
    pub(crate) fn take_changes(
        &mut self,
        report: ReportId,
        bytes: &[&[u8]],
        prepared: &Prepared,
        sender: &mut InstallRow,
        is_return: bool,
    ) -> Result<Vec<ItemResult>, ServiceError> {
        let open = self.take(report)?;
        if open.as_ref().is_some_and(OpenReport::is_erased) {
            self.put(open.expect("looked at a line above"));
            return Ok(vec![ItemResult::Erased; bytes.len()]);
        }
        let mut open = match open {
            Some(open) => open,
            None => match self.begin_report(report, prepared) {
                Ok(Some(open)) => open,
                Ok(None) => return self.verdicts(bytes, prepared, sender),
                Err(refusal) => return Ok(vec![refusal; bytes.len()]),
            },
        };
        let changes_max = u32::try_from(self.ledger.limits.report_changes).unwrap_or(u32::MAX);
        if open.row.changes >= changes_max {
            self.put(open);
            return Ok(vec![
                refused(
                    RefusedCode::TooLarge,
                    "the report has as many changes as it may have"
                );
                bytes.len()
            ]);
        }
        let install = (!is_return).then_some(sender.no);
        for accepted in &prepared.accepted {
            let change = bytes[accepted.index];
            self.take_change(&mut open, accepted.facts.hash, change, install);
        }
        if !prepared.accepted.is_empty() {
            self.project_content(&mut open, prepared)?;
        }
        self.put(open);
        self.verdicts(bytes, prepared, sender)
    }

    fn take_change(
        &mut self,
        open: &mut OpenReport,
        hash: ChangeHash,
        bytes: &[u8],
        install: Option<crate::store::InstallNo>,
    ) {
        open.row.digest.add(&hash.0);
        open.row.changes += 1;
        open.new_changes.push(bytes.to_vec());
        let body = open.sealed(RowKind::Change, &hash.0, bytes);
        let row = NewRow {
            kind: RowKind::Change,
            name: Some(hash.0.to_vec()),
            install,
            moved_from: None,
            body,
        };
        self.append(open, row);
    }

    /// A new report, if the gate let its beginning through.
    fn begin_report(
        &mut self,
        report: ReportId,
        prepared: &Prepared,
    ) -> Result<Option<OpenReport>, ItemResult> {
        let (Some(content), false) = (&prepared.content, prepared.accepted.is_empty()) else {
            return Ok(None);
        };
        if content.township != self.feed.unit {
            return Err(refused(
                RefusedCode::WrongFeed,
                "the report names another township",
            ));
        }
        let key = self.ledger.draw(ContentKey::random);
        let wrapped = self.ledger.keys.master.wrap(&report, &key);
        let row = ReportRow {
            no: ReportNo(0),
            feed: self.feed.no,
            report,
            code: content.code.clone(),
            key: Some(wrapped),
            reporter: content.reporter.clone(),
            scope: None,
            scope_seq: 0,
            digest: Default::default(),
            heads: Vec::new(),
            changes: 0,
            events: 0,
            people: 0,
            last_seq: 0,
            state: 0,
            rank: project::rank(content.urgency),
            level: 0,
            category: None,
            holder: None,
            held_since: self.now,
            submitted_at: None,
            due_at: None,
            look_at: None,
            flags: 0,
            attachments_named: 0,
            attachments_stored: 0,
            summary: Vec::new(),
            outcome: Default::default(),
        };
        Ok(Some(OpenReport::begin(row, key)))
    }

    /// Writes what the content says into the report's row.
    fn project_content(&mut self, open: &mut OpenReport, prepared: &Prepared) -> Result<(), ServiceError> {
        let (Some(content), Some(snapshot)) = (&prepared.content, &prepared.snapshot) else {
            return Ok(());
        };
        open.row.heads.clone_from(&snapshot.heads);
        open.newest = Some(snapshot.clone());
        open.content = Some(content.clone());
        let summary = project::summary(content, &self.directory, self.now, SubmitKind::Submit);
        self.keep_summary(open, summary);
        self.count_attachments(open)?;
        if !open.is_new {
            self.keep_document(open, &snapshot.bytes)?;
            open.story(self.ledger, self.tx)?;
            if let Some(matter) = open.matter().cloned() {
                self.project_amended(open, &matter)?;
            }
        }
        Ok(())
    }

    /// Counts the blobs that the content names, and how many are here. The content must be at hand.
    pub(crate) fn count_attachments(&mut self, open: &mut OpenReport) -> Result<(), ServiceError> {
        let Some(content) = &open.content else {
            return Ok(());
        };
        let named: std::collections::BTreeSet<_> = content.attachments.values().map(|a| a.blob).collect();
        let stored = if open.is_new || named.is_empty() {
            0
        } else {
            let blobs = self.tx.blobs_of_reports(self.feed.no, &[open.row.no])?;
            blobs
                .iter()
                .filter(|b| !b.is_erased && named.contains(&b.blob))
                .count()
        };
        open.row.attachments_named = u32::try_from(named.len()).unwrap_or(u32::MAX);
        open.row.attachments_stored = u32::try_from(stored).unwrap_or(u32::MAX);
        Ok(())
    }

    fn keep_document(&mut self, open: &OpenReport, bytes: &[u8]) -> Result<(), ServiceError> {
        let count = u32::try_from(open.new_changes.len()).unwrap_or(0);
        let before = open.row.changes.saturating_sub(count);
        if before / SAVED_EVERY == open.row.changes / SAVED_EVERY {
            return Ok(());
        }
        if let Some(key) = &open.key {
            let sealed = key.seal(DOCUMENT, open.row.report.as_bytes(), bytes);
            self.tx
                .snapshot_put(self.feed.no, open.row.no, open.row.changes, &sealed)?;
        }
        Ok(())
    }

    /// The results that the gate's verdicts mean.
    fn verdicts(
        &mut self,
        bytes: &[&[u8]],
        prepared: &Prepared,
        sender: &mut InstallRow,
    ) -> Result<Vec<ItemResult>, ServiceError> {
        let mut results = Vec::with_capacity(bytes.len());
        for (verdict, bytes) in prepared.verdicts.iter().zip(bytes) {
            results.push(match verdict {
                Verdict::Accepted { .. } => ItemResult::Stored,
                Verdict::Duplicate { .. } => ItemResult::Duplicate,
                Verdict::MissingDeps { hashes } => ItemResult::MissingDeps {
                    hashes: hashes.clone(),
                },
                Verdict::RotateActor => self.rotate(bytes, sender)?,
                Verdict::Refused(refusal) => refused(gate_code(refusal), refusal),
            });
        }
        Ok(results)
    }

    fn rotate(&mut self, bytes: &[u8], sender: &mut InstallRow) -> Result<ItemResult, ServiceError> {
        let Ok(facts) = xunge_core::document::Document::change_facts(bytes) else {
            return Ok(refused(RefusedCode::Malformed, "the change is not readable"));
        };
        let next = self.ledger.rotate(self.tx, sender, facts.actor)?;
        Ok(ItemResult::RotateActor {
            actor: next.actor,
            tag: Some(next.tag),
        })
    }

    /// Takes in a person record.
    pub(crate) fn take_person(
        &mut self,
        report: ReportId,
        id: PersonRecordId,
        bytes: &[u8],
        sender: &InstallRow,
        may_add: bool,
    ) -> Result<ItemResult, ServiceError> {
        let Some(mut open) = self.take(report)? else {
            return Ok(ItemResult::MissingDeps { hashes: Vec::new() });
        };
        let result = self.take_person_of(&mut open, id, bytes, sender, may_add);
        self.put(open);
        result
    }

    fn take_person_of(
        &mut self,
        open: &mut OpenReport,
        id: PersonRecordId,
        bytes: &[u8],
        sender: &InstallRow,
        may_add: bool,
    ) -> Result<ItemResult, ServiceError> {
        if open.is_erased() {
            return Ok(ItemResult::Erased);
        }
        let held = self.rows_named(id.as_bytes())?;
        if let Some(row) = held.iter().find(|r| r.kind == RowKind::Person) {
            let is_here = row.report == Some(open.row.no) && !open.is_new;
            return Ok(match is_here.then(|| open.plain(row)).transpose()?.flatten() {
                Some(plain) if plain == bytes => ItemResult::Duplicate,
                None if is_here => ItemResult::Erased,
                _ => refused(RefusedCode::NameReused, "the name is another record's"),
            });
        }
        if self.has_name(id.as_bytes()) {
            return Ok(ItemResult::Duplicate);
        }
        if open.row.reporter != sender.person && !may_add {
            return Ok(refused(
                RefusedCode::OutOfScope,
                "the report is not the sender's to add to",
            ));
        }
        if usize::try_from(open.row.people).unwrap_or(usize::MAX) >= self.ledger.limits.report_people {
            return Ok(refused(
                RefusedCode::TooLarge,
                "the report has as many people as it may have",
            ));
        }
        let name = xunge_core::signature::sha256(bytes);
        open.row.digest.add(&name);
        open.row.people += 1;
        let body = open.sealed(RowKind::Person, id.as_bytes(), bytes);
        let row = NewRow {
            kind: RowKind::Person,
            name: Some(id.as_bytes().to_vec()),
            install: Some(sender.no),
            moved_from: None,
            body,
        };
        self.append(open, row);
        Ok(ItemResult::Stored)
    }

    /// Takes in a command whose signature fits: decides it, unless it is there already or rests on what is not there.
    pub(crate) fn take_command(
        &mut self,
        signed: &SignedCommand,
        command: &Command,
        sender: &InstallRow,
        is_behind_restore: bool,
    ) -> Result<ItemResult, ServiceError> {
        let Some(mut open) = self.take(command.report)? else {
            return Ok(ItemResult::MissingDeps {
                hashes: command.heads.clone(),
            });
        };
        let result = self.take_command_of(&mut open, signed, command, sender, is_behind_restore);
        self.put(open);
        result
    }

    fn take_command_of(
        &mut self,
        open: &mut OpenReport,
        signed: &SignedCommand,
        command: &Command,
        sender: &InstallRow,
        is_behind_restore: bool,
    ) -> Result<ItemResult, ServiceError> {
        if open.is_erased() {
            return Ok(ItemResult::Erased);
        }
        if let Some(result) = self.known_command(open, signed, command)? {
            return Ok(result);
        }
        if usize::try_from(open.row.events).unwrap_or(usize::MAX) >= self.ledger.limits.report_commands {
            return Ok(refused(
                RefusedCode::TooLarge,
                "the report has as many commands as it may have",
            ));
        }
        let missing = self.missing_heads(open, &command.heads)?;
        if !missing.is_empty() {
            return Ok(ItemResult::MissingDeps { hashes: missing });
        }
        if is_behind_restore && !self.has_seen(open, command)? {
            return Ok(ItemResult::MissingDeps { hashes: Vec::new() });
        }
        let origin = Origin {
            install: Some(sender.no),
            is_clock: false,
        };
        let result = self.decide(open, signed.clone(), command.clone(), origin)?;
        Ok(ItemResult::Decided { result })
    }

    /// The word on a command that is here already, or why its name cannot be used.
    pub(crate) fn known_command(
        &mut self,
        open: &mut OpenReport,
        signed: &SignedCommand,
        command: &Command,
    ) -> Result<Option<ItemResult>, ServiceError> {
        // Within a turn the story knows what was decided a moment ago; its rows are not in the table yet.
        let story = open.story(self.ledger, self.tx)?;
        if let Some(told) = story.told.iter().find(|t| t.command.id == command.id) {
            if told.result.body_hash != signed.hash() {
                return Ok(Some(refused(
                    RefusedCode::NameReused,
                    "the name is another act's",
                )));
            }
            let result = told.result.clone();
            return Ok(Some(ItemResult::Decided {
                result: self.word(open, &result)?,
            }));
        }
        let held = self.rows_named(command.id.as_bytes())?;
        let is_used = !held.is_empty() || self.has_name(command.id.as_bytes());
        Ok(is_used.then(|| refused(RefusedCode::NameReused, "the name is another act's")))
    }

    /// The word as it stands in the ledger; where it was given in this very turn, the same bytes again.
    fn word(
        &mut self,
        open: &OpenReport,
        result: &xunge_core::command::CommandResult,
    ) -> Result<Word, ServiceError> {
        for row in self.rows_named(result.command.as_bytes())? {
            if let Some(event) = open.whole_event(&row)?
                && event.result.result().is_ok_and(|r| r == *result)
            {
                return Ok(event.result);
            }
        }
        Ok(Word::new(result))
    }

    fn missing_heads(
        &mut self,
        open: &OpenReport,
        heads: &[ChangeHash],
    ) -> Result<Vec<ChangeHash>, ServiceError> {
        let mut missing: Vec<ChangeHash> = heads
            .iter()
            .filter(|h| !open.row.heads.contains(h))
            .copied()
            .collect();
        if missing.is_empty() {
            return Ok(missing);
        }
        let names: Vec<&[u8]> = missing.iter().map(|h| &h.0[..]).collect();
        let rows = self.tx.rows_by_name(self.feed.no, &names)?;
        let is_here = |hash: &ChangeHash| {
            let stored = rows.iter().any(|r| {
                r.report == Some(open.row.no) && !open.is_new && r.name.as_deref() == Some(&hash.0[..])
            });
            let fresh = |bytes: &Vec<u8>| {
                xunge_core::document::Document::change_facts(bytes).is_ok_and(|f| f.hash == *hash)
            };
            stored || open.new_changes.iter().any(fresh)
        };
        missing.retain(|hash| !is_here(hash));
        Ok(missing)
    }

    /// Whether the command that the author had seen is known here.
    fn has_seen(&mut self, open: &mut OpenReport, command: &Command) -> Result<bool, ServiceError> {
        let Some(saw) = command.saw else { return Ok(true) };
        Ok(open.story(self.ledger, self.tx)?.known.contains_key(&saw))
    }
}

/// Reads a person record and checks that it is what the item says.
pub(crate) fn check_person(
    report: ReportId,
    id: PersonRecordId,
    bytes: &[u8],
    bytes_max: usize,
) -> Result<(), ItemResult> {
    if bytes.len() > bytes_max {
        return Err(refused(RefusedCode::TooLarge, "the person record is too large"));
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let record: PersonRecord = decoder.decode().map_err(|e| refused(RefusedCode::Malformed, e))?;
    if decoder.position() != bytes.len() {
        return Err(refused(RefusedCode::Malformed, "bytes after the person record"));
    }
    if record.id != id || record.report != report {
        return Err(refused(
            RefusedCode::Malformed,
            "the person record has another name",
        ));
    }
    record.check().map_err(|_| {
        refused(
            RefusedCode::NotAllowed,
            "the person record breaks the rules for people",
        )
    })
}

/// The stable code of the gate's refusal.
fn gate_code(refusal: &gate::Refusal) -> RefusedCode {
    use gate::Refusal as R;
    match refusal {
        R::TooLarge { .. } | R::TooMany { .. } => RefusedCode::TooLarge,
        R::Malformed(_) | R::ChecksumWrong | R::NotCanonical => RefusedCode::Malformed,
        R::NotYours | R::WrongAuthor { .. } => RefusedCode::NotYours,
        R::SequenceGap { .. } => RefusedCode::SequenceGap,
        R::OutOfScope { .. } => RefusedCode::OutOfScope,
        R::RestsOnRefused | R::Unloadable { .. } => RefusedCode::Unloadable,
        R::SecondOrigin
        | R::WrongOrigin
        | R::Immutable { .. }
        | R::NotReporter { .. }
        | R::NotRemovable { .. }
        | R::BadValue { .. } => RefusedCode::NotAllowed,
    }
}
