//! The row of a journal entry. It also names the entry of the same claim before it, so that a claim's entries form
//! a chain that begins at the claim's state.

use super::block::{Packed, Packer, Unpacker};
use super::{Bad, date, group, group_number};
use crate::domain::entry::{Entry, Posting, Reason, Source};
use crate::domain::{Account, ClaimId, Code, EntryId, PayerId, PaymentId, PlbId, RemitId, Text};

/// Numbers that are near those of the neighbours.
const RECORDED_AT: usize = 0;
const POSTED_ON: usize = 1;
const CLAIM: usize = 2;
const REMIT: usize = 3;
const PAYMENT: usize = 4;
const PREVIOUS: usize = 5;

/// Writes an entry, and the entry of the same claim before it.
pub fn pack(entry: &Entry, previous_of_claim: Option<EntryId>, to: &mut Packer<'_>) {
    to.byte(entry.source as u8);
    to.flags(&[
        entry.claim.is_some(),
        entry.remit.is_some(),
        entry.payment.is_some(),
        previous_of_claim.is_some(),
        entry.reverses.is_some(),
        entry.plb.is_some(),
        entry.effective_on.is_some(),
    ]);
    to.near(RECORDED_AT, entry.recorded_at);
    to.near_day(POSTED_ON, entry.posted_on);
    let ids = [
        (CLAIM, entry.claim.map(|id| id.0)),
        (REMIT, entry.remit.map(|id| id.0)),
        (PAYMENT, entry.payment.map(|id| id.0)),
        (PREVIOUS, previous_of_claim.map(|id| id.0)),
    ];
    for (base, id) in ids {
        id.into_iter().for_each(|id| to.near(base, id as i64));
    }
    entry.reverses.into_iter().for_each(|id| to.number(id.0));
    entry.plb.into_iter().for_each(|id| to.number(id.0));
    entry.effective_on.into_iter().for_each(|on| to.day_from(entry.posted_on, on));
    [&entry.rule, &entry.user].into_iter().for_each(|text| to.shared(text));
    to.text(&entry.memo);
    to.list(&entry.postings, |to, posting| {
        to.byte(posting.account as u8);
        to.flags(&[posting.reason.is_some(), posting.line != 0]);
        to.number(u64::from(posting.payer.0));
        to.money(posting.amount);
        if posting.line != 0 {
            to.number(u64::from(posting.line));
        }
        if let Some(reason) = posting.reason {
            to.byte(group_number(reason.group));
            to.number(u64::from(reason.code.number()));
        }
    });
}

impl Packed for (Entry, Option<EntryId>) {
    const TABLE: &'static str = "journal";

    fn pack(&self, to: &mut Packer<'_>) {
        pack(&self.0, self.1, to);
    }

    fn unpack(_key: u64, from: &mut Unpacker<'_>) -> Result<Self, Bad> {
        let mut entry = blank();
        let previous = read(from, &mut entry)?;
        Ok((entry, previous))
    }
}

/// An entry that says nothing yet, for [`read`].
pub fn blank() -> Entry {
    Entry {
        posted_on: date(0),
        effective_on: None,
        recorded_at: 0,
        source: Source::Charge,
        claim: None,
        remit: None,
        payment: None,
        plb: None,
        reverses: None,
        rule: Text::default(),
        memo: Text::default(),
        user: Text::default(),
        postings: Vec::new(),
    }
}

/// Reads what `pack` wrote in place of another entry, whose memory is used again.
pub fn read(from: &mut Unpacker<'_>, entry: &mut Entry) -> Result<Option<EntryId>, Bad> {
    let source = from.byte()?;
    entry.source =
        Source::from_number(source).ok_or_else(|| Bad(format!("{source} is no source of an entry")))?;
    let mut there = from.flags()?;
    entry.recorded_at = from.near(RECORDED_AT)?;
    let posted_on = from.near_day(POSTED_ON)?;
    entry.posted_on = posted_on;
    let mut near =
        |there: bool, base| from.maybe(there, |from| from.near(base)).map(|id| id.map(|id| id as u64));
    entry.claim = near(there(), CLAIM)?.map(ClaimId);
    entry.remit = near(there(), REMIT)?.map(RemitId);
    entry.payment = near(there(), PAYMENT)?.map(PaymentId);
    let previous = near(there(), PREVIOUS)?.map(EntryId);
    entry.reverses = from.maybe(there(), Unpacker::number)?.map(EntryId);
    entry.plb = from.maybe(there(), Unpacker::number)?.map(PlbId);
    entry.effective_on = from.maybe(there(), |from| from.day_from(posted_on))?;
    replace(&mut entry.rule, from.shared()?);
    replace(&mut entry.user, from.shared()?);
    replace(&mut entry.memo, from.text()?);
    entry.postings.clear();
    for _ in 0..from.number()? {
        entry.postings.push(posting(from)?);
    }
    Ok(previous)
}

/// Neighbours mostly say the same.
fn replace(text: &mut Text, by: &str) {
    if text.as_str() != by {
        *text = by.into();
    }
}

fn posting(from: &mut Unpacker<'_>) -> Result<Posting, Bad> {
    let account = from.byte()?;
    let mut there = from.flags()?;
    let (has_reason, has_line) = (there(), there());
    let account = Account::from_number(account).ok_or_else(|| Bad(format!("{account} is no account")))?;
    let (payer, amount) = (from.small().map(PayerId)?, from.money()?);
    let line = from.maybe(has_line, Unpacker::small)?.unwrap_or(0);
    let reason = from.maybe(has_reason, |from| {
        Ok(Reason { group: group(from.byte()?)?, code: Code::from_number(from.small()?) })
    })?;
    Ok(Posting { account, amount, payer, line, reason })
}
