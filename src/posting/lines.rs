//! Which service line of the claim an SVC loop speaks of. `docs/rules/posting-rules.md` section 11, `docs/rules/x12-835.md` section 7.

use sha2::{Digest, Sha256};

use crate::domain::claim::ServiceLine;
use crate::domain::remit::LinePayment;
use crate::domain::{Few, Money, Text};

/// Line numbers from here on stand for service lines that the claim does not have: the payer unbundled, or the
/// claim came without lines. The same service always gets the same number, so that a second denial of it joins the first.
pub const UNKNOWN_LINES: u16 = 40_000;

/// For each SVC loop, the number of the claim's line it answers, or a number from [`UNKNOWN_LINES`] on.
///
/// In this order: REF*6R (as sent, then without punctuation and leading zeros); the submitted code with modifiers,
/// date and charge, then with less of these; else it is unknown. Several loops may share one line by REF*6R, or where their
/// charges together are no more than the line's: the payer divided it.
#[must_use]
pub fn match_lines(claim: &[ServiceLine], answered: &[LinePayment]) -> Few<u16, 8> {
    let mut numbers = Few::from_elem(0, answered.len());
    let mut used: Few<bool, 8> = Few::from_elem(false, claim.len());
    for (number, answer) in numbers.iter_mut().zip(answered) {
        if let Some(at) = by_control_number(claim, answer) {
            used[at] = true;
            *number = claim[at].number;
        }
    }
    for step in STEPS {
        for (number, answer) in numbers.iter_mut().zip(answered) {
            if *number != 0 {
                continue;
            }
            if let Some(at) = (0..claim.len()).find(|&at| !used[at] && step(&claim[at], answer)) {
                used[at] = true;
                *number = claim[at].number;
            }
        }
    }
    for at in (0..answered.len()).filter(|at| numbers[*at] == 0).collect::<Few<usize, 8>>() {
        let line = claim.iter().find(|line| is_part_of(line, &answered[at], answered, &numbers));
        numbers[at] = line.map_or_else(|| unknown_number(&answered[at]), |line| line.number);
    }
    numbers
}

/// Whether a loop is one more part of a line that other loops answer already.
fn is_part_of(line: &ServiceLine, answer: &LinePayment, answered: &[LinePayment], numbers: &[u16]) -> bool {
    let others = answered.iter().zip(numbers).filter(|(_, number)| **number == line.number);
    let charged: Money = others.map(|(other, _)| other.charge.abs()).sum();
    let fits = charged + answer.charge.abs() <= line.charge.abs();
    fits && !answer.charge.is_zero() && same_code(line, answer) && same_day(line, answer)
}

fn by_control_number(claim: &[ServiceLine], answer: &LinePayment) -> Option<usize> {
    let sent = answer.control_number.as_str();
    if sent.is_empty() {
        return None;
    }
    let exact = claim.iter().position(|line| line.control_number == sent);
    exact.or_else(|| {
        let bare = strip(sent);
        claim.iter().position(|line| {
            // Where the claim sent no number, some payers return the line's own (LX01).
            let own = if line.control_number.is_empty() {
                line.number.to_string()
            } else {
                strip(&line.control_number)
            };
            !bare.is_empty() && own == bare
        })
    })
}

fn strip(number: &str) -> String {
    let kept: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    kept.trim_start_matches('0').to_ascii_uppercase()
}

type Step = fn(&ServiceLine, &LinePayment) -> bool;

/// From the strictest to the loosest; a line is taken by the first that fits.
const STEPS: [Step; 4] = [
    |line, answer| {
        same_code(line, answer)
            && same_modifiers(line, answer)
            && same_day(line, answer)
            && line.charge == answer.charge
    },
    |line, answer| same_code(line, answer) && same_day(line, answer) && line.charge == answer.charge,
    |line, answer| same_code(line, answer) && line.charge == answer.charge,
    |line, answer| same_code(line, answer) && !line.procedure.is_empty(),
];

fn same_code(line: &ServiceLine, answer: &LinePayment) -> bool {
    let submitted =
        if answer.original_procedure.is_empty() { &answer.procedure } else { &answer.original_procedure };
    if line.procedure.is_empty() {
        // A revenue-code line answers as `NU:0450`, or with the code in SVC04.
        return !line.revenue_code.is_empty()
            && (*submitted == line.revenue_code || answer.revenue_code == line.revenue_code);
    }
    *submitted == line.procedure
}

