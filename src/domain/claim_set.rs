//! Which claims: a bit for each number, for numbers are given one after another.

use super::ClaimId;

/// Some claims, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimSet {
    /// Bit `n % 64` of word `n / 64` stands for claim `n`.
    words: Vec<u64>,
}

impl ClaimSet {
    /// Adds a claim.
    pub fn insert(&mut self, claim: ClaimId) {
        let (word, bit) = place(claim);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= bit;
    }

    /// Adds the claims of another.
    pub fn absorb(&mut self, other: &ClaimSet) {
        self.words.resize(self.words.len().max(other.words.len()), 0);
        self.words.iter_mut().zip(&other.words).for_each(|(word, others)| *word |= others);
    }

    /// Whether a claim is among them.
    #[must_use]
    pub fn contains(&self, claim: ClaimId) -> bool {
        let (word, bit) = place(claim);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// They, by number.
    pub fn iter(&self) -> impl Iterator<Item = ClaimId> {
        let of_word = |(at, word): (u64, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 != 0).map(move |bit| ClaimId(at * 64 + bit))
        };
        (0..).zip(&self.words).filter(|(_, word)| **word != 0).flat_map(of_word)
    }
}

impl Extend<ClaimId> for ClaimSet {
    fn extend<C: IntoIterator<Item = ClaimId>>(&mut self, claims: C) {
        claims.into_iter().for_each(|claim| self.insert(claim));
    }
}

fn place(claim: ClaimId) -> (usize, u64) {
    (usize::try_from(claim.0 / 64).unwrap_or(usize::MAX), 1 << (claim.0 % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::vec;

    use super::*;

    proptest::proptest! {
        #[test]
        fn it_holds_what_a_set_of_numbers_holds(first in vec(0..500u64, 0..90), second in vec(0..500u64, 0..90)) {
            let (mut claims, mut others) = (ClaimSet::default(), ClaimSet::default());
            claims.extend(first.iter().copied().map(ClaimId));
            others.extend(second.iter().copied().map(ClaimId));
            claims.absorb(&others);
            let known: BTreeSet<ClaimId> = first.into_iter().chain(second).map(ClaimId).collect();
            assert_eq!(claims.iter().collect::<Vec<_>>(), known.iter().copied().collect::<Vec<_>>());
            assert_eq!((claims.len(), claims.is_empty()), (known.len() as u64, known.is_empty()));
            assert!((0..600).map(ClaimId).all(|claim| claims.contains(claim) == known.contains(&claim)));
        }
    }
}
