//! A payer's answer about one claim, written out again as X12 segments from what the ledger keeps. Nobody else's claim is
//! in it.

use crate::domain::book::{PaymentRecord, RemitRecord};
use crate::domain::remit::{Adjustment, ClaimPayment, LinePayment, RemitPerson};
use crate::domain::{Code, Text};

/// The segments of one claim payment, one on each line, below those that say which payment it came with. `names` says
/// whether patients may be named, `inpatient` whether the claim is about a stay: its remarks are in MIA and not in MOA.
#[must_use]
pub fn remittance(
    payment: &PaymentRecord,
    remit: Option<&RemitRecord>,
    names: bool,
    inpatient: bool,
) -> String {
    let mut text = String::from(
        "Remittance advice (835) about this claim, written out from the ledger.\nOther claims of the same payment are left out.\n\n",
    );
    let mut segments = Vec::new();
    if let Some(remit) = remit {
        let header = &remit.header;
        let paid_on = header.paid_on.map(|day| day.ccyymmdd()).unwrap_or_default();
        segments.push(vec![
            "TRN".to_owned(),
            "1".to_owned(),
            header.trace.to_string(),
            header.payer_trace_id.to_string(),
        ]);
        segments.push(vec!["DTM".to_owned(), "405".to_owned(), paid_on]);
        segments.push(party("PR", &header.payer.name, &header.payer.qualifier, &header.payer.ident));
        segments.push(party("PE", &header.payee.name, &header.payee.qualifier, &header.payee.ident));
    }
    claim(&payment.payment, names, inpatient, &mut segments);
    for segment in segments {
        text.push_str(segment.join("*").trim_end_matches('*'));
        text.push_str("~\n");
    }
    text
}

type Segment = Vec<String>;

fn party(entity: &str, name: &str, qualifier: &str, ident: &str) -> Segment {
    ["N1", entity, name, qualifier, ident].map(str::to_owned).to_vec()
}

fn claim(payment: &ClaimPayment, names: bool, inpatient: bool, segments: &mut Vec<Segment>) {
    let share = payment.patient_responsibility.map_or_else(String::new, |amount| amount.to_string());
    segments.push(vec![
        "CLP".to_owned(),
        payment.control_number.to_string(),
        payment.status.to_string(),
        payment.charge.to_string(),
        payment.paid.to_string(),
        share,
        payment.filing.to_string(),
        payment.payer_number.to_string(),
        payment.facility.to_string(),
        payment.frequency.to_string(),
    ]);
    adjustments(&payment.adjustments, segments);
    if names {
        person("QC", &payment.patient, segments);
        payment.insured.iter().for_each(|insured| person("IL", insured, segments));
        payment.corrected.iter().for_each(|corrected| person("74", corrected, segments));
    }
    remarks(&payment.remarks, inpatient, segments);
    for (qualifier, day) in
        [("232", payment.service_from), ("233", payment.service_to), ("050", payment.received_on)]
    {
        segments.extend(day.map(|day| vec!["DTM".to_owned(), qualifier.to_owned(), day.ccyymmdd()]));
    }
    payment.lines.iter().for_each(|service| line(service, segments));
}

fn person(entity: &str, person: &RemitPerson, segments: &mut Vec<Segment>) {
    let (last, first, member) = (person.last.as_str(), person.first.as_str(), person.member_id.as_str());
    if last.is_empty() && first.is_empty() && member.is_empty() {
        return;
    }
    let qualifier = if member.is_empty() { "" } else { "MI" };
    segments
        .push(["NM1", entity, "1", last, first, "", "", "", qualifier, member].map(str::to_owned).to_vec());
}

/// One CAS for each reason: plainer to read than several in one segment, and the same to a receiver.
fn adjustments(all: &[Adjustment], segments: &mut Vec<Segment>) {
    for adjustment in all {
        let group = adjustment.group.map_or("", |group| group.as_str());
        segments.push(vec![
            "CAS".to_owned(),
            group.to_owned(),
            adjustment.reason.to_string(),
            adjustment.amount.to_string(),
        ]);
    }
}

/// MOA bears remark codes in its elements 3 to 7, behind a rate and an amount; MIA in 5 and 20 to 23, among amounts of
/// which the ledger keeps none (`docs/rules/x12-835.md`).
fn remarks(codes: &[Code], inpatient: bool, segments: &mut Vec<Segment>) {
    const MIA: [usize; 5] = [5, 20, 21, 22, 23];
    const MOA: [usize; 5] = [3, 4, 5, 6, 7];
    let (id, places) = if inpatient { ("MIA", MIA) } else { ("MOA", MOA) };
    for some in codes.chunks(places.len()) {
        let mut segment = vec![String::new(); places[some.len() - 1] + 1];
        id.clone_into(&mut segment[0]);
        for (place, code) in places.iter().zip(some) {
            segment[*place] = code.to_string();
        }
        segments.push(segment);
    }
}

fn line(line: &LinePayment, segments: &mut Vec<Segment>) {
    let composite = |qualifier: &str, procedure: &str, modifiers: &[Text]| {
        let mut parts = vec![qualifier, procedure];
        parts.extend(modifiers.iter().map(Text::as_str));
        parts.join(":")
    };
    let original = if line.original_procedure.is_empty() {
        String::new()
    } else {
        composite(&line.qualifier, &line.original_procedure, &line.original_modifiers)
    };
    segments.push(vec![
        "SVC".to_owned(),
        composite(&line.qualifier, &line.procedure, &line.modifiers),
        line.charge.to_string(),
        line.paid.to_string(),
        line.revenue_code.to_string(),
        line.units.map_or_else(String::new, |units| units.to_string()),
        original,
    ]);
    segments.extend(line.from.map(|day| vec!["DTM".to_owned(), "472".to_owned(), day.ccyymmdd()]));
    adjustments(&line.adjustments, segments);
    if !line.control_number.is_empty() {
        segments.push(vec!["REF".to_owned(), "6R".to_owned(), line.control_number.to_string()]);
    }
    if let Some(allowed) = line.allowed {
        segments.push(vec!["AMT".to_owned(), "B6".to_owned(), allowed.to_string()]);
    }
    for remark in &line.remarks {
        segments.push(vec!["LQ".to_owned(), "HE".to_owned(), remark.to_string()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_stand_where_a_reader_looks_for_them() {
        let codes = ["MA01", "N115", "M15", "N30", "N20", "MA130"].map(Code::known);
        let written = |codes: &[Code], inpatient| {
            let mut segments = Vec::new();
            remarks(codes, inpatient, &mut segments);
            segments.iter().map(|segment: &Segment| segment.join("*")).collect::<Vec<String>>()
        };
        assert_eq!(written(&codes[..2], false), ["MOA***MA01*N115"]);
        assert_eq!(written(&codes[..1], true), ["MIA*****MA01"]);
        assert_eq!(written(&codes, true), ["MIA*****MA01***************N115*M15*N30*N20", "MIA*****MA130"]);
        assert!(written(&[], true).is_empty());
    }
}
