//! `arrears completions SHELL`: a script that lets a shell complete commands and options.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Context, Outcome, failure::Failure};

/// Print a completion script for a shell
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears completions bash > ~/.local/share/bash-completion/completions/arrears
  arrears completions zsh > ~/.zfunc/_arrears
  arrears completions fish > ~/.config/fish/completions/arrears.fish")]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    // Made in memory first: the generator panics where a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "arrears", &mut script);
    context.printer.data(|out| out.write_all(&script))?;
    Ok(Outcome::Done)
}
