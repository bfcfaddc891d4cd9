//! The help in both languages at once: the texts are in `args`, here are the headings and how a line is shown.

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches};
use xunge_core::workflow::ActionKind;

use super::args::{self, Cli};

/// Help of one command; its parts in both languages.
const TEMPLATE: &str = "{about}\n\n用法 (usage)：{usage}\n\n{all-args}";

impl Cli {
    /// Reads this process's command line; ends the process where it cannot be understood.
    pub fn read() -> Self {
        let read = Self::in_both_languages()
            .try_get_matches()
            .and_then(|matches| Self::from_arg_matches(&matches));
        read.unwrap_or_else(|error| {
            if !error.use_stderr() {
                error.exit();
            }
            eprintln!("{}", misunderstood(&error));
            std::process::exit(2)
        })
    }

    /// The command line with its help in both languages.
    pub fn in_both_languages() -> Command {
        let help = Arg::new("help")
            .long("help")
            .short('h')
            .global(true)
            .action(ArgAction::Help)
            .help("显示帮助 (show this help)");
        let version = Arg::new("version")
            .long("version")
            .short('V')
            .action(ArgAction::Version)
            .help("显示版本 (show the version)");
        let mut whole = Self::command().arg(help).arg(version);
        whole.build();
        dressed(whole, true)
    }
}

/// What was not understood, in both languages, and where help is.
fn misunderstood(error: &clap::Error) -> String {
    let (zh, en) = match error.kind() {
        ErrorKind::MissingRequiredArgument => ("还要写明", "still to be said"),
        ErrorKind::InvalidSubcommand => ("没有这个命令", "no such command"),
        ErrorKind::UnknownArgument => ("没有这个选项，或写多了", "no such option, or one word too many"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => ("写得不对", "not a value that fits"),
        ErrorKind::ArgumentConflict => ("这两样不能一起写", "these two exclude each other"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("请写明做什么", "say what to do")
        }
        _ => ("没看懂这行命令", "this command was not understood"),
    };
    let named = [
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidArg,
        ContextKind::PriorArg,
        ContextKind::InvalidValue,
    ];
    let named: Vec<String> = named
        .into_iter()
        .filter_map(|kind| error.get(kind))
        .map(ToString::to_string)
        .collect();
    let mut text = format!("{zh} ({en})：{}", named.join(" "));
    if let Some(reason) = std::error::Error::source(error) {
        text.push_str(&format!("\n{reason}"));
    }
    let meant = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg];
    for meant in meant.into_iter().filter_map(|kind| error.get(kind)) {
        text.push_str(&format!("\n是不是 (perhaps)：{meant}"));
    }
    text.push_str("\n帮助 (help)：xunge-phone help");
    text
}

/// Gives a command and those below it headings in both languages. Options of the phone stand apart from those of the command.
fn dressed(command: Command, is_root: bool) -> Command {
    let of_the_phone = ["phone", "profile", "lang", "server", "help", "version"];
    let below: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令 (commands)")
        .subcommand_value_name("命令")
        .mut_args(|arg| {
            let heading = match (of_the_phone.contains(&arg.get_id().as_str()), arg.is_positional()) {
                (true, _) => "手机 (the phone)",
                (false, true) => "写明 (arguments)",
                (false, false) => "可选 (options)",
            };
            arg.help_heading(heading)
                .hide_possible_values(true)
                .hide_default_value(true)
                .hide_env(true)
        });
    for name in below {
        let is_help = name == "help";
        command = command.mut_subcommand(name, |below| match is_help && is_root {
            true => below
                .about("某条命令的帮助 (the help of a command)")
                .help_template("{about}\n\n用法 (usage)：{usage}"),
            false if is_help => below,
            false => dressed(below, false),
        });
    }
    command
}

impl args::Command {
    /// What is typed for an act; nothing for what only a desk does.
    pub fn named_for(kind: ActionKind) -> Option<&'static str> {
        Some(match kind {
            ActionKind::Submit => "edit --submit",
            ActionKind::Settle => "edit --settle",
            ActionKind::Withdraw => "withdraw",
            ActionKind::Approve => "approve",
            ActionKind::Return => "return",
            ActionKind::TakeOn => "take-on",
            ActionKind::PassUp => "pass-up",
            ActionKind::Sign => "sign",
            ActionKind::AskTime => "ask-time",
            ActionKind::HandBack => "hand-back",
            ActionKind::FeedBack => "feed-back",
            ActionKind::Rework => "rework",
            ActionKind::Close => "close",
            ActionKind::Urge => "urge",
            ActionKind::Ask => "ask",
            ActionKind::Answer => "answer",
            ActionKind::AnswerCheck => "answer-check",
            ActionKind::CallBack => "call-back",
            ActionKind::Remark => "note",
            ActionKind::Confirm => "confirm",
            _ => return None,
        })
    }
}
