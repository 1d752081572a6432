//! Denials: what was refused, and what became of it.
//!
//! The caller says which cases there are and counts each service's dollars once; here they are added up.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::column::Column;
use super::table::{Cell, Table};
use super::words::words;
use crate::domain::{ClaimId, Date, Money, Percent};

words! {
    /// What the rows are.
    By {
        /// Group and reason code, such as `CO-16`.
        Reason = "reason",
        /// Kind of cause.
        Category = "category",
        /// Who refused.
        Payer = "payer",
        /// Who rendered or billed the service.
        Provider = "provider",
        /// What was done.
        Procedure = "procedure",
        /// When it was refused.
        Month = "month",
        /// Kind of cause, with who could have prevented it and which dollars.
        RootCause = "root-cause",
    }
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What the rows are.
    pub by: By,
    /// First day of refusal that counts.
    pub from: Option<Date>,
    /// Last day of refusal that counts.
    pub to: Option<Date>,
    /// The day as of which recoveries and open amounts are taken.
    pub as_of: Date,
}

/// One or more cases of one claim in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DenialItem<'a> {
    /// Whose denial it is.
    pub claim: ClaimId,
    /// What the group is called. A month is `YYYY-MM`.
    pub key: Cow<'a, str>,
    /// What tells groups of one name apart, such as the payer's identifier.
    pub key_id: Option<Cow<'a, str>>,
    /// By reason: what the code means, in a few words.
    pub summary: Option<Cow<'a, str>>,
    /// How many cases.
    pub cases: u64,
    /// How many service lines.
    pub lines: u64,
    /// What was refused, each service once.
    pub denied: Money,
    /// Of these: under a reason that can be prevented.
    pub preventable: Money,
    /// What was paid after all.
    pub recovered: Money,
    /// What was given up.
    pub written_off: Money,
    /// What is still to be won.
    pub open: Money,
}

#[derive(Default)]
struct Group {
    label: String,
    id: Option<String>,
    summary: Option<String>,
    claims: HashSet<ClaimId>,
    cases: u64,
    lines: u64,
    denied: Money,
    preventable: Money,
    recovered: Money,
    written_off: Money,
    open: Money,
}

impl Group {
    fn add(&mut self, item: &DenialItem<'_>) {
        self.claims.insert(item.claim);
        self.cases += item.cases;
        self.lines += item.lines;
        self.denied += item.denied;
        self.preventable += item.preventable;
        self.recovered += item.recovered;
        self.written_off += item.written_off;
        self.open += item.open;
    }

    /// The cells after the label and its companions.
    fn figures(&self, by: By, all: &Group) -> Vec<Cell> {
        let mut cells = vec![
            Cell::Count(self.claims.len() as u64),
            Cell::Count(self.cases),
            Cell::Count(self.lines),
            self.denied.into(),
        ];
        let (share, of) = match by {
            By::RootCause => (self.preventable, all.preventable),
            _ => (self.denied, all.denied),
        };
        if by == By::RootCause {
            cells.push(self.preventable.into());
        }
        cells.extend([
            self.recovered.into(),
            self.written_off.into(),
            self.open.into(),
            Percent::of(share, of).into(),
        ]);
        cells
    }
}

/// The table: most denied first, months in their order.
#[must_use]
pub fn table<'a>(question: &Question, items: impl IntoIterator<Item = DenialItem<'a>>) -> Table {
    let mut places: HashMap<(String, Option<String>), usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut all = Group::default();
    for item in items {
        let id = item.key_id.as_deref().map(str::to_owned);
        let place = *places.entry((item.key.to_string(), id.clone())).or_insert_with(|| {
            let summary = item.summary.as_deref().map(str::to_owned);
            groups.push(Group { label: item.key.to_string(), id, summary, ..Group::default() });
            groups.len() - 1
        });
        groups[place].add(&item);
        all.add(&item);
    }
    groups.sort_by(|a, b| {
        let by_amount = match question.by {
            By::Month => Ordering::Equal,
            By::RootCause => b.preventable.cmp(&a.preventable).then_with(|| b.denied.cmp(&a.denied)),
            _ => b.denied.cmp(&a.denied),
        };
        by_amount.then_with(|| a.label.cmp(&b.label)).then_with(|| a.id.cmp(&b.id))
    });

    let (label, companion) = label_columns(question.by);
    let companion_of = |group: &Group| match question.by {
        By::Reason | By::RootCause => Some(Cell::from(group.summary.clone())),
        By::Payer | By::Provider => Some(Cell::from(group.id.clone())),
        By::Category | By::Procedure | By::Month => None,
    };
    let columns = [label].into_iter().chain(companion).chain(figure_columns(question.by)).collect();
    let mut table = Table::new("denials", format!("Denials by {}", question.by), columns)
        .as_of(question.as_of)
        .basis("denied")
        .parameter("by", question.by.as_str())
        .empty("No denials.");
    let days = [("from", question.from), ("to", question.to)];
    let given = days.into_iter().filter_map(|(name, day)| day.map(|day| (name, day.to_string())));
    table.parameters.extend(given);
    for group in &groups {
        let label = [Cell::from(group.label.as_str())].into_iter();
        table.push(label.chain(companion_of(group)).chain(group.figures(question.by, &all)).collect());
    }
    let label = [Cell::Empty].into_iter();
    table.set_totals(label.chain(companion_of(&all)).chain(all.figures(question.by, &all)).collect());
    if question.by == By::RootCause {
        explain(&mut table, &groups);
    }
    table
}

