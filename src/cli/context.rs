//! What the global options mean: which ledger, which day, which user, which format.
//!
//! The only place that asks what time it is. Everything else is given its date.

use std::cell::OnceCell;
use std::env;
use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy;

use super::failure::Failure;
use super::global::{FormatArg, GlobalArgs};
use super::output::Guard;
use super::printer::{Loudness, Printer};
use super::written::Written;
use crate::domain::Date;
use crate::render::Format;

/// Sets the day that counts as today, so that documents and tests print the same on every day. For those only:
/// the time of what is recorded is noon of that day then.
pub const TODAY: &str = "ARREARS_TODAY";

/// The ledger's name in the platform's data folder.
const LEDGER: &str = "arrears.redb";

/// The name, in the platform's state folder, of the list of files that this program wrote.
const WRITTEN: &str = "arrears/written";

/// What a command needs to know besides its own arguments.
#[derive(Clone, Debug)]
pub struct Context {
    /// Where answers and talk go.
    pub printer: Printer,
    /// The day on which things are looked at.
    pub as_of: Date,
    /// The day on which this runs.
    pub today: Date,
    /// When this runs: seconds since 1970 in UTC.
    pub now: i64,
    /// Who does this.
    pub user: String,
    /// How long to wait for a busy ledger.
    pub wait: Duration,
    ledger: Option<PathBuf>,
    default_place: bool,
}

impl Context {
    /// Works out what was typed.
    ///
    /// # Errors
    /// [`Failure`] of usage when a workbook would go to a terminal or `ARREARS_TODAY` is no day.
    pub fn new(typed: GlobalArgs) -> Result<Context, Failure> {
        let (today, now) = clock(env::var_os(TODAY).as_deref())?;
        let output = typed.output.filter(|path| path.as_os_str() != "-");
        let loudness = match (typed.quiet, typed.verbose) {
            (true, _) => Loudness::Quiet,
            (_, true) => Loudness::Verbose,
            _ => Loudness::Normal,
        };
        let as_of = typed.as_of.unwrap_or(today);
        let default_place = typed.db.as_ref().is_none_or(|path| path.as_os_str().is_empty());
        let ledger = typed.db.filter(|path| !path.as_os_str().is_empty()).or_else(default_ledger);
        let guard =
            Guard { ledger: ledger.clone(), replace: typed.replace, written: Written::at(list_of_written()) };
        let format = format(typed.format, output.as_deref())?;
        let printer = Printer {
            loudness,
            colour: typed.color.into(),
            format,
            chosen: typed.format.is_some() || format != Format::Table,
            other_ending: other_ending(typed.format, output.as_deref()),
            output,
            guard,
            redact: typed.redact,
            as_of: Some(as_of),
            practice: OnceCell::new(),
        };
        Ok(Context {
            printer,
            as_of,
            today,
            now,
            user: typed.user.filter(|name| !name.trim().is_empty()).unwrap_or_else(login_name),
            wait: Duration::from_secs(u64::from(typed.wait)),
            default_place,
            ledger,
        })
    }

    /// Whether nobody said where the ledger is: only then may its folder be made.
    #[must_use]
    pub const fn ledger_is_default(&self) -> bool {
        self.default_place
    }

    /// The day that was asked for, where it is a past one: what it speaks of is then shown as it was, else as it is.
    #[must_use]
    pub fn past(&self) -> Option<Date> {
        Some(self.as_of).filter(|day| *day < self.today)
    }

    /// The same context, about another ledger on another day.
    #[must_use]
    pub fn with_ledger(self, path: PathBuf, as_of: Date) -> Context {
        let guard = Guard { ledger: Some(path.clone()), ..self.printer.guard };
        let printer = Printer { as_of: Some(as_of), guard, ..self.printer };
        Context { ledger: Some(path), default_place: false, as_of, printer, ..self }
    }

    /// The same context, now: for what stays on the screen for hours. The day it looks at stays as it was.
    ///
    /// # Errors
    /// As [`Context::new`].
    pub fn at_present(&self) -> Result<Context, Failure> {
        let (today, now) = clock(env::var_os(TODAY).as_deref())?;
        Ok(Context { today, now, ..self.clone() })
    }

    /// Where the ledger is, whether or not it exists.
    ///
    /// # Errors
    /// When it was not said and this user has no data folder.
    pub fn ledger(&self) -> Result<&Path, Failure> {
        self.ledger.as_deref().ok_or_else(|| {
            Failure::refused("there is no data folder for the ledger")
                .because("the home folder of this user is not known")
                .hint("Say where the ledger is with `--db PATH` or ARREARS_DB.")
        })
    }
}

fn default_ledger() -> Option<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(folders.data_dir().join(LEDGER))
}

fn list_of_written() -> Option<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_dir()).join(WRITTEN))
}

