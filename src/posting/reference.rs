//! The reference of a provider-level item (PLB03-2): the claims that it names.
//!
//! It should hold CLP01, CLP07 and TRN02, or some of them; payers write them with blanks or dashes, run them together, and
//! Medicare puts two digits before its claim number.

use std::collections::BTreeSet;

/// The fewest characters of a number that may be found inside a longer run.
const SHORTEST_WITHIN: usize = 4;
/// The shortest beginning or end of a run of letters and digits that may be a number.
const SHORTEST_PIECE: usize = 3;
/// The fewest characters of a number that two digits of Medicare may stand before.
const SHORTEST_ICN: usize = 5;

/// Letters and digits only, upper case.
#[must_use]
pub fn bare(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

/// The parts of a reference as the payer wrote them: whatever stands between blanks, dashes and other marks.
pub fn parts(reference: &str) -> impl Iterator<Item = &str> {
    reference.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty())
}

/// What may be a payer's claim number where a reference begins with the two digits of Medicare.
#[must_use]
pub fn without_two_digits(part: &str) -> Option<&str> {
    let digits = part.bytes().take(2).filter(u8::is_ascii_digit).count() == 2;
    part.get(2..).filter(|rest| digits && rest.len() >= SHORTEST_ICN)
}

/// The most parts that runs are made of; a reference of more names nothing but by them.
const MOST_PARTS: usize = 8;

/// What may be a number of a claim in a reference: its parts, what stands in parts that follow each other, either without the
/// two digits of Medicare, and the reference as it is.
#[must_use]
pub fn may_be_numbers(reference: &str) -> BTreeSet<String> {
    let parts: Vec<&str> = parts(reference).collect();
    let mut found = BTreeSet::from([reference.trim().to_owned()]);
    for from in 0..parts.len() {
        for to in from..parts.len().min(from + MOST_PARTS) {
            let run = parts[from..=to].concat();
            found.extend(without_two_digits(&run).map(str::to_owned));
            found.insert(run);
        }
    }
    found
}

/// What may be a number where several were run together: what a reference begins or ends with, and what stands between two
/// places where digits and letters meet.
#[must_use]
pub fn run_together(reference: &str) -> BTreeSet<String> {
    let run = parts(reference).collect::<String>();
    let ends = SHORTEST_PIECE..(run.len() + 1).saturating_sub(SHORTEST_PIECE);
    let mut found: BTreeSet<String> =
        ends.flat_map(|at| [&run[..at], &run[at..]]).map(str::to_owned).collect();
    let bytes = run.as_bytes();
    let meet = |at: &usize| bytes[at - 1].is_ascii_digit() != bytes[*at].is_ascii_digit();
    let cuts: Vec<usize> = (1..run.len()).filter(meet).take(MOST_PARTS).collect();
    for (from, to) in cuts.iter().flat_map(|from| cuts.iter().map(move |to| (*from, *to))) {
        if to >= from + SHORTEST_WITHIN {
            found.insert(run[from..to].to_owned());
        }
    }
    found
}

/// How surely a reference names something that bears these numbers (each [`bare`]): so many of them stand there as parts of
/// their own, and so many characters inside a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strength {
    parts: usize,
    within: usize,
}

impl Strength {
    /// Whether it names it at all.
    #[must_use]
    pub fn is_some(self) -> bool {
        self != Strength::default()
    }
}

/// How a reference names something that bears these numbers.
#[must_use]
pub fn strength(reference: &str, numbers: &[String]) -> Strength {
    let upper = reference.to_ascii_uppercase();
    let parts: Vec<&str> = parts(&upper).collect();
    let stands = |number: &&String| {
        (0..parts.len()).any(|from| {
            (from..parts.len()).any(|to| {
                let run = parts[from..=to].concat();
                run == **number || without_two_digits(&run) == Some(number.as_str())
            })
        })
    };
    let own = numbers.iter().filter(|number| !number.is_empty()).filter(stands).count();
    if own > 0 {
        return Strength { parts: own, within: 0 };
    }
    Strength { parts: 0, within: within(&parts.concat(), numbers) }
}

/// How many characters of a run are numbers: each ends where the run does, where digits and letters meet, or where another
/// of the numbers goes on.
fn within(run: &str, numbers: &[String]) -> usize {
    let mut hits: Vec<(usize, usize)> = Vec::new();
    for number in numbers.iter().filter(|number| !number.is_empty()) {
        hits.extend(run.match_indices(number.as_str()).map(|(at, _)| (at, at + number.len())));
    }
    let bytes = run.as_bytes();
    let parted = |at: usize| {
        at == 0
            || at == bytes.len()
            || bytes[at - 1].is_ascii_digit() != bytes[at].is_ascii_digit()
            || hits.iter().any(|(from, _)| *from == at) && hits.iter().any(|(_, to)| *to == at)
    };
    let whole = hits.iter().filter(|(from, to)| to - from >= SHORTEST_WITHIN && parted(*from) && parted(*to));
    whole.map(|(from, to)| to - from).max().unwrap_or(0)
}

