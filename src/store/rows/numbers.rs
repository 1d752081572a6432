//! The numbers that payers gave to claims, as their index has them: by neighbourhood of claims, in short.
//!
//! What a remittance writes here would lie all over the index, a page for each number. Claims that are answered together
//! were billed together, so their numbers go to one or two neighbourhoods of some hundred pages, and who looks for a
//! number, which is seldom, looks into all neighbourhoods.
//!
//! Of a number there is the beginning of its SHA-256: keys of one length take less time and room than texts (a million
//! claims have 45 bytes each less), and nobody asks for a part of such a number. That two of ten million numbers share a
//! key is as likely as one in three hundred thousand; a claim found so must still agree in charge or patient.

use sha2::{Digest, Sha256};

use crate::domain::ClaimId;

/// Neighbourhood, number in short, claim within the neighbourhood.
pub type Key = (u32, u64, u16);

/// So many bits of a claim's number say where in its neighbourhood it is.
const WITHIN: u32 = u16::BITS;

/// The key of a number that a payer gave to a claim.
pub fn key(number: &str, claim: ClaimId) -> Key {
    ((claim.0 >> WITHIN) as u32, in_short(number), claim.0 as u16)
}

/// Where the claims of a neighbourhood stand that bear a number.
pub fn keys_of(neighbourhood: u32, number: u64) -> std::ops::RangeInclusive<Key> {
    (neighbourhood, number, 0)..=(neighbourhood, number, u16::MAX)
}

/// The claim that a key speaks of.
pub fn claim((neighbourhood, _, within): Key) -> ClaimId {
    ClaimId(u64::from(neighbourhood) << WITHIN | u64::from(within))
}

/// The first eight bytes of the SHA-256.
pub fn in_short(number: &str) -> u64 {
    let digest: [u8; 32] = Sha256::digest(number).into();
    digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_comes_back_from_its_key() {
        for claim in [1, 65_535, 65_536, 10_000_000].map(ClaimId) {
            let key = key("E123", claim);
            assert_eq!(self::claim(key), claim);
            assert!(keys_of(key.0, in_short("E123")).contains(&key));
        }
    }
}
