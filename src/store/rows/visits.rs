//! The key under which a claim is found by its visit: the day (4 bytes), the patient's name in short (4) and the claim (8),
//! the high bytes first, so that bytes stand in the order of what they say.
//!
//! A tuple says the same and costs several times as much: a tree compares keys at every step down.

use super::{date, day};
use crate::domain::ClaimId;
use crate::domain::join::VisitKey;

/// The key.
pub type Key = [u8; 16];

/// Days are signed; this puts those before the first in front of it.
const SIGN: u32 = 1 << 31;

/// The key of a claim of a visit.
pub fn key(visit: VisitKey, claim: ClaimId) -> Key {
    let on = day(visit.day).cast_unsigned() ^ SIGN;
    let whole = u128::from(on) << 96 | u128::from(visit.patient) << 64 | u128::from(claim.0);
    whole.to_be_bytes()
}

/// What a key says.
pub fn read(key: &Key) -> (VisitKey, ClaimId) {
    let whole = u128::from_be_bytes(*key);
    let on = ((whole >> 96) as u32 ^ SIGN).cast_signed();
    (VisitKey { day: date(on), patient: (whole >> 64) as u32 }, ClaimId(whole as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_the_order_of_what_they_say() {
        let mut before = None;
        for on in [-40_000, -1, 0, 1, 730_000] {
            for patient in [0, 7, u32::MAX] {
                for claim in [0, 255, 256, u64::MAX] {
                    let said = (VisitKey { day: date(on), patient }, ClaimId(claim));
                    let key = key(said.0, said.1);
                    assert_eq!(read(&key), said);
                    assert!(before.is_none_or(|before| before < key), "{said:?}");
                    before = Some(key);
                }
            }
        }
    }
}
