//! A phone's folder with many reports, made in seconds: one report is captured by the real device, the others are copies of its rows.
//!
//! For figures of opening and paging alone. The copies were never on a server: such a phone is not to be synced.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use serde_json::{Value, json};
use xunge_core::app::{Phone, PhoneConfig};
use xunge_core::document::FieldEdit;
use xunge_core::id::CategoryId;
use xunge_core::store::DATABASE_NAME;
use xunge_core::sync::transport::{CancelToken, HttpTransport};
use xunge_core::time::SystemClock;

use super::journey::Journey;
use crate::demo::server::{Problem, fresh_folder};

/// Makes `folder/phone` with a profile that has `count` own reports; answers what there is as JSON.
pub fn seed_phone(folder: &Path, count: u32) -> Result<Value, Problem> {
    let folder = fresh_folder(folder)?;
    let stage = Journey::set(&folder.join("stage"))?;
    let programme: Value = serde_json::from_str(&stage.programme())?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let way = HttpTransport::new(&text(&programme["url"]), b"")?;
    let at = folder.join("phone");
    let phone = Phone::open(&at, PhoneConfig::new(Arc::new(SystemClock), "seed"))?;
    let profile = phone.enrol(&text(&programme["cast"]["worker"]["code"]), &way)?;
    let device = phone.device(&profile, None)?;
    let cancel = CancelToken::new();
    device.sync(&way, &cancel);
    let report = device.begin_draft()?;
    let edits = [
        FieldEdit::SetCategory {
            category: CategoryId::new(text(&programme["category"]["id"]))?,
            version: 1,
        },
        FieldEdit::SetGrid(Some(text(&programme["grid"]).parse()?)),
        FieldEdit::SetDescription("路灯杆上挂着违章横幅".into()),
        FieldEdit::SetPlaceText("王家桥头".into()),
    ];
    device.edit_draft(report, &edits)?;
    device.submit(report)?;
    let sent = device.sync(&way, &cancel);
    if !sent.is_complete() {
        return Err(format!("the one report was not sent: {sent:?}").into());
    }
    let database = device.folder().join(DATABASE_NAME);
    drop(device);
    drop(phone);
    stage.strike();
    copy(&database, &report.to_string(), count.saturating_sub(1))?;
    Ok(
        json!({ "folder": at, "profile": profile.to_string(), "report_count": count, "report": report.to_string() }),
    )
}

/// Copies the rows of one report `count` times, each a minute older than the one before.
fn copy(database: &Path, report: &str, count: u32) -> Result<(), Problem> {
    let mut conn = Connection::open(database)?;
    let bytes = hex::decode(report)?;
    let columns = |conn: &Connection, table: &str, but: &[&str]| -> Result<Vec<String>, Problem> {
        let mut statement = conn.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let names = statement.query_map([table], |row| row.get(0))?;
        let names: Vec<String> = names.collect::<Result<_, _>>()?;
        Ok(names
            .into_iter()
            .filter(|name| !but.contains(&name.as_str()))
            .collect())
    };
    // Lines write names as UUIDs do.
    let part = |from: u32, length: u32| format!("substr(lower(hex(copy.report)), {from}, {length})");
    let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
    let dashed = parts.join(" || '-' || ");
    let rows = columns(&conn, "report", &["report", "sort_at", "row_json", "code"])?.join(", ");
    let documents = columns(&conn, "document", &["report"])?.join(", ");
    let commands = columns(&conn, "command", &["id", "report", "number"])?.join(", ");
    let transaction = conn.transaction()?;
    transaction.execute_batch("CREATE TEMP TABLE copy (n INTEGER PRIMARY KEY, report BLOB NOT NULL)")?;
    transaction.execute(
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
         INSERT INTO copy SELECT n, randomblob(16) FROM number WHERE ?1 > 0",
        [count],
    )?;
    transaction.execute(
        &format!(
            "INSERT INTO report (report, sort_at, row_json, code, {rows})
             SELECT copy.report, sort_at - copy.n * 60000,
                    replace(row_json, ?2, {dashed}), code || '-' || copy.n, {rows}
             FROM copy JOIN report ON report.report = ?1"
        ),
        (&bytes, written(report)),
    )?;
    transaction.execute(
        &format!(
            "INSERT INTO document (report, {documents})
             SELECT copy.report, {documents} FROM copy JOIN document ON document.report = ?1"
        ),
        [&bytes],
    )?;
    transaction.execute(
        &format!(
            "INSERT INTO command (id, report, {commands})
             SELECT randomblob(16), copy.report, {commands} FROM copy JOIN command ON command.report = ?1"
        ),
        [&bytes],
    )?;
    transaction.commit()?;
    conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// A report's name as a line writes it.
fn written(report: &str) -> String {
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| report.get(part).unwrap_or_default());
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use xunge_core::app::{ListQuery, Tab};

    use super::*;

    #[test]
    fn a_seeded_phone_lists_every_report_once_and_opens_each() {
        let folder = tempfile::tempdir().expect("a folder");
        let told = seed_phone(folder.path(), 130).expect("seeded");
        let phone = Phone::open(
            told["folder"].as_str().expect("a folder"),
            PhoneConfig::new(Arc::new(SystemClock), "seed"),
        );
        let phone = phone.expect("it opens");
        let profile = phone.profiles().expect("listed").remove(0);
        let device = phone.device(&profile.id, None).expect("it opens");
        let mut seen = std::collections::BTreeSet::new();
        let mut query = ListQuery {
            tab: Tab::Mine,
            after: None,
            limit: 50,
        };
        loop {
            let page = device.reports(&query).expect("a page");
            seen.extend(page.items.iter().map(|row| row.report));
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 130);
        let last = seen.iter().next_back().expect("one");
        assert!(device.report(*last).is_ok());
    }
}
