//! What one answer decides. `docs/rules/x12-277ca-999.md` sections 2 and 4.

use crate::codes::{Saying, status_category};
use crate::domain::ack::{AckOutcome, Action, Statement};

/// What was decided, and what was odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What became of the claim.
    pub outcome: AckOutcome,
    /// The action (STC03) says the opposite. The category decides all the same.
    pub conflict: bool,
    /// Categories or results that have no place in an acknowledgment.
    pub odd: Vec<String>,
}

/// What the composites of a 277CA say together: one that rejects is enough.
#[must_use]
pub fn of_statement(statement: &Statement) -> Decision {
    let (mut outcome, mut known, mut odd) = (AckOutcome::Received, false, Vec::new());
    for code in &statement.codes {
        let category = status_category(&code.category);
        if category.is_none_or(|c| !c.in_acknowledgments) && !odd.contains(&code.category) {
            odd.push(code.category.clone());
        }
        known |= category.is_some();
        outcome = outcome.max(match category.map(|c| c.saying) {
            Some(Saying::Accepted) => AckOutcome::Accepted,
            Some(Saying::NotFound) => AckOutcome::NotFound,
            Some(Saying::Rejected) => AckOutcome::Rejected,
            Some(Saying::Neutral) | None => AckOutcome::Received,
        });
    }
    let reject = statement.action == Some(Action::Reject);
    if !known && reject {
        // No code that means anything: the action is all there is, and a lost rejection costs the claim.
        return Decision { outcome: AckOutcome::Rejected, conflict: false, odd };
    }
    let conflict = match statement.action {
        None => false,
        // Not found is no acceptance and by itself no rejection: either action may stand beside it.
        Some(Action::Accept) => outcome == AckOutcome::Rejected,
        Some(Action::Reject) => known && !outcome.needs_work(),
    };
    Decision { outcome, conflict, odd }
}

/// What IK501, AK501 or AK901 says of the set or group. Partial acceptance leaves it to the sets.
#[must_use]
pub fn of_syntax(result: &str) -> Decision {
    let outcome = match result {
        "R" | "M" | "W" | "X" => AckOutcome::Rejected,
        _ => AckOutcome::Received,
    };
    let known = matches!(result, "A" | "E" | "P" | "R" | "M" | "W" | "X");
    let odd = if known { Vec::new() } else { vec![result.to_owned()] };
    Decision { outcome, conflict: false, odd }
}

/// What TA104 says of an interchange.
#[must_use]
pub fn of_interchange(result: &str) -> Decision {
    let outcome = if result == "R" { AckOutcome::Rejected } else { AckOutcome::Received };
    let odd = if matches!(result, "A" | "E" | "R") { Vec::new() } else { vec![result.to_owned()] };
    Decision { outcome, conflict: false, odd }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ack::StatusCode;

    fn said(categories: &str, action: &str) -> Decision {
        let code = |category: &str| StatusCode { category: category.to_owned(), ..StatusCode::default() };
        of_statement(&Statement {
            codes: categories.split_whitespace().map(code).collect(),
            action: match action {
                "WQ" => Some(Action::Accept),
                "U" => Some(Action::Reject),
                _ => None,
            },
            ..Statement::default()
        })
    }

    #[test]
    fn categories_decide_and_actions_are_a_check() {
        use AckOutcome::{Accepted, NotFound, Received, Rejected};
        for (categories, action, outcome, conflict, odd) in [
            ("A0", "WQ", Received, false, ""),
            ("A1", "WQ", Received, false, ""),
            ("A2", "WQ", Accepted, false, ""),
            ("A5", "", Accepted, false, ""),
            ("A3", "U", Rejected, false, ""),
            ("A6", "U", Rejected, false, ""),
            ("A7", "U", Rejected, false, ""),
            ("A8", "U", Rejected, false, ""),
            // New York's sample: rejected by category, accepted by action.
            ("A7", "WQ", Rejected, true, ""),
            ("A2", "U", Accepted, true, ""),
            ("A1", "U", Received, true, ""),
            ("A4", "U", NotFound, false, ""),
            ("A4", "WQ", NotFound, false, ""),
            // The second and third composite count as much as the first.
            ("A2 A7", "U", Rejected, false, ""),
            ("A1 A2", "WQ", Accepted, false, ""),
            ("A4 A3", "U", Rejected, false, ""),
            // Real-time errors decide nothing; other kinds of 277 decide nothing here.
            ("E1", "WQ", Received, false, ""),
            ("F2", "", Received, false, "F2"),
            ("P1 R3", "", Received, false, "P1 R3"),
            // A masked or unheard-of category: the action is all there is.
            ("X9", "U", Rejected, false, "X9"),
            ("X9", "WQ", Received, false, "X9"),
        ] {
            let found = said(categories, action);
            assert_eq!(
                (found.outcome, found.conflict, found.odd.join(" ").as_str()),
                (outcome, conflict, odd),
                "{categories} {action}"
            );
        }
    }

    #[test]
    fn results_of_sets_groups_and_interchanges() {
        for (result, rejected, odd) in [
            ("A", false, false),
            ("E", false, false),
            ("P", false, false),
            ("R", true, false),
            ("M", true, false),
            ("W", true, false),
            ("X", true, false),
            ("Q", false, true),
            ("", false, true),
        ] {
            let found = of_syntax(result);
            assert_eq!(
                (found.outcome == AckOutcome::Rejected, !found.odd.is_empty()),
                (rejected, odd),
                "{result}"
            );
        }
        assert_eq!(of_interchange("R").outcome, AckOutcome::Rejected);
        assert_eq!(of_interchange("E").outcome, AckOutcome::Received);
        assert!(!of_interchange("Z").odd.is_empty());
    }
}
