//! The row of a claim payment: a whole CLP loop with its lines and adjustments, in one value.
//!
//! One row instead of one for each line and adjustment is what makes posting fast. The problems found while reading
//! the loop are not kept with it: those that matter are in the remittance's issues and in the payment's rule.

use serde::{Deserialize, Serialize};

use super::remit::{PartyRow, party, party_row};
use super::{
    Bad, Record, borrowed, cents, code_numbers, codes, date, day, group, group_number, money, owned,
};
use crate::domain::book::{PaymentRecord, PaymentStatus};
use crate::domain::remit::{Adjustment, ClaimPayment, LinePayment, RemitPerson};
use crate::domain::{
    ClaimId, Code, EntryId, Money, PatientControlNumber, PayerControlNumber, PayerId, PaymentId, Quantity,
    RemitId,
};

/// Last name, first name, member id.
type RemitPersonRow<'a> = (&'a str, &'a str, &'a str);
/// Group (0 where unknown), code, cents.
type AdjustmentRow = (u8, u32, i64);

#[derive(Serialize, Deserialize)]
pub struct PaymentRow<'a> {
    remit: u64,
    posted_on: i32,
    payer: u32,
    trace: &'a str,
    forwarded_to: u32,
    claim: Option<u64>,
    matched_by: &'a str,
    previous_of_claim: Option<u64>,
    held_entry: Option<u64>,
    status: u8,
    rule: &'a str,
    message: &'a str,
    control_number: &'a str,
    /// CLP02.
    answer: &'a str,
    charge: i64,
    paid: i64,
    patient_responsibility: Option<i64>,
    filing: &'a str,
    payer_number: &'a str,
    facility: &'a str,
    frequency: &'a str,
    patient: RemitPersonRow<'a>,
    insured: Option<RemitPersonRow<'a>>,
    corrected: Option<RemitPersonRow<'a>>,
    crossover: Option<PartyRow<'a>>,
    rendering_npi: &'a str,
    payee: Option<PartyRow<'a>>,
    other_numbers: Vec<&'a str>,
    adjustments: Vec<AdjustmentRow>,
    remarks: Vec<u32>,
    service_from: Option<i32>,
    service_to: Option<i32>,
    received_on: Option<i32>,
    interest: i64,
    discount: i64,
    lines: Vec<LinePaymentRow<'a>>,
    segment: u64,
}

#[derive(Serialize, Deserialize)]
struct LinePaymentRow<'a> {
    qualifier: &'a str,
    procedure: &'a str,
    modifiers: Vec<&'a str>,
    original_procedure: &'a str,
    original_modifiers: Vec<&'a str>,
    revenue_code: &'a str,
    charge: i64,
    paid: i64,
    units: Option<i64>,
    from: Option<i32>,
    to: Option<i32>,
    adjustments: Vec<AdjustmentRow>,
    control_number: &'a str,
    remarks: Vec<u32>,
    allowed: Option<i64>,
    segment: u64,
}

fn person_row(person: &RemitPerson) -> RemitPersonRow<'_> {
    (&person.last, &person.first, &person.member_id)
}

fn person((last, first, member_id): RemitPersonRow<'_>) -> RemitPerson {
    RemitPerson { last: last.to_owned(), first: first.to_owned(), member_id: member_id.to_owned() }
}

fn adjustment_rows(adjustments: &[Adjustment]) -> Vec<AdjustmentRow> {
    adjustments.iter().map(|a| (group_number(a.group), a.reason.number(), a.amount.cents())).collect()
}

fn adjustments(rows: Vec<AdjustmentRow>) -> Result<Vec<Adjustment>, Bad> {
    let adjustment = |(number, code, cents): AdjustmentRow| {
        Ok(Adjustment {
            group: group(number)?,
            reason: Code::from_number(code),
            amount: Money::from_cents(cents),
        })
    };
    rows.into_iter().map(adjustment).collect()
}

fn line_row(line: &LinePayment) -> LinePaymentRow<'_> {
    LinePaymentRow {
        qualifier: &line.qualifier,
        procedure: &line.procedure,
        modifiers: borrowed(&line.modifiers),
        original_procedure: &line.original_procedure,
        original_modifiers: borrowed(&line.original_modifiers),
        revenue_code: &line.revenue_code,
        charge: line.charge.cents(),
        paid: line.paid.cents(),
        units: line.units.map(Quantity::thousandths),
        from: line.from.map(day),
        to: line.to.map(day),
        adjustments: adjustment_rows(&line.adjustments),
        control_number: &line.control_number,
        remarks: code_numbers(&line.remarks),
        allowed: cents(line.allowed),
        segment: line.segment,
    }
}

