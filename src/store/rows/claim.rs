//! The cold row of a claim: what was billed, and each time it was. Where it stands is in `state`.

use super::Bad;
use super::block::{Packed, Packer, Unpacker};
use crate::domain::book::{ClaimRecord, ClaimVersion, Origin};
use crate::domain::claim::{Claim, ClaimPayer, CodedEntry, Frequency, Person, Provider, ServiceLine};
use crate::domain::{
    ClaimId, Date, FacilityKind, FileId, Money, PatientControlNumber, PayerControlNumber, PayerId, Quantity,
};

/// Numbers that are near those of the neighbours.
const BILLED_ON: usize = 0;
const SEGMENT: usize = 1;
const SERVICE_FROM: usize = 2;

impl Packed for ClaimRecord {
    const TABLE: &'static str = "claims";

    fn pack(&self, to: &mut Packer<'_>) {
        let other_days = self.versions.iter().any(|version| days(version) != days_of(&self.claim));
        pack_claim(&self.claim, other_days, to);
        to.list(&self.payers, |to, payer| to.number(u64::from(payer.0)));
        to.list(&self.versions, |to, version| pack_version(version, &self.claim, to));
        if other_days {
            for day in self.versions.iter().flat_map(days) {
                to.maybe_day_from(self.claim.billed_on, day);
            }
        }
    }

    fn unpack(key: u64, from: &mut Unpacker<'_>) -> Result<ClaimRecord, Bad> {
        let (claim, other_days) = claim(from)?;
        let claim = Box::new(claim);
        let payers = from.few(|from| from.small().map(PayerId))?;
        let mut versions = from.few(|from| version(&claim, from))?;
        if other_days {
            for version in &mut versions {
                version.service_from = from.maybe_day_from(claim.billed_on)?;
                version.service_to = from.maybe_day_from(claim.billed_on)?;
            }
        }
        Ok(ClaimRecord { id: ClaimId(key), claim, payers, versions })
    }
}

/// The days that a submission tells.
fn days(version: &ClaimVersion) -> [Option<Date>; 2] {
    [version.service_from, version.service_to]
}

fn days_of(claim: &Claim) -> [Option<Date>; 2] {
    [claim.service_from, claim.service_to]
}

/// `other_days`: some submission is of other days than the latest.
fn pack_claim(claim: &Claim, other_days: bool, to: &mut Packer<'_>) {
    to.byte(match claim.kind {
        FacilityKind::Professional => 1,
        FacilityKind::Institutional => 2,
    });
    to.flags(&[
        claim.rendering.is_some(),
        claim.service_from.is_some(),
        claim.patient != claim.subscriber,
        claim.service_to != claim.service_from,
        claim.admitted.is_some(),
        !claim.patient_paid.is_zero(),
        has_numbers(claim),
        other_days,
    ]);
    to.text(claim.control_number.as_str());
    to.money(claim.charge);
    to.shared(&claim.facility);
    to.byte(claim.frequency.0);
    to.near_day(BILLED_ON, claim.billed_on);
    to.near(SEGMENT, claim.segment as i64);
    to.shared(&claim.batch);
    pack_provider(&claim.billing, to);
    claim.rendering.iter().for_each(|rendering| pack_provider(rendering, to));
    claim.service_from.into_iter().for_each(|on| to.near_day(SERVICE_FROM, on));
    pack_person(&claim.subscriber, claim.billed_on, to);
    if claim.patient != claim.subscriber {
        pack_person(&claim.patient, claim.billed_on, to);
    }
    if claim.service_to != claim.service_from {
        to.maybe_day_from(claim.billed_on, claim.service_to);
    }
    claim.admitted.into_iter().for_each(|on| to.day_from(claim.billed_on, on));
    if !claim.patient_paid.is_zero() {
        to.money(claim.patient_paid);
    }
    if has_numbers(claim) {
        to.text(claim.original_reference.as_str());
        [&claim.clearinghouse_number, &claim.prior_authorization, &claim.medical_record]
            .into_iter()
            .for_each(|number| to.text(number));
    }
    to.number(claim.billed_payer as u64);
    to.list(&claim.payers, |to, payer| pack_payer(payer, &claim.subscriber, to));
    to.list(&claim.diagnoses, |to, diagnosis| {
        to.shared(&diagnosis.qualifier);
        to.shared(&diagnosis.code);
    });
    to.list(&claim.lines, |to, line| pack_line(line, claim, to));
}

