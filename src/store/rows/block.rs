//! Blocks: neighbouring rows in one value of the length of a page, with the texts that they share written once.
//!
//! A row of its own costs the B-tree 2.3 µs and 20 bytes, and names the same provider, payer, batch, rule and procedures
//! as its neighbours. A block is written once for all of its rows, and reading one row does not unpack the others: a
//! practice takes half of the room. The key of a block is the number of its first row.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the version, [`VERSION`] |
//! | n, n each | how many texts, the length of each |
//! | … | the texts |
//! | n, n each | how many bases, and each: numbers near which the rows' numbers are |
//! | n, n each | how many places, the length of the row in each; 0 where there is no row of that number |
//! | … | the rows |
//!
//! `n` is a number of variable length; see [`super::varint`]. What is in a row is said by [`Packed`].

use std::hash::BuildHasher;
use std::ops::Range;

use super::varint::{self, Rest};
use super::{Bad, date, day};
use crate::domain::{Date, Few, Money, Spreading, Text};

/// A block ends before it has more bytes than this: with its key it just fills a page of 4,096, and leaves room for rows
/// that grow.
const ROOM: usize = 3_900;

/// A block has so many places at most, however small its rows.
pub const MOST_ROWS: usize = 256;

/// The shape above.
const VERSION: u8 = 1;

/// So many texts are shared in a block at most; further ones stand in their rows.
const MOST_TEXTS: usize = 512;

/// How a shared text that is empty is written, and one that stands in its row; then come those of the block.
const EMPTY: u64 = 0;
const IN_ROW: u64 = 1;
const FIRST: u64 = 2;

/// A record that lies in a block with its neighbours.
pub trait Packed: Sized {
    /// The table, for messages.
    const TABLE: &'static str;

