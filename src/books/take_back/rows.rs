//! Taking back what the office wrote down by hand: notes, settings, rules, what was done to denials.

use std::collections::{BTreeMap, BTreeSet};

use super::{Refusal, Taking, said};
use crate::books::retell::Hand;
use crate::books::{denials, handling, periods};
use crate::domain::deed::{KeptRow, Object};
use crate::domain::{CaseId, Code, Date, GroupCode};
use crate::store::registers::{self, apart_of, case_of, is_by_hand, is_lease};
use crate::store::{Read, ReadPeriods, WriteTables};

impl Taking<'_> {
    /// Lets rows be what they were, where nobody changed them since.
    pub(super) fn rows(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        self.are_unchanged(tables)?;
        self.restore(tables)
    }

    /// Whether every row still says what the act left.
    pub(super) fn are_unchanged(&self, tables: &WriteTables<'_>) -> Result<(), Refusal> {
        let rows: Vec<&KeptRow> = self.record.rows.iter().filter(|row| is_by_hand(row)).collect();
        for row in &rows {
            if !is_lease(row) && tables.register_row(row.register, &row.key)? != row.after {
                let same = |other: &KeptRow| (other.register, &other.key) == (row.register, &row.key);
                let words = "what it wrote down was changed since".to_owned();
                return Err(self.because_of(tables, words, |later| later.rows.iter().any(same))?);
            }
        }
        // What happened to a denial is taken back from its end.
        let mut left: BTreeMap<CaseId, u64> = BTreeMap::new();
        for row in &rows {
            if let Some(case) = case_of(row) {
                *left.entry(case).or_default() += u64::from(row.after.is_some());
            }
        }
        for (case, own) in left.into_iter().filter(|(_, own)| *own > 0) {
            let events = tables.case_events(case)?.len() as u64;
            let first = rows.iter().filter(|row| case_of(row) == Some(case) && row.after.is_some());
            let first = first.filter_map(|row| registers::place_of(row)).min().unwrap_or(0);
            if events != first + own {
                let words = format!("the payer, or another claim, was heard on denial {case} since");
                return Err(self.because_of(tables, words, |later| {
                    later.rows.iter().any(|row| case_of(row) == Some(case))
                })?);
            }
        }
        Ok(())
    }

    /// Lets rows be what they were, and what follows from them.
    pub(super) fn restore(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let cases: BTreeSet<CaseId> = self.record.rows.iter().filter_map(case_of).collect();
        cases.iter().try_for_each(|case| denials::uncount(tables, *case))?;
        for row in self.record.rows.iter().filter(|row| is_by_hand(row)) {
            // Whoever has a denial by now keeps it.
            if is_lease(row) && tables.register_row(row.register, &row.key)? != row.after {
                continue;
            }
            tables.restore_row(row.register, &row.key, row.before.as_deref())?;
            for claim in apart_of(row).into_iter().flatten() {
                tables.compare_later(claim)?;
            }
        }
        for case in &cases {
            // What the books noted while the act was taken back is the echo of that.
            let own: Vec<&KeptRow> =
                self.record.rows.iter().filter(|row| case_of(row) == Some(*case)).collect();
            let stood: Vec<u64> = own
                .iter()
                .filter(|row| row.before.is_some())
                .filter_map(|row| registers::place_of(row))
                .collect();
            if let Some(first) = own.iter().filter_map(|row| registers::place_of(row)).min() {
                tables.cut_case_events(*case, first, &stood)?;
            }
            denials::recount(tables, *case)?;
        }
        Ok(())
    }

    /// What the office set for reason codes: the claims that heard them are told anew.
    pub(super) fn handled(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        self.rows(tables)?;
        let mut anew: BTreeMap<(GroupCode, Code), Date> = BTreeMap::new();
        for both in registers::handlings(&self.record.rows)? {
            for one in [both.0, both.1].into_iter().flatten() {
                let first = anew.entry((one.group, one.code)).or_insert(one.from);
                *first = one.from.min(*first);
            }
        }
        for ((group, code), from) in anew {
            handling::tell_anew(tables, self.hand, group, code, from)?;
        }
        Ok(())
    }

    /// A month that was closed is open again, as if nobody had closed it.
    pub(super) fn closed(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let id = self.record.id;
        let Some((_, Object::Month(month))) = self.record.done.first() else {
            return Err(Refusal::Since(id, "close the month again: `arrears period close`".to_owned()));
        };
        if let Some(last) = tables.closed_until()?.map(|day| day.month()).filter(|last| last != month) {
            let words = format!("{last} is closed as well; `arrears period reopen {month}` opens both");
            return Err(self.because_of(tables, words, |later| {
                later.done.iter().any(|(_, on)| *on == Object::Month(last))
            })?);
        }
        let Hand { now, user } = self.hand;
        let by = periods::By { now: *now, today: Date::from_number(0), user };
        said(periods::reopen(tables, by, *month, self.words), id)?;
        for row in self.record.rows.iter().filter(|row| registers::is_period(row)) {
            tables.restore_row(row.register, &row.key, row.before.as_deref())?;
        }
        Ok(())
    }
}
