//! The row of a claim payment: a whole CLP loop with its lines and adjustments, in one value.
//!
//! One row instead of one for each line and adjustment is what makes posting fast. The problems found while reading
//! the loop are not kept with it: those that matter are in the remittance's issues and in the payment's rule.

use super::block::{Packed, Packer, Unpacker};
use super::{Bad, group, group_number};
use crate::domain::book::{PaymentRecord, PaymentStatus};
use crate::domain::brief::PaymentBrief;
use crate::domain::by_hand::{ByHand, Says, Split};
use crate::domain::remit::{Adjustment, ClaimPayment, LinePayment, PartyName, RemitPerson};
use crate::domain::{
    ClaimId, Code, Date, EntryId, Money, PatientControlNumber, PayerControlNumber, PayerId, PaymentId,
    Quantity, RemitId, Text,
};

/// Numbers that are near those of the neighbours.
const REMIT: usize = 0;
const POSTED_ON: usize = 1;
const CLAIM: usize = 2;
const PREVIOUS: usize = 3;
const SEGMENT: usize = 4;

/// Shared texts between CLP02 and CLP03 in a row.
const OTHER_TEXTS: usize = 4;

impl Packed for PaymentRecord {
    const TABLE: &'static str = "payments";

    fn pack(&self, to: &mut Packer<'_>) {
        to.byte(self.status as u8);
        to.flags(&[
            self.claim.is_some(),
            self.previous_of_claim.is_some(),
            self.held_entry.is_some(),
            self.forwarded_to != PayerId::NONE,
            !self.message.is_empty(),
            self.answered_on != self.posted_on,
            self.by_hand.is_some(),
        ]);
        to.near(REMIT, self.remit.0 as i64);
        to.near_day(POSTED_ON, self.posted_on);
        to.number(u64::from(self.payer.0));
        [&self.trace, &self.matched_by, &self.rule].into_iter().for_each(|text| to.shared(text));
        self.claim.into_iter().for_each(|id| to.near(CLAIM, id.0 as i64));
        self.previous_of_claim.into_iter().for_each(|id| to.near(PREVIOUS, id.0 as i64));
        self.held_entry.into_iter().for_each(|id| to.number(id.0));
        if self.forwarded_to != PayerId::NONE {
            to.number(u64::from(self.forwarded_to.0));
        }
        if !self.message.is_empty() {
            to.shared(&self.message);
        }
        if self.answered_on != self.posted_on {
            to.day_from(self.posted_on, self.answered_on);
        }
        self.by_hand.iter().for_each(|by_hand| pack_by_hand(by_hand, to));
        pack_answer(&self.payment, self.posted_on, to);
    }

    fn unpack(key: u64, from: &mut Unpacker<'_>) -> Result<PaymentRecord, Bad> {
        let head = Head::read(from)?;
        Ok(PaymentRecord {
            id: PaymentId(key),
            remit: head.remit,
            posted_on: head.posted_on,
            payer: head.payer,
            trace: head.trace.into(),
            matched_by: head.matched_by.into(),
            rule: head.rule.into(),
            status: head.status,
            claim: head.claim,
            previous_of_claim: head.previous_of_claim,
            held_entry: head.held_entry,
            forwarded_to: head.forwarded_to,
            message: head.message.into(),
            answered_on: head.answered_on,
            by_hand: head.by_hand.map(Box::new),
            payment: Box::new(answer(head.posted_on, from)?),
        })
    }
}

/// What stands before the answer.
struct Head<'b> {
    status: PaymentStatus,
    remit: RemitId,
    posted_on: Date,
    payer: PayerId,
    trace: &'b str,
    matched_by: &'b str,
    rule: &'b str,
    claim: Option<ClaimId>,
    previous_of_claim: Option<PaymentId>,
    held_entry: Option<EntryId>,
    forwarded_to: PayerId,
    message: &'b str,
    answered_on: Date,
    by_hand: Option<ByHand>,
}

