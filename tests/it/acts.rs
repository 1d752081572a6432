//! Random acts of persons on a small practice, with the proof of the books after each: whatever people do, in whatever
//! order, cash comes and goes only with acts that bring or send it, and nothing that was given up comes back by a merge.
//!
//! `ARREARS_ACTS` and `ARREARS_SEED` make a longer run of it, see `scripts/random-acts`. A failure names its seed and
//! every act until then.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arrears::books::by_hand::{self, Typed};
use arrears::books::denial_acts::{self, Said};
use arrears::books::findings::findings;
use arrears::books::manual::{self, Act, Ground};
use arrears::books::retell::Hand;
use arrears::books::{
    check as books_check, doubles, handling, joins, payer_merge, periods, provider_acts, provider_level,
    refund_checks, released, undo,
};
use arrears::domain::book::{ClaimState, Handling, PaymentStatus, Practice, RemitStatus};
use arrears::domain::by_hand::Split;
use arrears::domain::case::CaseAct;
use arrears::domain::entry::Source;
use arrears::domain::remit::Adjustment;
use arrears::domain::{
    Account, CaseId, ClaimId, Code, Date, EntryId, GroupCode, Money, Month, PayerId, PaymentId, PlbId,
    RemitId,
};
use arrears::import::{Options, Watcher, import};
use arrears::input::{Limits, expand};
use arrears::store::{Book, Read, ReadJoins, ReadPeriods, Snapshot, WriteTables};
use arrears::synth::{Plan, write_practice};

use crate::office::{Office, TODAY};

const DAYS: [&str; 5] = ["2025-11-20", "2026-03-02", "2026-06-30", "2026-08-15", TODAY];
pub(crate) const NO_WAIT: Duration = Duration::ZERO;

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text).expect("a day")
}

/// Numbers from a seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    pub(crate) fn of<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        (!list.is_empty()).then(|| list[self.below(list.len() as u64) as usize].clone())
    }

    /// The whole, or a part of it.
    fn part(&mut self, whole: Money) -> Money {
        let cents = whole.cents().max(1);
        match self.below(3) {
            0 => Money::from_cents(1 + self.below(cents as u64) as i64),
            _ => Money::from_cents(cents),
        }
    }
}

/// What somebody does.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Pay(ClaimId, Money),
    Adjust(ClaimId, Money, Account),
    WriteOff(ClaimId, Money, Account),
    Transfer(ClaimId, Money, Account, Account),
    Refund(ClaimId, Money, bool),
    SendRefund(ClaimId, Money, bool),
    Void(ClaimId),
    Undo(ClaimId, EntryId),
    Denial(CaseId, CaseAct, Option<Money>),
    Match(PaymentId, ClaimId),
    Move(PaymentId, ClaimId),
    Release(PaymentId, bool),
    TakeUp(PaymentId),
    Apply(PlbId, ClaimId, Money),
    Unapply(PlbId, ClaimId),
    Reverse(RemitId),
    Repost(RemitId),
    Merge(PayerId, PayerId),
    Unmerge(PayerId),
    Close(Month),
    Reopen(Month),
    Settle(PlbId),
    SettlePair(PlbId, PlbId),
    Handle(&'static str, &'static str, PayerId),
    Join(ClaimId, ClaimId),
    Part(ClaimId),
    Confirm(ClaimId, ClaimId),
    Unmatch(PaymentId),
    /// Contractual and denied; what is left of the charge is the patient's.
    Split(PaymentId, ClaimId, Money, Money),
    Unsettle(PlbId),
    Send(PlbId, Money),
    Unsend(PlbId),
    SendReleased(PaymentId, Money),
    UnsendReleased(PaymentId),
    File(PathBuf),
}

/// What somebody may do now, and on which day.
pub(crate) fn choose(dice: &mut Dice, tables: &Snapshot, files: &[PathBuf]) -> (Deed, &'static str) {
    let on = dice.of(&DAYS).expect("days");
    loop {
        if let Some(deed) = one(dice, tables, files) {
            return (deed, on);
        }
    }
}

