//! The days that a report speaks of: a month, or from one day to another.

use super::super::parse;
use crate::domain::{Date, Month};
use crate::report::Table;

/// Which days
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub struct Span {
    /// The month [default: that of the as-of date]
    #[arg(long, value_parser = parse::month, value_name = "YYYY-MM", conflicts_with_all = ["from", "to"])]
    pub period: Option<Month>,
    /// From this accounting day on
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    pub from: Option<Date>,
    /// Until this accounting day
    #[arg(long, value_parser = parse::date, value_name = "DATE")]
    pub to: Option<Date>,
}

impl Span {
    /// The span of a month.
    pub fn month(month: Month) -> Span {
        Span { period: Some(month), from: None, to: None }
    }

    /// First and last day.
    pub fn days(&self, as_of: Date) -> (Date, Date) {
        let to = self.to.unwrap_or(as_of);
        match (self.period, self.from) {
            (Some(month), _) => (month.first_day(), month.last_day()),
            (None, Some(from)) => (from, to),
            (None, None) => (to.month().first_day(), self.to.unwrap_or_else(|| to.month().last_day())),
        }
    }

    /// Says in a table which days it speaks of.
    pub fn name(&self, table: Table, as_of: Date) -> Table {
        let (from, to) = self.days(as_of);
        let month = from.month();
        if from == month.first_day() && to == month.last_day() {
            return table.parameter("period", month.to_string());
        }
        table.parameter("from", from.to_string()).parameter("to", to.to_string())
    }
}
