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

/// How every page of this program begins its title.
const TITLE: &str = ".TH arrears";

/// Writes the pages. One that is there and is another program's stops it, before any is written.
fn write_all(folder: &Path, context: &Context) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::output(&folder.display().to_string(), &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let fresh = tempfile::tempdir().map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), fresh.path()).map_err(failed)?;
    let pages: Vec<_> =
        std::fs::read_dir(fresh.path()).map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
    for page in &pages {
        let to = folder.join(page.file_name());
        let own = || std::fs::read_to_string(&to).is_ok_and(|text| text.contains(TITLE));
        if std::fs::symlink_metadata(&to).is_ok() && !context.printer.guard.replace && !own() {
            return Err(Failure::refused(format!("there is a file at {} already", to.display()))
                .because("it is no page of this program")
                .hint("Choose another folder, or say `--replace` if that file may go."));
        }
    }
    for page in &pages {
        std::fs::copy(page.path(), folder.join(page.file_name())).map_err(failed)?;
    }
    context.printer.say(&format!("Wrote the manual pages to {}.", folder.display()));
    Ok(())
}
