//! Payers appear by themselves: an 837 names them with an identifier, an 835 is tied to them by identifier and name.

use std::collections::HashMap;

use crate::domain::book::PayerRecord;
use crate::domain::claim::ClaimPayer;
use crate::domain::merge::Merged;
use crate::domain::remit::{PartyName, RemitHeader};
use crate::domain::typo::is_near;
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

/// A payer in words: its name, with its identifier.
#[must_use]
pub fn titled(payer: &PayerRecord) -> String {
    match (payer.name.as_str(), payer.ident.as_str()) {
        ("", ident) => ident.to_owned(),
        (name, "") => name.to_owned(),
        (name, ident) => format!("{name} ({ident})"),
    }
}

/// The payers that go by a name, another name or an identifier; each as the one that it became.
///
/// # Errors
/// Whatever the store says.
pub fn called(tables: &impl Read, said: &str) -> Result<Vec<PayerRecord>, StoreError> {
    let payers = tables.payers()?;
    let merged = Merged::of(&payers);
    let mut ids: Vec<PayerId> =
        payers.iter().filter(|payer| goes_by(payer, said)).map(|payer| merged.now(payer.id)).collect();
    for key in [ident_key(said), name_key(said)].into_iter().flatten() {
        ids.extend(tables.payer_by_key(&key)?.map(|id| merged.now(id)));
    }
    Ok(payers.into_iter().filter(|payer| ids.contains(&payer.id)).collect())
}

/// Whether this is what a payer goes by.
fn goes_by(payer: &PayerRecord, said: &str) -> bool {
    let said = fold(said);
    !said.is_empty() && names(payer).any(|name| fold(name) == said)
}

/// What a payer goes by: its name, its identifier, its other names.
fn names(payer: &PayerRecord) -> impl Iterator<Item = &str> {
    [payer.name.as_str(), payer.ident.as_str()].into_iter().chain(payer.aliases.iter().map(String::as_str))
}

/// The payers whose names or identifiers nearly say this, those that contain it first: one of them may be meant.
///
/// # Errors
/// Whatever the store says.
pub fn alike(tables: &impl Read, said: &str) -> Result<Vec<PayerRecord>, StoreError> {
    let payers = tables.payers()?.into_iter().filter(|payer| payer.merged_into.is_none());
    let ranked = payers.filter_map(|payer| Some((likeness(&payer, said)?, payer)));
    let mut found: Vec<(usize, PayerRecord)> = ranked.collect();
    found.sort_by_key(|(rank, payer)| (*rank, payer.id));
    Ok(found.into_iter().map(|(_, payer)| payer).collect())
}

/// How much like this one of a payer's names is, the likest first: one contains the other, or words of them are nearly the
/// same.
fn likeness(payer: &PayerRecord, said: &str) -> Option<usize> {
    const SHORTEST: usize = 3;
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).map(fold);
        words.filter(|word| word.len() >= SHORTEST).collect()
    };
    let (whole, own) = (fold(said), words(said));
    let rank = |name: &str| {
        let (folded, theirs) = (fold(name), words(name));
        let contains =
            folded.len().min(whole.len()) >= SHORTEST && (folded.contains(&whole) || whole.contains(&folded));
        let shared = own.iter().filter(|word| theirs.iter().any(|other| is_near(word, other))).count();
        match (contains, shared) {
            (true, _) => Some(0),
            (false, 0) => None,
            (false, shared) => Some(1 + own.len() - shared),
        }
    };
    names(payer).filter_map(rank).min()
}

/// The name or the identifier by which a remittance finds a payer, and no other: the name where it does.
///
/// # Errors
/// Whatever the store says.
pub fn found_by(tables: &impl Read, payer: &PayerRecord) -> Result<Option<FoundBy>, StoreError> {
    let merged = Merged::of(&tables.payers()?);
    let leads = |key: Option<String>| {
        let id = key.map(|key| tables.payer_by_key(&key)).transpose()?.flatten();
        Ok::<bool, StoreError>(id.is_some_and(|id| merged.now(id) == payer.id))
    };
    if leads(name_key(&payer.name))? {
        return Ok(Some(FoundBy::Name(payer.name.clone())));
    }
    if leads(ident_key(&payer.ident))? {
        return Ok(Some(FoundBy::Ident(payer.ident.clone())));
    }
    for alias in &payer.aliases {
        if leads(name_key(alias))? {
            return Ok(Some(FoundBy::Name(alias.clone())));
        }
    }
    Ok(None)
}

/// What a remittance says of its payer so that it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// Its name.
    Name(String),
    /// Its identifier.
    Ident(String),
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
