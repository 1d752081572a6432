//! Reasons that nobody knows, told before anything posts.

use super::Said;
use crate::books::handling::is_unheard_of;
use crate::cli::{Context, Failure};
use crate::codes;
use crate::domain::{Date, PayerId};
use crate::store::Read;

/// So many reasons are named that may be meant.
const MOST_NEAR: usize = 3;

/// Whether the code list or the office knows every reason.
///
/// # Errors
/// A [`Failure`] that names those that are near.
pub(super) fn are_known<'s>(
    tables: &impl Read,
    payer: PayerId,
    on: Date,
    claims: impl Iterator<Item = &'s Said>,
    context: &Context,
) -> Result<(), Failure> {
    let mut unknown = Vec::new();
    for said in claims {
        for adjustment in &said.adjustments {
            let Some(group) = adjustment.group else { continue };
            let pair = (group, adjustment.reason);
            if is_unheard_of(tables, payer, on, pair).map_err(|error| context.refuse(error))? {
                unknown.push((&said.number, pair));
            }
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::refused("a reason is not in the code list; nothing was posted");
    for (number, (group, code)) in unknown {
        failure = failure.because(format!("claim {number}: {group}-{code} is not known"));
        for (near, carc) in codes::near(code).into_iter().take(MOST_NEAR) {
            failure = failure.because(format!("{group}-{near} is: {}", carc.summary));
        }
    }
    Err(failure.hint(
        "Correct it. If the paper says so, add `--new-reason`: the claim then waits until `arrears code set` says once \
         what the reason does.",
    ))
}
