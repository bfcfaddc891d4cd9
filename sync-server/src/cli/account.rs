//! `account`: who may sign in at the console.

use std::io::BufRead;

use rand::Rng;
use xunge_core::id::PersonId;

use super::{CliProblem, Desk};
use crate::auth::hash_password;
use crate::service::{Account, Service};

/// What to do with accounts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum AccountCommand {
    /// 建立账号 · make an account for a person
    Create {
        /// 账号名 · the name that is typed
        name: String,
        /// 人员编号 · the person's code
        #[arg(long)]
        person: PersonId,
        /// 从标准输入读密码 · read the password from the input; otherwise one is made and shown once
        #[arg(long)]
        password_stdin: bool,
    },
    /// 更换密码 · give an account another password
    Password {
        /// 账号名 · the account's name
        name: String,
        /// 从标准输入读密码 · read the password from the input
        #[arg(long)]
        password_stdin: bool,
    },
    /// 停用 · let an account sign in no more
    Disable {
        /// 账号名 · the account's name
        name: String,
    },
    /// 列出 · list accounts
    List,
}

pub(crate) fn run(desk: &Desk, command: AccountCommand) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let by = Desk::operator(None);
    let known = |name: &str| {
        service.account(name)?.ok_or_else(|| {
            CliProblem::usage(format!("没有账号 {name}"), format!("there is no account {name}"))
        })
    };
    match command {
        AccountCommand::Create {
            name,
            person,
            password_stdin,
        } => create(desk, &service, name, person, password_stdin)?,
        AccountCommand::Password { name, password_stdin } => {
            let account = known(&name)?;
            let password_hash = password(desk, password_stdin)?;
            service.account_put(
                &by,
                &Account {
                    password_hash,
                    ..account
                },
            )?;
            desk.say.line("密码已更换。", "The password is changed.");
        }
        AccountCommand::Disable { name } => {
            let account = known(&name)?;
            service.account_put(
                &by,
                &Account {
                    is_enabled: false,
                    ..account
                },
            )?;
            desk.say.line("账号已停用。", "The account is disabled.");
        }
        AccountCommand::List => {
            for account in service.accounts()? {
                let standing = match account.is_enabled {
                    true => desk.say.pick("启用", "enabled"),
                    false => desk.say.pick("停用", "disabled"),
                };
                desk.say
                    .raw(&format!("{}  {}  {standing}", account.name, account.person));
            }
        }
    }
    Ok(())
}

fn create(
    desk: &Desk,
    service: &Service,
    name: String,
    person: PersonId,
    password_stdin: bool,
) -> Result<(), CliProblem> {
    if service.account(&name)?.is_some() {
        return Err(CliProblem::usage(
            format!("账号 {name} 已经存在。改密码请用 account password"),
            format!("the account {name} exists; change its password with `account password`"),
        ));
    }
    if service.directory()?.person(&person, service.now()).is_none() {
        return Err(CliProblem::usage(
            format!("人员 {person} 不在名录里。请先导入"),
            format!("the person {person} is not in the directory; import people first"),
        ));
    }
    let account = Account {
        name,
        person,
        password_hash: password(desk, password_stdin)?,
        is_enabled: true,
        created_at: service.now(),
    };
    service.account_put(&Desk::operator(None), &account)?;
    desk.say.line("账号已建立。", "The account is made.");
    Ok(())
}

/// The hash of a password that is read, or of one that is made and shown once.
fn password(desk: &Desk, is_read: bool) -> Result<String, CliProblem> {
    let least = desk.config.limits.password_chars_min;
    if is_read {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|source| CliProblem::File {
                path: "-".into(),
                source,
            })?;
        return Ok(hash_password(line.trim_end_matches(['\r', '\n']), least)?);
    }
    let made = made_password(least);
    desk.say.line(
        &format!("密码（只显示这一次）：{made}"),
        &format!("Password (shown this once): {made}"),
    );
    Ok(hash_password(&made, least)?)
}

/// Letters and digits that cannot be mistaken for one another, in groups of four; more than 80 bits.
pub(crate) fn made_password(least: u64) -> String {
    const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";
    let mut rng = rand::rng();
    let groups = least.div_ceil(5).max(4);
    let group = |rng: &mut rand::rngs::ThreadRng| -> String {
        (0..4)
            .map(|_| {
                let mut byte = [0];
                rng.fill_bytes(&mut byte);
                char::from(SIGNS[usize::from(byte[0] % 32)])
            })
            .collect()
    };
    (0..groups).map(|_| group(&mut rng)).collect::<Vec<_>>().join("-")
}
