//! Rows of a payments table into remittances: rows with one payer, check number and check date are one payment, and
//! within it rows with one claim number (and payer's number, and status) are one answer. A row with a provider-level code
//! is an item of the payment: interest, money taken back.

use sha2::{Digest, Sha256};

use super::fields::{Field, fold};
use super::row::{Bad, Row};
use crate::domain::remit::{
    Adjustment, ClaimPayment, LinePayment, PartyName, ProviderAdjustment, RemitHeader, RemitPerson,
};
use crate::domain::{Code, Date, GroupCode, Money, PatientControlNumber, PayerControlNumber, Text, card};
use crate::input::survey::SetTotals;

/// One row: one service line of one answer, or a provider-level item.
pub struct Piece {
    line_of_file: u64,
    payer: Text,
    payer_id: Text,
    /// The check number.
    pub trace: Text,
    paid_on: Date,
    check_amount: Option<Money>,
    method: Text,
    says: Says,
}

/// What a row says.
enum Says {
    Service(Box<(ClaimPayment, LinePayment)>),
    Item(ProviderAdjustment),
}

/// One payment with its answers.
#[derive(Debug)]
pub struct Remittance {
    /// The payment.
    pub header: RemitHeader,
    /// The answers.
    pub claims: Vec<ClaimPayment>,
    /// The provider-level items.
    pub items: Vec<ProviderAdjustment>,
    /// What it adds up to.
    pub totals: SetTotals,
    /// Hash of what it says, whatever its place in the file and the order of its rows.
    pub content_hash: [u8; 32],
    /// Why it must not post, where its check amounts contradict each other.
    pub contradiction: Option<String>,
}

impl Says {
    /// What the row adds to the payment.
    fn pays(&self) -> Money {
        match self {
            Says::Service(both) => both.1.paid,
            Says::Item(item) => -item.amount,
        }
    }
}

impl Piece {
    /// What rows of one payment share.
    pub fn key(&self) -> String {
        let payer = if self.payer_id.is_empty() { &self.payer } else { &self.payer_id };
        format!("{}\u{1f}{}\u{1f}{}", fold(payer), self.trace.to_uppercase(), self.paid_on)
    }

    /// Everything it says, in one text that is the same in every version of this program.
    fn said(&self) -> String {
        let (a, s) = match &self.says {
            Says::Service(both) => (&both.0, &both.1),
            Says::Item(item) => {
                return format!("plb\u{1f}{}\u{1f}{}\u{1f}{}", item.reason, item.reference, item.amount);
            }
        };
        let day = |date: Option<Date>| date.map(|d| d.to_string()).unwrap_or_default();
        let reasons = s
            .adjustments
            .iter()
            .map(|r| format!("{}-{}={}", r.group.map_or("", GroupCode::as_str), r.reason, r.amount));
        let reasons: Vec<String> = reasons.collect();
        let remarks: Vec<String> = s.remarks.iter().map(ToString::to_string).collect();
        [
            a.control_number.as_str(),
            a.payer_number.as_str(),
            &a.status,
            &a.patient.last,
            &a.patient.first,
            &a.patient.member_id,
            &day(s.from),
            &day(s.to),
            &s.procedure,
            &s.modifiers.join(":"),
            &s.control_number,
            &s.charge.to_string(),
            &s.paid.to_string(),
            &reasons.join("+"),
            &remarks.join("+"),
        ]
        .join("\u{1f}")
    }
}

/// What rows of one answer share.
fn answer_key(a: &ClaimPayment) -> String {
    let nameless = if a.control_number.is_empty() && a.payer_number.is_empty() { a.segment } else { 0 };
    format!("{}\u{1f}{}\u{1f}{}\u{1f}{nameless}", a.control_number, a.payer_number, a.status)
}

/// Reads a row.
pub fn read(row: &Row<'_>) -> Result<Piece, Bad> {
    let says = if row.text(Field::PlbCode).is_empty() { service(row)? } else { Says::Item(item(row)?) };
    let paid = says.pays();
    let check_amount = row.money(Field::CheckAmount, 1)?;
    let trace = row.text(Field::CheckNumber);
    if trace.is_empty() && (!paid.is_zero() || check_amount.is_some_and(|total| !total.is_zero())) {
        return Err(row.bad(
            Field::CheckNumber,
            1,
            "a payment needs its check number; only a denial has none",
        ));
    }
    let (payer, payer_id) = (row.text(Field::Payer), row.text(Field::PayerId));
    if payer.is_empty() && payer_id.is_empty() {
        return Err(row.bad(Field::Payer, 1, "the payer must not be blank"));
    }
    let blank_date = || row.bad(Field::CheckDate, 1, "check_date must not be blank");
    Ok(Piece {
        line_of_file: row.line,
        payer,
        payer_id,
        trace,
        paid_on: row.date(Field::CheckDate)?.ok_or_else(blank_date)?,
        check_amount,
        method: method(row)?,
        says,
    })
}

