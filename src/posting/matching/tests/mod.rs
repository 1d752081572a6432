//! Every field by itself: what agrees, what differs, what says nothing; and what of it proves a match.

mod people;
mod several;

use super::*;
use crate::domain::book::{ClaimVersion, Origin};
use crate::domain::claim::{ClaimPayer, Frequency, Person, Provider};
use crate::domain::remit::RemitPerson;
use crate::domain::{
    FacilityKind, FileId, PatientControlNumber, PayerControlNumber, PayerId, Quantity, Text,
};

fn day(text: &str) -> Option<Date> {
    Some(Date::parse_iso(text).expect("a day"))
}

fn dollars(amount: i64) -> Money {
    Money::from_cents(amount * 100)
}

fn line(number: u16, code: &str, charge: i64) -> ServiceLine {
    ServiceLine {
        number,
        control_number: Text::default(),
        qualifier: "HC".into(),
        procedure: code.into(),
        modifiers: Default::default(),
        revenue_code: Text::default(),
        charge: dollars(charge),
        units: Quantity::ONE,
        place_of_service: Text::default(),
        pointers: Default::default(),
        from: day("2025-05-06"),
        to: day("2025-05-06"),
    }
}

fn version(charge: i64, from: &str, to: &str) -> ClaimVersion {
    ClaimVersion {
        billed_on: day("2025-05-09").expect("a day"),
        frequency: b'1',
        charge: dollars(charge),
        service_from: day(from),
        service_to: day(to),
        batch: Text::default(),
        billed_payer: PayerId(1),
        origin: Origin { file: FileId(1), segment: 1 },
        fingerprint: 0,
    }
}

/// Claim 7, L500: GRETA HOLLOWAY, number HW7301, 2025-05-06 to 07, 140 for 90834 and 60 for 96127.
fn claim() -> ClaimRecord {
    let patient =
        Person { last: "HOLLOWAY".into(), first: "GRETA".into(), member_id: "HW7301".into(), born: None };
    let claim = Claim {
        kind: FacilityKind::Professional,
        control_number: PatientControlNumber::new("L500"),
        charge: dollars(200),
        facility: "11".into(),
        frequency: Frequency::ORIGINAL,
        billed_on: day("2025-05-09").expect("a day"),
        batch: Text::default(),
        billing: Provider::default(),
        rendering: None,
        subscriber: patient.clone(),
        patient,
        payers: vec![
            ClaimPayer { member_id: "HW7301".into(), ..ClaimPayer::default() },
            ClaimPayer { member_id: "SEC-88-411".into(), ..ClaimPayer::default() },
        ],
        billed_payer: 0,
        diagnoses: Vec::new(),
        service_from: day("2025-05-06"),
        service_to: day("2025-05-07"),
        admitted: None,
        original_reference: PayerControlNumber::default(),
        clearinghouse_number: Text::default(),
        prior_authorization: Text::default(),
        medical_record: Text::default(),
        patient_paid: Money::ZERO,
        lines: vec![line(1, "90834", 140), line(2, "96127", 60)],
        segment: 1,
    };
    let versions = [version(200, "2025-05-06", "2025-05-07")].into_iter().collect();
    ClaimRecord { id: ClaimId(7), claim: Box::new(claim), payers: Default::default(), versions }
}

fn svc(code: &str, charge: i64) -> LinePayment {
    LinePayment { procedure: code.into(), charge: dollars(charge), ..LinePayment::default() }
}

/// An answer that agrees with it in everything.
fn answer() -> ClaimPayment {
    ClaimPayment {
        control_number: PatientControlNumber::new("L500"),
        status: "1".into(),
        charge: dollars(200),
        paid: dollars(200),
        payer_number: PayerControlNumber::new("ICN9"),
        patient: person("HOLLOWAY", "GRETA", "HW7301"),
        service_from: day("2025-05-06"),
        service_to: day("2025-05-06"),
        lines: vec![svc("90834", 140), svc("96127", 60)],
        ..ClaimPayment::default()
    }
}

