//! The page on which a month's books tie out, and the trial balance of a month: every figure worked out from other lists.

use serde_json::Value;

use crate::everything::{cents, everything, rows, sum};
use crate::office::{Office, TODAY};

/// The figures of the page: group, what, amount, difference, whether it ties. Parts follow their figure.
fn page(office: &Office, month: &str) -> Vec<(String, String, Option<i64>, Value)> {
    let mut group = String::new();
    let told = rows(office, &["report", "tie-out", "--month", month]).into_iter().map(|row| {
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        if !word("group").is_empty() {
            group = word("group");
        }
        let amount = row["amount"].is_string().then(|| cents(&row["amount"]));
        (group.clone(), word("figure"), amount, row["ties"].clone())
    });
    told.collect()
}

fn days(month: &str) -> (String, String) {
    let last = match &month[5..] {
        "02" => 28,
        "04" | "06" | "09" | "11" => 30,
        _ => 31,
    };
    (format!("{month}-01"), format!("{month}-{last}"))
}

/// The day before a month.
fn before(month: &str) -> String {
    let (year, number): (i32, u32) =
        (month[..4].parse().expect("a year"), month[5..].parse().expect("a month"));
    let month = if number == 1 { format!("{}-12", year - 1) } else { format!("{year}-{:02}", number - 1) };
    days(&month).1
}

fn balances(office: &Office, day: &str, of: &str) -> i64 {
    let accounts = rows(office, &["report", "trial-balance", "--as-of", day]);
    sum(
        accounts.iter().filter(|row| row["account"].as_str().is_some_and(|name| name.starts_with(of))),
        "balance",
    )
}

/// Every figure of a month's page against lists and reports that know nothing of it.
fn compare(office: &Office, month: &str) {
    let (first, last) = days(month);
    let page = page(office, month);
    let amounts = |group: &str| -> Vec<i64> {
        let own = page.iter().filter(|(of, what, ..)| of == group && !what.starts_with(' '));
        own.filter_map(|(.., amount, _)| *amount).collect()
    };
    let claims = sum(&rows(office, &["claim", "list", "--as-of", &last]), "balance");
    assert_eq!(amounts("Receivables"), [claims; 4], "{month}: {page:#?}");
    assert_eq!(claims, balances(office, &last, "ar:"));
    let journal = rows(office, &["report", "journal", "--period", month]);
    let posted = |account: &str| -> i64 {
        let own = journal.iter().filter(|row| row["account"] == account);
        own.map(|row| cents(&row["debit"]) - cents(&row["credit"])).sum()
    };
    assert_eq!(amounts("Cash of payers"), [posted("cash:insurance"); 3], "{month}: {page:#?}");
    assert_eq!(amounts("Cash of patients"), [posted("cash:patient"); 2], "{month}: {page:#?}");
    let waiting = sum(&rows(office, &["unapplied", "list", "--as-of", &last]), "paid");
    assert_eq!(amounts("Unapplied money"), [waiting; 2], "{month}");
    let open = sum(&rows(office, &["plb", "list", "--as-of", &last]), "open");
    assert_eq!(amounts("Provider-level items"), [open; 2], "{month}");
    let deposits = rows(office, &["deposit", "list", "--as-of", &last]);
    let of_month =
        |row: &&Value| row["on"].as_str().or(row["date"].as_str()).is_some_and(|on| on >= first.as_str());
    let bank: Vec<i64> = amounts("Bank");
    let parts = page.iter().filter(|(of, what, ..)| of == "Bank" && what.starts_with(' '));
    if deposits.is_empty() {
        assert_eq!(bank.len(), 1, "nothing was looked at: {page:#?}");
        return;
    }
    assert_eq!(bank[1], sum(deposits.iter().filter(of_month), "amount"), "{month}: {page:#?}");
    assert_eq!(bank[1] - bank[0], parts.filter_map(|(.., amount, _)| *amount).sum::<i64>(), "{page:#?}");
}

