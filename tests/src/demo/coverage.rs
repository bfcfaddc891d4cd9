//! The ledger's part about ground: what the township knows of each village, and whether phones show the same.

use serde_json::Value;
use xunge_core::coverage::CoveragePeriod;
use xunge_core::error::Error;

use super::desk::Desk;
use super::phone::DemoPhone;

/// What was walked that day.
#[derive(Default)]
pub(super) struct Ground {
    /// Name, seen share, share of which nobody can tell, patrols; one line a village, then the township.
    lines: Vec<(String, Option<f64>, Option<f64>, u64)>,
    /// Grids on phones that were compared with the server's, and what differed or did not arrive.
    compared: u64,
    pub(super) lost: Vec<String>,
}

impl Ground {
    /// Asks the server, and every phone that should show the same.
    pub(super) fn draw_up(phones: &[DemoPhone], desk: &Desk, day: CoveragePeriod) -> Result<Self, Error> {
        let mut ground = Self::default();
        let Some(answer) = desk.get(&format!("/v1/coverage?period={day}")) else {
            ground
                .lost
                .push("the server does not answer for coverage".to_owned());
            return Ok(ground);
        };
        let villages = answer["villages"].as_array().into_iter().flatten();
        for unit in villages.chain(std::iter::once(&answer["total"])) {
            ground.lines.push((
                unit["name"].as_str().unwrap_or_default().to_owned(),
                unit["seen_share"].as_f64(),
                unit["unknown_share"].as_f64(),
                unit["patrols"].as_u64().unwrap_or(0),
            ));
        }
        for phone in phones {
            for device in phone.devices() {
                let status = device.status()?;
                let unsent_count = status.unsent_track_count + status.unsent_visit_count;
                if unsent_count > 0 {
                    let what = format!("{}: {unsent_count} parts of patrols still wait", phone.plan.label);
                    ground.lost.push(what);
                }
                for view in device.coverage_all(day)? {
                    let there = share_of(&answer, view.grid.as_str());
                    let here = serde_json::to_value(&view.share).ok();
                    if here.as_ref() != there {
                        let label = &phone.plan.label;
                        let what =
                            format!("{label}: the coverage of {} differs from the server's", view.grid);
                        ground.lost.push(what);
                    }
                    ground.compared += 1;
                }
            }
        }
        Ok(ground)
    }

    /// Prints a line a village.
    pub(super) fn print(&self) {
        println!("\n  ── coverage 巡查覆盖 {}", "─".repeat(34));
        let percent = |share: Option<f64>| share.map_or("—".to_owned(), |s| format!("{:.1} %", s * 100.0));
        for (name, seen, unknown, patrols) in &self.lines {
            println!(
                "  seen 已到 {:>7}   not known 不明 {:>7}   patrols 巡查 {patrols:>3}   {name}",
                percent(*seen),
                percent(*unknown),
            );
        }
        println!("  shown alike on phones 手机与镇里一致 {}", self.compared);
    }
}

fn share_of<'a>(answer: &'a Value, grid: &str) -> Option<&'a Value> {
    let grids = answer["grids"].as_array()?;
    grids
        .iter()
        .find(|unit| unit["unit"] == grid)
        .map(|unit| &unit["share"])
}
