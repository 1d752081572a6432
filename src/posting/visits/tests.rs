//! One visit or two: one row for each thing that tells claims apart, and this alone is otherwise.

use super::*;
use crate::domain::book::Origin;
use crate::domain::claim::{ClaimPayer, ServiceLine};
use crate::domain::remit::{Adjustment, LinePayment};
use crate::domain::{
    ClaimId, FacilityKind, FileId, GroupCode, Money, PatientControlNumber, PayerControlNumber, PayerId,
    Quantity,
};

fn day(text: &str) -> Date {
    Date::parse_iso(text).expect("a day")
}

fn dollars(amount: i64) -> Money {
    Money::from_cents(amount * 100)
}

fn line(number: u16, code: &str) -> ServiceLine {
    ServiceLine {
        number,
        control_number: Text::default(),
        qualifier: "HC".into(),
        procedure: code.into(),
        modifiers: Default::default(),
        revenue_code: Text::default(),
        charge: dollars(90),
        units: Quantity::ONE,
        place_of_service: Text::default(),
        pointers: Default::default(),
        from: None,
        to: None,
    }
}

fn version(billed_on: &str, frequency: Frequency, charge: i64) -> ClaimVersion {
    ClaimVersion {
        billed_on: day(billed_on),
        frequency: frequency.0,
        charge: dollars(charge),
        service_from: None,
        service_to: None,
        batch: Text::default(),
        billed_payer: PayerId(4),
        origin: Origin { file: FileId(1), segment: 1 },
        fingerprint: 0,
    }
}

/// WANDA OKAFOR, 2025-07-03 to 04, 97110 and 97140 for 180, billed on 2025-07-05 to payer 4.
fn claim(id: u64, billed_on: &str) -> ClaimRecord {
    let patient = Person {
        last: "OKAFOR".into(),
        first: "WANDA".into(),
        member_id: "MB-551".into(),
        born: Some(day("1971-02-11")),
    };
    let of = |npi: &str, name: &str| Provider { npi: npi.into(), tax_id: Text::default(), name: name.into() };
    let claim = Claim {
        kind: FacilityKind::Professional,
        control_number: PatientControlNumber::new("V1"),
        charge: dollars(180),
        facility: "11".into(),
        frequency: Frequency::ORIGINAL,
        billed_on: day(billed_on),
        batch: Text::default(),
        billing: of("1000000001", "LAKESIDE THERAPY"),
        rendering: Some(of("2000000002", "DOE")),
        subscriber: patient.clone(),
        patient,
        payers: vec![ClaimPayer::default()],
        billed_payer: 0,
        diagnoses: Vec::new(),
        service_from: Some(day("2025-07-03")),
        service_to: Some(day("2025-07-04")),
        admitted: None,
        original_reference: PayerControlNumber::default(),
        clearinghouse_number: Text::default(),
        prior_authorization: Text::default(),
        medical_record: Text::default(),
        patient_paid: Money::ZERO,
        lines: vec![line(1, "97110"), line(2, "97140")],
        segment: 1,
    };
    let versions = [version(billed_on, Frequency::ORIGINAL, 180)].into_iter().collect();
    ClaimRecord { id: ClaimId(id), claim: Box::new(claim), payers: Default::default(), versions }
}

type Change = fn(&mut ClaimRecord);

/// The same visit and the same bill; the same visit and another bill; another visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    SameBill,
    SameVisit,
    Another,
}

