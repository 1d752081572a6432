//! What an act found in the registers that the office keeps by hand (notes, settings, rules, what was done to denials) and
//! left there: kept while a person's act is written, so that it can be taken back to the byte.

use std::collections::BTreeMap;

use redb::ReadableTable;

use super::error::StoreError;
use super::read::Read;
use super::rows::Record;
use super::schema::WriteTables;
use crate::domain::book::{Handling, PayerRecord, PlbRecord, RemitRecord};
use crate::domain::case::CaseEvent;
use crate::domain::deed::{KeptPlace, KeptRow, Place};
use crate::domain::deposit::Settlement;
use crate::domain::join::Join;
use crate::domain::{CaseId, ClaimId, PayerId, PaymentId};

type Result<T> = std::result::Result<T, StoreError>;

/// What stood in rows before an act touched them, by register and key.
pub type Kept = BTreeMap<(u8, Vec<u8>), Option<Vec<u8>>>;

/// The key of a row, as bytes that tell it from every other of its register.
trait Key {
    /// As bytes.
    fn bytes(&self) -> Vec<u8>;
}

impl Key for &str {
    fn bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
}

macro_rules! numbers {
    ($($number:ty),+) => { $(
        impl Key for $number {
            fn bytes(&self) -> Vec<u8> {
                self.to_be_bytes().to_vec()
            }
        }
    )+ };
}

numbers!(u64, u32, i32);

impl Key for (u64, u64) {
    fn bytes(&self) -> Vec<u8> {
        [self.0.to_be_bytes(), self.1.to_be_bytes()].concat()
    }
}

impl Key for (u32, u8) {
    fn bytes(&self) -> Vec<u8> {
        [&self.0.to_be_bytes()[..], &[self.1]].concat()
    }
}

impl Key for (&str, u8, i32) {
    fn bytes(&self) -> Vec<u8> {
        [&[self.1][..], &self.2.to_be_bytes(), self.0.as_bytes()].concat()
    }
}

/// A key from its bytes.
trait FromBytes<'a>: Sized {
    fn from_bytes(bytes: &'a [u8]) -> Option<Self>;
}

impl<'a> FromBytes<'a> for &'a str {
    fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        std::str::from_utf8(bytes).ok()
    }
}

impl FromBytes<'_> for u64 {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(u64::from_be_bytes)
    }
}

impl FromBytes<'_> for u32 {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(u32::from_be_bytes)
    }
}

impl FromBytes<'_> for i32 {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(i32::from_be_bytes)
    }
}

impl FromBytes<'_> for (u64, u64) {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (one, other) = bytes.split_at_checked(8)?;
        Some((u64::from_bytes(one)?, u64::from_bytes(other)?))
    }
}

impl FromBytes<'_> for (u32, u8) {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, payer) = bytes.split_last()?;
        Some((u32::from_bytes(payer)?, *kind))
    }
}

impl<'a> FromBytes<'a> for (&'a str, u8, i32) {
    fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        let (level, rest) = bytes.split_first()?;
        let (year, table) = rest.split_at_checked(4)?;
        Some((<&str>::from_bytes(table)?, *level, i32::from_bytes(year)?))
    }
}

fn no_key(register: u8) -> StoreError {
    StoreError::corrupt("deeds", u64::from(register), "names a row that cannot be")
}

macro_rules! registers {
    ($($number:literal $name:ident $rows:ident $key:ty;)+) => {
        /// The registers whose rows are kept. Their numbers are kept in ledgers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[expect(dead_code, reason = "some are only ever meant by their number")]
        pub enum Register { $($name = $number,)+ PayerKeys = PAYER_KEYS }

        $(
            #[doc = concat!("Keeps a row of `", stringify!($rows), "` before it is changed.")]
            #[expect(non_snake_case, reason = "named by the register")]
            pub(super) fn $name(tables: &mut WriteTables<'_>, key: $key) -> Result<()> {
                if tables.pending.kept.is_none() {
                    return Ok(());
                }
                let name = ($number, Key::bytes(&key));
                let stands = tables.$rows.get()?.get(key)?.map(|row| row.value().to_vec());
                if let Some(kept) = &mut tables.pending.kept {
                    kept.entry(name).or_insert(stands);
                }
                Ok(())
            }
        )+

        impl WriteTables<'_> {
            /// What stands in a row of a register.
            ///
            /// # Errors
            /// The file cannot be read, or there is no such register.
            pub fn register_row(&self, register: u8, key: &[u8]) -> Result<Option<Vec<u8>>> {
                match register {
                    $($number => {
                        let key = <$key>::from_bytes(key).ok_or_else(|| no_key(register))?;
                        Ok(self.$rows.get()?.get(key)?.map(|row| row.value().to_vec()))
                    })+
                    PAYER_KEYS => {
                        let key = <&str>::from_bytes(key).ok_or_else(|| no_key(register))?;
                        Ok(self.payer_keys.get()?.get(key)?.map(|row| row.value().to_be_bytes().to_vec()))
                    }
                    _ => Err(no_key(register)),
                }
            }

            /// Lets a row of a register be what it was, and keeps what stands there now.
            ///
            /// # Errors
            /// The file cannot be written, or there is no such register.
            pub fn restore_row(&mut self, register: u8, key: &[u8], row: Option<&[u8]>) -> Result<()> {
                match register {
                    $($number => {
                        let key = <$key>::from_bytes(key).ok_or_else(|| no_key(register))?;
                        $name(self, key)?;
                        match row {
                            Some(row) => { self.$rows.get_mut()?.insert(key, row)?; }
                            None => { self.$rows.get_mut()?.remove(key)?; }
                        }
                        Ok(())
                    })+
                    PAYER_KEYS => {
                        let key = <&str>::from_bytes(key).ok_or_else(|| no_key(register))?;
                        match row {
                            Some(row) => {
                                let payer = u32::from_bytes(row).ok_or_else(|| no_key(register))?;
                                self.put_payer_key(key, PayerId(payer))
                            }
                            None => self.remove_payer_key(key),
                        }
                    }
                    _ => Err(no_key(register)),
                }
            }
        }
    };
}

