//! The options that every command takes, as they are typed. What they mean is worked out in `context`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::parse;
use crate::domain::Date;
use crate::render::ColourChoice;

/// What was typed.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// The ledger [default: arrears.redb in the platform's data folder]
    #[arg(long, global = true, value_name = "PATH", env = "ARREARS_DB", hide_env_values = true)]
    pub db: Option<PathBuf>,

    /// How results are written [default: table]
    #[arg(long, global = true, value_name = "FORMAT", value_enum)]
    pub format: Option<FormatArg>,

    /// Write results to a file; the format follows its ending
    ///
    /// The file is written whole or not at all, and only its owner may read it. `-` is standard output. A file that
    /// is there already is replaced if this program wrote it and nobody changed it since; others need `--replace`.
    #[arg(short, long, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Let `--output` replace a file that this program did not write; never a ledger
    #[arg(long, global = true)]
    pub replace: bool,

    /// The day on which things are looked at [default: today]
    #[arg(long, global = true, value_name = "DATE", value_parser = parse::date)]
    pub as_of: Option<Date>,

    /// Who does this, for the audit log [default: the login name]
    #[arg(long, global = true, value_name = "NAME")]
    pub user: Option<String>,

    /// Mask patients' names
    #[arg(long, global = true)]
    pub redact: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    pub color: ColorArg,

    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say how things are done
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// How long to wait for a busy ledger
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10)]
    pub wait: u32,
}

/// The values of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// A table for people
    Table,
    /// Data for spreadsheets
    Csv,
    /// Data for programs
    Json,
    /// A table for mail and tickets
    Md,
    /// A page for printing
    Html,
    /// A workbook
    Xlsx,
}

/// The values of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Also into files and pipes
    Always,
    /// Nowhere
    Never,
}

impl From<ColorArg> for ColourChoice {
    fn from(arg: ColorArg) -> ColourChoice {
        match arg {
            ColorArg::Auto => ColourChoice::Auto,
            ColorArg::Always => ColourChoice::Always,
            ColorArg::Never => ColourChoice::Never,
        }
    }
}
