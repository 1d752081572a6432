//! Taking back what was done with whole remittances: taken out of the books, put back, let in though they were held, set
//! aside, put in the place of another.

use super::{Refusal, Taking, said};
use crate::books::{held, undo};
use crate::domain::book::{RemitRecord, RemitStatus};
use crate::store::registers;
use crate::store::{Read, WriteTables};

impl Taking<'_> {
    /// First goes out what came in, then comes in what went out.
    pub(super) fn remits(&self, tables: &mut WriteTables<'_>) -> Result<(), Refusal> {
        let id = self.record.id;
        let changed: Vec<(RemitRecord, RemitRecord)> = registers::remits(&self.record.rows)?
            .into_iter()
            .filter_map(|(was, is)| Some((was?, is?)))
            .filter(|(was, is)| was.status != is.status)
            .collect();
        for (_, is) in &changed {
            let now = tables.remit(is.id)?.map(|remit| remit.status);
            if now != Some(is.status) {
                let words =
                    format!("remittance {} is {} now", is.id, now.map_or("gone", RemitStatus::as_str));
                return Err(self.because_of(tables, words, |later| {
                    let later = registers::remits(&later.rows).unwrap_or_default();
                    later.iter().any(|(was, now)| {
                        let (Some(was), Some(now)) = (was, now) else { return false };
                        now.id == is.id && was.status != now.status
                    })
                })?);
            }
        }
        // What was settled to let it in is open again before it goes out.
        self.items(tables)?;
        let came = |remit: &RemitRecord| remit.status == RemitStatus::Posted;
        for (was, is) in changed.iter().filter(|(_, is)| came(is)) {
            match was.status {
                RemitStatus::Reversed => said(undo::reverse_remit(tables, self.hand, is.id, self.words), id)?,
                _ => said(held::hold_again(tables, self.hand, was, self.words), id)?,
            }
        }
        for (was, is) in changed.iter().filter(|(was, is)| !came(was) && !came(is)) {
            if (was.status, is.status) == (RemitStatus::Reversed, RemitStatus::Held) {
                return Err(Refusal::Since(id, "let it in again: `arrears remit post`".to_owned()));
            }
            tables.put_remit(was)?;
        }
        for (was, is) in changed.iter().filter(|(was, _)| came(was)) {
            match is.status {
                RemitStatus::Reversed => said(held::repost(tables, self.hand, was.id, self.words, true), id)?,
                _ => return Err(Refusal::Since(id, "let it in again: `arrears remit post`".to_owned())),
            }
        }
        self.settlements(tables)
    }
}
