//! The worked examples as pages in `docs/examples` that an accountant can review: what the payer says and what a person does
//! in words, every journal entry in debit and credit, and all balances after each step, as the real binary has them.
//!
//! `EXAMPLES=overwrite cargo test --test it pages` writes the pages anew; read what changed before you keep it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use arrears::codes;
use arrears::domain::Code;
use serde_json::Value;

use crate::examples::{DAYS, answer, bill, examples, number_of};
use crate::office::Office;

/// Examples of what persons do and payers say later: with all accounts after each step.
fn of_persons() -> Vec<Value> {
    serde_json::from_str(include_str!("../data/act-examples.json")).expect("the examples")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples")
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn rows(table: &Value) -> &[Value] {
    table["rows"].as_array().map_or(&[], Vec::as_slice)
}

/// With two decimals, as everywhere.
fn dollars(amount: &str) -> String {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}.{part:0<2}")
}

fn day(digits: &str) -> String {
    format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..8])
}

/// What a page tells of a reason.
fn reason(group: &str, code: &str, amount: &str) -> String {
    let words = Code::parse(code).and_then(codes::carc).map_or("an unknown reason", |carc| carc.summary);
    format!("{group}-{code} {} ({words})", dollars(amount))
}

/// What a remittance says, loop by loop.
fn said(edi: &str, out: &mut String) {
    for segment in edi.split('~') {
        let e: Vec<&str> = segment.split('*').collect();
        let at = |n: usize| e.get(n).copied().unwrap_or_default();
        match e[0] {
            "BPR" if at(2) == "0" => out.push_str("The payer sends no money.\n\n"),
            "BPR" => writeln!(out, "The payer sends {}.\n", dollars(at(2))).expect("text"),
            "CLP" => {
                let status = codes::claim_status(at(2)).unwrap_or("unknown status");
                let share = if at(5).is_empty() {
                    String::new()
                } else {
                    format!(", patient's share {}", dollars(at(5)))
                };
                writeln!(
                    out,
                    "- Claim {}, status {} ({status}): charge {}, paid {}{share}; the payer's number is {}",
                    at(1),
                    at(2),
                    dollars(at(3)),
                    dollars(at(4)),
                    at(7)
                )
                .expect("text");
            }
            "SVC" => {
                let code = at(1).split(':').nth(1).unwrap_or_default();
                let billed =
                    at(6).split(':').nth(1).map_or(String::new(), |code| format!(", billed as {code}"));
                writeln!(
                    out,
                    "  - Service {code}{billed}: charge {}, paid {}",
                    dollars(at(2)),
                    dollars(at(3))
                )
                .expect("text");
            }
            "CAS" => {
                for reasons in e[2..].chunks(3).filter(|r| !r[0].is_empty()) {
                    writeln!(out, "  - {}", reason(at(1), reasons[0], reasons[1])).expect("text");
                }
            }
            "NM1" if at(1) == "TT" => writeln!(out, "  - Sent on to {}", at(3)).expect("text"),
            "LQ" => writeln!(out, "  - Remark {}", remark(at(2))).expect("text"),
            "MOA" => {
                for code in e[3..].iter().filter(|code| !code.is_empty()) {
                    writeln!(out, "  - Remark {}", remark(code)).expect("text");
                }
            }
            "PLB" => {
                for item in e[3..].chunks(2) {
                    let (code, reference) = item[0].split_once(':').unwrap_or((item[0], ""));
                    let words = Code::parse(code).and_then(codes::plb).map_or("unknown", |plb| plb.summary);
                    let of =
                        if reference.is_empty() { String::new() } else { format!(", reference {reference}") };
                    let amount = dollars(item[1]);
                    writeln!(out, "- For no claim: {code} {amount} ({words}){of}").expect("text");
                }
            }
            _ => {}
        }
    }
    out.push('\n');
}

fn remark(code: &str) -> String {
    match Code::parse(code).and_then(codes::rarc).map_or("", |rarc| rarc.summary) {
        "" => code.to_owned(),
        words => format!("{code} ({words})"),
    }
}

