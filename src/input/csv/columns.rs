//! A table's header line: what stands between cells, which kind of table it is, what each column means.

use super::fields::{Field, fold};
use super::map::Map;
use crate::input::kind::Kind;

/// What each column of a table means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The table's kind.
    pub kind: Kind,
    /// What stands between cells.
    pub delimiter: u8,
    /// The names in the header line.
    pub headers: Vec<String>,
    /// What each column means and which one of its kind it is, counted from 1; nothing for columns that are not read.
    pub fields: Vec<Option<(Field, u8)>>,
}

/// One of these columns must be there.
type Needed = &'static [Field];

const CLAIM_NEEDS: &[Needed] = &[
    &[Field::ControlNumber],
    &[Field::Charge],
    &[Field::ServiceFrom],
    &[Field::Patient, Field::PatientLast],
    &[Field::Payer, Field::PayerId],
];
const PAYMENT_NEEDS: &[Needed] = &[
    &[Field::CheckNumber],
    &[Field::CheckDate],
    &[Field::Charge],
    &[Field::Paid],
    &[Field::Payer, Field::PayerId],
    &[Field::ControlNumber, Field::PayerNumber],
];

const DEPOSIT_NEEDS: &[Needed] =
    &[&[Field::DepositDate], &[Field::DepositAmount, Field::Credit, Field::Debit]];

impl Layout {
    /// Reads a header line.
    ///
    /// # Errors
    /// Words for the user: a column that is missing, or two that mean the same.
    pub fn new(kind: Kind, delimiter: u8, headers: Vec<String>, map: Option<&Map>) -> Result<Layout, String> {
        let layout = Layout::assign(kind, delimiter, headers, map)?;
        match layout.missing().first() {
            Some(missing) => Err(format!(
                "no column is {missing}, which {} needs; name it so in the header, or say with --map which column it is",
                layout.kind
            )),
            None => Ok(layout),
        }
    }

    /// Gives each column its meaning, whether or not all that is needed is there.
    ///
    /// # Errors
    /// Two columns mean the same, or the map does not fit.
    pub fn assign(
        kind: Kind,
        delimiter: u8,
        headers: Vec<String>,
        map: Option<&Map>,
    ) -> Result<Layout, String> {
        let mut fields: Vec<Option<(Field, u8)>> = Vec::new();
        let chosen = map.map(|map| map.columns_in(&headers)).transpose()?.unwrap_or_default();
        for (at, header) in headers.iter().enumerate() {
            let folded = fold(header);
            let by_map = chosen.iter().find(|(column, ..)| *column == at).map(|(_, field, n)| (*field, *n));
            let by_name = || {
                // A field that the map gives another column is not looked for under its own names.
                let free =
                    |field: Field| field.is_of(&kind) && chosen.iter().all(|(_, taken, _)| *taken != field);
                Field::ALL.iter().filter(|f| free(**f)).find_map(|f| f.fits(&folded).map(|n| (*f, n)))
            };
            let Some((field, number)) = by_map.or_else(by_name) else {
                fields.push(None);
                continue;
            };
            let before = fields.iter().flatten().filter(|(known, _)| *known == field).count() as u8;
            let place = (field, number.unwrap_or(before + 1));
            if let Some(twin) = fields.iter().position(|known| *known == Some(place)) {
                return Err(format!(
                    "the columns {:?} and {header:?} both mean {field}; say which with --map",
                    headers[twin]
                ));
            }
            if place.1 > field.many() {
                let first =
                    fields.iter().position(|known| known.is_some_and(|(f, _)| f == field)).unwrap_or(at);
                return Err(format!(
                    "the columns {:?} and {header:?} both mean {field}; say which with --map",
                    headers[first]
                ));
            }
            fields.push(Some(place));
        }
        Ok(Layout { kind, delimiter, headers, fields })
    }

    /// What the kind needs and the header does not have.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let needs = match self.kind {
            Kind::PaymentsCsv => PAYMENT_NEEDS,
            Kind::DepositsCsv => DEPOSIT_NEEDS,
            _ => CLAIM_NEEDS,
        };
        let balance: &[Needed] = if self.kind == Kind::OpeningCsv { &[&[Field::Balance]] } else { &[] };
        let needs = needs.iter().chain(balance);
        needs
            .filter(|any| any.iter().all(|field| self.column(*field, 1).is_none()))
            .map(|any| any.iter().map(|field| field.name()).collect::<Vec<_>>().join(" or "))
            .collect()
    }

    /// Where a field stands.
    #[must_use]
    pub fn column(&self, field: Field, number: u8) -> Option<usize> {
        self.fields.iter().position(|known| *known == Some((field, number)))
    }
}

