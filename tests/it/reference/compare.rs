//! The program and the reference live through the same stories; after every step they must say the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use arrears::books::manual;
use arrears::books::retell::Hand;
use arrears::domain::book::{PaymentStatus, Practice};
use arrears::domain::{Account, ClaimId, Date, EntryId, Money, PayerId};
use arrears::import::{Watcher, import};
use arrears::input::{Limits, expand};
use arrears::store::{Book, Read, Snapshot};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::answers::{Standing, Told, tell};
use super::position::{BAD_DEBT, BAD_DEBT_RECOVERED, Bucket, Position, position};
use super::stories::{Does, Event, Says, Story, billed, compose, line_by_line, story};
use super::{Act, Answer, Cents, Claim, Day, Deed, To};
use crate::office::{Billed, claims, in_memory, remittance};

struct Nobody;

impl Watcher for Nobody {
    fn file(&mut self, _: &str) {}
    fn claims(&mut self, _: u64) {}
}

fn date(day: Day) -> Date {
    Date::from_number(739_600).plus_days(day)
}

fn dollars(cents: Cents) -> String {
    Money::from_cents(cents).to_string()
}

fn account(bucket: Bucket) -> Account {
    match bucket {
        Bucket::Open => Account::Open,
        Bucket::Denied => Account::Denied,
        Bucket::Pending => Account::Pending,
        Bucket::Next => Account::Next,
        Bucket::Patient => Account::Due,
        Bucket::Hold => Account::Hold,
    }
}

/// Accounts under which a person gives money up.
const GIVEN_UP: [(&str, Account); 6] = [
    ("writeoff:denial", Account::WriteoffDenial),
    ("writeoff:small_balance", Account::WriteoffSmallBalance),
    (BAD_DEBT, Account::WriteoffBadDebt),
    ("writeoff:charity", Account::WriteoffCharity),
    ("adj:contractual", Account::Contractual),
    ("adj:other", Account::OtherAdjustment),
];

/// Ways on which a person moves money.
const WAYS: [(Bucket, Bucket); 5] = [
    (Bucket::Hold, Bucket::Patient),
    (Bucket::Denied, Bucket::Next),
    (Bucket::Open, Bucket::Next),
    (Bucket::Hold, Bucket::Denied),
    (Bucket::Patient, Bucket::Next),
];

/// One claim in a ledger, and in the reference.
struct World {
    book: Book,
    folder: tempfile::TempDir,
    claim: Claim,
    /// What arrived.
    answers: Vec<Answer>,
    /// What was composed, arrived or not.
    said: Vec<Answer>,
    /// What still comes, with the number of events until then.
    under_way: Vec<(usize, usize)>,
    acts: Vec<Act>,
    /// The journal's entries of the acts.
    entries: Vec<EntryId>,
    files: u32,
    /// The day of the last act: persons do not go back in time.
    clock: Day,
    /// What happened, in words.
    diary: String,
}

impl World {
    fn new(story: &Story) -> World {
        let mut world = World {
            book: Book::in_memory(&Practice::default()).expect("made"),
            folder: tempfile::tempdir().expect("a folder"),
            claim: story.claim(),
            answers: Vec::new(),
            said: Vec::new(),
            under_way: Vec::new(),
            acts: Vec::new(),
            entries: Vec::new(),
            files: 0,
            clock: 0,
            diary: String::new(),
        };
        world.bill(0, '1');
        world
    }

    /// From which day on the claim has no charge.
    fn void(&self) -> Option<Day> {
        self.acts.iter().filter(|act| !act.is_undone).find_map(|act| match act.deed {
            Deed::Void(day) => Some(day),
            _ => None,
        })
    }

    fn told(&self) -> Told {
        tell(&self.claim, self.void(), &self.answers)
    }

    fn now(&self) -> Position {
        position(&self.claim, &self.told(), &self.acts)
    }

    fn import(&mut self, ending: &str, content: &str) {
        self.files += 1;
        let path: PathBuf = self.folder.path().join(format!("{}.{ending}", self.files));
        std::fs::write(&path, content).expect("written");
        let options = in_memory();
        let (paths, limits) = ([path], Limits::default());
        let report = import(&self.book, expand(&paths, &limits), &options, &mut Nobody).expect("imported");
        let posted = report.files.iter().all(|file| file.sets.iter().all(|s| s.status.as_str() == "posted"));
        assert!(posted, "{report:#?}\n{}", self.diary);
    }

