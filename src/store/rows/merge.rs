//! The row of a payer that became another.

use serde::{Deserialize, Serialize};

use super::clock::ClockRow;
use super::{Bad, Record, borrowed, owned};
use crate::domain::book::Origin;
use crate::domain::clock::ClockRule;
use crate::domain::merge::PayerMerge;
use crate::domain::{EntryId, FileId, PayerId};

#[derive(Serialize, Deserialize)]
pub struct MergeRow<'a> {
    into: u32,
    at: i64,
    user: &'a str,
    last_entry: u64,
    last_file: u64,
    #[serde(borrow)]
    keys: Vec<&'a str>,
    versions: Vec<(u64, u64)>,
    #[serde(borrow)]
    rules: Vec<ClockRow<'a>>,
    gave_name: bool,
    gave_ident: bool,
    gave_address: bool,
}

impl Record for PayerMerge {
    const TABLE: &'static str = "payer_merges";
    type Row<'a> = MergeRow<'a>;

    fn to_row(&self) -> MergeRow<'_> {
        MergeRow {
            into: self.into.0,
            at: self.at,
            user: &self.user,
            last_entry: self.last_entry.0,
            last_file: self.last_file.0,
            keys: borrowed(&self.keys),
            versions: self.versions.iter().map(|origin| (origin.file.0, origin.segment)).collect(),
            rules: self.rules.iter().map(ClockRule::to_row).collect(),
            gave_name: self.gave_name,
            gave_ident: self.gave_ident,
            gave_address: self.gave_address,
        }
    }

    fn from_row(key: u64, row: MergeRow<'_>) -> Result<PayerMerge, Bad> {
        let from = PayerId(u32::try_from(key).map_err(|_| Bad("is no payer's number".to_owned()))?);
        let origin = |(file, segment)| Origin { file: FileId(file), segment };
        let rules = row.rules.into_iter().map(|rule| ClockRule::from_row(key, rule));
        Ok(PayerMerge {
            from,
            into: PayerId(row.into),
            at: row.at,
            user: row.user.to_owned(),
            last_entry: EntryId(row.last_entry),
            last_file: FileId(row.last_file),
            keys: owned(row.keys),
            versions: row.versions.into_iter().map(origin).collect(),
            rules: rules.collect::<Result<_, _>>()?,
            gave_name: row.gave_name,
            gave_ident: row.gave_ident,
            gave_address: row.gave_address,
        })
    }
}
