//! Hashing of numbers for tables that are asked by the million. It withstands nobody who chooses the numbers.

use std::hash::{BuildHasherDefault, Hasher};

/// For tables whose keys are codes, the ledger's numbers, or names' keys.
pub type Spreading = BuildHasherDefault<Spread>;

/// A multiplication for each number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread(u64);

impl Hasher for Spread {
    /// A table looks at the lowest bits, and what is mixed best are the highest.
    fn finish(&self) -> u64 {
        self.0.rotate_left(24)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    /// Which variant of an enum it is.
    fn write_isize(&mut self, number: isize) {
        self.write_u64(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::{BuildHasher, Hash};

    use super::*;

    fn places(keys: impl Iterator<Item = impl Hash>) -> usize {
        keys.map(|key| Spreading::default().hash_one(key) % 1024).collect::<HashSet<u64>>().len()
    }

    #[test]
    fn neighbours_and_multiples_stand_apart() {
        // Of 1,024 keys in as many places chance leaves 647 places taken.
        assert!(places(1..=1024u32) > 600);
        assert!(places((1..=1024u64).map(|n| n << 40)) > 600);
        assert!(places((0..1024u64).map(|n| (n as u8, n / 256))) > 600);
    }
}