/// One service line of one answer.
fn service(row: &Row<'_>) -> Result<Says, Bad> {
    let (from, to) = row.service()?;
    let (charge, paid) = (row.amount(Field::Charge)?, row.amount(Field::Paid)?);
    let (last, first) = row.person();
    let service = LinePayment {
        procedure: row.code(Field::Procedure, 8)?,
        modifiers: row.modifiers()?,
        revenue_code: row.code(Field::Revenue, 4)?,
        charge,
        paid,
        units: Some(row.units()?),
        from,
        to,
        adjustments: adjustments(row)?.into(),
        control_number: row.text(Field::LineId),
        remarks: remarks(row)?,
        segment: row.line,
        ..LinePayment::default()
    };
    let answer = ClaimPayment {
        control_number: PatientControlNumber::new(&row.text(Field::ControlNumber)),
        status: status(row, charge.is_negative() || paid.is_negative())?,
        filing: row.code(Field::Filing, 2)?,
        payer_number: PayerControlNumber::new(&row.text(Field::PayerNumber)),
        patient: RemitPerson { last, first, member_id: row.text(Field::Member), other_kind: false },
        rendering_npi: row.npi(Field::RenderingNpi)?,
        segment: row.line,
        ..ClaimPayment::default()
    };
    Ok(Says::Service(Box::new((answer, service))))
}

/// A provider-level item. A positive amount lowers the payment, as in an 835.
fn item(row: &Row<'_>) -> Result<ProviderAdjustment, Bad> {
    for field in [Field::ControlNumber, Field::Charge, Field::Paid] {
        if !row.text(field).is_empty() {
            let why = "a row with a provider-level code is of no claim: leave claim, charge and paid blank";
            return Err(row.bad(field, 1, why));
        }
    }
    Ok(ProviderAdjustment {
        provider: Text::default(),
        fiscal_period_end: None,
        reason: row.code(Field::PlbCode, 2)?,
        reference: row.text(Field::PlbReference),
        amount: row.amount(Field::PlbAmount)?,
        segment: row.line,
    })
}

/// Puts the rows of one payment together.
pub fn join(mut pieces: Vec<Piece>) -> Option<Remittance> {
    let first = pieces.first()?;
    let sum: Money = pieces.iter().map(|piece| piece.says.pays()).sum();
    let mut totals_said: Vec<Money> = pieces.iter().filter_map(|piece| piece.check_amount).collect();
    totals_said.sort_unstable();
    totals_said.dedup();
    let contradiction = match totals_said[..] {
        [] => None,
        [total] if total == sum => None,
        [total] => Some(format!("the check amount is {total}, its rows add up to {sum}")),
        [one, two, ..] => Some(format!("the rows of one check name different amounts: {one} and {two}")),
    };
    let paid = totals_said.first().copied().unwrap_or(sum);
    let cash = if paid.is_zero() { "NON" } else { "CHK" };
    let header = RemitHeader {
        control: first.line_of_file.to_string().into(),
        handling: "I".into(),
        paid,
        method: if first.method.is_empty() { cash.into() } else { first.method.clone() },
        paid_on: Some(first.paid_on),
        trace: card::masked(&first.trace).as_ref().into(),
        payer: PartyName { name: first.payer.clone(), ident: first.payer_id.clone(), ..PartyName::default() },
        ..RemitHeader::default()
    };
    let mut said: Vec<String> = pieces.iter().map(Piece::said).collect();
    said.sort_unstable();
    said.push(format!("payments-csv\u{1f}{}\u{1f}{paid}", first.key()));
    let content_hash = Sha256::digest(said.join("\u{1e}")).into();
    let (claims, items) = answers(&mut pieces);
    let plb: Money = items.iter().map(|item| item.amount).sum();
    let totals = SetTotals {
        claims: claims.len() as u64,
        charge: claims.iter().map(|claim| claim.charge).sum(),
        claim_paid: sum + plb,
        paid,
        plb,
        balanced: contradiction.is_none(),
    };
    Some(Remittance { header, claims, items, totals, content_hash, contradiction })
}

/// The answers in the order of their first rows. An answer of one row that names no service speaks of the claim as a
/// whole; rows of others are its service lines. And the provider-level items.
fn answers(pieces: &mut Vec<Piece>) -> (Vec<ClaimPayment>, Vec<ProviderAdjustment>) {
    let mut answers: Vec<(String, ClaimPayment)> = Vec::new();
    let mut items = Vec::new();
    let mut places = std::collections::HashMap::new();
    for piece in pieces.drain(..) {
        let (said, service) = match piece.says {
            Says::Service(both) => *both,
            Says::Item(item) => {
                items.push(item);
                continue;
            }
        };
        let key = answer_key(&said);
        let at = *places.entry(key.clone()).or_insert(answers.len());
        if at == answers.len() {
            answers.push((key, said));
        }
        let answer = &mut answers[at].1;
        answer.charge += service.charge;
        answer.paid += service.paid;
        let earliest = [answer.service_from, service.from].into_iter().flatten().min();
        answer.service_from = earliest;
        answer.service_to = answer.service_to.max(service.to);
        answer.lines.push(service);
    }
    for (_, answer) in &mut answers {
        if let [only] = &mut answer.lines[..]
            && only.procedure.is_empty()
            && only.revenue_code.is_empty()
        {
            answer.adjustments = std::mem::take(&mut only.adjustments).into_vec();
            answer.remarks = std::mem::take(&mut only.remarks);
            answer.lines.clear();
        }
    }
    (answers.into_iter().map(|(_, answer)| answer).collect(), items)
}

