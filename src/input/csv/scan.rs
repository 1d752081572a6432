//! The first reading of a table: which rows cannot be read, and where those of each claim or remittance stand.

use std::collections::{HashMap, HashSet};

use csv::ByteRecord;
use sha2::{Digest, Sha256};

use super::columns::Layout;
use super::fields::Field;
use super::lines::{self, Place, Rows};
use super::map::Map;
use super::row::{Bad, Row};
use super::{claims, opening, payments};
use crate::domain::{Money, Problem};
use crate::input::error::InputError;
use crate::input::kind::Kind;
use crate::input::source::Source;

/// So many unreadable rows are described; the others are counted.
const MOST_DESCRIBED: usize = 100;

/// What the first reading found.
#[derive(Debug)]
pub struct Tally {
    /// What the columns mean.
    pub layout: Layout,
    /// Rows with something in them, header not counted.
    pub rows: u64,
    /// Claims or remittances, in the order of their first rows.
    pub groups: Vec<Group>,
    /// Rows that cannot be read.
    pub bad_rows: u64,
    /// The first of them.
    pub problems: Vec<Problem>,
    /// A row that cannot be read does not even say which claim or check it belongs to: then nothing may be taken.
    pub unknown_owner: bool,
    /// Opening balances added up, of claims that can be taken.
    pub balance: Money,
    /// Charges added up.
    pub charge: Money,
}

/// The rows of one claim or remittance.
#[derive(Debug)]
pub struct Group {
    pub(super) rows: Vec<Place>,
    /// Claim number or check number, hashed.
    owner: u64,
    /// What its rows must agree on, hashed.
    common: u64,
    balance: Money,
    /// A row that cannot be read belongs to it: it must not be taken without that row.
    pub spoiled: bool,
}

