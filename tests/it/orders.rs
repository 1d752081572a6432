//! The order in which files come does not matter: a practice of visits that share numbers, payers that write them as they
//! like, takebacks, acknowledgments and typed payments, brought in as they are and shuffled. The books are the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use arrears::books::manual::{Act, Ground, act};
use arrears::books::retell::Hand;
use arrears::books::{check, placing};
use arrears::domain::book::{ClaimRecord, Practice};
use arrears::domain::deed::{DeedVerb, Object};
use arrears::domain::{ClaimId, Date, Money};
use arrears::import::{Watcher, import};
use arrears::input::{Limits, expand};
use arrears::store::{Book, Read, Snapshot};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::matching::acknowledged;
use crate::office::{in_memory, remittance};
use crate::visits::{Visit, billed, said};

const NUMBERS: [&str; 4] = ["AC9000", "TH77-0406", "TH77-0413", "00123"];
const PEOPLE: [[&str; 3]; 3] =
    [["THORNBURY", "NELL", "TB4471"], ["THORNBURY", "OTIS", "TB4471"], ["KESTREL", "ABEL", "KS9082"]];
const DAYS: [&str; 2] = ["20260406", "20260413"];
const CHARGES: [i64; 2] = [110, 130];

fn a_visit() -> impl Strategy<Value = Visit> {
    (0..NUMBERS.len(), 0..PEOPLE.len(), 0..DAYS.len(), 0..CHARGES.len()).prop_map(|(n, p, d, c)| Visit {
        number: NUMBERS[n].to_owned(),
        patient: PEOPLE[p],
        day: DAYS[d],
        services: vec![("97112", CHARGES[c])],
    })
}

/// How a payer answers: the visit, what it makes of the number, whether it says the day, which number of its own it gives,
/// whom it names, and whether it takes back.
#[derive(Clone, Debug)]
struct Said {
    visit: usize,
    number: u8,
    dated: bool,
    own: u8,
    named: u8,
    back: bool,
}

fn a_saying() -> impl Strategy<Value = Said> {
    (0..8_usize, 0..6_u8, prop::bool::weighted(0.7), 0..3_u8, 0..4_u8, prop::bool::weighted(0.2))
        .prop_map(|(visit, number, dated, own, named, back)| Said { visit, number, dated, own, named, back })
}

fn answered(control: u32, visits: &[Visit], saying: &Said) -> String {
    let visit = &visits[saying.visit % visits.len()];
    let number = match saying.number {
        0 => "0".to_owned(),
        1 => format!("{}-01", visit.number),
        2 => visit.number.chars().take(7).collect(),
        3 => visit.number.to_lowercase(),
        _ => visit.number.clone(),
    };
    let patient = match saying.named {
        0 => PEOPLE[(saying.visit + 1) % PEOPLE.len()],
        1 => ["", "", ""],
        _ => visit.patient,
    };
    let own = format!("ICN{}", saying.own);
    let written = Visit { number, patient, ..visit.clone() };
    let mut text = said(&written, &own, saying.dated.then_some(visit.day));
    let (charge, paid) = (visit.services[0].1, visit.services[0].1 - 20);
    if saying.back {
        text = text
            .replace(&format!("*1*{charge}*{paid}*"), &format!("*22*-{charge}*-{paid}*"))
            .replace(&format!("*{charge}*{paid}**1"), &format!("*-{charge}*-{paid}**1"))
            .replace("CO*45*20", "CO*45*-20");
        text.push_str(&format!("PLB*1234567893*20261231*FB:{own}*-{paid}~"));
    }
    let bpr = if saying.back { "BPR*H*0*C*NON".to_owned() } else { format!("BPR*I*{paid}*C*ACH") };
    // Each has a day of its own: of one day, what the payer said last is not known.
    remittance(
        control,
        "PAYER ONE",
        &bpr,
        &(20_260_400 + control % 100).to_string(),
        &format!("T{control}"),
        &text,
    )
}

