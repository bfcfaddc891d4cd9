//! What can go wrong at the command line, said in both languages with what to do.

use std::path::PathBuf;

use crate::ServiceError;
use crate::app::AppProblem;
use crate::auth::PasswordProblem;
use crate::backup::BackupProblem;
use crate::config::{ConfigProblem, ConfigProblems, FolderProblem, Language, SecretsProblem};
use crate::import::problem::ImportProblem;
use crate::import::rescue::RescueProblem;
use crate::problem::chain;
use crate::serve::ServeProblem;
use crate::store::StoreError;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliProblem {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigProblems),
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderProblem),
    /// The keys.
    #[error(transparent)]
    Secrets(#[from] SecretsProblem),
    /// The service.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The folders of attachments and uploads.
    #[error(transparent)]
    App(#[from] AppProblem),
    /// Attachments.
    #[error(transparent)]
    Blobs(#[from] crate::blobs::BlobProblem),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupProblem),
    /// Listening.
    #[error(transparent)]
    Serve(#[from] ServeProblem),
    /// A rescue file.
    #[error(transparent)]
    Rescue(#[from] RescueProblem),
    /// A password.
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    /// A QR code.
    #[error(transparent)]
    Qr(#[from] crate::enrol_qr::TooLong),
    /// A file that is imported; nothing of it was applied.
    #[error("{} problem(s) in the file; nothing was imported", .0.len())]
    Import(Vec<ImportProblem>),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Verification found something.
    #[error("{0} problem(s) were found")]
    NotSound(usize),
    /// The workflow refused an act.
    #[error("refused: {0:?}")]
    Refused(xunge_core::command::Refusal),
    /// Another process serves this data folder.
    #[error("another xunge-server serves this data folder; stop it first")]
    InUse,
    /// Something that was typed is not usable.
    #[error("{english}")]
    Usage {
        /// In Chinese.
        chinese: String,
        /// In English.
        english: String,
    },
}

impl CliProblem {
    /// Something that was typed is not usable.
    pub(crate) fn usage(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self::Usage {
            chinese: chinese.into(),
            english: english.into(),
        }
    }

    /// The whole problem in a language.
    pub fn say(&self, language: Language) -> String {
        if let Self::Import(problems) = self {
            return say_import(problems, language);
        }
        match language {
            Language::English => chain(self),
            Language::Chinese => self.say_chinese(),
        }
    }

    fn say_chinese(&self) -> String {
        match self {
            Self::Config(problems) => {
                let mut text = format!("配置有 {} 处问题：", problems.0.len());
                for problem in &problems.0 {
                    text.push_str(&format!("\n  - {}", config_zh(problem)));
                }
                text
            }
            Self::Folder(problem) => folder_zh(problem),
            Self::Secrets(problem) => secrets_zh(problem),
            Self::Service(problem) => format!("{}（{}）", service_zh(problem), chain(problem)),
            Self::App(problem) => format!("照片目录不能使用（{}）", chain(problem)),
            Self::Blobs(problem) => format!("照片存储出错（{}）", chain(problem)),
            Self::Backup(problem) => backup_zh(problem),
            Self::Serve(problem) => serve_zh(problem),
            Self::Rescue(problem) => rescue_zh(problem),
            Self::Password(PasswordProblem::TooShort { chars_min }) => {
                format!("密码少于 {chars_min} 个字符。请换一个更长的，例如四个不相干的词")
            }
            Self::Password(problem) => format!("密码无法保存（{problem}）"),
            Self::Qr(_) => "服务器地址太长，做不成二维码。请缩短 public_url".into(),
            Self::Import(problems) => say_import(problems, Language::Chinese),
            Self::File { path, source } => format!("文件 {} 不能使用（{source}）", path.display()),
            Self::NotSound(count) => format!("发现 {count} 处问题，见上"),
            Self::Refused(refusal) => format!("没有办成：{}", super::words::refusal_words(*refusal).0),
            Self::InUse => "另一个 xunge-server 正在使用这个数据目录。请先停止它".into(),
            Self::Usage { chinese, .. } => chinese.clone(),
        }
    }
}

fn say_import(problems: &[ImportProblem], language: Language) -> String {
    let mut text = match language {
        Language::Chinese => format!("文件有 {} 处问题，什么都没有导入：", problems.len()),
        Language::English => format!("{} problem(s) in the file; nothing was imported:", problems.len()),
    };
    for problem in problems {
        text.push_str("\n  - ");
        text.push_str(&crate::import::words::say(problem, language));
    }
    text
}

fn config_zh(problem: &ConfigProblem) -> String {
    match problem {
        ConfigProblem::Unreadable { path, source } => {
            format!(
                "{} 读不出（{source}）。请指定存在的文件，或不指定",
                path.display()
            )
        }
        ConfigProblem::Syntax { path, line, message } => {
            format!("{} 第 {line} 行不是 TOML（{message}）", path.display())
        }
        ConfigProblem::Unknown {
            origin,
            name,
            nearest,
        } => {
            let hint = nearest.map(|name| format!("，是不是 {name}")).unwrap_or_default();
            format!("{origin}：没有“{name}”这项设置{hint}。请改正或删去")
        }
        ConfigProblem::WrongValue {
            origin,
            name,
            value,
            expected,
        } => format!("{origin}：{name} = {value} 不对，应为 {expected}"),
        ConfigProblem::OutOfBounds {
            origin,
            name,
            value,
            least,
            greatest,
            default,
        } => format!("{origin}：{name} = {value} 超出范围，可用 {least} 到 {greatest}（默认 {default}）"),
        ConfigProblem::Contradiction {
            smaller,
            small,
            greater,
            great,
        } => format!("{smaller}（{small}）不能大于 {greater}（{great}）。请改其中一个"),
        ConfigProblem::RootWithoutTls => {
            "设了 root_certificate，手机就只认这个根证书，public_url 要以 https:// 开头。请改 public_url"
                .to_owned()
        }
    }
}

fn folder_zh(problem: &FolderProblem) -> String {
    match problem {
        FolderProblem::Missing(path) => format!(
            "数据目录 {} 不存在。请先运行 xunge-server init，或用 --data 指定别的目录",
            path.display()
        ),
        FolderProblem::NotFolder(path) => format!("{} 不是目录。请用 --data 指定别的目录", path.display()),
        FolderProblem::ReadOnly { path, source } => format!(
            "数据目录 {} 不能写入（{source}）。请给服务用户写权限，或以可写方式挂载",
            path.display()
        ),
    }
}

fn secrets_zh(problem: &SecretsProblem) -> String {
    match problem {
        SecretsProblem::Missing(path) => format!(
            "缺少密钥文件 {}。请运行 xunge-server init，或从密钥备份中放回",
            path.display()
        ),
        SecretsProblem::Exists(path) => format!("密钥文件 {} 已经存在，init 不会覆盖密钥", path.display()),
        SecretsProblem::Damaged(path) => {
            format!("密钥文件 {} 里不是密钥。请从密钥备份中放回", path.display())
        }
        SecretsProblem::TooOpen(path) => {
            format!("密钥文件 {} 别人也能读。请运行 chmod 600", path.display())
        }
        SecretsProblem::Io { path, source } => format!("密钥文件 {} 不能使用（{source}）", path.display()),
    }
}

fn service_zh(problem: &ServiceError) -> &'static str {
    match problem {
        ServiceError::BadToken => "令牌无效",
        ServiceError::Forbidden(_) => "没有权限。需要时用 --as 指定办理人",
        ServiceError::NotFound(_) => "没有找到。请核对编号",
        ServiceError::BadRequest(_) => "输入不可用",
        ServiceError::Conflict(_) => "情况已经变化。请重新查看后再试",
        ServiceError::BadEnrolment => "注册码无效或已过期。请重新生成",
        ServiceError::Revoked => "该手机已被注销",
        ServiceError::Erased => "内容已依法删除",
        ServiceError::Store(store) if store.is_busy() => "数据库正忙。请稍后再试",
        ServiceError::Store(StoreError::Unfinished) => "上一次恢复或搬迁没有做完。请把同一条命令再运行一遍",
        ServiceError::Store(_) => "数据库出错。请检查磁盘，再运行 xunge-server verify",
        ServiceError::Damaged(_) => "数据有损坏。请运行 xunge-server verify，必要时从备份恢复",
        ServiceError::File { .. } => "文件不能使用",
    }
}

fn backup_zh(problem: &BackupProblem) -> String {
    match problem {
        BackupProblem::NoBackup(folder) => format!("{} 里没有备份", folder.display()),
        BackupProblem::DoesNotOpen(path) => format!(
            "备份文件 {} 打不开：已损坏，或者是用别的密钥加密的。请放回那台服务器的 keys 目录，或换一份备份",
            path.display()
        ),
        BackupProblem::File { path, source } => format!("文件 {} 不能使用（{source}）", path.display()),
        BackupProblem::Blobs(problem) => format!("照片存储出错（{}）", chain(problem)),
    }
}

fn serve_zh(problem: &ServeProblem) -> String {
    match problem {
        ServeProblem::PortInUse(address) => format!(
            "端口 {} 被别的程序占用。请停止那个程序，或在配置 listen（XUNGE_LISTEN）中换一个端口",
            address.port()
        ),
        ServeProblem::PortForbidden(address) => {
            format!("系统不允许使用端口 {}。请换用 1023 以上的端口", address.port())
        }
        ServeProblem::NotOurAddress(address) => {
            format!("{address} 不是本机地址。请把 listen 设为本机地址，例如 0.0.0.0:8420")
        }
        ServeProblem::Listen { address, source } => format!("不能在 {address} 监听（{source}）"),
    }
}

fn rescue_zh(problem: &RescueProblem) -> String {
    use crate::import::problem::ImportRule;
    match problem {
        RescueProblem::File(error) => crate::import::words::say(
            &ImportProblem::file(ImportRule::Rescue(*error)),
            Language::Chinese,
        ),
        RescueProblem::UnknownInstall => "本服务器没有这部手机的注册。请到原来注册的镇街导入".into(),
        RescueProblem::Service(problem) => format!("{}（{}）", service_zh(problem), chain(problem)),
        RescueProblem::Blobs(problem) => format!("照片存储出错（{}）", chain(problem)),
    }
}
