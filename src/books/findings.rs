//! What should be settled before a month is closed: one finding for each check, each with the command that settles it.
//!
//! What a closing does with them stands in `periods`.

use std::collections::BTreeMap;

use super::{credits, deposits, periods, rollforward};
use crate::domain::book::RemitStatus;
use crate::domain::case::CaseState;
use crate::domain::{Account, Code, Date, Money, Month};
use crate::store::{Read, ReadDeposits, StoreError, Visit};

/// Something that should be settled before a month is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its stable word, as `--accept` takes it.
    pub check: &'static str,
    /// What is looked for.
    pub about: &'static str,
    /// Whether there was anything to look at.
    pub looked: bool,
    /// How many items there are.
    pub items: u64,
    /// Their money.
    pub amount: Money,
    /// The command that shows and settles them.
    pub settle: &'static str,
}

impl Finding {
    /// Whether nothing is left to settle.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.items == 0
    }

    fn add(&mut self, amount: Money) {
        self.items += 1;
        self.amount += amount;
    }
}

/// What should be settled first, one finding for each check, settled or not.
///
/// # Errors
/// Whatever the store says.
pub fn findings(tables: &impl Visit, month: Month) -> Result<Vec<Finding>, StoreError> {
    let end = month.last_day();
    let (banked, unseen) = at_the_bank(tables, end)?;
    Ok(vec![
        held(tables, end)?,
        unapplied(tables, end)?,
        provider_level(tables, end)?,
        awaiting_approval(tables, end)?,
        overdue_credits(tables, end)?,
        banked,
        unseen,
        proven(tables, month)?,
    ])
}

fn finding(check: &'static str, about: &'static str, settle: &'static str) -> Finding {
    Finding { check, about, looked: true, items: 0, amount: Money::ZERO, settle }
}

fn held(tables: &impl Read, end: Date) -> Result<Finding, StoreError> {
    let mut found = finding(
        "held-remittances",
        "Remittances that are known and not in the books",
        "arrears remit list --held; arrears remit set-aside ID --reason WHY",
    );
    for remit in tables.remits()? {
        let remit = remit?;
        if remit.status == RemitStatus::Held && remit.posted_on <= end {
            found.add(remit.header.paid);
        }
    }
    Ok(found)
}

fn unapplied(tables: &impl Read, end: Date) -> Result<Finding, StoreError> {
    let mut found = finding("unapplied-items", "Money that waits for its claim", "arrears unapplied list");
    for id in tables.unapplied()? {
        if let Some(payment) = tables.payment(id?)?.filter(|payment| payment.posted_on <= end) {
            found.add(payment.payment.paid);
        }
    }
    Ok(found)
}

fn provider_level(tables: &impl Read, end: Date) -> Result<Finding, StoreError> {
    let mut found =
        finding("plb-items", "Provider-level items that nothing has offset", "arrears plb list --open");
    for plb in tables.plbs()? {
        let plb = plb?;
        if !plb.open.is_zero() && plb.posted_on <= end {
            found.add(plb.open);
        }
    }
    Ok(found)
}

/// Write-offs that one person proposed until then and no second one has approved or rejected: they may belong in the month.
fn awaiting_approval(tables: &impl Read, end: Date) -> Result<Finding, StoreError> {
    let mut found = finding(
        "awaiting-approval",
        "Write-offs that wait for a second person",
        "arrears denial approve --status write-off-proposed",
    );
    for case in tables.open_cases()? {
        let case = case?;
        if case.state != CaseState::WriteOffProposed {
            continue;
        }
        let proposal = tables.case_work(case.case)?.and_then(|work| work.proposal);
        if let Some(proposal) = proposal.filter(|proposal| proposal.on <= end) {
            found.add(proposal.amount);
        }
    }
    Ok(found)
}

fn overdue_credits(tables: &impl Visit, end: Date) -> Result<Finding, StoreError> {
    let mut found = finding(
        "credits-past-clock",
        "Overpayments of Medicare or Medicaid that are 60 days old",
        "arrears report credits",
    );
    (found.items, found.amount) = credits::overdue(tables, end)?;
    Ok(found)
}

