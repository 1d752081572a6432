//! Standard output is data, standard error is talk.
//!
//! How loud to be and where data goes was decided in `context`; how a table looks is decided in `render`.

use std::cell::OnceCell;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use super::failure::Failure;
use super::output::Guard;
use crate::domain::Date;
use crate::render::{
    ColourChoice, Format, Style, Value, render_all, sanitise, terminal, workbook, wrapped_message, xlsx,
};
use crate::report::Table;

/// How much is said on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loudness {
    /// Errors only.
    Quiet,
    /// What the user should know.
    #[default]
    Normal,
    /// Also how it was done.
    Verbose,
}

/// Where answers and talk go.
#[derive(Clone, Debug, Default)]
pub struct Printer {
    /// How much is said.
    pub loudness: Loudness,
    /// Whether colour is used.
    pub colour: ColourChoice,
    /// How tables are written.
    pub format: Format,
    /// Whether somebody chose that, by `--format` or a file's ending.
    pub chosen: bool,
    /// The ending of that file, where it is none of a table.
    pub other_ending: Option<String>,
    /// The file that takes the data instead of standard output.
    pub output: Option<PathBuf>,
    /// What that file must not be.
    pub guard: Guard,
    /// Whether patients' names are masked.
    pub redact: bool,
    /// The day of what is printed, for formats that say so of the whole.
    pub as_of: Option<Date>,
    /// Whose books were opened last, for formats that say so.
    pub practice: OnceCell<String>,
}

impl Printer {
    /// Writes a table as data, masked if `--redact` was given.
    ///
    /// # Errors
    /// When the place of output refuses it.
    pub fn table(&self, table: Table) -> Result<(), Failure> {
        self.tables(vec![table])
    }

    /// Writes several tables as one answer, masked if `--redact` was given.
    ///
    /// # Errors
    /// When the place of output refuses it.
    pub fn tables(&self, mut tables: Vec<Table>) -> Result<(), Failure> {
        self.takes_tables()?;
        if self.redact {
            tables.iter_mut().for_each(Table::redact);
        }
        if self.format == Format::Xlsx {
            return self.workbook(&tables);
        }
        let style = self.style();
        self.data(|out| render_all(&tables, self.format, style, out))
    }

    fn workbook(&self, tables: &[Table]) -> Result<(), Failure> {
        if let Some(table) = tables.iter().find(|table| !xlsx::fits(table)) {
            let (rows, most) = (table.len(), xlsx::MOST_ROWS);
            return Err(Failure::refused(format!(
                "{} has {rows} rows, and a sheet of Excel holds {most}",
                table.name
            ))
            .hint("Choose fewer rows, or use `--format csv`."));
        }
        let about =
            xlsx::About { practice: self.practice.get().cloned(), as_of: self.as_of, lines: Vec::new() };
        self.data(|out| workbook(tables, &about, out))
    }

    /// Writes a JSON value as data, whatever the format is.
    ///
    /// # Errors
    /// When the place of output refuses it.
    pub fn value(&self, value: &Value) -> Result<(), Failure> {
        self.takes_tables()?;
        self.data(|out| value.write(out))
    }

    /// Writes data of any kind.
    ///
    /// # Errors
    /// When the place of output refuses it. A reader that went away is [`super::failure::Kind::PipeClosed`].
    pub fn data(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        if let Some(path) = &self.output {
            self.guard.write_file(path, fill)?;
            self.say(&format!("Wrote {}.", path.display()));
            return Ok(());
        }
        // On old Windows consoles this is what turns escape sequences into colour.
        let done = if self.style().colour {
            let mut out = BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
            fill(&mut out).and_then(|()| out.flush())
        } else {
            let mut out = BufWriter::new(io::stdout().lock());
            fill(&mut out).and_then(|()| out.flush())
        };
        done.map_err(|error| Failure::output("standard output", &error))
    }

    /// Whether tables can be written to a file of that ending.
    ///
    /// # Errors
    /// [`Failure`] of usage that names the endings.
    pub fn takes_tables(&self) -> Result<(), Failure> {
        let Some(ending) = &self.other_ending else { return Ok(()) };
        Err(Failure::usage(format!("no table is written as .{ending}"))
            .hint("The endings are .txt, .csv, .json, .md, .html (to print, or to keep as PDF) and .xlsx; with `--format` any name will do."))
    }

    /// Whether the data may go where the user said. Asked before anything is done, for what is done stays done.
    ///
    /// # Errors
    /// When there is something that is not this program's.
    pub fn may_write(&self) -> Result<(), Failure> {
        self.output.as_deref().map_or(Ok(()), |path| self.guard.may_write(path))
    }

    /// What the place of output can show.
    #[must_use]
    pub fn style(&self) -> Style {
        if self.output.is_some() { Style::PLAIN } else { terminal::stdout_style(self.colour) }
    }

    /// Tells the user something, unless `--quiet`.
    pub fn say(&self, words: &str) {
        if self.loudness >= Loudness::Normal {
            self.talk(words);
        }
    }

    /// Tells the user something that may be wrong, unless `--quiet`.
    pub fn warn(&self, words: &str) {
        self.say(&format!("warning: {words}"));
    }

    /// Tells how something was done, if `--verbose`.
    pub fn detail(&self, words: &str) {
        if self.loudness == Loudness::Verbose {
            self.talk(words);
        }
    }

    /// Whether somebody watches a progress bar.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        self.loudness == Loudness::Normal && io::stderr().is_terminal()
    }

    /// Talk that cannot be delivered is no reason to stop.
    fn talk(&self, words: &str) {
        let mut err = io::stderr().lock();
        let width = terminal::stderr_width();
        for line in words.lines().flat_map(|line| wrapped_message(&sanitise(line), width)) {
            let _ = writeln!(err, "{line}");
        }
    }
}