/// Which kind of table a header line announces, by what only that kind has.
#[must_use]
pub fn kind_of(headers: &[String]) -> Kind {
    let folded: Vec<String> = headers.iter().map(|header| fold(header)).collect();
    let has = |field: Field| folded.iter().any(|name| field.fits(name).is_some());
    let opening = has(Field::Balance) && !has(Field::CheckNumber) && !has(Field::CheckDate);
    let payments = has(Field::Paid) || has(Field::CheckNumber) || has(Field::CheckDate);
    // A column of which the name alone speaks of payments, as far as it is not the patient's.
    let sounds =
        |name: &String| (name.contains("paid") || name.contains("payment")) && !name.contains("patient");
    match (opening, payments || folded.iter().any(sounds)) {
        (true, _) => Kind::OpeningCsv,
        (false, true) => Kind::PaymentsCsv,
        (false, false) => Kind::ClaimsCsv,
    }
}

/// The separator of a line: the one that stands most often outside quotes.
#[must_use]
pub fn delimiter(line: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in line {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            other => {
                for (separator, count) in &mut counts {
                    *count += usize::from(other == separator);
                }
            }
        }
    }
    // The comma wins where all are as many.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &str) -> Vec<String> {
        line.split(',').map(str::to_owned).collect()
    }

    fn read(kind: Kind, line: &str) -> Result<Layout, String> {
        Layout::new(kind, b',', headers(line), None)
    }

    #[test]
    fn every_name_and_alias_means_one_thing_in_its_table() {
        for kind in [Kind::ClaimsCsv, Kind::PaymentsCsv, Kind::OpeningCsv, Kind::DepositsCsv] {
            for field in Field::ALL.iter().filter(|f| f.is_of(&kind)) {
                for name in std::iter::once(field.name()).chain(field.aliases().iter().copied()) {
                    let folded = fold(name);
                    let fits: Vec<_> =
                        Field::ALL.iter().filter(|f| f.is_of(&kind) && f.fits(&folded).is_some()).collect();
                    assert_eq!(fits, [field], "{name} in {kind}");
                }
            }
        }
    }

    #[test]
    fn case_blanks_and_underscores_do_not_matter() {
        let layout = read(
            Kind::PaymentsCsv,
            "Payer Name,Check #,CHECK_DATE,Patient Account No,Charge Amount,Amount Paid,Adj Group 2,Adj Code 2,adj amt 2,shoe size",
        )
        .expect("a layout");
        assert_eq!(layout.column(Field::CheckNumber, 1), Some(1));
        assert_eq!(layout.column(Field::ControlNumber, 1), Some(3));
        assert_eq!(layout.column(Field::AdjAmount, 2), Some(8));
        assert_eq!(layout.fields[9], None);
    }

    #[test]
    fn columns_of_one_name_are_counted() {
        let layout = read(
            Kind::PaymentsCsv,
            "payer,check,check date,claim,charge,paid,adj group,adj code,adj amount,adj group,adj code,adj amount",
        )
        .expect("a layout");
        assert_eq!(layout.column(Field::AdjCode, 2), Some(10));
    }

    #[test]
    fn what_is_missing_or_said_twice_is_named() {
        let error = read(Kind::ClaimsCsv, "claim,charge,dos,patient").expect_err("no payer");
        assert!(error.contains("payer or payer_id"), "{error}");
        let error = read(Kind::ClaimsCsv, "claim,account,charge,dos,patient,payer").expect_err("twice");
        assert!(error.contains("\"claim\"") && error.contains("\"account\""), "{error}");
    }

    #[test]
    fn kinds_and_separators_are_seen() {
        assert_eq!(kind_of(&headers("claim,charge,date")), Kind::ClaimsCsv);
        assert_eq!(kind_of(&headers("Check Number,Claim,Charge")), Kind::PaymentsCsv);
        assert_eq!(kind_of(&headers("claim,charge,paid,adjusted,balance")), Kind::OpeningCsv);
        assert_eq!(kind_of(&headers("claim,charge,patient paid")), Kind::ClaimsCsv);
        assert_eq!(delimiter(b"\"a,b,c\";d"), b';');
        assert_eq!(delimiter(b"a\tb\tc,d"), b'\t');
        assert_eq!(delimiter(b"a"), b',');
    }
}
