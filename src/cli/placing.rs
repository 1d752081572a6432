//! What came of a claim payment that a person put on a claim, in words: on that claim, on the one it left, and of payments
//! that stood there.

use super::{Context, Failure};
use crate::books::undo::{self, Placed};
use crate::domain::ClaimId;
use crate::domain::book::PaymentStatus;
use crate::render::money;
use crate::store::Read;

/// Why a claim payment cannot be put there, and what to say if it shall be all the same.
pub(super) fn refused(refusal: undo::Refusal, look: &'static str, context: &Context) -> Failure {
    let failure = |refusal: &undo::Refusal| Failure::refused(refusal.to_string());
    match refusal {
        undo::Refusal::Store(error) => context.refuse(error),
        undo::Refusal::Contradicts(..) => failure(&refusal)
            .hint("If it belongs there all the same, add `--against-evidence --reason TEXT`."),
        undo::Refusal::Displaces(..) => {
            failure(&refusal).hint("If that one may go, add `--displace --reason TEXT`.")
        }
        undo::Refusal::Broken(item, _) => {
            failure(&refusal).hint(format!("`arrears unapplied post {item} CLAIM` posts it as you split it."))
        }
        other => failure(&other).hint(look),
    }
}

/// One line for each.
pub(super) fn said(
    tables: &impl Read,
    placed: &Placed,
    claim: ClaimId,
    dry_run: bool,
    context: &Context,
) -> Result<Vec<String>, Failure> {
    let balance = |claim: ClaimId| {
        let state = tables.claim_state(claim).map_err(|error| context.refuse(error))?;
        Ok::<String, Failure>(money(state.unwrap_or_default().balance()))
    };
    let payment = &placed.payment;
    let is = if dry_run { "would be" } else { "is" };
    let mut lines = Vec::new();
    for differs in &placed.against {
        lines.push(format!("Against the evidence: {differs}."));
    }
    let item = payment.id;
    lines.push(if payment.status == PaymentStatus::Unapplied {
        format!(
            "Claim payment {item} {is} on claim {claim} and {} there: {}.",
            waits(dry_run),
            payment.message
        )
    } else {
        format!("Claim payment {item} {is} on claim {claim}, {} ({}).", payment.status.as_str(), payment.rule)
    });
    lines.push(format!("The balance of claim {claim} {is} {}.", balance(claim)?));
    if let Some(from) = placed.from.filter(|from| *from != claim) {
        lines.push(format!("The balance of claim {from}, which it left, {is} {}.", balance(from)?));
    }
    for other in &placed.displaced {
        let displaces = if dry_run { "would displace" } else { "displaced" };
        lines.push(format!("It {displaces} claim payment {other}, which {}.", waits(dry_run)));
    }
    if dry_run {
        lines.push("Nothing was changed.".to_owned());
    }
    Ok(lines)
}

const fn waits(dry_run: bool) -> &'static str {
    if dry_run { "would wait" } else { "waits" }
}
