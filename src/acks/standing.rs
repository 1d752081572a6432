//! Where a claim stands after all answers: latest submission, nearest source, latest day.
//!
//! A payer knows better than a clearinghouse, and both know better than a check of syntax. But a rejection that comes
//! after an acceptance is real, whoever relays it. An answer counts for the submission it speaks of: sending a claim
//! again does not undo that its first copy was rejected, and a late answer to the first copy does not touch the second.

use super::scope::same_number;
use crate::domain::ack::{AckOutcome, AckRecord, AckScope, AckSource};
use crate::domain::book::ClaimRecord;

/// An answer that a claim heard, and which of its submissions it is about.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The answer.
    pub ack: &'a AckRecord,
    /// Place in the claim's list of submissions.
    pub submission: usize,
}

/// Where a claim stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing<'a> {
    /// What became of the latest submission; nothing where nobody has said anything of it.
    pub latest: Option<AckOutcome>,
    /// The rejection that nothing has answered yet, by a later acceptance.
    pub rejected: Option<&'a AckRecord>,
    /// The claim was sent again since.
    pub resent: bool,
}

/// Weighs what a claim heard about its submissions.
#[must_use]
pub fn standing<'a>(heard: &[Heard<'a>], submissions: usize) -> Standing<'a> {
    let Some(last) = submissions.checked_sub(1) else { return Standing::default() };
    let mut found = Standing::default();
    for submission in (0..=last).rev() {
        let of_this = || heard.iter().filter(move |h| h.submission == submission).map(|h| h.ack);
        let decided = decided(of_this());
        if submission == last {
            let outcome = decided.map(|ack| ack.outcome);
            found.latest = outcome.or_else(|| of_this().next().map(|_| AckOutcome::Received));
        }
        if let Some(ack) = decided {
            found.rejected = Some(ack).filter(|ack| ack.outcome.needs_work());
            found.resent = found.rejected.is_some() && submission < last;
            break;
        }
    }
    found
}

/// The answer that decides one submission.
fn decided<'a>(heard: impl Iterator<Item = &'a AckRecord>) -> Option<&'a AckRecord> {
    let mut of_source: [Option<&AckRecord>; 4] = [None; 4];
    // Of two on one day what names the claim counts before what speaks of its batch, and then the rejection.
    let order = |ack: &AckRecord| (ack.on, ack.scope.narrowness(), ack.outcome, std::cmp::Reverse(ack.id));
    for ack in heard.filter(|ack| ack.outcome.decides()) {
        let place = match ack.source {
            AckSource::Interchange => 0,
            AckSource::Syntax => 1,
            AckSource::Clearinghouse => 2,
            AckSource::Payer => 3,
        };
        if of_source[place].is_none_or(|known| order(known) < order(ack)) {
            of_source[place] = Some(ack);
        }
    }
    let nearest = of_source.iter().rev().flatten().next()?;
    let later = of_source.iter().flatten().filter(|ack| ack.outcome.needs_work() && ack.on > nearest.on);
    Some(later.max_by_key(|ack| order(ack)).unwrap_or(nearest))
}