#[test]
fn one_thing_alone_is_otherwise() {
    use Is::{Another, SameBill, SameVisit};
    let rows: [(&str, Change, Is); 34] = [
        ("nothing", |_| (), SameBill),
        ("the other kind of claim", |r| r.claim.kind = FacilityKind::Institutional, Another),
        ("the first day", |r| r.claim.service_from = Some(day("2025-07-02")), Another),
        ("the last day", |r| r.claim.service_to = Some(day("2025-07-05")), Another),
        ("no last day", |r| r.claim.service_to = None, Another),
        // The patient.
        ("the last name", |r| r.claim.patient.last = "OKORO".into(), SameBill),
        ("the first name", |r| r.claim.patient.first = "WENDY".into(), Another),
        ("the birthday", |r| r.claim.patient.born = Some(day("1971-11-02")), Another),
        ("no birthday", |r| r.claim.patient.born = None, SameBill),
        ("the member's number", |r| r.claim.subscriber.member_id = "MB-552".into(), SameBill),
        (
            "last name and number",
            |r| (r.claim.patient.last, r.claim.subscriber.member_id) = ("OKORO".into(), "MB-552".into()),
            Another,
        ),
        (
            "last name and no number",
            |r| (r.claim.patient.last, r.claim.subscriber.member_id) = ("OKORO".into(), "".into()),
            Another,
        ),
        ("how the name is written", |r| r.claim.patient.last = "O'Kafor".into(), SameBill),
        ("how the first name is written", |r| r.claim.patient.first = "wanda".into(), SameBill),
        // The provider.
        ("the billing NPI", |r| r.claim.billing.npi = "1000000009".into(), Another),
        ("the billing name under one NPI", |r| r.claim.billing.name = "LAKE THERAPY".into(), SameBill),
        ("no NPI", |r| r.claim.billing.npi = "".into(), SameBill),
        (
            "no NPI, and another name",
            |r| (r.claim.billing.npi, r.claim.billing.name) = ("".into(), "HILL THERAPY".into()),
            Another,
        ),
        (
            "no NPI, and the name in other letters",
            |r| (r.claim.billing.npi, r.claim.billing.name) = ("".into(), "Lakeside-Therapy".into()),
            SameBill,
        ),
        ("neither NPI nor name", |r| r.claim.billing = Provider::default(), SameBill),
        (
            "who rendered it",
            |r| r.claim.rendering = Some(Provider { npi: "2000000003".into(), ..Provider::default() }),
            Another,
        ),
        ("nobody rendered it", |r| r.claim.rendering = None, SameBill),
        // The bill.
        ("the charge", |r| r.versions[0].charge = dollars(181), SameVisit),
        ("the payer", |r| r.versions[0].billed_payer = PayerId(5), SameVisit),
        ("a procedure", |r| r.claim.lines[1].procedure = "97112".into(), SameVisit),
        ("a revenue code", |r| r.claim.lines[1].revenue_code = "0420".into(), SameVisit),
        ("a modifier", |r| r.claim.lines[0].modifiers = ["59".into()].into_iter().collect(), SameVisit),
        ("one line more", |r| r.claim.lines.push(line(3, "97140")), SameVisit),
        ("one line less", |r| drop(r.claim.lines.pop()), SameVisit),
        ("the order of the lines", |r| r.claim.lines.reverse(), SameBill),
        // What neither tells apart.
        ("the diagnosis and the place", |r| r.claim.facility = "22".into(), SameBill),
        (
            "amended since: the charges decide",
            |r| {
                r.claim.lines[1].procedure = "97112".into();
                r.versions.push(version("2025-07-20", Frequency::REPLACEMENT, 150));
            },
            SameBill,
        ),
        (
            "amended since, and another charge at first",
            |r| {
                r.versions[0].charge = dollars(181);
                r.versions.push(version("2025-07-20", Frequency::REPLACEMENT, 180));
            },
            SameVisit,
        ),
        ("the number of the claim", |r| r.claim.control_number = PatientControlNumber::new("V2"), SameBill),
    ];
    let earlier = claim(1, "2025-07-05");
    for (what, change, is) in rows {
        let mut later = claim(2, "2025-07-15");
        change(&mut later);
        assert_eq!(is_same_visit(&earlier.claim, &later.claim), is != Another, "{what}");
        assert_eq!(is_same_visit(&later.claim, &earlier.claim), is != Another, "{what}, turned");
        let of = |fate| relation(&earlier, &later, fate);
        let double = |likeness| Some(Relation::Double(likeness));
        let expected = match is {
            SameBill => [
                double(Likeness::Same),
                double(Likeness::Same),
                Some(Relation::Version(JoinGround::SentAgain)),
            ],
            SameVisit => [None, double(Likeness::Changed), double(Likeness::Changed)],
            Another => [None, None, None],
        };
        assert_eq!([of(Fate::Standing), of(Fate::Denied), of(Fate::Refused)], expected, "{what}");
    }
}

#[test]
fn an_earlier_claim_that_was_amended_or_taken_away() {
    let later = claim(2, "2025-07-15");
    let of = |versions: &[ClaimVersion]| {
        let mut earlier = claim(1, "2025-07-05");
        earlier.claim.lines.pop();
        earlier.versions.extend(versions.iter().cloned());
        relation(&earlier, &later, Fate::Refused)
    };
    let again = Some(Relation::Version(JoinGround::SentAgain));
    assert_eq!(of(&[]), Some(Relation::Double(Likeness::Changed)), "its lines are others");
    assert_eq!(of(&[version("2025-07-10", Frequency::REPLACEMENT, 90)]), again, "one of its charges");
    let moved =
        ClaimVersion { billed_payer: PayerId(9), ..version("2025-07-10", Frequency::REPLACEMENT, 90) };
    assert_eq!(of(&[moved]), again, "one of its payers");
    // A claim that should not exist is nobody's double: from the day on which it was taken away.
    assert_eq!(of(&[version("2025-07-14", Frequency::VOID, 180)]), None);
    assert_eq!(of(&[version("2025-07-15", Frequency::VOID, 180)]), None);
    assert_eq!(of(&[version("2025-07-16", Frequency::VOID, 180)]), again);
    let back = [version("2025-07-08", Frequency::VOID, 180), version("2025-07-09", Frequency::ORIGINAL, 180)];
    assert_eq!(of(&back), again);
    let mut bare = later.clone();
    bare.versions.clear();
    assert_eq!(relation(&later, &bare, Fate::Refused), None);
}