impl<'b> Head<'b> {
    fn read(from: &mut Unpacker<'b>) -> Result<Head<'b>, Bad> {
        let status = from.byte()?;
        let status = PaymentStatus::from_number(status)
            .ok_or_else(|| Bad(format!("{status} is no status of a payment")))?;
        let mut there = from.flags()?;
        let remit = RemitId(from.near(REMIT)? as u64);
        let posted_on = from.near_day(POSTED_ON)?;
        let payer = from.small().map(PayerId)?;
        let (trace, matched_by, rule) = (from.shared()?, from.shared()?, from.shared()?);
        Ok(Head {
            status,
            remit,
            posted_on,
            payer,
            trace,
            matched_by,
            rule,
            claim: from.maybe(there(), |from| from.near(CLAIM))?.map(|id| ClaimId(id as u64)),
            previous_of_claim: from
                .maybe(there(), |from| from.near(PREVIOUS))?
                .map(|id| PaymentId(id as u64)),
            held_entry: from.maybe(there(), Unpacker::number)?.map(EntryId),
            forwarded_to: from.maybe(there(), Unpacker::small)?.map_or(PayerId::NONE, PayerId),
            message: from.maybe(there(), Unpacker::shared)?.unwrap_or_default(),
            answered_on: from.maybe(there(), |from| from.day_from(posted_on))?.unwrap_or(posted_on),
            by_hand: from.maybe(there(), by_hand)?,
        })
    }
}

/// Reads a claim payment in short, and nothing of its lines.
pub fn read_brief<'b>(key: u64, from: &mut Unpacker<'b>) -> Result<PaymentBrief<'b>, Bad> {
    let head = Head::read(from)?;
    let _answer = from.flags()?;
    from.text()?;
    from.text()?;
    let said = from.shared()?;
    for _ in 0..OTHER_TEXTS {
        from.shared()?;
    }
    let (charge, paid) = (from.money()?, from.money()?);
    from.leave();
    Ok(PaymentBrief {
        id: PaymentId(key),
        remit: head.remit,
        status: head.status,
        posted_on: head.posted_on,
        payer: head.payer,
        claim: head.claim,
        previous_of_claim: head.previous_of_claim,
        said,
        charge,
        paid,
    })
}

fn pack_by_hand(by_hand: &ByHand, to: &mut Packer<'_>) {
    let split = match &by_hand.says {
        Says::Split(split) => Some(split),
        Says::TakesBack => None,
    };
    to.flags(&[split.is_some()]);
    if let Some(split) = split {
        to.money(split.contractual);
        to.money(split.patient);
        to.list(&split.denied, pack_adjustment);
    }
    let (rule, message) = &by_hand.before;
    [&by_hand.reason, &by_hand.user, rule, message].into_iter().for_each(|text| to.shared(text));
}

fn by_hand(from: &mut Unpacker<'_>) -> Result<ByHand, Bad> {
    let mut there = from.flags()?;
    let split = from.maybe(there(), |from| {
        Ok(Split { contractual: from.money()?, patient: from.money()?, denied: from.few(adjustment)? })
    })?;
    Ok(ByHand {
        says: split.map_or(Says::TakesBack, Says::Split),
        reason: from.owned()?,
        user: from.owned()?,
        before: (from.owned()?, from.owned()?),
    })
}

/// Days are kept as distances from the day of posting.
fn pack_answer(answer: &ClaimPayment, posted_on: Date, to: &mut Packer<'_>) {
    to.flags(&[
        answer.service_from.is_some(),
        answer.received_on.is_some(),
        answer.patient_responsibility.is_some(),
        !answer.remarks.is_empty(),
        answer.service_to != answer.service_from,
        !answer.adjustments.is_empty(),
        answer.crossover.is_some(),
        answer.insured.is_some(),
        answer.corrected.is_some(),
        answer.payee.is_some(),
        !answer.other_numbers.is_empty(),
        !answer.interest.is_zero(),
        !answer.discount.is_zero(),
        answer.patient.other_kind,
        answer.insured.as_ref().is_some_and(|person| person.other_kind),
        answer.corrected.as_ref().is_some_and(|person| person.other_kind),
    ]);
    to.text(answer.control_number.as_str());
    to.text(answer.payer_number.as_str());
    [&answer.status, &answer.filing, &answer.facility, &answer.frequency, &answer.rendering_npi]
        .into_iter()
        .for_each(|text| to.shared(text));
    to.money(answer.charge);
    to.money(answer.paid);
    to.near(SEGMENT, answer.segment as i64);
    pack_person(&answer.patient, to);
    answer.service_from.into_iter().for_each(|on| to.day_from(posted_on, on));
    answer.received_on.into_iter().for_each(|on| to.day_from(posted_on, on));
    answer.patient_responsibility.into_iter().for_each(|amount| to.money(amount));
    if !answer.remarks.is_empty() {
        to.list(&answer.remarks, pack_code);
    }
    if answer.service_to != answer.service_from {
        to.maybe_day_from(posted_on, answer.service_to);
    }
    if !answer.adjustments.is_empty() {
        to.list(&answer.adjustments, pack_adjustment);
    }
    answer.crossover.iter().for_each(|party| pack_party(party, to));
    answer.insured.iter().for_each(|person| pack_person(person, to));
    answer.corrected.iter().for_each(|person| pack_person(person, to));
    answer.payee.iter().for_each(|party| pack_party(party, to));
    if !answer.other_numbers.is_empty() {
        to.list(&answer.other_numbers, |to, number| to.text(number));
    }
    for amount in [answer.interest, answer.discount] {
        if !amount.is_zero() {
            to.money(amount);
        }
    }
    let (base, mut before) = (answer.service_from.unwrap_or(posted_on), answer.segment);
    to.number(answer.lines.len() as u64);
    for line in &answer.lines {
        pack_line(line, base, before, to);
        before = line.segment;
    }
}

