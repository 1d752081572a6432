//! What a person who typed a date or an amount may not have meant: days before the service or after today, payments above
//! the charge. Whoever means it says so.

use std::fmt;

use super::manual::Act;
use crate::domain::book::{ClaimState, Holding};
use crate::domain::{Account, Date, Money};

/// So many days ahead are planned or promised.
const DAYS_AHEAD: u32 = 366;

/// Something that is seldom meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The day lies before the service.
    BeforeService {
        /// What was typed.
        on: Date,
        /// The first day of service.
        service: Date,
    },
    /// The day is still to come.
    AfterToday {
        /// What was typed.
        on: Date,
        /// Today.
        today: Date,
    },
    /// The day lies before that on which the money came.
    BeforeMoney {
        /// What was typed.
        on: Date,
        /// The day on which it came.
        came: Date,
    },
    /// A day to come lies so far ahead that its year may be wrong.
    FarAhead {
        /// What was typed.
        on: Date,
        /// Today.
        today: Date,
    },
    /// More than was ever charged.
    AboveCharge {
        /// What was typed.
        amount: Money,
        /// The claim's charge.
        charge: Money,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::BeforeService { on, service } => write!(f, "{on} lies before the service of {service}"),
            Doubt::AfterToday { on, today } => write!(f, "{on} is still to come; today is {today}"),
            Doubt::BeforeMoney { on, came } => {
                write!(f, "{on} lies before {came}, the day on which the money came")
            }
            Doubt::FarAhead { on, today } => {
                write!(f, "{on} is more than a year ahead; today is {today}")
            }
            Doubt::AboveCharge { amount, charge } => {
                write!(f, "{amount} is more than the whole charge of {charge}")
            }
        }
    }
}

/// What is doubtful about a day that a person typed.
#[must_use]
pub fn day(on: Date, service: Option<Date>, today: Date) -> Option<Doubt> {
    match service {
        Some(service) if on < service => Some(Doubt::BeforeService { on, service }),
        _ if on > today => Some(Doubt::AfterToday { on, today }),
        _ => None,
    }
}

/// The same of a day on which something is said to have been done with money that came.
#[must_use]
pub fn since_money(on: Date, came: Option<Date>, today: Date) -> Option<Doubt> {
    match came {
        Some(came) if on < came => Some(Doubt::BeforeMoney { on, came }),
        _ => day(on, None, today),
    }
}

/// The same of a day to come: of a promise, or on which to look again.
#[must_use]
pub fn ahead(on: Date, today: Date) -> Option<Doubt> {
    (on > today.plus_days(DAYS_AHEAD)).then_some(Doubt::FarAhead { on, today })
}

/// The buckets that patient or payers overpaid.
pub fn credits_of(holdings: &[Holding], patient: bool) -> impl Iterator<Item = &Holding> {
    holdings.iter().filter(move |h| h.amount.is_negative() && h.account.is_patient() == patient)
}

/// What they overpaid together.
#[must_use]
pub fn credit_of(holdings: &[Holding], patient: bool) -> Money {
    -credits_of(holdings, patient).map(|h| h.amount).sum::<Money>()
}

/// The day since which a credit of that size has been there; nothing where it is not.
#[must_use]
pub fn credit_since(state: &ClaimState, patient: bool, amount: Money) -> Option<Date> {
    let short = state.days.iter().rposition(|day| credit_of(&day.holdings, patient) < amount);
    state.days.get(short.map_or(0, |at| at + 1)).map(|day| day.on)
}

/// What is doubtful about the day of an act: nobody gives back what nobody has overpaid yet.
#[must_use]
pub fn day_of_act(act: Act, on: Date, state: &ClaimState, today: Date) -> Option<Doubt> {
    match act {
        Act::Refund(amount, account) => {
            since_money(on, credit_since(state, account == Account::RefundPatient, amount), today)
        }
        _ => day(on, state.service_from, today),
    }
}

/// What is doubtful about an amount that a person typed.
#[must_use]
pub fn amount(act: Act, state: &ClaimState) -> Option<Doubt> {
    match act {
        Act::Pay(amount) if amount > state.charge => {
            Some(Doubt::AboveCharge { amount, charge: state.charge })
        }
        _ => None,
    }
}

