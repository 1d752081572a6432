//! Random histories brought into a real ledger file by file, with the proof of the books after each; and the aging
//! against the accounts on any day.

use std::collections::BTreeMap;
use std::path::Path;

use arrears::books::{balances, check};
use arrears::domain::book::Practice;
use arrears::domain::remit::Adjustment;
use arrears::domain::{Date, GroupCode, Money};
use arrears::import::{Watcher, import};
use arrears::input::{Limits, expand};
use arrears::store::{Book, Read, Snapshot};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::histories::{Heard, History, PROCEDURES, history};
use crate::office::{Billed, Office, claims, in_memory, remittance};
use crate::practice;

struct Nobody;

impl Watcher for Nobody {
    fn file(&mut self, _: &str) {}
    fn claims(&mut self, _: u64) {}
}

/// The 837 files of the claim's submissions.
fn submissions(history: &History) -> Vec<String> {
    let mut files = Vec::new();
    for (version, control) in history.versions.iter().zip(1..) {
        // A void says what the submission before it said.
        let charges = history.submitted.get(control as usize - 1).or(history.submitted.last());
        let charges: Vec<String> =
            charges.expect("the first").iter().map(|cents| Money::from_cents(*cents).to_string()).collect();
        let lines: Vec<(&str, &str)> =
            PROCEDURES.into_iter().zip(charges.iter().map(String::as_str)).collect();
        let billed = Billed {
            number: "C1",
            charge: &version.charge.to_string(),
            lines: &lines,
            secondary: history.payers.len() > 1,
            frequency: char::from(version.frequency.0),
            service: "20251201",
        };
        files.push(claims(control, &version.on.ccyymmdd(), &[billed]));
    }
    files
}

/// The 835 file of an answer. Where it takes money back, the payer waits for it (PLB*FB) and pays nothing.
fn answered(heard: &Heard, control: u32) -> String {
    let p = &heard.payment;
    let cas =
        |a: &Adjustment| format!("CAS*{}*{}*{}~", a.group.map_or("", GroupCode::as_str), a.reason, a.amount);
    let mut text = format!("CLP*C1*{}*{}*{}**12*{}*11~", p.status, p.charge, p.paid, p.payer_number);
    text.extend(p.adjustments.iter().map(cas));
    text.push_str("NM1*QC*1*ASPEN0*RED****MI*MC1~");
    for line in &p.lines {
        text.push_str(&format!(
            "SVC*HC:{}*{}*{}**1~DTM*472*20251201~",
            line.procedure, line.charge, line.paid
        ));
        text.extend(line.adjustments.iter().map(cas));
    }
    if p.paid.is_negative() {
        text.push_str(&format!("PLB*1234567893*20251231*FB:{}*{}~", heard.trace, p.paid));
    }
    let bpr =
        if p.paid.is_positive() { format!("BPR*I*{}*C*ACH", p.paid) } else { "BPR*H*0*C*NON".to_owned() };
    let payer = if heard.payer.0 == 1 { "PAYER ONE" } else { "PAYER TWO" };
    remittance(control, payer, &bpr, &heard.on.ccyymmdd(), &heard.trace, &text)
}

/// Sums by day, account and payer, and what became of each answer.
#[derive(Debug, PartialEq)]
struct Kept {
    sums: BTreeMap<(Date, &'static str, String), Money>,
    answers: BTreeMap<String, String>,
    claims: Vec<String>,
}

fn kept(tables: &Snapshot) -> Kept {
    let payers = tables.payers().expect("read");
    let name = |id| payers.iter().find(|p| p.id == id).map_or_else(String::new, |p| p.name.clone());
    let mut sums = BTreeMap::new();
    for entry in tables.journal().expect("read") {
        let (_, entry) = entry.expect("read");
        for p in entry.postings {
            *sums.entry((entry.posted_on, p.account.name(), name(p.payer))).or_insert(Money::ZERO) +=
                p.amount;
        }
    }
    sums.retain(|_, amount| !amount.is_zero());
    let answers = tables.payments().expect("read").map(|p| {
        let p = p.expect("read");
        (p.trace.to_string(), format!("{:?} {} {}", p.status, p.rule, p.message))
    });
    let claims = tables.claim_states().expect("read").map(|state| {
        let (_, s) = state.expect("read");
        let mut held: Vec<_> = s.holdings.iter().map(|h| (h.account, name(h.payer), h.amount)).collect();
        // The ledger numbers payers as they come.
        held.sort();
        format!("{} {} {} {} {held:?}", s.charge, s.paid_insurance, s.adjusted, s.written_off)
    });
    Kept { answers: answers.collect(), claims: claims.collect(), sums }
}

/// On any day, what stands on the claims is what stands in the receivable accounts.
fn receivables(tables: &Snapshot, day: Date) -> Result<(), TestCaseError> {
    let mut accounts = Money::ZERO;
    for entry in tables.journal().expect("read") {
        let (_, entry) = entry.expect("read");
        let ours = entry.postings.iter().filter(|p| entry.posted_on <= day && p.account.bucket().is_some());
        accounts += ours.map(|p| p.amount).sum();
    }
    let mut claims = Money::ZERO;
    for state in tables.claim_states().expect("read") {
        let (id, now) = state.expect("read");
        if let Some(then) = balances::state_as_of(tables, id, now, day).expect("read") {
            claims += then.balance();
            prop_assert_eq!(
                then.charge,
                then.paid_insurance + then.paid_patient + then.adjusted + then.written_off + then.balance()
            );
        }
    }
    prop_assert_eq!(claims, accounts, "as of {}", day);
    Ok(())
}

/// Imports files one by one into a new ledger, and proves the books after each.
fn bring_in(folder: &Path, files: &[(String, String)]) -> Result<Kept, TestCaseError> {
    let book = Book::in_memory(&Practice::default()).expect("made");
    let options = in_memory();
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("written");
        let report =
            import(&book, expand(&[path], &Limits::default()), &options, &mut Nobody).expect("imported");
        for file in &report.files {
            prop_assert!(file.sets.iter().all(|s| s.status.as_str() == "posted"), "{report:#?}");
        }
        for found in check::check(&book.read().expect("read")).expect("checked") {
            prop_assert!(found.problems.is_empty(), "after {name}: {found:?}");
        }
    }
    let tables = book.read().expect("read");
    for day in 0..8 {
        receivables(&tables, Date::from_number(739_599).plus_days(day))?;
    }
    Ok(kept(&tables))
}

