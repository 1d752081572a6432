//! What payers promised by when, and has not come: on calls about claims that nobody answered, and on calls about denials.

use std::collections::HashMap;

use super::denials;
use crate::domain::case::{CaseEvent, CaseWork};
use crate::domain::followup::{FollowUp, FollowUpAct};
use crate::domain::{CaseId, ClaimId, Date};
use crate::store::{Read, StoreError};

/// A promise, with the call on which it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The call: who made it, who spoke for the payer, its reference.
    pub call: FollowUp,
    /// The day that was promised.
    pub by: Date,
    /// The denial it was about; none where the claim itself waits.
    pub denial: Option<CaseId>,
}

impl Promise {
    /// The promise of a call; none where it brought none.
    #[must_use]
    pub fn of_call(call: &FollowUp) -> Option<Promise> {
        Some(Promise { by: call.promised_on?, call: call.clone(), denial: None })
    }

    /// What tells which of two promises was given later.
    #[must_use]
    pub fn given(&self) -> (Date, i64) {
        (self.call.on, self.call.recorded_at)
    }
}

/// The promise that stands for each claim about its denials on a day: neither kept nor broken by an answer, nor followed by
/// another act. Of several the one that was given last.
///
/// # Errors
/// Whatever the store says.
pub fn on_denials(tables: &impl Read, as_of: Date) -> Result<HashMap<ClaimId, Promise>, StoreError> {
    let mut standing = Vec::new();
    denials::each_work(tables, as_of, |case, events, work| standing.extend(of_case(case, events, work)))?;
    let mut promises: HashMap<ClaimId, Promise> = HashMap::new();
    for (case, promise) in standing {
        let Some(claim) = tables.case(case)?.map(|case| case.claim) else { continue };
        match promises.get_mut(&claim) {
            Some(known) if known.given() > promise.given() => {}
            Some(known) => *known = promise,
            None => drop(promises.insert(claim, promise)),
        }
    }
    Ok(promises)
}

fn of_case(case: CaseId, events: &[CaseEvent], work: &CaseWork) -> Option<(CaseId, Promise)> {
    let by = work.promised?;
    let call = events.iter().rfind(|event| event.about.promised == Some(by))?;
    let call = FollowUp {
        on: call.on,
        recorded_at: call.recorded_at,
        user: call.user.clone(),
        act: FollowUpAct::Call,
        text: call.about.text.clone(),
        representative: call.about.representative.clone(),
        reference: call.about.reference.clone(),
        promised_on: Some(by),
        // Whatever was agreed since: until then it is off the list.
        next_on: work.snoozed_until.max(work.next_on),
    };
    Some((case, Promise { call, by, denial: Some(case) }))
}