/// Money at the bank that belongs to nothing, and remittances whose money the bank has not seen; these only where the
/// bank's files are imported: else no money was ever seen.
fn at_the_bank(tables: &impl Read, end: Date) -> Result<(Finding, Finding), StoreError> {
    let banked =
        finding("open-deposits", "Money at the bank that belongs to nothing", "arrears deposit list --open");
    let unseen = finding(
        "money-not-seen",
        "Remittances whose money the bank has not seen",
        "arrears report three-way",
    );
    if tables.deposit_keys_count()? == 0 {
        return Ok((
            Finding {
                looked: false,
                about: "Money at the bank that belongs to nothing: not looked at, no file of the bank came",
                settle: "arrears deposit import FILE",
                ..banked
            },
            Finding {
                looked: false,
                about: "Remittances whose money the bank has not seen: not looked at, no file of the bank came",
                settle: "arrears deposit import FILE",
                ..unseen
            },
        ));
    }
    let open = deposits::open_until(tables, end)?;
    Ok((
        Finding { items: open.deposits, amount: open.deposited, ..banked },
        Finding { items: open.remits, amount: open.remitted, ..unseen },
    ))
}

/// The proof of what a closing of the month would seal, and of what it builds on: every entry of it balances, the sums that
/// reports read are those of its entries, the roll-forward ties, the month closed last is what was sealed, and every closed
/// month stands on what it ended with. The whole of the books is proved by `db check`, which reads all of them.
fn proven(tables: &impl Visit, month: Month) -> Result<Finding, StoreError> {
    let mut found = finding("proof", "What the proof of the month found wrong", "arrears db check");
    let end = month.last_day();
    let mut wrong = |fine: bool| found.items += u64::from(!fine);
    let (mut from, mut previous) = (None, [0; 32]);
    let mut closed =
        tables.periods()?.into_iter().filter(|period| period.closed && period.month < month).peekable();
    while let Some(period) = closed.next() {
        let last = period.month.last_day();
        wrong(period.previous == previous);
        wrong(period.balances == periods::accounts(tables, from, last)?);
        if closed.peek().is_none() {
            wrong(period.seal == periods::seal(tables, period.month, from, &previous)?.seal);
        }
        (from, previous) = (Some(last.plus_days(1)), period.seal);
    }
    // Few accounts have codes, and most postings are on the others.
    let (mut moved, mut plain) = (BTreeMap::<(Account, Code), Money>::new(), [Money::ZERO; 256]);
    tables.visit_entries_of_days(from, end, |_, entry| {
        wrong(entry.imbalance().is_zero());
        for posting in &entry.postings {
            match posting.clearing_code() {
                Code::NONE => plain[usize::from(posting.account as u8)] += posting.amount,
                code => *moved.entry((posting.account, code)).or_default() += posting.amount,
            }
        }
    })?;
    moved.extend(Account::ALL.iter().map(|account| ((*account, Code::NONE), plain[*account as usize])));
    let accounts = periods::accounts(tables, from, end)?;
    for balance in &accounts {
        wrong(moved.remove(&(balance.account, balance.code)).unwrap_or_default() == balance.moved);
    }
    wrong(moved.values().all(|amount| amount.is_zero()));
    wrong(accounts.iter().map(|balance| balance.stands).sum::<Money>().is_zero());
    wrong(rollforward::whole(tables, from, end)?.difference().is_zero());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::books::periods::{By, close};
    use crate::store::tests::periods::{book, of, tamper, write};

    #[test]
    fn the_proof_sees_the_month_and_the_seal_before_it() {
        let book = book();
        write(&book, |tables| {
            for on in ["2026-03-02", "2026-04-09"] {
                tables.append_entry(&of(on), None)?;
            }
            Ok(())
        });
        let wrong = |month: &str| {
            let month = Month::parse(month).expect("a month");
            proven(&book.read().expect("read"), month).expect("proved").items
        };
        assert_eq!((wrong("2026-03"), wrong("2026-04")), (0, 0));
        let changed = |on: &str, legs: [i64; 2]| {
            let mut entry = of(on);
            for (posting, cents) in entry.postings.iter_mut().zip(legs) {
                posting.amount += Money::from_cents(cents);
            }
            entry
        };
        // Balanced, and not what the sums say; not even balanced.
        tamper(&book, 1, &changed("2026-03-02", [1, -1]));
        assert_eq!(wrong("2026-03"), 2);
        tamper(&book, 1, &changed("2026-03-02", [1, 0]));
        assert_eq!(wrong("2026-03"), 2);
        tamper(&book, 1, &of("2026-03-02"));
        let by = By { now: 1_774_000_000, today: Date::parse_iso("2026-06-01").expect("a day"), user: "kim" };
        let mut writer = book.write(Duration::ZERO).expect("mine");
        close(&mut writer.tables(), by, Month::parse("2026-03").expect("a month"), &[]).expect("closed");
        writer.commit().expect("committed");
        assert_eq!(wrong("2026-04"), 0);
        let words = crate::domain::entry::Entry { memo: "another word".into(), ..of("2026-03-02") };
        tamper(&book, 1, &words);
        assert_eq!(wrong("2026-04"), 1, "the seal of March is broken");
    }
}