fn person(last: &str, first: &str, id: &str) -> RemitPerson {
    RemitPerson { last: last.into(), first: first.into(), member_id: id.into(), other_kind: false }
}

fn exact(record: &ClaimRecord) -> Candidate<'_> {
    Candidate { record, number: Number::Exact, knows_payer_number: false }
}

fn altered(record: &ClaimRecord) -> Candidate<'_> {
    Candidate { number: Number::Altered, ..exact(record) }
}

fn known(record: &ClaimRecord) -> Candidate<'_> {
    Candidate { number: Number::Payers, knows_payer_number: true, ..exact(record) }
}

fn hold(found: &Match) -> Option<Hold> {
    match found {
        Match::Proved(..) => None,
        Match::Waits(hold, _) => Some(*hold),
    }
}

/// What is done to an answer.
type Change = fn(&mut ClaimPayment);

/// One row for each field: this alone is otherwise, and what then becomes of an exact, an altered and a payer's number.
#[test]
fn one_field_alone_is_otherwise() {
    let nobody: Change = |a| a.patient = RemitPerson::default();
    let no_day: Change = |a| (a.service_from, a.service_to) = (None, None);
    let other_day: Change = |a| (a.service_from, a.service_to) = (day("2025-05-13"), day("2025-05-13"));
    let rows: [(&str, Change, [Option<Hold>; 3]); 11] = [
        ("nothing", |_| (), [None, None, None]),
        ("another person", |a| a.patient = person("MARSH", "IVO", "ZZ9000"), [Some(Hold::PatientDiffers); 3]),
        (
            "the same name and another first name and number",
            |a| a.patient = person("HOLLOWAY", "IVO", "ZZ9000"),
            [Some(Hold::PatientDiffers); 3],
        ),
        (
            "a newborn's name under the number",
            |a| a.patient.first = "BABYGIRL".into(),
            [None, Some(Hold::NoMatch), None],
        ),
        ("nobody named", nobody, [None, Some(Hold::NoMatch), None]),
        ("another week", other_day, [Some(Hold::DateDiffers); 3]),
        ("no day", no_day, [None, Some(Hold::NoMatch), None]),
        (
            "an impossible day",
            |a| (a.service_from, a.service_to) = (day("1911-01-01"), None),
            [None, Some(Hold::NoMatch), None],
        ),
        ("a larger charge", |a| a.charge = dollars(208), [Some(Hold::ChargeDiffers); 3]),
        ("a smaller charge than its lines'", |a| a.charge = dollars(192), [Some(Hold::ChargeDiffers); 3]),
        ("a negated charge", |a| a.charge = dollars(-200), [None, None, None]),
    ];
    let record = claim();
    for (what, change, [by_exact, by_altered, by_payer]) in rows {
        let mut said = answer();
        change(&mut said);
        assert_eq!(hold(&find(&said, &[exact(&record)])), by_exact, "{what}, exact number");
        assert_eq!(hold(&find(&said, &[known(&record)])), by_payer, "{what}, the payer's number");
        // An altered number is never held against a claim: it points to none.
        let by_altered = by_altered.map(|_| Hold::NoMatch);
        assert_eq!(hold(&find(&said, &[altered(&record)])), by_altered, "{what}, altered number");
    }
}

#[test]
fn the_payers_number_needs_the_patient_or_the_charge() {
    let record = claim();
    let mut said = answer();
    said.patient = RemitPerson::default();
    assert_eq!(hold(&find(&said, &[known(&record)])), None, "the charge agrees");
    // A claim without lines and charge that may be a part says nothing of either.
    let mut bare = claim();
    bare.claim.patient = Person::default();
    bare.claim.subscriber = Person::default();
    bare.claim.payers.clear();
    said.charge = dollars(200);
    assert_eq!(hold(&find(&said, &[known(&bare)])), None);
    assert_eq!(
        hold(&find(&said, &[Candidate { knows_payer_number: false, ..known(&bare) }])),
        Some(Hold::NoMatch)
    );
}

