//! The roll-forward: opening receivables, what moved them, closing receivables, and what is left unexplained.
//!
//! Amounts have the sign of their effect: they add up to the closing line. Adding up the entries is the caller's.

use super::column::Column;
use super::table::{Cell, Table};
use super::words::words;
use crate::domain::movement::Line;
use crate::domain::{Money, Month};

words! {
    /// What the rows are.
    By {
        /// The payer in whose buckets the money stands.
        Payer = "payer",
        /// The payer's financial class: the office's own, else the line of business of its filing indicator.
        FinancialClass = "financial-class",
    }
}

/// The figures of the whole or of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Before the first day.
    pub opening: Money,
    /// What moved, in the order of the lines.
    pub lines: Vec<(Line, Money)>,
    /// After the last day.
    pub closing: Money,
}

impl Figures {
    /// What the lines do not explain.
    #[must_use]
    pub fn difference(&self) -> Money {
        self.closing - self.opening - self.lines.iter().map(|(_, amount)| *amount).sum::<Money>()
    }

    /// The lines that are shown: balances brought in only where there are any.
    fn shown(&self, brought_in: bool) -> impl Iterator<Item = &(Line, Money)> {
        self.lines.iter().filter(move |(line, _)| brought_in || *line != Line::BroughtIn)
    }

    fn brings_in(&self) -> bool {
        self.lines.iter().any(|(line, amount)| *line == Line::BroughtIn && !amount.is_zero())
    }
}

/// One row for each line.
#[must_use]
pub fn by_line(month: Month, figures: &Figures) -> Table {
    let columns = vec![Column::text("line", "Line"), Column::money("amount", "Amount")];
    let mut table = titled(month, columns);
    let mut put = |word: &str, amount: Money| table.push(vec![word.into(), Cell::Money(amount)]);
    put("opening", figures.opening);
    for (line, amount) in figures.shown(figures.brings_in()) {
        put(line.as_str(), *amount);
    }
    put("closing", figures.closing);
    put("difference", figures.difference());
    define(&mut table, figures.difference(), &[]);
    table
}

/// One row for each group. The groups must add up to the whole, whose receivables come from the accounts.
#[must_use]
pub fn by_group(
    month: Month,
    by: By,
    groups: Vec<(String, Option<String>, Figures)>,
    whole: &Figures,
) -> Table {
    let brought_in = groups.iter().any(|(_, _, figures)| figures.brings_in());
    let mut columns = vec![match by {
        By::Payer => Column::text("payer", "Payer").flexible(),
        By::FinancialClass => Column::text("financial_class", "Financial class"),
    }];
    columns.push(Column::money("opening", "Opening"));
    let lines: Vec<Line> = whole.shown(brought_in).map(|(line, _)| *line).collect();
    columns.extend(lines.iter().map(|line| Column::money(line.as_str(), title(*line))));
    columns.push(Column::money("closing", "Closing"));
    columns.push(Column::money("difference", "Difference"));
    if by == By::Payer {
        columns.push(Column::text("payer_id", "Identifier").machine_only());
    }
    let mut table = titled(month, columns).parameter("by", by.as_str());
    let (mut untied, mut closing) = (Vec::new(), Money::ZERO);
    for (name, id, figures) in groups {
        let still = figures.lines.iter().all(|(_, amount)| amount.is_zero());
        if still && figures.opening.is_zero() && figures.closing.is_zero() {
            continue;
        }
        if !figures.difference().is_zero() {
            untied.push(name.clone());
        }
        closing += figures.closing;
        let mut cells = vec![name.into(), figures.opening.into()];
        cells.extend(figures.shown(brought_in).map(|(_, amount)| Cell::Money(*amount)));
        cells.extend([figures.closing.into(), figures.difference().into()]);
        if by == By::Payer {
            cells.push(id.into());
        }
        table.push(cells);
    }
    table.sum_up();
    define(&mut table, whole.closing - closing + whole.difference(), &untied);
    table
}

fn titled(month: Month, columns: Vec<Column>) -> Table {
    Table::new("rollforward", format!("Roll-forward of receivables · {month}"), columns)
        .as_of(month.last_day())
        .basis("posted")
        .parameter("period", month.to_string())
        .empty("No receivables in this month.")
}

fn define(table: &mut Table, difference: Money, untied: &[String]) {
    table.note("Amounts have the sign of their effect on the receivables and add up to closing.");
    table.note(
        "Payments are money applied to claims; contractual holds contractual, reduction and contra adjustments; denial \
         write-offs hold denied and untimely balances; transfers between payers come to nothing over all of them.",
    );
    if !difference.is_zero() || !untied.is_empty() {
        let who = if untied.is_empty() { "the accounts".to_owned() } else { untied.join(", ") };
        table.note(format!("It does not tie: {difference} at {who}. Run `arrears db check`."));
    }
}

fn title(line: Line) -> &'static str {
    match line {
        Line::Receivable => "Receivables",
        Line::Charges => "Charges",
        Line::BroughtIn => "Brought in",
        Line::Payments => "Payments",
        Line::Contractual => "Contractual",
        Line::OtherAdjustments => "Other adjustments",
        Line::DenialWriteOffs => "Denial write-offs",
        Line::OtherWriteOffs => "Other write-offs",
        Line::Refunds => "Refunds",
        Line::Transfers => "Transfers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(closing: i64) -> Figures {
        let money = Money::from_cents;
        let lines = Line::ALL.iter().skip(1).map(|line| match line {
            Line::Charges => (*line, money(20_000)),
            Line::Payments => (*line, money(-12_000)),
            line => (*line, Money::ZERO),
        });
        Figures { opening: money(1_000), lines: lines.collect(), closing: money(closing) }
    }

    #[test]
    fn lines_stand_in_their_order_and_tie() {
        let month = Month::parse("2024-03").expect("a month");
        let table = by_line(month, &figures(9_000));
        let words: Vec<_> = table.rows.iter().map(|row| row.cells[0].clone()).collect();
        let expected = "opening charges payments contractual other_adjustments denial_write_offs other_write_offs \
            refunds transfers closing difference";
        assert_eq!(words, expected.split_whitespace().map(Cell::from).collect::<Vec<_>>());
        assert_eq!(table.rows.last().map(|row| row.cells[1].clone()), Some(Cell::Money(Money::ZERO)));
        assert!(table.notes.iter().all(|note| !note.contains("does not tie")));
    }

    #[test]
    fn what_does_not_tie_is_named() {
        let month = Month::parse("2024-03").expect("a month");
        let groups = vec![("PAYER ONE".to_owned(), None, figures(9_001))];
        let table = by_group(month, By::Payer, groups, &figures(9_001));
        assert!(table.notes.iter().any(|note| note.contains("does not tie") && note.contains("PAYER ONE")));
    }
}
