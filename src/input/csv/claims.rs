//! Rows of a claims table into claims. Rows that share claim number, frequency and billing date are its service lines.

use super::fields::Field;
use super::row::{Bad, Row};
use crate::domain::claim::{Claim, ClaimPayer, CodedEntry, Frequency, Person, Provider, ServiceLine};
use crate::domain::{Date, FacilityKind, Few, Money, PatientControlNumber, PayerControlNumber, Text};

/// What one row says: a claim of one line, or of none where no procedure is named.
pub struct Piece {
    /// The claim.
    pub claim: Claim,
    /// When it was billed, where a column says so.
    pub billed_on: Option<Date>,
}

impl Piece {
    /// What rows of one claim share.
    pub fn key(&self) -> String {
        format!("{}\u{1f}{}\u{1f}{:?}", self.claim.control_number, self.claim.frequency.0, self.billed_on)
    }

    /// What rows of one claim must agree on: all but the line.
    pub fn common(&self) -> String {
        let mut head = self.claim.clone();
        (head.charge, head.segment) = (Money::ZERO, 0);
        (head.service_from, head.service_to) = (None, None);
        head.lines.clear();
        head.diagnoses.clear();
        format!("{head:?}")
    }
}

/// Reads a row.
pub fn read(row: &Row<'_>) -> Result<Piece, Bad> {
    let (from, to) = row.service()?;
    let from = from.ok_or_else(|| row.bad(Field::ServiceFrom, 1, "service_date must not be blank"))?;
    let charge = row.amount(Field::Charge)?;
    if charge.is_negative() {
        return Err(row.bad(
            Field::Charge,
            1,
            "a charge below zero is no claim; send a replacement or a void",
        ));
    }
    let patient = patient(row)?;
    let procedure = row.code(Field::Procedure, 8)?;
    let revenue_code = row.code(Field::Revenue, 4)?;
    let line = ServiceLine {
        number: 1,
        control_number: row.text(Field::LineId),
        qualifier: if procedure.is_empty() { Text::default() } else { "HC".into() },
        procedure,
        modifiers: row.modifiers()?,
        revenue_code,
        charge,
        units: row.units()?,
        place_of_service: Text::default(),
        pointers: Few::new(),
        from: Some(from),
        to,
    };
    let named = !line.procedure.is_empty() || !line.revenue_code.is_empty();
    let rendering = Provider {
        npi: row.npi(Field::RenderingNpi)?,
        tax_id: Text::default(),
        name: row.text(Field::RenderingName),
    };
    let claim = Claim {
        kind: kind(row)?,
        control_number: PatientControlNumber::new(&row.needed(Field::ControlNumber)?),
        charge,
        facility: row.code(Field::Place, 4)?,
        frequency: frequency(row)?,
        billed_on: Date::from_number(0),
        batch: Text::default(),
        billing: Provider {
            npi: row.npi(Field::BillingNpi)?,
            tax_id: row.text(Field::TaxId),
            name: row.text(Field::BillingName),
        },
        rendering: (rendering != Provider::default()).then_some(rendering),
        subscriber: patient.clone(),
        patient,
        payers: payers(row)?,
        billed_payer: 0,
        diagnoses: diagnoses(row)?,
        service_from: Some(from),
        service_to: to,
        admitted: None,
        original_reference: PayerControlNumber::new(&row.text(Field::Original)),
        clearinghouse_number: Text::default(),
        prior_authorization: row.text(Field::Authorization),
        medical_record: Text::default(),
        patient_paid: Money::ZERO,
        lines: if named { vec![line] } else { Vec::new() },
        segment: row.line,
    };
    Ok(Piece { claim, billed_on: row.date(Field::BilledOn)? })
}