fn one(dice: &mut Dice, tables: &Snapshot, files: &[PathBuf]) -> Option<Deed> {
    // A claim that is part of a receivable is named by the one that leads it, as the commands do.
    let states: Vec<_> = tables
        .claim_states()
        .expect("read")
        .map(|s| s.expect("read"))
        .filter(|(claim, _)| tables.lead_of(*claim).expect("read") == *claim)
        .collect();
    let (claim, state) = dice.of(&states)?;
    let positive: Vec<_> = state.holdings.iter().filter(|h| h.amount.is_positive()).copied().collect();
    let holding = dice.of(&positive);
    let payments: Vec<_> = tables.payments().expect("read").map(|p| p.expect("read")).collect();
    let remits: Vec<_> = tables.remits().expect("read").map(|r| r.expect("read")).collect();
    let payers: Vec<PayerId> = tables.payers().expect("read").into_iter().map(|p| p.id).collect();
    let waiting: Vec<_> = payments.iter().filter(|p| p.status == PaymentStatus::Unapplied).collect();
    let (other, _) = dice.of(&states)?;
    Some(match dice.below(33) {
        0 | 1 => Deed::Pay(claim, Money::from_cents(1 + dice.below(9_000) as i64)),
        2 => Deed::Adjust(claim, dice.part(holding?.amount), holding?.account),
        3 | 4 => Deed::WriteOff(claim, dice.part(holding?.amount), holding?.account),
        5 | 6 => {
            let to = [Account::Due, Account::Next, Account::Open, Account::Hold, Account::Denied];
            Deed::Transfer(claim, dice.part(holding?.amount), holding?.account, dice.of(&to)?)
        }
        7 => {
            let credit: Vec<_> = states.iter().filter(|(_, s)| s.balance().is_negative()).collect();
            let (claim, state) = dice.of(&credit)?;
            Deed::Refund(*claim, dice.part(-state.balance()), dice.below(2) == 0)
        }
        8 => {
            let entries = tables.journal().expect("read").map(|e| e.expect("read").1);
            let due: Vec<_> = entries
                .filter_map(|e| {
                    let refund = [Account::RefundInsurance, Account::RefundPatient];
                    let leg =
                        e.postings.iter().find(|p| refund.contains(&p.account) && p.amount.is_negative());
                    leg.map(|p| (e.claim, -p.amount, p.account == Account::RefundPatient))
                })
                .collect();
            let (claim, amount, patient) = dice.of(&due)?;
            Deed::SendRefund(claim?, amount, patient)
        }
        9 => Deed::Void(claim),
        10 | 11 => {
            let entries = tables.journal().expect("read").map(|e| e.expect("read"));
            let acts: Vec<_> = entries
                .filter(|(_, e)| matches!(e.source, Source::Manual | Source::Transfer) && e.claim.is_some())
                .map(|(id, e)| (e.claim, id))
                .collect();
            let (claim, entry) = dice.of(&acts)?;
            Deed::Undo(claim?, entry)
        }
        12..=14 => {
            let cases: Vec<_> = states.iter().flat_map(|(_, s)| s.cases.iter().copied()).collect();
            let case = tables.case(dice.of(&cases)?).expect("read")?;
            let acts = [
                CaseAct::BillPatient,
                CaseAct::BillNextPayer,
                CaseAct::ProposeWriteOff,
                CaseAct::Resolve,
                CaseAct::Reopen,
                CaseAct::Appeal,
                CaseAct::Reconsider,
                CaseAct::Upheld,
                CaseAct::Overturned,
                CaseAct::OverturnedInPart,
                CaseAct::Dismissed,
                CaseAct::Undecide,
            ];
            let part = dice.part(case.open());
            Deed::Denial(case.id, dice.of(&acts)?, (dice.below(2) == 0).then_some(part))
        }
        15 | 16 => Deed::Match(dice.of(&waiting)?.id, other),
        17 | 18 => Deed::Move(dice.of(&payments)?.id, other),
        19 if dice.below(3) == 0 => {
            Deed::TakeUp(payments.iter().find(|p| p.status == PaymentStatus::Released)?.id)
        }
        19 => Deed::Release(dice.of(&waiting)?.id, dice.below(2) == 0),
        20 => match dice.below(2) {
            0 => Deed::Reverse(dice.of(&remits)?.id),
            _ => Deed::Repost(remits.iter().find(|r| r.status == RemitStatus::Reversed)?.id),
        },
        21 | 22 => Deed::Merge(dice.of(&payers)?, dice.of(&payers)?),
        23 => {
            let gone: Vec<_> =
                tables.payers().expect("read").into_iter().filter(|p| p.merged_into.is_some()).collect();
            Deed::Unmerge(dice.of(&gone)?.id)
        }
        24 => {
            let next = periods::next(tables).expect("read");
            let month = next.unwrap_or_else(|| day("2025-10-01").month());
            match tables.closed_until().expect("read") {
                Some(until) if dice.below(3) == 0 => Deed::Reopen(until.month()),
                _ => Deed::Close(month),
            }
        }
        25 => {
            let all: Vec<_> = tables.plbs().expect("read").map(|item| item.expect("read")).collect();
            let open: Vec<_> = all.iter().filter(|item| !item.open.is_zero()).collect();
            let items: Vec<PlbId> = open.iter().map(|item| item.id).collect();
            match dice.below(5) {
                0 => Deed::Settle(dice.of(&items)?),
                1 | 2 => {
                    let item = dice.of(&open)?;
                    let answered = payments.iter().filter(|p| p.payer == item.payer);
                    let claims: Vec<_> = answered.filter_map(|p| p.claim).collect();
                    Deed::Apply(item.id, dice.of(&claims)?, dice.part(item.open.abs()))
                }
                3 => {
                    let entries = tables.journal().expect("read").map(|e| e.expect("read").1);
                    let put: Vec<_> = entries.filter_map(|e| Some((e.plb?, e.claim?))).collect();
                    let (item, claim) = dice.of(&put)?;
                    Deed::Unapply(item, claim)
                }
                _ => Deed::SettlePair(dice.of(&items)?, dice.of(&items)?),
            }
        }
        26 => Deed::Join(claim, other),
        27 => Deed::Part(dice.of(&joined(tables)).unwrap_or(claim)),
        28 => match dice.of(&tables.possible_doubles().expect("read")) {
            Some(pair) if dice.below(2) == 0 => Deed::Confirm(pair.later, pair.earlier),
            Some(pair) => Deed::Join(pair.later, pair.earlier),
            None => Deed::Confirm(claim, other),
        },
        29 => Deed::Unmatch(dice.of(&payments)?.id),
        30 => {
            let item = dice.of(&waiting)?;
            let rest = item.payment.charge - item.payment.paid;
            let (contractual, denied) = (dice.below(3) as i64, dice.below(3) as i64);
            let third = |of: i64| Money::from_cents(rest.cents() / 5 * of);
            let claim = item.claim.filter(|_| dice.below(2) == 0).unwrap_or(claim);
            Deed::Split(item.id, claim, third(contractual), third(denied))
        }
        31 => {
            let items: Vec<_> = tables.plbs().expect("read").map(|item| item.expect("read")).collect();
            let item = dice.of(&items)?;
            match dice.below(3) {
                0 => Deed::Unsettle(item.id),
                1 => Deed::Unsend(item.id),
                _ => Deed::Send(item.id, dice.part(item.open.abs())),
            }
        }
        32 => {
            let released: Vec<_> = payments.iter().filter(|p| p.status == PaymentStatus::Released).collect();
            let item = dice.of(&released).or(dice.of(&waiting))?;
            match dice.below(3) {
                0 => Deed::UnsendReleased(item.id),
                _ => Deed::SendReleased(item.id, dice.part(item.payment.paid.abs())),
            }
        }
        _ if dice.below(3) == 0 => {
            let code = dice.of(&["CO-197", "CO-16", "CO-97", "PR-204"])?;
            let treatment = dice.of(&["contractual", "denial", "patient"])?;
            Deed::Handle(code, treatment, dice.of(&payers)?)
        }
        _ => Deed::File(dice.of(files)?),
    })
}

