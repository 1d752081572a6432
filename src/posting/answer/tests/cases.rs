//! Cases of denials in the stories of rows: their numbers, and what remarks say of them.

use super::rows::told;
use crate::domain::case::DenialCase;
use crate::domain::clock::Recourse;
use crate::domain::{CaseId, ClaimId, Code, PayerId};

fn cases(row: &str, known: &[DenialCase]) -> Vec<DenialCase> {
    told(row, false, |story, _| crate::denial::of_story(ClaimId(1), story, known))
}

/// A case keeps its number while its claim's story is told anew.
#[test]
fn a_case_keeps_its_number() {
    let numbered = |row: &str, ids: &[u64]| {
        let mut known = cases(row, &[]);
        assert!(known.len() == ids.len() && known.iter().all(|case| case.id == CaseId(0)), "{row}");
        known.iter_mut().zip(ids).for_each(|(case, id)| case.id = CaseId(*id));
        known
    };
    let ids = |row: &str, known: &[DenialCase]| -> Vec<u64> {
        cases(row, known).iter().map(|case| case.id.0).collect()
    };
    let both = "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90";
    let known = numbered(both, &[7, 9]);
    assert_eq!(ids(both, &known), [7, 9]);
    let turned: Vec<DenialCase> = known.iter().rev().cloned().collect();
    assert_eq!(ids(both, &turned), [7, 9], "in whatever order they are known");
    assert_eq!(ids("60+90 P1: 1 P1 E1 | 1/60 CO-197:60 | 2/90 CO-50:90; 4 P1 E2 CO-16:150", &known), [7, 9]);
    // Another answer began it: a new case.
    assert_eq!(ids("60+90 P1: 1 P1 E1 CO-45:10; 1 P1 E2 | 1/60 CO-197:60", &known), [0]);
    let later = "60+90 P1: 1 P1 E1 | 1/60 CO-45:60 | 2/90 CO-50:90; 2 P1 -E1; 3 P1 E2 | 1/60 CO-197:60 | 2/90 CO-50:90";
    assert_eq!(ids(later, &known[1..]), [9, 0], "one more line, and it is new");
    // The claim has other lines now: the answer decides, and no number is given twice.
    assert_eq!(ids("150 P1: 1 P1 E1 CO-197:150", &known), [7]);
    let one = numbered("150 P1: 1 P1 E1 CO-197:150", &[4]);
    assert_eq!(ids(both, &one), [4, 0]);
    // Of several lines the first tells cases of one answer apart.
    let four = "10+20+30+40 P1: 1 P1 E1 | 1/10 CO-197:10 | 2/20 CO-197:20 | 3/30 CO-50:30 | 4/40 CO-50:40";
    let pairs = numbered(four, &[7, 9]);
    let turned: Vec<DenialCase> = pairs.iter().rev().cloned().collect();
    assert_eq!(ids(four, &turned), [7, 9]);
    // What stands as denied and nobody denied: by its payer, else the only one.
    let put = numbered("150 P1: 1 open>denied 40", &[5]);
    assert_eq!(ids("150 P1: 2 open>denied 60", &put), [5]);
    let mut elsewhere = put.clone();
    elsewhere[0].payer = PayerId(3);
    assert_eq!(ids("150 P1: 1 open>denied 40", &elsewhere), [5]);
    assert_eq!(
        ids(
            "150 P1: 1 open>denied 40",
            &[elsewhere[0].clone(), DenialCase { id: CaseId(6), ..put[0].clone() }]
        ),
        [6]
    );
    assert_eq!(ids("150 P1: 1 P1 E1 CO-197:150", &put), [0], "an answer's case is another");
    // One that had turned out to be none is found by payer and reason.
    let emptied = |case: &DenialCase| DenialCase { lines: Vec::new(), events: Vec::new(), ..case.clone() };
    assert_eq!(ids(both, &[emptied(&known[1]), emptied(&known[0])]), [7, 9]);
    let of_another = DenialCase { payer: PayerId(3), ..emptied(&known[0]) };
    assert_eq!(ids(both, &[of_another]), [0, 0]);
}

#[test]
fn what_remarks_say_of_a_case() {
    let of = |row: &str| {
        let case = cases(row, &[]).remove(0);
        let remarks: Vec<String> = case.remarks.iter().map(Code::to_string).collect();
        let last = case.events[case.events.len() - 1].clone();
        (last.recourse, last.notice, remarks.join(" "))
    };
    let said = |recourse, notice, remarks: &str| (recourse, notice, remarks.to_owned());
    let (usual, new_claim) = (Recourse::Usual, Recourse::NewClaim);
    for (row, expected) in [
        ("150 P1: 1 P1 E1 CO-197:150", said(usual, false, "")),
        ("150 P1: 1 P1 E1 @MA74 CO-197:150", said(usual, true, "MA74")),
        ("60+90 P1: 1 P1 E1 | 1/60 CO-197:60 @N130 @MA74 | 2/90", said(usual, true, "N130 MA74")),
        ("150 P1: 1 P1 E1 @N211 CO-197:150", said(new_claim, false, "N211")),
        ("150 P1: 1 P1 E1 @MA44 CO-197:150", said(Recourse::Nothing, false, "MA44")),
        ("150 P1: 1 open>denied 40", said(usual, false, "")),
        // What is open for one line is open for the case, and for one of two that are the same line.
        (
            "60+90 P1: 1 P1 E1 | R1/30 CO-197:30 @N211 | R1/30 CO-197:30 @M76 | 2/90",
            said(usual, false, "N211 M76"),
        ),
        ("60+90 P1: 1 P1 E1 | 1/60 CO-197:60 @N211 | 2/90 CO-197:90 @M76", said(usual, false, "N211 M76")),
        (
            "60+90 P1: 1 P1 E1 | 1/60 CO-197:60 @N211 | 2/90 CO-197:90 @N704",
            said(new_claim, false, "N211 N704"),
        ),
        // The latest answer's, each once.
        ("150 P1: 1 P1 E1 @N211 CO-197:150; 2 P1 E2 @M76 CO-197:150", said(usual, false, "M76")),
        ("60+90 P1: 1 P1 E1 @M76 | 1/60 CO-197:60 | 2/90 CO-197:90", said(usual, false, "M76")),
    ] {
        assert_eq!(of(row), expected, "{row}");
    }
}
