//! What is left at the end of an import: what one file leaves over, a later one of the same import may settle.

use std::collections::BTreeSet;

use super::outcome::{FileOutcome, SetOutcome, SetStatus};
use crate::domain::PaymentId;
use crate::domain::book::{Issue, PaymentRecord, RemitStatus};
use crate::posting::hold::Hold;
use crate::store::{Read, StoreError};

/// At most so many of one remittance are said.
const MOST_SAID: usize = 200;

/// Why a claim payment waits, unless that has been said already where it stands.
pub(super) fn why(payment: &PaymentRecord, said: &[Issue]) -> Option<Issue> {
    let (segment, clp) = (payment.payment.segment, &payment.payment);
    let word = payment.rule.strip_prefix("hold:").unwrap_or(&payment.rule);
    let lines = clp.lines.iter().map(|line| line.segment);
    let places: Vec<u64> = std::iter::once(segment).chain(lines).collect();
    let hold = |word: &str| Hold::from_word(word).unwrap_or(Hold::BadData);
    let is_said = said.iter().any(|i| places.contains(&i.segment) && hold(&i.code) == hold(word));
    (!is_said).then(|| Issue {
        code: word.to_owned(),
        segment,
        text: format!("CLP*{}*{}*{}*{}", clp.control_number, clp.status, clp.charge, clp.paid),
        message: format!("{}; {}", payment.message, hold(word).fix()),
    })
}

/// Counts anew what remittances of these files leave over, and says of that alone why it waits.
pub(super) fn count(tables: &impl Read, files: &mut [FileOutcome]) -> Result<(), StoreError> {
    let all = files.iter_mut().flat_map(|file| &mut file.sets);
    let mut sets: Vec<&mut SetOutcome> = all.filter(|set| set.remit.is_some()).collect();
    sets.retain(|set| set.kind.is_remittance() && set.status != SetStatus::Held);
    if sets.is_empty() {
        return Ok(());
    }
    let waiting: BTreeSet<PaymentId> = tables.unapplied()?.collect::<Result<_, _>>()?;
    for set in sets {
        let remit = set.remit.map(|id| tables.remit(id)).transpose()?.flatten();
        let Some(remit) = remit.filter(|remit| remit.status == RemitStatus::Posted) else { continue };
        let ids = remit.first_payment..PaymentId(remit.first_payment.0 + remit.claims);
        let left: Vec<PaymentId> = waiting.range(ids).copied().collect();
        set.unapplied = left.len() as u64;
        set.matched = remit.claims.saturating_sub(set.unapplied);
        if set.status != SetStatus::Posted {
            continue;
        }
        let said_then = std::mem::take(&mut set.waiting);
        for id in left.into_iter().take(MOST_SAID) {
            let Some(issue) = tables.payment(id)?.and_then(|payment| why(&payment, &remit.issues)) else {
                continue;
            };
            let same = |then: &&Issue| (then.segment, &then.code) == (issue.segment, &issue.code);
            set.issues.push(said_then.iter().find(same).cloned().unwrap_or(issue));
        }
    }
    Ok(())
}