/// A reference as it is compared with others.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    parts: Vec<String>,
    run: String,
}

impl Reference {
    /// Reads PLB03-2.
    #[must_use]
    pub fn of(text: &str) -> Reference {
        let parts: Vec<String> = parts(text).map(str::to_ascii_uppercase).collect();
        Reference { run: parts.concat(), parts }
    }

    /// Its letters and digits; empty where it says nothing.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Whether two references are one, or one of them is part of the other.
    #[must_use]
    pub fn is_like(&self, other: &Reference) -> bool {
        let (short, long) = if self.run.len() <= other.run.len() { (self, other) } else { (other, self) };
        if short.run.is_empty() {
            return false;
        }
        short.run == long.run || long.parts.windows(short.parts.len()).any(|parts| parts == short.parts) || {
            short.run.len() >= SHORTEST_WITHIN && within(&long.run, std::slice::from_ref(&short.run)) > 0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::expected::hold;

    fn names(reference: &str, numbers: &[&str]) -> bool {
        strength(reference, &numbers.iter().map(|n| bare(n)).collect::<Vec<_>>()).is_some()
    }

    #[test]
    fn several_numbers_in_one_reference_name_their_claim() {
        let claim = ["AC-17", "26077001"];
        for said in [
            "AC17",
            "26077001",
            "AC-17 26077001",
            "ac17-26077001-T5",
            "AC1726077001",
            "9926077001",
            "T5 99 26077001",
        ] {
            assert!(names(said, &claim), "{said}");
        }
        for other in ["AC171", "2607700", "260770012", "X26077001Y1", "", "- -"] {
            assert!(names(other, &claim) == other.starts_with('X'), "{other}");
        }
        // Digits run into digits: where one number ends nobody can say.
        assert!(!names("9992607700155", &claim));
    }

    #[test]
    fn whatever_a_reference_names_is_looked_for() {
        for (said, number) in [
            ("AC-17 26077001", "AC17"),
            ("99 26077001", "26077001"),
            ("9926077001-T5", "26077001"),
            ("AC1726077001", "26077001"),
            ("X26077001Y1", "26077001"),
        ] {
            let looked_for = may_be_numbers(said).into_iter().chain(run_together(said));
            assert!(looked_for.into_iter().any(|piece| piece == number), "{said}");
        }
        let hostile = "1-A ".repeat(1_000);
        assert!(may_be_numbers(&hostile).len() < 20 && run_together(&hostile).len() < 5_000);
    }

    #[test]
    fn more_numbers_name_more_surely() {
        let numbers = |n: &[&str]| n.iter().map(|n| bare(n)).collect::<Vec<_>>();
        let both = strength("A7 ICN90", &numbers(&["A7", "ICN90"]));
        assert!(both > strength("A7 ICN90", &numbers(&["A7", "ICN91"])));
        assert!(strength("A7 ICN90", &numbers(&["A7"])) > strength("A7ICN90", &numbers(&["ICN90"])));
    }

    /// How a reference names what bears numbers, row by row; with `=` whether two references are one.
    fn told(row: &str) -> String {
        if let Some((one, other)) = row.split_once(" = ") {
            let (one, other) = (Reference::of(one), Reference::of(other));
            assert_eq!(one.is_like(&other), other.is_like(&one), "{row}");
            return if one.is_like(&other) { "same" } else { "other" }.to_owned();
        }
        let (reference, numbers) = row.split_once('|').expect(row);
        let numbers: Vec<String> = numbers.split_whitespace().map(bare).collect();
        let strength = strength(reference, &numbers);
        match strength.is_some() {
            true => format!("parts {} within {}", strength.parts, strength.within),
            false => "nothing".to_owned(),
        }
    }

    #[test]
    fn what_references_name() {
        hold(include_str!("../../tests/data/references.txt"), told);
    }

    #[test]
    fn a_reference_is_part_of_a_longer_one() {
        let same_reference = |one, other| Reference::of(one).is_like(&Reference::of(other));
        assert!(same_reference("N55", "n-55") && same_reference("CK12", "CK12 A1001"));
        assert!(same_reference("A1001ICN5EFT2", "A1001 ICN5 EFT2"));
        assert!(same_reference("ICN55", "A1001ICN55EFT2"));
        assert!(
            !same_reference("", "") && !same_reference("12", "CK12") && !same_reference("A1001", "A10012")
        );
        assert!(!same_reference("20260301 A", "20260301 B"), "a day in both is nothing in common");
    }
}
