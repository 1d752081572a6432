//! Two payers that turn out to be one, and one that turns out to be two after all.
//!
//! Records name the payer that there is now; what files said of it stays as they said it, so that a merge is undone by
//! asking their names and identifiers anew. The journal is not edited: what stood under the one payer is negated and
//! stands under the other. Acts of persons stay as they were written; claims' stories read them as acts on the payer that
//! there is now (see `posting::entries`).

use std::collections::{BTreeMap, BTreeSet};

use super::clocks;
use super::of_no_claim::negate;
use super::payers::{named_by_claim, named_by_crossover, named_by_remit};
use super::provider_level::{OFFICE, pair_anew};
use super::refund_checks::SENT;
use super::retell::{Hand, retell_all};
use crate::domain::book::{ClaimRecord, ClaimVersion, Origin, PaymentRecord, PlbRecord};
use crate::domain::entry::{Entry, Posting};
use crate::domain::merge::{Merged, PayerMerge};
use crate::domain::{ClaimId, EntryId, Money, PayerId, PaymentId, PlbId, RemitId};
use crate::posting::entries::{PAYER_MERGED, RESEQUENCED, is_act};
use crate::store::{Read, ReadJoins, StoreError, WriteTables};

/// Why payers cannot be merged, or parted again.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such payer.
    #[error("there is no payer {0}")]
    NoPayer(PayerId),
    /// A payer cannot be merged into itself.
    #[error("payer {0} cannot be merged into itself")]
    Itself(PayerId),
    /// It became another before.
    #[error("payer {0} was merged into payer {1} already")]
    Gone(PayerId, PayerId),
    /// The payer to merge it into became this very one.
    #[error("payer {1} was merged into payer {0}: the two are one already")]
    Circle(PayerId, PayerId),
    /// It is itself.
    #[error("payer {0} was not merged into another")]
    NotMerged(PayerId),
    /// An earlier version let it become another, and kept nothing that could undo it.
    #[error("payer {0} was merged into payer {1} by an earlier version, which did not keep how to undo it")]
    NotKept(PayerId, PayerId),
    /// What it became is another itself since.
    #[error("payer {0} was merged into payer {1}, which became payer {2} since; undo that first")]
    MergedOn(PayerId, PayerId, PayerId),
    /// A person has moved money of the payer that it is now, on a claim that would go back.
    #[error(
        "entry {entry} of claim {claim} ({rule}) was made for payer {into} since the merge; undo it first, and do it again afterwards"
    )]
    ActedSince {
        /// The claim.
        claim: ClaimId,
        /// The act.
        entry: EntryId,
        /// What it was.
        rule: String,
        /// The payer that it names.
        into: PayerId,
    },
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The payer that went, or is itself again.
    pub from: PayerId,
    /// The payer that it is now, or was until now.
    pub into: PayerId,
    /// How many claims were told anew.
    pub claims: u64,
}

/// Lets one payer be another. Where the other became a third, it is that one.
///
/// # Errors
/// See [`Refusal`]; the transaction must then be given up.
pub fn merge(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    from: PayerId,
    into: PayerId,
) -> Result<Done, Refusal> {
    let mut gone = tables.payer(from)?.ok_or(Refusal::NoPayer(from))?;
    tables.payer(into)?.ok_or(Refusal::NoPayer(into))?;
    if from == into {
        return Err(Refusal::Itself(from));
    }
    let merged = Merged::of(&tables.payers()?);
    if gone.merged_into.is_some() {
        return Err(Refusal::Gone(from, merged.now(from)));
    }
    let asked = into;
    let into = merged.now(asked);
    if into == from {
        return Err(Refusal::Circle(from, asked));
    }
    let mut stays = tables.payer(into)?.ok_or(Refusal::NoPayer(into))?;
    let (last_entry, last_file) = tables.last_of_all();
    let swap = |payer: &mut PayerId| {
        let is_it = *payer == from;
        if is_it {
            *payer = into;
        }
        is_it
    };
    let mut change = Change { of: [from, into], ..Change::default() };
    let mut versions = Vec::new();
    for record in tables.claims_alone()? {
        let mut record = record?;
        let mut named = false;
        for payer in &mut record.payers {
            named |= swap(payer);
        }
        for version in &mut record.versions {
            if swap(&mut version.billed_payer) {
                versions.push(version.origin);
                named = true;
            }
        }
        if named {
            change.claims.push(record);
        }
    }
    for payment in tables.payments()? {
        let mut payment = payment?;
        if swap(&mut payment.payer) | swap(&mut payment.forwarded_to) {
            change.payments.push(payment);
        }
    }
    let remits = tables.remits()?.filter(|remit| remit.as_ref().map_or(true, |remit| remit.payer == from));
    change.remits = remits.map(|remit| Ok((remit?.id, into))).collect::<Result<_, StoreError>>()?;
    let rules = tables.clock_rules()?.into_iter().filter(|rule| rule.payer == from).collect();
    clocks::merge(tables, from, into)?;
    let keep = PayerMerge {
        from,
        into,
        at: hand.now,
        user: hand.user.to_owned(),
        last_entry,
        last_file,
        keys: tables.repoint_payer_keys(from, into)?,
        versions,
        rules,
        gave_name: !stays.aliases.contains(&gone.name),
        gave_ident: stays.ident.is_empty() && !gone.ident.is_empty(),
        gave_address: stays.address.is_empty() && !gone.address.is_empty(),
    };
    if keep.gave_name {
        stays.aliases.push(gone.name.clone());
    }
    if keep.gave_ident {
        stays.ident.clone_from(&gone.ident);
    }
    if keep.gave_address {
        stays.address.clone_from(&gone.address);
    }
    gone.merged_into = Some(into);
    tables.put_payer(&gone)?;
    tables.put_payer(&stays)?;
    tables.put_payer_merge(&keep)?;
    let claims = change.enter(tables, hand)?;
    Ok(Done { from, into, claims })
}