/// CLP02. Where no column says it, 1: a payer that the claim names further back is believed to be that one anyway.
fn status(row: &Row<'_>, negative: bool) -> Result<Text, Bad> {
    let status = match row.text(Field::Status).to_ascii_lowercase().as_str() {
        "" if negative => "22",
        "" | "1" | "primary" | "processed as primary" => "1",
        "2" | "secondary" | "processed as secondary" => "2",
        "3" | "tertiary" | "processed as tertiary" => "3",
        "4" | "denied" => "4",
        "22" | "reversal" | "reversal of previous payment" => "22",
        "19" => "19",
        "20" => "20",
        "21" => "21",
        "23" => "23",
        _ => {
            return Err(row.bad(
                Field::Status,
                1,
                "expected primary, secondary, tertiary, denied or reversal, or the number of an 835 status",
            ));
        }
    };
    Ok(status.into())
}

fn method(row: &Row<'_>) -> Result<Text, Bad> {
    Ok(match row.text(Field::Method).to_ascii_lowercase().as_str() {
        "" => "",
        "check" | "chk" | "paper" | "paper check" => "CHK",
        "eft" | "ach" => "ACH",
        "virtual card" | "vcc" | "card" | "credit card" => "FWT",
        "none" | "non" => "NON",
        _ => return Err(row.bad(Field::Method, 1, "expected check, eft, card or none")),
    }
    .into())
}

/// `CO-45`, `CO45` or `45`; what stands before the number may also stand in a column of its own.
fn reason(row: &Row<'_>, field: Field, number: u8, group: &str) -> Result<(GroupCode, Code), Bad> {
    let text = row.nth(field, number).to_ascii_uppercase();
    let (own, code) =
        match text.get(..2).and_then(|two| GroupCode::parse(two).map(|group| (group, &text[2..]))) {
            Some((group, rest)) if !rest.is_empty() => (Some(group), rest.trim_start_matches(['-', ' '])),
            _ => (None, text.as_str()),
        };
    let said = GroupCode::parse(&group.to_ascii_uppercase());
    let group = match (own, said) {
        (Some(own), Some(said)) if own != said => None,
        (own, said) => own.or(said),
    };
    let expected = "expected a group (CO, PR, OA, PI) and a reason code, such as CO-45";
    match (group, Code::parse(code)) {
        (Some(group), Some(code)) => Ok((group, code)),
        _ => Err(row.bad(field, number, expected)),
    }
}

/// The columns that have a reason each, then the general ones.
fn adjustments(row: &Row<'_>) -> Result<Vec<Adjustment>, Bad> {
    const PLAIN: [(Field, GroupCode, &str); 4] = [
        (Field::Contractual, GroupCode::Co, "45"),
        (Field::Deductible, GroupCode::Pr, "1"),
        (Field::Coinsurance, GroupCode::Pr, "2"),
        (Field::Copay, GroupCode::Pr, "3"),
    ];
    let mut found = Vec::new();
    let mut add = |group, reason, amount: Money| {
        if !amount.is_zero() {
            found.push(Adjustment { group: Some(group), reason, amount });
        }
    };
    for (field, group, code) in PLAIN {
        let amount = row.money(field, 1)?.unwrap_or(Money::ZERO);
        add(group, Code::parse(code).unwrap_or(Code::NONE), amount);
    }
    if let Some(denied) = row.money(Field::Denied, 1)?.filter(|amount| !amount.is_zero()) {
        if row.text(Field::DenialCode).is_empty() {
            return Err(row.bad(Field::Denied, 1, "an amount is denied and denial_code does not say why"));
        }
        let (group, code) = match reason(row, Field::DenialCode, 1, "") {
            Ok(reason) => reason,
            Err(_) => reason(row, Field::DenialCode, 1, "CO")?,
        };
        add(group, code, denied);
    }
    for number in 1..=6 {
        let amount = row.money(Field::AdjAmount, number)?.unwrap_or(Money::ZERO);
        if !amount.is_zero() {
            let (group, code) = reason(row, Field::AdjCode, number, &row.nth(Field::AdjGroup, number))?;
            add(group, code, amount);
        }
    }
    Ok(found)
}

fn remarks(row: &Row<'_>) -> Result<Vec<Code>, Bad> {
    let bad = || row.bad(Field::Remark, 1, "expected remark codes such as N130 or MA01");
    row.all(Field::Remark).iter().map(|code| Code::parse(code).ok_or_else(bad)).collect()
}
