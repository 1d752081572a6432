//! What an import says of claims that turned out to be one receivable, or may be.

use crate::books::doubles::Change;
use crate::domain::book::Issue;
use crate::domain::join::JoinGround;
use crate::store::{Read, ReadJoins, StoreError, WriteTables};

/// The words for a change that comparing claims brought about.
pub(super) fn issue(tables: &WriteTables<'_>, change: Change) -> Result<Option<Issue>, StoreError> {
    let (claim, code, message) = match change {
        Change::Joined { later, earlier, ground } => {
            let (Some(new), Some(old)) = (tables.claim_alone(later)?, tables.claim_alone(earlier)?) else {
                return Ok(None);
            };
            let (code, why) = match ground {
                JoinGround::Replaces => ("version-by-payer-number", "REF*F8 names it by the payer's number"),
                JoinGround::SentAgain | JoinGround::Person => (
                    "sent-again",
                    "it was sent again under a new number after a rejection or an unprocessable denial",
                ),
            };
            let (number, lead) = (&old.claim.control_number, tables.lead_of(earlier)?);
            let message = format!(
                "it is a version of claim {number}: {why}; `arrears claim part {}` parts them, claim {lead} shows both",
                new.claim.control_number
            );
            (new, code, message)
        }
        Change::Listed(pair) => {
            let (Some(new), Some(old)) = (tables.claim_alone(pair.later)?, tables.claim(pair.earlier)?)
            else {
                return Ok(None);
            };
            let day = old.claim.service_from.map_or_else(|| "no date".to_owned(), |day| day.to_string());
            let message = format!(
                "it may be claim {} (number {}, served {day}, charge {}): {}; \
                 `arrears claim join {} {}` makes them one, `arrears claim doubles --confirm {} {}` keeps both",
                pair.earlier,
                old.claim.control_number,
                old.claim.charge,
                pair.likeness.about(),
                pair.earlier,
                pair.later,
                pair.earlier,
                pair.later,
            );
            (new, "possible-double", message)
        }
        Change::Parted(part, lead) => {
            let Some(new) = tables.claim_alone(part)? else { return Ok(None) };
            let message =
                format!("what made it one with claim {lead} is not so any more; they are two again");
            (new, "parted", message)
        }
    };
    Ok(Some(Issue {
        code: code.to_owned(),
        segment: claim.claim.segment,
        text: format!("CLM*{}", claim.claim.control_number),
        message,
    }))
}
