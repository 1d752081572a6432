//! Proof of the tables that find records by what they bear, both ways: every record is found under what it bears, and
//! nothing else leads anywhere. Without them a file that comes again would be posted again.

use std::collections::{BTreeMap, BTreeSet};

use super::acks;
use super::check::Check;
use super::payers;
use super::placing;
use crate::domain::book::{PaymentStatus, RemitStatus};
use crate::domain::payment_keys::{Keys, held_key};
use crate::domain::{ClaimId, PayerId, PaymentId, RemitId};
use crate::posting::entries::is_correction;
use crate::posting::hold::Hold;
use crate::posting::matching::rests_on_number;
use crate::store::{Read, ReadReviews, Snapshot, StoreError};

/// Proves each of them under the name of its table.
pub(super) fn check(tables: &Snapshot) -> Result<Vec<Check>, StoreError> {
    let (sets, payers) = tables.footings_agree()?;
    Ok(vec![
        files(tables)?,
        content(tables, sets)?,
        remits(tables)?,
        waiting(tables)?,
        open_items(tables)?,
        sent(tables)?,
        heard(tables)?,
        known_payers(tables, payers)?,
        claims(tables)?,
        undone(tables)?,
    ])
}

/// Rows that must be there, and rows that may.
struct Wanted<K, I> {
    must: BTreeSet<(K, I)>,
    may: BTreeSet<(K, I)>,
}

impl<K: Ord, I: Ord + Copy> Wanted<K, I> {
    fn new() -> Self {
        Wanted { must: BTreeSet::new(), may: BTreeSet::new() }
    }

    /// Sees every row, and whether all that must be there are. `what` is the word for a record.
    fn compare(
        mut self,
        name: &'static str,
        what: &str,
        rows: impl Iterator<Item = Result<(K, I), StoreError>>,
    ) -> Result<Check, StoreError>
    where
        I: std::fmt::Display,
    {
        let mut check = Check::new(name);
        for row in rows {
            let row = row?;
            let known = self.must.remove(&row) || self.may.contains(&row);
            check.see(known, || format!("a key leads to {what} {}, which does not bear it", row.1));
        }
        for (_, id) in &self.must {
            check.see(false, || format!("{what} {id} is not found by what it bears"));
        }
        Ok(check)
    }
}

fn files(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut wanted = Wanted::new();
    for file in tables.files()? {
        let file = file?;
        wanted.must.insert((file.sha256, file.id));
    }
    wanted.compare("file-by-hash", "file", tables.file_index()?)
}

/// The content of a set is kept nowhere else: what it leads to is seen, and what all of it adds up to.
fn content(tables: &Snapshot, adds_up: bool) -> Result<Check, StoreError> {
    let mut check = Check::new("set-by-hash");
    check.see(adds_up, || "the contents of sets do not add up to what was kept of them".to_owned());
    let mut missing: BTreeSet<RemitId> = BTreeSet::new();
    for remit in tables.remits()? {
        missing.insert(remit?.id);
    }
    let remits = missing.clone();
    let mut sent = BTreeSet::new();
    for row in tables.set_index()? {
        let (hash, remit) = row?;
        missing.remove(&remit);
        check.see(remit.0 == 0 || remits.contains(&remit), || {
            format!("a content leads to remittance {remit}, which is not there")
        });
        if let ([a, b, c, d, e, f, g, h, ..], 0) = (hash, remit.0) {
            sent.insert(u64::from_be_bytes([a, b, c, d, e, f, g, h]));
        }
    }
    for remit in missing {
        check.see(false, || format!("remittance {remit} is not found by its content"));
    }
    for set in tables.sent_sets()? {
        let set = set?;
        check.see(sent.contains(&set.content), || {
            format!("the sent set {} is not found by its content", set.id)
        });
    }
    Ok(check)
}

fn remits(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut wanted = Wanted::new();
    for remit in tables.remits()? {
        let remit = remit?;
        let keys = Keys::of(&remit.header);
        let (held, posted) = (held_key(&keys.payment), keys.all());
        match remit.status {
            RemitStatus::Posted | RemitStatus::Reversed => {
                wanted.must.extend(posted.map(|key| (key, remit.id)));
                // It may have been held before.
                wanted.may.insert((held, remit.id));
            }
            RemitStatus::Held | RemitStatus::SetAside => {
                wanted.must.insert((held, remit.id));
                wanted.may.extend(posted.map(|key| (key, remit.id)));
            }
        }
    }
    wanted.compare("remit-by-key", "remittance", tables.remit_index()?)
}

