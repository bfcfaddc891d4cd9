//! `init`: the data folder, the keys, the database, a commented configuration; with names given, the first units.

use std::path::Path;

use rand::SeedableRng;
use xunge_core::directory::{DirectoryRecord, Unit, UnitKind};
use xunge_core::id::UnitId;

use super::{CliProblem, Desk};
use crate::config::{Config, FILE_NAME, Secrets, write_durably};
use crate::service::DirectoryChange;

/// What `init` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// 县，写成 编号:名称 · the county as CODE:NAME
    #[arg(long, value_name = "CODE:NAME")]
    county: Option<String>,
    /// 镇街，写成 编号:名称 · the township as CODE:NAME
    #[arg(long, value_name = "CODE:NAME")]
    township: Option<String>,
}

pub(crate) fn run(desk: &Desk, args: &InitArgs) -> Result<(), CliProblem> {
    let units = units(args)?;
    let folder = &desk.config.data_folder;
    crate::config::make_private_folder(folder).map_err(|source| CliProblem::File {
        path: folder.clone(),
        source,
    })?;
    crate::config::open_folder(folder)?;
    let mut seed = [0; 32];
    rand::Rng::fill_bytes(&mut rand::rng(), &mut seed);
    Secrets::random(&mut rand::rngs::StdRng::from_seed(seed)).write(&desk.config.keys_path())?;
    write_template(&folder.join(FILE_NAME))?;
    let service = desk.service()?;
    if !units.is_empty() {
        let now = service.now();
        let changes: Vec<_> = units
            .into_iter()
            .map(|unit| DirectoryChange {
                record: DirectoryRecord::Unit(unit),
                valid_from: now,
                valid_to: None,
            })
            .collect();
        service.directory_apply(&Desk::operator(None), &changes)?;
    }
    let (keys, folder) = (desk.config.keys_path(), folder.display());
    desk.say.line(
        &format!(
            "数据目录 {folder} 已建立。\n密钥在 {0}：请把这个文件夹另存一份，放在别处并锁好；丢了密钥，数据就打不开。\n\
             {0}/recovery.key 只在打开救援文件时使用，可以移出服务器。\n下一步：xunge-server import … ，然后 xunge-server serve",
            keys.display()
        ),
        &format!(
            "The data folder {folder} is made.\nThe keys are in {0}: keep a copy of that folder elsewhere, under lock; without the keys the data cannot be opened.\n\
             {0}/recovery.key only opens rescue files and may be kept off the server.\nNext: xunge-server import … , then xunge-server serve",
            keys.display()
        ),
    );
    Ok(())
}

fn write_template(path: &Path) -> Result<(), CliProblem> {
    if path.exists() {
        return Ok(());
    }
    write_durably(path, Config::template().as_bytes(), 0o644).map_err(|source| CliProblem::File {
        path: path.to_owned(),
        source,
    })
}

fn units(args: &InitArgs) -> Result<Vec<Unit>, CliProblem> {
    let mut units = Vec::new();
    let mut parent: Option<UnitId> = None;
    for (text, kind) in [
        (&args.county, UnitKind::County),
        (&args.township, UnitKind::Township),
    ] {
        let Some(text) = text else { continue };
        let named = text.split_once(':').or_else(|| text.split_once('：'));
        let unit = named.and_then(|(code, name)| Some((code.trim().parse::<UnitId>().ok()?, name.trim())));
        let Some((id, name)) = unit.filter(|(_, name)| !name.is_empty()) else {
            return Err(CliProblem::usage(
                format!("“{text}”应写成 编号:名称，例如 T01:长乐镇"),
                format!("write `{text}` as CODE:NAME, such as T01:Changle"),
            ));
        };
        units.push(Unit {
            id: id.clone(),
            name: name.to_owned(),
            kind,
            parent: parent.replace(id),
            boundary: None,
            telephone: None,
            has_accounts: true,
        });
    }
    Ok(units)
}
