//! The hot row of a claim: where it stands, packed by hand into some forty bytes.
//!
//! Every posting rewrites it and every report may scan a million of it, which is why it is not left to the codec. The
//! charge alone takes 32 bytes, and an answer adds a dozen: a row has room for it from the beginning, for then it is
//! written over in its place, and the pages that an 837 filled need not be divided by the first remittance.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the version, [`VERSION`] |
//! | n | which of the optional parts follow, [`HAS_PATIENT_MONEY`] and so on, and [`ONLY_CHARGED`] |
//! | n, n, n | charge, paid by payers, adjusted (cents) |
//! | n, n | paid by the patient, written off (cents), with `HAS_PATIENT_MONEY` |
//! | n | the payer first billed |
//! | n each | service from, billed on, responsible since, last posted on: each with its flag, as the days since the one before that is there; the first counts from 1 January 2000 |
//! | n each | last entry, last payment, each with its flag |
//! | 1 | how many holdings |
//! | 1, n, n each | account, payer, cents of a holding |
//! | n, n each | how many cases and each case's number, with `HAS_CASES` |
//! | n | how many days with entries |
//! | n, 1, … each | such days, each as the days since the one before, and its holdings as above |
//! | … | zeroes, up to [`ROOM`] bytes in all |
//!
//! `n` is a number of variable length; see [`super::varint`].

use super::varint::{Rest, put, put_signed};
use super::{Bad, date, day};
use crate::domain::book::{ClaimState, Holding, Standing};
use crate::domain::{Account, CaseId, Date, EntryId, Few, Money, PayerId, PaymentId};

/// The shape above.
const VERSION: u8 = 1;

/// A row has so many bytes at least.
const ROOM: usize = 52;

const HAS_SERVICE_FROM: u64 = 1;
const HAS_BILLED_ON: u64 = 1 << 1;
const HAS_RESPONSIBLE_SINCE: u64 = 1 << 2;
const HAS_LAST_POSTED_ON: u64 = 1 << 3;
const HAS_LAST_ENTRY: u64 = 1 << 4;
const HAS_LAST_PAYMENT: u64 = 1 << 5;
const ONLY_CHARGED: u64 = 1 << 6;
// From here on, the flags take a second byte: few claims have these.
const HAS_PATIENT_MONEY: u64 = 1 << 7;
const HAS_CASES: u64 = 1 << 8;

/// Packs a state into `out`, in place of what was there.
pub fn pack(state: &ClaimState, out: &mut Vec<u8>) -> Result<(), Bad> {
    let patient_money = !(state.paid_patient.is_zero() && state.written_off.is_zero());
    let flags = [
        (state.service_from.is_some(), HAS_SERVICE_FROM),
        (state.billed_on.is_some(), HAS_BILLED_ON),
        (state.responsible_since.is_some(), HAS_RESPONSIBLE_SINCE),
        (state.last_posted_on.is_some(), HAS_LAST_POSTED_ON),
        (state.last_entry.is_some(), HAS_LAST_ENTRY),
        (state.last_payment.is_some(), HAS_LAST_PAYMENT),
        (state.only_charged, ONLY_CHARGED),
        (patient_money, HAS_PATIENT_MONEY),
        (!state.cases.is_empty(), HAS_CASES),
    ];
    out.clear();
    out.push(VERSION);
    put(out, flags.iter().filter(|(there, _)| *there).fold(0, |all, (_, flag)| all | flag));
    for amount in [state.charge, state.paid_insurance, state.adjusted] {
        put_signed(out, amount.cents());
    }
    if patient_money {
        put_signed(out, state.paid_patient.cents());
        put_signed(out, state.written_off.cents());
    }
    put(out, u64::from(state.billed_payer.0));
    let mut before = 0;
    let days = [state.service_from, state.billed_on, state.responsible_since, state.last_posted_on];
    for day in days.into_iter().flatten().map(|date| i64::from(day(date))) {
        put_signed(out, day - before);
        before = day;
    }
    for id in [state.last_entry.map(|id| id.0), state.last_payment.map(|id| id.0)].into_iter().flatten() {
        put(out, id);
    }
    put_holdings(&state.holdings, out)?;
    if !state.cases.is_empty() {
        put(out, state.cases.len() as u64);
        for case in &state.cases {
            put(out, case.0);
        }
    }
    put(out, state.days.len() as u64);
    let mut before = 0;
    for standing in &state.days {
        let number = i64::from(day(standing.on));
        put_signed(out, number - before);
        before = number;
        put_holdings(&standing.holdings, out)?;
    }
    out.resize(out.len().max(ROOM), 0);
    Ok(())
}

