//! The row of a journal entry. It also names the entry of the same claim before it, so that a claim's entries form
//! a chain that begins at the claim's state.

use serde::{Deserialize, Serialize};

use super::{Bad, date, day, group, group_number};
use crate::domain::entry::{Entry, Posting, Reason, Source};
use crate::domain::{Account, ClaimId, Code, EntryId, Money, PayerId, PaymentId, PlbId, RemitId};

/// What a posting without a reason has in place of a group; 0 is a reason without a group, 1 to 5 are the groups.
const NO_REASON: u8 = 255;

#[derive(Serialize, Deserialize)]
pub struct EntryRow<'a> {
    posted_on: i32,
    effective_on: Option<i32>,
    recorded_at: i64,
    source: u8,
    claim: Option<u64>,
    remit: Option<u64>,
    payment: Option<u64>,
    plb: Option<u64>,
    reverses: Option<u64>,
    previous_of_claim: Option<u64>,
    rule: &'a str,
    memo: &'a str,
    user: &'a str,
    /// Account, cents, payer, line, group of the reason, code of the reason.
    postings: Vec<(u8, i64, u32, u16, u8, u32)>,
}

fn posting_row(posting: &Posting) -> (u8, i64, u32, u16, u8, u32) {
    let (group, code) = match posting.reason {
        Some(reason) => (group_number(reason.group), reason.code.number()),
        None => (NO_REASON, 0),
    };
    (posting.account as u8, posting.amount.cents(), posting.payer.0, posting.line, group, code)
}

fn posting(
    (account, cents, payer, line, number, code): (u8, i64, u32, u16, u8, u32),
) -> Result<Posting, Bad> {
    let reason = match number {
        NO_REASON => None,
        _ => Some(Reason { group: group(number)?, code: Code::from_number(code) }),
    };
    Ok(Posting {
        account: Account::from_number(account).ok_or_else(|| Bad(format!("{account} is no account")))?,
        amount: Money::from_cents(cents),
        payer: PayerId(payer),
        line,
        reason,
    })
}

/// An entry as a row.
pub fn to_row(entry: &Entry, previous_of_claim: Option<EntryId>) -> EntryRow<'_> {
    EntryRow {
        posted_on: day(entry.posted_on),
        effective_on: entry.effective_on.map(day),
        recorded_at: entry.recorded_at,
        source: entry.source as u8,
        claim: entry.claim.map(|id| id.0),
        remit: entry.remit.map(|id| id.0),
        payment: entry.payment.map(|id| id.0),
        plb: entry.plb.map(|id| id.0),
        reverses: entry.reverses.map(|id| id.0),
        previous_of_claim: previous_of_claim.map(|id| id.0),
        rule: &entry.rule,
        memo: &entry.memo,
        user: &entry.user,
        postings: entry.postings.iter().map(posting_row).collect(),
    }
}

/// An entry from its row, and the entry of the same claim before it.
pub fn from_row(row: EntryRow<'_>) -> Result<(Entry, Option<EntryId>), Bad> {
    let entry = Entry {
        posted_on: date(row.posted_on),
        effective_on: row.effective_on.map(date),
        recorded_at: row.recorded_at,
        source: Source::from_number(row.source)
            .ok_or_else(|| Bad(format!("{} is no source of an entry", row.source)))?,
        claim: row.claim.map(ClaimId),
        remit: row.remit.map(RemitId),
        payment: row.payment.map(PaymentId),
        plb: row.plb.map(PlbId),
        reverses: row.reverses.map(EntryId),
        rule: row.rule.to_owned(),
        memo: row.memo.to_owned(),
        user: row.user.to_owned(),
        postings: row.postings.into_iter().map(posting).collect::<Result<_, _>>()?,
    };
    Ok((entry, row.previous_of_claim.map(EntryId)))
}
