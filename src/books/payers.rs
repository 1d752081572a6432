//! Payers appear by themselves: an 837 names them with an identifier, an 835 is tied to them by identifier and name.

use std::collections::HashMap;

use super::clocks;
use super::provider_level::reoffset;
use super::retell::{Hand, retell};
use crate::domain::book::{PayerRecord, PlbRecord};
use crate::domain::claim::ClaimPayer;
use crate::domain::remit::{PartyName, RemitHeader};
use crate::domain::{Money, PayerId, Text};
use crate::store::{Read, StoreError, WriteTables};

/// Finds payers, and adds those that are new. Remembers what it found for the length of one transaction.
#[derive(Default)]
pub struct Payers {
    found: HashMap<String, PayerId>,
    /// Those that claims named, by name, identifier and filing indicator: few, and asked for by every claim.
    named: HashMap<[Text; 3], PayerId>,
}

impl Payers {
    /// The payer that a claim names: by identifier, else by name.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn of_claim(
        &mut self,
        tables: &mut WriteTables<'_>,
        payer: &ClaimPayer,
    ) -> Result<PayerId, StoreError> {
        let named = [payer.name.clone(), payer.ident.clone(), payer.filing.clone()];
        if let Some(id) = self.named.get(&named) {
            return Ok(*id);
        }
        let keys = [ident_key(&payer.ident), name_key(&payer.name)];
        let id = self.find_or_add(tables, &keys, &payer.name, &payer.ident, &payer.filing)?;
        self.named.insert(named, id);
        Ok(id)
    }

    /// The payer of a remittance: by N104 or REF*2U, else by name; where it has no name, by the company id of the trace
    /// number (TRN03), which several plans of one company may share.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn of_remit(
        &mut self,
        tables: &mut WriteTables<'_>,
        header: &RemitHeader,
    ) -> Result<PayerId, StoreError> {
        let number = header.payer.reference("2U").unwrap_or("");
        let company = &header.payer_trace_id;
        let nameless = header.payer.name.trim().is_empty() && !company.is_empty();
        let company = nameless.then(|| format!("trn:{company}"));
        let keys = [ident_key(&header.payer.ident), ident_key(number), name_key(&header.payer.name), company];
        self.find_or_add(tables, &keys, &header.payer.name, "", "")
    }

    /// The payer that a claim was forwarded to (NM1*TT), or none.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn of_crossover(
        &mut self,
        tables: &mut WriteTables<'_>,
        crossover: Option<&PartyName>,
    ) -> Result<PayerId, StoreError> {
        let Some(payer) = crossover else { return Ok(PayerId::NONE) };
        let keys = [ident_key(&payer.ident), name_key(&payer.name)];
        if keys.iter().all(Option::is_none) {
            return Ok(PayerId::NONE);
        }
        self.find_or_add(tables, &keys, &payer.name, "", "")
    }

    fn find_or_add(
        &mut self,
        tables: &mut WriteTables<'_>,
        keys: &[Option<String>],
        name: &str,
        ident: &str,
        filing: &str,
    ) -> Result<PayerId, StoreError> {
        let wanted = keys.iter().flatten();
        let mut known = None;
        for key in wanted.clone() {
            known = match self.found.get(key) {
                Some(id) => Some(*id),
                None => tables.payer_by_key(key)?,
            };
            // Two identifiers are two payers, even under one name.
            if let Some(id) = known {
                let other =
                    !ident.is_empty() && !key.starts_with("id:") && has_other_ident(tables, id, ident)?;
                if !other {
                    break;
                }
                known = None;
            }
        }
        let id = match known {
            Some(id) => id,
            None => {
                let id = tables.next_payer_id()?;
                let record = PayerRecord::named(id, name, filing);
                tables.put_payer(&record)?;
                id
            }
        };
        if !ident.is_empty() && !self.found.contains_key(&format!("id:{}", fold(ident))) {
            complete(tables, id, ident, filing)?;
        }
        for key in wanted {
            if !self.found.contains_key(key) {
                if tables.payer_by_key(key)?.is_none() {
                    tables.put_payer_key(key, id)?;
                }
                self.found.insert(key.clone(), id);
            }
        }
        Ok(id)
    }
}

/// What a person says about a payer.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Its name.
    pub name: Option<String>,
    /// Its identifier (NM109).
    pub ident: Option<String>,
    /// Its filing indicator.
    pub filing: Option<String>,
    /// Its financial class.
    pub class: Option<String>,
    /// Days that it usually takes to pay.
    pub expected_days: Option<u16>,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// The lines of the address of its appeals, in place of those known.
    pub address: Option<Vec<String>>,
}

/// Why a payer cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such payer.
    #[error("there is no payer {0}")]
    NoPayer(PayerId),
    /// A name or identifier is another payer's.
    #[error("{0:?} is payer {1}")]
    Taken(String, PayerId),
    /// A payer cannot be merged into itself.
    #[error("payer {0} cannot be merged into itself")]
    Itself(PayerId),
    /// The ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a payer that no file has named yet.
///
/// # Errors
/// See [`Refusal`].
pub fn add(tables: &mut WriteTables<'_>, said: &Said) -> Result<PayerId, Refusal> {
    let id = tables.next_payer_id()?;
    tables.put_payer(&PayerRecord::named(id, said.name.as_deref().unwrap_or(""), ""))?;
    set(tables, id, said)?;
    Ok(id)
}