#[test]
fn a_months_figures_tie_out_and_are_those_of_the_lists() {
    let office = everything(150, 41);
    for month in ["2026-05", "2026-06", "2026-07", "2026-09"] {
        compare(&office, month);
    }
    let bank = page(&office, "2026-07")
        .into_iter()
        .find(|(_, what, ..)| what.starts_with("Bank"))
        .expect("the bank");
    assert_eq!((bank.2, bank.3), (None, Value::Null), "a bank of which no file came says nothing");
    // Money comes: of two remittances of July, one of June, a patient's card, and a check that nobody knows.
    let deposits = "date,amount,description\n\
        2026-07-02,150.00,TRN*1*EV905*1999999999\n2026-07-03,150.00,TRN*1*EV906*1999999999\n\
        2026-07-01,330.75,TRN*1*EV902*1999999999\n2026-07-08,90.00,CARDS\n2026-07-30,12.34,LOCKBOX\n";
    office.write("bank.csv", deposits);
    office.done(&["deposit", "import", "bank.csv"]);
    office.done(&["deposit", "match"]);
    let listed = rows(&office, &["deposit", "list"]);
    let cards = listed.iter().find(|row| row.to_string().contains("CARDS")).expect("the cards");
    office.done(&["deposit", "explain", &cards["deposit_id"].to_string(), "--reason", "patients' cards"]);
    for month in ["2026-06", "2026-07", "2026-09"] {
        compare(&office, month);
    }
    let july = page(&office, "2026-07");
    let part = |word: &str| {
        july.iter().find(|(_, what, ..)| what.contains(word)).and_then(|(.., amount, _)| *amount)
    };
    assert_eq!(part("belongs to nothing"), Some(1_234), "{july:#?}");
    assert_eq!(part("explained otherwise"), Some(9_000), "{july:#?}");
    // Among what is matched stands the money of June's remittance.
    assert_eq!(part("other months"), Some(33_075), "{july:#?}");
    let text = office.done(&["report", "tie-out", "--month", "2026-07"]);
    assert!(text.contains("1 figure differs from the first of its group."), "{text}");
}

#[test]
fn a_trial_balance_of_a_month_opens_moves_and_closes() {
    let office = everything(80, 42);
    for month in ["2026-01", "2026-07", &TODAY[..7]] {
        let (opening, last) = (before(month), days(month).1);
        let report = office.json(&["report", "trial-balance", "--period", month]);
        let all = report["rows"].as_array().expect("rows");
        assert!(all.len() > 8, "{report:#}");
        for row in all {
            let account = row["account"].as_str().expect("an account");
            let stood = |day: &str| {
                let accounts = rows(&office, &["report", "trial-balance", "--as-of", day]);
                sum(accounts.iter().filter(|row| row["account"] == account), "balance")
            };
            let told = ["opening", "balance", "month", "year_to_date"].map(|key| cents(&row[key]));
            let (before, now) = (stood(&opening), stood(&last));
            assert_eq!(told, [before, now, now - before, now - stood("2025-12-31")], "{account} in {month}");
        }
        for key in ["opening", "balance", "month", "year_to_date"] {
            assert_eq!(report["totals"][key], "0.00", "{key}");
        }
    }
}

#[test]
fn the_first_closing_says_that_it_takes_everything_along() {
    let office = everything(30, 43);
    let accept = |month: &str| -> String {
        let check = office.json(&["period", "check", month]);
        let failing = check["rows"].as_array().expect("checks").iter().filter(|row| row["items"] != 0);
        let words: Vec<String> =
            failing.map(|row| row["check"].as_str().expect("a word").to_owned()).collect();
        let mut args = vec!["period", "close", month];
        words.iter().for_each(|word| args.extend(["--accept", word]));
        if !words.is_empty() {
            args.extend(["--reason", "known"]);
        }
        office.done(&args)
    };
    let first = accept("2026-05");
    assert!(first.contains("All receivables up to 2026-05-31"), "{first}");
    let second = accept("2026-06");
    assert!(second.contains("Receivables of 2026-06") && !second.contains("up to"), "{second}");
    // What is told of the closed month stays what it was, and the page of the month ties.
    compare(&office, "2026-05");
    compare(&office, "2026-06");
}
