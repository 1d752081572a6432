//! Sixty-four claims in short, column by column: a block of [`ClaimBrief`]s in one value.
//!
//! A report over a million claims reads them in a fiftieth of the time that a million rows take, and a posting rewrites
//! two kilobytes of a page that it would have written anyway.
//!
//! | what | how |
//! |---|---|
//! | 1 byte | the version, [`VERSION`] |
//! | [`COLUMNS`] columns of [`ROWS`] numbers | as numbered below; see [`super::columns`] |
//! | 3 columns | account, payer and cents of the holdings of all claims, claim by claim |

use super::varint::Rest;
use super::{Bad, columns, date, day};
use crate::domain::book::Holding;
use crate::domain::brief::{ClaimBrief, NameKey, StandingBrief};
use crate::domain::{Account, ClaimId, Date, Few, Money, PayerId};

/// The shape above.
const VERSION: u8 = 1;
/// Records in a block. Two blocks fit a page; a block of more would be rewritten for few of them.
pub const ROWS: usize = 64;

/// 0: no claim has this number; 1: nothing was heard about it; 2: something was. First, and then the provider: see [`providers`].
const KIND: usize = 0;
const PROVIDER: usize = 1;
const PATIENT: usize = 2;
const BILLED_PAYER: usize = 3;
const SERVICE_FROM: usize = 4;
const BILLED_ON: usize = 5;
const RESPONSIBLE_SINCE: usize = 6;
const LAST_POSTED_ON: usize = 7;
const CHARGE: usize = 8;
const PAID: usize = 9;
const ADJUSTED: usize = 10;
/// How many holdings a claim has.
const HELD: usize = 11;
const COLUMNS: usize = 12;

/// Records in short, so many in one value.
pub trait Block: Sized {
    /// What changes of one of them.
    type Change;
    /// The table, for messages.
    const TABLE: &'static str;
    /// A block without records.
    fn new(number: u64) -> Self;
    /// Changes one record.
    fn change(&mut self, place: usize, change: Self::Change);
    /// Packs the block into `out`, in place of what was there.
    fn pack(&self, out: &mut Vec<u8>);
    /// The block from its bytes.
    fn unpack(number: u64, bytes: &[u8]) -> Result<Self, Bad>;
}

/// The block of a record, and its place there.
pub const fn place(id: u64) -> (u64, usize) {
    (id / ROWS as u64, (id % ROWS as u64) as usize)
}

/// A block of claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimBlock {
    /// The number of its first claim.
    first: u64,
    columns: [[i64; ROWS]; COLUMNS],
    holdings: Vec<Holding>,
}

/// What changes of a claim.
#[derive(Clone, Debug)]
pub enum Change {
    /// Its provider and its patient.
    Names(NameKey, NameKey),
    /// Where it stands: the numbers of the columns, and the holdings.
    Standing([i64; COLUMNS], Few<Holding, 2>),
}

impl From<StandingBrief<'_>> for Change {
    fn from(s: StandingBrief<'_>) -> Change {
        let mut numbers = [0; COLUMNS];
        numbers[KIND] = 1 + i64::from(s.answered);
        numbers[BILLED_PAYER] = i64::from(s.billed_payer.0);
        numbers[SERVICE_FROM] = put_day(s.service_from);
        numbers[BILLED_ON] = put_day(s.billed_on);
        numbers[RESPONSIBLE_SINCE] = put_day(s.responsible_since);
        numbers[LAST_POSTED_ON] = put_day(s.last_posted_on);
        numbers[CHARGE] = s.charge.cents();
        numbers[PAID] = s.paid.cents();
        numbers[ADJUSTED] = s.adjusted.cents();
        numbers[HELD] = s.holdings.len() as i64;
        Change::Standing(numbers, s.holdings.iter().copied().collect())
    }
}

/// How many parts all records of a block have; none has more than 65,535.
pub fn counted(parts: &[i64; ROWS]) -> Result<usize, Bad> {
    let few = |count: &i64| usize::try_from(*count).ok().filter(|count| *count < 1 << 16);
    let counts = parts.iter().map(|count| few(count).ok_or_else(|| Bad("has too many parts".to_owned())));
    counts.sum()
}

/// Zero is no day; a day from the first that is kept on counts from one.
pub fn put_day(on: Option<Date>) -> i64 {
    match on.map(|on| i64::from(day(on))) {
        Some(number @ 0..) => number + 1,
        Some(number) => number,
        None => 0,
    }
}

/// The day under such a number.
pub fn get_day(number: i64) -> Result<Option<Date>, Bad> {
    let day = match number {
        0 => return Ok(None),
        1.. => number - 1,
        _ => number,
    };
    i32::try_from(day).map(|day| Some(date(day))).map_err(|_| Bad(format!("{day} is no day")))
}

/// The payer of a column.
pub fn payer(number: i64) -> Result<PayerId, Bad> {
    u32::try_from(number).map(PayerId).map_err(|_| Bad(format!("{number} is no payer")))
}

