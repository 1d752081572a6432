//! The numbers that payers gave to claims: for each neighbourhood of claims lists of some hundred, in the order of the
//! numbers.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the version, [`VERSION`] |
//! | 8, 2 each | the number in short, and which claim of the neighbourhood bears it; the high bytes first |
//!
//! Claims that are answered together were billed together, so what a remittance brings goes to one or two neighbourhoods,
//! whose lists are rewritten once for all of a batch: as keys of their own, a million numbers took a sixteenth of an
//! import. Who looks for a number, which is seldom, looks into one list of each neighbourhood; a list fills a page.
//!
//! Of a number there is the beginning of its SHA-256: it takes less room than a text, and nobody asks for a part of such a
//! number. That two of ten million numbers are the same in short is as likely as one in three hundred thousand; a claim
//! found so must still agree in charge or patient.

use sha2::{Digest, Sha256};

use super::Bad;
use crate::domain::ClaimId;

/// The shape above.
const VERSION: u8 = 1;
/// So many bits of a claim's number say where in its neighbourhood it is.
const WITHIN: u32 = u16::BITS;
/// The bytes of a number and its claim.
const WIDTH: usize = 10;
/// A list has no more than this, unless so many claims bear one number: with its key it fills a page.
const MOST: usize = 390;

/// The neighbourhood and the first number of a list; 0 in the first list of a neighbourhood.
pub type Key = (u64, u64);

/// A number in short, and which claim of a neighbourhood bears it.
pub type Borne = (u64, u16);

/// The neighbourhood of a claim, and where it is there.
pub fn place(claim: ClaimId) -> (u64, u16) {
    (claim.0 >> WITHIN, claim.0 as u16)
}

/// The claim in a place.
pub fn claim(neighbourhood: u64, within: u16) -> ClaimId {
    ClaimId(neighbourhood << WITHIN | u64::from(within))
}

/// The first eight bytes of the SHA-256.
pub fn in_short(number: &str) -> u64 {
    let digest: [u8; 32] = Sha256::digest(number).into();
    digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// The list of a neighbourhood, as it lies in the ledger.
pub struct List<'a>(&'a [[u8; WIDTH]]);

impl<'a> List<'a> {
    /// A list that was written.
    pub fn read(bytes: &'a [u8]) -> Result<List<'a>, Bad> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => match rest.as_chunks() {
                (list, []) => Ok(List(list)),
                _ => Err(Bad("ends within a number".to_owned())),
            },
            Some((version, _)) => Err(Bad(format!("has the form {version}, and {VERSION} was expected"))),
            None => Err(Bad("is empty".to_owned())),
        }
    }

    /// Where the claims stand that bear a number.
    pub fn of(&self, number: u64) -> impl Iterator<Item = u16> + use<'a> {
        self.within(number, number).map(|(_, within)| within)
    }

    /// What is borne from one number to another.
    pub fn within(&self, first: u64, last: u64) -> impl Iterator<Item = Borne> + use<'a> {
        let begin = self.0.partition_point(|bytes| borne(bytes).0 < first);
        self.0[begin..].iter().map(borne).take_while(move |(number, _)| *number <= last)
    }

    /// All of it.
    pub fn all(&self) -> impl Iterator<Item = Borne> + use<'a> {
        self.0.iter().map(borne)
    }

    /// The list with others, which stand in order too.
    pub fn with(&self, others: &[Borne]) -> Vec<Borne> {
        let mut all = Vec::with_capacity(self.0.len() + others.len());
        let mut known = self.0.iter().map(borne).peekable();
        for other in others {
            while let Some(before) = known.next_if(|before| before < other) {
                all.push(before);
            }
            if known.peek() != Some(other) {
                all.push(*other);
            }
        }
        all.extend(known);
        all
    }
}

/// The list of a neighbourhood of which nothing is written.
pub const EMPTY: List<'static> = List(&[]);

/// Divides a list that has become too long. All claims that bear one number stay together.
pub fn divide(mut list: &[Borne]) -> Vec<&[Borne]> {
    let mut parts = Vec::new();
    while list.len() > MOST {
        let middle = list[MOST / 2].0;
        let before = list.partition_point(|(number, _)| *number < middle);
        let at = if before > 0 { before } else { list.partition_point(|(number, _)| *number == middle) };
        let (part, rest) = list.split_at(at);
        parts.push(part);
        list = rest;
    }
    parts.push(list);
    parts.retain(|part| !part.is_empty());
    parts
}

/// A list as it is written, in place of what is in `out`.
pub fn write(list: &[Borne], out: &mut Vec<u8>) {
    out.clear();
    out.push(VERSION);
    for (number, within) in list {
        out.extend_from_slice(&number.to_be_bytes());
        out.extend_from_slice(&within.to_be_bytes());
    }
}

fn borne(bytes: &[u8; WIDTH]) -> Borne {
    let [a, b, c, d, e, f, g, h, i, j] = *bytes;
    (u64::from_be_bytes([a, b, c, d, e, f, g, h]), u16::from_be_bytes([i, j]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_comes_back_from_its_place() {
        for id in [1, 65_535, 65_536, 10_000_000].map(ClaimId) {
            let (neighbourhood, within) = place(id);
            assert_eq!(claim(neighbourhood, within), id);
        }
    }

    fn written(list: &[Borne]) -> Vec<u8> {
        let mut bytes = vec![7];
        write(list, &mut bytes);
        bytes
    }

    #[test]
    fn lists_are_joined_in_order_and_nothing_stands_twice() {
        let first = written(&EMPTY.with(&[(3, 1), (7, 2), (7, 9), (u64::MAX, 0)]));
        let both = List::read(&first).expect("a list").with(&[(0, 5), (7, 2), (7, 4), (8, 1)]);
        assert_eq!(both, [(0, 5), (3, 1), (7, 2), (7, 4), (7, 9), (8, 1), (u64::MAX, 0)]);
        let bytes = written(&both);
        let list = List::read(&bytes).expect("a list");
        let found = |number| list.of(number).collect::<Vec<_>>();
        assert_eq!((found(0), found(3), found(8), found(u64::MAX)), (vec![5], vec![1], vec![1], vec![0]));
        assert_eq!((found(7), found(6)), (vec![2, 4, 9], vec![]));
    }

    #[test]
    fn a_long_list_is_divided_between_two_numbers() {
        let numbers = |count: u64| (0..count).map(|number| (number, 1)).collect::<Vec<Borne>>();
        let lengths = |list: &[Borne]| divide(list).iter().map(|part| part.len()).collect::<Vec<_>>();
        assert_eq!(lengths(&numbers(MOST as u64)), [MOST]);
        assert_eq!(lengths(&numbers(MOST as u64 + 1)), [MOST / 2, MOST / 2 + 1]);
        let same: Vec<Borne> = (0..2_000).map(|claim| (5, claim)).collect();
        assert_eq!(lengths(&same), [2_000]);
        let among = [&numbers(5)[..], &same, &[(6, 1)]].concat();
        assert_eq!(lengths(&among), [5, 2_000, 1]);
        assert_eq!(divide(&among).concat(), among);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bytes in [&[][..], &[2], &[VERSION, 1, 2, 3]] {
            assert!(List::read(bytes).is_err(), "{bytes:?}");
        }
    }
}
