//! Payments that the bank took back: an EFT or a check that came, and went out again under the same number and amount.

use super::reassociate::Movement;
use crate::domain::DepositId;

/// An EFT comes back within two banking days, a check within weeks; what a payer asks back later is another payment.
const MOST_DAYS: i32 = 60;

/// What came and went again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Returned {
    /// What came.
    pub came: DepositId,
    /// What took it back.
    pub went: DepositId,
}

/// The movements that take back one that is settled, each where exactly one fits: of one account, under one number, opposite to
/// the cent.
#[must_use]
pub fn returns(open: &[Movement], settled: &[Movement]) -> Vec<Returned> {
    let takes_back = |went: &Movement, came: &Movement| {
        let days = went.on.days_since(came.on);
        !went.trace.is_empty()
            && went.trace == came.trace
            && went.account == came.account
            && went.amount == -came.amount
            && (0..=MOST_DAYS).contains(&days)
            && (went.payer_trace == came.payer_trace
                || went.payer_trace.is_empty()
                || came.payer_trace.is_empty())
    };
    let mut found = Vec::new();
    for went in open.iter().filter(|movement| movement.amount.is_negative()) {
        let mut fitting = settled.iter().filter(|came| takes_back(went, came));
        let rivals = open.iter().filter(|other| other.id != went.id && other.amount == went.amount);
        let alone = rivals.filter(|other| other.trace == went.trace).count() == 0;
        if let (Some(came), None, true) = (fitting.next(), fitting.next(), alone) {
            found.push(Returned { came: came.id, went: went.id });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Date, Money};

    fn movement(id: u64, day: i32, cents: i64, trace: &str) -> Movement {
        Movement {
            id: DepositId(id),
            account: "1234".to_owned(),
            on: Date::from_number(730_000 + day),
            amount: Money::from_cents(cents),
            trace: trace.to_owned(),
            payer_trace: String::new(),
            text: String::new(),
        }
    }

    #[test]
    fn what_went_under_the_number_of_what_came_is_a_return() {
        let came = [movement(1, 0, 8_000, "E1"), movement(2, 0, 9_000, "E2")];
        let went = |day, cents, trace: &str| returns(&[movement(7, day, cents, trace)], &came);
        assert_eq!(went(3, -8_000, "E1"), [Returned { came: DepositId(1), went: DepositId(7) }]);
        assert_eq!(went(60, -8_000, "E1").len(), 1);
        for (day, cents, trace) in [
            (61, -8_000, "E1"),
            (-1, -8_000, "E1"),
            (3, -8_001, "E1"),
            (3, 8_000, "E1"),
            (3, -8_000, "E2"),
            (3, -8_000, ""),
        ] {
            assert_eq!(went(day, cents, trace), [], "{day} {cents} {trace}");
        }
        let other = |change: fn(&mut Movement)| {
            let mut went = movement(7, 3, -8_000, "E1");
            change(&mut went);
            returns(&[went], &came)
        };
        assert_eq!(other(|went| went.account.clear()), []);
        assert_eq!(other(|went| went.payer_trace = "19".to_owned()).len(), 1);
        let payers = |of: &str| Movement { payer_trace: of.to_owned(), ..movement(1, 0, 8_000, "E1") };
        let went = Movement { payer_trace: "19".to_owned(), ..movement(7, 3, -8_000, "E1") };
        assert_eq!(returns(std::slice::from_ref(&went), &[payers("18")]), []);
        assert_eq!(returns(std::slice::from_ref(&went), &[payers("19")]).len(), 1);
        // Which of two it is nobody knows.
        let twice = [movement(1, 0, 8_000, "E1"), movement(3, 1, 8_000, "E1")];
        assert_eq!(returns(&[movement(7, 3, -8_000, "E1")], &twice), []);
        let two = [movement(7, 3, -8_000, "E1"), movement(8, 3, -8_000, "E1")];
        assert_eq!(returns(&two, &came), []);
    }
}
