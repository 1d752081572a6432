//! The arithmetic of one claim of an 835: lines, claim, and what the patient owes.
//!
//! The equation of the whole payment is in `set`.

use crate::domain::problem::{Problem, Severity};
use crate::domain::remit::{Adjustment, ClaimPayment};
use crate::domain::{GroupCode, Money};
use crate::input::problems::Problems;

/// Says which equations a claim breaks. Not for claims with amounts that could not be read.
pub fn check(claim: &ClaimPayment, bare: bool, problems: &mut Problems) {
    let sum = |list: &[Adjustment]| list.iter().map(|a| a.amount).sum::<Money>();
    let mut found = Vec::new();
    let mut say = |code, severity, segment, message| {
        found.push(Problem { code, severity, segment, text: String::new(), message });
    };
    let mut line_adjustments = Money::ZERO;
    for (place, line) in claim.lines.iter().enumerate() {
        let adjusted = sum(&line.adjustments);
        line_adjustments += adjusted;
        let due = line.charge - adjusted;
        if due != line.paid {
            let message = format!(
                "line {}: charge {} less adjustments {adjusted} is {due}, but {} was paid: a difference of {}",
                place + 1,
                line.charge,
                line.paid,
                line.paid - due
            );
            say("line-out-of-balance", Severity::Hold, line.segment, message);
        }
    }
    let at_claim = sum(&claim.adjustments);
    let due = claim.charge - at_claim - line_adjustments;
    if due != claim.paid && !bare {
        let message = format!(
            "charge {} less adjustments {} is {due}, but {} was paid: a difference of {}",
            claim.charge,
            at_claim + line_adjustments,
            claim.paid,
            claim.paid - due
        );
        say("claim-out-of-balance", Severity::Hold, claim.segment, message);
    }
    if !claim.lines.is_empty() {
        let charges: Money = claim.lines.iter().map(|line| line.charge).sum();
        let paid: Money = claim.lines.iter().map(|line| line.paid).sum();
        if charges != claim.charge || paid - at_claim != claim.paid {
            let message = format!(
                "lines charge {charges} and pay {paid} (less {at_claim} at claim level), \
                 but the claim charges {} and pays {}",
                claim.charge, claim.paid
            );
            say("lines-differ-from-claim", Severity::Warning, claim.segment, message);
        }
    }
    // The standard leaves CLP05 out of reversals, and out of claims where it is nothing.
    let reversal = claim.status == "22" || claim.charge.is_negative();
    let patient: Money =
        claim.all_adjustments().filter(|(_, a)| a.group == Some(GroupCode::Pr)).map(|(_, a)| a.amount).sum();
    let said = claim.patient_responsibility.unwrap_or_default();
    if !reversal && patient != said {
        let message = format!("CLP05 says that the patient owes {said}, the PR adjustments say {patient}");
        say("patient-share-differs", Severity::Warning, claim.segment, message);
    }
    found.into_iter().for_each(|problem| problems.push(problem));
}