fn line(row: LinePaymentRow<'_>) -> Result<LinePayment, Bad> {
    Ok(LinePayment {
        qualifier: row.qualifier.to_owned(),
        procedure: row.procedure.to_owned(),
        modifiers: owned(row.modifiers),
        original_procedure: row.original_procedure.to_owned(),
        original_modifiers: owned(row.original_modifiers),
        revenue_code: row.revenue_code.to_owned(),
        charge: Money::from_cents(row.charge),
        paid: Money::from_cents(row.paid),
        units: row.units.map(Quantity::from_thousandths),
        from: row.from.map(date),
        to: row.to.map(date),
        adjustments: adjustments(row.adjustments)?,
        control_number: row.control_number.to_owned(),
        remarks: codes(row.remarks),
        allowed: money(row.allowed),
        segment: row.segment,
    })
}

impl Record for PaymentRecord {
    const TABLE: &'static str = "payments";
    type Row<'a> = PaymentRow<'a>;

    fn to_row(&self) -> PaymentRow<'_> {
        let payment = &self.payment;
        PaymentRow {
            remit: self.remit.0,
            posted_on: day(self.posted_on),
            payer: self.payer.0,
            trace: &self.trace,
            forwarded_to: self.forwarded_to.0,
            claim: self.claim.map(|claim| claim.0),
            matched_by: &self.matched_by,
            previous_of_claim: self.previous_of_claim.map(|payment| payment.0),
            held_entry: self.held_entry.map(|entry| entry.0),
            status: self.status as u8,
            rule: &self.rule,
            message: &self.message,
            control_number: payment.control_number.as_str(),
            answer: &payment.status,
            charge: payment.charge.cents(),
            paid: payment.paid.cents(),
            patient_responsibility: cents(payment.patient_responsibility),
            filing: &payment.filing,
            payer_number: payment.payer_number.as_str(),
            facility: &payment.facility,
            frequency: &payment.frequency,
            patient: person_row(&payment.patient),
            insured: payment.insured.as_ref().map(person_row),
            corrected: payment.corrected.as_ref().map(person_row),
            crossover: payment.crossover.as_ref().map(party_row),
            rendering_npi: &payment.rendering_npi,
            payee: payment.payee.as_ref().map(party_row),
            other_numbers: borrowed(&payment.other_numbers),
            adjustments: adjustment_rows(&payment.adjustments),
            remarks: code_numbers(&payment.remarks),
            service_from: payment.service_from.map(day),
            service_to: payment.service_to.map(day),
            received_on: payment.received_on.map(day),
            interest: payment.interest.cents(),
            discount: payment.discount.cents(),
            lines: payment.lines.iter().map(line_row).collect(),
            segment: payment.segment,
        }
    }

    fn from_row(key: u64, row: PaymentRow<'_>) -> Result<PaymentRecord, Bad> {
        let payment = ClaimPayment {
            control_number: PatientControlNumber::new(row.control_number),
            status: row.answer.to_owned(),
            charge: Money::from_cents(row.charge),
            paid: Money::from_cents(row.paid),
            patient_responsibility: money(row.patient_responsibility),
            filing: row.filing.to_owned(),
            payer_number: PayerControlNumber::new(row.payer_number),
            facility: row.facility.to_owned(),
            frequency: row.frequency.to_owned(),
            patient: person(row.patient),
            insured: row.insured.map(person),
            corrected: row.corrected.map(person),
            crossover: row.crossover.map(party),
            rendering_npi: row.rendering_npi.to_owned(),
            payee: row.payee.map(party),
            other_numbers: owned(row.other_numbers),
            adjustments: adjustments(row.adjustments)?,
            remarks: codes(row.remarks),
            service_from: row.service_from.map(date),
            service_to: row.service_to.map(date),
            received_on: row.received_on.map(date),
            interest: Money::from_cents(row.interest),
            discount: Money::from_cents(row.discount),
            lines: row.lines.into_iter().map(line).collect::<Result<_, _>>()?,
            segment: row.segment,
            problems: Vec::new(),
        };
        Ok(PaymentRecord {
            id: PaymentId(key),
            remit: RemitId(row.remit),
            posted_on: date(row.posted_on),
            payer: PayerId(row.payer),
            trace: row.trace.to_owned(),
            forwarded_to: PayerId(row.forwarded_to),
            payment,
            claim: row.claim.map(ClaimId),
            matched_by: row.matched_by.to_owned(),
            previous_of_claim: row.previous_of_claim.map(PaymentId),
            held_entry: row.held_entry.map(EntryId),
            status: PaymentStatus::from_number(row.status)
                .ok_or_else(|| Bad(format!("{} is no status of a payment", row.status)))?,
            rule: row.rule.to_owned(),
            message: row.message.to_owned(),
        })
    }
}