fn answer(posted_on: Date, from: &mut Unpacker<'_>) -> Result<ClaimPayment, Bad> {
    let mut there = from.flags()?;
    let control_number = PatientControlNumber::new(from.text()?);
    let payer_number = PayerControlNumber::new(from.text()?);
    let (status, filing, facility) = (from.owned()?, from.owned()?, from.owned()?);
    let (frequency, rendering_npi) = (from.owned()?, from.owned()?);
    let (charge, paid, segment) = (from.money()?, from.money()?, from.near(SEGMENT)? as u64);
    let mut patient = person(from)?;
    let service_from = from.maybe(there(), |from| from.day_from(posted_on))?;
    let received_on = from.maybe(there(), |from| from.day_from(posted_on))?;
    let patient_responsibility = from.maybe(there(), Unpacker::money)?;
    let remarks = from.maybe(there(), |from| from.list(code))?.unwrap_or_default();
    let service_to = from.maybe(there(), |from| from.maybe_day_from(posted_on))?.unwrap_or(service_from);
    let adjustments = from.maybe(there(), |from| from.list(adjustment))?.unwrap_or_default();
    let crossover = from.maybe(there(), party)?;
    let mut insured = from.maybe(there(), person)?;
    let mut corrected = from.maybe(there(), person)?;
    let payee = from.maybe(there(), party)?;
    let other_numbers = from.maybe(there(), |from| from.list(|from| from.text().map(Text::from)))?;
    let interest = from.maybe(there(), Unpacker::money)?.unwrap_or(Money::ZERO);
    let discount = from.maybe(there(), Unpacker::money)?.unwrap_or(Money::ZERO);
    // Rows of older books do not say so.
    patient.other_kind = there();
    for person in [&mut insured, &mut corrected] {
        let other_kind = there();
        person.iter_mut().for_each(|person| person.other_kind = other_kind);
    }
    let (base, mut before) = (service_from.unwrap_or(posted_on), segment);
    let lines = from.list(|from| {
        let line = line(base, before, from)?;
        before = line.segment;
        Ok(line)
    })?;
    Ok(ClaimPayment {
        control_number,
        status,
        charge,
        paid,
        patient_responsibility,
        filing,
        payer_number,
        facility,
        frequency,
        patient,
        insured,
        corrected,
        crossover,
        rendering_npi,
        payee,
        other_numbers: other_numbers.unwrap_or_default(),
        adjustments,
        remarks,
        service_from,
        service_to,
        received_on,
        interest,
        discount,
        lines,
        segment,
        problems: Vec::new(),
    })
}

