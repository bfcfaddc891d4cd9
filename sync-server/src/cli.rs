//! The command line `xunge-server`: Chinese first, English complete with `--lang en`.
//!
//! Commands work on the data folder itself, beside a running server (the database orders their writes); only `restore` and `migrate-store`
//! need it stopped. No rule
//! of the domain is here.

mod account;
mod act;
mod archive;
mod coverage;
mod enrol;
mod erase;
mod import;
mod init;
mod keep;
mod lock;
mod migrate;
mod missing;
mod problem;
mod queue;
mod report;
mod review;
mod rules;
mod say;
mod serve;
mod unwrap;
pub mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use xunge_core::id::PersonId;

use crate::Caller;
use crate::app::App;
use crate::config::{Config, Language, Secrets, open_folder};
use crate::service::{Service, ServiceConfig};

pub(crate) use account::made_password;
pub use problem::CliProblem;
pub(crate) use say::Say;

/// What is typed.
#[derive(Debug, Parser)]
#[command(
    name = "xunge-server",
    version,
    about = "巡格服务器 · the Xunge township server"
)]
pub struct Args {
    /// 配置文件 · configuration file (default: xunge-server.toml in the data folder)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// 数据目录 · data folder (default: xunge-data)
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// 语言 · language of the output
    #[arg(long, global = true)]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

/// The languages of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    /// 中文.
    Zh,
    /// English.
    En,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
enum Command {
    /// 建立数据目录和密钥 · make the data folder and the keys
    Init(init::InitArgs),
    /// 启动服务 · serve until stopped
    Serve(serve::ServeArgs),
    /// 导入名录或救援文件 · import the directory, or a rescue file
    Import(import::ImportArgs),
    /// 生成注册二维码 · make an enrolment code for a person's phone
    Enrol(enrol::EnrolArgs),
    /// 注销手机 · revoke a phone's profile
    Revoke(enrol::RevokeArgs),
    /// 取回手机丢失的数据库密钥 · give back a phone's lost database key
    UnwrapKey(unwrap::UnwrapArgs),
    /// 列出手机 · list phones and how they fare
    Installs(enrol::InstallsArgs),
    /// 指挥室账号 · accounts of the command room
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// 列出事件 · list reports
    Queue(queue::QueueArgs),
    /// 办理事件 · do an act on a report
    Act(Box<act::ActArgs>),
    /// 巡查覆盖 · what was seen of grids, villages and the township
    Coverage(Box<coverage::CoverageArgs>),
    /// 事件的全部经过 · a report's whole story
    Report(report::ReportArgs),
    /// 分流规则和试算 · rules of routing, and what changed ones would have done
    Rules(rules::RulesArgs),
    /// 待核清单 · what came from revoked phones or ended posts
    Review(review::ReviewArgs),
    /// 校验账本、审计链和照片 · verify ledger, audit chain and pictures
    Verify(keep::VerifyArgs),
    /// 打印各审计链的签名检查点，请保存在别处 · print signed checkpoints of the audit chains, to be kept elsewhere
    Checkpoint,
    /// 校验一件事件的签名档案 · verify the signed archive of one report
    VerifyArchive(archive::VerifyArchiveArgs),
    /// 备份 · back up database and pictures
    Backup(keep::BackupArgs),
    /// 恢复 · put a backup back (the server must be stopped)
    Restore(keep::RestoreArgs),
    /// 恢复后还缺什么：搁置的旧库里有、现在没有的 · what a database that a restore set aside has and this one lacks
    Missing(missing::MissingArgs),
    /// 搬到 PostgreSQL 或 S3 · move to PostgreSQL or S3 (the servers must be stopped)
    MigrateStore(migrate::MigrateArgs),
    /// 依法删除 · erase by law
    #[command(subcommand)]
    Erase(erase::EraseCommand),
}

/// What commands share.
pub(crate) struct Desk {
    pub(crate) config: Config,
    pub(crate) say: Say,
}

impl Desk {
    /// The service on the data folder.
    pub(crate) fn service(&self) -> Result<Service, CliProblem> {
        open_folder(&self.config.data_folder)?;
        Ok(Service::open(ServiceConfig::new(&self.config, self.secrets()?))?)
    }

    /// The server's keys.
    pub(crate) fn secrets(&self) -> Result<Secrets, CliProblem> {
        Ok(Secrets::load(&self.config.keys_path())?)
    }

    /// The service together with attachments.
    pub(crate) fn app(&self) -> Result<App, CliProblem> {
        Ok(App::new(self.config.clone(), self.service()?)?)
    }

    /// The operator, acting as nobody or as a person.
    pub(crate) fn operator(person: Option<PersonId>) -> Caller {
        Caller::Operator { person }
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    run_with(args, environment)
}

/// Runs a parsed command line with an environment.
pub fn run_with(args: Args, mut environment: BTreeMap<String, String>) -> ExitCode {
    if let Some(folder) = &args.data {
        environment.insert("XUNGE_DATA_FOLDER".into(), folder.display().to_string());
    }
    let language = match args.lang {
        Some(Lang::Zh) => Some(Language::Chinese),
        Some(Lang::En) => Some(Language::English),
        None => match environment.get("XUNGE_LANG").map(String::as_str) {
            Some("zh") => Some(Language::Chinese),
            Some("en") => Some(Language::English),
            _ => None,
        },
    };
    let loaded = Config::load(args.config.as_deref(), &environment);
    let spoken = language.unwrap_or_else(|| match &loaded {
        Ok(config) => config.language,
        Err(_) if environment.get("XUNGE_LANGUAGE").is_some_and(|word| word == "en") => Language::English,
        Err(_) => Language::Chinese,
    });
    let say = Say(spoken);
    let outcome = loaded.map_err(CliProblem::from).and_then(|config| {
        let desk = Desk { config, say };
        dispatch(&desk, args.command)
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say.error(&problem);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(desk: &Desk, command: Command) -> Result<(), CliProblem> {
    match command {
        Command::Init(args) => init::run(desk, &args),
        Command::Serve(args) => serve::run(desk, &args),
        Command::Import(args) => import::run(desk, &args),
        Command::Enrol(args) => enrol::run_enrol(desk, &args),
        Command::Revoke(args) => enrol::run_revoke(desk, &args),
        Command::UnwrapKey(args) => unwrap::run(desk, &args),
        Command::Installs(args) => enrol::run_installs(desk, &args),
        Command::Account(command) => account::run(desk, command),
        Command::Queue(args) => queue::run(desk, &args),
        Command::Act(args) => act::run(desk, *args),
        Command::Coverage(args) => coverage::run(desk, &args),
        Command::Report(args) => report::run(desk, &args),
        Command::Review(args) => review::run(desk, &args),
        Command::Rules(args) => rules::run(desk, &args),
        Command::VerifyArchive(args) => archive::run(desk, &args),
        Command::Verify(args) => keep::run_verify(desk, &args),
        Command::Checkpoint => keep::run_checkpoint(desk),
        Command::Backup(args) => keep::run_backup(desk, &args),
        Command::Restore(args) => keep::run_restore(desk, &args),
        Command::Missing(args) => missing::run(desk, &args),
        Command::MigrateStore(args) => migrate::run(desk, &args),
        Command::Erase(command) => erase::run(desk, command),
    }
}

/// A runtime for the few commands that need one.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, CliProblem> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| CliProblem::File {
            path: PathBuf::from("/proc"),
            source,
        })
}