#[test]
fn what_may_amend_a_claim() {
    let rows: [(&str, Change, bool); 13] = [
        ("nothing else", |_| (), true),
        ("the other kind of claim", |r| r.claim.kind = FacilityKind::Institutional, false),
        ("another patient", |r| r.claim.patient.first = "IVO".into(), false),
        (
            "the day before",
            |r| {
                (r.claim.service_from, r.claim.service_to) =
                    (Some(day("2025-07-02")), Some(day("2025-07-02")))
            },
            false,
        ),
        (
            "until the first day",
            |r| {
                (r.claim.service_from, r.claim.service_to) =
                    (Some(day("2025-07-01")), Some(day("2025-07-03")))
            },
            true,
        ),
        (
            "from the last day",
            |r| (r.claim.service_from, r.claim.service_to) = (Some(day("2025-07-04")), None),
            true,
        ),
        (
            "the day after",
            |r| (r.claim.service_from, r.claim.service_to) = (Some(day("2025-07-05")), None),
            false,
        ),
        (
            "the day before alone",
            |r| (r.claim.service_from, r.claim.service_to) = (Some(day("2025-07-02")), None),
            false,
        ),
        ("no day", |r| (r.claim.service_from, r.claim.service_to) = (None, Some(day("2025-07-09"))), true),
        ("other lines", |r| drop(r.claim.lines.pop()), true),
        ("another charge", |r| r.versions[0].charge = dollars(20), true),
        ("another provider", |r| r.claim.billing.npi = "1000000009".into(), true),
        ("another payer", |r| r.versions[0].billed_payer = PayerId(9), true),
    ];
    let original = claim(1, "2025-07-05");
    for (what, change, may) in rows {
        let mut amending = claim(2, "2025-07-15");
        change(&mut amending);
        assert_eq!(may_amend(&original, &amending), may, "{what}");
        assert_eq!(may_amend(&amending, &original), may, "{what}, turned");
    }
}

#[test]
fn which_was_billed_first_and_which_begins() {
    let (one, other) = (claim(1, "2025-07-05"), claim(2, "2025-07-05"));
    assert!(is_before(&one, &claim(2, "2025-07-06")) && !is_before(&claim(2, "2025-07-06"), &one));
    assert!(is_before(&claim(2, "2025-07-04"), &one));
    assert!(is_before(&one, &other) && !is_before(&other, &one), "the number decides of one day");
    assert!(!is_before(&one, &one));
    let mut bare = claim(3, "2025-07-05");
    bare.versions.clear();
    assert!(!is_before(&bare, &one) && !is_before(&one, &bare) && !begins(&bare));
    assert_eq!(first_billed(&one).map(|v| v.billed_on), Some(day("2025-07-05")));
    for (frequency, expected) in [
        (Frequency::ORIGINAL, true),
        (Frequency::REPLACEMENT, false),
        (Frequency::VOID, false),
        (Frequency::LATE_CHARGES, false),
    ] {
        let mut record = claim(1, "2025-07-05");
        record.versions[0].frequency = frequency.0;
        record.versions.push(version("2025-07-09", Frequency::ORIGINAL, 180));
        assert_eq!(begins(&record), expected, "{frequency:?}");
    }
}

#[test]
fn an_answer_refuses_or_denies() {
    type Change = fn(&mut ClaimPayment);
    let rows: [(&str, Change, bool, bool); 13] = [
        ("a denial", |_| (), false, true),
        ("MA130 of the claim", |a| a.remarks.push(Code::known("MA130")), true, true),
        ("N142 of a line", |a| a.lines[0].remarks.push(Code::known("N142")), true, true),
        ("another remark", |a| a.remarks.push(Code::known("MA13")), false, true),
        (
            "MA130, and a payment",
            |a| {
                a.remarks.push(Code::known("MA130"));
                a.paid = dollars(5);
            },
            false,
            true,
        ),
        (
            "MA130 of nothing",
            |a| {
                a.remarks.push(Code::known("MA130"));
                a.charge = Money::ZERO;
            },
            false,
            true,
        ),
        (
            "MA130 of a reversal",
            |a| {
                a.remarks.push(Code::known("MA130"));
                a.charge = dollars(-180);
            },
            false,
            true,
        ),
        ("taken back", |a| a.adjustments[0].amount = dollars(-180), false, false),
        ("nothing denied", |a| a.adjustments[0].amount = Money::ZERO, false, false),
        ("the contract", |a| a.adjustments[0].reason = Code::known("45"), false, false),
        ("the patient's", |a| a.adjustments[0].reason = Code::known("1"), false, false),
        ("no group", |a| a.adjustments[0].group = None, false, false),
        (
            "status 4",
            |a| {
                a.status = "4".into();
                a.adjustments.clear();
            },
            false,
            true,
        ),
    ];
    for (what, change, refuses, refused) in rows {
        let denied =
            Adjustment { group: Some(GroupCode::Co), reason: Code::known("16"), amount: dollars(180) };
        let mut answer = ClaimPayment {
            status: "1".into(),
            charge: dollars(180),
            adjustments: vec![denied],
            lines: vec![LinePayment::default()],
            ..ClaimPayment::default()
        };
        change(&mut answer);
        assert_eq!(is_unprocessable(&answer), refuses, "{what}");
        assert_eq!(denies(&answer), refused, "{what}");
    }
}
