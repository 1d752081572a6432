//! Sixty-four denial cases in short, column by column, as [`super::brief`] keeps claims.
//!
//! | what | how |
//! |---|---|
//! | 1 byte | the version, [`VERSION`] |
//! | [`COLUMNS`] columns of 64 numbers | as numbered below; see [`super::columns`] |
//! | 5 columns | line, denied, recovered, written off, open (cents) of the lines of all cases, case by case |
//! | 1 column | the remark codes of all cases, case by case |

use super::brief::{Block, ROWS, counted, get_day, payer, put_day};
use super::varint::Rest;
use super::{Bad, columns, reason, reason_row};
use crate::domain::brief::{CaseBrief, LineBrief};
use crate::domain::{CaseId, ClaimId, Code, Money};

/// The shape above.
const VERSION: u8 = 1;

/// 0: no case has this number.
const KIND: usize = 0;
const CLAIM: usize = 1;
const PAYER: usize = 2;
const GROUP: usize = 3;
const CODE: usize = 4;
const DENIED_ON: usize = 5;
/// How many lines a case has, and how many remark codes.
const LINES: usize = 6;
const REMARKS: usize = 7;
const COLUMNS: usize = 8;

/// A block of denial cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseBlock {
    /// The number of its first case.
    first: u64,
    columns: [[i64; ROWS]; COLUMNS],
    lines: Vec<LineBrief>,
    remarks: Vec<Code>,
}

/// A case as it is now: the numbers of the columns, the lines, the remark codes.
pub struct CaseNow([i64; COLUMNS], Vec<LineBrief>, Vec<Code>);

impl From<CaseBrief<'_>> for CaseNow {
    fn from(case: CaseBrief<'_>) -> CaseNow {
        let (group, code) = reason_row(case.reason);
        let mut numbers = [0; COLUMNS];
        numbers[KIND] = 1;
        numbers[CLAIM] = case.claim.0 as i64;
        numbers[PAYER] = i64::from(case.payer.0);
        numbers[GROUP] = i64::from(group);
        numbers[CODE] = i64::from(code);
        numbers[DENIED_ON] = put_day(case.denied_on);
        numbers[LINES] = case.lines.len() as i64;
        numbers[REMARKS] = case.remarks.len() as i64;
        CaseNow(numbers, case.lines.to_vec(), case.remarks.to_vec())
    }
}

impl Block for CaseBlock {
    type Change = CaseNow;
    const TABLE: &'static str = "case_blocks";

    fn new(number: u64) -> CaseBlock {
        CaseBlock {
            first: number.saturating_mul(ROWS as u64),
            columns: [[0; ROWS]; COLUMNS],
            lines: Vec::new(),
            remarks: Vec::new(),
        }
    }

    fn change(&mut self, place: usize, CaseNow(numbers, lines, remarks): CaseNow) {
        let parts = |counts: &[i64; ROWS]| {
            let before: i64 = counts[..place].iter().sum();
            before as usize..(before + counts[place]) as usize
        };
        self.lines.splice(parts(&self.columns[LINES]), lines);
        self.remarks.splice(parts(&self.columns[REMARKS]), remarks);
        for (column, number) in self.columns.iter_mut().zip(numbers) {
            column[place] = number;
        }
    }

    fn pack(&self, out: &mut Vec<u8>) {
        out.clear();
        out.push(VERSION);
        self.columns.iter().for_each(|column| columns::put(column, out));
        let parts: [fn(&LineBrief) -> i64; 5] = [
            |l| i64::from(l.line),
            |l| l.denied.cents(),
            |l| l.recovered.cents(),
            |l| l.written_off.cents(),
            |l| l.open.cents(),
        ];
        for part in parts {
            columns::put(&self.lines.iter().map(part).collect::<Vec<i64>>(), out);
        }
        let remarks = self.remarks.iter().map(|code| i64::from(code.number()));
        columns::put(&remarks.collect::<Vec<i64>>(), out);
    }

    fn unpack(number: u64, bytes: &[u8]) -> Result<CaseBlock, Bad> {
        let mut rest = Rest(bytes);
        let version = rest.byte()?;
        if version != VERSION {
            return Err(Bad(format!("has the form {version}, and {VERSION} was expected")));
        }
        let mut block = CaseBlock::new(number);
        block.columns.iter_mut().try_for_each(|column| columns::read(&mut rest, column))?;
        let (lines, remarks) = (counted(&block.columns[LINES])?, counted(&block.columns[REMARKS])?);
        let mut column = |count: usize| -> Result<Vec<i64>, Bad> {
            let mut numbers = vec![0; count];
            columns::read(&mut rest, &mut numbers).map(|()| numbers)
        };
        let (line, denied, recovered) = (column(lines)?, column(lines)?, column(lines)?);
        let (written_off, open, remarks) = (column(lines)?, column(lines)?, column(remarks)?);
        rest.finish()?;
        block.lines.reserve(lines);
        for at in 0..lines {
            block.lines.push(LineBrief {
                line: u16::try_from(line[at]).map_err(|_| Bad(format!("{} is no line", line[at])))?,
                denied: Money::from_cents(denied[at]),
                recovered: Money::from_cents(recovered[at]),
                written_off: Money::from_cents(written_off[at]),
                open: Money::from_cents(open[at]),
            });
        }
        for number in remarks {
            let code = u32::try_from(number).map_err(|_| Bad(format!("{number} is no code")))?;
            block.remarks.push(Code::from_number(code));
        }
        Ok(block)
    }
}

impl CaseBlock {
    /// Its cases, by number.
    pub fn cases(&self) -> impl Iterator<Item = Result<CaseBrief<'_>, Bad>> {
        let (mut lines, mut remarks) = (self.lines.as_slice(), self.remarks.as_slice());
        (0..ROWS).filter_map(move |place| {
            let (own_lines, other_lines) = lines.split_at(self.columns[LINES][place] as usize);
            let (own_remarks, other_remarks) = remarks.split_at(self.columns[REMARKS][place] as usize);
            (lines, remarks) = (other_lines, other_remarks);
            (self.columns[KIND][place] > 0).then(|| self.case(place, own_lines, own_remarks))
        })
    }

    fn case<'b>(
        &self,
        place: usize,
        lines: &'b [LineBrief],
        remarks: &'b [Code],
    ) -> Result<CaseBrief<'b>, Bad> {
        let of = |column: usize| self.columns[column][place];
        let group = u8::try_from(of(GROUP)).map_err(|_| Bad(format!("{} is no group", of(GROUP))))?;
        let code = u32::try_from(of(CODE)).map_err(|_| Bad(format!("{} is no code", of(CODE))))?;
        Ok(CaseBrief {
            id: CaseId(self.first + place as u64),
            claim: ClaimId(of(CLAIM) as u64),
            payer: payer(of(PAYER))?,
            reason: reason((group, code))?,
            denied_on: get_day(of(DENIED_ON))?,
            remarks,
            lines,
        })
    }
}