fn typed(visit: &Visit, check: u32) -> String {
    let [last, first, id] = visit.patient;
    let charge = visit.services[0].1;
    format!(
        "Payer,Payer ID,Check #,Check Date,Check Amount,Account,Patient,Member ID,DOS,CPT,Charge,Paid,Contractual\n\
         PAYER ONE,P1,C{check},05/20/2026,{0}.00,{1},\"{last}, {first}\",{id},{2},97112,{charge}.00,{0}.00,20.00\n",
        charge - 20,
        visit.number.trim_start_matches('0'),
        format_args!("{}/{}/2026", &visit.day[4..6], &visit.day[6..]),
    )
}

/// The files of a practice, by name.
fn practice() -> impl Strategy<Value = Vec<(String, String)>> {
    let visits = prop::collection::vec(a_visit(), 1..5);
    let sayings = prop::collection::vec(a_saying(), 1..5);
    let acks = prop::collection::vec((0..8_usize, 0..3_u8), 0..3);
    (visits, sayings, acks, prop::option::of(0..8_usize)).prop_map(|(visits, sayings, acks, row)| {
        let mut files = Vec::new();
        for (visit, control) in visits.iter().zip(1..) {
            let text = billed(control, &(20_260_414 + control).to_string(), std::slice::from_ref(visit));
            files.push((format!("{control}.837"), text));
        }
        for (saying, control) in sayings.iter().zip(120..) {
            files.push((format!("{control}.835"), answered(control, &visits, saying)));
        }
        for ((at, own), control) in acks.iter().zip(200..) {
            let text = acknowledged(control, &visits[at % visits.len()], &format!("ICN{own}"));
            files.push((format!("{control}.277"), text));
        }
        files.extend(row.map(|at| ("300.csv".to_owned(), typed(&visits[at % visits.len()], 300))));
        files
    })
}

fn shuffled() -> impl Strategy<Value = (Vec<(String, String)>, Vec<usize>)> {
    practice().prop_flat_map(|files| {
        let order: Vec<usize> = (0..files.len()).collect();
        (Just(files), Just(order).prop_shuffle())
    })
}

