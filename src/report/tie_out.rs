//! The tie-out of a month: figures that must be the same, side by side, with what they differ by.
//!
//! Each comes from elsewhere in the books, or from outside of them; working them out is the caller's.

use super::column::Column;
use super::table::{Cell, Table};
use crate::domain::{Money, Month};

/// A figure, and where it can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is.
    pub what: String,
    /// How much; nothing where there was nothing to look at.
    pub amount: Option<Money>,
    /// The command that shows it.
    pub look: String,
    /// Parts of it, or of its difference.
    pub parts: Vec<(String, Money)>,
}

impl Figure {
    /// A figure without parts.
    #[must_use]
    pub fn new(what: &str, amount: Money, look: impl Into<String>) -> Figure {
        Figure { what: what.to_owned(), amount: Some(amount), look: look.into(), parts: Vec::new() }
    }

    /// The same with a part, where it is not nothing.
    #[must_use]
    pub fn part(mut self, what: &str, amount: Money) -> Figure {
        if !amount.is_zero() {
            self.parts.push((what.to_owned(), amount));
        }
        self
    }
}

/// Figures that must be the same: each against the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they are figures of.
    pub name: &'static str,
    /// The figures.
    pub figures: Vec<Figure>,
}

impl Group {
    /// How many differ from the first.
    fn untied(&self) -> usize {
        let first = self.figures.first().and_then(|figure| figure.amount);
        self.figures.iter().filter(|figure| figure.amount.is_some() && figure.amount != first).count()
    }
}

/// The table.
#[must_use]
pub fn table(month: Month, groups: &[Group]) -> Table {
    let columns = vec![
        Column::text("group", "Of"),
        Column::text("figure", "Figure").wrapping(),
        Column::money("amount", "Amount"),
        Column::money("difference", "Difference"),
        Column::flag("ties", "Ties"),
        Column::text("look", "Look closer: arrears ...").flexible(),
    ];
    let mut table = Table::new("tie-out", format!("Tie-out of {month}"), columns)
        .as_of(month.last_day())
        .parameter("period", month.to_string());
    let mut untied = 0;
    for group in groups {
        untied += group.untied();
        let first = group.figures.first().and_then(|figure| figure.amount);
        for (at, figure) in group.figures.iter().enumerate() {
            let compared = figure.amount.zip(first).filter(|_| at > 0).map(|(amount, first)| amount - first);
            table.push(vec![
                if at == 0 { group.name } else { "" }.into(),
                figure.what.as_str().into(),
                figure.amount.into(),
                compared.into(),
                compared.map_or(Cell::Empty, |difference| Cell::Flag(difference.is_zero())),
                figure.look.as_str().into(),
            ]);
            for (what, amount) in &figure.parts {
                let (of, empty) = (Cell::from(""), Cell::Empty);
                let what = format!("  {what}");
                table.push(vec![of, what.into(), (*amount).into(), empty.clone(), empty, "".into()]);
            }
        }
    }
    table.note(match untied {
        0 => "Everything that was looked at ties.".to_owned(),
        1 => "1 figure differs from the first of its group.".to_owned(),
        n => format!("{n} figures differ from the first of their group."),
    });
    for figure in groups.iter().flat_map(|group| &group.figures).filter(|figure| figure.amount.is_none()) {
        table.note(format!("{}: not looked at.", figure.what));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_said_and_what_was_not_looked_at_is_no_yes() {
        let cents = Money::from_cents;
        let month = Month::parse("2026-03").expect("a month");
        let mut bank = Figure::new("At the bank", cents(0), "report three-way");
        bank.amount = None;
        let cash =
            Figure::new("Journal", cents(500), "a").part("by hand", cents(20)).part("nothing", cents(0));
        let groups = [
            Group {
                name: "Receivables",
                figures: vec![Figure::new("Aging", cents(90), "b"), Figure::new("Claims", cents(91), "c")],
            },
            Group { name: "Cash", figures: vec![cash, Figure::new("Remittances", cents(500), "d"), bank] },
        ];
        let table = table(month, &groups);
        let told: Vec<[Cell; 3]> =
            table.rows.iter().map(|row| [2, 3, 4].map(|at| row.cells[at].clone())).collect();
        let money = |amount| Cell::Money(cents(amount));
        let none = || Cell::Empty;
        assert_eq!(
            told,
            [
                [money(90), none(), none()],
                [money(91), money(1), Cell::Flag(false)],
                [money(500), none(), none()],
                [money(20), none(), none()],
                [money(500), money(0), Cell::Flag(true)],
                [none(), none(), none()],
            ]
        );
        assert_eq!(
            table.notes,
            ["1 figure differs from the first of its group.", "At the bank: not looked at."]
        );
    }
}