/// The one register whose rows are numbers, and which has a footing.
const PAYER_KEYS: u8 = 9;

registers! {
    1  Practice practice_rows &str;
    2  Accounts account_rows &str;
    3  Notes note_rows (u64, u64);
    4  Handlings handling_rows u64;
    5  CodeTexts code_text_rows &str;
    6  CaseEvents case_event_rows (u64, u64);
    7  Leases lease_rows u64;
    8  Payers payer_rows u32;
    10 ClockRules clock_rows (u32, u8);
    11 ClockAmounts clock_amount_rows (&str, u8, i32);
    12 ClockHolidays clock_holiday_rows i32;
    13 FollowUps followup_rows (u64, u64);
    14 Templates template_rows &str;
    15 Maps map_rows &str;
    16 Reviews review_rows u64;
    17 Apart apart_rows (u64, u64);
    21 Items plb_rows u64;
    22 Settlements settlement_rows u64;
    23 Remits remit_rows u64;
    24 Joins join_rows (u64, u64);
    25 Periods period_rows u32;
}

/// A record as an act found it and left it.
pub type Both<T> = (Option<T>, Option<T>);

/// Reads the rows of one register that were kept.
fn both<T>(
    rows: &[KeptRow],
    register: Register,
    decode: impl Fn(&[u8], &[u8]) -> Result<T>,
) -> Result<Vec<Both<T>>> {
    let of = rows.iter().filter(|row| row.register == register as u8);
    of.map(|row| {
        let read = |side: &Option<Vec<u8>>| side.as_ref().map(|bytes| decode(&row.key, bytes)).transpose();
        Ok((read(&row.before)?, read(&row.after)?))
    })
    .collect()
}

fn number(key: &[u8]) -> Result<u64> {
    u64::from_bytes(key).ok_or_else(|| no_key(0))
}

/// The provider-level items among kept rows.
///
/// # Errors
/// A row is damaged.
pub fn items(rows: &[KeptRow]) -> Result<Vec<Both<PlbRecord>>> {
    both(rows, Register::Items, |key, bytes| PlbRecord::decode(number(key)?, bytes))
}

/// The settlements of the bank's movements among them.
///
/// # Errors
/// A row is damaged.
pub fn settlements(rows: &[KeptRow]) -> Result<Vec<Both<Settlement>>> {
    both(rows, Register::Settlements, |key, bytes| Settlement::decode(number(key)?, bytes))
}

/// The remittances among them.
///
/// # Errors
/// A row is damaged.
pub fn remits(rows: &[KeptRow]) -> Result<Vec<Both<RemitRecord>>> {
    both(rows, Register::Remits, |key, bytes| RemitRecord::decode(number(key)?, bytes))
}

/// The handlings of reason codes among them.
///
/// # Errors
/// A row is damaged.
pub fn handlings(rows: &[KeptRow]) -> Result<Vec<Both<Handling>>> {
    both(rows, Register::Handlings, |key, bytes| Handling::decode(number(key)?, bytes))
}

/// The joined claims among them.
///
/// # Errors
/// A row is damaged.
pub fn joins(rows: &[KeptRow]) -> Result<Vec<Both<Join>>> {
    both(rows, Register::Joins, |key, bytes| {
        let (_, part) = <(u64, u64)>::from_bytes(key).ok_or_else(|| no_key(Register::Joins as u8))?;
        Join::decode(part, bytes)
    })
}

/// The payers among them.
///
/// # Errors
/// A row is damaged.
pub fn payers(rows: &[KeptRow]) -> Result<Vec<Both<PayerRecord>>> {
    both(rows, Register::Payers, |key, bytes| {
        let id = u32::from_bytes(key).ok_or_else(|| no_key(Register::Payers as u8))?;
        PayerRecord::decode(u64::from(id), bytes)
    })
}