/// Claims that are part of a receivable of several.
fn joined(tables: &Snapshot) -> Vec<ClaimId> {
    tables.joins().expect("read").into_iter().map(|(_, join)| join.part).collect()
}

pub(crate) fn hand() -> Hand<'static> {
    Hand { now: 1_790_000_000, user: "kim" }
}

/// What an act brings in cash, if it is done.
fn brings(tables: &impl Read, deed: &Deed) -> Money {
    match deed {
        Deed::Pay(_, amount) => *amount,
        Deed::SendRefund(_, amount, _) => -*amount,
        Deed::Undo(_, entry) => {
            let (undone, _) = tables.entry(*entry).expect("read").expect("it was read before");
            -undone.postings.iter().filter(|p| is_cash(p.account)).map(|p| p.amount).sum::<Money>()
        }
        Deed::Send(_, amount) | Deed::SendReleased(_, amount) => -*amount,
        Deed::Unsend(item) => tables.plb(*item).expect("read").map_or(Money::ZERO, |item| item.item.amount),
        Deed::UnsendReleased(item) => last_check(tables, *item),
        Deed::Reverse(remit) => -paid(tables, *remit),
        Deed::Repost(remit) => paid(tables, *remit),
        _ => Money::ZERO,
    }
}

/// What the last check for released money took out of cash.
fn last_check(tables: &impl Read, item: PaymentId) -> Money {
    let mut sent: Vec<(EntryId, Money)> = Vec::new();
    for entry in tables.journal().expect("read") {
        let (id, entry) = entry.expect("read");
        if let Some(negated) = entry.reverses {
            sent.retain(|(id, _)| *id != negated);
        } else if entry.payment == Some(item) && entry.rule == refund_checks::SENT {
            sent.push((id, -entry.sum_of(Account::CashInsurance)));
        }
    }
    sent.last().map_or(Money::ZERO, |(_, amount)| *amount)
}

