//! `unwrap-key`: gives back the key of a phone's database whose keystore lost it. The phone laid it down for the township, in the file
//! `key.json` beside its database, and set the folder aside.

use std::path::PathBuf;

use xunge_core::key_file::{KEY_FILE_NAME, KeyFile, KeyFileError};

use super::import::{read_file, recovery_secret};
use super::{CliProblem, Desk};

/// What `unwrap-key` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct UnwrapArgs {
    /// 手机上被搁置的文件夹，或其中的 key.json · the folder that the phone set aside, or the key.json in it
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// 恢复密钥文件 · the recovery key, where it is kept off the server
    #[arg(long, value_name = "FILE")]
    recovery_key: Option<PathBuf>,
}

pub(crate) fn run(desk: &Desk, args: &UnwrapArgs) -> Result<(), CliProblem> {
    let path = if args.path.is_dir() {
        args.path.join(KEY_FILE_NAME)
    } else {
        args.path.clone()
    };
    let key_file = KeyFile::from_json(&read_file(&path)?).map_err(problem)?;
    let service = desk.service()?;
    let secret = recovery_secret(&service, args.recovery_key.as_ref())?;
    let lost = key_file.lost_key(&secret).map_err(problem)?;
    // Recorded before it is shown.
    service.note_unwrapped_key(&Desk::operator(None), lost.install)?;
    desk.say.line(
        &format!(
            "{} 的手机档案 {} 的数据库密钥（已记入审计）。只在那部手机上使用，不要保存：",
            lost.person, lost.install
        ),
        &format!(
            "The database key of {}'s install {} (the audit log says so). Use it on that phone alone and keep it nowhere:",
            lost.person, lost.install
        ),
    );
    desk.say.raw(&hex::encode(lost.key()));
    Ok(())
}

fn problem(error: KeyFileError) -> CliProblem {
    let chinese = match error {
        KeyFileError::Unreadable => "这不是手机的 key.json，或者来自更新的版本",
        KeyFileError::NoBox => "这部手机没有给镇里留过密钥：里面的资料只有原来的密钥能打开",
        KeyFileError::DoesNotOpen => "恢复密钥不对，或文件被改过。请用 --recovery-key 指定正确的密钥",
    };
    CliProblem::usage(chinese, error.to_string())
}