/// Which submission of a claim an answer is about: the one in the file it names, else the one in its batch, else the
/// last that was sent before it.
#[must_use]
pub fn submission_of(ack: &AckRecord, record: &ClaimRecord) -> usize {
    let batch = match &ack.scope {
        AckScope::Claim(_, batch) | AckScope::Batch(batch) | AckScope::Provider(batch, _) => batch.as_str(),
        _ => "",
    };
    let versions = &record.versions;
    let in_file = || versions.iter().rposition(|v| ack.sent_in.0 != 0 && v.origin.file == ack.sent_in);
    let in_batch = || versions.iter().rposition(|v| same_number(&v.batch, batch));
    let before = || versions.iter().rposition(|v| v.billed_on <= ack.on);
    in_file().or_else(in_batch).or_else(before).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::book::Origin;
    use crate::domain::{AckId, Date, FileId};

    fn ack(id: u64, source: AckSource, day: u32, outcome: AckOutcome) -> AckRecord {
        AckRecord {
            id: AckId(id),
            first: AckId(id),
            origin: Origin::default(),
            kind: "277CA".into(),
            source,
            name: String::new(),
            on: Date::from_ymd(2026, 3, day).expect("a day"),
            scope: AckScope::Batch(String::new()),
            outcome,
            conflict: false,
            result: String::new(),
            codes: Vec::new(),
            error_codes: Vec::new(),
            errors: Vec::new(),
            amount: None,
            service: None,
            payer_claim_number: String::new(),
            clearinghouse_number: String::new(),
            text: String::new(),
            sent_in: FileId(0),
            claims: Vec::new(),
        }
    }

    /// `source day outcome submission`, one answer a word: `p5R0` is the payer's rejection of day 5.
    fn stands(answers: &str, submissions: usize) -> String {
        let read = |(id, word): (usize, &str)| {
            let mut letters = word.chars();
            let source = match letters.next() {
                Some('p') => AckSource::Payer,
                Some('c') => AckSource::Clearinghouse,
                Some('s') => AckSource::Syntax,
                _ => AckSource::Interchange,
            };
            let day = letters.next().and_then(|c| c.to_digit(10)).expect("a day");
            let outcome = match letters.next() {
                Some('R') => AckOutcome::Rejected,
                Some('N') => AckOutcome::NotFound,
                Some('A') => AckOutcome::Accepted,
                _ => AckOutcome::Received,
            };
            let submission = letters.next().and_then(|c| c.to_digit(10)).expect("a submission");
            (ack(id as u64, source, day, outcome), submission as usize)
        };
        let acks: Vec<(AckRecord, usize)> = answers.split_whitespace().enumerate().map(read).collect();
        let say = |order: &[usize]| {
            let heard: Vec<Heard<'_>> =
                order.iter().map(|at| Heard { ack: &acks[*at].0, submission: acks[*at].1 }).collect();
            let found = standing(&heard, submissions);
            let word = found.latest.map_or("none", AckOutcome::as_str);
            let work = found.rejected.map_or(String::new(), |ack| format!(" {}", ack.outcome.as_str()));
            format!("{word}{work}{}", if found.resent { " resent" } else { "" })
        };
        let forward: Vec<usize> = (0..acks.len()).collect();
        let backward: Vec<usize> = (0..acks.len()).rev().collect();
        assert_eq!(say(&forward), say(&backward), "the order of arrival must not matter: {answers}");
        say(&forward)
    }

    #[test]
    fn the_nearest_source_and_the_latest_day_decide() {
        for (answers, wanted) in [
            ("", "none"),
            ("s1.0", "received"),
            ("s1.0 c2.0", "received"),
            ("c2A0", "accepted"),
            ("s1R0", "rejected rejected"),
            ("i1R0", "rejected rejected"),
            ("c2A0 p3R0", "rejected rejected"),
            ("c2R0 p3A0", "accepted"),
            // The clearinghouse's report comes late: the payer knows better.
            ("p3R0 c4A0", "rejected rejected"),
            // A rejection after an acceptance is real, whoever relays it.
            ("p3A0 p5R0", "rejected rejected"),
            ("p3A0 c5R0", "rejected rejected"),
            ("p3A0 c3R0", "accepted"),
            ("p3A0 c5R0 c6A0", "accepted"),
            ("p3R0 p5A0", "accepted"),
            ("p3A0 p3R0", "rejected rejected"),
            ("c2A0 p3N0", "not_found not_found"),
            ("p3N0 p4A0", "accepted"),
            ("s1R0 p3A0", "accepted"),
            ("s1R0 c2.0", "rejected rejected"),
        ] {
            assert_eq!(stands(answers, 1), wanted, "{answers}");
        }
    }

    #[test]
    fn what_names_the_claim_counts_before_what_speaks_of_its_batch() {
        let named = |day, outcome| AckRecord {
            scope: AckScope::Claim(crate::domain::PatientControlNumber::new("A1"), String::new()),
            ..ack(1, AckSource::Payer, day, outcome)
        };
        let batch = |day, outcome| ack(2, AckSource::Payer, day, outcome);
        let latest = |one: &AckRecord, other: &AckRecord| {
            let heard = [one, other].map(|ack| Heard { ack, submission: 0 });
            standing(&heard, 1).latest
        };
        let (accepted, rejected) = (AckOutcome::Accepted, AckOutcome::Rejected);
        assert_eq!(latest(&named(3, accepted), &batch(3, rejected)), Some(accepted));
        assert_eq!(latest(&batch(3, rejected), &named(3, accepted)), Some(accepted));
        assert_eq!(latest(&named(3, rejected), &batch(3, accepted)), Some(rejected));
        // A later word is a word of its own.
        assert_eq!(latest(&named(3, accepted), &batch(4, rejected)), Some(rejected));
    }

    #[test]
    fn each_submission_has_its_own_answers() {
        for (answers, wanted) in [
            ("p3R0", "none rejected resent"),
            ("p3R0 s6.1", "received rejected resent"),
            ("p3R0 c6A1", "accepted"),
            ("p3R0 p6R1", "rejected rejected"),
            // The late answer to the first copy does not touch the second.
            ("p7R0 c6A1", "accepted"),
            ("p3A0", "none"),
        ] {
            assert_eq!(stands(answers, 2), wanted, "{answers}");
        }
        assert_eq!(stands("p3R0", 0), "none");
    }
}