/// The first day, from one on, on which money can be taken out of a bucket: a remittance may be dated ahead, and before
/// its day nothing is there. That day itself where too little is there on any later one.
#[must_use]
pub fn stands_from(state: &ClaimState, account: Account, amount: Money, day: Date) -> Date {
    let holds = |on: Date| {
        let there = state.holdings_as_of(on).iter().filter(|h| h.account == account);
        there.map(|h| h.amount).sum::<Money>() >= amount
    };
    let later = state.days.iter().map(|standing| standing.on).filter(|on| *on > day);
    let days: Vec<Date> = std::iter::once(day).chain(later).collect();
    // It must still be there on every day after.
    let short = days.iter().rposition(|on| !holds(*on));
    match short {
        None => day,
        Some(at) => days.get(at + 1).copied().unwrap_or(day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::book::Standing;
    use crate::domain::{Few, PayerId};

    fn march(day: u32) -> Date {
        Date::from_ymd(2026, 3, day).expect("a day")
    }

    fn cents(cents: i64) -> Money {
        Money::from_cents(cents)
    }

    #[test]
    fn days_have_bounds() {
        let (service, today) = (Some(march(10)), march(20));
        let before = |on| Some(Doubt::BeforeService { on, service: march(10) });
        let after = |on| Some(Doubt::AfterToday { on, today });
        for (on, expected) in [(9, before(march(9))), (10, None), (20, None), (21, after(march(21)))] {
            assert_eq!(day(march(on), service, today), expected, "{on}");
        }
        assert_eq!(day(march(1), None, today), None, "a claim without a day");
        // Service that lies ahead: neither day is in doubt before the other.
        assert_eq!(day(march(25), Some(march(25)), today), after(march(25)));
    }

    #[test]
    fn money_is_handled_after_it_came_and_plans_reach_a_year() {
        let (came, today) = (Some(march(10)), march(20));
        let before = Doubt::BeforeMoney { on: march(9), came: march(10) };
        let after = Doubt::AfterToday { on: march(21), today };
        for (on, expected) in [(9, Some(before)), (10, None), (20, None), (21, Some(after))] {
            assert_eq!(since_money(march(on), came, today), expected, "{on}");
        }
        let last = today.plus_days(366);
        assert_eq!(ahead(last, today), None);
        assert_eq!(ahead(last.plus_days(1), today), Some(Doubt::FarAhead { on: last.plus_days(1), today }));
    }

    #[test]
    fn a_payment_above_the_charge_is_doubtful() {
        let state = ClaimState { charge: cents(20_000), ..ClaimState::default() };
        assert_eq!(amount(Act::Pay(cents(20_000)), &state), None);
        let above = Doubt::AboveCharge { amount: cents(20_001), charge: cents(20_000) };
        assert_eq!(amount(Act::Pay(cents(20_001)), &state), Some(above));
    }

    #[test]
    fn a_credit_is_given_back_since_it_is_there() {
        let standing = |on: u32, due: i64, open: i64| Standing {
            on: march(on),
            holdings: [(Account::Due, due), (Account::Open, open)]
                .into_iter()
                .map(|(account, amount)| Holding { account, payer: PayerId(1), amount: cents(amount) })
                .collect(),
        };
        let days = vec![standing(5, -30, 100), standing(8, -10, -40), standing(12, -30, -50)];
        let state = ClaimState { days, ..ClaimState::default() };
        for (patient, amount, since) in [
            (true, 30, Some(12)),
            (true, 10, Some(5)),
            (true, 31, None),
            (false, 50, Some(12)),
            (false, 40, Some(8)),
            (false, 51, None),
        ] {
            assert_eq!(credit_since(&state, patient, cents(amount)), since.map(march), "{patient} {amount}");
        }
        let asked = |on| {
            let act = Act::Refund(cents(40), Account::RefundInsurance);
            day_of_act(act, march(on), &state, march(20))
        };
        assert_eq!(asked(7), Some(Doubt::BeforeMoney { on: march(7), came: march(8) }));
        assert_eq!(asked(8), None);
        assert_eq!(asked(21), Some(Doubt::AfterToday { on: march(21), today: march(20) }));
    }

    #[test]
    fn money_is_taken_from_the_day_on_which_it_is_there() {
        let standing = |on: u32, denied: i64| Standing {
            on: march(on),
            holdings: Few::from_vec(vec![Holding {
                account: Account::Denied,
                payer: PayerId(1),
                amount: cents(denied),
            }]),
        };
        let from = |days: &[(u32, i64)], amount: i64, on: u32| {
            let days = days.iter().map(|(on, denied)| standing(*on, *denied)).collect();
            let state = ClaimState { days, ..ClaimState::default() };
            stands_from(&state, Account::Denied, cents(amount), march(on))
        };
        assert_eq!(from(&[(5, 100)], 100, 8), march(8), "there already");
        assert_eq!(from(&[(8, 100)], 100, 8), march(8), "of the same day");
        assert_eq!(from(&[(12, 100)], 100, 8), march(12), "dated ahead");
        assert_eq!(from(&[(5, 40), (12, 100)], 100, 8), march(12));
        assert_eq!(from(&[(5, 40), (12, 100)], 40, 8), march(8));
        // A later day leaves less: only from there on it is true.
        assert_eq!(from(&[(5, 100), (12, 40), (15, 100)], 100, 8), march(15));
        assert_eq!(from(&[(5, 40)], 100, 8), march(8), "never there: the act says so itself");
    }
}
