//! Which claims an answer speaks of: sent sets under one number, claims under one number, the claim of an error.
//!
//! Control numbers are given again after a while, and many programs begin every file with 1: the latest that was sent
//! before the answer is meant. Where that leaves two, nobody is told anything, and the import says so.

use crate::domain::ack::{SentSet, SyntaxError, bare_number};
use crate::domain::book::ClaimRecord;
use crate::domain::{ClaimId, Date, Money, PatientControlNumber};
use crate::posting::matching::{Span, Verdict, charged, days};

/// By how many days an answer may be dated before what it answers.
const CLOCKS_DIFFER: u32 = 2;

/// What was found under a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// Nothing has that number.
    Nothing,
    /// This.
    One(T),
    /// Several, and nothing tells them apart.
    Several,
}

/// The sets of one file that an answer of a day speaks of, among all that bear its number.
#[must_use]
pub fn sets(mut sets: Vec<SentSet>, on: Date) -> Found<Vec<SentSet>> {
    // Clocks and time zones differ by a day or two; more than that before it was sent, nothing can be answered.
    sets.retain(|s| s.on <= on.plus_days(CLOCKS_DIFFER));
    let before = sets.iter().map(|s| s.on).filter(|sent| *sent <= on).max();
    let Some(day) = before.or_else(|| sets.iter().map(|s| s.on).min()) else { return Found::Nothing };
    sets.retain(|s| s.on == day);
    let Some(file) = sets.iter().map(|s| s.file).max() else { return Found::Nothing };
    let (latest, others): (Vec<SentSet>, Vec<SentSet>) = sets.into_iter().partition(|s| s.file == file);
    // The same content sent again under the same number on the same day: either will do.
    if others.iter().all(|o| latest.iter().any(|l| l.content == o.content)) {
        Found::One(latest)
    } else {
        Found::Several
    }
}

/// The claim that a status speaks of, among those whose number has the same index form.
#[must_use]
pub fn claim(
    number: &PatientControlNumber,
    batch: &str,
    service: Option<Date>,
    amount: Option<Money>,
    records: &[ClaimRecord],
) -> Found<ClaimId> {
    let exact: Vec<&ClaimRecord> = records.iter().filter(|r| r.bears(number)).collect();
    let altered = exact.is_empty();
    let mut left: Vec<&ClaimRecord> = if altered { records.iter().collect() } else { exact };
    // As with a payment: what differs in day or in charge is another claim, such as one under the number of an account.
    let day = |r: &ClaimRecord| days(Span::new(service, service), r);
    let amount = amount.filter(|amount| !amount.is_zero());
    let charge = |r: &ClaimRecord| amount.map_or(Verdict::Unknown, |amount| charged(amount, r));
    let sent = |r: &ClaimRecord| r.versions.iter().any(|v| same_number(&v.batch, batch));
    left.retain(|r| day(r) != Verdict::Differs && charge(r) != Verdict::Differs);
    // A number that was altered proves nothing by itself; nor is the patient known here.
    if altered {
        left.retain(|r| sent(r) || [day(r), charge(r)] == [Verdict::Agrees; 2]);
    }
    for fits in [&sent as &dyn Fn(&ClaimRecord) -> bool, &|r| day(r) == Verdict::Agrees, &|r| {
        charge(r) == Verdict::Agrees
    }] {
        if left.len() > 1 && left.iter().any(|r| fits(r)) {
            left.retain(|r| fits(r));
        }
    }
    match left.as_slice() {
        [] => Found::Nothing,
        [one] => Found::One(one.id),
        _ => Found::Several,
    }
}

/// Whether two control numbers agree; a missing one agrees with none.
#[must_use]
pub fn same_number(one: &str, other: &str) -> bool {
    let (one, other) = (bare_number(one), bare_number(other));
    !one.is_empty() && one == other
}

