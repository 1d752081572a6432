//! `arrears report tie-out`: the figures of a month that must be the same, read each from where it stands by itself.

use super::super::parse;
use crate::books::deposits::Standing;
use crate::books::{briefs, provider_level, rollforward, standing};
use crate::domain::{Account, Date, Money, Month};
use crate::report::Table;
use crate::report::tie_out::{self, Figure, Group};
use crate::store::{Cube, Read, ReadDeposits, Snapshot, StoreError, Visit};

/// Figures of a month that must be the same, side by side
///
/// Receivables by the roll-forward, the aging, the accounts and the claims; cash by the journal, the accounts, the remittances
/// and the bank; money that waits and provider-level items by account and by item. What differs is shown; what nothing was
/// there to look at is no yes.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report tie-out
  arrears report tie-out --month 2024-03")]
pub struct Args {
    /// The month [default: that of the as-of date]
    #[arg(long, alias = "period", value_parser = parse::month, value_name = "YYYY-MM")]
    month: Option<Month>,
}

/// The tie-out that was asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, args.month.unwrap_or_else(|| as_of.month()))
}

/// The tie-out of a month.
pub fn of(tables: &Snapshot, month: Month) -> Result<Table, StoreError> {
    let groups = [
        receivables(tables, month)?,
        payers_cash(tables, month)?,
        bank(tables, month)?,
        patients_cash(tables, month)?,
        unapplied(tables, month)?,
        items(tables, month)?,
    ];
    Ok(tie_out::table(month, &groups))
}

fn receivables(tables: &Snapshot, month: Month) -> Result<Group, StoreError> {
    let day = month.last_day();
    let roll = rollforward::whole(tables, Some(month.first_day()), day)?;
    let rolled = roll.opening + roll.lines.values().copied().sum();
    let mut aged = Money::ZERO;
    for [owed, _, credit, _] in tables.sums(Cube::Aging, day)?.into_values() {
        aged += Money::from_cents(owed + credit);
    }
    let add = |sum: &mut Money, claim: &crate::domain::brief::ClaimBrief<'_>| {
        *sum += claim.standing.holdings.iter().map(|h| h.amount).sum::<Money>();
    };
    let of_claims = briefs::as_of(tables, day, || Money::ZERO, add)?.into_iter().sum();
    Ok(Group {
        name: "Receivables",
        figures: vec![
            Figure::new(
                "Roll-forward: opening and what moved",
                rolled,
                format!("report rollforward --period {month}"),
            ),
            Figure::new("Aging", aged, format!("report aging --as-of {day}")),
            Figure::new(
                "Trial balance: the six receivable accounts",
                stands(tables, day, |account| account.bucket().is_some())?,
                format!("report trial-balance --as-of {day}"),
            ),
            Figure::new("Claims, added up", of_claims, format!("claim list --as-of {day}")),
        ],
    })
}

/// What stands on some accounts at the end of a day; debits positive.
fn stands(tables: &Snapshot, day: Date, wanted: impl Fn(Account) -> bool) -> Result<Money, StoreError> {
    let account = |what: u64| u8::try_from(what >> 32).ok().and_then(Account::from_number);
    let sums = tables.sums(Cube::Accounts, day)?;
    let own = sums.into_iter().filter(|(place, _)| account(place.what).is_some_and(&wanted));
    Ok(own.map(|(_, [cents, ..])| Money::from_cents(cents)).sum())
}

/// What a month moved on an account, by the sums.
fn moved(tables: &Snapshot, month: Month, account: Account) -> Result<Money, StoreError> {
    let is_it = |other: Account| other == account;
    Ok(stands(tables, month.last_day(), is_it)? - stands(tables, month.first_day().minus_days(1), is_it)?)
}

/// What the entries of a month post to an account: with a remittance, and without.
fn journal(tables: &Snapshot, month: Month, account: Account) -> Result<[Money; 2], StoreError> {
    let mut posted = [Money::ZERO; 2];
    tables.visit_entries_of_days(Some(month.first_day()), month.last_day(), |_, entry| {
        posted[usize::from(entry.remit.is_none())] += entry.sum_of(account);
    })?;
    Ok(posted)
}

/// What the remittances of a month brought in cash, as they say themselves; what was taken out of the books is below zero.
fn remitted(tables: &Snapshot, month: Month) -> Result<Money, StoreError> {
    tables.remits()?.try_fold(Money::ZERO, |sum, remit| Ok(sum + remit?.cash(|day| day.month() == month)))
}

