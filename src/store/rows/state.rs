//! The hot row of a claim: where it stands, packed by hand into some thirty bytes.
//!
//! Every posting rewrites it and every report may scan a million of it, which is why it is not left to the codec.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the version, [`VERSION`] |
//! | 1 | which of the optional parts follow: [`HAS_PATIENT_MONEY`] and so on |
//! | n, n, n | charge, paid by payers, adjusted (cents) |
//! | n, n | paid by the patient, written off (cents), with `HAS_PATIENT_MONEY` |
//! | n | the payer first billed |
//! | n each | service from, billed on, responsible since, last posted on: each with its flag, as the days since the one before that is there; the first counts from 1 January 2000 |
//! | n each | last entry, last payment, each with its flag |
//! | 1 | how many holdings |
//! | 1, n, n each | account, payer, cents of a holding |
//! | n, n each | how many cases and each case's number, with `HAS_CASES` |
//!
//! `n` is a number of variable length: seven bits a byte, low bits first, the high bit set on all but the last byte.
//! Numbers that may be negative are folded first: 0, −1, 1, −2 become 0, 1, 2, 3.

use super::{Bad, date, day};
use crate::domain::book::{ClaimState, Holding};
use crate::domain::{Account, CaseId, Date, EntryId, Money, PayerId, PaymentId};

/// The shape above.
const VERSION: u8 = 1;

const HAS_SERVICE_FROM: u8 = 1;
const HAS_BILLED_ON: u8 = 1 << 1;
const HAS_RESPONSIBLE_SINCE: u8 = 1 << 2;
const HAS_LAST_POSTED_ON: u8 = 1 << 3;
const HAS_LAST_ENTRY: u8 = 1 << 4;
const HAS_LAST_PAYMENT: u8 = 1 << 5;
const HAS_PATIENT_MONEY: u8 = 1 << 6;
const HAS_CASES: u8 = 1 << 7;

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
        (patient_money, HAS_PATIENT_MONEY),
        (!state.cases.is_empty(), HAS_CASES),
    ];
    out.clear();
    out.push(VERSION);
    out.push(flags.iter().filter(|(there, _)| *there).fold(0, |all, (_, flag)| all | flag));
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
    out.push(u8::try_from(state.holdings.len()).map_err(|_| Bad("has more than 255 holdings".to_owned()))?);
    for holding in &state.holdings {
        out.push(holding.account as u8);
        put(out, u64::from(holding.payer.0));
        put_signed(out, holding.amount.cents());
    }
    if !state.cases.is_empty() {
        put(out, state.cases.len() as u64);
        for case in &state.cases {
            put(out, case.0);
        }
    }
    Ok(())
}

/// The state from its bytes.
pub fn unpack(bytes: &[u8]) -> Result<ClaimState, Bad> {
    let mut rest = Rest(bytes);
    let version = rest.byte()?;
    if version != VERSION {
        return Err(Bad(format!("has the form {version}, and {VERSION} was expected")));
    }
    let flags = rest.byte()?;
    let has = |flag: u8| flags & flag != 0;
    let mut state = ClaimState {
        charge: rest.money()?,
        paid_insurance: rest.money()?,
        adjusted: rest.money()?,
        ..ClaimState::default()
    };
    if has(HAS_PATIENT_MONEY) {
        state.paid_patient = rest.money()?;
        state.written_off = rest.money()?;
    }
    state.billed_payer = rest.payer()?;
    let mut before = 0;
    let mut next_date = |flag: u8| if has(flag) { rest.date(&mut before).map(Some) } else { Ok(None) };
    state.service_from = next_date(HAS_SERVICE_FROM)?;
    state.billed_on = next_date(HAS_BILLED_ON)?;
    state.responsible_since = next_date(HAS_RESPONSIBLE_SINCE)?;
    state.last_posted_on = next_date(HAS_LAST_POSTED_ON)?;
    state.last_entry = if has(HAS_LAST_ENTRY) { Some(EntryId(rest.number()?)) } else { None };
    state.last_payment = if has(HAS_LAST_PAYMENT) { Some(PaymentId(rest.number()?)) } else { None };
    for _ in 0..rest.byte()? {
        let account = rest.byte()?;
        state.holdings.push(Holding {
            account: Account::from_number(account).ok_or_else(|| Bad(format!("{account} is no account")))?,
            payer: rest.payer()?,
            amount: rest.money()?,
        });
    }
    if has(HAS_CASES) {
        for _ in 0..rest.number()? {
            state.cases.push(CaseId(rest.number()?));
        }
    }
    if !rest.0.is_empty() {
        return Err(Bad(format!("has {} bytes too many", rest.0.len())));
    }
    Ok(state)
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn byte(&mut self) -> Result<u8, Bad> {
        let (&byte, rest) = self.0.split_first().ok_or_else(|| Bad("ends too early".to_owned()))?;
        self.0 = rest;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, Bad> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Bad("has a number of more than 64 bits".to_owned()))
    }

    fn signed(&mut self) -> Result<i64, Bad> {
        let folded = self.number()?;
        Ok((folded >> 1) as i64 ^ -((folded & 1) as i64))
    }

    fn money(&mut self) -> Result<Money, Bad> {
        self.signed().map(Money::from_cents)
    }

    fn payer(&mut self) -> Result<PayerId, Bad> {
        let number = self.number()?;
        u32::try_from(number).map(PayerId).map_err(|_| Bad(format!("{number} is no payer")))
    }

    /// A day counted from the one before, which it replaces.
    fn date(&mut self, before: &mut i64) -> Result<Date, Bad> {
        let step = self.signed()?;
        let number = before.checked_add(step).ok_or_else(|| Bad("has a day out of bounds".to_owned()))?;
        *before = number;
        i32::try_from(number).map(date).map_err(|_| Bad(format!("{number} is no day")))
    }
}