/// Whether any of the seldom numbers is given.
fn has_numbers(claim: &Claim) -> bool {
    let rest = [&claim.clearinghouse_number, &claim.prior_authorization, &claim.medical_record];
    !claim.original_reference.is_empty() || rest.iter().any(|number| !number.is_empty())
}

fn claim(from: &mut Unpacker<'_>) -> Result<(Claim, bool), Bad> {
    let kind = match from.byte()? {
        1 => FacilityKind::Professional,
        2 => FacilityKind::Institutional,
        other => return Err(Bad(format!("{other} is no kind of claim"))),
    };
    let mut there = from.flags()?;
    let (has_rendering, has_service, other_patient, other_end) = (there(), there(), there(), there());
    let (has_admission, has_patient_paid, has_numbers) = (there(), there(), there());
    let other_days = there();
    let control_number = PatientControlNumber::new(from.text()?);
    let (charge, facility, frequency) = (from.money()?, from.owned()?, Frequency(from.byte()?));
    let (billed_on, segment, batch) = (from.near_day(BILLED_ON)?, from.near(SEGMENT)? as u64, from.owned()?);
    let (billing, rendering) = (provider(from)?, from.maybe(has_rendering, provider)?);
    let service_from = from.maybe(has_service, |from| from.near_day(SERVICE_FROM))?;
    let subscriber = person(billed_on, from)?;
    let patient =
        from.maybe(other_patient, |from| person(billed_on, from))?.unwrap_or_else(|| subscriber.clone());
    let service_to = from.maybe(other_end, |from| from.maybe_day_from(billed_on))?.unwrap_or(service_from);
    let admitted = from.maybe(has_admission, |from| from.day_from(billed_on))?;
    let patient_paid = from.maybe(has_patient_paid, Unpacker::money)?.unwrap_or(Money::ZERO);
    let mut number = || from.maybe(has_numbers, |from| from.text()).map(Option::unwrap_or_default);
    let original_reference = PayerControlNumber::new(number()?);
    let (clearinghouse_number, prior_authorization) = (number()?.into(), number()?.into());
    let medical_record = number()?.into();
    let billed_payer = from.small()?;
    let payers = from.list(|from| payer(&subscriber, from))?;
    let diagnoses = from.list(|from| Ok(CodedEntry { qualifier: from.owned()?, code: from.owned()? }))?;
    let lines = from.list(|from| line(service_from.unwrap_or(billed_on), from))?;
    let claim = Claim {
        kind,
        control_number,
        charge,
        facility,
        frequency,
        billed_on,
        batch,
        billing,
        rendering,
        subscriber,
        patient,
        payers,
        billed_payer,
        diagnoses,
        service_from,
        service_to,
        admitted,
        original_reference,
        clearinghouse_number,
        prior_authorization,
        medical_record,
        patient_paid,
        lines,
        segment,
    };
    Ok((claim, other_days))
}

fn pack_provider(provider: &Provider, to: &mut Packer<'_>) {
    [&provider.npi, &provider.tax_id, &provider.name].into_iter().for_each(|text| to.shared(text));
}

fn provider(from: &mut Unpacker<'_>) -> Result<Provider, Bad> {
    Ok(Provider { npi: from.owned()?, tax_id: from.owned()?, name: from.owned()? })
}

fn pack_person(person: &Person, near: Date, to: &mut Packer<'_>) {
    to.shared(&person.last);
    to.shared(&person.first);
    to.text(&person.member_id);
    to.maybe_day_from(near, person.born);
}

fn person(near: Date, from: &mut Unpacker<'_>) -> Result<Person, Bad> {
    Ok(Person {
        last: from.owned()?,
        first: from.owned()?,
        member_id: from.text()?.into(),
        born: from.maybe_day_from(near)?,
    })
}

fn pack_payer(payer: &ClaimPayer, subscriber: &Person, to: &mut Packer<'_>) {
    to.byte(payer.sequence);
    to.flags(&[
        payer.member_id != subscriber.member_id,
        !payer.group_number.is_empty(),
        payer.prior_paid.is_some(),
    ]);
    [&payer.name, &payer.ident, &payer.filing].into_iter().for_each(|text| to.shared(text));
    if payer.member_id != subscriber.member_id {
        to.text(&payer.member_id);
    }
    if !payer.group_number.is_empty() {
        to.shared(&payer.group_number);
    }
    payer.prior_paid.into_iter().for_each(|paid| to.money(paid));
}