#[test]
fn days_overlap_or_they_do_not() {
    use Verdict::{Agrees, Differs, Unknown};
    for (from, to, line, verdict) in [
        (Some("2025-05-06"), None, None, Agrees),
        (Some("2025-05-07"), None, None, Agrees),
        (Some("2025-05-01"), Some("2025-05-31"), None, Agrees),
        (Some("2025-05-05"), None, None, Differs),
        (Some("2025-05-08"), None, None, Differs),
        (None, Some("2025-05-07"), None, Agrees),
        (Some("2025-04-30"), None, Some("2025-05-06"), Agrees),
        (None, None, Some("2025-05-08"), Differs),
        (None, None, None, Unknown),
        (Some("2025-05-09"), Some("2025-05-08"), None, Unknown),
        (Some("1989-12-31"), None, None, Unknown),
    ] {
        let mut said = answer();
        (said.service_from, said.service_to) = (from.and_then(day), to.and_then(day));
        said.lines[0].from = line.and_then(day);
        assert_eq!(Comparison::of(&said, &claim()).date, verdict, "{from:?} {to:?} {line:?}");
    }
    let mut dateless = claim();
    (dateless.claim.service_from, dateless.claim.service_to) = (None, None);
    (dateless.versions[0].service_from, dateless.versions[0].service_to) = (None, None);
    assert_eq!(Comparison::of(&answer(), &dateless).date, Unknown);
    // An earlier submission told other days.
    let mut corrected = claim();
    (corrected.claim.service_from, corrected.claim.service_to) = (day("2025-06-02"), day("2025-06-02"));
    assert_eq!(Comparison::of(&answer(), &corrected).date, Agrees);
}

#[test]
fn a_charge_is_a_submissions_or_that_of_the_lines_named() {
    use Verdict::{Agrees, Differs};
    let mut record = claim();
    record.versions.push(version(260, "2025-05-06", "2025-05-07"));
    for (charge, lines, verdict) in [
        (200, vec![], Agrees),
        (260, vec![], Agrees),
        (-260, vec![], Agrees),
        (60, vec![("96127", 60)], Agrees),
        (140, vec![("90834", 140)], Agrees),
        (60, vec![], Differs),
        (60, vec![("90834", 60)], Differs),
        (70, vec![("96127", 70)], Differs),
        (60, vec![("99999", 60)], Differs),
        (207, vec![("90834", 147), ("96127", 60)], Differs),
    ] {
        let mut said = answer();
        said.charge = dollars(charge);
        said.lines = lines.iter().map(|(code, charge)| svc(code, *charge)).collect();
        assert_eq!(Comparison::of(&said, &record).charge, verdict, "{charge} {lines:?}");
    }
}

#[test]
fn a_part_of_the_charge_is_for_the_story_of_the_claim_to_judge() {
    let record = claim();
    let part = |lines: Vec<LinePayment>| ClaimPayment { charge: dollars(80), lines, ..answer() };
    assert_eq!(hold(&find(&part(Vec::new()), &[exact(&record)])), None);
    assert_eq!(hold(&find(&part(vec![svc("93000", 80)]), &[exact(&record)])), None, "a service of its own");
    let mut split = part(vec![svc("90834", 80)]);
    assert_eq!(hold(&find(&split, &[exact(&record)])), None, "denied units of it, perhaps");
    split.lines[0].charge = dollars(90);
    assert_eq!(hold(&find(&split, &[exact(&record)])), Some(Hold::ChargeDiffers));
    split.remarks.push(Code::parse("MA15").expect("a code"));
    assert_eq!(hold(&find(&split, &[exact(&record)])), None);
    // By any number but the exact one a part proves nothing.
    assert_eq!(hold(&find(&split, &[known(&record)])), Some(Hold::ChargeDiffers));
}

