//! Remittances that go out of the books and come back: whatever persons did before, the books are then what they were.
//!
//! `ARREARS_ACTS` and `ARREARS_SEED` make a longer run of it, see `scripts/random-acts`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use arrears::books::{check, held, undo};
use arrears::domain::book::{Practice, RemitRecord, RemitStatus};
use arrears::domain::case::CaseWork;
use arrears::domain::payment_keys::payment_key;
use arrears::domain::{Account, RemitId};
use arrears::store::{Book, Read, ReadPeriods, WriteTables};

use crate::acts::{
    Deed, Dice, NO_WAIT, Small, bring, choose, committed, day, does, hand, number, recounted, sums,
};
use crate::office::TODAY;

/// What people see of the books, part by part.
fn books(tables: &WriteTables<'_>) -> Vec<(&'static str, Vec<String>)> {
    fn rows<T: Debug>(rows: impl IntoIterator<Item = T>) -> Vec<String> {
        rows.into_iter().map(|row| format!("{row:?}")).collect()
    }
    // Closed months get their entries on the first open day. What was released and taken up again is no more.
    let closed = tables.closed_until().expect("read").is_some();
    let by_day = |account| !closed && !matches!(account, Account::Unapplied | Account::RefundInsurance);
    let mut accounts = BTreeMap::new();
    for ((day, account, payer), amount) in sums(tables).all {
        *accounts.entry((by_day(account).then_some(day), account, payer)).or_insert(0) += amount.cents();
    }
    accounts.retain(|_, amount| *amount != 0);
    let states: Vec<_> = tables.claim_states().expect("read").map(|state| state.expect("read")).collect();
    let cases: Vec<_> = states.iter().flat_map(|(_, state)| state.cases.iter().copied()).collect();
    let payments: Vec<_> = tables.payments().expect("read").map(|payment| payment.expect("read")).collect();
    let items = tables.plbs().expect("read").map(|item| item.expect("read"));
    vec![
        ("accounts", rows(accounts)),
        ("claims", rows(states.iter().map(|(id, state)| (id, &state.holdings, &state.cases)))),
        ("cases", rows(cases.iter().map(|id| tables.case(*id).expect("read")))),
        // What happened is noted, so there is more of it.
        (
            "work",
            rows(cases.iter().map(|id| {
                let work = tables.case_work(*id).expect("read");
                (*id, work.map(|work| CaseWork { events: 0, ..work }))
            })),
        ),
        ("odds", rows(tables.case_odds().expect("read"))),
        (
            "claim payments",
            rows(
                payments.iter().map(|p| {
                    (p.id, p.claim, &p.matched_by, p.by_hand.is_some(), p.status, &p.rule, &p.message)
                }),
            ),
        ),
        ("items", rows(items.map(|item| (item.id, item.open, item.settlements, item.withdrawn)))),
    ]
}

/// Takes remittances out of the books and puts them back; says what is different then. Nothing of it stays.
fn out_and_in(book: &Book, out: &[RemitId], back: &[RemitId]) -> Result<(), String> {
    let mut writer = book.write(NO_WAIT).expect("its turn");
    let mut tables = writer.tables();
    let before = books(&tables);
    let noted = |tables: &WriteTables<'_>| {
        let events =
            tables.all_case_events().expect("read").map(|event| format!("{:?}", event.expect("read")));
        events.collect::<Vec<_>>()
    };
    let known = noted(&tables);
    for remit in out {
        if undo::reverse_remit(&mut tables, &hand(), *remit, "at random").is_err() {
            return Ok(());
        }
    }
    for remit in back {
        undo::repost_remit(&mut tables, &hand(), *remit, "at random").expect("it was in before");
    }
    for ((part, before), (_, after)) in before.into_iter().zip(books(&tables)) {
        let gone: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
        let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
        if before != after {
            let mut noted = noted(&tables);
            noted.retain(|event| !known.contains(event));
            return Err(format!(
                "{part} differ after {out:?} went out and {back:?} came back: {gone:#?} {new:#?}, noted {noted:#?}"
            ));
        }
    }
    Ok(())
}

/// Acts in one practice; after every few, each remittance goes out and comes back, alone and with another. How often.
fn turns(seed: u64, acts: usize) -> usize {
    let mut dice = Dice(seed);
    let mut small = Small::new(&mut dice);
    let book = Book::in_memory(&Practice::default()).expect("made");
    let first = small.files.len() * 3 / 4;
    for file in small.files.drain(..first) {
        bring(&book, &file);
    }
    let (mut done, mut turns) = (Vec::new(), 0);
    for act in 0..acts {
        let (deed, on) = choose(&mut dice, &book.read().expect("read"), &small.files);
        if let Deed::File(file) = &deed {
            small.files.retain(|other| other != file);
            bring(&book, file);
        } else {
            let mut writer = book.write(NO_WAIT).expect("its turn");
            if does(&mut writer.tables(), &deed, on).is_err() {
                continue;
            }
            committed(writer).expect("committed");
        }
        done.push(format!("{deed:?} on {on}"));
        if act % 4 > 0 {
            continue;
        }
        let tables = book.read().expect("read");
        for found in check::check(&tables).expect("checked") {
            assert!(found.problems.is_empty(), "seed {seed}: {found:?}, after {done:#?}");
        }
        let remits = tables.remits().expect("read").map(|remit| remit.expect("read"));
        let posted: Vec<_> = remits.filter(|r| r.status == RemitStatus::Posted).map(|r| r.id).collect();
        drop(tables);
        for one in &posted {
            let other = dice.of(&posted).expect("one");
            let both = [*one, other];
            let ways: [(&[RemitId], &[RemitId]); 3] =
                [(&[*one], &[*one]), (&both, &both), (&both, &[other, *one])];
            for (out, back) in ways.into_iter().take(if other == *one { 1 } else { 3 }) {
                turns += 1;
                if let Err(differs) = out_and_in(&book, out, back) {
                    panic!("seed {seed}: {differs}, after {done:#?}");
                }
            }
        }
    }
    turns
}

