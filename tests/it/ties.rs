//! Figures that tie: what one report says, every other one says.

use serde_json::Value;

use crate::everything::{cents, everything, rows, sum};
use crate::killed::Dice;
use crate::office::{Office, TODAY};

/// What a list says of a line of `status`: how many rows, and their dollars.
fn listed(office: &Office, command: &[&str]) -> (u64, i64) {
    let table = office.json(command);
    let all = table["rows"].as_array().cloned().unwrap_or_default();
    let count = all.len() as u64;
    match command {
        ["report", "aging", ..] => {
            (table["totals"]["claims"].as_u64().expect("a count"), cents(&table["totals"]["total"]))
        }
        ["claim", "list", "--bucket", ..] => (count, sum(&all, "in_bucket")),
        ["claim", "list", ..] => (count, sum(&all, "balance")),
        ["rejection" | "claim", "list" | "doubles", ..] => (count, sum(&all, "charge")),
        ["claim", "review", ..] => (count, sum(&all, "amount")),
        ["remit", ..] | ["unapplied", ..] => (count, sum(&all, "paid")),
        ["plb", ..] => (count, sum(&all, "open")),
        ["db", "check", ..] => {
            let doubts = table["plausibility"].as_array().expect("doubts");
            let of_balance = [
                "credit-beside-debt",
                "denied-above-charge",
                "adjusted-above-charge",
                "money-without-charge",
            ];
            let found = doubts.iter().filter(|d| of_balance.iter().any(|word| d["what"] == *word));
            (found.clone().count() as u64, sum(found, "amount"))
        }
        other => panic!("status names {other:?}"),
    }
}

/// Runs every command that a line of `status` names, and compares; gives the lines on which something stood.
fn compare(office: &Office, as_of: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut untied = Vec::new();
    for line in rows(office, &["status", "--as-of", as_of]) {
        let (item, look) =
            (line["item"].as_str().expect("an item"), line["look"].as_str().expect("a command"));
        let command: Vec<&str> = look.split_whitespace().collect();
        let said = (line["count"].as_u64().expect("a count"), cents(&line["amount"]));
        let list = listed(office, &command);
        if said != list {
            untied.push(format!("{item}: status {said:?}, `{look}` {list:?}"));
        }
        if said.0 > 0 {
            found.push(item.trim().to_owned());
        }
    }
    assert!(untied.is_empty(), "as of {as_of}: {untied:#?}");
    found
}

#[test]
fn status_is_what_the_lists_say_that_it_names() {
    let office = everything(150, 31);
    let found = compare(&office, TODAY);
    let lines = rows(&office, &["status"]);
    let silent: Vec<&Value> = lines
        .iter()
        .map(|l| &l["item"])
        .filter(|i| !found.iter().any(|f| f == i.as_str().expect("text").trim()))
        .collect();
    assert_eq!(silent, ["Implausible balances"], "nothing stood on some lines: the test does not see them");
    // And as it was on other days; what has no past is told as it is now.
    for day in ["2026-07-31", "2026-06-10"] {
        assert!(compare(&office, day).len() > 8);
    }
}

/// What is told of one line of a denial or of many.
const DENIED: [&str; 5] = ["denied", "recovered", "settled_otherwise", "written_off", "open"];

#[test]
fn every_denied_dollar_stands_in_one_column() {
    let office = everything(120, 32);
    let mut seen = [0; 5];
    for by in ["reason", "category", "payer", "provider", "procedure", "month", "root-cause"] {
        for day in [TODAY, "2026-06-30"] {
            let report = office.json(&["report", "denials", "--by", by, "--as-of", day]);
            let all = report["rows"].as_array().expect("rows");
            for row in all.iter().chain([&report["totals"]]) {
                let [denied, recovered, otherwise, written_off, open] = DENIED.map(|key| cents(&row[key]));
                assert_eq!(denied, recovered + otherwise + written_off + open, "{by}, {day}: {row:#}");
                assert!(otherwise >= 0, "{row:#}");
            }
            let totals = DENIED.map(|key| cents(&report["totals"][key]));
            assert_eq!(totals, DENIED.map(|key| sum(all, key)), "{by}, {day}");
            seen = totals;
        }
    }
    assert!(seen.iter().all(|cents| *cents > 0), "{seen:?}");
    // What was won is what the payers paid on denied claims; the rest of these went by contract and to the patient.
    let of_claims = ["WON", "HALF", "LOST", "PATIENT"].map(|number| {
        let shown = office.json(&["claim", "show", number]);
        let denial = &shown["denials"][0];
        let [denied, recovered, open] = ["denied", "recovered", "open_amount"].map(|key| cents(&denial[key]));
        [denied, recovered, open]
    });
    assert_eq!(of_claims, [[22_500, 15_000, 0], [22_500, 0, 16_500], [22_500, 0, 0], [22_500, 0, 20_000]]);
}