/// Does it, or says why it cannot be done; and what follows from it, as after every command.
pub(crate) fn does(tables: &mut WriteTables<'_>, deed: &Deed, on: &str) -> Result<(), String> {
    act(tables, deed, on)?;
    doubles::settle(tables, &hand(), day(TODAY)).map_err(|error| error.to_string())?;
    provider_level::pair_anew(tables).map_err(|error| error.to_string())
}

fn act(tables: &mut WriteTables<'_>, deed: &Deed, on: &str) -> Result<(), String> {
    fn words(refusal: impl Debug) -> String {
        format!("{refusal:?}")
    }
    let (hand, on) = (&hand(), day(on));
    let ground = Ground { waiver: "signed", ..Ground::new(on, "at random") };
    let refund = |patient: bool| if patient { Account::RefundPatient } else { Account::RefundInsurance };
    let act = |tables: &mut WriteTables<'_>, claim, act| {
        manual::act(tables, hand, claim, act, ground).map(|_| ()).map_err(words)
    };
    match deed {
        Deed::Pay(claim, amount) => act(tables, *claim, Act::Pay(*amount))?,
        Deed::Adjust(claim, amount, bucket) => {
            act(tables, *claim, Act::Adjust(*amount, *bucket, Account::Contractual))?;
        }
        Deed::WriteOff(claim, amount, bucket) => {
            act(tables, *claim, Act::WriteOff(*amount, *bucket, Account::WriteoffOther))?;
        }
        Deed::Transfer(claim, amount, from, to) => {
            act(tables, *claim, Act::Transfer(*amount, *from, *to, PayerId::NONE))?;
        }
        Deed::Refund(claim, amount, patient) => act(tables, *claim, Act::Refund(*amount, refund(*patient)))?,
        Deed::SendRefund(claim, amount, patient) => {
            act(tables, *claim, Act::SendRefund(*amount, refund(*patient)))?;
        }
        Deed::Void(claim) => act(tables, *claim, Act::Void)?,
        Deed::Undo(claim, entry) => {
            act(tables, *claim, Act::Undo(*entry))?;
        }
        Deed::Denial(case, act, amount) => {
            let mut said = Said::new(*act, on);
            said.about.amount = *amount;
            (said.step_in, said.skip) = (true, true);
            // A letter is about what was sent last.
            if act.outcome().is_some() {
                said.level = Some(tables.case_work(*case).map_err(words)?.unwrap_or_default().level);
            }
            denial_acts::perform(tables, hand, *case, &said).map_err(words)?;
        }
        Deed::Match(item, claim) => {
            let word = undo::Word { against_evidence: true, displace: true, reason: "at random" };
            undo::match_item(tables, hand, *item, *claim, on, word).map_err(words)?;
        }
        Deed::Move(item, claim) => {
            let word = undo::Word { against_evidence: true, displace: true, reason: "random" };
            undo::move_payment(tables, hand, *item, *claim, on, word).map_err(words)?;
        }
        Deed::Release(item, foreign) => {
            released::release(tables, hand, *item, on, *foreign, "at random").map_err(words)?;
        }
        Deed::TakeUp(item) => {
            released::take_up(tables, hand, *item, on, "at random").map_err(words)?;
        }
        Deed::Reverse(remit) => {
            undo::reverse_remit(tables, hand, *remit, "at random").map_err(words)?;
        }
        Deed::Repost(remit) => {
            undo::repost_remit(tables, hand, *remit, "at random").map_err(words)?;
        }
        Deed::Merge(from, into) => {
            payer_merge::merge(tables, hand, *from, *into).map_err(words)?;
        }
        Deed::Unmerge(payer) => {
            payer_merge::unmerge(tables, hand, *payer).map_err(words)?;
        }
        Deed::Close(month) => {
            let open = findings(&*tables, *month).map_err(words)?;
            let accept: Vec<_> = open.iter().filter(|f| !f.is_settled()).collect();
            let accept: Vec<_> = accept.iter().map(|f| (f.check.to_owned(), "known".to_owned())).collect();
            periods::close(tables, by(), *month, &accept).map_err(words)?;
        }
        Deed::Reopen(month) => {
            periods::reopen(tables, by(), *month, "at random").map_err(words)?;
        }
        Deed::Settle(item) => {
            let account = Account::PlbOther;
            provider_level::settle(tables, hand, *item, account, on, "at random").map_err(words)?;
        }
        Deed::Apply(item, claim, amount) => {
            provider_acts::apply(tables, hand, (*item, *claim), *amount, on, "at random").map_err(words)?;
        }
        Deed::Unapply(item, claim) => {
            provider_acts::unapply(tables, hand, (*item, *claim), on, "at random").map_err(words)?;
        }
        Deed::SettlePair(one, other) => {
            provider_level::settle_pair(tables, hand, *one, *other, on, "at random").map_err(words)?;
        }
        Deed::Handle(code, treatment, payer) => {
            let (group, code) = code.split_once('-').expect("a group and a reason");
            let handling = Handling {
                payer: *payer,
                group: GroupCode::parse(group).expect("a group"),
                code: Code::known(code),
                treatment: (*treatment).to_owned(),
                from: on,
                reason: "at random".to_owned(),
                user: "kim".to_owned(),
            };
            handling::set(tables, hand, &handling).map_err(words)?;
        }
        Deed::Join(one, other) => {
            doubles::join_by_person(tables, hand, (*one, *other), on, ("at random", true)).map_err(words)?;
        }
        Deed::Part(claim) => {
            joins::part(tables, hand, *claim, Some((on, "at random"))).map_err(words)?;
        }
        Deed::Confirm(one, other) => {
            doubles::confirm(tables, hand, (*one, *other), on, "at random").map_err(words)?;
        }
        Deed::Unmatch(item) => {
            undo::unmatch_item(tables, hand, *item, on, "at random").map_err(words)?;
        }
        Deed::Split(item, claim, contractual, denied) => {
            let payment = tables.payment(*item).map_err(words)?.ok_or("no such item")?.payment;
            let patient = payment.charge - payment.paid - *contractual - *denied;
            let refused =
                Adjustment { group: GroupCode::parse("CO"), reason: Code::known("197"), amount: *denied };
            let denied = Some(refused).filter(|refused| !refused.amount.is_zero()).into_iter().collect();
            let split = Split { contractual: *contractual, patient, denied };
            let typed = Typed { split, paid: None, answers: None };
            let word = undo::Word { against_evidence: true, displace: true, reason: "at random" };
            // A takeback is accepted as that of what it resembles.
            let typed = (!payment.paid.is_negative()).then_some(typed);
            by_hand::post(tables, hand, *item, *claim, typed, (on, word)).map_err(words)?;
        }
        Deed::Unsettle(item) => {
            provider_acts::unsettle(tables, hand, *item, None, on, "at random").map_err(words)?;
        }
        Deed::Send(item, amount) => {
            refund_checks::send_for_item(tables, hand, *item, check(*amount, on)).map_err(words)?;
        }
        Deed::Unsend(item) => {
            refund_checks::unsend(tables, hand, *item, on, "at random").map_err(words)?;
        }
        Deed::SendReleased(item, amount) => {
            refund_checks::send_released(tables, hand, *item, check(*amount, on)).map_err(words)?;
        }
        Deed::UnsendReleased(item) => {
            refund_checks::unsend_released(tables, hand, *item, on, "at random").map_err(words)?;
        }
        Deed::File(_) => unreachable!("files are imported by themselves"),
    }
    Ok(())
}

