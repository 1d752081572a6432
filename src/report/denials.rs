//! Denials: what was refused, and what became of it.
//!
//! The caller says which cases there are, in which group each stands, and counts each service's dollars once; here they are
//! added up.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::column::Column;
use super::table::{Cell, Table};
use super::words::words;
use crate::domain::brief::LineBrief;
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

/// What was denied in one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    claims: u64,
    cases: u64,
    lines: u64,
    denied: Money,
    preventable: Money,
    recovered: Money,
    written_off: Money,
    open: Money,
}

impl Sums {
    /// Adds a case, or what it has in this group; its lines follow.
    pub fn add_cases(&mut self, cases: u64) {
        self.cases += cases;
    }

    /// Adds a line of the case before, and whether the office can avoid the reason.
    pub fn add_line(&mut self, line: &LineBrief, preventable: bool) {
        self.lines += 1;
        self.denied += line.denied;
        self.preventable += if preventable { line.denied } else { Money::ZERO };
        self.recovered += line.recovered;
        self.written_off += line.written_off;
        self.open += line.open;
    }

    /// Adds another group's. The claims of both are counted later.
    pub fn absorb(&mut self, other: &Sums) {
        self.cases += other.cases;
        self.lines += other.lines;
        self.denied += other.denied;
        self.preventable += other.preventable;
        self.recovered += other.recovered;
        self.written_off += other.written_off;
        self.open += other.open;
    }

    /// The cells after the label and its companions; the share is of the table's denied and preventable dollars.
    fn figures(&self, by: By, (denied, preventable): (Money, Money)) -> Vec<Cell> {
        let mut cells = vec![
            Cell::Count(self.claims),
            Cell::Count(self.cases),
            Cell::Count(self.lines),
            self.denied.into(),
        ];
        let (share, of) = match by {
            By::RootCause => (self.preventable, preventable),
            _ => (self.denied, denied),
        };
        if by == By::RootCause {
            cells.push(self.preventable.into());
        }
        cells.extend([
            self.recovered.into(),
            self.settled_otherwise().into(),
            self.written_off.into(),
            self.open.into(),
            Percent::of(share, of).into(),
        ]);
        cells
    }

    /// What of the denied dollars nobody is asked for under the denial any more and nobody paid or gave up: when the payer
    /// answered after all, its contract and the patient's share; what the patient or the next payer was asked for; what the
    /// payer took back.
    fn settled_otherwise(&self) -> Money {
        self.denied - self.recovered - self.written_off - self.open
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it is called. A month is `YYYY-MM`.
    pub label: String,
    /// What tells groups of one name apart, such as the payer's identifier.
    pub id: Option<String>,
    /// By reason: what the code means, in a few words. By root cause: who could have prevented it.
    pub summary: Option<String>,
    /// What was denied.
    pub sums: Sums,
}

/// Which claims have cases in which groups, some of them more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims(Vec<(ClaimId, u32)>);

impl Claims {
    /// A claim has a case in the group of this place.
    pub fn add(&mut self, claim: ClaimId, group: u32) {
        if self.0.last() != Some(&(claim, group)) {
            self.0.push((claim, group));
        }
    }

    /// Takes over others, whose groups stand in other places now; where in none, their claims go too.
    pub fn absorb(&mut self, others: Claims, place: impl Fn(u32) -> Option<u32>) {
        self.0.extend(others.0.into_iter().filter_map(|(claim, group)| Some((claim, place(group)?))));
    }

