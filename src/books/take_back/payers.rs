//! Taking back what was said about payers: merged, parted, added.

use super::{Refusal, Taking, said};
use crate::books::payer_merge;
use crate::domain::PayerId;
use crate::domain::deed::Object;
use crate::store::registers;
use crate::store::{Read, ReadJoins, WriteTables};

impl Taking<'_> {
    /// Parts payers that were merged, and merges those that were parted.
    pub(super) fn merged(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let id = self.record.id;
        for (was, is) in registers::payers(&self.record.rows)? {
            let (Some(was), Some(is)) = (was, is) else { continue };
            if was.merged_into == is.merged_into {
                continue;
            }
            let now = tables.payer(is.id)?.and_then(|payer| payer.merged_into);
            if now != is.merged_into {
                let words = format!("payer {} was merged or parted since", is.id);
                return Err(self.because_of(tables, words, |later| {
                    later.done.iter().any(|(_, on)| *on == Object::Payer(is.id))
                })?);
            }
            match was.merged_into {
                None => said(payer_merge::unmerge(tables, self.hand, is.id), id)?,
                Some(into) => said(payer_merge::merge(tables, self.hand, is.id, into), id)?,
            };
        }
        Ok(())
    }

    /// A payer that was added goes, while nothing names it.
    pub(super) fn added(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        for (was, is) in registers::payers(&self.record.rows)? {
            let (None, Some(is)) = (was, is) else { continue };
            if let Some(by) = named_by(tables, is.id)? {
                let words = format!("{by} names payer {}; `arrears payer merge` lets it be another", is.id);
                return Err(self.because_of(tables, words, |later| {
                    later.done.iter().any(|(_, on)| *on == Object::Payer(is.id))
                })?);
            }
        }
        self.rows(tables)
    }
}

/// What names a payer, in words.
fn named_by(tables: &WriteTables<'_>, payer: PayerId) -> Result<Option<String>, Refusal> {
    for record in tables.claims_alone()? {
        let record = record?;
        let billed = record.versions.iter().any(|version| version.billed_payer == payer);
        if billed || record.payers.contains(&payer) {
            return Ok(Some(format!("claim {}", record.id)));
        }
    }
    for remit in tables.remits()? {
        let remit = remit?;
        if remit.payer == payer {
            return Ok(Some(format!("remittance {}", remit.id)));
        }
    }
    for payment in tables.payments()? {
        let payment = payment?;
        if payment.payer == payer || payment.forwarded_to == payer {
            return Ok(Some(format!("claim payment {}", payment.id)));
        }
    }
    if tables.handlings()?.iter().any(|handling| handling.payer == payer) {
        return Ok(Some("what is set for a reason code".to_owned()));
    }
    Ok(tables.clock_rules()?.iter().any(|rule| rule.payer == payer).then(|| "a rule of deadlines".to_owned()))
}