impl Block for ClaimBlock {
    type Change = Change;
    const TABLE: &'static str = "claim_blocks";

    fn new(number: u64) -> ClaimBlock {
        ClaimBlock {
            first: number.saturating_mul(ROWS as u64),
            columns: [[0; ROWS]; COLUMNS],
            holdings: Vec::new(),
        }
    }

    fn change(&mut self, place: usize, change: Change) {
        match change {
            Change::Names(provider, patient) => {
                self.columns[PROVIDER][place] = provider.0 as i64;
                self.columns[PATIENT][place] = patient.0 as i64;
            }
            Change::Standing(numbers, holdings) => {
                let before: i64 = self.columns[HELD][..place].iter().sum();
                let held = self.columns[HELD][place];
                self.holdings.splice(before as usize..(before + held) as usize, holdings);
                for column in (0..COLUMNS).filter(|column| ![PROVIDER, PATIENT].contains(column)) {
                    self.columns[column][place] = numbers[column];
                }
            }
        }
    }

    fn pack(&self, out: &mut Vec<u8>) {
        out.clear();
        out.push(VERSION);
        self.columns.iter().for_each(|column| columns::put(column, out));
        let of = |number: fn(&Holding) -> i64| self.holdings.iter().map(number).collect::<Vec<i64>>();
        columns::put(&of(|h| h.account as i64), out);
        columns::put(&of(|h| i64::from(h.payer.0)), out);
        columns::put(&of(|h| h.amount.cents()), out);
    }

    fn unpack(number: u64, bytes: &[u8]) -> Result<ClaimBlock, Bad> {
        let mut rest = columns_of(bytes)?;
        let mut block = ClaimBlock::new(number);
        block.columns.iter_mut().try_for_each(|column| columns::read(&mut rest, column))?;
        let count = counted(&block.columns[HELD])?;
        let mut column = || -> Result<Vec<i64>, Bad> {
            let mut numbers = vec![0; count];
            columns::read(&mut rest, &mut numbers).map(|()| numbers)
        };
        let (accounts, payers, amounts) = (column()?, column()?, column()?);
        rest.finish()?;
        for ((account, of), amount) in accounts.into_iter().zip(payers).zip(amounts) {
            let known = u8::try_from(account).ok().and_then(Account::from_number);
            let account = known.ok_or_else(|| Bad(format!("{account} is no account")))?;
            block.holdings.push(Holding { account, payer: payer(of)?, amount: Money::from_cents(amount) });
        }
        Ok(block)
    }
}

/// What stands behind the version.
fn columns_of(bytes: &[u8]) -> Result<Rest<'_>, Bad> {
    let mut rest = Rest(bytes);
    match rest.byte()? {
        VERSION => Ok(rest),
        version => Err(Bad(format!("has the form {version}, and {VERSION} was expected"))),
    }
}

/// The claims of a block and who rendered each, by number. Nothing behind that is unpacked.
pub fn providers(number: u64, bytes: &[u8]) -> Result<impl Iterator<Item = (ClaimId, NameKey)>, Bad> {
    let (mut rest, mut kinds, mut providers) = (columns_of(bytes)?, [0; ROWS], [0; ROWS]);
    columns::read(&mut rest, &mut kinds)?;
    columns::read(&mut rest, &mut providers)?;
    let first = number.saturating_mul(ROWS as u64);
    let claims = (first..).zip(kinds).zip(providers).filter(|((_, kind), _)| *kind > 0);
    Ok(claims.map(|((id, _), provider)| (ClaimId(id), NameKey(provider as u64))))
}

impl ClaimBlock {
    /// Its claims, by number.
    pub fn claims(&self) -> impl Iterator<Item = Result<ClaimBrief<'_>, Bad>> {
        let mut begins = 0;
        (0..ROWS).filter_map(move |place| {
            let ends = begins + self.columns[HELD][place] as usize;
            let holdings = &self.holdings[begins..ends];
            begins = ends;
            (self.columns[KIND][place] > 0).then(|| self.claim(place, holdings))
        })
    }

    fn claim<'b>(&self, place: usize, holdings: &'b [Holding]) -> Result<ClaimBrief<'b>, Bad> {
        let of = |column: usize| self.columns[column][place];
        Ok(ClaimBrief {
            id: ClaimId(self.first + place as u64),
            provider: NameKey(of(PROVIDER) as u64),
            patient: NameKey(of(PATIENT) as u64),
            standing: StandingBrief {
                billed_payer: payer(of(BILLED_PAYER))?,
                service_from: get_day(of(SERVICE_FROM))?,
                billed_on: get_day(of(BILLED_ON))?,
                responsible_since: get_day(of(RESPONSIBLE_SINCE))?,
                last_posted_on: get_day(of(LAST_POSTED_ON))?,
                charge: Money::from_cents(of(CHARGE)),
                paid: Money::from_cents(of(PAID)),
                adjusted: Money::from_cents(of(ADJUSTED)),
                answered: of(KIND) > 1,
                holdings,
            },
        })
    }
}
