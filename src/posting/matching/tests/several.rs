//! Of several claims the one that is meant, and what is said where none is proved.

use super::*;

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
fn of_several_the_one_that_agrees_in_more() {
    let first = claim();
    let dateless = other(|r| {
        (r.claim.service_from, r.claim.service_to) = (None, None);
        (r.versions[0].service_from, r.versions[0].service_to) = (None, None);
    });
    let proved = |step| Match::Proved(ClaimId(7), step);
    assert_eq!(find(&answer(), &[exact(&dateless), exact(&first)]), proved("control-number-and-date"));
    let strange = other(|r| r.claim.lines = vec![line(1, "1", 200)]);
    assert_eq!(find(&answer(), &[exact(&strange), exact(&first)]), proved("control-number-and-lines"));
    // By the payer's number, too.
    assert_eq!(find(&answer(), &[known(&dateless), known(&first)]), proved("payer-number"));
    let twin = other(|_| ());
    assert_eq!(hold(&find(&answer(), &[known(&twin), known(&first)])), Some(Hold::AmbiguousMatch));
    // A whole charge goes before a part, though the part agrees in as much or more.
    let mut meant = claim();
    (meant.claim.service_from, meant.claim.service_to) = (None, None);
    (meant.versions[0].service_from, meant.versions[0].service_to) = (None, None);
    let larger = other(|r| r.versions[0].charge = dollars(260));
    let bare = ClaimPayment { lines: Vec::new(), ..answer() };
    assert_eq!(find(&bare, &[exact(&larger), exact(&meant)]), proved("control-number-and-charge"));
    meant.claim.patient = Person::default();
    meant.claim.subscriber = Person::default();
    meant.claim.payers.clear();
    assert_eq!(find(&bare, &[exact(&larger), exact(&meant)]), proved("control-number-and-charge"));
    // Of two parts the one that agrees in more.
    meant.versions[0].charge = dollars(260);
    let found = find(&bare, &[exact(&larger), exact(&meant)]);
    assert_eq!(found, Match::Proved(ClaimId(8), "control-number-and-patient"));
}

#[test]
fn the_nearest_claim_says_why_nothing_is_proved() {
    let elsewhere = other(a_week_later);
    let stranger = other(|r| {
        r.claim.patient = Person { last: "MARSH".into(), first: "IVO".into(), ..Person::default() };
        r.claim.subscriber = r.claim.patient.clone();
        r.claim.payers.clear();
    });
    let found = find(&answer(), &[known(&stranger), exact(&elsewhere)]);
    let Match::Waits(hold, message) = &found else { panic!("it is proved") };
    assert_eq!(*hold, Hold::DateDiffers, "the exact number first");
    assert!(message.starts_with("the claim with this number is not meant"), "{message}");
    let found = find(&answer(), &[exact(&stranger), known(&elsewhere)]);
    let Match::Waits(hold, _) = &found else { panic!("it is proved") };
    assert_eq!(*hold, Hold::PatientDiffers);
    let Match::Waits(_, message) = find(&answer(), &[known(&elsewhere)]) else { panic!("it is proved") };
    assert!(message.starts_with("the claim that the payer's number names is not meant"), "{message}");
    // Of two with the number the one that differs in less.
    let both = other(|r| {
        a_week_later(r);
        r.claim.patient = Person { last: "MARSH".into(), first: "IVO".into(), ..Person::default() };
        r.claim.subscriber = r.claim.patient.clone();
        r.claim.payers.clear();
    });
    for candidates in [[exact(&both), exact(&elsewhere)], [exact(&elsewhere), exact(&both)]] {
        let Match::Waits(hold, _) = find(&answer(), &candidates) else { panic!("it is proved") };
        assert_eq!(hold, Hold::DateDiffers);
    }
}
