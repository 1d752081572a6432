//! A column of numbers: the smallest of them once, and for each the distance from it in as few bytes as the largest
//! distance needs.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | width of a distance: 0, 1, 2, 4 or 8; or [`LISTED`] |
//! | n | the smallest number, unless `LISTED` |
//! | width each | distances, low byte first |
//! | 1, 8 each, 1 each | with `LISTED`: how many numbers there are, the numbers, and the place of each among them |
//!
//! A million numbers are read in some milliseconds, where decoding as many rows one by one takes a quarter of a second.

use super::Bad;
use super::varint::{Rest, put_signed};

/// The numbers are wide and few: each once, and then only its place.
const LISTED: u8 = 16;

/// Appends a column.
pub fn put(numbers: &[i64], out: &mut Vec<u8>) {
    let least = numbers.iter().copied().min().unwrap_or(0);
    let distance = |number: &i64| number.wrapping_sub(least) as u64;
    let width = match numbers.iter().map(distance).max().unwrap_or(0) {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => return put_wide(numbers, least, out),
    };
    out.push(width);
    put_signed(out, least);
    for number in numbers {
        out.extend_from_slice(&distance(number).to_le_bytes()[..usize::from(width)]);
    }
}

fn put_wide(numbers: &[i64], least: i64, out: &mut Vec<u8>) {
    let mut listed = numbers.to_vec();
    listed.sort_unstable();
    listed.dedup();
    match u8::try_from(listed.len()) {
        Ok(count) if 8 * listed.len() + numbers.len() < 8 * numbers.len() => {
            out.extend([LISTED, count]);
            listed.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
            // What was listed is found; at most 255 were.
            out.extend(numbers.iter().map(|number| listed.binary_search(number).unwrap_or_default() as u8));
        }
        _ => {
            out.push(8);
            put_signed(out, least);
            let distances = numbers.iter().map(|number| number.wrapping_sub(least));
            distances.for_each(|distance| out.extend_from_slice(&distance.to_le_bytes()));
        }
    }
}

/// Reads a column into `numbers`, which is as long as it.
pub fn read(rest: &mut Rest<'_>, numbers: &mut [i64]) -> Result<(), Bad> {
    let width = rest.byte()?;
    if width == LISTED {
        let count = usize::from(rest.byte()?);
        let listed = rest.take(8 * count)?;
        let places = rest.take(numbers.len())?;
        for (number, place) in numbers.iter_mut().zip(places) {
            let at = 8 * usize::from(*place);
            let bytes = listed.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
            *number = bytes.map(i64::from_le_bytes).ok_or_else(|| Bad("lacks a number".to_owned()))?;
        }
        return Ok(());
    }
    let least = rest.signed()?;
    let distances = rest.take(usize::from(width) * numbers.len())?;
    match width {
        0 => numbers.fill(least),
        1 => each::<1>(numbers, least, distances, |[byte]| u64::from(byte)),
        2 => each(numbers, least, distances, |bytes| u64::from(u16::from_le_bytes(bytes))),
        4 => each(numbers, least, distances, |bytes| u64::from(u32::from_le_bytes(bytes))),
        8 => each(numbers, least, distances, u64::from_le_bytes),
        _ => return Err(Bad(format!("has a column of width {width}"))),
    }
    Ok(())
}

fn each<const WIDTH: usize>(
    numbers: &mut [i64],
    least: i64,
    distances: &[u8],
    distance: impl Fn([u8; WIDTH]) -> u64,
) {
    for (number, bytes) in numbers.iter_mut().zip(distances.as_chunks().0) {
        *number = least.wrapping_add(distance(*bytes) as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(numbers: &[i64]) -> usize {
        let mut bytes = Vec::new();
        put(numbers, &mut bytes);
        let mut back = vec![0; numbers.len()];
        let mut rest = Rest(&bytes);
        read(&mut rest, &mut back).expect("reads what was written");
        assert_eq!((back.as_slice(), rest.is_empty()), (numbers, true));
        bytes.len()
    }

    #[test]
    fn a_column_is_as_wide_as_its_numbers_differ() {
        assert_eq!(round(&[]), 2);
        assert_eq!(round(&[7; 64]), 2);
        assert_eq!(round(&[9000, 9001, 9255]), 1 + 3 + 3);
        assert_eq!(round(&[-1, 255]), 1 + 1 + 2 * 2);
        assert_eq!(round(&[0, 1 << 31]), 1 + 1 + 2 * 4);
        assert_eq!(round(&[i64::MIN, i64::MAX]), 1 + 10 + 2 * 8);
        let few: Vec<i64> = (0..64).map(|place| (place % 3) << 60).collect();
        assert_eq!(round(&few), 2 + 3 * 8 + 64, "three wide numbers are listed once");
    }

    #[test]
    fn bytes_of_no_column_are_refused() {
        for bytes in [&[][..], &[3, 0], &[1, 0, 5], &[LISTED, 1, 0], &[LISTED, 0, 0, 0]] {
            assert!(read(&mut Rest(bytes), &mut [0; 2]).is_err(), "{bytes:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_column_comes_back(numbers in proptest::collection::vec(proptest::prelude::any::<i64>(), 0..80)) {
            round(&numbers);
        }
    }
}
