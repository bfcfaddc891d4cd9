//! What the little server sends: pages, backfills, repairs.

use std::collections::BTreeMap;

use xunge_core::id::{ReportId, UnitId};
use xunge_core::signature::sha256;
use xunge_core::sync::message::*;

use super::{Held, Install, Server, State, digest};
use crate::world::unit;

/// The parts of an answer that do not depend on what was pushed.
#[derive(Default)]
pub(super) struct Pulled {
    pub(super) pages: Vec<FeedPage>,
    pub(super) backfill: Vec<BackfillPage>,
    pub(super) repaired: Vec<ReportBundle>,
    pub(super) notices: Vec<Notice>,
}

impl Server {
    pub(super) fn pages(&self, state: &mut State, install: &Install, request: &SyncRequest) -> Pulled {
        let mut pulled = Pulled::default();
        if install.is_revoked {
            pulled.notices.push(Notice::Revoked);
            return pulled;
        }
        let generation = state.kept.generation.unwrap();
        let grids = self.grids_of(state, install);
        for position in &request.feeds {
            let is_other = position.generation.is_some_and(|g| g != generation);
            if is_other && state.kept.offered.insert(install.id) {
                pulled.notices.push(Notice::OfferAgain {
                    feed: position.feed.clone(),
                });
            }
            pulled
                .pages
                .push(self.page(state, install, &grids, position, request));
        }
        for asked in &request.backfill {
            pulled.backfill.push(self.filled(state, install, &grids, asked));
        }
        pulled.repaired = self.repaired(state, install, &grids, request);
        pulled
    }

    fn page(
        &self,
        state: &State,
        install: &Install,
        grids: &[UnitId],
        position: &FeedPosition,
        request: &SyncRequest,
    ) -> FeedPage {
        let generation = state.kept.generation.unwrap();
        let tag = ScopeTag(sha256(format!("{grids:?}").as_bytes())[..8].try_into().unwrap());
        let is_same = position.generation == Some(generation);
        let end = state.kept.rows.len();
        let from = if is_same {
            end.min(position.cursor as usize)
        } else {
            0
        };
        let is_first = position.scope.is_none();
        let (mut bytes, mut rows, mut cursor) = (0, Vec::new(), from);
        for (index, payload) in state.kept.rows.iter().enumerate().skip(from) {
            let is_directory = matches!(payload, Payload::Directory { .. });
            cursor = index + 1;
            if (is_directory || !is_first) && self.is_visible(state, grids, install, payload) {
                bytes += 300;
                rows.push(FeedRow {
                    seq: cursor as u64,
                    payload: payload.clone(),
                });
            }
            if bytes > request.answer_bytes_max {
                break;
            }
        }
        let seen = state
            .kept
            .reports
            .values()
            .filter(|held| self.sees(grids, install, held));
        let ours = seen.fold(Digest::default(), |sum, held| sum.plus(digest(held)));
        let at_end = cursor == state.kept.rows.len() && request.items.is_empty() && rows.is_empty();
        FeedPage {
            feed: position.feed.clone(),
            generation,
            rows,
            cursor: cursor as u64,
            scope: (position.scope != Some(tag)).then(|| Scope {
                tag,
                grids: grids.to_vec(),
            }),
            is_diverged: at_end && position.digest.is_some_and(|theirs| theirs != ours),
            checkpoint: None,
        }
    }

    fn filled(
        &self,
        state: &State,
        install: &Install,
        grids: &[UnitId],
        asked: &BackfillPosition,
    ) -> BackfillPage {
        let is_asked = |held: &Held| match (&asked.grid, &held.matter) {
            (Some(grid), Some(matter)) => matter.grid == *grid && grids.contains(grid),
            (None, Some(matter)) => matter.reporter == install.person && !grids.contains(&matter.grid),
            _ => false,
        };
        let bundles: Vec<ReportBundle> = state
            .kept
            .reports
            .iter()
            .filter(|(id, held)| asked.after.is_none_or(|after| **id > after) && is_asked(held))
            .map(|(id, held)| bundle(*id, held))
            .take(20)
            .collect();
        let next = (bundles.len() == 20).then(|| bundles[19].report);
        BackfillPage {
            feed: asked.feed.clone(),
            grid: asked.grid.clone(),
            bundles,
            next,
            coverage: match (&asked.grid, &asked.after) {
                (Some(grid), None) => Some(self.coverage_of(state, grid)),
                _ => None,
            },
        }
    }

    fn repaired(
        &self,
        state: &State,
        install: &Install,
        grids: &[UnitId],
        request: &SyncRequest,
    ) -> Vec<ReportBundle> {
        let Some(repair) = &request.repair else {
            return Vec::new();
        };
        let theirs: BTreeMap<ReportId, Digest> =
            repair.reports.iter().map(|r| (r.report, r.digest)).collect();
        let mut bundles: Vec<ReportBundle> = state
            .kept
            .reports
            .iter()
            .filter(|(id, held)| {
                repair.after.is_none_or(|after| **id > after)
                    && repair.upto.is_none_or(|upto| **id <= upto)
                    && self.sees(grids, install, held)
                    && theirs.get(id) != Some(&digest(held))
            })
            .map(|(id, held)| bundle(*id, held))
            .collect();
        for id in theirs.keys() {
            let held = state.kept.reports.get(id);
            if !held.is_some_and(|held| self.sees(grids, install, held)) {
                bundles.push(bundle(*id, &Held::default()));
            }
        }
        bundles
    }

    fn grids_of(&self, state: &State, install: &Install) -> Vec<UnitId> {
        let all = || vec![unit("G1"), unit("G2")];
        state.kept.grids.get(&install.person).cloned().unwrap_or_else(all)
    }

    fn sees(&self, grids: &[UnitId], install: &Install, held: &Held) -> bool {
        held.matter
            .as_ref()
            .is_some_and(|matter| grids.contains(&matter.grid) || matter.reporter == install.person)
    }

    fn is_visible(&self, state: &State, grids: &[UnitId], install: &Install, payload: &Payload) -> bool {
        let report = match payload {
            Payload::Directory { .. } => return true,
            Payload::Coverage { coverage } => return grids.contains(&coverage.grid),
            Payload::Change { report, .. }
            | Payload::Event { report, .. }
            | Payload::Result { report, .. }
            | Payload::Person { report, .. }
            | Payload::Leave { report }
            | Payload::Blob { report, .. } => *report,
            Payload::Erased { what } => what.report(),
            Payload::Enter { bundle } => bundle.report,
        };
        state
            .kept
            .reports
            .get(&report)
            .is_some_and(|held| held.matter.is_none() || self.sees(grids, install, held))
    }
}

fn bundle(report: ReportId, held: &Held) -> ReportBundle {
    ReportBundle {
        report,
        changes: held.changes.iter().cloned().map(Into::into).collect(),
        events: held.events.clone(),
        people: held
            .people
            .iter()
            .map(|(id, bytes)| PersonItem {
                id: *id,
                bytes: bytes.clone().into(),
            })
            .collect(),
        erased: held.erased.clone(),
        blobs: held
            .blobs
            .iter()
            .map(|(blob, size_bytes)| BlobItem {
                blob: *blob,
                size_bytes: *size_bytes,
            })
            .collect(),
    }
}