    /// Writes the row; never nothing.
    fn pack(&self, to: &mut Packer<'_>);

    /// Reads what `pack` wrote.
    fn unpack(key: u64, from: &mut Unpacker<'_>) -> Result<Self, Bad>;
}

/// A block in memory, to which rows can be added.
#[derive(Default)]
pub struct Block {
    first: u64,
    texts: Texts,
    bases: Vec<i64>,
    /// The rows one after another; one that was replaced lies there until the block is written.
    bytes: Vec<u8>,
    rows: Vec<Range<usize>>,
}

impl Block {
    /// Begins a block with the row of this number, still without it.
    pub fn begin(&mut self, first: u64) {
        self.first = first;
        self.texts.clear();
        self.bases.clear();
        self.bytes.clear();
        self.rows.clear();
    }

    /// Takes over a block that was written.
    pub fn read(&mut self, first: u64, bytes: &[u8]) -> Result<(), Bad> {
        self.begin(first);
        let view = View::read(first, bytes)?;
        let mut start = 0;
        for (at, end) in view.ends.iter().enumerate() {
            let text = view.area.get(start..*end).ok_or_else(not_text)?;
            if self.texts.place(text) != Some(at) {
                return Err(Bad("has a text twice, or too many".to_owned()));
            }
            start = *end;
        }
        for row in view.rows() {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(row?);
            self.rows.push(start..self.bytes.len());
        }
        self.bases = view.bases.into_vec();
        Ok(())
    }

    /// The number of its first row.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// Whether a row may join it: in a place that it has, or behind.
    pub fn takes(&self, key: u64) -> bool {
        let (Some(place), places) = (place(self.first, key), self.rows.len()) else { return false };
        if place < places {
            return true;
        }
        let texts = self.texts.area.len() + 2 * self.texts.ends.len();
        let size = texts + 9 * self.bases.len() + self.bytes.len() + 2 * places;
        places == 0 || (place < MOST_ROWS && size + size / places <= ROOM)
    }

    /// Puts a row in its place, instead of what was there. The block must take it.
    pub fn put(&mut self, key: u64, pack: impl FnOnce(&mut Packer<'_>)) {
        let Some(place) = place(self.first, key) else { return };
        let start = self.bytes.len();
        pack(&mut Packer { texts: &mut self.texts, bases: &mut self.bases, out: &mut self.bytes });
        if place >= self.rows.len() {
            self.rows.resize(place + 1, 0..0);
        }
        self.rows[place] = start..self.bytes.len();
    }

    /// The row of a number.
    pub fn get<T: Packed>(&self, key: u64) -> Option<Result<T, Bad>> {
        let row = &self.bytes[self.rows.get(place(self.first, key)?)?.clone()];
        unpack(key, row, &self.texts.area, &self.texts.ends, &self.bases)
    }

    /// Every row with its number.
    pub fn all<T: Packed>(&self) -> Vec<(u64, Result<T, Bad>)> {
        let keys = (self.first..).take(self.rows.len());
        keys.filter_map(|key| Some((key, self.get(key)?))).collect()
    }

    /// The block as it is written, in place of what is in `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        out.push(VERSION);
        varint::put(out, self.texts.ends.len() as u64);
        let mut start = 0;
        for end in &self.texts.ends {
            varint::put(out, (end - start) as u64);
            start = *end;
        }
        out.extend_from_slice(self.texts.area.as_bytes());
        varint::put(out, self.bases.len() as u64);
        self.bases.iter().for_each(|base| varint::put_signed(out, *base));
        varint::put(out, self.rows.len() as u64);
        self.rows.iter().for_each(|row| varint::put(out, row.len() as u64));
        self.rows.iter().for_each(|row| out.extend_from_slice(&self.bytes[row.clone()]));
    }
}

/// A block as it lies in the ledger.
pub struct View<'a> {
    first: u64,
    area: &'a str,
    /// Where each text ends in `area`.
    ends: Vec<usize>,
    bases: Few<i64, 8>,
    places: usize,
    /// The length of the row in each place, and then the rows.
    rows: Rest<'a>,
}

impl<'a> View<'a> {
    /// Finds its parts.
    pub fn read(first: u64, bytes: &'a [u8]) -> Result<View<'a>, Bad> {
        let mut rest = Rest(bytes);
        match rest.byte() {
            Ok(VERSION) => {}
            Ok(version) => return Err(Bad(format!("has the form {version}, and {VERSION} was expected"))),
            Err(_) => return Err(Bad("is empty".to_owned())),
        }
        let count = rest.number()?;
        let mut ends = Vec::with_capacity(count.min(MOST_TEXTS as u64) as usize);
        let mut end = 0;
        for _ in 0..count {
            let length = usize::try_from(rest.number()?).ok();
            end = length.and_then(|length| length.checked_add(end)).ok_or_else(too_short)?;
            ends.push(end);
        }
        let area = std::str::from_utf8(rest.bytes(end as u64)?).map_err(|_| not_text())?;
        let bases = (0..rest.number()?).map(|_| rest.signed()).collect::<Result<_, _>>()?;
        let places = usize::try_from(rest.number()?).ok().filter(|places| *places <= MOST_ROWS);
        let places = places.ok_or_else(|| Bad(format!("has more than {MOST_ROWS} rows")))?;
        Ok(View { first, area, ends, bases, places, rows: rest })
    }

    /// Every row in its place, which may be empty.
    fn rows(&self) -> impl Iterator<Item = Result<&'a [u8], Bad>> {
        let (mut lengths, mut rows) = (Rest(self.rows.0), Rest(self.rows.0));
        let mut skipped = rows.skip_numbers(self.places);
        (1..=self.places).map(move |at| {
            std::mem::replace(&mut skipped, Ok(()))?;
            let row = rows.bytes(lengths.number()?)?;
            if at == self.places { rows.finish() } else { Ok(()) }.map(|()| row)
        })
    }

    /// The bytes of the row in a place.
    fn row(&self, at: usize) -> Result<&'a [u8], Bad> {
        let mut rest = Rest(self.rows.0);
        let mut before = 0u64;
        for _ in 0..at {
            before = before.saturating_add(rest.number()?);
        }
        let length = rest.number()?;
        rest.skip_numbers(self.places - at - 1)?;
        rest.bytes(before)?;
        let row = rest.bytes(length)?;
        if at + 1 == self.places {
            rest.finish()?
        }
        Ok(row)
    }

    /// The row of a number.
    pub fn get<T: Packed>(&self, key: u64) -> Option<Result<T, Bad>> {
        let at = place(self.first, key).filter(|at| *at < self.places)?;
        match self.row(at) {
            Ok(row) => unpack(key, row, self.area, &self.ends, &self.bases),
            Err(bad) => Some(Err(bad)),
        }
    }

    /// Every row with its number.
    pub fn all<T: Packed>(&self) -> Vec<(u64, Result<T, Bad>)> {
        let rows = (self.first..).zip(self.rows()).filter_map(|(key, row)| {
            let unpacked = match row {
                Ok(row) => unpack(key, row, self.area, &self.ends, &self.bases)?,
                Err(bad) => Err(bad),
            };
            Some((key, unpacked))
        });
        rows.collect()
    }

