//! `missing`: what existed in the console alone since the backup, after a restore.

use super::{CliProblem, Desk};
use crate::config::Secrets;
use crate::service::{Service, ServiceConfig};
use crate::store::DatabasePlace;

/// What `missing` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct MissingArgs {
    /// 恢复时搁置的旧库：文件，或 PostgreSQL 的 schema · the database that `restore` set aside: a file, or a schema
    before: String,
}

pub(crate) fn run(desk: &Desk, args: &MissingArgs) -> Result<(), CliProblem> {
    let before = match desk.config.database_place() {
        DatabasePlace::File(_) => DatabasePlace::File(args.before.clone().into()),
        DatabasePlace::Postgres(address) => DatabasePlace::Postgres(address.with_schema(&args.before)),
    };
    say(desk, &before)
}

/// Lists it, one thing a line.
pub(crate) fn say(desk: &Desk, before: &DatabasePlace) -> Result<(), CliProblem> {
    let secrets = Secrets::load(&desk.config.keys_path())?;
    let config = ServiceConfig {
        database: before.clone(),
        ..ServiceConfig::new(&desk.config, secrets)
    };
    let missing = desk.service()?.missing_from(&Service::open(config)?)?;
    let count = missing.len();
    desk.say.line(
        &format!("旧库 {before} 里有、现在没有的：{count} 条。手机都同步之后再运行 missing，剩下的只在控制台上有过，要重新办。"),
        &format!(
            "{count} things are in {before} and missing here. Run `missing` again once all phones have synced: \
             what is left existed in the console alone, and has to be done again."
        ),
    );
    for one in missing {
        let at = one.at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        desk.say
            .raw(&format!("{}\t{at}\t{}\t{}", one.feed, one.by, one.what));
    }
    Ok(())
}
