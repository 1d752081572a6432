//! What a denial's remark codes leave open: whether an appeal is taken, and whether anything else helps.
//! `docs/rules/posting-rules.md` section 13.

use crate::domain::Code;
use crate::domain::clock::Recourse;

/// It was never processed, or may only be sent anew: MA130, N211, N704.
const NEW_CLAIM: [Code; 3] = [Code::known("MA130"), Code::known("N211"), Code::known("N704")];
/// Law leaves nothing to decide: MA44.
const NOTHING: Code = Code::known("MA44");

/// What the remark codes of a denial leave open.
#[must_use]
pub fn recourse(remarks: &[Code]) -> Recourse {
    if remarks.iter().any(|remark| NEW_CLAIM.contains(remark)) {
        Recourse::NewClaim
    } else if remarks.contains(&NOTHING) {
        Recourse::Nothing
    } else {
        Recourse::Usual
    }
}

/// Why no appeal can be sent, in words; nothing where one can.
#[must_use]
pub const fn why_no_appeal(recourse: Recourse) -> Option<&'static str> {
    match recourse {
        Recourse::Usual => None,
        Recourse::NewClaim => {
            Some("the payer takes no appeal of it (MA130, N211 and their like): send a new claim")
        }
        Recourse::Nothing => Some("the payer takes no appeal of it (MA44): law decided it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_remarks_leave_no_appeal() {
        for (remarks, expected) in [
            (&["MA130"][..], Recourse::NewClaim),
            (&["N211"], Recourse::NewClaim),
            (&["N704"], Recourse::NewClaim),
            (&["M76", "MA130"], Recourse::NewClaim),
            (&["MA44"], Recourse::Nothing),
            (&["MA44", "N211"], Recourse::NewClaim),
            (&["MA01", "N210", "M76", "N142"], Recourse::Usual),
            (&[], Recourse::Usual),
        ] {
            let codes: Vec<Code> = remarks.iter().map(|remark| Code::known(remark)).collect();
            assert_eq!(recourse(&codes), expected, "{remarks:?}");
            assert_eq!(why_no_appeal(expected).is_none(), expected.allows_appeal());
        }
    }
}