/// Files in their order, and in another that keeps the submissions in theirs: nothing can be voided that is not there.
fn two_orders() -> impl Strategy<Value = (History, Vec<usize>)> {
    history().prop_flat_map(|history| {
        let order: Vec<usize> = (0..history.versions.len() + history.heard.len()).collect();
        (Just(history), Just(order).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_history_in_any_order_keeps_the_books_true((history, order) in two_orders()) {
        let folder = tempfile::tempdir().expect("a folder");
        let submitted = submissions(&history);
        let bills = submitted.iter().enumerate().map(|(n, text)| (format!("{n}.837"), text.clone()));
        let answers = history.heard.iter().zip(100..).map(|(h, n)| (format!("{n}.835"), answered(h, n)));
        let files: Vec<(String, String)> = bills.chain(answers).collect();
        let mut places: Vec<usize> = order.iter().copied().filter(|at| *at < submitted.len()).collect();
        places.sort_unstable();
        let mut next = places.into_iter();
        let shuffled: Vec<(String, String)> = order
            .iter()
            .map(|at| if *at < submitted.len() { next.next().expect("as many") } else { *at })
            .map(|at| files[at].clone())
            .collect();
        let one = bring_in(folder.path(), &files)?;
        let other = bring_in(folder.path(), &shuffled)?;
        prop_assert_eq!(one, other);
    }
}

#[test]
fn the_aging_is_what_the_accounts_hold_on_any_day() {
    let office = Office::new();
    let (folder, _) = practice::practice(&office, 150, 21);
    office.import(&[&folder.join("837"), &folder.join("835")]);
    let listed = office.json(&["claim", "list"]);
    let number = |row: &serde_json::Value| row["control_number"].as_str().expect("a number").to_owned();
    let rows: Vec<String> = listed["rows"].as_array().expect("rows").iter().map(number).collect();
    for (claim, on) in
        rows.iter().step_by(7).zip(["2026-01-05", "2026-03-31", "2026-06-30"].into_iter().cycle())
    {
        office.done(&["claim", "pay", claim, "12.34", "--on", on, "--yes"]);
    }
    let cents = |value: &serde_json::Value| {
        Money::parse(value.as_str().unwrap_or("0").as_bytes()).expect("money").cents()
    };
    let mut seen = Vec::new();
    for day in
        ["2025-03-30", "2025-08-14", "2026-01-04", "2026-01-05", "2026-04-01", "2026-09-30", "2027-12-31"]
    {
        let accounts = office.json(&["report", "trial-balance", "--as-of", day]);
        let rows = accounts["rows"].as_array().expect("rows");
        let ours =
            rows.iter().filter(|row| row["account"].as_str().is_some_and(|name| name.starts_with("ar:")));
        let held: i64 = ours.map(|row| cents(&row["balance"])).sum();
        for by in ["payer", "provider", "patient", "responsibility", "claim"] {
            let aging = office.json(&["report", "aging", "--by", by, "--as-of", day]);
            let totals = &aging["totals"];
            assert_eq!(cents(&totals["total"]), held, "{by} on {day}");
            let parts = ["d0_30", "d31_60", "d61_90", "d91_120", "d121_plus", "credit"];
            assert_eq!(parts.iter().map(|part| cents(&totals[part])).sum::<i64>(), held, "{by} on {day}");
        }
        seen.push(held);
    }
    seen.dedup();
    assert!(seen.len() >= 5, "the balances hardly moved: {seen:?}");
    office.check();
}
