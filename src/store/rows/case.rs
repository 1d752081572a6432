//! The rows of denial cases, of what happened to them, and of the work on them.

use serde::{Deserialize, Serialize};

use super::{
    Bad, ReasonRow, Record, cents, code_numbers, codes, date, day, maybe_date, maybe_day, money, reason,
    reason_row,
};
use crate::domain::case::{
    CaseAct, CaseEvent, CaseState, CaseWork, DenialCase, DenialEvent, DeniedLine, Lease, LineReason,
    OpenCase, Outcome, Particulars, Proposal,
};
use crate::domain::clock::{Appealed, CaseFacts, ClaimFacts, Denied, Recourse};
use crate::domain::{Account, CaseId, ClaimId, EntryId, Money, PayerId, PaymentId};

#[derive(Serialize, Deserialize)]
pub struct CaseRow {
    claim: u64,
    payer: u32,
    reason: ReasonRow,
    remarks: Vec<u32>,
    lines: Vec<LineRow>,
    /// Payment, day, the payer's own day, what its remarks say of it (see [`said_of_itself`]), reason, cents.
    events: Vec<(u64, i32, i32, u8, ReasonRow, i64)>,
}

#[derive(Serialize, Deserialize)]
pub struct LineRow {
    line: u16,
    denied: i64,
    recovered: i64,
    open: i64,
    /// Written off, to the patient, to the next payer, nothing (once: paid and taken back), excess; none where all are zero.
    others: Vec<i64>,
    /// Reason, cents, remarks.
    reasons: Vec<(ReasonRow, i64, Vec<u32>)>,
}

fn line_row(line: &DeniedLine) -> LineRow {
    let others = [line.written_off, line.to_patient, line.to_next, Money::ZERO, line.excess];
    let others = if others.iter().all(|o| o.is_zero()) { &[][..] } else { &others[..] };
    let why = |r: &LineReason| (reason_row(r.reason), r.amount.cents(), code_numbers(&r.remarks));
    LineRow {
        line: line.line,
        denied: line.denied.cents(),
        recovered: line.recovered.cents(),
        open: line.open.cents(),
        others: others.iter().map(|o| o.cents()).collect(),
        reasons: line.reasons.iter().map(why).collect(),
    }
}

fn line(row: LineRow) -> Result<DeniedLine, Bad> {
    let other = |at: usize| Money::from_cents(row.others.get(at).copied().unwrap_or(0));
    let reasons = row.reasons.into_iter().map(|(why, amount, remarks)| {
        Ok(LineReason { reason: reason(why)?, amount: Money::from_cents(amount), remarks: codes(remarks) })
    });
    Ok(DeniedLine {
        line: row.line,
        denied: Money::from_cents(row.denied),
        recovered: Money::from_cents(row.recovered),
        written_off: other(0),
        to_patient: other(1),
        to_next: other(2),
        open: Money::from_cents(row.open),
        excess: other(4),
        reasons: reasons.collect::<Result<_, Bad>>()?,
    })
}

impl Record for DenialCase {
    const TABLE: &'static str = "cases";
    type Row<'a> = CaseRow;

    fn to_row(&self) -> CaseRow {
        let event = |e: &DenialEvent| {
            let days = (day(e.on), day(e.answered_on));
            let said = said_of_itself(e.notice, e.recourse);
            (e.payment.0, days.0, days.1, said, reason_row(e.reason), e.amount.cents())
        };
        CaseRow {
            claim: self.claim.0,
            payer: self.payer.0,
            reason: reason_row(self.reason),
            remarks: code_numbers(&self.remarks),
            lines: self.lines.iter().map(line_row).collect(),
            events: self.events.iter().map(event).collect(),
        }
    }

    fn from_row(key: u64, row: CaseRow) -> Result<DenialCase, Bad> {
        let event = |(payment, on, answered_on, said, why, cents)| {
            let (notice, recourse) = read_of_itself(said)?;
            Ok(DenialEvent {
                payment: PaymentId(payment),
                on: date(on),
                answered_on: date(answered_on),
                notice,
                recourse,
                reason: reason(why)?,
                amount: Money::from_cents(cents),
            })
        };
        Ok(DenialCase {
            id: CaseId(key),
            claim: ClaimId(row.claim),
            payer: PayerId(row.payer),
            reason: reason(row.reason)?,
            remarks: codes(row.remarks),
            lines: row.lines.into_iter().map(line).collect::<Result<_, Bad>>()?,
            events: row.events.into_iter().map(event).collect::<Result<_, Bad>>()?,
        })
    }
}

/// What a denial says of itself, in one byte: 1 for a mere repetition, and from the second bit on what it leaves open.
/// Earlier ledgers have the first alone.
const fn said_of_itself(notice: bool, recourse: Recourse) -> u8 {
    notice as u8 | (recourse as u8) << 1
}

fn read_of_itself(said: u8) -> Result<(bool, Recourse), Bad> {
    let recourse = Recourse::from_number(said >> 1);
    Ok((
        said & 1 == 1,
        recourse.ok_or_else(|| Bad(format!("{said} is nothing that a denial says of itself")))?,
    ))
}