fn payer(subscriber: &Person, from: &mut Unpacker<'_>) -> Result<ClaimPayer, Bad> {
    let sequence = from.byte()?;
    let mut there = from.flags()?;
    let (other_member, has_group, has_paid) = (there(), there(), there());
    Ok(ClaimPayer {
        sequence,
        name: from.owned()?,
        ident: from.owned()?,
        filing: from.owned()?,
        member_id: from.maybe(other_member, |from| from.text())?.unwrap_or(&subscriber.member_id).into(),
        group_number: from.maybe(has_group, Unpacker::owned)?.unwrap_or_default(),
        prior_paid: from.maybe(has_paid, Unpacker::money)?,
    })
}

fn pack_line(line: &ServiceLine, claim: &Claim, to: &mut Packer<'_>) {
    let base = claim.service_from.unwrap_or(claim.billed_on);
    to.flags(&[
        !line.modifiers.is_empty(),
        line.units != Quantity::ONE,
        line.to != line.from,
        !line.revenue_code.is_empty(),
        !line.place_of_service.is_empty(),
        line.from.is_some(),
    ]);
    to.number(u64::from(line.number));
    [&line.control_number, &line.qualifier, &line.procedure].into_iter().for_each(|text| to.shared(text));
    to.money(line.charge);
    to.list(&line.pointers, |to, pointer| to.byte(*pointer));
    if !line.modifiers.is_empty() {
        to.list(&line.modifiers, |to, modifier| to.shared(modifier));
    }
    if line.units != Quantity::ONE {
        to.signed(line.units.thousandths());
    }
    if line.to != line.from {
        to.maybe_day_from(base, line.to);
    }
    if !line.revenue_code.is_empty() {
        to.shared(&line.revenue_code);
    }
    if !line.place_of_service.is_empty() {
        to.shared(&line.place_of_service);
    }
    line.from.into_iter().for_each(|on| to.day_from(base, on));
}

fn line(base: Date, from: &mut Unpacker<'_>) -> Result<ServiceLine, Bad> {
    let mut there = from.flags()?;
    let (has_modifiers, has_units, other_end) = (there(), there(), there());
    let (has_revenue, has_place, has_from) = (there(), there(), there());
    let number = from.small()?;
    let (control_number, qualifier, procedure) = (from.owned()?, from.owned()?, from.owned()?);
    let charge = from.money()?;
    let pointers = from.few(Unpacker::byte)?;
    let modifiers = from.maybe(has_modifiers, |from| from.few(Unpacker::owned))?.unwrap_or_default();
    let units = from.maybe(has_units, Unpacker::signed)?.map_or(Quantity::ONE, Quantity::from_thousandths);
    let end = from.maybe(other_end, |from| from.maybe_day_from(base))?;
    let revenue_code = from.maybe(has_revenue, Unpacker::owned)?.unwrap_or_default();
    let place_of_service = from.maybe(has_place, Unpacker::owned)?.unwrap_or_default();
    let begin = from.maybe(has_from, |from| from.day_from(base))?;
    Ok(ServiceLine {
        number,
        control_number,
        qualifier,
        procedure,
        modifiers,
        revenue_code,
        charge,
        units,
        place_of_service,
        pointers,
        from: begin,
        to: end.unwrap_or(begin),
    })
}

fn pack_version(version: &ClaimVersion, claim: &Claim, to: &mut Packer<'_>) {
    to.near_day(BILLED_ON, version.billed_on);
    to.byte(version.frequency);
    to.signed(version.charge.cents().wrapping_sub(claim.charge.cents()));
    to.shared(&version.batch);
    to.number(u64::from(version.billed_payer.0));
    to.number(version.origin.file.0);
    to.near(SEGMENT, version.origin.segment as i64);
    version.fingerprint.to_le_bytes().into_iter().for_each(|byte| to.byte(byte));
}

fn version(claim: &Claim, from: &mut Unpacker<'_>) -> Result<ClaimVersion, Bad> {
    let billed_on = from.near_day(BILLED_ON)?;
    let frequency = from.byte()?;
    let charge = Money::from_cents(claim.charge.cents().wrapping_add(from.signed()?));
    let (batch, billed_payer) = (from.owned()?, from.small().map(PayerId)?);
    let origin = Origin { file: FileId(from.number()?), segment: from.near(SEGMENT)? as u64 };
    let mut fingerprint = [0; 8];
    for byte in &mut fingerprint {
        *byte = from.byte()?;
    }
    let fingerprint = u64::from_le_bytes(fingerprint);
    Ok(ClaimVersion {
        billed_on,
        frequency,
        charge,
        service_from: claim.service_from,
        service_to: claim.service_to,
        batch,
        billed_payer,
        origin,
        fingerprint,
    })
}
