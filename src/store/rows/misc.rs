//! The small rows: files, payers, notes, and the practice itself.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, borrowed, cents, date, day, money, owned};
use crate::domain::book::{FileRecord, Handling, Note, PayerRecord, Practice};
use crate::domain::{Code, FileId, GroupCode, PayerId, RemitId};

#[derive(Serialize, Deserialize)]
pub struct FileRow<'a> {
    sha256: [u8; 32],
    name: &'a str,
    kind: &'a str,
    imported_at: i64,
    complete: bool,
    remits: Vec<u64>,
}

impl Record for FileRecord {
    const TABLE: &'static str = "files";
    type Row<'a> = FileRow<'a>;

    fn to_row(&self) -> FileRow<'_> {
        FileRow {
            sha256: self.sha256,
            name: &self.name,
            kind: &self.kind,
            imported_at: self.imported_at,
            complete: self.complete,
            remits: self.remits.iter().map(|remit| remit.0).collect(),
        }
    }

    fn from_row(key: u64, row: FileRow<'_>) -> Result<FileRecord, Bad> {
        Ok(FileRecord {
            id: FileId(key),
            sha256: row.sha256,
            name: row.name.to_owned(),
            kind: row.kind.to_owned(),
            imported_at: row.imported_at,
            complete: row.complete,
            remits: row.remits.into_iter().map(RemitId).collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct PayerRow<'a> {
    name: &'a str,
    ident: &'a str,
    filing: &'a str,
    class: &'a str,
    expected_days: Option<u16>,
    aliases: Vec<&'a str>,
    merged_into: Option<u32>,
    address: Vec<&'a str>,
}

impl Record for PayerRecord {
    const TABLE: &'static str = "payers";
    type Row<'a> = PayerRow<'a>;

    fn to_row(&self) -> PayerRow<'_> {
        PayerRow {
            name: &self.name,
            ident: &self.ident,
            filing: &self.filing,
            class: &self.class,
            expected_days: self.expected_days,
            aliases: borrowed(&self.aliases),
            merged_into: self.merged_into.map(|payer| payer.0),
            address: borrowed(&self.address),
        }
    }

    fn from_row(key: u64, row: PayerRow<'_>) -> Result<PayerRecord, Bad> {
        Ok(PayerRecord {
            id: PayerId(u32::try_from(key).map_err(|_| Bad("is no payer's number".to_owned()))?),
            name: row.name.to_owned(),
            ident: row.ident.to_owned(),
            filing: row.filing.to_owned(),
            class: row.class.to_owned(),
            expected_days: row.expected_days,
            aliases: owned(row.aliases),
            merged_into: row.merged_into.map(PayerId),
            address: owned(row.address),
        })
    }
}

#[derive(Serialize, Deserialize)]
pub struct PracticeRow<'a> {
    name: &'a str,
    npis: Vec<&'a str>,
    tax_ids: Vec<&'a str>,
    write_off_limit: Option<i64>,
    address: Vec<&'a str>,
}

impl Record for Practice {
    const TABLE: &'static str = "practice";
    type Row<'a> = PracticeRow<'a>;

    fn to_row(&self) -> PracticeRow<'_> {
        PracticeRow {
            name: &self.name,
            npis: borrowed(&self.npis),
            tax_ids: borrowed(&self.tax_ids),
            write_off_limit: cents(self.write_off_limit),
            address: borrowed(&self.address),
        }
    }

    fn from_row(_key: u64, row: PracticeRow<'_>) -> Result<Practice, Bad> {
        Ok(Practice {
            name: row.name.to_owned(),
            npis: owned(row.npis),
            tax_ids: owned(row.tax_ids),
            write_off_limit: money(row.write_off_limit),
            address: owned(row.address),
        })
    }
}

/// A person's words about a claim.
#[derive(Serialize, Deserialize)]
pub struct NoteRow<'a> {
    on: i32,
    recorded_at: i64,
    user: &'a str,
    text: &'a str,
}

impl Record for Note {
    const TABLE: &'static str = "notes";
    type Row<'a> = NoteRow<'a>;

    fn to_row(&self) -> NoteRow<'_> {
        NoteRow { on: day(self.on), recorded_at: self.recorded_at, user: &self.user, text: &self.text }
    }

    fn from_row(_key: u64, row: NoteRow<'_>) -> Result<Note, Bad> {
        Ok(Note {
            on: date(row.on),
            recorded_at: row.recorded_at,
            user: row.user.to_owned(),
            text: row.text.to_owned(),
        })
    }
}

/// The office's own handling of a reason code.
#[derive(Serialize, Deserialize)]
pub struct HandlingRow<'a> {
    payer: u32,
    group: u8,
    code: u32,
    treatment: &'a str,
    from: i32,
    reason: &'a str,
    user: &'a str,
}

impl Record for Handling {
    const TABLE: &'static str = "handlings";
    type Row<'a> = HandlingRow<'a>;

    fn to_row(&self) -> HandlingRow<'_> {
        HandlingRow {
            payer: self.payer.0,
            group: self.group as u8,
            code: self.code.number(),
            treatment: &self.treatment,
            from: day(self.from),
            reason: &self.reason,
            user: &self.user,
        }
    }

    fn from_row(_key: u64, row: HandlingRow<'_>) -> Result<Handling, Bad> {
        Ok(Handling {
            payer: PayerId(row.payer),
            group: GroupCode::from_number(row.group)
                .ok_or_else(|| Bad(format!("{} is no group", row.group)))?,
            code: Code::from_number(row.code),
            treatment: row.treatment.to_owned(),
            from: date(row.from),
            reason: row.reason.to_owned(),
            user: row.user.to_owned(),
        })
    }
}
