//! The second reading of a table: one claim or remittance at a time.

use csv::ByteRecord;

use super::columns::Layout;
use super::lines::{self, Rows};
use super::payments::Remittance;
use super::row::{Bad, Row};
use super::scan::{Group, Tally};
use super::{claims, money, opening, payments};
use crate::domain::Money;
use crate::domain::claim::Brought;
use crate::input::SubmittedClaim;
use crate::input::error::InputError;
use crate::input::kind::Kind;
use crate::input::source::Source;

/// A table being read group by group.
pub struct TableReader<'s> {
    source: &'s Source,
    rows: Rows<'s>,
}

impl<'s> TableReader<'s> {
    /// Opens a table that [`scan`](super::scan) has seen.
    ///
    /// # Errors
    /// The source fails.
    pub fn open(source: &'s Source) -> Result<TableReader<'s>, InputError> {
        Ok(TableReader { source, rows: Rows::open(source)? })
    }

    /// A remittance of a payments table.
    ///
    /// # Errors
    /// The source fails, or was changed since it was scanned.
    pub fn remittance(&mut self, tally: &Tally, group: &Group) -> Result<Remittance, InputError> {
        let pieces = self.pieces(&tally.layout, group, payments::read)?;
        payments::join(pieces).ok_or_else(|| InputError::changed(self.source.name()))
    }

    /// A claim of a claims table or of an opening-balances table.
    ///
    /// # Errors
    /// The source fails, or was changed since it was scanned.
    pub fn claim(&mut self, tally: &Tally, group: &Group) -> Result<SubmittedClaim, InputError> {
        if tally.layout.kind == Kind::OpeningCsv {
            let rows = self.pieces(&tally.layout, group, opening::read)?;
            let (pieces, brought): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            return self.submitted(pieces, brought.into_iter().next());
        }
        let pieces = self.pieces(&tally.layout, group, claims::read)?;
        self.submitted(pieces, None)
    }

    /// The amounts on some lines of a group in each column that nothing is read from, added up, with the column's name.
    ///
    /// # Errors
    /// The source fails, or was changed since it was scanned.
    pub fn unread(
        &mut self,
        tally: &Tally,
        group: &Group,
        of: &[u64],
    ) -> Result<Vec<(String, Money)>, InputError> {
        let layout = &tally.layout;
        let unread = layout.fields.iter().zip(&layout.headers).enumerate();
        let unread = unread.filter(|(_, (field, _))| field.is_none());
        let mut sums: Vec<(usize, String, Money)> =
            unread.map(|(at, (_, header))| (at, header.clone(), Money::ZERO)).collect();
        let mut record = ByteRecord::new();
        for place in group.rows.iter().filter(|place| of.contains(&place.line)) {
            self.rows.at(*place, &mut record)?;
            for (at, _, sum) in &mut sums {
                let cell = record.get(*at).map(lines::text).unwrap_or_default();
                *sum += money::parse(&cell).unwrap_or(Money::ZERO);
            }
        }
        Ok(sums.into_iter().map(|(_, header, sum)| (header, sum)).collect())
    }

    fn submitted(
        &self,
        pieces: Vec<claims::Piece>,
        brought: Option<Brought>,
    ) -> Result<SubmittedClaim, InputError> {
        let claim = claims::join(pieces).ok_or_else(|| InputError::changed(self.source.name()))?;
        let claim = Box::new(claim);
        Ok(SubmittedClaim { claim, encounter: false, subrogation: false, brought, problems: Vec::new() })
    }

    fn pieces<T>(
        &mut self,
        layout: &Layout,
        group: &Group,
        read: fn(&Row<'_>) -> Result<T, Bad>,
    ) -> Result<Vec<T>, InputError> {
        let mut record = ByteRecord::new();
        let mut pieces = Vec::with_capacity(group.rows.len());
        for place in &group.rows {
            self.rows.at(*place, &mut record)?;
            let row = Row { layout, record: &record, line: place.line };
            pieces.push(read(&row).map_err(|_| InputError::changed(self.source.name()))?);
        }
        Ok(pieces)
    }
}