fn check(amount: Money, on: Date) -> refund_checks::Check<'static> {
    refund_checks::Check { amount, number: "77", on, reason: "at random" }
}

fn by() -> periods::By<'static> {
    periods::By { now: 1_790_000_000, today: day(TODAY), user: "kim" }
}

fn paid(tables: &impl Read, remit: RemitId) -> Money {
    tables.remit(remit).expect("read").map_or(Money::ZERO, |remit| remit.header.paid)
}

fn is_cash(account: Account) -> bool {
    matches!(account, Account::CashInsurance | Account::CashPatient)
}

/// The sums of the journal that a random act may not change unless it says so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sums {
    cash: Money,
    given_up: Money,
    /// By day, account and payer.
    pub(crate) all: BTreeMap<(Date, Account, PayerId), Money>,
}

pub(crate) fn sums(tables: &impl Read) -> Sums {
    let mut all = BTreeMap::new();
    for entry in tables.journal().expect("read") {
        let (_, entry) = entry.expect("read");
        for p in entry.postings {
            *all.entry((entry.posted_on, p.account, p.payer)).or_insert(Money::ZERO) += p.amount;
        }
    }
    all.retain(|_, amount| !amount.is_zero());
    let of = |wanted: &dyn Fn(Account) -> bool| {
        all.iter().filter(|((_, account, _), _)| wanted(*account)).map(|(_, amount)| *amount).sum()
    };
    Sums { cash: of(&is_cash), given_up: of(&Account::is_writeoff), all }
}