fn pack_line(line: &LinePayment, base: Date, before: u64, to: &mut Packer<'_>) {
    let original = !line.original_procedure.is_empty() || !line.original_modifiers.is_empty();
    to.flags(&[
        line.from.is_some(),
        line.units.is_some(),
        line.allowed.is_some(),
        !line.modifiers.is_empty(),
        !line.remarks.is_empty(),
        line.to != line.from,
        original,
        !line.revenue_code.is_empty(),
    ]);
    [&line.qualifier, &line.procedure, &line.control_number].into_iter().for_each(|text| to.shared(text));
    to.money(line.charge);
    to.money(line.paid);
    to.signed((line.segment as i64).wrapping_sub(before as i64));
    to.list(&line.adjustments, pack_adjustment);
    line.from.into_iter().for_each(|on| to.day_from(base, on));
    line.units.into_iter().for_each(|units| to.signed(units.thousandths()));
    line.allowed.into_iter().for_each(|amount| to.money(amount));
    if !line.modifiers.is_empty() {
        to.list(&line.modifiers, |to, text| to.shared(text));
    }
    if !line.remarks.is_empty() {
        to.list(&line.remarks, pack_code);
    }
    if line.to != line.from {
        to.maybe_day_from(base, line.to);
    }
    if original {
        to.shared(&line.original_procedure);
        to.list(&line.original_modifiers, |to, text| to.shared(text));
    }
    if !line.revenue_code.is_empty() {
        to.shared(&line.revenue_code);
    }
}

fn line(base: Date, before: u64, from: &mut Unpacker<'_>) -> Result<LinePayment, Bad> {
    let mut there = from.flags()?;
    let (qualifier, procedure, control_number) = (from.owned()?, from.owned()?, from.owned()?);
    let (charge, paid) = (from.money()?, from.money()?);
    let segment = (before as i64).wrapping_add(from.signed()?) as u64;
    let adjustments = from.few(adjustment)?;
    let begin = from.maybe(there(), |from| from.day_from(base))?;
    let units = from.maybe(there(), Unpacker::signed)?.map(Quantity::from_thousandths);
    let allowed = from.maybe(there(), Unpacker::money)?;
    let modifiers = from.maybe(there(), |from| from.few(Unpacker::owned))?.unwrap_or_default();
    let remarks = from.maybe(there(), |from| from.list(code))?.unwrap_or_default();
    let end = from.maybe(there(), |from| from.maybe_day_from(base))?.unwrap_or(begin);
    let original = from.maybe(there(), |from| Ok((from.owned()?, from.few(Unpacker::owned)?)))?;
    let (original_procedure, original_modifiers) = original.unwrap_or_default();
    let revenue_code = from.maybe(there(), Unpacker::owned)?.unwrap_or_default();
    Ok(LinePayment {
        qualifier,
        procedure,
        modifiers,
        original_procedure,
        original_modifiers,
        revenue_code,
        charge,
        paid,
        units,
        from: begin,
        to: end,
        adjustments,
        control_number,
        remarks,
        allowed,
        segment,
    })
}

fn pack_person(person: &RemitPerson, to: &mut Packer<'_>) {
    to.shared(&person.last);
    to.shared(&person.first);
    to.text(&person.member_id);
}

fn person(from: &mut Unpacker<'_>) -> Result<RemitPerson, Bad> {
    Ok(RemitPerson {
        last: from.owned()?,
        first: from.owned()?,
        member_id: from.text()?.into(),
        other_kind: false,
    })
}

fn pack_party(party: &PartyName, to: &mut Packer<'_>) {
    [&party.name, &party.qualifier, &party.ident].into_iter().for_each(|text| to.shared(text));
    to.list(&party.references, |to, (qualifier, value)| {
        to.shared(qualifier);
        to.shared(value);
    });
}

fn party(from: &mut Unpacker<'_>) -> Result<PartyName, Bad> {
    Ok(PartyName {
        name: from.owned()?,
        qualifier: from.owned()?,
        ident: from.owned()?,
        references: from.list(|from| Ok((from.owned()?, from.owned()?)))?,
    })
}

fn pack_adjustment(to: &mut Packer<'_>, adjustment: &Adjustment) {
    to.byte(group_number(adjustment.group));
    pack_code(to, &adjustment.reason);
    to.money(adjustment.amount);
}

fn adjustment(from: &mut Unpacker<'_>) -> Result<Adjustment, Bad> {
    Ok(Adjustment { group: group(from.byte()?)?, reason: code(from)?, amount: from.money()? })
}

fn pack_code(to: &mut Packer<'_>, code: &Code) {
    to.number(u64::from(code.number()));
}

fn code(from: &mut Unpacker<'_>) -> Result<Code, Bad> {
    from.small().map(Code::from_number)
}