/// What happened to denials among them, each with its denial.
///
/// # Errors
/// A row is damaged.
pub fn events(rows: &[KeptRow]) -> Result<Vec<(CaseId, CaseEvent)>> {
    let mut found = Vec::new();
    for row in rows {
        let Some(case) = case_of(row) else { continue };
        for bytes in [&row.before, &row.after].into_iter().flatten() {
            found.push((case, CaseEvent::decode(case.0, bytes)?));
        }
    }
    Ok(found)
}

/// The place of a kept row among those of its denial or claim.
#[must_use]
pub fn place_of(row: &KeptRow) -> Option<u64> {
    <(u64, u64)>::from_bytes(&row.key).map(|(_, place)| place)
}

/// The claim that a kept row makes a part of another.
#[must_use]
pub fn part_of(row: &KeptRow) -> Option<ClaimId> {
    let is_join = row.register == Register::Joins as u8;
    <(u64, u64)>::from_bytes(&row.key).filter(|_| is_join).map(|(_, part)| ClaimId(part))
}

/// Whether it is a month that was closed.
#[must_use]
pub fn is_period(row: &KeptRow) -> bool {
    row.register == Register::Periods as u8
}

/// The claims that a kept row keeps apart, where it is one of those.
#[must_use]
pub fn apart_of(row: &KeptRow) -> Option<[ClaimId; 2]> {
    let is_apart = row.register == Register::Apart as u8;
    let claims = <(u64, u64)>::from_bytes(&row.key).filter(|_| is_apart)?;
    Some([ClaimId(claims.0), ClaimId(claims.1)])
}

/// Whether a row is one of what the office writes down by hand, and nothing else follows from it by rule.
#[must_use]
pub fn is_by_hand(row: &KeptRow) -> bool {
    row.register < Register::Items as u8
}

/// Whether it is a denial that was handed out: nobody minds who has it by now.
#[must_use]
pub fn is_lease(row: &KeptRow) -> bool {
    row.register == Register::Leases as u8
}

/// The denial that a kept row belongs to, where it is one of what happened to denials.
#[must_use]
pub fn case_of(row: &KeptRow) -> Option<CaseId> {
    let is_event = row.register == Register::CaseEvents as u8;
    <(u64, u64)>::from_bytes(&row.key).filter(|_| is_event).map(|(case, _)| CaseId(case))
}

impl WriteTables<'_> {
    /// From here on, what stands in registers is kept before it is changed.
    pub fn keep_rows(&mut self) {
        self.pending.kept.get_or_insert_default();
    }

    /// Keeps where a claim payment lies before a person moves it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn keep_place(&mut self, id: PaymentId) -> Result<()> {
        if self.pending.kept.is_some()
            && let Some(payment) = self.payment(id)?
        {
            self.pending.places.entry(id).or_insert_with(|| Place::of(&payment));
        }
        Ok(())
    }

    /// The claim payments that were kept, with where they lie now.
    pub(super) fn take_places(&mut self) -> Result<Vec<KeptPlace>> {
        let mut places = Vec::new();
        for (payment, before) in std::mem::take(&mut self.pending.places) {
            let now = self.payment(payment)?.map(|payment| Place::of(&payment));
            places.extend(now.map(|after| KeptPlace { payment, before, after }));
        }
        Ok(places)
    }

    /// Keeps to whom a key of payers leads before that is changed.
    pub(super) fn keep_payer_key(&mut self, key: &str) -> Result<()> {
        if self.pending.kept.is_some() {
            let stands = self.register_row(PAYER_KEYS, key.as_bytes())?;
            if let Some(kept) = &mut self.pending.kept {
                kept.entry((PAYER_KEYS, key.bytes().collect())).or_insert(stands);
            }
        }
        Ok(())
    }

    /// Takes out what happened to a denial from a place on, but for some places.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn cut_case_events(&mut self, case: CaseId, from: u64, but: &[u64]) -> Result<()> {
        let mut gone = Vec::new();
        for row in self.case_event_rows.get()?.range((case.0, from)..=(case.0, u64::MAX))? {
            gone.push(row?.0.value());
        }
        for key in gone.into_iter().filter(|(_, place)| !but.contains(place)) {
            CaseEvents(self, key)?;
            self.case_event_rows.get_mut()?.remove(key)?;
        }
        Ok(())
    }

    /// What was kept, with what stands there now. Rows that are as they were are left out.
    pub(super) fn take_kept(&mut self) -> Result<Vec<KeptRow>> {
        let mut rows = Vec::new();
        for ((register, key), before) in self.pending.kept.take().unwrap_or_default() {
            let after = self.register_row(register, &key)?;
            if before != after {
                rows.push(KeptRow { register, key, before, after });
            }
        }
        Ok(rows)
    }
}
