//! The rows of closed months and of the audit log.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, date, day};
use crate::domain::audit::AuditRecord;
use crate::domain::book::Footing;
use crate::domain::period::{Accepted, PeriodAct, PeriodBalance, PeriodRecord};
use crate::domain::{Account, Code, Money, Month, PayerId};

/// Closed or reopened, when, who, why.
type ActRow<'a> = (bool, i64, &'a str, &'a str);
/// Check, items, cents, why.
type AcceptedRow<'a> = (&'a str, u64, i64, &'a str);

#[derive(Serialize, Deserialize)]
pub struct PeriodRow<'a> {
    closed: bool,
    #[serde(borrow)]
    acts: Vec<ActRow<'a>>,
    #[serde(borrow)]
    accepted: Vec<AcceptedRow<'a>>,
    entries: u64,
    previous: [u8; 32],
    seal: [u8; 32],
    /// Account, PLB code, cents moved, cents standing.
    balances: Vec<(u8, u32, i64, i64)>,
    #[serde(borrow)]
    lines: Vec<(&'a str, i64)>,
}

impl Record for PeriodRecord {
    const TABLE: &'static str = "periods";
    type Row<'a> = PeriodRow<'a>;

    fn to_row(&self) -> PeriodRow<'_> {
        PeriodRow {
            closed: self.closed,
            acts: self.acts.iter().map(|a| (a.closed, a.at, a.user.as_str(), a.reason.as_str())).collect(),
            accepted: self
                .accepted
                .iter()
                .map(|a| (a.check.as_str(), a.items, a.amount.cents(), a.reason.as_str()))
                .collect(),
            entries: self.entries,
            previous: self.previous,
            seal: self.seal,
            balances: self
                .balances
                .iter()
                .map(|b| (b.account as u8, b.code.number(), b.moved.cents(), b.stands.cents()))
                .collect(),
            lines: self.lines.iter().map(|(word, amount)| (word.as_str(), amount.cents())).collect(),
        }
    }

    fn from_row(key: u64, row: PeriodRow<'_>) -> Result<PeriodRecord, Bad> {
        let month = u32::try_from(key).ok().and_then(Month::from_number);
        let act = |(closed, at, user, reason): ActRow<'_>| PeriodAct {
            closed,
            at,
            user: user.to_owned(),
            reason: reason.to_owned(),
        };
        let accepted = |(check, items, cents, reason): AcceptedRow<'_>| Accepted {
            check: check.to_owned(),
            items,
            amount: Money::from_cents(cents),
            reason: reason.to_owned(),
        };
        let balance = |(account, code, moved, stands): (u8, u32, i64, i64)| {
            Ok(PeriodBalance {
                account: Account::from_number(account)
                    .ok_or_else(|| Bad(format!("{account} is no account")))?,
                code: Code::from_number(code),
                moved: Money::from_cents(moved),
                stands: Money::from_cents(stands),
            })
        };
        Ok(PeriodRecord {
            month: month.ok_or_else(|| Bad("is no month".to_owned()))?,
            closed: row.closed,
            acts: row.acts.into_iter().map(act).collect(),
            accepted: row.accepted.into_iter().map(accepted).collect(),
            entries: row.entries,
            previous: row.previous,
            seal: row.seal,
            balances: row.balances.into_iter().map(balance).collect::<Result<_, Bad>>()?,
            lines: row
                .lines
                .into_iter()
                .map(|(word, cents)| (word.to_owned(), Money::from_cents(cents)))
                .collect(),
        })
    }
}

/// What a claim stood on: service from, billed on, the payer billed.
pub type FootingRow = (Option<i32>, Option<i32>, u32);

/// A footing as a row.
pub fn footing_row(footing: &Footing) -> FootingRow {
    (footing.service_from.map(day), footing.billed_on.map(day), footing.billed_payer.0)
}

/// A footing from its row.
pub fn footing(until: i32, (service_from, billed_on, payer): FootingRow) -> Footing {
    Footing {
        until: date(until),
        service_from: service_from.map(date),
        billed_on: billed_on.map(date),
        billed_payer: PayerId(payer),
    }
}

#[derive(Serialize, Deserialize)]
pub struct AuditRow<'a> {
    at: i64,
    user: &'a str,
    what: &'a str,
    subject: &'a str,
    details: &'a str,
    seal: [u8; 32],
}

impl Record for AuditRecord {
    const TABLE: &'static str = "audit";
    type Row<'a> = AuditRow<'a>;

    fn to_row(&self) -> AuditRow<'_> {
        AuditRow {
            at: self.at,
            user: &self.user,
            what: &self.what,
            subject: &self.subject,
            details: &self.details,
            seal: self.seal,
        }
    }

    fn from_row(key: u64, row: AuditRow<'_>) -> Result<AuditRecord, Bad> {
        Ok(AuditRecord {
            id: key,
            at: row.at,
            user: row.user.to_owned(),
            what: row.what.to_owned(),
            subject: row.subject.to_owned(),
            details: row.details.to_owned(),
            seal: row.seal,
        })
    }
}
