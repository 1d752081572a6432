//! Every field by itself: what agrees, what differs, what says nothing; and what of it proves a match.

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
fn names_as_payers_write_them() {
    use Verdict::{Agrees, Differs, Unknown};
    for (ours, theirs, id, verdict) in [
        // The same.
        (["HOLLOWAY", "GRETA"], ["Holloway", "greta"], "", Agrees),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY JR", "GRETA"], "OTHER1", Agrees),
        (["SAINT-CYR", "GRETA"], ["SAINT CYR", "GRETA"], "OTHER1", Agrees),
        (["O'HARA", "GRETA"], ["OHARA", "GRETA"], "", Agrees),
        (["PEÑA", "GRETA"], ["PENA", "GRETA"], "", Agrees),
        (["HOLLOWAYSTEIN", "GRETA"], ["HOLLOWAYST", "GRETA"], "", Agrees),
        (["RUIZ CALDERON", "GRETA"], ["CALDERON", "GRETA"], "", Agrees),
        (["DE LA ROSA", "GRETA"], ["DELAROSA", "GRETA"], "", Agrees),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "G"], "", Agrees),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "GRETA MAE"], "", Agrees),
        (["HOLLOWAY", "MARY ANN"], ["HOLLOWAY", "MARYANN"], "", Agrees),
        // The number, and nobody else's first name.
        (["HOLLOWAY", "GRETA"], ["MARSH", "GRETA"], "HW7301", Agrees),
        (["HOLLOWAY", "GRETA"], ["", ""], "hw-7301", Agrees),
        (["HOLLOWAY", "GRETA"], ["", ""], "SEC88411", Agrees),
        // Nothing that can be compared.
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "IVO"], "HW7301", Unknown),
        (["HOLLOWAY", "GRETA"], ["MARSH", "IVO"], "HW7301", Unknown),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "IVO"], "", Unknown),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", ""], "ZZ9000", Unknown),
        (["HOLLOWAY", "GRETA"], ["MARSH", "IVO"], "HW730101", Unknown),
        (["HOLLOWAY", "GRETA"], ["", ""], "", Unknown),
        (["HOLLOWAY", "GRETA"], ["", ""], "ZZ9000", Unknown),
        (["", ""], ["MARSH", "IVO"], "", Unknown),
        // Somebody else.
        (["HOLLOWAY", "GRETA"], ["MARSH", "GRETA"], "", Differs),
        (["HOLLOWAY", "GRETA"], ["MARSH", "GRETA"], "ZZ9000", Differs),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "IVO"], "ZZ9000", Differs),
        (["LEE", "GRETA"], ["LEESON", "GRETA"], "ZZ9000", Differs),
        (["RUIZ CALDERON", "GRETA"], ["RUIZ MORA", "GRETA"], "ZZ9000", Differs),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "H"], "ZZ9000", Differs),
        (["HOLLOWAY SR", "JOHN"], ["HOLLOWAY JR", "JOHN"], "ZZ9000", Differs),
    ] {
        let mut record = claim();
        for whose in [&mut record.claim.patient, &mut record.claim.subscriber] {
            (whose.last, whose.first) = (ours[0].into(), ours[1].into());
        }
        let mut said = answer();
        said.patient = person(theirs[0], theirs[1], id);
        assert_eq!(Comparison::of(&said, &record).patient, verdict, "{ours:?} {theirs:?} {id}");
    }
}

#[test]
fn a_social_security_number_is_no_other_member_number() {
    let mut said = answer();
    said.patient = person("MARSH", "GRETA", "900110022");
    assert_eq!(Comparison::of(&said, &claim()).patient, Verdict::Differs);
    said.patient.other_kind = true;
    assert_eq!(Comparison::of(&said, &claim()).patient, Verdict::Unknown);
}

