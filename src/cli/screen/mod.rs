//! `arrears work`: the denial queue on a full screen. What the screen knows is `desk`, what it asks is `form`, what it
//! reads and writes is `files`, and how it looks is `draw`; here are the terminal and the loop.

mod desk;
mod draw;
mod files;
mod form;
#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal};

use ratatui::crossterm::event::{self, Event, KeyEventKind};

use super::denial::list::{More, today_only};
use super::{Context, Failure, Outcome};
use desk::{Desk, Wish};

/// Work denials on a full screen, one key for each outcome
///
/// Shows what `denial list` shows, in the same order. Enter opens a denial with its claim and keeps it yours; then one
/// key says what was done, and the next denial comes up.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears work
  arrears work --payer aetna --mine
  arrears work --category authorization --user maria

Keys: `?` on the screen shows all of them.")]
pub struct Args {
    /// Only denials whose payer has this in its name
    #[arg(long, value_name = "TEXT")]
    payer: Option<String>,
    /// Only denials that are given to you or to nobody
    #[arg(long)]
    mine: bool,
    #[command(flatten)]
    more: More,
    /// For how many minutes an opened denial is yours
    #[arg(long, value_name = "MINUTES", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1440))]
    lease: u32,
}

/// Opens the screen, and gives the terminal back however it ends.
pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    today_only(context)?;
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::refused("the full screen needs a terminal").hint(
            "`arrears denial list` prints the same denials, and `arrears denial next` hands one out.",
        ));
    }
    let mut desk = Desk::new(context.user.clone(), context.today, files::read(args, "", context)?);
    let mut terminal = ratatui::try_init().map_err(|error| Failure::output("the terminal", &error))?;
    let ended = turn(&mut terminal, &mut desk, args, context);
    ratatui::restore();
    ended?;
    if desk.done > 0 {
        let acts = if desk.done == 1 { "act was" } else { "acts were" };
        context.printer.say(&format!("{} {acts} recorded.", desk.done));
    }
    Ok(Outcome::Done)
}

fn turn(
    terminal: &mut ratatui::DefaultTerminal,
    desk: &mut Desk,
    args: &Args,
    context: &Context,
) -> Result<(), Failure> {
    let lost = |error: io::Error| Failure::output("the terminal", &error);
    loop {
        let drawn = terminal.draw(|frame| draw::screen(desk, frame)).map_err(lost)?;
        desk.width = usize::from(drawn.area.width);
        let Event::Key(key) = event::read().map_err(lost)? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        match desk.key(key) {
            Wish::Nothing => {}
            Wish::Quit => return files::hand_back(desk, context),
            wish => {
                let present = context.at_present()?;
                desk.today = present.today;
                files::fulfil(wish, desk, args, &present);
            }
        }
    }
}
