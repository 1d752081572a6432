//! How claims lie under their visits: for each first day of service lists of patients in short, in order, each with its claim,
//! as [`numbers`](super::numbers) writes them. The day is the neighbourhood, patient and claim are the number.
//!
//! As keys of their own, a million visits took a tenth of an import of claims: those of a file lie on few days, but among
//! each day's patients anywhere.

use super::numbers::Borne;
use super::{date, day};
use crate::domain::ClaimId;
use crate::domain::join::VisitKey;

/// Days are signed; this puts those before the first in front of it.
const SIGN: u32 = 1 << 31;

/// The lists of a visit's day.
pub fn neighbourhood(visit: VisitKey) -> u64 {
    u64::from(day(visit.day).cast_unsigned() ^ SIGN)
}

/// A claim of a visit in the list of its day.
pub fn place(visit: VisitKey, claim: ClaimId) -> Borne {
    (first(visit) | claim.0 & u64::from(u32::MAX), (claim.0 >> u32::BITS) as u16)
}

/// Where the claims of a visit begin in the lists of its day.
pub fn first(visit: VisitKey) -> u64 {
    u64::from(visit.patient) << u32::BITS
}

/// What stands in a place.
pub fn read(neighbourhood: u64, (number, high): Borne) -> (VisitKey, ClaimId) {
    let on = (neighbourhood as u32 ^ SIGN).cast_signed();
    let visit = VisitKey { day: date(on), patient: (number >> u32::BITS) as u32 };
    (visit, ClaimId(u64::from(high) << u32::BITS | number & u64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_and_its_claim_come_back_in_the_order_of_days_and_patients() {
        let mut before = None;
        for on in [-40_000, -1, 0, 1, 730_000] {
            for patient in [0, 7, u32::MAX] {
                for claim in [0, 255, u64::from(u32::MAX), 1 << 32, (1 << 48) - 1].map(ClaimId) {
                    let visit = VisitKey { day: date(on), patient };
                    let (lists, place) = (neighbourhood(visit), place(visit, claim));
                    assert_eq!(read(lists, place), (visit, claim));
                    assert!(place.0 >= first(visit));
                    let now = (lists, first(visit));
                    assert!(before.is_none_or(|before| before <= now), "{visit:?}");
                    before = Some(now);
                }
            }
        }
    }
}
