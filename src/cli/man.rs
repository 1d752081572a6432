//! `arrears man`: the manual page, or a folder of pages with one for each command.

use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::{Cli, Context, Outcome, failure::Failure};

/// Print the manual page
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears man | man -l -
  arrears man --dir ~/.local/share/man/man1")]
pub struct Args {
    /// Write a page for each command into this folder instead
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

/// Prints or writes the pages.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    match &args.dir {
        Some(folder) => write_all(folder, context)?,
        None => {
            let page = clap_mangen::Man::new(Cli::command());
            context.printer.data(|out| page.render(out))?;
        }
    }
    Ok(Outcome::Done)
}

fn write_all(folder: &Path, context: &Context) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::output(&folder.display().to_string(), &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    context.printer.say(&format!("Wrote the manual pages to {}.", folder.display()));
    Ok(())
}