    /// Reads the rows of these numbers, which stand in order, where they lie.
    pub fn each<'v>(
        &'v self,
        keys: impl IntoIterator<Item = u64>,
        mut read: impl FnMut(u64, &mut Unpacker<'v>) -> Result<(), Bad>,
    ) -> Result<(), Bad> {
        let mut keys = keys.into_iter().peekable();
        for (key, row) in (self.first..).zip(self.rows()) {
            let row = row?;
            let wanted = keys.next_if(|wanted| *wanted <= key) == Some(key);
            if wanted && !row.is_empty() {
                let mut from =
                    Unpacker { rest: Rest(row), area: self.area, ends: &self.ends, bases: &self.bases };
                read(key, &mut from)?;
                from.rest.finish()?;
            }
        }
        Ok(())
    }

    /// How many rows it has.
    pub fn len(&self) -> u64 {
        self.rows().filter(|row| row.as_ref().is_ok_and(|row| !row.is_empty())).count() as u64
    }
}

fn place(first: u64, key: u64) -> Option<usize> {
    usize::try_from(key.checked_sub(first)?).ok()
}

fn unpack<T: Packed>(
    key: u64,
    row: &[u8],
    area: &str,
    ends: &[usize],
    bases: &[i64],
) -> Option<Result<T, Bad>> {
    let mut from = Unpacker { rest: Rest(row), area, ends, bases };
    (!row.is_empty()).then(|| {
        let record = T::unpack(key, &mut from)?;
        from.rest.finish()?;
        Ok(record)
    })
}

fn too_short() -> Bad {
    Bad("ends too early".to_owned())
}

fn not_text() -> Bad {
    Bad("has a text that is none".to_owned())
}

/// The texts of a block, and a table of hashes to find them by.
#[derive(Default)]
struct Texts {
    area: String,
    ends: Vec<usize>,
    /// Places of texts, from 1; 0 is free. Twice as many as there can be texts.
    slots: Vec<u16>,
    spreading: Spreading,
}

impl Texts {
    fn clear(&mut self) {
        self.area.clear();
        self.ends.clear();
        self.slots.fill(0);
    }

    /// The place of a text, which it gets now if it has none; nothing when there are too many.
    fn place(&mut self, text: &str) -> Option<usize> {
        self.slots.resize(2 * MOST_TEXTS, 0);
        let mut slot = self.spreading.hash_one(text) as usize % (2 * MOST_TEXTS);
        while let Some(place) = usize::from(self.slots[slot]).checked_sub(1) {
            let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
            if &self.area[start..self.ends[place]] == text {
                return Some(place);
            }
            slot = (slot + 1) % (2 * MOST_TEXTS);
        }
        if self.ends.len() == MOST_TEXTS {
            return None;
        }
        self.area.push_str(text);
        self.ends.push(self.area.len());
        self.slots[slot] = self.ends.len() as u16;
        Some(self.ends.len() - 1)
    }
}

/// Writes the fields of one row.
pub struct Packer<'b> {
    texts: &'b mut Texts,
    bases: &'b mut Vec<i64>,
    out: &'b mut Vec<u8>,
}

impl Packer<'_> {
    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    /// A number.
    pub fn number(&mut self, number: u64) {
        varint::put(self.out, number);
    }

    /// A number that may be negative.
    pub fn signed(&mut self, number: i64) {
        varint::put_signed(self.out, number);
    }

    /// An amount.
    pub fn money(&mut self, amount: Money) {
        self.signed(amount.cents());
    }

    /// A number that is near those of the neighbours: the first row to have one says where that is. `base` counts the
    /// numbers of a row that are written like this.
    pub fn near(&mut self, base: usize, number: i64) {
        while self.bases.len() <= base {
            self.bases.push(number);
        }
        self.signed(number.wrapping_sub(self.bases[base]));
    }

    /// A day near those of the neighbours.
    pub fn near_day(&mut self, base: usize, on: Date) {
        self.near(base, i64::from(day(on)));
    }

    /// A day as its distance from another.
    pub fn day_from(&mut self, other: Date, on: Date) {
        self.signed(i64::from(day(on)) - i64::from(day(other)));
    }

    /// A day, or none, as its distance from another.
    pub fn maybe_day_from(&mut self, other: Date, on: Option<Date>) {
        self.byte(u8::from(on.is_some()));
        on.into_iter().for_each(|on| self.day_from(other, on));
    }

    /// A text that the neighbours hardly share.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }

    /// A text that the neighbours may share.
    pub fn shared(&mut self, text: &str) {
        if text.is_empty() {
            return self.number(EMPTY);
        }
        match self.texts.place(text) {
            Some(place) => self.number(place as u64 + FIRST),
            None => {
                self.number(IN_ROW);
                self.text(text);
            }
        }
    }

    /// How many, and each of them.
    pub fn list<T>(&mut self, items: &[T], pack: impl Fn(&mut Self, &T)) {
        self.number(items.len() as u64);
        items.iter().for_each(|item| pack(self, item));
    }

    /// Which of the parts that follow are there, the first in the lowest bit. The frequent ones come first.
    pub fn flags(&mut self, there: &[bool]) {
        self.number(there.iter().rev().fold(0, |flags, there| flags << 1 | u64::from(*there)));
    }
}

