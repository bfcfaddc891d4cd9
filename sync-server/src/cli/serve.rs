//! `serve`: listens until SIGTERM or ctrl-c.

use tracing_subscriber::EnvFilter;

use super::{CliProblem, Desk, lock, runtime};
use crate::serve::{listen, serve, stop_signal};

/// What `serve` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// 监听地址 · address to listen at, instead of the configured one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<std::net::SocketAddr>,
    /// 日志用 JSON · log as JSON lines
    #[arg(long)]
    log_json: bool,
}

pub(crate) fn run(desk: &Desk, args: &ServeArgs) -> Result<(), CliProblem> {
    log_to_stderr(args.log_json);
    crate::config::open_folder(&desk.config.data_folder)?;
    let _lock = lock::take(&desk.config.data_folder)?;
    let app = desk.app()?;
    let address = args.listen.unwrap_or(desk.config.listen);
    runtime()?.block_on(async {
        let listener = listen(address).await?;
        let bound = listener.local_addr().unwrap_or(address);
        desk.say.line(
            &format!("巡格服务器已启动：http://{bound}（按 Ctrl-C 停止）"),
            &format!("The Xunge server is up: http://{bound} (ctrl-c stops it)"),
        );
        serve(app, listener, stop_signal()).await;
        desk.say.line("已停止。", "Stopped.");
        Ok(())
    })
}

/// `XUNGE_LOG` filters as `RUST_LOG` does; without it, one line a request.
fn log_to_stderr(is_json: bool) {
    let filter = EnvFilter::try_from_env("XUNGE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr);
    let installed = if is_json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
    if let Err(error) = installed {
        tracing::debug!(error, "a log is installed already");
    }
}