/// The level of an appeal in the lower half, how a letter decided it in the upper: 0 where none did.
fn level_with_outcome(appeal: &Appealed) -> u8 {
    appeal.level & 15 | appeal.by_letter.map_or(0, |outcome| outcome as u8) << 4
}

fn read_level(said: u8) -> Result<(u8, Option<Outcome>), Bad> {
    let outcome = match said >> 4 {
        0 => None,
        number => Some(Outcome::from_number(number).ok_or_else(|| Bad(format!("{number} is no decision")))?),
    };
    Ok((said & 15, outcome))
}

fn state(number: u8) -> Result<CaseState, Bad> {
    CaseState::from_number(number).ok_or_else(|| Bad(format!("{number} is no state of a case")))
}

fn account(number: u8) -> Result<Account, Bad> {
    Account::from_number(number).ok_or_else(|| Bad(format!("{number} is no account")))
}

#[derive(Serialize, Deserialize)]
pub struct CaseEventRow<'a> {
    on: i32,
    recorded_at: i64,
    user: &'a str,
    act: u8,
    state: u8,
    level: u8,
    method: &'a str,
    proof: &'a str,
    reference: &'a str,
    representative: &'a str,
    promised: Option<i32>,
    whom: &'a str,
    amount: Option<i64>,
    /// 0 for none.
    account: u8,
    /// 0 for none.
    entry: u64,
    next_action: &'a str,
    next_on: Option<i32>,
    text: &'a str,
}

impl Record for CaseEvent {
    const TABLE: &'static str = "case_events";
    type Row<'a> = CaseEventRow<'a>;