/// Lets a payer that became another be itself again, with all that its names and identifiers lead to.
///
/// # Errors
/// See [`Refusal`]; the transaction must then be given up.
pub fn unmerge(tables: &mut WriteTables<'_>, hand: &Hand<'_>, from: PayerId) -> Result<Done, Refusal> {
    let mut back = tables.payer(from)?.ok_or(Refusal::NoPayer(from))?;
    let into = back.merged_into.ok_or(Refusal::NotMerged(from))?;
    let kept = tables.payer_merge(from)?.ok_or(Refusal::NotKept(from, into))?;
    let mut stays = tables.payer(into)?.ok_or(Refusal::NoPayer(into))?;
    if let Some(on) = stays.merged_into {
        return Err(Refusal::MergedOn(from, into, on));
    }
    for key in kept.keys.iter() {
        tables.put_payer_key(key, from)?;
    }
    back.merged_into = None;
    if kept.gave_name {
        stays.aliases.retain(|alias| *alias != back.name);
    }
    if kept.gave_ident && stays.ident == back.ident {
        stays.ident.clear();
    }
    if kept.gave_address && stays.address == back.address {
        stays.address.clear();
    }
    clocks::part(tables, into, &kept.rules)?;
    tables.put_payer(&back)?;
    tables.put_payer(&stays)?;
    tables.remove_payer_merge(from)?;
    let change = going_back(tables, &kept)?;
    for claim in change.claims_meant() {
        if let Some((entry, rule)) = acted_since(tables, claim, &kept)? {
            return Err(Refusal::ActedSince { claim, entry, rule, into });
        }
    }
    let claims = change.enter(tables, hand)?;
    Ok(Done { from, into, claims })
}

/// What is the payer's again: what files named by its names and identifiers.
fn going_back(tables: &WriteTables<'_>, kept: &PayerMerge) -> Result<Change, StoreError> {
    let (from, into) = (kept.from, kept.into);
    let mut change = Change { of: [from, into], ..Change::default() };
    let billed: BTreeSet<Origin> = kept.versions.iter().copied().collect();
    for record in tables.claims_alone()? {
        let mut record = record?;
        let mut named = false;
        for (payer, said) in record.payers.iter_mut().zip(&record.claim.payers) {
            if *payer == into && named_by_claim(tables, said)? == Some(from) {
                *payer = from;
                named = true;
            }
        }
        let present = record.payers.get(record.claim.billed_payer).copied();
        let was_its = |version: &ClaimVersion| {
            // One that came since is billed to whom the claim names now.
            let since = version.origin.file > kept.last_file && present == Some(from);
            billed.contains(&version.origin) || since
        };
        for version in record.versions.iter_mut().filter(|v| v.billed_payer == into && was_its(v)) {
            version.billed_payer = from;
            named = true;
        }
        if named {
            change.claims.push(record);
        }
    }
    for remit in tables.remits()? {
        let remit = remit?;
        if remit.payer == into && named_by_remit(tables, &remit.header)? == Some(from) {
            change.remits.insert(remit.id, from);
        }
    }
    for payment in tables.payments()? {
        let mut payment = payment?;
        let mut named = false;
        if payment.payer == into && change.remits.contains_key(&payment.remit) {
            payment.payer = from;
            named = true;
        }
        if let Some(to) = payment.payment.crossover.as_ref().filter(|_| payment.forwarded_to == into)
            && named_by_crossover(tables, to)? == Some(from)
        {
            payment.forwarded_to = from;
            named = true;
        }
        if named {
            change.payments.push(payment);
        }
    }
    change.checks = checks_of(tables, kept)?;
    Ok(change)
}

