//! `verify-archive`: whether the archive of one report is as this server signed it.

use std::path::PathBuf;

use super::{CliProblem, Desk};
use crate::archive::{ArchiveProblem, verify};
use crate::config::Secrets;

/// What `verify-archive` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArchiveArgs {
    /// 档案文件 · the archive, a ZIP file
    file: PathBuf,
    /// 签名的服务器的公钥（十六进制）；不写就用本机的 · the signing server's public key; left out: this server's own
    #[arg(long, value_name = "HEX")]
    key: Option<String>,
}

pub(crate) fn run(desk: &Desk, args: &VerifyArchiveArgs) -> Result<(), CliProblem> {
    let bytes = std::fs::read(&args.file).map_err(|source| CliProblem::File {
        path: args.file.clone(),
        source,
    })?;
    let verified = verify(&bytes).map_err(|problem| bad(&problem))?;
    let manifest = &verified.manifest;
    let signed_by = hex::encode(verified.public_key.0);
    let own = || {
        let keys = desk.config.keys_path();
        let secrets = Secrets::exist(&keys).then(|| Secrets::load(&keys)).transpose()?;
        Ok::<_, CliProblem>(secrets.map(|secrets| hex::encode(secrets.server_key.public().0)))
    };
    let expected = match &args.key {
        Some(key) => Some(key.to_ascii_lowercase()),
        None => own()?,
    };
    if expected.as_ref().is_some_and(|expected| *expected != signed_by) {
        return Err(CliProblem::usage(
            format!("档案没有改动，但不是这台服务器签的名。签名的公钥：{signed_by}"),
            format!("the archive is unaltered, and another server signed it; its public key: {signed_by}"),
        ));
    }
    let (code, files, made) = (&manifest.code, manifest.files.len(), &manifest.made_at);
    desk.say.line(
        &format!("档案完好：{code}，{files} 个文件，生成于 {made}。"),
        &format!("The archive is sound: {code}, {files} files, made at {made}."),
    );
    if expected.is_none() {
        desk.say.line(
            &format!("本机没有密钥可比对。请核对签名的公钥：{signed_by}"),
            &format!("There is no key here to compare with. Check the signing public key: {signed_by}"),
        );
    }
    Ok(())
}

fn bad(problem: &ArchiveProblem) -> CliProblem {
    let zh = match problem {
        ArchiveProblem::Unreadable(_) => "文件不是完整的档案".to_owned(),
        ArchiveProblem::Missing(name) => format!("档案里缺 {name}"),
        ArchiveProblem::BadFile(name) => format!("{name} 的格式不对"),
        ArchiveProblem::BadSignature => "签名不符：清单被改动过".to_owned(),
        ArchiveProblem::Altered(name) => format!("{name} 被改动过"),
        ArchiveProblem::NotThere(name) => format!("清单里有 {name}，档案里没有"),
        ArchiveProblem::Strange(name) => format!("{name} 不属于这份档案"),
    };
    CliProblem::usage(zh, problem.to_string())
}