    fn bill(&mut self, day: Day, frequency: char) {
        let version = self.claim.versions.last().expect("the first").clone();
        let charges: Vec<String> = version.lines.iter().map(|(_, charge)| dollars(*charge)).collect();
        let lines: Vec<(&str, &str)> = version
            .lines
            .iter()
            .zip(&charges)
            .map(|((code, _), charge)| (code.as_str(), charge.as_str()))
            .collect();
        let billed = Billed {
            number: "C1",
            charge: &dollars(version.charge()),
            lines: &lines,
            secondary: self.claim.payers > 1,
            frequency,
            service: "20251201",
        };
        let text = claims(self.files + 1, &date(day).ccyymmdd(), &[billed]);
        writeln!(self.diary, "day {day}: billed ({frequency}) {charges:?}").expect("words");
        self.import("837", &text);
    }

    fn bill_again(&mut self, day: Day, more: Cents) {
        if self.said.is_empty() && self.acts.is_empty() {
            let mut version = self.claim.versions.last().expect("the first").clone();
            version.day = version.day.max(billed(day));
            version.lines[0].1 += more;
            let day = version.day;
            self.claim.versions.push(version);
            self.bill(day, '7');
        }
    }

    /// What is under way arrives when its time has come.
    fn arrive(&mut self, all: bool) {
        self.under_way.iter_mut().for_each(|(left, _)| *left = left.saturating_sub(1));
        while let Some(at) = self.under_way.iter().position(|(left, _)| all || *left == 0) {
            let (_, said) = self.under_way.remove(at);
            self.hear(self.said[said].clone());
        }
    }

    fn say(&mut self, says: &Says) {
        if let Some(answer) = compose(says, &self.claim, &self.said) {
            self.under_way.push((says.delay + 1, self.said.len()));
            self.said.push(answer);
        }
    }

    fn hear(&mut self, answer: Answer) {
        let control = self.files + 1;
        let cas = |cas: &super::Cas| format!("CAS*{}*{}*{}~", cas.group, cas.reason, dollars(cas.amount));
        let (charge, paid) = (dollars(answer.charge), dollars(answer.paid));
        let mut text = format!("CLP*C1*{}*{charge}*{paid}**12*{}*11~", answer.status, answer.number);
        text.extend(answer.cas.iter().map(cas));
        text.push_str("NM1*QC*1*ASPEN0*RED****MI*MC1~");
        for s in &answer.services {
            let (charge, paid) = (dollars(s.charge), dollars(s.paid));
            text.push_str(&format!("SVC*HC:{}*{charge}*{paid}**1~DTM*472*20251201~", s.procedure));
            text.extend(s.cas.iter().map(cas));
        }
        let words = text.replace("NM1*QC*1*ASPEN0*RED****MI*MC1~", "").replace("DTM*472*20251201~", "");
        writeln!(self.diary, "day {}: payer {} says {words}", answer.day, answer.level).expect("words");
        let trace = format!("T{}", self.answers.len());
        if answer.paid < 0 {
            text.push_str(&format!("PLB*1234567893*20251231*FB:{trace}*{paid}~"));
        }
        let bpr = if answer.paid > 0 { format!("BPR*I*{paid}*C*ACH") } else { "BPR*H*0*C*NON".to_owned() };
        let payer = if answer.level == 1 { "PAYER ONE" } else { "PAYER TWO" };
        let text = remittance(control, payer, &bpr, &date(answer.day).ccyymmdd(), &trace, &text);
        self.answers.push(answer);
        self.import("835", &text);
    }