/// Says who could have prevented how much, and what counts.
fn explain(table: &mut Table, groups: &[Group]) {
    let mut by_who: HashMap<&str, Money> = HashMap::new();
    for group in groups {
        *by_who.entry(group.summary.as_deref().unwrap_or("")).or_default() += group.preventable;
    }
    let mut by_who: Vec<(&str, Money)> = by_who.into_iter().filter(|(_, sum)| sum.is_positive()).collect();
    by_who.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.cmp(b)));
    for (who, sum) in by_who {
        table.note(format!("{who}: {sum} could have been prevented."));
    }
    table.note(
        "Preventable: dollars first denied under a reason code that the office can avoid; each service once, by the day of its first \
         denial, whether or not it was recovered later. The share is of all preventable dollars.",
    );
}

fn label_columns(by: By) -> (Column, Option<Column>) {
    let id = |key| Some(Column::text(key, "Identifier").machine_only());
    match by {
        By::Reason => (Column::text("reason", "Reason"), Some(Column::text("summary", "Meaning").wrapping())),
        By::Category => (Column::text("category", "Category").flexible(), None),
        By::Payer => (Column::text("payer", "Payer").flexible(), id("payer_id")),
        By::Provider => (Column::text("provider", "Provider").flexible(), id("provider_id")),
        By::Procedure => (Column::text("procedure", "Procedure"), None),
        By::Month => (Column::text("month", "Month"), None),
        By::RootCause => (
            Column::text("root_cause", "Root cause").flexible(),
            Some(Column::text("preventable_by", "Preventable by")),
        ),
    }
}

fn figure_columns(by: By) -> Vec<Column> {
    let mut columns = vec![
        Column::count("claims", "Claims"),
        Column::count("cases", "Cases"),
        Column::count("lines", "Lines"),
        Column::money("denied", "Denied"),
    ];
    if by == By::RootCause {
        columns.push(Column::money("preventable", "Preventable"));
    }
    columns.extend([
        Column::money("recovered", "Recovered"),
        Column::money("written_off", "Written off"),
        Column::money("open", "Open"),
        Column::percent("share", "Share"),
    ]);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item<'a>(claim: u64, key: &'a str, denied: i64, recovered: i64) -> DenialItem<'a> {
        DenialItem {
            claim: ClaimId(claim),
            key: key.into(),
            key_id: None,
            summary: Some("a reason".into()),
            cases: 1,
            lines: 2,
            denied: Money::from_cents(denied),
            preventable: Money::from_cents(denied / 2),
            recovered: Money::from_cents(recovered),
            written_off: Money::ZERO,
            open: Money::from_cents(denied - recovered),
        }
    }

    fn ask(by: By, items: &[DenialItem<'_>]) -> Table {
        let as_of = Date::parse_iso("2024-03-31").expect("a day");
        table(&Question { by, from: None, to: None, as_of }, items.iter().cloned())
    }

    fn words(cells: &[Cell]) -> String {
        let word = |cell: &Cell| match cell {
            Cell::Empty => "-".to_owned(),
            Cell::Text(text) => text.clone(),
            Cell::Count(n) => n.to_string(),
            Cell::Money(amount) => amount.to_string(),
            Cell::Percent(share) => share.to_string(),
            other => format!("{other:?}"),
        };
        cells.iter().map(word).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn most_denied_first_and_each_claim_once() {
        let items = [item(1, "CO-97", 2500, 0), item(1, "CO-16", 5000, 1000), item(2, "CO-16", 2500, 0)];
        let table = ask(By::Reason, &items);
        let rows: Vec<String> = table.rows.iter().map(|row| words(&row.cells)).collect();
        assert_eq!(
            rows,
            [
                "CO-16 | a reason | 2 | 2 | 4 | 75.00 | 10.00 | 0.00 | 65.00 | 75.0",
                "CO-97 | a reason | 1 | 1 | 2 | 25.00 | 0.00 | 0.00 | 25.00 | 25.0",
            ]
        );
        assert_eq!(
            words(table.totals.as_deref().expect("totals")),
            "- | - | 2 | 3 | 6 | 100.00 | 10.00 | 0.00 | 90.00 | 100.0"
        );
    }

    #[test]
    fn months_stand_in_their_order() {
        let items = [item(1, "2024-02", 9000, 0), item(2, "2024-01", 100, 0)];
        let table = ask(By::Month, &items);
        assert_eq!(table.rows[0].cells[0], Cell::from("2024-01"));
        assert_eq!(table.columns[0].key, "month");
    }

    #[test]
    fn root_causes_say_who_could_have_prevented_them() {
        let who =
            |item: DenialItem<'static>, who: &'static str| DenialItem { summary: Some(who.into()), ..item };
        let items = [
            who(item(1, "eligibility", 2_000, 0), "front desk"),
            who(item(2, "coding", 6_000, 0), "coding"),
            who(item(3, "cob", 2_000, 0), "front desk"),
        ];
        let table = ask(By::RootCause, &items);
        assert_eq!(
            words(&table.rows[0].cells),
            "coding | coding | 1 | 1 | 2 | 60.00 | 30.00 | 0.00 | 0.00 | 60.00 | 60.0"
        );
        assert_eq!(table.notes[0], "coding: 30.00 could have been prevented.");
        assert_eq!(table.notes[1], "front desk: 20.00 could have been prevented.");
    }

    #[test]
    fn nothing_denied_has_no_shares() {
        let table = ask(By::Payer, &[]);
        assert_eq!(
            words(&table.totals.expect("totals")),
            "- | - | 0 | 0 | 0 | 0.00 | 0.00 | 0.00 | 0.00 | -"
        );
    }
}
