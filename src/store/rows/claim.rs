//! The cold row of a claim: what was billed, and each time it was. Where it stands is in `state`.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, borrowed, cents, date, day, money, owned};
use crate::domain::book::{ClaimRecord, ClaimVersion, Origin};
use crate::domain::claim::{Claim, ClaimPayer, CodedEntry, Frequency, Person, Provider, ServiceLine};
use crate::domain::{
    ClaimId, FacilityKind, FileId, Money, PatientControlNumber, PayerControlNumber, PayerId, Quantity,
};

/// NPI, tax id, name.
type ProviderRow<'a> = (&'a str, &'a str, &'a str);
/// Last name, first name, member id, day of birth.
type PersonRow<'a> = (&'a str, &'a str, &'a str, Option<i32>);

#[derive(Serialize, Deserialize)]
pub struct ClaimRow<'a> {
    /// 1 professional, 2 institutional.
    kind: u8,
    control_number: &'a str,
    charge: i64,
    facility: &'a str,
    frequency: u8,
    billed_on: i32,
    batch: &'a str,
    #[serde(borrow)]
    billing: ProviderRow<'a>,
    rendering: Option<ProviderRow<'a>>,
    subscriber: PersonRow<'a>,
    /// Absent where the patient is the subscriber.
    patient: Option<PersonRow<'a>>,
    payers: Vec<ClaimPayerRow<'a>>,
    billed_payer: u64,
    /// Qualifier and code.
    diagnoses: Vec<(&'a str, &'a str)>,
    service_from: Option<i32>,
    service_to: Option<i32>,
    admitted: Option<i32>,
    original_reference: &'a str,
    clearinghouse_number: &'a str,
    prior_authorization: &'a str,
    medical_record: &'a str,
    patient_paid: i64,
    lines: Vec<LineRow<'a>>,
    segment: u64,
    payer_ids: Vec<u32>,
    versions: Vec<VersionRow<'a>>,
}

#[derive(Serialize, Deserialize)]
struct ClaimPayerRow<'a> {
    sequence: u8,
    name: &'a str,
    ident: &'a str,
    filing: &'a str,
    member_id: &'a str,
    group_number: &'a str,
    prior_paid: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct LineRow<'a> {
    number: u16,
    control_number: &'a str,
    qualifier: &'a str,
    procedure: &'a str,
    modifiers: Vec<&'a str>,
    revenue_code: &'a str,
    charge: i64,
    units: i64,
    place_of_service: &'a str,
    pointers: Vec<u8>,
    from: Option<i32>,
    to: Option<i32>,
}

#[derive(Serialize, Deserialize)]
struct VersionRow<'a> {
    billed_on: i32,
    frequency: u8,
    charge: i64,
    batch: &'a str,
    billed_payer: u32,
    file: u64,
    segment: u64,
    fingerprint: u64,
}

fn provider_row(provider: &Provider) -> ProviderRow<'_> {
    (&provider.npi, &provider.tax_id, &provider.name)
}

fn provider((npi, tax_id, name): ProviderRow<'_>) -> Provider {
    Provider { npi: npi.to_owned(), tax_id: tax_id.to_owned(), name: name.to_owned() }
}

fn person_row(person: &Person) -> PersonRow<'_> {
    (&person.last, &person.first, &person.member_id, person.born.map(day))
}

fn person((last, first, member_id, born): PersonRow<'_>) -> Person {
    Person {
        last: last.to_owned(),
        first: first.to_owned(),
        member_id: member_id.to_owned(),
        born: born.map(date),
    }
}

fn payer_row(payer: &ClaimPayer) -> ClaimPayerRow<'_> {
    ClaimPayerRow {
        sequence: payer.sequence,
        name: &payer.name,
        ident: &payer.ident,
        filing: &payer.filing,
        member_id: &payer.member_id,
        group_number: &payer.group_number,
        prior_paid: cents(payer.prior_paid),
    }
}

fn payer(row: ClaimPayerRow<'_>) -> ClaimPayer {
    ClaimPayer {
        sequence: row.sequence,
        name: row.name.to_owned(),
        ident: row.ident.to_owned(),
        filing: row.filing.to_owned(),
        member_id: row.member_id.to_owned(),
        group_number: row.group_number.to_owned(),
        prior_paid: money(row.prior_paid),
    }
}

fn line_row(line: &ServiceLine) -> LineRow<'_> {
    LineRow {
        number: line.number,
        control_number: &line.control_number,
        qualifier: &line.qualifier,
        procedure: &line.procedure,
        modifiers: borrowed(&line.modifiers),
        revenue_code: &line.revenue_code,
        charge: line.charge.cents(),
        units: line.units.thousandths(),
        place_of_service: &line.place_of_service,
        pointers: line.pointers.clone(),
        from: line.from.map(day),
        to: line.to.map(day),
    }
}