    /// Does what a person can do now; nothing where there is nothing to do it to.
    fn act(&mut self, does: &Does) -> Result<(), TestCaseError> {
        let now = self.now();
        let part = |of: Cents, share: Cents| of * share / 1000;
        let money = Money::from_cents;
        let (deeds, act) = match *does {
            Does::TakesPayment(amount) => (vec![Deed::PatientPays(amount)], manual::Act::Pay(money(amount))),
            Does::GivesUp { bucket, share, account: under } => {
                let (bucket, (name, under)) = (Bucket::ALL[bucket], GIVEN_UP[under]);
                let amount = part(now.bucket(bucket), share);
                let deeds = moves(&now, bucket, To::Account(name), amount);
                let act = if name.starts_with("adj:") {
                    manual::Act::Adjust(money(amount), account(bucket), under)
                } else {
                    manual::Act::WriteOff(money(amount), account(bucket), under)
                };
                (deeds, act)
            }
            Does::Moves { way, share } => {
                let (from, to) = WAYS[way];
                let amount = part(now.bucket(from), share);
                if to == Bucket::Next && self.claim.payers < 2 {
                    return Ok(());
                }
                let payer = if to == Bucket::Next { self.second_payer() } else { PayerId::NONE };
                let act = manual::Act::Transfer(money(amount), account(from), account(to), payer);
                (moves(&now, from, To::Bucket(to), amount), act)
            }
            Does::Refunds(share) => {
                let amount = part(-now.bucket(Bucket::Patient), share);
                if amount <= 0 || now.balance() != now.bucket(Bucket::Patient) {
                    return Ok(());
                }
                (
                    vec![Deed::RefundPatient(amount)],
                    manual::Act::Refund(money(amount), Account::RefundPatient),
                )
            }
            Does::Undoes(at) => return self.undo(at),
            Does::Voids(day) => {
                let touched = self.told().taken(usize::MAX) != 0 || !now.accounts.is_empty();
                if touched || self.void().is_some() || now.balance() <= 0 {
                    return Ok(());
                }
                // Nobody takes back a bill before it is sent.
                let sent = self.claim.versions.last().map_or(0, |version| version.day);
                (vec![Deed::Void(billed(day).max(sent).max(self.clock))], manual::Act::Void)
            }
        };
        if deeds.is_empty() {
            return Ok(());
        }
        let entry = self.perform(act, format!("{deeds:?}"), self.act_day(&deeds))?;
        for deed in deeds {
            self.acts.push(Act { deed, is_undone: false, paid_before: now.paid });
            self.entries.push(entry);
        }
        Ok(())
    }

    /// Acts happen after everything that has arrived, a void when it says.
    fn act_day(&self, deeds: &[Deed]) -> Day {
        match deeds {
            [Deed::Void(day)] => *day,
            _ => {
                let known = self.answers.iter().map(|answer| answer.day);
                let known = known.chain(self.claim.versions.iter().map(|version| version.day));
                known.map(|day| day + 1).chain([self.clock]).max().unwrap_or(0)
            }
        }
    }

    fn second_payer(&self) -> PayerId {
        let payers = self.book.read().expect("read").payers().expect("read");
        payers.iter().find(|payer| payer.name == "PAYER TWO").map_or(PayerId::NONE, |payer| payer.id)
    }

    fn undo(&mut self, at: usize) -> Result<(), TestCaseError> {
        let left: Vec<usize> = (0..self.acts.len()).filter(|n| !self.acts[*n].is_undone).collect();
        if left.is_empty() {
            return Ok(());
        }
        let entry = self.entries[left[at % left.len()]];
        self.perform(manual::Act::Undo(entry), format!("undo of {entry}"), self.act_day(&[]))?;
        for (act, _) in self.acts.iter_mut().zip(&self.entries).filter(|(_, own)| **own == entry) {
            act.is_undone = true;
        }
        Ok(())
    }

    fn perform(&mut self, act: manual::Act, words: String, day: Day) -> Result<EntryId, TestCaseError> {
        self.clock = day;
        let on = date(day);
        writeln!(self.diary, "a person, {on}: {words}").expect("words");
        let hand = Hand { now: 0, user: "" };
        let ground = manual::Ground { waiver: "signed", ..manual::Ground::new(on, "because") };
        let done = crate::office::update(&self.book, Duration::ZERO, |tables| {
            manual::act(tables, &hand, ClaimId(1), act, ground)
        });
        done.map_err(|why| TestCaseError::fail(format!("{act:?}: {why}\n{}", self.diary)))
    }