/// Reads the fields of one row.
pub struct Unpacker<'b> {
    rest: Rest<'b>,
    area: &'b str,
    ends: &'b [usize],
    bases: &'b [i64],
}

impl<'b> Unpacker<'b> {
    /// See [`Packer::byte`].
    pub fn byte(&mut self) -> Result<u8, Bad> {
        self.rest.byte()
    }

    /// See [`Packer::number`].
    pub fn number(&mut self) -> Result<u64, Bad> {
        self.rest.number()
    }

    /// A number that was smaller.
    pub fn small<N: TryFrom<u64>>(&mut self) -> Result<N, Bad> {
        let number = self.rest.number()?;
        N::try_from(number).map_err(|_| Bad(format!("{number} is too large a number")))
    }

    /// See [`Packer::signed`].
    pub fn signed(&mut self) -> Result<i64, Bad> {
        self.rest.signed()
    }

    /// See [`Packer::money`].
    pub fn money(&mut self) -> Result<Money, Bad> {
        self.rest.signed().map(Money::from_cents)
    }

    /// See [`Packer::near`].
    pub fn near(&mut self, base: usize) -> Result<i64, Bad> {
        let base = self.bases.get(base).ok_or_else(too_short)?;
        Ok(base.wrapping_add(self.rest.signed()?))
    }

    /// See [`Packer::near_day`].
    pub fn near_day(&mut self, base: usize) -> Result<Date, Bad> {
        self.near(base).and_then(on)
    }

    /// See [`Packer::day_from`].
    pub fn day_from(&mut self, other: Date) -> Result<Date, Bad> {
        let step = self.rest.signed()?;
        on(i64::from(day(other)).wrapping_add(step))
    }

    /// See [`Packer::maybe_day_from`].
    pub fn maybe_day_from(&mut self, other: Date) -> Result<Option<Date>, Bad> {
        let there = self.rest.byte()? != 0;
        self.maybe(there, |from| from.day_from(other))
    }

    /// See [`Packer::text`].
    pub fn text(&mut self) -> Result<&'b str, Bad> {
        let length = self.rest.number()?;
        std::str::from_utf8(self.rest.bytes(length)?).map_err(|_| not_text())
    }

    /// See [`Packer::shared`].
    pub fn shared(&mut self) -> Result<&'b str, Bad> {
        let place = match self.rest.number()? {
            EMPTY => return Ok(""),
            IN_ROW => return self.text(),
            place => usize::try_from(place - FIRST).ok(),
        };
        let end = place.and_then(|place| self.ends.get(place)).ok_or_else(not_text)?;
        let start = place.and_then(|place| place.checked_sub(1)).map_or(0, |before| self.ends[before]);
        self.area.get(start..*end).ok_or_else(not_text)
    }

    /// A shared text of its own.
    pub fn owned(&mut self) -> Result<Text, Bad> {
        self.shared().map(Text::from)
    }

    /// See [`Packer::list`].
    pub fn list<T>(&mut self, item: impl FnMut(&mut Self) -> Result<T, Bad>) -> Result<Vec<T>, Bad> {
        self.few::<T, 0>(item).map(Few::into_vec)
    }

    /// The same, of what there are few of.
    pub fn few<T, const N: usize>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Bad>,
    ) -> Result<Few<T, N>, Bad> {
        let count = self.rest.number()?;
        // Each item takes a byte at least, so what is said cannot cost more memory than what is there.
        let mut items =
            Few::with_capacity(usize::try_from(count).map_or(0, |count| count.min(self.rest.0.len())));
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// Leaves the rest of the row unread.
    pub const fn leave(&mut self) {
        self.rest = Rest(&[]);
    }

    /// See [`Packer::flags`].
    pub fn flags(&mut self) -> Result<impl FnMut() -> bool + use<>, Bad> {
        let mut flags = self.rest.number()?;
        Ok(move || {
            let there = flags & 1 != 0;
            flags >>= 1;
            there
        })
    }

    /// A part that is there or not.
    pub fn maybe<T>(
        &mut self,
        there: bool,
        part: impl FnOnce(&mut Self) -> Result<T, Bad>,
    ) -> Result<Option<T>, Bad> {
        there.then(|| part(self)).transpose()
    }
}

fn on(number: i64) -> Result<Date, Bad> {
    i32::try_from(number).map(date).map_err(|_| Bad(format!("{number} is no day")))
}
