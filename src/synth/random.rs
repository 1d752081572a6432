//! Seeded numbers for the generator. Not for secrets, and nothing here knows billing.

/// Which decision a stream of numbers is for, so that one decision never shifts another.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    Patient = 1,
    Claim = 2,
    Answers = 3,
    Stranger = 4,
}

/// Splitmix64: three lines, the same on every machine, and it can start anywhere. A claim therefore
/// depends only on the seed and its own number, so no claim has to be remembered.
pub(super) struct Random(u64);

impl Random {
    /// The numbers for one thing (claim or patient `number`) in one stream.
    pub(super) fn new(seed: u64, stream: Stream, number: u64) -> Random {
        let mut start = Random(seed ^ (stream as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let base = start.next();
        Random(base ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit` - 1; 0 when `limit` is 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(limit);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A whole number of cents, both ends included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(high.abs_diff(low) + 1)).unwrap_or(0)
    }

    /// True in `n` of 1,000 cases.
    pub(super) fn per_mille(&mut self, n: u64) -> bool {
        self.below(1000) < n
    }

    /// One of a list.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap_or(0)]
    }

    /// The position of one weight, chosen in proportion to the weights.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }
}