/// The claim of a set in which an error stands, by its position. What stands above the claims, such as a subscriber's
/// name, comes before the CLM that it belongs to; what is the billing provider's belongs to all.
#[must_use]
pub fn of_error(error: &SyntaxError, claims: &[(ClaimId, u64)]) -> Option<ClaimId> {
    let loop_id = error.loop_id.as_str();
    let of_all = loop_id.starts_with("10") || matches!(loop_id, "2000A" | "2010AA" | "2010AB" | "2010AC");
    if error.position == 0 || of_all {
        return None;
    }
    let above = error.segment_id != "CLM" && loop_id.starts_with("20")
        || matches!(error.segment_id.as_str(), "HL" | "SBR" | "PAT" | "DMG") && !loop_id.starts_with("23");
    let found = if above {
        claims.iter().filter(|(_, at)| *at > error.position).min_by_key(|(_, at)| *at)
    } else {
        claims.iter().filter(|(_, at)| *at <= error.position).max_by_key(|(_, at)| *at)
    };
    found.map(|(claim, _)| *claim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FileId, SentId};

    fn day_of_march(day: u32) -> Date {
        Date::from_ymd(2026, 3, day).expect("a day")
    }

    fn sent(id: u64, file: u64, day: u32, content: u64) -> SentSet {
        SentSet {
            id: SentId(id),
            file: FileId(file),
            group: "1".into(),
            set: "1".into(),
            interchange: "1".into(),
            interchange_date: None,
            batch: "B1".into(),
            on: day_of_march(day),
            content,
            claims: Vec::new(),
        }
    }

    #[test]
    fn the_latest_set_before_the_answer_is_meant() {
        let all = || vec![sent(1, 1, 2, 10), sent(2, 2, 9, 20), sent(3, 3, 16, 30)];
        let found = |on| match sets(all(), day_of_march(on)) {
            Found::One(sets) => sets.iter().map(|s| s.id.0).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(found(10), [2]);
        assert_eq!(found(16), [3]);
        assert_eq!(found(1), [1]);
        assert_eq!(sets(Vec::new(), day_of_march(1)), Found::Nothing);
        // An answer of February is to something else.
        assert_eq!(sets(all(), Date::from_ymd(2026, 2, 20).expect("a day")), Found::Nothing);
        // Two files of one day: not told apart, unless they say the same.
        assert_eq!(sets(vec![sent(1, 1, 2, 10), sent(2, 2, 2, 20)], day_of_march(3)), Found::Several);
        let twice = sets(vec![sent(1, 1, 2, 10), sent(2, 2, 2, 10)], day_of_march(3));
        assert!(matches!(twice, Found::One(one) if one.len() == 1));
        // Two sets of one file under one batch number are one batch.
        let both = sets(vec![sent(1, 1, 2, 10), sent(2, 1, 2, 20)], day_of_march(3));
        assert!(matches!(both, Found::One(two) if two.len() == 2));
    }

    #[test]
    fn an_error_is_tied_to_its_claim() {
        let claims = [(ClaimId(1), 12), (ClaimId(2), 24), (ClaimId(3), 40)];
        for (segment, position, loop_id, claim) in [
            ("CLM", 24, "2010", Some(2)),
            ("CLM", 24, "2300", Some(2)),
            ("SV1", 30, "2400", Some(2)),
            ("REF", 57, "2300", Some(3)),
            ("REF", 57, "", Some(3)),
            ("NM1", 21, "2010BA", Some(2)),
            ("SBR", 20, "2000B", Some(2)),
            ("SBR", 27, "2320", Some(2)),
            ("DMG", 22, "", Some(2)),
            ("NM1", 7, "2010AA", None),
            ("NM1", 7, "", None),
            ("CLM", 0, "2300", None),
        ] {
            let error = SyntaxError {
                segment_id: segment.into(),
                position,
                loop_id: loop_id.into(),
                ..SyntaxError::default()
            };
            assert_eq!(of_error(&error, &claims), claim.map(ClaimId), "{segment} {position} {loop_id}");
        }
    }

    #[test]
    fn numbers_agree_without_their_zeros() {
        assert!(same_number("002", "0002"));
        assert!(same_number("b7", "B7"));
        assert!(!same_number("0", "000"));
        assert!(!same_number("20", "2"));
    }
}