/// Who looks for a claim is found under its own number. Numbers of the payer's came later to this index: where one is
/// kept of a payment, all must be.
fn waiting(tables: &Snapshot) -> Result<Check, StoreError> {
    let rows: Vec<(String, PaymentId)> = tables.waiting_index()?.collect::<Result<_, _>>()?;
    let by_payer: BTreeSet<PaymentId> =
        rows.iter().filter(|(key, _)| placing::is_payers(key)).map(|(_, id)| *id).collect();
    let mut wanted: Wanted<String, PaymentId> = Wanted::new();
    for payment in tables.payments()? {
        let payment = payment?;
        let keys = placing::keys(&payment).into_iter().map(|key| (key, payment.id));
        let hold = payment.rule.strip_prefix("hold:").and_then(Hold::from_word);
        let all = by_payer.contains(&payment.id);
        match (payment.claim, payment.status) {
            (Some(_), status) if !status.is_heard() || rests_on_number(&payment.matched_by) => {}
            (None, status) if status != PaymentStatus::Unapplied => {}
            (Some(_), _) if all => wanted.must.extend(keys),
            (None, _) if all && hold.is_some_and(placing::looks_for_a_claim) => wanted.must.extend(keys),
            (None, _)
                if matches!(hold, Some(Hold::NoMatch | Hold::AmbiguousMatch | Hold::PatientDiffers)) =>
            {
                let (payers, own) = keys.partition::<Vec<_>, _>(|(key, _)| placing::is_payers(key));
                wanted.must.extend(own);
                wanted.may.extend(payers);
            }
            _ => wanted.may.extend(keys),
        }
        if payment.claim.is_none() && payment.status == PaymentStatus::Unapplied {
            // Earlier versions kept every one of these under its number, also where it is none.
            wanted.may.insert((payment.payment.control_number.index_form().to_string(), payment.id));
        }
    }
    wanted.compare("waiting-by-number", "claim payment", rows.into_iter().map(Ok))
}

fn open_items(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut wanted = Wanted::new();
    for item in tables.plbs()? {
        let item = item?;
        if !item.open.is_zero() {
            wanted.must.insert((item.payer, item.id));
        }
    }
    wanted.compare("plb-open", "item", tables.open_plb_index()?)
}

fn sent(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut wanted = Wanted::new();
    for set in tables.sent_sets()? {
        let set = set?;
        wanted.must.extend(acks::sent_keys(&set).map(|key| (key, set.id)));
    }
    wanted.compare("sent-by-key", "the sent set", tables.sent_index()?)
}

fn heard(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut wanted = Wanted::new();
    for ack in tables.acks()? {
        let ack = ack?;
        wanted.must.extend(acks::keys(&ack.scope).map(|key| (key, ack.id)));
    }
    wanted.compare("ack-by-key", "acknowledgment", tables.ack_index()?)
}

/// A payer goes by more than its record says; whatever leads to one leads to one that is there, and its own identifier to
/// itself.
fn known_payers(tables: &Snapshot, adds_up: bool) -> Result<Check, StoreError> {
    let mut check = Check::new("payer-by-key");
    check.see(adds_up, || "the keys of payers do not add up to what was kept of them".to_owned());
    let keys: BTreeMap<String, PayerId> = tables.payer_index()?.collect::<Result<_, _>>()?;
    let records = tables.payers()?;
    let present: BTreeSet<PayerId> =
        records.iter().filter(|payer| payer.merged_into.is_none()).map(|payer| payer.id).collect();
    for (key, payer) in &keys {
        check.see(present.contains(payer), || format!("{key} leads to payer {payer}, which is not there"));
    }
    for payer in records.iter().filter(|payer| payer.merged_into.is_none()) {
        let own = payers::ident_key(&payer.ident).is_none_or(|key| keys.get(&key) == Some(&payer.id));
        check.see(own, || format!("payer {} is not found by its identifier", payer.id));
        let named = payers::name_key(&payer.name).is_none_or(|key| keys.contains_key(&key));
        check.see(named, || format!("payer {} is not found by its name", payer.id));
    }
    Ok(check)
}

/// That each claim is found is proved with the claim; here that no number leads nowhere.
fn claims(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut check = Check::new("claim-by-number");
    for row in tables.claim_index()? {
        let (_, claim) = row?;
        let there = tables.claim_state(claim)?.is_some();
        check.see(there, || format!("a number leads to claim {claim}, which is not there"));
    }
    Ok(check)
}

/// The claims of which the journal says that an answer undid what a person had done.
fn undone(tables: &Snapshot) -> Result<Check, StoreError> {
    let mut wanted = Wanted::new();
    for item in tables.journal()? {
        let (_, entry) = item?;
        wanted.must.extend(entry.claim.filter(|_| is_correction(&entry)).map(|claim: ClaimId| ((), claim)));
    }
    wanted.compare("undone-acts", "claim", tables.undone()?.into_iter().map(|claim| Ok(((), claim))))
}
