//! What an import says of claims that turned out to be one receivable, or may be.

use crate::books::doubles::Change;
use crate::domain::book::Issue;
use crate::domain::join::JoinGround;
use crate::store::{Read, ReadJoins, StoreError, WriteTables};

/// The words for a change that comparing claims brought about. In a dry run no claim has a number that it keeps.
pub(super) fn issue(
    tables: &WriteTables<'_>,
    change: Change,
    dry_run: bool,
) -> Result<Option<Issue>, StoreError> {
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
            let ways = match dry_run {
                true => String::new(),
                false => format!(
                    "; `arrears claim part {}` parts them, claim {lead} shows both",
                    new.claim.control_number
                ),
            };
            let message = format!("it is a version of claim {number}: {why}{ways}");
            (new, code, message)
        }
        Change::Listed(pair) => {
            let (Some(new), Some(old)) = (tables.claim_alone(pair.later)?, tables.claim(pair.earlier)?)
            else {
                return Ok(None);
            };
            let day = old.claim.service_from.map_or_else(|| "no date".to_owned(), |day| day.to_string());
            let (earlier, later) = (pair.earlier, pair.later);
            let (claim, ways) = match dry_run {
                true => ("the claim".to_owned(), String::new()),
                false => (
                    format!("claim {earlier}"),
                    format!(
                        "; `arrears claim join {earlier} {later}` makes them one, \
                         `arrears claim doubles --confirm {earlier} {later}` keeps both"
                    ),
                ),
            };
            let message = format!(
                "it may be {claim} (number {}, served {day}, charge {}): {}{ways}",
                old.claim.control_number,
                old.claim.charge,
                pair.likeness.about(),
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