fn same_modifiers(line: &ServiceLine, answer: &LinePayment) -> bool {
    let sent =
        if answer.original_procedure.is_empty() { &answer.modifiers } else { &answer.original_modifiers };
    let sorted = |modifiers: &[Text]| {
        let mut sorted = modifiers.to_vec();
        sorted.sort();
        sorted
    };
    *sent == line.modifiers || sorted(sent) == sorted(&line.modifiers)
}

fn same_day(line: &ServiceLine, answer: &LinePayment) -> bool {
    answer.from.is_none() || line.from.is_none() || answer.from == line.from
}

/// Stored in denial cases, so it must be the same in every version of this program.
fn unknown_number(answer: &LinePayment) -> u16 {
    let code =
        if answer.original_procedure.is_empty() { &answer.procedure } else { &answer.original_procedure };
    let digest = Sha256::digest(format!("{code}*{}*{}", answer.modifiers.join(":"), answer.charge.abs()));
    UNKNOWN_LINES + u16::from_be_bytes([digest[0], digest[1]]) % 20_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Date, Quantity};

    fn line(number: u16, control: &str, code: &str, charge: i64) -> ServiceLine {
        ServiceLine {
            number,
            control_number: control.into(),
            qualifier: "HC".into(),
            procedure: code.into(),
            modifiers: Default::default(),
            revenue_code: Default::default(),
            charge: Money::from_cents(charge),
            units: Quantity::ONE,
            place_of_service: Default::default(),
            pointers: Default::default(),
            from: Date::parse_iso("2025-01-02"),
            to: None,
        }
    }

    fn svc(control: &str, code: &str, charge: i64) -> LinePayment {
        LinePayment {
            control_number: control.into(),
            procedure: code.into(),
            charge: Money::from_cents(charge),
            ..LinePayment::default()
        }
    }

    #[test]
    fn the_line_number_returned_by_the_payer_wins() {
        let claim = [line(1, "A-001", "99213", 100), line(2, "A-002", "99213", 100)];
        assert_eq!(match_lines(&claim, &[svc("A-002", "99213", 100), svc("A001", "99213", 100)])[..], [2, 1]);
        let bare = [line(1, "", "99213", 100), line(2, "", "J1885", 50)];
        assert_eq!(match_lines(&bare, &[svc("0002", "J1885", 50), svc("1", "99213", 100)])[..], [2, 1]);
    }

    #[test]
    fn parts_of_a_line_are_that_line() {
        let claim = [line(1, "", "97110", 16_000), line(2, "", "97140", 5_000)];
        let of = |answered: &[LinePayment]| match_lines(&claim, answered).to_vec();
        assert_eq!(of(&[svc("", "97110", 12_000), svc("", "97110", 4_000)]), [1, 1]);
        assert_eq!(
            of(&[svc("", "97110", 4_000), svc("", "97140", 5_000), svc("", "97110", 12_000)]),
            [1, 2, 1]
        );
        assert_eq!(of(&[svc("", "97110", -12_000), svc("", "97110", -4_000)]), [1, 1], "taken back");
        let more = of(&[svc("", "97110", 12_000), svc("", "97110", 4_001)]);
        assert!(more[0] == 1 && more[1] >= UNKNOWN_LINES, "more than was billed: {more:?}");
        let twice = [line(1, "", "97110", 5_000), line(2, "", "97110", 5_000)];
        let parts = [svc("", "97110", 3_000), svc("", "97110", 2_000), svc("", "97110", 5_000)];
        let numbers = match_lines(&twice, &parts);
        assert!(numbers[0] == numbers[1] && numbers[1] != numbers[2], "{numbers:?}");
    }

    #[test]
    fn without_it_code_and_charge_tell() {
        let claim = [line(1, "", "99213", 100), line(2, "", "J1885", 50), line(3, "", "J1885", 70)];
        let answered = [svc("", "J1885", 70), svc("", "99213", 100), svc("", "J1885", 50)];
        assert_eq!(match_lines(&claim, &answered)[..], [3, 1, 2]);
        let mut bundled = svc("", "80053", 50);
        bundled.original_procedure = "J1885".into();
        assert_eq!(match_lines(&claim, &[bundled])[..], [2]);
    }

    #[test]
    fn a_service_the_claim_does_not_have_keeps_one_number() {
        let first = match_lines(&[], &[svc("", "J1885", 50)]);
        assert!(first[0] >= UNKNOWN_LINES);
        assert_eq!(match_lines(&[], &[svc("", "99213", 9), svc("", "J1885", 50)])[1], first[0]);
    }

    /// One row for each thing that must matter: the claim's two lines are told apart by it alone.
    #[test]
    fn each_thing_tells_lines_apart_by_itself() {
        let on = |day: &str| Date::parse_iso(day);
        let lines = |change: fn(&mut ServiceLine)| {
            let mut lines = [line(1, "", "97110", 80), line(2, "", "97110", 80)];
            change(&mut lines[1]);
            lines
        };
        let answered = |change: &dyn Fn(&mut LinePayment)| {
            let mut answer = svc("", "97110", 80);
            answer.from = on("2025-01-02");
            change(&mut answer);
            answer
        };
        let modified = lines(|line| line.modifiers = ["59".into()].into_iter().collect());
        let other_day = lines(|line| line.from = Date::parse_iso("2025-01-09"));
        let dearer = lines(|line| line.charge = Money::from_cents(90));
        let other_code = lines(|line| line.procedure = "97140".into());
        let revenue = lines(|line| (line.procedure, line.revenue_code) = ("".into(), "0420".into()));
        let rows: [(&str, &[ServiceLine], LinePayment, u16); 12] = [
            ("no modifier", &modified, answered(&|_| ()), 1),
            ("modifier", &modified, answered(&|a| a.modifiers = ["59".into()].into_iter().collect()), 2),
            (
                "modifier of the submitted code",
                &modified,
                answered(&|a| {
                    a.procedure = "97530".into();
                    a.original_procedure = "97110".into();
                    a.original_modifiers = ["59".into()].into_iter().collect();
                }),
                2,
            ),
            ("day", &other_day, answered(&|a| a.from = on("2025-01-09")), 2),
            ("the first day", &other_day, answered(&|_| ()), 1),
            ("charge", &dearer, answered(&|a| a.charge = Money::from_cents(90)), 2),
            ("another charge than either", &dearer, answered(&|a| a.charge = Money::from_cents(70)), 1),
            ("code", &other_code, answered(&|a| a.procedure = "97140".into()), 2),
            (
                "submitted code before the adjudicated one",
                &other_code,
                answered(&|a| a.original_procedure = "97140".into()),
                2,
            ),
            ("revenue code in SVC01", &revenue, answered(&|a| a.procedure = "0420".into()), 2),
            (
                "revenue code in SVC04",
                &revenue,
                answered(&|a| (a.procedure, a.revenue_code) = ("".into(), "0420".into())),
                2,
            ),
            (
                "a modifier that no line has",
                &modified,
                answered(&|a| a.modifiers = ["GP".into()].into_iter().collect()),
                1,
            ),
        ];
        for (what, claim, answer, number) in rows {
            assert_eq!(match_lines(claim, &[answer])[..], [number], "{what}");
        }
        // In any order of the modifiers, and before the day: a line that agrees in both goes first.
        let both = [
            ServiceLine {
                modifiers: ["59".into(), "GP".into()].into_iter().collect(),
                ..line(1, "", "97110", 80)
            },
            ServiceLine { modifiers: ["GP".into()].into_iter().collect(), ..line(2, "", "97110", 80) },
        ];
        let turned = answered(&|a| a.modifiers = ["GP".into(), "59".into()].into_iter().collect());
        let single = answered(&|a| a.modifiers = ["GP".into()].into_iter().collect());
        assert_eq!(match_lines(&both, &[single.clone(), turned.clone()])[..], [2, 1]);
        assert_eq!(match_lines(&both, &[turned, single])[..], [1, 2]);
    }

    #[test]
    fn the_number_of_a_line_is_read_without_its_dress() {
        let claim = [line(1, "KM-0071", "97110", 80), line(2, "KM-0072", "97110", 80)];
        for (sent, number) in [
            ("KM-0072", 2),
            ("KM0072", 2),
            ("km.0072", 2),
            ("00KM-0072", 2),
            (" KM 0072 ", 2),
            // Not the same: the place decides then, and both lines fit.
            ("KM-072", 1),
            ("KM-00722", 1),
            ("2", 1),
            ("--", 1),
        ] {
            assert_eq!(match_lines(&claim, &[svc(sent, "97110", 80)])[..], [number], "{sent:?}");
        }
        // Several loops may share one line, and the number goes before the code.
        let both = [svc("KM-0072", "97110", 50), svc("KM0072", "99999", 30)];
        assert_eq!(match_lines(&claim, &both)[..], [2, 2]);
    }

    /// Every line is taken once; what fits in more goes first.
    #[test]
    fn a_line_is_taken_once() {
        let same = [line(1, "A-001", "99213", 100), line(2, "A-002", "99213", 100)];
        assert_eq!(match_lines(&same, &[svc("A-001", "99213", 100), svc("", "99213", 100)])[..], [1, 2]);
        assert_eq!(match_lines(&same, &[svc("", "99213", 100), svc("A-001", "99213", 100)])[..], [2, 1]);
        assert_eq!(match_lines(&same, &[svc("", "99213", 100), svc("", "99213", 100)])[..], [1, 2]);
        let three =
            match_lines(&same, &[svc("", "99213", 100), svc("", "99213", 100), svc("", "99213", 100)]);
        assert!(three[2] >= UNKNOWN_LINES, "there are two of them");
        // The number as sent before the number without its dress.
        let alike = [line(1, "A-1", "99213", 100), line(2, "A1", "99213", 100)];
        assert_eq!(match_lines(&alike, &[svc("A1", "99213", 100)])[..], [2]);
        // A number of nothing but dress is none.
        let undressed = [line(1, "A-1", "99213", 100), line(2, "--", "99213", 100)];
        assert_eq!(match_lines(&undressed, &[svc("//", "99213", 100)])[..], [1]);
    }

    #[test]
    fn what_is_not_given_does_not_tell_lines_apart() {
        let with = |number, modifiers: &[&str], day: Option<&str>| ServiceLine {
            modifiers: modifiers.iter().map(|modifier| (*modifier).into()).collect(),
            from: day.and_then(Date::parse_iso),
            ..line(number, "", "97110", 80)
        };
        let answer = |modifiers: &[&str], day: Option<&str>| LinePayment {
            modifiers: modifiers.iter().map(|modifier| (*modifier).into()).collect(),
            from: day.and_then(Date::parse_iso),
            ..svc("", "97110", 80)
        };
        let (first, later) = (Some("2025-01-02"), Some("2025-01-09"));
        for (what, claim, said, number) in [
            (
                "modifiers in another order",
                [with(1, &[], first), with(2, &["59", "GP"], first)],
                answer(&["GP", "59"], first),
                2,
            ),
            ("no day of the line", [with(1, &[], later), with(2, &[], None)], answer(&[], first), 2),
            (
                "no day of the answer",
                [with(1, &[], first), with(2, &["59"], first)],
                answer(&["59"], None),
                2,
            ),
            (
                "the day before the modifiers",
                [with(1, &["59"], later), with(2, &[], first)],
                answer(&["59"], first),
                2,
            ),
            ("the charge alone", [with(1, &["59"], later), with(2, &["GP"], later)], answer(&[], first), 1),
        ] {
            assert_eq!(match_lines(&claim, &[said])[..], [number], "{what}");
        }
    }

    #[test]
    fn a_line_without_any_code_is_nobodys() {
        let bare = [line(1, "", "", 80)];
        assert!(match_lines(&bare, &[svc("", "", 80)])[0] >= UNKNOWN_LINES);
        let revenue = [ServiceLine { revenue_code: "0420".into(), ..line(1, "", "", 80) }];
        let of = |procedure: &str, revenue_code: &str| {
            let answer = LinePayment { revenue_code: revenue_code.into(), ..svc("", procedure, 80) };
            match_lines(&revenue, &[answer])[0]
        };
        assert_eq!([of("0420", ""), of("", "0420"), of("97110", "0420")], [1, 1, 1]);
        assert!(of("0450", "") >= UNKNOWN_LINES && of("", "0450") >= UNKNOWN_LINES);
    }

    /// Stored in denial cases: it may never be another.
    #[test]
    fn the_number_of_an_unknown_service_never_changes() {
        let mut other = svc("", "97530", 8_000);
        other.original_procedure = "97110".into();
        other.modifiers = ["59".into(), "GP".into()].into_iter().collect();
        let reversed = svc("", "J1885", -5_000);
        let answered = [svc("", "J1885", 5_000), reversed, svc("", "J1885", 50), other];
        assert_eq!(match_lines(&[], &answered)[..], [46_476, 46_476, 44_161, 55_696]);
    }
}
