//! Phones that speak the protocol by hand: they keep their keys and their cursor and nothing else.

use rand::rngs::StdRng;
use xunge_core::command::{Action, Command, CommandResult, Opening, Outcome, SignedCommand, Urgency};
use xunge_core::directory::Level;
use xunge_core::document::{Document, FieldEdit};
use xunge_core::id::{
    ActorId, CategoryId, ChangeHash, CommandId, GenerationId, InstallId, PersonId, ReportId, UnitId,
};
use xunge_core::report::ReportContent;
use xunge_core::signature::{PublicKey, SigningKey};
use xunge_core::sync::message::{
    Digest, FeedPosition, Item, ItemResult, Manifest, ManifestSeal, PROTOCOL, ScopeTag, SyncAnswer,
    SyncRequest,
};
use xunge_core::sync::vouch::{self, Vouch};
use xunge_core::time::DeviceTime;
use xunge_server::Caller;

use crate::world::{START, World, unit};

/// A phone that keeps nothing but its keys and its cursor.
pub(crate) struct Phone {
    pub(crate) caller: Caller,
    pub(crate) install: InstallId,
    pub(crate) person: PersonId,
    pub(crate) actor: ActorId,
    pub(crate) township: UnitId,
    pub(crate) key: SigningKey,
    pub(crate) server: PublicKey,
    pub(crate) cursor: u64,
    pub(crate) scope: Option<ScopeTag>,
    pub(crate) generation: Option<GenerationId>,
    pub(crate) digest: Option<Digest>,
    /// The signed lists of all answers so far; they go along with every push.
    pub(crate) vouches: Vec<Vouch>,
    pub(crate) rng: StdRng,
}

/// A report as its phone made it.
pub(crate) struct Made {
    pub(crate) id: ReportId,
    pub(crate) document: Document,
    pub(crate) change: Vec<u8>,
    pub(crate) opening: Opening,
}

impl Made {
    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        self.document.heads()
    }

    pub(crate) fn change_item(&self) -> Item {
        change_item(self.id, &self.change)
    }
}

pub(crate) fn change_item(report: ReportId, bytes: &[u8]) -> Item {
    Item::Change {
        report,
        bytes: bytes.to_vec().into(),
    }
}

impl Phone {
    /// A report with words, in a grid.
    pub(crate) fn make(&mut self, grid: &str) -> Made {
        self.make_of(grid, "banner", Urgency::Normal)
    }

    pub(crate) fn make_of(&mut self, grid: &str, category: &str, urgency: Urgency) -> Made {
        let id = ReportId::random(&mut self.rng);
        let code = format!("{grid}-{}", &id.to_string()[..8]).to_ascii_uppercase();
        let mut content = ReportContent::begin(
            id,
            code.clone(),
            self.township.clone(),
            self.person.clone(),
            START,
        );
        content.category = Some(CategoryId::new(category).unwrap());
        content.category_version = 1;
        content.grid = Some(unit(grid));
        content.urgency = urgency;
        content.description = "路边违法横幅".into();
        let (document, first) = Document::create(&content, self.actor, 1).unwrap();
        Made {
            id,
            document,
            change: first.bytes,
            opening: Opening {
                grid: unit(grid),
                category: CategoryId::new(category).unwrap(),
                category_version: 1,
                urgency,
                code,
                level: Level::Grid,
            },
        }
    }

    /// An edit of a report's words.
    pub(crate) fn edit(&mut self, made: &mut Made, words: &str) -> Item {
        let edits = [FieldEdit::SetDescription(words.into())];
        let change = made.document.edit(&edits, self.actor, 2).unwrap().unwrap();
        change_item(made.id, &change.bytes)
    }