/// The lines of a claim, with what stands on no line, against its own balances.
fn adds_up(office: &Office, claim: &str) {
    let shown = office.json(&["claim", "show", claim]);
    let claim = &shown["claim"];
    let lines = claim["lines"].as_array().expect("lines");
    for key in ["charge", "paid", "adjusted", "balance"] {
        assert_eq!(sum(lines, key), cents(&claim[key]), "{key}: {shown:#}");
    }
    for line in lines {
        let [charge, paid, adjusted, balance] =
            ["charge", "paid", "adjusted", "balance"].map(|key| cents(&line[key]));
        assert_eq!(charge - paid - adjusted, balance, "{line:#}");
    }
    let buckets = shown["balances"]["buckets"].as_object().expect("buckets");
    assert_eq!(buckets.values().map(cents).sum::<i64>(), cents(&claim["balance"]), "{shown:#}");
}

#[test]
fn lines_add_up_to_their_claim_after_any_act() {
    let office = everything(40, 33);
    let claims: Vec<String> =
        rows(&office, &["claim", "list"]).iter().map(|claim| claim["claim_id"].to_string()).collect();
    claims.iter().for_each(|claim| adds_up(&office, claim));
    let mut dice = Dice::new(33);
    let mut done = 0;
    for _ in 0..80 {
        let claim = &claims[dice.below(claims.len() as u64) as usize];
        let bucket = |at: u64| ["open", "denied", "pending", "next", "due", "hold"][at as usize];
        let amount = format!("{}.{:02}", 1 + dice.below(90), dice.below(100));
        let (from, to) = (bucket(dice.below(6)), bucket(dice.below(6)));
        let args: Vec<&str> = match dice.below(7) {
            0 => vec!["claim", "pay", claim, &amount, "--yes"],
            1 => vec!["claim", "adjust", claim, &amount, "--from", from, "--reason", "x", "--yes"],
            2 => vec!["claim", "write-off", claim, &amount, "--from", from, "--reason", "x", "--yes"],
            3 => vec![
                "claim", "transfer", claim, &amount, "--from", from, "--to", to, "--reason", "x", "--waiver",
                "w",
            ],
            4 => vec!["claim", "refund", claim, &amount, "--reason", "x"],
            5 => vec!["claim", "void", claim, "--reason", "x", "--yes"],
            _ => {
                let shown = office.json(&["claim", "show", claim]);
                let entries = shown["postings"].as_array().expect("postings");
                let by_hand = entries.iter().rev().find(|posting| posting["source"] == "manual");
                let Some(entry) = by_hand.map(|posting| posting["entry"].to_string()) else { continue };
                office.run(&["claim", "undo", claim, &entry, "--reason", "x"]);
                adds_up(&office, claim);
                continue;
            }
        };
        done += u32::from(office.run(&args).status.success());
        adds_up(&office, claim);
    }
    assert!(done > 15, "{done} acts were done");
    office.check();
}

/// The items of `plb list` as they are told elsewhere.
#[test]
fn provider_level_items_have_one_sign() {
    let office = everything(200, 34);
    let items = rows(&office, &["plb", "list"]);
    let listed = |open: bool| sum(items.iter(), if open { "open" } else { "amount" });
    assert!(listed(true) != 0 && items.iter().any(|item| cents(&item["open"]) < 0), "{items:#?}");
    let open = office.json(&["report", "plb"]);
    assert_eq!(cents(&open["totals"]["total"]), listed(true));
    let (all, columns) =
        (open["rows"].as_array().expect("rows"), ["d0_30", "d31_60", "d61_90", "d91_120", "d121_plus"]);
    for row in all {
        let named: Vec<&Value> = items.iter().filter(|item| item["payer"] == row["payer"]).collect();
        let open = |below: bool| -> i64 {
            named.iter().map(|item| cents(&item["open"])).filter(|open| (*open < 0) == below).sum()
        };
        assert_eq!(columns.map(|key| cents(&row[key])).iter().sum::<i64>(), open(true), "{row:#}");
        assert_eq!(cents(&row["credit"]), open(false), "{row:#}");
    }
    // Item by item, on the remittance that brought it, and month by month.
    for remit in rows(&office, &["remit", "list", "--status", "posted"]) {
        let id = remit["remit_id"].to_string();
        let shown = office.json(&["remit", "show", &id]);
        let own: Vec<&Value> = items.iter().filter(|item| item["remit_id"] == remit["remit_id"]).collect();
        let brought = shown["plb"].as_array().expect("items");
        assert_eq!(sum(brought, "amount"), sum(own.iter().copied(), "amount"), "{remit:#}");
        assert_eq!(sum(brought, "open"), sum(own.into_iter(), "open"), "{remit:#}");
        assert_eq!(cents(&remit["plb"]), sum(brought, "amount"), "{remit:#}");
    }
    let month = office.json(&["report", "plb", "--period", &TODAY[..7]]);
    assert_eq!(cents(&month["totals"]["closing"]), listed(true));
    let csv = office.done(&["plb", "list", "--format", "csv", "--columns", "open"]);
    let told: i64 = csv.lines().skip(1).map(|open| cents(&Value::from(open))).sum();
    assert_eq!(told, listed(true), "{csv}");
    // And on the accounts of the books: what lowered a payment stands on the debit side.
    let accounts = rows(&office, &["report", "trial-balance"]);
    let clearing =
        accounts.iter().filter(|row| row["account"].as_str().is_some_and(|a| a.starts_with("plb:")));
    assert_eq!(sum(clearing, "balance"), listed(true));
}