/// A small practice whose payers call themselves otherwise in some remittances. The first files are in the books, the
/// others come between the acts.
pub(crate) struct Small {
    folder: tempfile::TempDir,
    pub(crate) files: Vec<PathBuf>,
}

impl Small {
    pub(crate) fn new(dice: &mut Dice) -> Small {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = Plan {
            seed: dice.next(),
            claims_per_837: 9,
            claim_payments_per_835: 6,
            months: 10,
            ..Plan::new(26, day(TODAY))
        };
        write_practice(&plan, folder.path()).expect("a practice");
        let mut files = Vec::new();
        for kind in ["837", "835"] {
            for file in std::fs::read_dir(folder.path().join(kind)).expect("a folder") {
                files.push(file.expect("a file").path());
            }
        }
        files.sort();
        // Any order: some payments come before their claims.
        for at in (1..files.len()).rev() {
            files.swap(at, dice.below(at as u64 + 1) as usize);
        }
        for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "835")) {
            if dice.below(3) == 0 {
                let text = std::fs::read_to_string(file).expect("read");
                let text: Vec<&str> = text.split('~').filter(|s| !s.trim().starts_with("REF*2U")).collect();
                let text = text.join("~").replace("N1*PR*", "N1*PR*NEW ");
                std::fs::write(file, recounted(&text)).expect("written");
            }
        }
        Small { folder, files }
    }
}

/// The same text with the counts of its sets made right.
pub(crate) fn recounted(text: &str) -> String {
    let mut count = 0;
    let segment = |segment: &str| {
        count = if segment.trim().starts_with("ST*") { 1 } else { count + 1 };
        match segment.trim().strip_prefix("SE*").and_then(|rest| rest.split_once('*')) {
            Some((_, control)) => segment.replace(segment.trim(), &format!("SE*{count}*{control}")),
            None => segment.to_owned(),
        }
    };
    text.split('~').map(segment).collect::<Vec<_>>().join("~")
}

struct Nobody;

impl Watcher for Nobody {
    fn file(&mut self, _: &str) {}
    fn claims(&mut self, _: u64) {}
}

pub(crate) fn bring(book: &Book, file: &PathBuf) -> Money {
    let options = Options {
        dry_run: false,
        accept_test_files: false,
        accept_wrong_counts: false,
        posting_date: None,
        wait: NO_WAIT,
        commit_after: NO_WAIT,
        now: 1_790_000_000,
        today: day(TODAY),
        tables: arrears::import::TableOptions::default(),
        user: String::new(),
        verb: arrears::domain::deed::DeedVerb::Import,
    };
    let before = posted(&book.read().expect("read"));
    import(book, expand(std::slice::from_ref(file), &Limits::default()), &options, &mut Nobody)
        .expect("imported");
    posted(&book.read().expect("read")) - before
}

/// What remittances in the books paid.
fn posted(tables: &Snapshot) -> Money {
    let remits = tables.remits().expect("read").map(|r| r.expect("read"));
    remits.filter(|r| r.status == RemitStatus::Posted).map(|r| r.header.paid).sum()
}

/// A merge that is undone at once leaves every day's accounts by payer, every claim and every case as they were.
fn merged_and_parted(book: &Book, from: PayerId, into: PayerId) -> Option<String> {
    let closed = book.read().and_then(|tables| tables.closed_until()).expect("read").is_some();
    let told = |tables: &WriteTables<'_>| {
        let states: Vec<_> = tables.claim_states().expect("read").map(|s| s.expect("read")).collect();
        let cases = states.iter().flat_map(|(_, s)| &s.cases);
        let cases: Vec<_> = cases.map(|case| tables.case(*case).expect("read")).collect();
        // Months that are closed get their entries on the first open day: a day more, and nothing else on it.
        let days = |s: &ClaimState| if closed { Vec::new() } else { s.days.clone() };
        let states: Vec<_> = states.iter().map(|(id, s)| (*id, s.holdings.clone(), days(s))).collect();
        let payments: Vec<_> = tables.payments().expect("read").map(|p| p.expect("read")).collect();
        let payments = payments.into_iter().map(|p| (p.id, p.payer, p.forwarded_to, p.status, p.claim));
        (sums(tables).all, states, cases, payments.collect::<Vec<_>>())
    };
    let mut writer = book.write(NO_WAIT).expect("its turn");
    let mut tables = writer.tables();
    let before = told(&tables);
    payer_merge::merge(&mut tables, &hand(), from, into).ok()?;
    payer_merge::unmerge(&mut tables, &hand(), from).expect("nothing was done since");
    let after = told(&tables);
    let differs =
        |what: &str, one: String, other: String| (one != other).then(|| format!("{what}: {one}\n{other}"));
    differs("accounts", format!("{:?}", before.0), format!("{:?}", after.0))
        .or_else(|| differs("claims", format!("{:?}", before.1), format!("{:?}", after.1)))
        .or_else(|| differs("cases", format!("{:?}", before.2), format!("{:?}", after.2)))
        .or_else(|| differs("payments", format!("{:?}", before.3), format!("{:?}", after.3)))
}