fn payers_cash(tables: &Snapshot, month: Month) -> Result<Group, StoreError> {
    let [with, without] = journal(tables, month, Account::CashInsurance)?;
    let by_hand = "checks to payers, and other acts without a remittance";
    let paid = remitted(tables, month)?;
    Ok(Group {
        name: "Cash of payers",
        figures: vec![
            Figure::new("Journal", with + without, format!("report journal --period {month}")),
            Figure::new(
                "Trial balance: moved in the month",
                moved(tables, month, Account::CashInsurance)?,
                format!("report trial-balance --period {month}"),
            ),
            Figure::new(
                "Remittances, and what was posted without one",
                paid + without,
                format!("remit list --from {} --to {}", month.first_day(), month.last_day()),
            )
            .part("what the remittances paid", paid)
            .part(by_hand, without),
        ],
    })
}

/// The bank against the remittances of the month. What they differ by is told in parts that leave nothing over: every
/// movement of the bank and every remittance of the month is in one of them.
fn bank(tables: &Snapshot, month: Month) -> Result<Group, StoreError> {
    let (day, paid) = (month.last_day(), remitted(tables, month)?);
    let settled = Standing::read(tables, day)?;
    let (mut banked, mut nobodys, mut explained, mut matched, mut unseen) = Default::default();
    // What came for a closed month later was not seen when it was closed.
    let mut seen = false;
    for item in tables.deposits()? {
        let deposit = item?;
        seen |= deposit.posted_on <= day;
        if deposit.posted_on.month() != month {
            continue;
        }
        banked += deposit.amount;
        let part: &mut Money = match settled.of_deposit(deposit.id) {
            None => &mut nobodys,
            Some(settlement) if settlement.remits.is_empty() => &mut explained,
            Some(_) => &mut matched,
        };
        *part += deposit.amount;
    }
    for item in tables.remits()? {
        let remit = item?;
        let cash = remit.cash(|day| day.month() == month);
        let part: &mut Money = if settled.of_remit(remit.id).is_some() { &mut matched } else { &mut unseen };
        *part -= cash;
    }
    let mut figure = Figure::new("Bank", banked, format!("report three-way --period {month}"))
        .part("money that belongs to nothing yet", nobodys)
        .part("money explained otherwise, such as patients' payments", explained)
        .part("remittances whose money the bank has not seen", unseen)
        .part("matched: other months, fees and differences", matched);
    if !seen {
        figure = Figure { amount: None, look: "deposit import FILE".to_owned(), parts: Vec::new(), ..figure };
        "Bank, no file of which came".clone_into(&mut figure.what);
    }
    let remittances = Figure::new("What the remittances paid", paid, format!("remit list --as-of {day}"));
    Ok(Group { name: "Bank", figures: vec![remittances, figure] })
}

fn patients_cash(tables: &Snapshot, month: Month) -> Result<Group, StoreError> {
    let [with, without] = journal(tables, month, Account::CashPatient)?;
    let look = format!("report trial-balance --period {month}");
    let account = moved(tables, month, Account::CashPatient)?;
    Ok(Group {
        name: "Cash of patients",
        figures: vec![
            Figure::new("Journal", with + without, format!("report journal --period {month}")),
            Figure::new("Trial balance: moved in the month", account, look),
        ],
    })
}

fn unapplied(tables: &Snapshot, month: Month) -> Result<Group, StoreError> {
    let day = month.last_day();
    let account = -stands(tables, day, |account| account == Account::Unapplied)?;
    let waiting = standing::waiting(tables, Some(day))?.into_values().sum();
    Ok(Group {
        name: "Unapplied money",
        figures: vec![
            Figure::new("Trial balance", account, format!("report trial-balance --as-of {day}")),
            Figure::new("Items, added up", waiting, format!("report unapplied --as-of {day}")),
        ],
    })
}

fn items(tables: &Snapshot, month: Month) -> Result<Group, StoreError> {
    let day = month.last_day();
    let open = provider_level::as_of(tables, day)?.iter().map(|item| item.open).sum();
    let account = stands(tables, day, |account| account == Account::Plb)?;
    Ok(Group {
        name: "Provider-level items",
        figures: vec![
            Figure::new(
                "Trial balance: the clearing accounts",
                account,
                format!("report trial-balance --as-of {day}"),
            ),
            Figure::new("Open items, added up", open, format!("plb list --open --as-of {day}")),
        ],
    })
}
