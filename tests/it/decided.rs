//! Appeals and reconsiderations that a letter decides: the next clock, the wait for the payment, each decision counted once,
//! and all of it taken back.

use serde_json::Value;

use crate::denial_work::{answer, billed, denied, fields, list, refused, shown};
use crate::office::Office;

/// Denied on 20 June; the payer gives 120 days, and 60 after each decision.
fn office(numbers: &[&str]) -> Office {
    let office = denied(numbers, "CO*197");
    for (kind, days, start) in [("appeal-1", "120", "denial"), ("appeal-2", "60", "decision")] {
        let rule = ["clock", "set", "1", kind, days, "days", "--from", start];
        office.done(&[&rule[..], &["--source", "manual 12", "--confirm"]].concat());
    }
    office
}

fn fails(office: &Office, args: &[&str], code: i32, words: &str) {
    let output = office.run(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    assert!(said.contains(words), "{args:?}: {said}");
}

fn decide<'a>(denial: &'a str, level: &'a str, on: &'a str, outcome: &'a str) -> Vec<&'a str> {
    vec!["denial", "decide", denial, "--level", level, "--on", on, "--outcome", outcome]
}

fn row(office: &Office, id: u64) -> Value {
    list(office, &["--all"]).into_iter().find(|row| row["denial_id"] == id).expect("it is listed")
}

fn paid(number: &str, icn: &str, paid: &str, rest: &str) -> String {
    format!("CLP*{number}*1*150*{paid}**12*{icn}~SVC*HC:99213*150*{paid}~DTM*472*20260601~CAS*CO*45*{rest}~")
}

/// How denials ended: overturned, upheld, open, decided, awaited.
fn recovery(office: &Office, more: &[&str]) -> [u64; 5] {
    let totals = office.json(&[&["report", "recovery"], more].concat())["totals"].clone();
    ["overturned", "upheld", "open_cases", "n", "awaited"].map(|key| totals[key].as_u64().expect(key))
}

/// Overturned and resolved of a month's key figures, and what was recovered of how much.
fn kpi(office: &Office, month: &str) -> [String; 4] {
    let kpi = office.json(&["report", "kpi", "--period", month]);
    let of = |name: &str, key: &str| {
        let rows = kpi["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["kpi"] == name).expect(name);
        row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned)
    };
    let (count, dollars) = ("overturn_rate_count", "overturn_rate_dollars");
    [of(count, "numerator"), of(count, "denominator"), of(dollars, "numerator"), of(dollars, "denominator")]
}

/// On how many decisions of its payer, reason and level a denial's chance rests, and that chance.
fn odds(office: &Office, id: u64) -> (String, String) {
    let why = row(office, id)["why"].as_str().expect("words").to_owned();
    let n = why.split("(n=").nth(1).and_then(|rest| rest.split(')').next()).expect(&why).to_owned();
    (n, why.split(" × ").nth(1).and_then(|rest| rest.split(' ').next()).expect(&why).to_owned())
}

#[test]
fn a_letter_that_upholds_starts_the_next_level_and_counts_once() {
    let office = office(&["C1", "C2"]);
    fails(
        &office,
        &decide("1", "1", "2026-07-20", "upheld"),
        4,
        "no appeal of level 1 was sent by 2026-07-20",
    );
    for denial in ["1", "2"] {
        office.done(&["denial", "appeal", denial, "--method", "fax", "--on", "2026-07-01"]);
    }
    let books = office.books();
    fails(&office, &["denial", "decide", "1", "--level", "1", "--outcome", "upheld"], 2, "day of the letter");
    fails(
        &office,
        &decide("1", "1", "2026-06-30", "upheld"),
        4,
        "no appeal of level 1 was sent by 2026-06-30",
    );
    fails(&office, &decide("1", "2", "2026-07-20", "upheld"), 4, "no appeal of level 2 was sent");
    let upheld = decide("1", "1", "2026-07-20", "upheld");
    office.done(&[&upheld[..], &["--dry-run"]].concat());
    assert_eq!(row(&office, 1)["status"], "appealed");
    fails(&office, &[&upheld[..], &["--amount", "20"]].concat(), 2, "nothing is paid of what is upheld");
    office.done(&[&upheld[..], &["--proof", "L-7", "--note", "no records"]].concat());
    office.check();
    // The 60 days count from the letter; the case is to be worked again, at once.
    let is = ["status", "deadline", "next_action", "next_action_on"];
    let wants = ["open", "2026-09-18", "appeal the next level, or see who may be billed", "2026-07-20"];
    assert_eq!(fields(&row(&office, 1), &is), wants);
    assert_eq!(office.books(), books, "no money moves by a letter");
    let show = office.json(&["denial", "show", "1"]);
    let last = show["events"].as_array().expect("events").last().expect("one").clone();
    assert_eq!(fields(&last, &["event", "on", "status"]), ["upheld", "2026-07-20", "open"]);
    assert_eq!(
        (&last["level"], last["about"].as_str().map(|about| about.contains("proof L-7"))),
        (&1.into(), Some(true))
    );
    fails(&office, &decide("1", "1", "2026-07-22", "overturned"), 4, "the letter of 2026-07-20 decided");
    // Another denial of the payer for the same reason, appealed: one decision is known.
    assert_eq!(odds(&office, 2).0, "1");
    // The remittance that carries the letter out says nothing new: no other clock, no other decision.
    answer(&office, 3, "20260727", "0", &refused("C1", "B", "CO*197"));
    assert_eq!(fields(&row(&office, 1), &["status", "deadline"]), ["open", "2026-09-18"]);
    assert_eq!(odds(&office, 2).0, "1");
    // The appeal of the next level names the one before.
    let letter = office.done(&["denial", "letter", "1", "--template", "appeal-2"]);
    assert!(letter.contains("Appealed 07/01/2026, level 1, by fax; upheld 07/20/2026\n"), "{letter}");
    office.done(&["denial", "appeal", "1", "--on", "2026-08-10"]);
    answer(&office, 4, "20260901", "0", &refused("C1", "D", "CO*197"));
    assert_eq!(odds(&office, 2).0, "1", "that was level 2");
    assert_eq!(recovery(&office, &[]), [0, 0, 2, 0, 0], "nothing is given up yet");
    office.done(&["denial", "propose-write-off", "1", "--on", "2026-09-05"]);
    assert_eq!(recovery(&office, &[]), [0, 1, 1, 1, 0]);
    office.check();
    let log = office.json(&["audit", "log", "--what", "denial decide"]);
    let said = log["rows"][0]["details"].as_str().expect("details");
    assert_eq!(said, "upheld, level 1, on 2026-07-20, now open");
    office.done(&["audit", "verify"]);
}

#[test]
fn what_was_won_by_letter_waits_for_its_payment_and_counts_once() {
    let office = office(&["C1", "C2", "C3"]);
    for denial in ["1", "2", "3"] {
        office.done(&["denial", "appeal", denial, "--on", "2026-07-01"]);
    }
    let books = office.books();
    fails(
        &office,
        &[&decide("1", "1", "2026-08-05", "overturned")[..], &["--amount", "151"]].concat(),
        4,
        "150.00",
    );
    office.done(&decide("1", "1", "2026-08-05", "overturned"));
    office.check();
    assert_eq!(office.books(), books, "no money moves by a letter");
    let is = ["status", "open_amount", "next_action", "next_action_on"];
    let waits = ["overturned", "150.00", "see whether the payment came", "2026-09-04"];
    assert_eq!(fields(&row(&office, 1), &is), waits);
    let clocks = office.json(&["denial", "show", "1"])["clocks"].clone();
    assert_eq!(clocks[0]["rule"], "appeal-1 was won by letter of 2026-08-05; the payment is awaited");
    // Not due in August, due in September.
    let then = list(&office, &["--all", "--as-of", "2026-08-20"]);
    let then = then.iter().find(|row| row["denial_id"] == 1).expect("it is listed");
    assert!(then["why"].as_str().expect("words").contains("waits until 2026-09-04"), "{then}");
    assert!(
        row(&office, 1)["why"].as_str().expect("words").contains("26 days overdue"),
        "{}",
        row(&office, 1)
    );
    // Won by one letter, whole: one decision, counted in August.
    let whole = odds(&office, 2);
    assert_eq!(whole.0, "1");
    assert_eq!(recovery(&office, &[]), [1, 0, 2, 1, 1]);
    assert_eq!(kpi(&office, "2026-08"), ["1", "1", "0.00", "0.00"]);
    // The payment, less than the charge: the same decision, now with its dollars.
    answer(&office, 3, "20260910", "90", &paid("C1", "P1", "90", "60"));
    assert_eq!(fields(&row(&office, 1), &["status", "open_amount"]), ["recovered", "0.00"]);
    let part = odds(&office, 2);
    assert_eq!(part.0, "1");
    assert!(part.1 < whole.1, "90 of 150 is less than all: {part:?} {whole:?}");
    assert_eq!(recovery(&office, &[]), [1, 0, 2, 1, 0]);
    assert_eq!(kpi(&office, "2026-08"), ["1", "1", "0.00", "0.00"]);
    assert_eq!(kpi(&office, "2026-09"), ["0", "0", "90.00", "150.00"]);
    // The letter comes to the desk after the payment: nothing is counted again, nothing opens.
    answer(&office, 4, "20260911", "90", &paid("C2", "P2", "90", "60"));
    assert_eq!(odds(&office, 3).0, "2");
    office.done(&decide("2", "1", "2026-09-09", "overturned"));
    assert_eq!((row(&office, 2)["status"].clone(), odds(&office, 3).0), ("recovered".into(), "2".to_owned()));
    office.check();
    // Won by letter, and denied all the same: to be worked, one decision that brought nothing.
    office.done(&decide("3", "1", "2026-08-20", "overturned"));
    answer(&office, 5, "20260912", "0", &refused("C3", "E", "CO*197"));
    assert_eq!(row(&office, 3)["status"], "open");
    assert_eq!(recovery(&office, &["--by", "level"]), [2, 0, 1, 2, 0]);
    office.check();
}

#[test]
fn a_part_that_is_won_leaves_the_rest_to_the_next_level() {
    let office = office(&["C1", "C2"]);
    office.done(&["denial", "appeal", "1", "--on", "2026-07-01"]);
    let partly = decide("1", "1", "2026-08-01", "partly");
    fails(&office, &partly, 2, "how much was won is missing");
    office.done(&[&partly[..], &["--amount", "60"]].concat());
    assert_eq!(fields(&row(&office, 1), &["status", "deadline"]), ["overturned", "2026-09-30"]);
    let of =
        |line: &str| format!("CLP*C1*1*150*60**12*Q1~SVC*HC:99213*150*60~DTM*472*20260601~CAS*CO*{line}~");
    answer(&office, 3, "20260820", "60", &of("197*90"));
    assert_eq!(fields(&row(&office, 1), &["status", "open_amount"]), ["partly-recovered", "90.00"]);
    office.done(&["denial", "appeal", "1", "--level", "2", "--on", "2026-09-01"]);
    assert_eq!(row(&office, 1)["status"], "appealed");
    office.check();
}

#[test]
fn what_was_written_down_of_a_letter_is_taken_back_exactly() {
    let office = office(&["C1", "C2"]);
    for denial in ["1", "2"] {
        office.done(&["denial", "appeal", denial, "--on", "2026-07-01"]);
    }
    let state = || {
        let show = office.json(&["denial", "show", "1"]);
        let recovery = office.json(&["report", "recovery", "--by", "level"]);
        (show["denial"].clone(), show["clocks"].clone(), show["moves"].clone(), recovery, odds(&office, 2))
    };
    let before = state();
    fails(&office, &["denial", "undecide", "1"], 4, "no decision by letter");
    for outcome in ["upheld", "overturned", "dismissed"] {
        office.done(&decide("1", "1", "2026-08-03", outcome));
        assert_ne!(state(), before, "{outcome}");
        fails(&office, &["denial", "undecide", "1", "--on", "2026-08-02"], 4, "the letter is of 2026-08-03");
        office.done(&["denial", "undecide", "1", "--note", "another claim's letter"]);
        assert_eq!(state(), before, "{outcome}");
        office.check();
    }
    // What came since stands.
    office.done(&decide("1", "1", "2026-08-03", "upheld"));
    answer(&office, 3, "20260910", "90", &paid("C1", "P1", "90", "60"));
    office.done(&["denial", "undecide", "1", "--level", "1"]);
    assert_eq!(row(&office, 1)["status"], "recovered");
    assert_eq!(odds(&office, 2).0, "1", "the payment decides it");
    office.check();
}

#[test]
fn a_level_is_not_skipped_without_saying_so() {
    let office = office(&["C1"]);
    let third = ["denial", "appeal", "1", "--level", "3", "--on", "2026-07-01"];
    fails(&office, &third, 4, "level 1 comes first, and was not sent");
    office.done(&["denial", "appeal", "1", "--on", "2026-07-01"]);
    fails(&office, &["denial", "appeal", "1", "--level", "3"], 4, "level 2 comes first, and was not sent");
    office.done(&["denial", "appeal", "1", "--level", "2", "--on", "2026-08-01"]);
    let second = decide("1", "2", "2026-08-20", "upheld");
    fails(&office, &second, 4, "level 1 comes first, and is not decided");
    office.done(&[&second[..], &["--skip"]].concat());
    // A letter about the lower level, read late, changes nothing of where it stands.
    office.done(&["denial", "appeal", "1", "--level", "4", "--skip", "--on", "2026-08-25"]);
    office.done(&decide("1", "1", "2026-08-28", "upheld"));
    assert_eq!(row(&office, 1)["status"], "appealed");
    office.check();
}

#[test]
fn a_reconsideration_stands_beside_the_levels_of_appeal() {
    let office = office(&["C1", "C2"]);
    let due = "2026-10-18";
    assert_eq!(row(&office, 1)["deadline"], due);
    let letter = |on: &str, outcome: &str| {
        let decide = ["denial", "decide", "1", "--reconsideration", "--on", on, "--outcome", outcome];
        office.run(&decide).status.code()
    };
    assert_eq!(letter("2026-07-30", "upheld"), Some(4), "none was asked for");
    office.done(&["denial", "reconsider", "1", "--method", "portal", "--proof", "R-1", "--on", "2026-07-02"]);
    let is = ["status", "deadline", "next_action_on"];
    assert_eq!(fields(&row(&office, 1), &is), ["reconsideration-sent", due, "2026-08-01"]);
    assert_eq!(letter("2026-07-30", "upheld"), Some(0));
    assert_eq!(fields(&row(&office, 1), &is), ["open", due, "2026-07-30"]);
    assert_eq!(odds(&office, 2).0, "1", "a decision before any appeal");
    // The first appeal is still the first, and won.
    office.done(&["denial", "appeal", "1", "--on", "2026-08-10"]);
    office.done(&decide("1", "1", "2026-09-01", "overturned"));
    assert_eq!(row(&office, 1)["status"], "overturned");
    office.check();
}

#[test]
fn a_letter_about_what_nobody_denied_is_refused() {
    let office = billed(&["C1"]);
    fails(&office, &decide("1", "1", "2026-07-20", "upheld"), 4, "there is no denial 1");
    let office = denied(&["C1"], "CO*197");
    office.done(&["denial", "appeal", "1", "--on", "2026-07-01"]);
    fails(&office, &decide("1", "0", "2026-07-20", "upheld"), 2, "--level");
    fails(&office, &decide("1", "1", "2026-07-20", "lost"), 2, "upheld, overturned, partly, dismissed");
    assert_eq!(shown(&office, "C1")["status"], "appealed");
}