    /// Both must say the same. Says whether the rules still decide.
    fn agrees(&self) -> Result<bool, TestCaseError> {
        let told = self.told();
        if told.silent.is_some() {
            return Ok(false);
        }
        let now = position(&self.claim, &told, &self.acts);
        let books = Books::read(&self.book.read().expect("read"));
        let context = || {
            let answers = told.answers.iter().map(|j| format!("{} {:?}\n", j.answer.number, j.standing));
            format!(
                "\n{}reference: {:?} {:?}\n{}program: {:?}\n{:?}\n{:?}",
                self.diary,
                now.holdings,
                now.accounts,
                answers.collect::<String>(),
                books.buckets,
                books.accounts,
                books.held,
            )
        };
        let bucket = |bucket: Bucket| books.buckets.get(&account(bucket)).copied().unwrap_or(0);
        let balance: Cents = books.buckets.values().sum();
        prop_assert_eq!(balance, now.balance(), "balance{}", context());
        if now.placed {
            for b in Bucket::ALL {
                prop_assert_eq!(bucket(b), now.bucket(b), "{:?}{}", b, context());
            }
        }
        let held = |judged: &&super::answers::Judged| matches!(judged.standing, Standing::Held(_));
        let waits: Cents = told.answers.iter().filter(held).map(|j| j.answer.paid).sum();
        let cash: Cents = self.answers.iter().map(|answer| answer.paid).sum();
        let of = |name: &str| books.accounts.get(name).copied().unwrap_or(0);
        prop_assert_eq!(of("unapplied"), -waits, "unapplied{}", context());
        prop_assert_eq!(of("cash:insurance") + of("plb"), cash, "cash:insurance{}", context());
        let names =
            ["adj:contractual", "adj:reduction", "adj:contra", "adj:other", "cash:patient", "refund:patient"];
        let given_up = GIVEN_UP.iter().map(|(name, _)| *name).filter(|name| *name != BAD_DEBT);
        for name in names.into_iter().chain(given_up) {
            prop_assert_eq!(of(name), now.account(name), "{}{}", name, context());
        }
        let bad = |of: &dyn Fn(&str) -> Cents| of(BAD_DEBT) + of(BAD_DEBT_RECOVERED);
        prop_assert_eq!(bad(&of), bad(&|name| now.account(name)), "bad debt{}", context());
        Ok(now.placed)
    }
}

/// A move out of a bucket, payer by payer; nothing where there is nothing to move.
fn moves(now: &Position, from: Bucket, to: To, amount: Cents) -> Vec<Deed> {
    let (mut left, mut deeds) = (amount, Vec::new());
    for ((_, of), held) in now.holdings.iter().filter(|((bucket, _), held)| *bucket == from && **held > 0) {
        let amount = left.min(*held);
        if amount > 0 {
            deeds.push(Deed::Move { from, of: *of, to, amount });
            left -= amount;
        }
    }
    if left > 0 { Vec::new() } else { deeds }
}

/// What the program says.
struct Books {
    buckets: BTreeMap<Account, Cents>,
    accounts: BTreeMap<&'static str, Cents>,
    /// What waits, by trace.
    held: Vec<String>,
}

impl Books {
    fn read(tables: &Snapshot) -> Books {
        let mut books = Books { buckets: BTreeMap::new(), accounts: BTreeMap::new(), held: Vec::new() };
        for entry in tables.journal().expect("read") {
            let (_, entry) = entry.expect("read");
            for posting in entry.postings {
                let account = posting.account;
                *books.accounts.entry(account.name()).or_default() += posting.amount.cents();
                if account.bucket().is_some() {
                    *books.buckets.entry(account).or_default() += posting.amount.cents();
                }
            }
        }
        for payment in tables.payments().expect("read") {
            let payment = payment.expect("read");
            if payment.status == PaymentStatus::Unapplied {
                books.held.push(format!("{} {}", payment.trace, payment.rule));
            }
        }
        books
    }
}

/// Lives through a story. Where the rules no longer decide, it ends.
fn live(story: &Story) -> Result<(), TestCaseError> {
    let mut world = World::new(story);
    for event in &story.events {
        match event {
            Event::Says(says) => world.say(says),
            Event::Does(does) => world.act(does)?,
            Event::BillsAgain { day, more } => world.bill_again(*day, *more),
        }
        world.arrive(false);
        if !world.agrees()? {
            return Ok(());
        }
    }
    world.arrive(true);
    world.agrees().map(|_| ())
}

/// How many stories: more by `ARREARS_STORIES`, for a night.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("ARREARS_STORIES").ok().and_then(|text| text.parse::<u32>().ok());
    ProptestConfig {
        cases: usual * asked.unwrap_or(1),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn whatever_payers_say_ends_the_same(story in story(1..9, 0)) {
        live(&story)?;
    }

    #[test]
    fn lines_that_are_answered_one_by_one_end_the_same(story in line_by_line(3..9)) {
        live(&story)?;
    }

    #[test]
    fn whatever_persons_do_in_between_ends_the_same(story in story(2..12, 4)) {
        live(&story)?;
    }
}