    /// Counts them, each once in a group, and all of them.
    fn count(mut self, groups: &mut [Group]) -> u64 {
        self.0.sort_unstable();
        self.0.dedup();
        self.0.iter().for_each(|(_, group)| groups[*group as usize].sums.claims += 1);
        self.0.chunk_by(|(one, _), (other, _)| one == other).count() as u64
    }
}

/// The table: most denied first, months in their order. No two groups have one label and one identifier; `claims` know them
/// by their places.
#[must_use]
pub fn table(question: &Question, mut groups: Vec<Group>, claims: Claims) -> Table {
    let mut all = Sums { claims: claims.count(&mut groups), ..Sums::default() };
    groups.iter().for_each(|group| all.absorb(&group.sums));
    groups.sort_by(|a, b| {
        let (one, other) = (&a.sums, &b.sums);
        let by_amount = match question.by {
            By::Month => Ordering::Equal,
            By::RootCause => {
                other.preventable.cmp(&one.preventable).then_with(|| other.denied.cmp(&one.denied))
            }
            _ => other.denied.cmp(&one.denied),
        };
        by_amount.then_with(|| a.label.cmp(&b.label)).then_with(|| a.id.cmp(&b.id))
    });
    let (label, companion) = label_columns(question.by);
    let companion_of = |summary: Option<String>, id: Option<String>| match question.by {
        By::Reason | By::RootCause => Some(Cell::from(summary)),
        By::Payer | By::Provider => Some(Cell::from(id)),
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
    if question.by == By::RootCause {
        explain(&mut table, &groups);
    }
    table.note(
        "Denied = recovered + otherwise + written off + open. Otherwise: what contracts took off and patients owe of what was won, \
         what the patient or the next payer was asked for instead, what payers took back.",
    );
    let whole = (all.denied, all.preventable);
    for group in groups {
        let label = [Cell::Text(group.label)].into_iter();
        let companion = companion_of(group.summary, group.id);
        table.push(label.chain(companion).chain(group.sums.figures(question.by, whole)).collect());
    }
    let label = [Cell::Empty].into_iter();
    table.set_totals(label.chain(companion_of(None, None)).chain(all.figures(question.by, whole)).collect());
    table
}

/// Says who could have prevented how much, and what counts.
fn explain(table: &mut Table, groups: &[Group]) {
    let mut by_who: HashMap<&str, Money> = HashMap::new();
    for group in groups {
        *by_who.entry(group.summary.as_deref().unwrap_or("")).or_default() += group.sums.preventable;
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
        Column::money("settled_otherwise", "Otherwise"),
        Column::money("written_off", "Written off"),
        Column::money("open", "Open"),
        Column::percent("share", "Share"),
    ]);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Claim, key, denied, recovered: a case of two lines.
    fn ask(by: By, cases: &[(u64, &str, i64, i64)]) -> Table {
        let as_of = Date::parse_iso("2024-03-31").expect("a day");
        let (mut groups, mut claims): (Vec<Group>, _) = Default::default();
        for (claim, key, denied, recovered) in cases {
            let mut sums = Sums::default();
            sums.add_cases(1);
            sums.add_line(&LineBrief::default(), true);
            let line = LineBrief {
                line: 1,
                denied: Money::from_cents(*denied),
                recovered: Money::from_cents(*recovered),
                written_off: Money::ZERO,
                open: Money::from_cents(denied - recovered),
            };
            sums.add_line(&line, *key != "coding");
            let place = groups.iter().position(|group| group.label == *key).unwrap_or_else(|| {
                groups.push(Group {
                    label: (*key).to_owned(),
                    id: None,
                    summary: Some("a reason".to_owned()),
                    sums: Sums::default(),
                });
                groups.len() - 1
            });
            groups[place].sums.absorb(&sums);
            Claims::add(&mut claims, ClaimId(*claim), place as u32);
        }
        table(&Question { by, from: None, to: None, as_of }, groups, claims)
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
        let items = [(1, "CO-97", 2500, 0), (1, "CO-16", 5000, 1000), (2, "CO-16", 2500, 0)];
        let table = ask(By::Reason, &items);
        let rows: Vec<String> = table.rows.iter().map(|row| words(&row.cells)).collect();
        assert_eq!(
            rows,
            [
                "CO-16 | a reason | 2 | 2 | 4 | 75.00 | 10.00 | 0.00 | 0.00 | 65.00 | 75.0",
                "CO-97 | a reason | 1 | 1 | 2 | 25.00 | 0.00 | 0.00 | 0.00 | 25.00 | 25.0",
            ]
        );
        assert_eq!(
            words(table.totals.as_deref().expect("totals")),
            "- | - | 2 | 3 | 6 | 100.00 | 10.00 | 0.00 | 0.00 | 90.00 | 100.0"
        );
    }

    #[test]
    fn root_causes_say_what_could_have_been_prevented() {
        let cases = [(1, "eligibility", 2_000, 0), (2, "coding", 6_000, 0), (3, "cob", 3_000, 0)];
        let table = ask(By::RootCause, &cases);
        assert_eq!(
            words(&table.rows[0].cells),
            "cob | a reason | 1 | 1 | 2 | 30.00 | 30.00 | 0.00 | 0.00 | 0.00 | 30.00 | 60.0"
        );
        assert_eq!(table.rows[2].cells[0], Cell::from("coding"), "nothing of it could have been");
        assert_eq!(table.notes[0], "a reason: 50.00 could have been prevented.");
    }

    #[test]
    fn months_stand_in_their_order() {
        let items = [(1, "2024-02", 9000, 0), (2, "2024-01", 100, 0)];
        let table = ask(By::Month, &items);
        assert_eq!(table.rows[0].cells[0], Cell::from("2024-01"));
        assert_eq!(table.columns[0].key, "month");
    }

    #[test]
    fn nothing_denied_has_no_shares() {
        let table = ask(By::Payer, &[]);
        assert_eq!(
            words(&table.totals.expect("totals")),
            "- | - | 0 | 0 | 0 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | -"
        );
    }
}
