//! Answers on one claim, row by row: what the payers say, and what the books then say of it.
//!
//! A row begins with the claim: the charges of its service lines, its payers, `MC` where the first of them is Medicaid,
//! `line` where a single charge is that of a service line. Then
//! its events, each on a day: an answer (`P1 E1` is the first payer's, with its number), or an act (`denied>due 60`, `pays 20`).
//! An answer's reasons stand before the first `|` for the claim as a whole, after each for the service line named with its
//! charge (line 9 is none of the claim's, `R2` is named by its number too); what they leave of the charge is paid. `-E1` is the exact opposite of E1.
//!
//! An act may name its line at the end, and several buckets (`denied>due+gave-up 60+30`); `undo 1` takes the first act back.
//!
//! - `st:2` its status, `to:3` the payer it was forwarded to, `ch:80` the charge it answers, `fc:MC` its filing indicator,
//!   `d:4` its service day, `no:X` its number, `@N782` a remark, `off:5` so much paid more than it adds up to
//! - after `=` what a person says of it who posted it by hand: `CO:10` by contract, `PR:5` the patient's, `CO-197:20` denied; or `back`
//!
//! What is expected: buckets and accounts (`@2` where a bucket is the second payer's), answers that moved nothing or are held,
//! with the reason, and denial cases: denied, recovered, given up, open. Words after the payers ask for more: `cases` and `lines`
//! in full, sums of the `claim`, `rules` of entries, acts that answers left `undone`.
//!
//! The rows are in `tests/data/answers`: each row, and set in under it what is expected (`nothing` where nothing is left).

mod books;
mod cases;
mod journal;
mod rows;

use super::imbalance;
use books::said;
use rows::told;

use crate::domain::remit::ClaimPayment;

fn played(row: &str) -> Vec<String> {
    let forward = told(row, false, said);
    assert_eq!(forward, told(row, true, said), "{row}: the order in which files came");
    forward
}

/// The rows of a table, each with what is expected of it on the line under it.
fn rows(table: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut lines = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    std::iter::from_fn(move || {
        let row = lines.next()?;
        let want = lines.next().and_then(|line| line.strip_prefix("    "));
        Some((row, want.unwrap_or_else(|| panic!("{row}: nothing is expected"))))
    })
}

fn all_as_expected(table: &str) {
    let wrong: Vec<String> = rows(table)
        .filter_map(|(row, want)| {
            let mut sorted: Vec<&str> = want.split(", ").filter(|word| *word != "nothing").collect();
            sorted.sort_unstable();
            let have = played(row);
            (sorted != have)
                .then(|| format!("{row}\n  want {}\n  have {}", sorted.join(", "), have.join(", ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows(table).count(), wrong.join("\n"));
}

/// Section 7: which answer a reversal takes back, and what stands again; and claims from older books.
#[test]
fn what_takes_an_answer_back() {
    all_as_expected(include_str!("../../../../tests/data/answers/reversals.txt"));
}

/// Sections 4 to 7a: what an answer may say, from which payer it speaks, and what of an earlier one gives way.
#[test]
fn one_answer_and_the_next() {
    all_as_expected(include_str!("../../../../tests/data/answers/answers.txt"));
}

/// Sections 3a, 6 and 7a: replacements and voids, answers of one day, what a later payer leaves, who is not billed.
#[test]
fn submissions_days_and_payers() {
    all_as_expected(include_str!("../../../../tests/data/answers/submissions.txt"));
}

/// Section 5 and 7a, line by line: which case, how much of it was denied, and what became of that.
#[test]
fn denied_lines_and_their_dollars() {
    all_as_expected(include_str!("../../../../tests/data/answers/denials.txt"));
}

/// Section 7b: acts on single lines, sums of the claim, the steps in the journal.
#[test]
fn what_persons_did_and_what_the_claim_says() {
    all_as_expected(include_str!("../../../../tests/data/answers/acts.txt"));
}

/// Section 10a: what a person posts by hand, and a reversal that a person accepts though it is not exact.
#[test]
fn what_is_posted_by_hand() {
    all_as_expected(include_str!("../../../../tests/data/answers/by-hand.txt"));
}

/// Condition 5 says which equation is broken: the claim's, or that of which line.
#[test]
fn what_does_not_add_up_is_named() {
    let wrong = |row: &str| told(row, false, |_, row| row.answers.iter().find_map(|a| imbalance(a.payment)));
    assert_eq!(wrong("150 P1: 1 P1 E1 CO-45:50"), None);
    assert_eq!(
        wrong("150 P1: 1 P1 E1 CO-45:50 off:10").as_deref(),
        Some("charge 150.00 less adjustments 50.00 is 100.00, the payment says 110.00")
    );
    let mut second = ClaimPayment::default();
    told("60+90 P1: 1 P1 E1 | 1/60 CO-45:10 | 2/90 CO-45:20", false, |_, row| {
        second = row.answers[0].payment.clone();
    });
    second.lines[1].charge = rows::money("95");
    assert_eq!(
        imbalance(&second).as_deref(),
        Some("service line 2: charge 95.00 less adjustments 20.00 is not the payment 70.00")
    );
}
