//! `arrears report tie-out`: the figures of a month that must be the same, read each from where it stands by itself.

use std::collections::BTreeMap;

use super::super::parse;
use crate::books::deposits::Standing;
use crate::books::{balances, briefs, provider_level, rollforward, standing};
use crate::domain::book::RemitRecord;
use crate::domain::{Account, Code, Date, Money, Month, RemitId};
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
    let accounts = Accounts::read(tables, month)?;
    let remits = Remits::read(tables, month)?;
    let groups = [
        receivables(tables, month, &accounts)?,
        payers_cash(month, &accounts, &remits),
        bank(tables, month, &remits)?,
        patients_cash(month, &accounts),
        unapplied(tables, month, &accounts)?,
        items(tables, month, &accounts)?,
    ];
    Ok(tie_out::table(month, &groups))
}

/// What stands on the accounts at the end of a month, and what its entries post to those of cash.
struct Accounts {
    before: BTreeMap<(Account, Code), Money>,
    now: BTreeMap<(Account, Code), Money>,
    /// By account of cash: with a remittance, and without.
    journal: BTreeMap<Account, [Money; 2]>,
}

impl Accounts {
    fn read(tables: &Snapshot, month: Month) -> Result<Accounts, StoreError> {
        let mut journal: BTreeMap<Account, [Money; 2]> = BTreeMap::new();
        tables.visit_entries_of_days(Some(month.first_day()), month.last_day(), |_, entry| {
            for posting in entry.postings.iter().filter(|posting| posting.account.is_cash()) {
                let sums = journal.entry(posting.account).or_default();
                sums[usize::from(entry.remit.is_none())] += posting.amount;
            }
        })?;
        let before = balances::accounts(tables, month.first_day().minus_days(1))?;
        Ok(Accounts { before, now: balances::accounts(tables, month.last_day())?, journal })
    }

    /// What stands on some accounts; debits positive.
    fn stands(&self, wanted: impl Fn(Account) -> bool) -> Money {
        let own = self.now.iter().filter(|((account, _), _)| wanted(*account));
        own.map(|(_, amount)| *amount).sum()
    }

    /// What the month moved on an account of cash, by the sums.
    fn moved(&self, account: Account) -> Money {
        let of = |sums: &BTreeMap<(Account, Code), Money>| {
            sums.get(&(account, Code::NONE)).copied().unwrap_or_default()
        };
        of(&self.now) - of(&self.before)
    }

    /// What its entries post to an account of cash: with a remittance, and without.
    fn journal(&self, account: Account) -> [Money; 2] {
        self.journal.get(&account).copied().unwrap_or_default()
    }
}

/// What remittances brought in cash in a month, as they say themselves; what was taken out of the books is below zero.
struct Remits(Vec<(RemitId, Money)>);

impl Remits {
    fn read(tables: &Snapshot, month: Month) -> Result<Remits, StoreError> {
        let cash = |remit: RemitRecord| (remit.id, remit.cash(|day| day.month() == month));
        Ok(Remits(tables.remits()?.map(|remit| remit.map(cash)).collect::<Result<_, _>>()?))
    }

    fn paid(&self) -> Money {
        self.0.iter().map(|(_, cash)| *cash).sum()
    }
}

fn receivables(tables: &Snapshot, month: Month, accounts: &Accounts) -> Result<Group, StoreError> {
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
                accounts.stands(|account| account.bucket().is_some()),
                format!("report trial-balance --as-of {day}"),
            ),
            Figure::new("Claims, added up", of_claims, format!("claim list --as-of {day}")),
        ],
    })
}

fn payers_cash(month: Month, accounts: &Accounts, remits: &Remits) -> Group {
    let [with, without] = accounts.journal(Account::CashInsurance);
    let by_hand = "checks to payers, and other acts without a remittance";
    let paid = remits.paid();
    Group {
        name: "Cash of payers",
        figures: vec![
            Figure::new("Journal", with + without, format!("report journal --period {month}")),
            Figure::new(
                "Trial balance: moved in the month",
                accounts.moved(Account::CashInsurance),
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
    }
}

/// The bank against the remittances of the month. What they differ by is told in parts that leave nothing over: every
/// movement of the bank and every remittance of the month is in one of them.
fn bank(tables: &Snapshot, month: Month, remits: &Remits) -> Result<Group, StoreError> {
    let (day, paid) = (month.last_day(), remits.paid());
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
    for (remit, cash) in &remits.0 {
        let part: &mut Money = if settled.of_remit(*remit).is_some() { &mut matched } else { &mut unseen };
        *part -= *cash;
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

fn patients_cash(month: Month, accounts: &Accounts) -> Group {
    let [with, without] = accounts.journal(Account::CashPatient);
    let look = format!("report trial-balance --period {month}");
    let account = accounts.moved(Account::CashPatient);
    Group {
        name: "Cash of patients",
        figures: vec![
            Figure::new("Journal", with + without, format!("report journal --period {month}")),
            Figure::new("Trial balance: moved in the month", account, look),
        ],
    }
}

fn unapplied(tables: &Snapshot, month: Month, accounts: &Accounts) -> Result<Group, StoreError> {
    let day = month.last_day();
    let account = -accounts.stands(|account| account == Account::Unapplied);
    let waiting = standing::waiting(tables, Some(day))?.into_values().sum();
    Ok(Group {
        name: "Unapplied money",
        figures: vec![
            Figure::new("Trial balance", account, format!("report trial-balance --as-of {day}")),
            Figure::new("Items, added up", waiting, format!("report unapplied --as-of {day}")),
        ],
    })
}

fn items(tables: &Snapshot, month: Month, accounts: &Accounts) -> Result<Group, StoreError> {
    let day = month.last_day();
    let open = provider_level::as_of(tables, day)?.iter().map(|item| item.open).sum();
    let account = accounts.stands(|account| account == Account::Plb);
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