impl Group {
    /// The line of its first row.
    #[must_use]
    pub fn first_line(&self) -> u64 {
        self.rows.first().map_or(0, |place| place.line)
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// What the first reading needs to know of a row.
struct Facts {
    key: String,
    common: String,
    charge: Money,
    balance: Money,
}

fn facts(row: &Row<'_>) -> Result<Facts, Bad> {
    let zero = Money::ZERO;
    Ok(match row.layout.kind {
        Kind::PaymentsCsv => {
            Facts { key: payments::read(row)?.key(), common: String::new(), charge: zero, balance: zero }
        }
        Kind::OpeningCsv => {
            let (piece, brought) = opening::read(row)?;
            // Every row is a claim of its own: a second one disagrees by its line.
            Facts {
                key: piece.key(),
                common: row.line.to_string(),
                charge: brought.charge,
                balance: brought.balance,
            }
        }
        _ => {
            let piece = claims::read(row)?;
            Facts { key: piece.key(), common: piece.common(), charge: piece.claim.charge, balance: zero }
        }
    })
}

/// Reads a table once. Memory grows with the number of rows by some bytes for each, not with what they say.
///
/// # Errors
/// The table cannot be used at all: its header, or a row that does not end.
pub fn scan(source: &Source, kind: Kind, map: Option<&Map>) -> Result<Tally, InputError> {
    let mut rows = Rows::open(source)?;
    let mut record = ByteRecord::new();
    let layout = layout(source, &mut rows, &mut record, (kind, map), Layout::new)?;
    let owner_field =
        if layout.kind == Kind::PaymentsCsv { Field::CheckNumber } else { Field::ControlNumber };
    let mut tally = Tally {
        layout,
        rows: 0,
        groups: Vec::new(),
        bad_rows: 0,
        problems: Vec::new(),
        unknown_owner: false,
        balance: Money::ZERO,
        charge: Money::ZERO,
    };
    let mut places: HashMap<u128, usize> = HashMap::new();
    let mut spoiled: HashSet<u64> = HashSet::new();
    let whole = rows.ends_with_line_break()?;
    let mut next = rows.next(&mut record)?.map(|place| (place, record.clone()));
    while let Some((place, current)) = next {
        next = rows.next(&mut record)?.map(|place| (place, record.clone()));
        if current.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        tally.rows += 1;
        let row = Row { layout: &tally.layout, record: &current, line: place.line };
        let owner = row.text(owner_field).to_uppercase();
        let cut_off = next.is_none() && !whole;
        let read = shape(&row, cut_off).and_then(|()| facts(&row));
        let taken = read.and_then(|facts| {
            take(&mut tally.groups, &mut places, &row, place, &facts, digest(&owner) as u64).map(|()| facts)
        });
        match taken {
            Ok(facts) => {
                tally.charge += facts.charge;
            }
            Err(bad) => {
                tally.bad_rows += 1;
                tally.unknown_owner |= owner.is_empty();
                spoiled.insert(digest(&owner) as u64);
                if tally.problems.len() < MOST_DESCRIBED {
                    tally.problems.push(bad.at(place.line));
                }
            }
        }
    }
    for group in &mut tally.groups {
        group.spoiled = spoiled.contains(&group.owner);
        if !group.spoiled {
            tally.balance += group.balance;
        }
    }
    Ok(tally)
}

fn take(
    groups: &mut Vec<Group>,
    places: &mut HashMap<u128, usize>,
    row: &Row<'_>,
    place: Place,
    facts: &Facts,
    owner: u64,
) -> Result<(), Bad> {
    let common = digest(&facts.common) as u64;
    let at = *places.entry(digest(&facts.key)).or_insert(groups.len());
    match groups.get_mut(at) {
        None => {
            groups.push(Group { rows: vec![place], owner, common, balance: facts.balance, spoiled: false })
        }
        Some(group) if group.common == common => group.rows.push(place),
        Some(group) => {
            let first = group.first_line();
            let message = if row.layout.kind == Kind::OpeningCsv {
                format!("the claim has a balance on line {first} already")
            } else {
                format!(
                    "patient, payer or another fact of the claim differs from line {first} of the same claim"
                )
            };
            return Err(row.bad(Field::ControlNumber, 1, message));
        }
    }
    Ok(())
}

/// A row may lack cells at its end: some spreadsheets leave out blank ones. Cells beyond the header mean that a
/// separator stands inside a cell without quotes, and then no cell is what its column says.
pub(super) fn shape(row: &Row<'_>, cut_off: bool) -> Result<(), Bad> {
    let (cells, columns) = (row.record.len(), row.layout.headers.len());
    let bad = |message: String| Err(Bad { text: String::new(), message });
    if row.record.iter().skip(columns).any(|cell| !cell.trim_ascii().is_empty()) {
        return bad(format!(
            "the row has {cells} cells, the header {columns}; is a cell with a separator not quoted?"
        ));
    }
    if cells < columns && cut_off {
        return bad(format!("the file ends inside this row, after {cells} of {columns} cells; is it whole?"));
    }
    Ok(())
}

/// Reads a header line.
type ReadHeader = fn(Kind, u8, Vec<String>, Option<&Map>) -> Result<Layout, String>;

pub(super) fn layout(
    source: &Source,
    rows: &mut Rows<'_>,
    record: &mut ByteRecord,
    said: (Kind, Option<&Map>),
    read: ReadHeader,
) -> Result<Layout, InputError> {
    let name = source.name().to_owned();
    let Some(place) = rows.next(record)? else { return Err(InputError::Empty { name }) };
    let headers = lines::names(record);
    read(said.0, rows.delimiter, headers, said.1).map_err(|why| InputError::Table {
        name,
        line: place.line,
        why,
    })
}

/// What the columns mean, and the first rows as they stand. For a person to look at.
///
/// # Errors
/// The table cannot be used at all.
pub fn explain(
    source: &Source,
    kind: Kind,
    map: Option<&Map>,
    most: usize,
) -> Result<(Layout, Vec<Vec<String>>), InputError> {
    let mut rows = Rows::open(source)?;
    let mut record = ByteRecord::new();
    let layout = layout(source, &mut rows, &mut record, (kind, map), Layout::assign)?;
    let mut shown = Vec::new();
    while shown.len() < most && rows.next(&mut record)?.is_some() {
        shown.push(record.iter().map(|cell| lines::text(cell).into()).collect());
    }
    Ok((layout, shown))
}

fn digest(text: &str) -> u128 {
    let hash = Sha256::digest(text);
    hash.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}