fn line(row: LineRow<'_>) -> ServiceLine {
    ServiceLine {
        number: row.number,
        control_number: row.control_number.to_owned(),
        qualifier: row.qualifier.to_owned(),
        procedure: row.procedure.to_owned(),
        modifiers: owned(row.modifiers),
        revenue_code: row.revenue_code.to_owned(),
        charge: Money::from_cents(row.charge),
        units: Quantity::from_thousandths(row.units),
        place_of_service: row.place_of_service.to_owned(),
        pointers: row.pointers,
        from: row.from.map(date),
        to: row.to.map(date),
    }
}

fn version_row(version: &ClaimVersion) -> VersionRow<'_> {
    VersionRow {
        billed_on: day(version.billed_on),
        frequency: version.frequency,
        charge: version.charge.cents(),
        batch: &version.batch,
        billed_payer: version.billed_payer.0,
        file: version.origin.file.0,
        segment: version.origin.segment,
        fingerprint: version.fingerprint,
    }
}

fn version(row: VersionRow<'_>) -> ClaimVersion {
    ClaimVersion {
        billed_on: date(row.billed_on),
        frequency: row.frequency,
        charge: Money::from_cents(row.charge),
        batch: row.batch.to_owned(),
        billed_payer: PayerId(row.billed_payer),
        origin: Origin { file: FileId(row.file), segment: row.segment },
        fingerprint: row.fingerprint,
    }
}

impl Record for ClaimRecord {
    const TABLE: &'static str = "claims";
    type Row<'a> = ClaimRow<'a>;

    fn to_row(&self) -> ClaimRow<'_> {
        let claim = &self.claim;
        ClaimRow {
            kind: match claim.kind {
                FacilityKind::Professional => 1,
                FacilityKind::Institutional => 2,
            },
            control_number: claim.control_number.as_str(),
            charge: claim.charge.cents(),
            facility: &claim.facility,
            frequency: claim.frequency.0,
            billed_on: day(claim.billed_on),
            batch: &claim.batch,
            billing: provider_row(&claim.billing),
            rendering: claim.rendering.as_ref().map(provider_row),
            subscriber: person_row(&claim.subscriber),
            patient: (claim.patient != claim.subscriber).then(|| person_row(&claim.patient)),
            payers: claim.payers.iter().map(payer_row).collect(),
            billed_payer: claim.billed_payer as u64,
            diagnoses: claim.diagnoses.iter().map(|d| (d.qualifier.as_str(), d.code.as_str())).collect(),
            service_from: claim.service_from.map(day),
            service_to: claim.service_to.map(day),
            admitted: claim.admitted.map(day),
            original_reference: claim.original_reference.as_str(),
            clearinghouse_number: &claim.clearinghouse_number,
            prior_authorization: &claim.prior_authorization,
            medical_record: &claim.medical_record,
            patient_paid: claim.patient_paid.cents(),
            lines: claim.lines.iter().map(line_row).collect(),
            segment: claim.segment,
            payer_ids: self.payers.iter().map(|payer| payer.0).collect(),
            versions: self.versions.iter().map(version_row).collect(),
        }
    }

    fn from_row(key: u64, row: ClaimRow<'_>) -> Result<ClaimRecord, Bad> {
        let coded = |(qualifier, code): (&str, &str)| CodedEntry {
            qualifier: qualifier.to_owned(),
            code: code.to_owned(),
        };
        let subscriber = person(row.subscriber);
        let claim = Claim {
            kind: match row.kind {
                1 => FacilityKind::Professional,
                2 => FacilityKind::Institutional,
                other => return Err(Bad(format!("{other} is no kind of claim"))),
            },
            control_number: PatientControlNumber::new(row.control_number),
            charge: Money::from_cents(row.charge),
            facility: row.facility.to_owned(),
            frequency: Frequency(row.frequency),
            billed_on: date(row.billed_on),
            batch: row.batch.to_owned(),
            billing: provider(row.billing),
            rendering: row.rendering.map(provider),
            patient: row.patient.map_or_else(|| subscriber.clone(), person),
            subscriber,
            payers: row.payers.into_iter().map(payer).collect(),
            billed_payer: usize::try_from(row.billed_payer)
                .map_err(|_| Bad(format!("{} is no place in a list of payers", row.billed_payer)))?,
            diagnoses: row.diagnoses.into_iter().map(coded).collect(),
            service_from: row.service_from.map(date),
            service_to: row.service_to.map(date),
            admitted: row.admitted.map(date),
            original_reference: PayerControlNumber::new(row.original_reference),
            clearinghouse_number: row.clearinghouse_number.to_owned(),
            prior_authorization: row.prior_authorization.to_owned(),
            medical_record: row.medical_record.to_owned(),
            patient_paid: Money::from_cents(row.patient_paid),
            lines: row.lines.into_iter().map(line).collect(),
            segment: row.segment,
        };
        Ok(ClaimRecord {
            id: ClaimId(key),
            claim,
            payers: row.payer_ids.into_iter().map(PayerId).collect(),
            versions: row.versions.into_iter().map(version).collect(),
        })
    }
}