/// Commits as somebody's act.
pub(crate) fn committed(writer: arrears::store::Writer) -> Result<(), String> {
    use arrears::domain::deed::{DeedVerb, Object};
    let by = arrears::store::By { now: 0, user: "biller" };
    let deed = arrears::domain::deed::Deed::new(DeedVerb::ClaimNote, Object::Ledger);
    writer.commit_deed(by, &deed).map(drop).map_err(|error| error.to_string())
}

/// Acts in one practice, as many as that; each is a transaction of its own.
fn in_the_library(seed: u64, acts: usize) {
    let mut dice = Dice(seed);
    let mut small = Small::new(&mut dice);
    let book = Book::in_memory(&Practice::default()).expect("made");
    let first = small.files.len() * 2 / 3;
    for file in small.files.drain(..first) {
        bring(&book, &file);
    }
    let (mut done, mut refused) = (Vec::new(), 0);
    for _ in 0..acts {
        let (deed, on) = choose(&mut dice, &book.read().expect("read"), &small.files);
        let before = sums(&book.read().expect("read"));
        if let Deed::Merge(from, into) = deed
            && let Some(differs) = merged_and_parted(&book, from, into)
        {
            panic!("seed {seed}: {deed:?} and back, after {done:#?}: {differs}");
        }
        let brought = match &deed {
            Deed::File(file) => {
                small.files.retain(|other| other != file);
                Ok(bring(&book, file))
            }
            deed => {
                let cash = brings(&book.read().expect("read"), deed);
                let mut writer = book.write(NO_WAIT).expect("its turn");
                let done = does(&mut writer.tables(), deed, on);
                done.and_then(|()| committed(writer)).map(|()| cash)
            }
        };
        let Ok(brought) = brought else {
            refused += 1;
            continue;
        };
        done.push(format!("{deed:?} on {on}"));
        let tables = book.read().expect("read");
        let after = sums(&tables);
        assert_eq!(after.cash, before.cash + brought, "seed {seed}: cash, after {done:#?}");
        if matches!(deed, Deed::Merge(..) | Deed::Unmerge(_)) {
            assert_eq!(after.given_up, before.given_up, "seed {seed}: given up, after {done:#?}");
        }
        for found in books_check::check(&tables).expect("checked") {
            assert!(found.problems.is_empty(), "seed {seed}: {found:?}, after {done:#?}");
        }
    }
    assert!(done.len() * 3 > acts, "seed {seed}: {refused} of {acts} were refused");
    drop(small.folder);
}