/// The same text as another copy of the same payments: only whom to ask is new.
fn copy_of(file: &Path) -> PathBuf {
    let text = std::fs::read_to_string(file).expect("read");
    let text = text.replace("N1*PE*", "PER*BL*COPY*TE*5555550190~\nN1*PE*");
    let copy = file.with_extension("copy.835");
    std::fs::write(&copy, recounted(&text)).expect("written");
    copy
}

/// Acts in one practice, then a copy of each remittance takes its place, and gives it back. How often.
fn copies(seed: u64, acts: usize) -> usize {
    let mut dice = Dice(seed);
    let small = Small::new(&mut dice);
    let book = Book::in_memory(&Practice::default()).expect("made");
    for file in &small.files {
        bring(&book, file);
    }
    let mut done = Vec::new();
    for _ in 0..acts {
        let (deed, on) = choose(&mut dice, &book.read().expect("read"), &[]);
        // A copy comes under the payer that there is by then.
        if matches!(deed, Deed::Merge(..)) {
            continue;
        }
        let mut writer = book.write(NO_WAIT).expect("its turn");
        if does(&mut writer.tables(), &deed, on).is_ok() {
            committed(writer).expect("committed");
            done.push(format!("{deed:?} on {on}"));
        }
    }
    let posted = |status| {
        let tables = book.read().expect("read");
        let remits = tables.remits().expect("read").map(|remit| remit.expect("read"));
        remits.filter(|remit| remit.status == status).collect::<Vec<_>>()
    };
    let originals = posted(RemitStatus::Posted);
    for file in small.files.iter().filter(|file| file.extension().is_some_and(|e| e == "835")) {
        bring(&book, &copy_of(file));
    }
    let copies = posted(RemitStatus::Held);
    let mut swapped = 0;
    for old in &originals {
        let same = |new: &&RemitRecord| payment_key(&new.header) == payment_key(&old.header);
        let Some(new) = copies.iter().find(same) else { continue };
        let mut writer = book.write(NO_WAIT).expect("its turn");
        let mut tables = writer.tables();
        let before = books(&tables);
        let swap = |tables: &mut WriteTables<'_>, old, new| {
            held::replace(tables, &hand(), (old, new), "at random", day(TODAY), false)
        };
        if swap(&mut tables, old.id, new.id).is_err() {
            continue;
        }
        let there = books(&tables);
        swap(&mut tables, new.id, old.id)
            .unwrap_or_else(|why| panic!("seed {seed}: {why:?}, after {done:#?}"));
        swapped += 1;
        // Its items are numbered otherwise; the money, the claims and their denials are the same.
        // Not yet so: a denial that a copy says again may count in the odds as one decision more, there and back.
        let said = |part: &str| !matches!(part, "claim payments" | "items" | "cases" | "odds");
        for (way, after) in [("there", there), ("back", books(&tables))] {
            for ((part, before), (_, after)) in before.iter().zip(after) {
                let own = |row: &&String| !row.contains("Held") && !row.contains("Withdrawn");
                let gone: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
                let new: Vec<_> = after.iter().filter(own).filter(|row| !before.contains(row)).collect();
                let looks = way == "back" && !matches!(*part, "items" | "odds") || said(part);
                let gone: Vec<_> = gone.into_iter().filter(own).collect();
                assert!(
                    !looks || (gone.is_empty() && new.is_empty()),
                    "seed {seed}: {part} differ once {} is {way} for {}: {gone:#?} {new:#?}, after {done:#?}",
                    copies.iter().find(same).map_or(0, |new| new.id.0),
                    old.id
                );
            }
        }
    }
    swapped
}

#[test]
fn a_copy_that_says_the_same_leaves_no_trace_either() {
    let (acts, first) = (number("ARREARS_ACTS", 60), number("ARREARS_SEED", 1));
    let swapped: usize = (first..first + acts.div_ceil(30)).map(|seed| copies(seed, 30)).sum();
    assert!(swapped > 0, "no copy took a place");
}

#[test]
fn what_goes_out_and_comes_back_leaves_no_trace() {
    let (acts, first) = (number("ARREARS_ACTS", 60), number("ARREARS_SEED", 1));
    let turns: usize = (first..first + acts.div_ceil(30)).map(|seed| turns(seed, 30)).sum();
    assert!(turns as u64 > acts, "{turns} turns");
}