#[test]
fn a_correction_by_the_payer_counts() {
    let mut said = answer();
    said.patient = person("HOLLOWEIGH", "GRETA", "ZZ9000");
    assert_eq!(Comparison::of(&said, &claim()).patient, Verdict::Differs);
    said.corrected = Some(person("HOLLOWAY", "", ""));
    assert_eq!(Comparison::of(&said, &claim()).patient, Verdict::Agrees);
    // Nor does a corrected name make a stranger of the one who was sent.
    said.patient = person("HOLLOWAY", "GRETA", "HW7301");
    said.corrected = Some(person("MARSH", "", "ZZ9000"));
    assert_eq!(Comparison::of(&said, &claim()).patient, Verdict::Agrees);
}

#[test]
fn who_holds_the_policy_may_be_named_for_a_dependent() {
    let mut record = claim();
    record.claim.patient = Person { last: "MARSH".into(), first: "BABYBOY".into(), ..Person::default() };
    let mut said = answer();
    said.patient = person("HOLLOWAY", "GRETA", "");
    assert_eq!(Comparison::of(&said, &record).patient, Verdict::Unknown);
    said.patient = person("HOLLOWAY", "IVO", "");
    assert_eq!(Comparison::of(&said, &record).patient, Verdict::Differs);
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
fn one_of_several_with_the_number() {
    let first = claim();
    type Row = (fn(&mut ClaimRecord), &'static str);
    let rows: [Row; 4] = [
        (|r| r.claim.patient.first = "IVO".into(), "control-number-and-patient"),
        (a_week_later, "control-number"),
        (|r| r.versions[0].charge = dollars(250), "control-number-and-charge"),
        (|r| r.claim.lines = vec![line(1, "90834", 140), line(2, "96127", 60), line(3, "1", 5)], ""),
    ];
    for (change, step) in rows {
        let second = other(change);
        let found = find(&answer(), &[exact(&second), exact(&first)]);
        let proved = Match::Proved(ClaimId(7), step);
        if step.is_empty() {
            assert_eq!(hold(&found), Some(Hold::AmbiguousMatch), "nothing tells them apart");
            let by_payer = Candidate { knows_payer_number: true, ..exact(&second) };
            let found = find(&answer(), &[by_payer, exact(&first)]);
            assert_eq!(found, Match::Proved(ClaimId(8), "control-number-and-payer-number"));
            let both = Candidate { knows_payer_number: true, ..exact(&first) };
            assert_eq!(hold(&find(&answer(), &[by_payer, both])), Some(Hold::AmbiguousMatch));
        } else if step == "control-number-and-charge" {
            // Its lines agree all the same; without them its charge is another.
            let bare = ClaimPayment { lines: Vec::new(), ..answer() };
            assert_eq!(find(&bare, &[exact(&second), exact(&first)]), proved);
        } else {
            assert_eq!(found, proved);
        }
    }
}

#[test]
fn a_contradicted_claim_leaves_room_for_another_number() {
    let stranger = other(|r| {
        r.claim.patient = Person { last: "MARSH".into(), first: "IVO".into(), ..Person::default() };
        r.claim.subscriber = r.claim.patient.clone();
        r.claim.payers.clear();
    });
    let meant = claim();
    assert_eq!(hold(&find(&answer(), &[exact(&stranger)])), Some(Hold::PatientDiffers));
    for candidate in [altered(&meant), known(&meant)] {
        let found = find(&answer(), &[exact(&stranger), candidate]);
        assert!(matches!(found, Match::Proved(ClaimId(7), _)), "{found:?}");
    }
    // The exact number goes before every other.
    let twin = other(|_| ());
    assert_eq!(
        find(&answer(), &[altered(&twin), known(&twin), exact(&meant)]),
        Match::Proved(ClaimId(7), "control-number")
    );
}

#[test]
fn an_altered_number_proves_one_claim_only() {
    let (first, second) = (claim(), other(|_| ()));
    assert_eq!(find(&answer(), &[altered(&first)]), Match::Proved(ClaimId(7), "control-number-altered"));
    assert_eq!(hold(&find(&answer(), &[altered(&first), altered(&second)])), Some(Hold::AmbiguousMatch));
    let later = other(a_week_later);
    assert_eq!(
        find(&answer(), &[altered(&later), altered(&first)]),
        Match::Proved(ClaimId(7), "control-number-altered")
    );
    assert_eq!(hold(&find(&answer(), &[])), Some(Hold::NoMatch));
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
