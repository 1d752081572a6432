//! Payers appear by themselves: an 837 names them with an identifier, an 835 is tied to them by identifier and name.

use std::collections::HashMap;

use crate::domain::PayerId;
use crate::domain::book::PayerRecord;
use crate::domain::claim::ClaimPayer;
use crate::domain::remit::{PartyName, RemitHeader};
use crate::store::{Read, StoreError, WriteTables};

/// Finds payers, and adds those that are new. Remembers what it found for the length of one transaction.
#[derive(Default)]
pub struct Payers {
    found: HashMap<String, PayerId>,
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
        let keys = [ident_key(&payer.ident), name_key(&payer.name)];
        self.find_or_add(tables, &keys, &payer.name, &payer.ident, &payer.filing)
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
                let record = PayerRecord {
                    id,
                    name: name.trim().to_owned(),
                    ident: String::new(),
                    filing: filing.to_owned(),
                };
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