    pub(crate) fn command(
        &mut self,
        report: ReportId,
        action: Action,
        saw: Option<CommandId>,
        heads: Vec<ChangeHash>,
    ) -> Command {
        Command {
            id: CommandId::random(&mut self.rng),
            report,
            action,
            by: self.person.clone(),
            post: None,
            install: self.install,
            saw,
            heads,
            attachments: Vec::new(),
            reason: None,
            at: DeviceTime {
                wall_at: START,
                monotonic_ms: 0,
                boot: 1,
                server_offset_ms: Some(0),
                server_offset_age_ms: Some(0),
            },
            text: None,
        }
    }

    pub(crate) fn submission(&mut self, made: &Made) -> Command {
        let action = Action::Submit {
            opening: made.opening.clone(),
        };
        self.command(made.id, action, None, made.heads())
    }

    pub(crate) fn sign(&self, command: &Command) -> Item {
        Item::Command {
            command: SignedCommand::sign(command, &self.key),
        }
    }

    pub(crate) fn request(&self, items: Vec<Item>) -> SyncRequest {
        let at = DeviceTime {
            wall_at: START,
            monotonic_ms: 0,
            boot: 1,
            server_offset_ms: None,
            server_offset_age_ms: None,
        };
        let manifest = Manifest {
            install: self.install,
            names: items.iter().map(|i| ChangeHash(i.name())).collect(),
            at,
        };
        let bytes = minicbor::to_vec(&manifest).unwrap();
        SyncRequest {
            protocol: PROTOCOL,
            install: self.install,
            feeds: vec![FeedPosition {
                feed: self.township.clone(),
                generation: self.generation,
                cursor: self.cursor,
                scope: self.scope,
                digest: self.digest,
                checkpoint: None,
            }],
            manifest: (!items.is_empty()).then(|| ManifestSeal {
                at,
                signature: self.key.sign("manifest", &bytes),
            }),
            items,
            answer_bytes_max: 1 << 20,
            at,
            health: None,
            backfill: Vec::new(),
            repair: None,
            vouches: self.vouches.clone(),
            coverage: None,
        }
    }

    /// One sync; takes the cursor and the scope over from the answer.
    pub(crate) fn sync(&mut self, world: &World, items: Vec<Item>) -> SyncAnswer {
        let request = self.request(items);
        let mut answer = world.service.sync(&self.caller, &request).unwrap();
        self.open(&request, &mut answer);
        self.take(&answer);
        answer
    }

    /// Makes the words whole and checks the server's signatures over them.
    pub(crate) fn open(&mut self, request: &SyncRequest, answer: &mut SyncAnswer) {
        let vouches = vouch::open(answer, &request.items, &self.server).unwrap();
        self.vouches.extend(vouches);
    }

    pub(crate) fn take(&mut self, answer: &SyncAnswer) {
        for page in answer.pages.iter().filter(|p| p.feed == self.township) {
            self.cursor = page.cursor;
            self.generation = Some(page.generation);
            if let Some(scope) = &page.scope {
                self.scope = Some(scope.tag);
            }
        }
    }

    pub(crate) fn push(&mut self, world: &World, items: Vec<Item>) -> Vec<ItemResult> {
        self.sync(world, items).results
    }

    /// Makes a report and hands it in; gives it with the submission.
    pub(crate) fn submit(&mut self, world: &World, grid: &str) -> (Made, Command) {
        let made = self.make(grid);
        let command = self.submission(&made);
        let results = self.push(world, vec![made.change_item(), self.sign(&command)]);
        assert_eq!(results[0], ItemResult::Stored);
        assert_eq!(self.outcome(&results[1]), Outcome::Accepted);
        (made, command)
    }

    /// Reads a decided result; its signature was checked as the answer came in.
    pub(crate) fn result(&self, item: &ItemResult) -> CommandResult {
        let ItemResult::Decided { result } = item else {
            panic!("not decided: {item:?}")
        };
        result.result().unwrap()
    }

    pub(crate) fn outcome(&self, item: &ItemResult) -> Outcome {
        self.result(item).outcome
    }
}
