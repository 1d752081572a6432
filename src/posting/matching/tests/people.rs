//! Whether a payer means the patient of a claim: names, numbers, and who holds the policy.

use super::*;

/// What is said of the patient where the claim names one person and the payer another, under a number.
fn compared(ours: [&str; 2], theirs: [&str; 2], id: &str) -> Verdict {
    let mut record = claim();
    for whose in [&mut record.claim.patient, &mut record.claim.subscriber] {
        (whose.last, whose.first) = (ours[0].into(), ours[1].into());
    }
    let mut said = answer();
    said.patient = person(theirs[0], theirs[1], id);
    Comparison::of(&said, &record).patient
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
        (["D'ANN SMITH", "GRETA"], ["DANN", "GRETA"], "", Agrees),
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
        assert_eq!(compared(ours, theirs, id), verdict, "{ours:?} {theirs:?} {id}");
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

/// Where a name, a number or a day stops to be the same.
#[test]
fn names_and_numbers_at_their_edges() {
    use Verdict::{Agrees, Differs, Unknown};
    for (ours, theirs, id, verdict) in [
        // Cut after six letters, and not after five.
        (["HOLLOWAY", "GRETA"], ["HOLLOW", "GRETA"], "ZZ9000", Agrees),
        (["HOLLOWAY", "GRETA"], ["HOLLO", "GRETA"], "ZZ9000", Differs),
        (["HOLLOW", "GRETA"], ["HOLLOWAY", "GRETA"], "ZZ9000", Agrees),
        (["HOLLOWAY", "ALEXANDRIA"], ["HOLLOWAY", "ALEXAN"], "ZZ9000", Agrees),
        (["HOLLOWAY", "ALEXANDRIA"], ["HOLLOWAY", "ALEXA"], "ZZ9000", Differs),
        // One letter is an initial on either side; two are a name.
        (["HOLLOWAY", "G"], ["HOLLOWAY", "GRETA"], "ZZ9000", Agrees),
        (["HOLLOWAY", "GR"], ["HOLLOWAY", "GRETA"], "ZZ9000", Differs),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "GR"], "ZZ9000", Differs),
        (["HOLLOWAY", "JO ANN"], ["HOLLOWAY", "JOANN"], "ZZ9000", Agrees),
        (["DE LEO", "GRETA"], ["DELEO", "GRETA"], "ZZ9000", Agrees),
        // What tells father from son is no part of the name, unless it is all of it.
        (["O HARA JR", "GRETA"], ["OHARA", "GRETA"], "ZZ9000", Agrees),
        (["HOLLOWAY JR", "GRETA"], ["JR", "GRETA"], "ZZ9000", Differs),
        (["JR.", "GRETA"], ["JR", "GRETA"], "ZZ9000", Agrees),
        (["HOLLOWAY JR", "JOHN"], ["HOLLOWAY II", "JOHN"], "ZZ9000", Agrees),
        (["HOLLOWAY II", "JOHN"], ["HOLLOWAY JR", "JOHN"], "ZZ9000", Agrees),
        (["HOLLOWAY JR", "JOHN"], ["HOLLOWAY, JR.", "JOHN"], "ZZ9000", Agrees),
        (["HOLLOWAY SR", "JOHN"], ["HOLLOWAY II", "JOHN"], "ZZ9000", Differs),
        (["HOLLOWAY II", "JOHN"], ["HOLLOWAY SR", "JOHN"], "ZZ9000", Differs),
        (["HOLLOWAY JR", "JOHN"], ["HOLLOWAY III", "JOHN"], "ZZ9000", Differs),
        (["HOLLOWAY III", "JOHN"], ["HOLLOWAY JR", "JOHN"], "ZZ9000", Differs),
        (["HOLLOWAY II", "JOHN"], ["HOLLOWAY III", "JOHN"], "ZZ9000", Differs),
        (["HOLLOWAY", "JOHN SR"], ["HOLLOWAY", "JOHN JR"], "ZZ9000", Differs),
        (["HOLLOWAY SR", "JOHN"], ["HOLLOWAY", "JOHN"], "ZZ9000", Agrees),
        (["HOLLOWAY", "JOHN"], ["HOLLOWAY SR", "JOHN"], "ZZ9000", Agrees),
        (["HOLLOWAY SR", "JOHN"], ["HOLLOWAY", "JOHN PAUL"], "ZZ9000", Agrees),
        // Without accents.
        (["ÅGREN", "GRETA"], ["AGREN", "GRETA"], "ZZ9000", Agrees),
        (["FRANÇ", "GRETA"], ["FRANC", "GRETA"], "ZZ9000", Agrees),
        (["BÉDAR", "GRETA"], ["BEDAR", "GRETA"], "ZZ9000", Agrees),
        (["MÍGUE", "GRETA"], ["MIGUE", "GRETA"], "ZZ9000", Agrees),
        (["GÓMEZ", "GRETA"], ["GOMEZ", "GRETA"], "ZZ9000", Agrees),
        (["SØREN", "GRETA"], ["SOREN", "GRETA"], "ZZ9000", Agrees),
        (["GÜNTH", "GRETA"], ["GUNTH", "GRETA"], "ZZ9000", Agrees),
        (["ÝMIR", "GRETA"], ["YMIR", "GRETA"], "ZZ9000", Agrees),
        // Nothing is no name and no number.
        (["-", "GRETA"], ["-", "GRETA"], "ZZ9000", Unknown),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "IVO"], "0000", Unknown),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "IVO"], "00-00", Unknown),
        // A part of a number from four on.
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "IVO"], "7301", Unknown),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "IVO"], "301", Differs),
        (["HOLLOWAY", "GRETA"], ["HOLLOWAY", "IVO"], "XHW7301X", Unknown),
    ] {
        assert_eq!(compared(ours, theirs, id), verdict, "{ours:?} {theirs:?} {id}");
    }
    // A claim without any number says nothing of one.
    let mut without = claim();
    for whose in [&mut without.claim.patient, &mut without.claim.subscriber] {
        whose.member_id = Text::default();
    }
    without.claim.payers.iter_mut().for_each(|payer| payer.member_id = Text::default());
    let said = ClaimPayment { patient: person("HOLLOWAY", "IVO", "ZZ9000"), ..answer() };
    assert_eq!(Comparison::of(&said, &without).patient, Unknown);
}