/// The command that does it, for the binary. Acts that the contract does not let anybody do without more words are left out.
fn command(deed: &Deed, on: &str) -> Option<Vec<String>> {
    let bucket = |account: &Account| account.name().rsplit(':').next().unwrap_or_default().to_owned();
    let whom = |patient: &bool| if *patient { "patient" } else { "insurance" };
    let line = match deed {
        Deed::Pay(claim, amount) => format!("claim pay {claim} {amount} --on {on}"),
        Deed::Adjust(claim, amount, from) => {
            format!("claim adjust {claim} {amount} --from {} --on {on} --reason random", bucket(from))
        }
        Deed::WriteOff(claim, amount, from) => format!(
            "claim write-off {claim} {amount} --from {} --kind other --on {on} --reason random",
            bucket(from)
        ),
        Deed::Transfer(claim, amount, from, to) => format!(
            "claim transfer {claim} {amount} --from {} --to {} --on {on} --reason random",
            bucket(from),
            bucket(to)
        ),
        Deed::Refund(claim, amount, patient) => {
            format!("claim refund {claim} {amount} --to {} --on {on} --reason random", whom(patient))
        }
        Deed::SendRefund(claim, amount, patient) => {
            format!("claim send-refund {claim} {amount} --to {} --on {on}", whom(patient))
        }
        Deed::Void(claim) => format!("claim void {claim} --on {on} --reason random"),
        Deed::Undo(claim, entry) => format!("claim undo {claim} {entry} --on {on} --reason random"),
        Deed::Match(item, claim) => format!("unapplied match {item} {claim}"),
        Deed::Move(item, claim) => {
            format!("claim move-payment {claim} {item} --against-evidence --displace --reason random")
        }
        Deed::Release(item, _) => format!("unapplied release {item} --foreign --why random"),
        Deed::TakeUp(item) => format!("unapplied unrelease {item} --reason random"),
        Deed::Reverse(remit) => format!("remit reverse {remit} --reason random"),
        Deed::Repost(remit) => format!("remit repost {remit} --reason random"),
        Deed::Merge(from, into) => format!("payer merge {from} {into} --yes"),
        Deed::Unmerge(payer) => format!("payer unmerge {payer} --yes"),
        Deed::Settle(item) => {
            format!("plb settle {item} --account expense:plb_other --on {on} --reason random")
        }
        Deed::Apply(item, claim, amount) => {
            format!("plb apply {item} {claim} {amount} --on {on} --reason random")
        }
        Deed::Unapply(item, claim) => format!("plb unapply {item} {claim} --on {on} --reason random"),
        Deed::SettlePair(one, other) => {
            format!("plb settle {one} --with {other} --on {on} --reason random")
        }
        Deed::Join(one, other) => {
            format!("claim join {one} {other} --against-evidence --reason random")
        }
        Deed::Part(claim) => format!("claim part {claim} --reason random"),
        Deed::Confirm(one, other) => format!("claim doubles --confirm {one} {other} --why random"),
        Deed::Unmatch(item) => format!("unapplied unmatch {item} --reason random"),
        Deed::Unsettle(item) => format!("plb unsettle {item} --on {on} --reason random"),
        Deed::Send(item, amount) => format!("plb send {item} {amount} --check 77 --on {on} --reason random"),
        Deed::Unsend(item) => format!("plb unsend {item} --on {on} --reason random"),
        Deed::SendReleased(item, amount) => {
            format!("unapplied send {item} {amount} --check 77 --on {on} --reason random")
        }
        Deed::UnsendReleased(item) => format!("unapplied unsend {item} --on {on} --reason random"),
        Deed::Split(..) => return None,
        Deed::Denial(..) | Deed::Close(_) | Deed::Reopen(_) | Deed::Handle(..) | Deed::File(_) => {
            return None;
        }
    };
    Some(line.split(' ').map(str::to_owned).collect())
}

/// The same through the binary, with its own proof after each act. How many were done.
fn through_the_binary(seed: u64, acts: usize) -> usize {
    let mut dice = Dice(seed);
    let small = Small::new(&mut dice);
    let office = Office::new();
    let files: Vec<&Path> = small.files.iter().map(PathBuf::as_path).collect();
    office.import(&files);
    let mut done = Vec::new();
    let read = || Book::open_read_only(&office.ledger(), NO_WAIT).and_then(|book| book.read()).expect("read");
    for _ in 0..acts {
        let tables = read();
        let (deed, on) = choose(&mut dice, &tables, &[]);
        let Some(args) = command(&deed, on) else { continue };
        let (before, cash) = (sums(&tables).cash, brings(&tables, &deed));
        drop(tables);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = office.run(&args);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        let refused = match output.status.code() {
            Some(0) => false,
            Some(2 | 4) => true,
            other => panic!("seed {seed}: {args:?} ended with {other:?}: {words}, after {done:#?}"),
        };
        let cash = if refused { Money::ZERO } else { cash };
        assert_eq!(sums(&read()).cash, before + cash, "seed {seed}: {args:?}, after {done:#?}");
        if !refused {
            done.push(args.join(" "));
            let proof = office.json(&["db", "check"]);
            assert_eq!(proof["ok"], true, "seed {seed}: {proof:#}, after {done:#?}");
        }
    }
    done.len()
}

pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn random_acts_keep_the_books_true_and_the_cash() {
    let (acts, first) = (number("ARREARS_ACTS", 120), number("ARREARS_SEED", 1));
    for seed in first..first + acts.div_ceil(40) {
        in_the_library(seed, 40);
    }
}

#[test]
fn random_commands_keep_the_books_true_and_the_cash() {
    let (acts, first) = (number("ARREARS_ACTS", 24), number("ARREARS_SEED", 1));
    let done = (first..first + acts.div_ceil(24)).map(|seed| through_the_binary(seed, 24)).sum::<usize>();
    assert!(done as u64 * 4 > acts, "only {done} of {acts} from seed {first} on were done");
}