fn put_holdings(holdings: &[Holding], out: &mut Vec<u8>) -> Result<(), Bad> {
    out.push(u8::try_from(holdings.len()).map_err(|_| Bad("has more than 255 holdings".to_owned()))?);
    for holding in holdings {
        out.push(holding.account as u8);
        put(out, u64::from(holding.payer.0));
        put_signed(out, holding.amount.cents());
    }
    Ok(())
}

/// The state from its bytes.
pub fn unpack(bytes: &[u8]) -> Result<ClaimState, Bad> {
    let mut state = ClaimState::default();
    read(bytes, &mut state)?;
    Ok(state)
}

/// The same in place of another state, whose memory is used again.
pub fn read(bytes: &[u8], state: &mut ClaimState) -> Result<(), Bad> {
    let mut rest = Rest(bytes);
    let version = rest.byte()?;
    if version != VERSION {
        return Err(Bad(format!("has the form {version}, and {VERSION} was expected")));
    }
    let flags = rest.number()?;
    let has = |flag: u64| flags & flag != 0;
    state.charge = rest.money()?;
    state.paid_insurance = rest.money()?;
    state.adjusted = rest.money()?;
    (state.paid_patient, state.written_off) = match has(HAS_PATIENT_MONEY) {
        true => (rest.money()?, rest.money()?),
        false => (Money::ZERO, Money::ZERO),
    };
    state.billed_payer = rest.payer()?;
    let mut before = 0;
    let mut next_date = |flag: u64| if has(flag) { rest.date(&mut before).map(Some) } else { Ok(None) };
    state.service_from = next_date(HAS_SERVICE_FROM)?;
    state.billed_on = next_date(HAS_BILLED_ON)?;
    state.responsible_since = next_date(HAS_RESPONSIBLE_SINCE)?;
    state.last_posted_on = next_date(HAS_LAST_POSTED_ON)?;
    state.last_entry = if has(HAS_LAST_ENTRY) { Some(EntryId(rest.number()?)) } else { None };
    state.last_payment = if has(HAS_LAST_PAYMENT) { Some(PaymentId(rest.number()?)) } else { None };
    state.only_charged = has(ONLY_CHARGED);
    rest.holdings(&mut state.holdings)?;
    state.cases.clear();
    if has(HAS_CASES) {
        for _ in 0..rest.number()? {
            state.cases.push(CaseId(rest.number()?));
        }
    }
    let count = rest.number()?;
    let mut before = 0;
    for place in 0..count as usize {
        let on = rest.date(&mut before)?;
        if place == state.days.len() {
            state.days.push(Standing { on, holdings: Few::new() });
        }
        state.days[place].on = on;
        rest.holdings(&mut state.days[place].holdings)?;
    }
    state.days.truncate(count as usize);
    if bytes.len() > ROOM || rest.0.iter().any(|byte| *byte != 0) { rest.finish() } else { Ok(()) }
}

/// The parts of a state that are more than numbers.
impl Rest<'_> {
    fn money(&mut self) -> Result<Money, Bad> {
        self.signed().map(Money::from_cents)
    }

    fn payer(&mut self) -> Result<PayerId, Bad> {
        let number = self.number()?;
        u32::try_from(number).map(PayerId).map_err(|_| Bad(format!("{number} is no payer")))
    }

    /// In place of others.
    fn holdings(&mut self, holdings: &mut Few<Holding, 4>) -> Result<(), Bad> {
        let count = self.byte()?;
        holdings.clear();
        holdings.reserve(usize::from(count));
        for _ in 0..count {
            let account = self.byte()?;
            holdings.push(Holding {
                account: Account::from_number(account)
                    .ok_or_else(|| Bad(format!("{account} is no account")))?,
                payer: self.payer()?,
                amount: self.money()?,
            });
        }
        Ok(())
    }

    /// A day counted from the one before, which it replaces.
    fn date(&mut self, before: &mut i64) -> Result<Date, Bad> {
        let step = self.signed()?;
        let number = before.checked_add(step).ok_or_else(|| Bad("has a day out of bounds".to_owned()))?;
        *before = number;
        i32::try_from(number).map(date).map_err(|_| Bad(format!("{number} is no day")))
    }
}