#[test]
fn the_insured_lends_a_number_and_no_name() {
    use Verdict::{Agrees, Differs, Unknown};
    let of = |patient: RemitPerson, insured: RemitPerson| {
        let said = ClaimPayment { patient, insured: Some(insured), ..answer() };
        Comparison::of(&said, &claim()).patient
    };
    let nobody = RemitPerson::default;
    assert_eq!(of(nobody(), person("MARSH", "IVO", "HW7301")), Agrees);
    assert_eq!(of(nobody(), person("MARSH", "IVO", "ZZ9000")), Unknown);
    assert_eq!(of(nobody(), person("MARSH", "IVO", "")), Unknown);
    assert_eq!(of(person("MARSH", "GRETA", ""), person("", "", "HW7301")), Agrees);
    assert_eq!(of(person("MARSH", "GRETA", ""), person("", "", "ZZ9000")), Differs);
    assert_eq!(of(person("HOLLOWAY", "IVO", ""), person("", "", "ZZ9000")), Differs);
    assert_eq!(of(person("HOLLOWAY", "IVO", ""), person("", "", "")), Unknown);
    // Only the first name of who holds the policy is not enough.
    let mut child = claim();
    child.claim.patient = Person { last: "MARSH".into(), first: "BABYBOY".into(), ..Person::default() };
    let said = ClaimPayment { patient: person("OTHER", "GRETA", ""), ..answer() };
    assert_eq!(Comparison::of(&said, &child).patient, Differs);
}

#[test]
fn a_corrected_number_is_of_its_own_kind() {
    let mut said = answer();
    said.patient = person("MARSH", "GRETA", "ZZ9000");
    said.corrected = Some(RemitPerson { other_kind: true, ..person("", "", "900110022") });
    assert_eq!(Comparison::of(&said, &claim()).patient, Verdict::Unknown);
    said.corrected = Some(RemitPerson { other_kind: true, ..person("MARCH", "", "") });
    assert_eq!(Comparison::of(&said, &claim()).patient, Verdict::Differs, "no number of its own");
}