/// Entries that the journal has and had not after the step before.
fn entries(office: &Office, seen: &mut u64, out: &mut String) {
    let journal = office.json(&["report", "journal", "--from", "2025-01-01", "--to", "2026-12-31"]);
    let number = |row: &Value| row["entry"].as_u64().expect("a number");
    let mut legs: Vec<&Value> = rows(&journal).iter().filter(|row| number(row) > *seen).collect();
    legs.sort_by_key(|row| number(row));
    if legs.is_empty() {
        out.push_str("Nothing is posted.\n\n");
        return;
    }
    out.push_str("| Entry | Date | Account | Debit | Credit | Why |\n|---:|---|---|---:|---:|---|\n");
    let mut last = 0;
    for leg in legs {
        let entry = number(leg);
        let (entry_cell, date, rule) = match entry == last {
            true => (String::new(), "", String::new()),
            false => (entry.to_string(), text(leg, "posted_on"), of_rule(leg)),
        };
        let side = |key: &str| if text(leg, key) == "0.00" { "" } else { text(leg, key) };
        let reason = text(leg, "reason");
        let why = [rule.as_str(), if text(leg, "account").starts_with("plb:") { "" } else { reason }];
        let why: Vec<&str> = why.into_iter().filter(|part| !part.is_empty()).collect();
        writeln!(
            out,
            "| {entry_cell} | {date} | `{}` | {} | {} | {} |",
            text(leg, "account"),
            side("debit"),
            side("credit"),
            why.join(", ")
        )
        .expect("text");
        last = entry;
        *seen = (*seen).max(entry);
    }
    out.push('\n');
}

/// The rule of an entry, what it takes back, and what it says of itself.
fn of_rule(leg: &Value) -> String {
    let mut words = text(leg, "rule").to_owned();
    if let Some(entry) = leg["reverses"].as_u64() {
        write!(words, ", takes back entry {entry}").expect("text");
    }
    if !text(leg, "memo").is_empty() {
        write!(words, ": {}", text(leg, "memo")).expect("text");
    }
    words
}

/// Where the balance stands, every account that is not zero, and the denial.
fn balances(office: &Office, number: &str, out: &mut String) -> Vec<(String, String)> {
    let shown = office.json(&["claim", "show", number]);
    let buckets = &shown["balances"]["buckets"];
    let names = [
        ("open", "insurance, not answered"),
        ("denied", "denied"),
        ("pending", "pending"),
        ("next", "next payer"),
        ("due", "patient"),
        ("hold", "patient, on hold"),
    ];
    let standing: Vec<String> = names
        .into_iter()
        .filter(|(key, _)| text(buckets, key) != "0.00")
        .map(|(key, name)| format!("{name} {}", text(buckets, key)))
        .collect();
    let balance = text(&shown["claim"], "balance");
    let where_it_stands =
        if standing.is_empty() { "nothing is owed".to_owned() } else { standing.join(", ") };
    writeln!(out, "The claim's balance is {balance}: {where_it_stands}.\n").expect("text");
    for denial in shown["denials"].as_array().into_iter().flatten() {
        let times = match denial["events"].as_u64() {
            Some(1) => "once".to_owned(),
            other => format!("{} times", other.unwrap_or_default()),
        };
        writeln!(
            out,
            "Denial {} ({times}): {} denied, {} recovered, {} open; {}.\n",
            text(denial, "reason"),
            text(denial, "denied"),
            text(denial, "recovered"),
            text(denial, "open_amount"),
            text(denial, "status")
        )
        .expect("text");
    }
    let accounts = accounts(office);
    let waits = accounts.iter().any(|(account, _)| account == "unapplied");
    let waiting = if waits { office.json(&["unapplied", "list"]) } else { Value::Null };
    for item in rows(&waiting) {
        writeln!(
            out,
            "Waiting: {} for claim {} ({}).\n",
            text(item, "paid"),
            text(item, "control_number"),
            text(item, "reason")
        )
        .expect("text");
    }
    let undone = shown["events"].as_array().is_some_and(|all| all.iter().any(|e| e["event"] == "act-undone"));
    let to_review = if undone { office.json(&["claim", "review"]) } else { Value::Null };
    for item in rows(&to_review) {
        writeln!(
            out,
            "To review: {} of entry {} was undone; {}.\n",
            text(item, "amount"),
            item["entry"],
            text(item, "about")
        )
        .expect("text");
    }
    out.push_str("| All accounts | Debit | Credit |\n|---|---:|---:|\n");
    for (account, balance) in &accounts {
        match balance.strip_prefix('-') {
            Some(credit) => writeln!(out, "| `{account}` | | {credit} |"),
            None => writeln!(out, "| `{account}` | {balance} | |"),
        }
        .expect("text");
    }
    out.push('\n');
    accounts
}

/// Every account whose balance is not zero.
fn accounts(office: &Office) -> Vec<(String, String)> {
    let balance = office.json(&["report", "trial-balance"]);
    let all =
        rows(&balance).iter().map(|row| (text(row, "account").to_owned(), text(row, "balance").to_owned()));
    all.filter(|(_, balance)| balance != "0.00").collect()
}