    fn to_row(&self) -> CaseEventRow<'_> {
        CaseEventRow {
            on: day(self.on),
            recorded_at: self.recorded_at,
            user: &self.user,
            act: self.act as u8,
            state: self.state as u8,
            level: self.level,
            method: &self.about.method,
            proof: &self.about.proof,
            reference: &self.about.reference,
            representative: &self.about.representative,
            promised: maybe_day(self.about.promised),
            whom: &self.about.whom,
            amount: cents(self.about.amount),
            account: self.about.account.map_or(0, |account| account as u8),
            entry: self.entry.map_or(0, |entry| entry.0),
            next_action: &self.about.next_action,
            next_on: maybe_day(self.about.next_on),
            text: &self.about.text,
        }
    }

    fn from_row(_key: u64, row: CaseEventRow<'_>) -> Result<CaseEvent, Bad> {
        Ok(CaseEvent {
            on: date(row.on),
            recorded_at: row.recorded_at,
            user: row.user.to_owned(),
            act: CaseAct::from_number(row.act).ok_or_else(|| Bad(format!("{} is no act", row.act)))?,
            state: state(row.state)?,
            level: row.level,
            entry: (row.entry != 0).then_some(EntryId(row.entry)),
            about: Particulars {
                method: row.method.to_owned(),
                proof: row.proof.to_owned(),
                reference: row.reference.to_owned(),
                representative: row.representative.to_owned(),
                promised: maybe_date(row.promised),
                whom: row.whom.to_owned(),
                amount: money(row.amount),
                account: if row.account == 0 { None } else { Some(account(row.account)?) },
                next_action: row.next_action.to_owned(),
                next_on: maybe_date(row.next_on),
                text: row.text.to_owned(),
            },
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct CaseWorkRow<'a> {
    state: u8,
    assignee: &'a str,
    next_action: &'a str,
    next_on: Option<i32>,
    snoozed_until: Option<i32>,
    level: u8,
    appealed_on: Option<i32>,
    promised: Option<i32>,
    /// Cents, account, by, on, text.
    proposal: Option<(i64, u8, &'a str, i32, &'a str)>,
    touched_on: Option<i32>,
    events: u64,
}

impl Record for CaseWork {
    const TABLE: &'static str = "case_work";
    type Row<'a> = CaseWorkRow<'a>;

    fn to_row(&self) -> CaseWorkRow<'_> {
        let proposal = self.proposal.as_ref();
        CaseWorkRow {
            state: self.state as u8,
            assignee: &self.assignee,
            next_action: &self.next_action,
            next_on: maybe_day(self.next_on),
            snoozed_until: maybe_day(self.snoozed_until),
            level: self.level,
            appealed_on: maybe_day(self.appealed_on),
            promised: maybe_day(self.promised),
            proposal: proposal
                .map(|p| (p.amount.cents(), p.account as u8, p.by.as_str(), day(p.on), p.text.as_str())),
            touched_on: maybe_day(self.touched_on),
            events: self.events,
        }
    }

    fn from_row(_key: u64, row: CaseWorkRow<'_>) -> Result<CaseWork, Bad> {
        let proposal = row.proposal.map(|(cents, number, by, on, text)| {
            Ok(Proposal {
                amount: Money::from_cents(cents),
                account: account(number)?,
                by: by.to_owned(),
                on: date(on),
                text: text.to_owned(),
            })
        });
        Ok(CaseWork {
            state: state(row.state)?,
            assignee: row.assignee.to_owned(),
            next_action: row.next_action.to_owned(),
            next_on: maybe_date(row.next_on),
            snoozed_until: maybe_date(row.snoozed_until),
            level: row.level,
            appealed_on: maybe_date(row.appealed_on),
            promised: maybe_date(row.promised),
            proposal: proposal.transpose()?,
            touched_on: maybe_date(row.touched_on),
            events: row.events,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct OpenCaseRow<'a> {
    claim: u64,
    payer: u32,
    reason: ReasonRow,
    category: &'a str,
    open: i64,
    denied_on: i32,
    institutional: bool,
    from: Option<i32>,
    through: Option<i32>,
    prior_remittance: Option<i32>,
    /// Day, reason, what its remarks say of it (see [`said_of_itself`]).
    denials: Vec<(i32, ReasonRow, u8)>,
    /// Level and how a letter decided it (see [`level_with_outcome`]), sent, decided.
    appeals: Vec<(u8, i32, Option<i32>)>,
    state: u8,
    level: u8,
    next_on: Option<i32>,
    snoozed_until: Option<i32>,
    assignee: &'a str,
}

impl Record for OpenCase {
    const TABLE: &'static str = "open_cases";
    type Row<'a> = OpenCaseRow<'a>;

    fn to_row(&self) -> OpenCaseRow<'_> {
        let claim = self.facts.claim;
        let denial = |d: &Denied| (day(d.on), reason_row(d.reason), said_of_itself(d.notice, d.recourse));
        let appeal = |a: &Appealed| (level_with_outcome(a), day(a.sent), maybe_day(a.decided));
        OpenCaseRow {
            claim: self.claim.0,
            payer: self.payer.0,
            reason: reason_row(self.reason),
            category: &self.category,
            open: self.open.cents(),
            denied_on: day(self.denied_on),
            institutional: claim.institutional,
            from: maybe_day(claim.from),
            through: maybe_day(claim.through),
            prior_remittance: maybe_day(claim.prior_remittance),
            denials: self.facts.denials.iter().map(denial).collect(),
            appeals: self.facts.appeals.iter().map(appeal).collect(),
            state: self.state as u8,
            level: self.level,
            next_on: maybe_day(self.next_on),
            snoozed_until: maybe_day(self.snoozed_until),
            assignee: &self.assignee,
        }
    }

    fn from_row(key: u64, row: OpenCaseRow<'_>) -> Result<OpenCase, Bad> {
        let denial = |(on, why, said)| {
            let (notice, recourse) = read_of_itself(said)?;
            Ok(Denied { on: date(on), reason: reason(why)?, notice, recourse })
        };
        let appeal = |(said, sent, decided): (u8, i32, Option<i32>)| {
            let (level, by_letter) = read_level(said)?;
            Ok(Appealed { level, sent: date(sent), decided: maybe_date(decided), by_letter })
        };
        Ok(OpenCase {
            case: CaseId(key),
            claim: ClaimId(row.claim),
            payer: PayerId(row.payer),
            reason: reason(row.reason)?,
            category: row.category.to_owned(),
            open: Money::from_cents(row.open),
            denied_on: date(row.denied_on),
            facts: CaseFacts {
                claim: ClaimFacts {
                    institutional: row.institutional,
                    from: maybe_date(row.from),
                    through: maybe_date(row.through),
                    prior_remittance: maybe_date(row.prior_remittance),
                },
                denials: row.denials.into_iter().map(denial).collect::<Result<_, Bad>>()?,
                appeals: row.appeals.into_iter().map(appeal).collect::<Result<_, Bad>>()?,
            },
            state: state(row.state)?,
            level: row.level,
            next_on: maybe_date(row.next_on),
            snoozed_until: maybe_date(row.snoozed_until),
            assignee: row.assignee.to_owned(),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct LeaseRow<'a> {
    user: &'a str,
    until: i64,
}

impl Record for Lease {
    const TABLE: &'static str = "leases";
    type Row<'a> = LeaseRow<'a>;

    fn to_row(&self) -> LeaseRow<'_> {
        LeaseRow { user: &self.user, until: self.until }
    }

    fn from_row(key: u64, row: LeaseRow<'_>) -> Result<Lease, Bad> {
        Ok(Lease { case: CaseId(key), user: row.user.to_owned(), until: row.until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_denial_says_of_itself_is_one_byte() {
        let recourses = [Recourse::Usual, Recourse::NewClaim, Recourse::Nothing];
        for (notice, recourse) in recourses.iter().flat_map(|one| [(false, *one), (true, *one)]) {
            let said = read_of_itself(said_of_itself(notice, recourse)).expect("a denial's own");
            assert_eq!(said, (notice, recourse));
        }
        // Earlier ledgers have a yes or a no there.
        assert_eq!([said_of_itself(false, Recourse::Usual), said_of_itself(true, Recourse::Usual)], [0, 1]);
        assert!(read_of_itself(6).is_err());
    }
}
