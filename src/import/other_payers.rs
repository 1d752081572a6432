//! Payments of a table that stand on claims of another payer: that proves nothing against them, and is said.

use crate::books::matching::{payer_of, payers_of};
use crate::books::payers::titled;
use crate::domain::book::{Issue, RemitRecord};
use crate::domain::{PayerId, PaymentId};
use crate::posting::matching::Verdict;
use crate::store::{Read, StoreError};

/// Says of each payment of a remittance whose claim names other payers only, whose claim it is.
pub(super) fn issues(
    tables: &impl Read,
    remit: &RemitRecord,
    dry_run: bool,
) -> Result<Vec<Issue>, StoreError> {
    let mut found = Vec::new();
    for at in 0..remit.claims {
        let id = PaymentId(remit.first_payment.0 + at);
        let Some(payment) = tables.payment(id)?.filter(|payment| payment.remit == remit.id) else { continue };
        let Some(claim) = payment.claim.map(|claim| tables.claim(claim)).transpose()?.flatten() else {
            continue;
        };
        if payer_of(tables, remit.payer, &claim)? != Verdict::Differs {
            continue;
        }
        let theirs = payers_of(tables, &claim)?;
        let names: Vec<String> = theirs.iter().map(|payer| name(tables, *payer)).collect::<Result<_, _>>()?;
        let number = &claim.claim.control_number;
        let one = match theirs[..] {
            // In a dry run nothing has a number that it keeps.
            [theirs] if !dry_run => {
                format!("; if the two are one payer, `payer merge {} {theirs}`", remit.payer)
            }
            _ => "; `payer merge` lets two names be one payer".to_owned(),
        };
        found.push(Issue {
            code: "other-payer".to_owned(),
            segment: payment.payment.segment,
            text: String::new(),
            message: format!(
                "claim {number} is with {}, and this payment is of {}{one}",
                names.join(", "),
                name(tables, remit.payer)?
            ),
        });
    }
    Ok(found)
}

fn name(tables: &impl Read, payer: PayerId) -> Result<String, StoreError> {
    Ok(tables.payer(payer)?.as_ref().map(titled).unwrap_or_default())
}
