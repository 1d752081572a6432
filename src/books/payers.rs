//! Payers appear by themselves: an 837 names them with an identifier, an 835 is tied to them by identifier and name.

use std::collections::HashMap;

use crate::domain::book::PayerRecord;
use crate::domain::claim::ClaimPayer;
use crate::domain::remit::{PartyName, RemitHeader};
use crate::domain::{PayerId, Text};
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
        let id = self.find_or_add(tables, &keys_of_claim(payer), &payer.name, &payer.ident, &payer.filing)?;
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
        self.find_or_add(tables, &keys_of_remit(header), &header.payer.name, "", "")
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
        let keys = keys_of_crossover(payer);
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
        let known = known_by(tables, keys, ident, |key| self.found.get(key).copied())?;
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

/// The payer that a claim names, as far as the ledger knows it.
///
/// # Errors
/// Whatever the store says.
pub fn named_by_claim(tables: &WriteTables<'_>, payer: &ClaimPayer) -> Result<Option<PayerId>, StoreError> {
    known_by(tables, &keys_of_claim(payer), &payer.ident, |_| None)
}

/// The payer of a remittance, as far as the ledger knows it.
///
/// # Errors
/// Whatever the store says.
pub fn named_by_remit(tables: &WriteTables<'_>, header: &RemitHeader) -> Result<Option<PayerId>, StoreError> {
    known_by(tables, &keys_of_remit(header), "", |_| None)
}

/// The payer that a claim was forwarded to, as far as the ledger knows it.
///
/// # Errors
/// Whatever the store says.
pub fn named_by_crossover(tables: &WriteTables<'_>, to: &PartyName) -> Result<Option<PayerId>, StoreError> {
    known_by(tables, &keys_of_crossover(to), "", |_| None)
}

/// The payer under the first of several keys that leads to one.
fn known_by(
    tables: &WriteTables<'_>,
    keys: &[Option<String>],
    ident: &str,
    found: impl Fn(&String) -> Option<PayerId>,
) -> Result<Option<PayerId>, StoreError> {
    for key in keys.iter().flatten() {
        let known = match found(key) {
            Some(id) => Some(id),
            None => tables.payer_by_key(key)?,
        };
        let Some(id) = known else { continue };
        // Two identifiers are two payers, even under one name.
        if ident.is_empty() || key.starts_with("id:") || !has_other_ident(tables, id, ident)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn keys_of_claim(payer: &ClaimPayer) -> [Option<String>; 2] {
    [ident_key(&payer.ident), name_key(&payer.name)]
}

fn keys_of_crossover(payer: &PartyName) -> [Option<String>; 2] {
    [ident_key(&payer.ident), name_key(&payer.name)]
}

fn keys_of_remit(header: &RemitHeader) -> [Option<String>; 4] {
    let number = header.payer.reference("2U").unwrap_or("");
    let company = &header.payer_trace_id;
    let nameless = header.payer.name.trim().is_empty() && !company.is_empty();
    let company = nameless.then(|| format!("trn:{company}"));
    [ident_key(&header.payer.ident), ident_key(number), name_key(&header.payer.name), company]
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
    /// It became another.
    #[error("payer {0} was merged into payer {1}")]
    Gone(PayerId, PayerId),
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
    if let Some(into) = payer.merged_into {
        return Err(Refusal::Gone(id, into));
    }
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

pub(super) fn ident_key(ident: &str) -> Option<String> {
    let folded = fold(ident);
    (!folded.is_empty()).then(|| format!("id:{folded}"))
}

pub(super) fn name_key(name: &str) -> Option<String> {
    let folded = fold(name);
    (!folded.is_empty()).then(|| format!("name:{folded}"))
}

/// Letters and digits, upper case: payers write their own names in many ways.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).take(80).collect()
}