/// Changes what is known about a payer.
///
/// # Errors
/// See [`Refusal`].
pub fn set(tables: &mut WriteTables<'_>, id: PayerId, said: &Said) -> Result<(), Refusal> {
    let mut payer = tables.payer(id)?.ok_or(Refusal::NoPayer(id))?;
    let names = said.name.iter().chain(&said.aliases).filter_map(|name| name_key(name));
    let keys: Vec<String> = names.chain(said.ident.as_deref().and_then(ident_key)).collect();
    for key in keys {
        match tables.payer_by_key(&key)? {
            Some(other) if other != id => return Err(Refusal::Taken(key, other)),
            _ => tables.put_payer_key(&key, id)?,
        }
    }
    let change = |field: &mut String, to: &Option<String>| {
        if let Some(to) = to {
            to.trim().clone_into(field);
        }
    };
    change(&mut payer.name, &said.name);
    change(&mut payer.ident, &said.ident);
    change(&mut payer.filing, &said.filing);
    change(&mut payer.class, &said.class);
    payer.expected_days = said.expected_days.or(payer.expected_days);
    if let Some(address) = &said.address {
        payer.address.clone_from(address);
    }
    payer.aliases.extend(
        said.aliases.iter().filter(|alias| !payer.aliases.contains(alias)).cloned().collect::<Vec<_>>(),
    );
    Ok(tables.put_payer(&payer)?)
}

/// Lets one payer be another: every claim that waits for the one is told anew as waiting for the other. History is not
/// edited: the entries are negated and made again under the other payer. Returns how many claims moved.
///
/// # Errors
/// See [`Refusal`].
pub fn merge(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    from: PayerId,
    into: PayerId,
) -> Result<u64, Refusal> {
    if from == into {
        return Err(Refusal::Itself(from));
    }
    let mut gone = tables.payer(from)?.ok_or(Refusal::NoPayer(from))?;
    let mut stays = tables.payer(into)?.ok_or(Refusal::NoPayer(into))?;
    let swap = |payer: &mut PayerId| {
        let is_it = *payer == from;
        if is_it {
            *payer = into;
        }
        is_it
    };
    let mut claims = Vec::new();
    for record in tables.claims()? {
        let mut record = record?;
        let mut named = false;
        for payer in &mut record.payers {
            named |= swap(payer);
        }
        for version in &mut record.versions {
            named |= swap(&mut version.billed_payer);
        }
        if named {
            claims.push(record);
        }
    }
    let payments: Vec<_> = tables.payments()?.collect::<Result<_, _>>()?;
    for mut payment in payments {
        if swap(&mut payment.payer) | swap(&mut payment.forwarded_to) {
            tables.put_payment(&payment)?;
        }
    }
    let remits: Vec<_> = tables.remits()?.collect::<Result<_, _>>()?;
    for mut remit in remits.into_iter().filter(|remit| remit.payer == from) {
        remit.payer = into;
        tables.put_remit(&remit)?;
    }
    let items: Vec<_> = tables.plbs()?.collect::<Result<_, _>>()?;
    for item in items.into_iter().filter(|item| item.payer == from) {
        // The list of open items is kept by payer: it leaves the one before it joins the other.
        tables.put_plb(&PlbRecord { open: Money::ZERO, ..item.clone() })?;
        tables.put_plb(&PlbRecord { payer: into, ..item })?;
    }
    let moved = claims.len() as u64;
    for record in claims {
        tables.put_claim(&record)?;
        retell(tables, hand, &record)?;
    }
    reoffset(tables, into)?;
    tables.repoint_payer_keys(from, into)?;
    clocks::merge(tables, from, into)?;
    stays.aliases.push(gone.name.clone());
    if stays.ident.is_empty() {
        stays.ident.clone_from(&gone.ident);
    }
    if stays.address.is_empty() {
        stays.address.clone_from(&gone.address);
    }
    gone.merged_into = Some(into);
    tables.put_payer(&gone)?;
    tables.put_payer(&stays)?;
    Ok(moved)
}

fn has_other_ident(tables: &WriteTables<'_>, id: PayerId, ident: &str) -> Result<bool, StoreError> {
    Ok(tables.payer(id)?.is_some_and(|payer| !payer.ident.is_empty() && fold(&payer.ident) != fold(ident)))
}

/// A payer that only remittances had named gets the identifier that claims give it.
fn complete(tables: &mut WriteTables<'_>, id: PayerId, ident: &str, filing: &str) -> Result<(), StoreError> {
    if let Some(mut payer) = tables.payer(id)?.filter(|payer| payer.ident.is_empty()) {
        payer.ident = ident.trim().to_owned();
        payer.filing = filing.to_owned();
        tables.put_payer(&payer)?;
    }
    Ok(())
}

fn ident_key(ident: &str) -> Option<String> {
    let folded = fold(ident);
    (!folded.is_empty()).then(|| format!("id:{folded}"))
}

fn name_key(name: &str) -> Option<String> {
    let folded = fold(name);
    (!folded.is_empty()).then(|| format!("name:{folded}"))
}

/// Letters and digits, upper case: payers write their own names in many ways.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).take(80).collect()
}