/// Checks of the office that were the payer's before it became another: the journal says whose.
fn checks_of(tables: &WriteTables<'_>, kept: &PayerMerge) -> Result<BTreeSet<PlbId>, StoreError> {
    let mut moved = BTreeMap::new();
    for item in tables.plbs()? {
        let item = item?;
        if item.remit == OFFICE && item.payer == kept.into {
            moved.insert(item.id, kept.into);
        }
    }
    if moved.is_empty() {
        return Ok(BTreeSet::new());
    }
    for row in tables.journal()? {
        let (id, entry) = row?;
        if id > kept.last_entry {
            break;
        }
        let went_out = entry.rule == SENT && entry.reverses.is_none();
        if let Some(payer) = entry.plb.filter(|_| went_out).and_then(|item| moved.get_mut(&item)) {
            *payer = entry.postings.first().map_or(*payer, |posting| posting.payer);
        }
    }
    Ok(moved.into_iter().filter(|(_, payer)| *payer == kept.from).map(|(item, _)| item).collect())
}

/// An act of a person since the merge that names the payer and was not undone.
fn acted_since(
    tables: &WriteTables<'_>,
    claim: ClaimId,
    kept: &PayerMerge,
) -> Result<Option<(EntryId, String)>, StoreError> {
    let entries = tables.entries_of_claim(claim)?;
    let acts: Vec<&(EntryId, Entry)> =
        entries.iter().filter(|(id, e)| *id > kept.last_entry && is_act(e)).collect();
    let undone: BTreeSet<EntryId> = acts.iter().filter_map(|(_, e)| e.reverses).collect();
    let names = |e: &Entry| e.postings.iter().any(|p| p.payer == kept.into && p.account.bucket().is_some());
    let stands = |(id, e): &&&(EntryId, Entry)| names(e) && e.reverses.is_none() && !undone.contains(id);
    Ok(acts.iter().find(stands).map(|(id, e)| (*id, e.rule.to_string())))
}

/// Records that name another payer now.
#[derive(Default)]
struct Change {
    /// The two payers.
    of: [PayerId; 2],
    claims: Vec<ClaimRecord>,
    payments: Vec<PaymentRecord>,
    /// Whose remittances are now.
    remits: BTreeMap<RemitId, PayerId>,
    /// Checks of the office that are a payer's again.
    checks: BTreeSet<PlbId>,
}

impl Change {
    /// The claims that are, or heard from, a payer that is another now.
    fn claims_meant(&self) -> BTreeSet<ClaimId> {
        let named = self.claims.iter().map(|record| record.id);
        named.chain(self.payments.iter().filter_map(|payment| payment.claim)).collect()
    }

    /// Writes the records, and tells everything anew that follows from them. Returns how many claims were told anew.
    fn enter(self, tables: &mut WriteTables<'_>, hand: &Hand<'_>) -> Result<u64, StoreError> {
        let mut meant = self.claims_meant();
        for record in &self.claims {
            tables.put_claim(record)?;
        }
        // Where several claims are one receivable, it is told by the one that leads it.
        for record in &self.claims {
            let lead = tables.lead_of(record.id)?;
            if let Some(shown) = tables.claim(lead)? {
                tables.put_claim_names(&shown)?;
            }
            meant.insert(lead);
        }
        for payment in &self.payments {
            tables.put_payment(payment)?;
        }
        for (id, payer) in &self.remits {
            if let Some(mut remit) = tables.remit(*id)? {
                remit.payer = *payer;
                tables.put_remit(&remit)?;
            }
        }
        let items: Vec<PlbRecord> = tables.plbs()?.collect::<Result<_, _>>()?;
        let gone =
            tables.payer(self.of[0])?.filter(|payer| payer.merged_into.is_some()).map(|payer| payer.id);
        for item in items {
            // A check of the office went to the payer that there is now; parted again, what had gone before comes back.
            let office = (item.remit == OFFICE && gone == Some(item.payer)).then_some(&self.of[1]);
            let again = self.checks.contains(&item.id).then_some(&self.of[0]);
            let Some(payer) = self.remits.get(&item.remit).or(office).or(again) else { continue };
            // The list of open items is kept by payer: it leaves the one before it joins the other.
            tables.put_plb(&PlbRecord { open: Money::ZERO, ..item.clone() })?;
            tables.put_plb(&PlbRecord { payer: *payer, ..item })?;
        }
        pair_anew(tables)?;
        meant.extend(restate(tables, hand, self.of)?);
        meant.extend(handled_otherwise(tables, self.of)?);
        let told = meant.len() as u64;
        retell_all(tables, hand, meant)?;
        Ok(told)
    }
}