/// Puts the rows of one claim together. Without a billing date, the last day of service counts: it is in the file, so
/// that the same file always gives the same books.
pub fn join(pieces: Vec<Piece>) -> Option<Claim> {
    let billed_on = pieces.iter().find_map(|piece| piece.billed_on);
    let single = pieces.len() == 1;
    let mut pieces = pieces.into_iter();
    let mut claim = pieces.next()?.claim;
    for piece in pieces {
        let more = piece.claim;
        claim.charge += more.charge;
        claim.service_from = claim.service_from.min(more.service_from);
        claim.service_to = claim.service_to.max(more.service_to);
        for diagnosis in more.diagnoses {
            if claim.diagnoses.iter().all(|known| known.code != diagnosis.code) {
                claim.diagnoses.push(CodedEntry { qualifier: "ABF".into(), ..diagnosis });
            }
        }
        claim.lines.extend(more.lines);
    }
    // Lines that do not add up to the claim prove nothing about it.
    if !single && claim.lines.iter().map(|line| line.charge).sum::<Money>() != claim.charge {
        claim.lines.clear();
    }
    for (at, line) in claim.lines.iter_mut().enumerate() {
        line.number = u16::try_from(at + 1).ok()?;
    }
    claim.billed_on = billed_on.or(claim.service_to).or(claim.service_from)?;
    Some(claim)
}

/// The patient, who counts as the subscriber: a table has no room for two.
fn patient(row: &Row<'_>) -> Result<Person, Bad> {
    let (last, first) = row.person();
    let from_whole = row.text(Field::PatientLast).is_empty();
    let field = if from_whole { Field::Patient } else { Field::PatientLast };
    if last.is_empty() {
        return Err(row.bad(field, 1, "the patient's name must not be blank"));
    }
    if from_whole && first.is_empty() {
        return Err(row.bad(field, 1, "expected the patient as `Last, First`, or in two columns"));
    }
    Ok(Person { last, first, member_id: row.text(Field::Member), born: row.date(Field::Born)? })
}

fn payers(row: &Row<'_>) -> Result<Vec<ClaimPayer>, Bad> {
    let first = ClaimPayer {
        sequence: b'P',
        name: row.text(Field::Payer),
        ident: row.text(Field::PayerId),
        filing: row.code(Field::Filing, 2)?,
        member_id: row.text(Field::Member),
        group_number: row.text(Field::GroupNumber),
        prior_paid: None,
    };
    if first.name.is_empty() && first.ident.is_empty() {
        return Err(row.bad(Field::Payer, 1, "the payer must not be blank; a self-pay visit is no claim"));
    }
    let second = ClaimPayer {
        sequence: b'S',
        name: row.text(Field::SecondaryPayer),
        ident: row.text(Field::SecondaryPayerId),
        member_id: row.text(Field::SecondaryMember),
        ..ClaimPayer::default()
    };
    let named = !second.name.is_empty() || !second.ident.is_empty();
    Ok(std::iter::once(first).chain(named.then_some(second)).collect())
}

fn kind(row: &Row<'_>) -> Result<FacilityKind, Bad> {
    match row.text(Field::ClaimKind).to_ascii_lowercase().as_str() {
        "" | "professional" | "p" | "837p" | "cms-1500" | "cms1500" | "hcfa" | "1500" => {
            Ok(FacilityKind::Professional)
        }
        "institutional" | "i" | "837i" | "ub-04" | "ub04" => Ok(FacilityKind::Institutional),
        _ => Err(row.bad(Field::ClaimKind, 1, "expected professional or institutional")),
    }
}

fn frequency(row: &Row<'_>) -> Result<Frequency, Bad> {
    match row.text(Field::Frequency).as_bytes() {
        [] => Ok(Frequency::ORIGINAL),
        [digit @ b'1'..=b'8'] => Ok(Frequency(*digit)),
        _ => Err(row.bad(Field::Frequency, 1, "expected a frequency code, 1 to 8; 7 replaces, 8 voids")),
    }
}

fn diagnoses(row: &Row<'_>) -> Result<Vec<CodedEntry>, Bad> {
    let codes: Vec<Text> =
        row.all(Field::Diagnosis).iter().map(|code| code.replace('.', "").into()).collect();
    if codes.iter().any(|c| !(3..=7).contains(&c.len()) || !c.bytes().all(|b| b.is_ascii_alphanumeric())) {
        return Err(row.bad(Field::Diagnosis, 1, "expected ICD-10 codes of three to seven characters"));
    }
    let coded = codes
        .into_iter()
        .enumerate()
        .map(|(at, code)| CodedEntry { qualifier: if at == 0 { "ABK" } else { "ABF" }.into(), code });
    Ok(coded.collect())
}