#[test]
fn services_are_shown_and_prove_nothing() {
    use Verdict::{Agrees, Differs, Unknown};
    let of = |codes: &[&str]| {
        let lines = codes.iter().map(|code| svc(code, 1)).collect();
        Comparison::of(&ClaimPayment { lines, ..answer() }, &claim()).lines
    };
    assert_eq!([of(&["90834", "1"]), of(&["1"]), of(&[]), of(&[""])], [Agrees, Differs, Unknown, Unknown]);
    let mut unbundled = svc("80053", 1);
    unbundled.original_procedure = "96127".into();
    assert_eq!(Comparison::of(&ClaimPayment { lines: vec![unbundled], ..answer() }, &claim()).lines, Agrees);
    let mut other = answer();
    other.lines = vec![svc("1", 200)];
    assert_eq!(hold(&find(&other, &[exact(&claim())])), None);
}

/// Another claim that differs from claim 7 in what is changed.
fn other(change: fn(&mut ClaimRecord)) -> ClaimRecord {
    let mut record = claim();
    record.id = ClaimId(8);
    change(&mut record);
    record
}

fn a_week_later(record: &mut ClaimRecord) {
    let week = day("2025-05-13");
    (record.claim.service_from, record.claim.service_to) = (week, week);
    (record.versions[0].service_from, record.versions[0].service_to) = (week, week);
}

#[test]
fn what_differs_is_said_without_a_name() {
    let mut said = answer();
    (said.service_from, said.service_to) = (day("2025-05-13"), None);
    let Match::Waits(_, message) = find(&said, &[exact(&claim())]) else { panic!("it is proved") };
    assert!(message.contains("2025-05-13") && message.contains("2025-05-06 to 2025-05-07"), "{message}");
    said.patient = person("MARSH", "IVO", "ZZ9000");
    let Match::Waits(_, message) = find(&said, &[exact(&claim())]) else { panic!("it is proved") };
    assert!(!message.contains("MARSH") && !message.contains("HOLLOWAY"), "{message}");
}

#[test]
fn days_that_no_claim_is_of() {
    for (from, to, real) in [
        ("1989-12-31", "1990-01-01", false),
        ("1990-01-01", "1990-01-01", true),
        ("2100-12-31", "2100-12-31", true),
        ("2101-01-01", "2101-01-01", false),
        ("2025-05-06", "2025-05-05", false),
        ("2025-05-06", "2025-05-06", true),
    ] {
        assert_eq!(Span::new(day(from), day(to)).is_some(), real, "{from} {to}");
    }
    let span = |from, to| Span::new(day(from), day(to)).expect("a span");
    let stay = span("2025-05-06", "2025-05-08");
    for (from, to, overlaps) in [
        ("2025-05-01", "2025-05-05", false),
        ("2025-05-01", "2025-05-06", true),
        ("2025-05-07", "2025-05-07", true),
        ("2025-05-08", "2025-05-20", true),
        ("2025-05-09", "2025-05-20", false),
    ] {
        assert_eq!(stay.overlaps(span(from, to)), overlaps, "{from} {to}");
    }
}

#[test]
fn parts_of_a_charge_at_their_edges() {
    let mut record = claim();
    let part = |charge: i64, lines: &[(&str, i64)], remark: &str| ClaimPayment {
        charge: dollars(charge),
        lines: lines.iter().map(|(code, charge)| svc(code, *charge)).collect(),
        remarks: Code::parse(remark).into_iter().collect(),
        ..answer()
    };
    let held = |said: &ClaimPayment, record: &ClaimRecord| hold(&find(said, &[exact(record)]));
    let differs = Some(Hold::ChargeDiffers);
    // One service of the claim and one that is not: together no part of it that is known.
    let mixed = part(140, &[("90834", 140), ("99999", 0)], "");
    assert_eq!(Comparison::of(&mixed, &record).charge, Verdict::Differs);
    for (what, said, expected) in [
        ("more than the claim's", part(250, &[], ""), differs),
        ("more than the claim's, split", part(250, &[], "MA15"), differs),
        ("more than the service's", part(147, &[("90834", 147)], ""), differs),
        ("less than the service's", part(133, &[("90834", 133)], ""), None),
        ("less than the service's, taken back", part(-133, &[("90834", -133)], ""), None),
        ("less, and loops of another sum", part(133, &[("90834", 130)], ""), differs),
        ("no service", part(199, &[], ""), None),
        ("no service, taken back", part(-199, &[], ""), None),
    ] {
        assert_eq!(held(&said, &record), expected, "{what}");
    }
    // Any of the submissions may be what is split.
    record.versions.push(version(60, "2025-05-06", "2025-05-07"));
    assert_eq!(held(&part(80, &[], ""), &record), None);
    // What else contradicts is not a part's to excuse.
    let stranger = ClaimPayment { patient: person("MARSH", "IVO", "ZZ9000"), ..part(80, &[], "") };
    assert_eq!(held(&stranger, &record), Some(Hold::PatientDiffers));
}