/// What must be the same: sums by day and account, what became of each answer, what stands on each claim and what it heard.
#[derive(Debug, PartialEq)]
struct Kept {
    sums: BTreeMap<(Date, &'static str), Money>,
    answers: BTreeMap<String, String>,
    claims: Vec<String>,
}

/// A claim, without the number that the ledger gave it.
fn which(record: &ClaimRecord) -> String {
    let claim = &record.claim;
    let charges: Vec<String> = record.versions.iter().map(|v| v.charge.to_string()).collect();
    let day = claim.service_from.map_or_else(String::new, |day| day.to_string());
    format!("{} {} {day} {charges:?}", claim.control_number, claim.patient.first)
}

fn kept(tables: &Snapshot) -> Kept {
    let mut sums = BTreeMap::new();
    for entry in tables.journal().expect("read") {
        let (_, entry) = entry.expect("read");
        for p in entry.postings {
            *sums.entry((entry.posted_on, p.account.name())).or_insert(Money::ZERO) += p.amount;
        }
    }
    sums.retain(|_, amount| !amount.is_zero());
    let records: BTreeMap<ClaimId, ClaimRecord> =
        tables.claims().expect("read").map(|r| r.expect("read")).map(|r| (r.id, r)).collect();
    let answers = tables.payments().expect("read").map(|p| {
        let p = p.expect("read");
        let on = p.claim.and_then(|id| records.get(&id)).map_or_else(String::new, which);
        (p.trace.to_string(), format!("{:?} {} {} {} on {on}", p.status, p.rule, p.message, p.matched_by))
    });
    let mut claims = Vec::new();
    for (id, record) in &records {
        let state = tables.claim_state(*id).expect("read").unwrap_or_default();
        let mut stands: Vec<_> = state.holdings.iter().map(|h| (h.account.name(), h.amount)).collect();
        stands.sort();
        let mut heard: Vec<String> = Vec::new();
        for ack in tables.acks_of_claim(*id).expect("read") {
            let ack = tables.ack(ack).expect("read").expect("it is named");
            heard.push(format!("{} {}", ack.payer_claim_number, ack.outcome.as_str()));
        }
        heard.sort();
        claims.push(format!("{} {stands:?} {heard:?}", which(record)));
    }
    claims.sort();
    Kept { sums, answers: answers.collect(), claims }
}

struct Nobody;

impl Watcher for Nobody {
    fn file(&mut self, _: &str) {}
    fn claims(&mut self, _: u64) {}
}

const HAND: Hand<'_> = Hand { now: 0, user: "biller" };

/// The patient pays 5 on the claim of the first visit, once it is there.
fn pay_at_the_desk(book: &Book) -> bool {
    let mut writer = book.write(Duration::ZERO).expect("alone");
    let mut tables = writer.tables();
    let claims: Vec<ClaimRecord> = tables.claims().expect("read").map(|r| r.expect("read")).collect();
    let Some(claim) = claims.iter().find(|r| r.versions.iter().any(|v| v.batch == "B1")) else {
        return false;
    };
    let ground = Ground {
        waiver: "signed",
        ..Ground::new(Date::parse_iso("2026-06-01").expect("a day"), "at the desk")
    };
    act(&mut tables, &HAND, claim.id, Act::Pay(Money::from_cents(500)), ground).expect("done");
    drop(tables);
    let deed = arrears::domain::deed::Deed::new(DeedVerb::ClaimPay, Object::Claim(claim.id));
    writer.commit_deed(arrears::store::By { now: 0, user: "biller" }, &deed).expect("kept");
    true
}

fn bring_in(folder: &Path, files: &[&(String, String)], pays: bool) -> Result<Kept, TestCaseError> {
    let book = Book::in_memory(&Practice::default()).expect("made");
    let options = in_memory();
    let mut paid = !pays;
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("written");
        let report = import(&book, expand(&[path], &Limits::default()), &options, &mut Nobody);
        for file in &report.expect("imported").files {
            prop_assert!(!file.sets.is_empty(), "{file:#?}");
            for set in &file.sets {
                prop_assert!(matches!(set.status.as_str(), "posted" | "duplicate"), "{file:#?}");
            }
        }
        paid = paid || pay_at_the_desk(&book);
    }
    prop_assert!(paid, "nobody paid");
    for found in check::check(&book.read().expect("read")).expect("checked") {
        prop_assert!(found.problems.is_empty(), "{found:?}");
    }
    let tables = book.read().expect("read");
    for payment in tables.payments().expect("read") {
        let elsewhere = placing::wanted(&tables, payment.expect("read").id).expect("read");
        prop_assert!(elsewhere.is_none(), "it was not looked at anew: {elsewhere:#?}");
    }
    Ok(kept(&tables))
}

/// How many practices; more where somebody hunts.
fn cases() -> u32 {
    std::env::var("ARREARS_ORDERS").ok().and_then(|cases| cases.parse().ok()).unwrap_or(150)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, max_shrink_iters: 3000, ..ProptestConfig::default() })]

    #[test]
    fn files_of_a_practice_in_any_order_make_the_same_books((files, order) in shuffled(), pays in any::<bool>()) {
        let folder = tempfile::tempdir().expect("a folder");
        let as_they_are: Vec<&(String, String)> = files.iter().collect();
        let otherwise: Vec<&(String, String)> = order.iter().map(|at| &files[*at]).collect();
        let one = bring_in(folder.path(), &as_they_are, pays)?;
        let other = bring_in(folder.path(), &otherwise, pays)?;
        prop_assert_eq!(one, other);
    }
}