/// A command as it is typed.
fn typed(words: &[&str]) -> String {
    let quoted =
        words.iter().map(|word| if word.contains(' ') { format!("\"{word}\"") } else { (*word).to_owned() });
    quoted.collect::<Vec<_>>().join(" ")
}

/// The page of one example, played.
fn page(example: &Value) -> String {
    let (id, number) = (text(example, "id"), number_of(example));
    let office = Office::new();
    bill(&office, example);
    let mut out = format!("# {id}: {}\n\n{}\n\n", text(example, "title"), text(example, "why"));
    let payers = if example["payers"] == 2 { "PAYER ONE first, PAYER TWO next" } else { "PAYER ONE" };
    let charge = dollars(text(example, "charge"));
    writeln!(out, "## Billed\n\nClaim {number} over {charge} is billed to {payers}.\n").expect("text");
    let mut seen = 0;
    entries(&office, &mut seen, &mut out);
    balances(&office, number, &mut out);
    for (at, step) in example["steps"].as_array().expect("steps").iter().enumerate() {
        let turn = at + 1;
        if let Some(file) = answer(example, at) {
            let report = office.import(&[&office.write(&format!("{at}.835"), file)]);
            assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{id}: {report:#}");
            let payer = if step["payer_level"] == 2 { "PAYER TWO" } else { "PAYER ONE" };
            writeln!(out, "## {turn}. {payer} answers on {}\n", day(DAYS[at])).expect("text");
            said(text(step, "edi"), &mut out);
        } else {
            let words: Vec<&str> = match step["do"].as_array() {
                Some(words) => words.iter().filter_map(Value::as_str).collect(),
                None => vec!["claim", "pay", number, "25"],
            };
            let on = step["on"].as_str().unwrap_or("2026-01-10");
            office.done(&[&words[..], &["--on", on]].concat());
            let say = step["say"].as_str().unwrap_or("The patient pays 25.00.");
            writeln!(out, "## {turn}. The office, on {on}\n\n{say}\n\n`arrears {}`\n", typed(&words))
                .expect("text");
        }
        entries(&office, &mut seen, &mut out);
        let mut have = balances(&office, number, &mut out);
        if let Some(wanted) = step["accounts"].as_object() {
            let wanted: Vec<(String, String)> = wanted
                .iter()
                .map(|(name, amount)| (name.clone(), amount.as_str().expect("text").to_owned()))
                .collect();
            have.sort();
            assert_eq!(have, wanted, "{id}, step {turn}");
        }
    }
    office.check();
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The list of all pages.
fn contents(examples: &[Value]) -> String {
    let mut out = String::from(
        "# Worked examples\n\n\
         What payers say and what people do, and what this program posts: each page shows the answer in words, every journal entry in\n\
         debit and credit, and all balances after each step. Debits of an `ar:` account raise what is owed to the practice; amounts that\n\
         were taken off or written off are debits; money that belongs to somebody else (`unapplied`, `refund:`) is a credit.\n\n\
         A test plays every page with the program and compares: what stands here is what it posts.\n\n| Page | What happens |\n|---|---|\n",
    );
    for example in examples {
        let id = text(example, "id");
        writeln!(out, "| [{id}]({id}.md) | {} |", text(example, "title")).expect("text");
    }
    out
}

#[test]
fn the_pages_of_the_worked_examples_say_what_the_program_posts() {
    let all: Vec<Value> = examples().into_iter().chain(of_persons()).collect();
    let unexplained = all.iter().find(|example| text(example, "why").is_empty());
    assert!(unexplained.is_none(), "why is it so? {unexplained:#?}");
    let mut wanted: Vec<(String, String)> = vec![("README.md".to_owned(), contents(&all))];
    wanted.extend(all.iter().map(|example| (format!("{}.md", text(example, "id")), page(example))));
    let overwrite = std::env::var("EXAMPLES").is_ok_and(|word| word == "overwrite");
    fs::create_dir_all(folder()).expect("a folder");
    for (name, page) in &wanted {
        let path = folder().join(name);
        if overwrite {
            fs::write(&path, page).expect("written");
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(&there, page, "{name} says otherwise; `EXAMPLES=overwrite` writes it anew");
    }
    let names: BTreeSet<String> = wanted.into_iter().map(|(name, _)| name).collect();
    for file in fs::read_dir(folder()).expect("the folder") {
        let name = file.expect("a file").file_name().to_string_lossy().into_owned();
        assert!(names.contains(&name), "{name} is of no example");
    }
}