#[test]
fn services_of_hospitals_and_of_claims_without_any() {
    let mut record = claim();
    record.claim.lines[0].revenue_code = "0450".into();
    let said = |procedure: &str, revenue: &str| {
        let line = LinePayment { revenue_code: revenue.into(), ..svc(procedure, 200) };
        ClaimPayment { lines: vec![line], ..answer() }
    };
    assert_eq!(Comparison::of(&said("1", "0450"), &record).lines, Verdict::Agrees);
    assert_eq!(Comparison::of(&said("0450", ""), &record).lines, Verdict::Agrees);
    assert_eq!(Comparison::of(&said("1", "0451"), &record).lines, Verdict::Differs);
    record.claim.lines.clear();
    assert_eq!(Comparison::of(&said("1", "0450"), &record).lines, Verdict::Unknown);
}

/// A reversal takes back what this very claim was answered under this very number, whatever else it says.
#[test]
fn a_reversal_of_a_known_answer_goes_where_that_went() {
    let record = claim();
    let mut back = answer();
    (back.status, back.charge, back.paid) = ("22".into(), dollars(-200), dollars(-200));
    (back.service_from, back.service_to) = (day("2025-08-01"), day("2025-08-01"));
    let here = Candidate { knows_payer_number: true, ..exact(&record) };
    assert_eq!(hold(&find(&back, &[here])), None);
    for (what, candidate) in [
        ("not this number", exact(&record)),
        ("an altered number", Candidate { number: Number::Altered, ..here }),
        ("the payer's number alone", known(&record)),
    ] {
        assert!(hold(&find(&back, &[candidate])).is_some(), "{what}");
    }
    let again = ClaimPayment { status: "1".into(), charge: dollars(200), paid: dollars(200), ..back };
    assert_eq!(hold(&find(&again, &[here])), Some(Hold::DateDiffers), "not a reversal");
}

#[test]
fn every_contradiction_is_told() {
    let record = claim();
    let mut said = answer();
    assert!(contradictions(&said, &record).is_empty());
    said.patient = person("MARSH", "IVO", "ZZ9000");
    assert_eq!(contradictions(&said, &record)[..], [Hold::PatientDiffers]);
    (said.service_from, said.service_to) = (day("2025-05-13"), day("2025-05-13"));
    said.charge = dollars(208);
    let all = [Hold::PatientDiffers, Hold::DateDiffers, Hold::ChargeDiffers];
    assert_eq!(contradictions(&said, &record)[..], all);
    let words = |hold| in_words(hold, &said, &record.claim);
    assert!(
        words(Hold::DateDiffers).contains("services of 2025-05-13, the claim's are of 2025-05-06 to 2025")
    );
    assert!(words(Hold::ChargeDiffers).contains("a charge of 208.00, the claim's is 200.00"));
    assert!(words(Hold::PatientDiffers).contains("another patient"));
}

#[test]
fn what_a_match_rests_on() {
    for (step, payers, own) in [
        ("control-number", false, true),
        ("control-number-and-patient", false, true),
        ("control-number-and-charge", false, true),
        ("control-number-and-payer-number", true, false),
        ("payer-number", true, false),
        ("control-number-altered", false, false),
    ] {
        assert_eq!((rests_on_payer_number(step), rests_on_number(step)), (payers, own), "{step}");
    }
}