/// Claims that a handling of a reason code concerns, which the office made for one of the payers.
fn handled_otherwise(tables: &WriteTables<'_>, of: [PayerId; 2]) -> Result<BTreeSet<ClaimId>, StoreError> {
    let mut meant = BTreeSet::new();
    if tables.handlings()?.iter().all(|handling| !of.contains(&handling.payer)) {
        return Ok(meant);
    }
    for record in tables.claims()? {
        let record = record?;
        if record.payers.iter().any(|payer| of.contains(payer)) {
            meant.insert(record.id);
        }
    }
    for payment in tables.payments()? {
        let payment = payment?;
        meant.extend(payment.claim.filter(|_| of.contains(&payment.payer)));
    }
    Ok(meant)
}

/// Lets what is booked outside of claims (waiting and released money, provider-level items) stand under the payer that
/// its remittance has now. Returns the claims whose entries name the payer that goes or comes back.
fn restate(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    of: [PayerId; 2],
) -> Result<BTreeSet<ClaimId>, StoreError> {
    let (mut claims, mut undone, mut apart) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for item in tables.journal()? {
        let (id, entry) = item?;
        let names = entry.postings.iter().any(|p| of.contains(&p.payer));
        if let Some(claim) = entry.claim.filter(|_| names) {
            let [from, _] = of;
            if entry.rule == PAYER_MERGED || entry.postings.iter().any(|p| p.payer == from) {
                claims.insert(claim);
            }
        }
        if entry.rule == RESEQUENCED {
            undone.extend(entry.reverses);
        } else if entry.claim.is_none() && names {
            apart.push((id, entry));
        }
    }
    apart.retain(|(id, _)| !undone.contains(id));
    let mut anew: BTreeMap<EntryId, EntryId> = BTreeMap::new();
    for (id, entry) in apart {
        let Some(payer) = payer_of(tables, &entry)? else { continue };
        let of_payer = |p: &Posting| if of.contains(&p.payer) { Posting { payer, ..*p } } else { *p };
        let postings: Vec<Posting> = entry.postings.iter().map(of_payer).collect();
        if postings == entry.postings {
            continue;
        }
        negate(tables, hand, id, &entry.memo)?;
        let (booked, payment) = (entry.posted_on, entry.payment);
        let reverses = entry.reverses.map(|of| anew.get(&of).copied().unwrap_or(of));
        let again = Entry { reverses, postings, ..hand.anew(entry) };
        let number = tables.append_entry(&tables.admit(again).not_before(booked), None)?;
        anew.insert(id, number);
        let held = payment.map(|payment| tables.payment(payment)).transpose()?.flatten();
        if let Some(mut held) = held.filter(|payment| payment.held_entry == Some(id)) {
            held.held_entry = Some(number);
            tables.put_payment(&held)?;
        }
    }
    Ok(claims)
}

/// Whose an entry outside of claims is.
fn payer_of(tables: &WriteTables<'_>, entry: &Entry) -> Result<Option<PayerId>, StoreError> {
    let of_payment = |id: PaymentId| Ok::<_, StoreError>(tables.payment(id)?.map(|payment| payment.payer));
    let of_item = |id: PlbId| Ok::<_, StoreError>(tables.plb(id)?.map(|item| item.payer));
    match (entry.payment, entry.plb, entry.remit) {
        (Some(id), ..) => of_payment(id),
        (None, Some(id), _) => of_item(id),
        (None, None, Some(id)) => Ok(tables.remit(id)?.map(|remit| remit.payer)),
        (None, None, None) => Ok(None),
    }
}