fn login_name() -> String {
    let given = |name: &&str| env::var(name).ok().filter(|name| !name.trim().is_empty());
    ["LOGNAME", "USER", "USERNAME"].iter().find_map(given).unwrap_or_else(|| "unknown".to_owned())
}

/// The format that was asked for, else that of the file's ending.
fn format(typed: Option<FormatArg>, output: Option<&Path>) -> Result<Format, Failure> {
    let ending = output.and_then(Path::extension).and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let by_ending = || match ending.as_deref() {
        Some("csv") => FormatArg::Csv,
        Some("json") => FormatArg::Json,
        Some("md" | "markdown") => FormatArg::Md,
        Some("html" | "htm") => FormatArg::Html,
        Some("xlsx") => FormatArg::Xlsx,
        _ => FormatArg::Table,
    };
    match typed.unwrap_or_else(by_ending) {
        FormatArg::Table => Ok(Format::Table),
        FormatArg::Csv => Ok(Format::Csv),
        FormatArg::Json => Ok(Format::Json),
        FormatArg::Md => Ok(Format::Md),
        FormatArg::Html => Ok(Format::Html),
        FormatArg::Xlsx if output.is_none() && io::stdout().is_terminal() => {
            Err(Failure::usage("a workbook cannot be shown on a terminal")
                .hint("Say which file takes it, such as `-o report.xlsx`."))
        }
        FormatArg::Xlsx => Ok(Format::Xlsx),
    }
}

/// The ending of a file that no table is written to, where no format was asked for.
fn other_ending(typed: Option<FormatArg>, output: Option<&Path>) -> Option<String> {
    const KNOWN: [&str; 9] = ["txt", "text", "csv", "json", "md", "markdown", "html", "htm", "xlsx"];
    let ending = output?.extension()?.to_str()?.to_ascii_lowercase();
    (typed.is_none() && !KNOWN.contains(&ending.as_str())).then_some(ending)
}

/// Today and now.
fn clock(fixed: Option<&OsStr>) -> Result<(Date, i64), Failure> {
    match fixed.filter(|text| !text.is_empty()) {
        None => Ok(read_clock()),
        Some(text) => {
            let day = text.to_str().and_then(Date::parse_iso).ok_or_else(|| {
                Failure::usage(format!("{TODAY} is not a day: {}", text.to_string_lossy()))
                    .hint("Set it to a day as YYYY-MM-DD, or not at all.")
            })?;
            Ok((day, noon_utc(day)))
        }
    }
}

fn noon_utc(day: Date) -> i64 {
    /// The number of 1970-01-01.
    const EPOCH: i64 = 719_163;
    (i64::from(day.number()) - EPOCH) * 86_400 + 43_200
}

#[allow(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
fn read_clock() -> (Date, i64) {
    use chrono::Datelike;
    let now = chrono::Local::now();
    // The office's calendar day for reports; the instant for the audit log.
    (Date::from_number(now.date_naive().num_days_from_ce()), now.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides_unless_the_format_is_given() {
        let by_file = |name: &str| format(None, Some(Path::new(name)));
        assert_eq!(by_file("a.csv"), Ok(Format::Csv));
        assert_eq!(by_file("a.JSON"), Ok(Format::Json));
        assert_eq!(by_file("a.htm"), Ok(Format::Html));
        assert_eq!(by_file("a.txt"), Ok(Format::Table));
        assert_eq!(by_file("csv"), Ok(Format::Table));
        assert_eq!(format(Some(FormatArg::Md), Some(Path::new("a.csv"))), Ok(Format::Md));
        assert_eq!(by_file("a.xlsx"), Ok(Format::Xlsx));
        assert_eq!(format(None, None), Ok(Format::Table));
    }

    #[test]
    fn an_ending_that_no_table_has_is_refused() {
        for wrong in ["a.pdf", "a.XLS", "a.docx", "a.cvs"] {
            let found = other_ending(None, Some(Path::new(wrong)));
            assert_eq!(
                found,
                wrong.split_once('.').map(|(_, ending)| ending.to_ascii_lowercase()),
                "{wrong}"
            );
        }
        for right in ["a.csv", "a.txt", "a", "/dev/stdout", "a.HTML", "b.xlsx"] {
            assert_eq!(other_ending(None, Some(Path::new(right))), None, "{right}");
        }
        assert_eq!(other_ending(Some(FormatArg::Csv), Some(Path::new("a.dat"))), None);
    }

    #[test]
    fn a_fixed_day_is_noon() {
        let (day, now) = clock(Some(OsStr::new("2024-03-31"))).expect("a day");
        assert_eq!((day.to_string().as_str(), now), ("2024-03-31", 1_711_886_400));
        assert_eq!(clock(Some(OsStr::new("tomorrow"))).expect_err("no day").code(), 2);
        let (today, _) = clock(None).expect("the clock");
        assert!(today > day);
    }
}
