//! Looking back on the work on denials: as it stood on a past day, how it ended, who did it.

use serde_json::Value;

use crate::denial_work::{answer, denied, fields, list, refused};
use crate::office::Office;

const PAID: &str = "CLP*C1*1*150*110**12*DC1~SVC*HC:99213*150*110~DTM*472*20260601~CAS*CO*45*40~";

/// C1: appealed, denied again, appealed again, paid. C2: closed by hand. C3: to the patient, put back, written off. C4: open.
fn worked() -> Office {
    let office = denied(&["C1", "C2", "C3", "C4"], "CO*197");
    let on = |args: &[&str], day: &str, user: &str| {
        office.done(&[&["denial"], args, &["--on", day, "--user", user]].concat());
    };
    on(&["assign", "1", "--who", "ann"], "2026-06-25", "boss");
    on(&["appeal", "1", "--method", "fax"], "2026-07-01", "ann");
    answer(&office, 3, "20260715", "0", &refused("C1", "B", "CO*197"));
    on(&["appeal", "1"], "2026-07-20", "ann");
    answer(&office, 4, "20260810", "110", PAID);
    on(&["call", "2", "--rep", "Kim"], "2026-07-02", "bea");
    on(&["resolve", "2"], "2026-08-01", "bea");
    on(&["bill-patient", "3", "--waiver", "notice of June"], "2026-07-05", "bea");
    on(&["reopen", "3"], "2026-08-05", "boss");
    on(&["propose-write-off", "3"], "2026-08-20", "bea");
    office.check();
    office
}

/// Number, state, dollars and assignee of what was listed on a day.
fn on(office: &Office, day: &str, more: &[&str]) -> Vec<String> {
    let rows = list(office, &[&["--as-of", day], more].concat());
    let mut rows: Vec<String> = rows
        .iter()
        .map(|row| {
            let words = fields(row, &["status", "open_amount", "assignee"]).join(" ");
            format!("{} {words}", row["denial_id"])
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn any_past_day_of_the_list_can_be_asked_for() {
    let office = worked();
    assert!(on(&office, "2026-06-19", &["--all"]).is_empty(), "nothing was denied yet");
    let all_open = ["1 open 150.00 null", "2 open 150.00 null", "3 open 150.00 null", "4 open 150.00 null"];
    assert_eq!(on(&office, "2026-06-20", &[]), all_open);
    assert_eq!(
        on(&office, "2026-07-10", &["--all"]),
        ["1 appealed 150.00 ann", "2 open 150.00 null", "3 patient-billed 0.00 null", "4 open 150.00 null"]
    );
    assert_eq!(
        on(&office, "2026-08-06", &[]),
        ["1 appealed 150.00 ann", "3 reopened 150.00 null", "4 open 150.00 null"]
    );
    // The last of them is as the list of today says.
    let today = list(&office, &["--all"]);
    let then = list(&office, &["--all", "--as-of", "2026-09-29"]);
    let same = |rows: &[Value]| -> Vec<Value> {
        rows.iter()
            .map(|row| {
                serde_json::json!([
                    row["denial_id"],
                    row["status"],
                    row["denied"],
                    row["open_amount"],
                    row["priority"]
                ])
            })
            .collect()
    };
    assert_eq!(same(&today), same(&then));
    // One denial, as it stood.
    let shown = office.json(&["denial", "show", "1", "--as-of", "2026-07-18"]);
    assert_eq!(fields(&shown["denial"], &["status", "open_amount"]), ["open", "150.00"]);
    let events: Vec<&str> = shown["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|e| e["event"].as_str().expect("a word"))
        .collect();
    assert_eq!(events, ["denied", "assign", "appeal", "denied-again"]);
    assert_eq!(office.run(&["denial", "show", "1", "--as-of", "2026-06-19"]).status.code(), Some(4));
    // Nobody works in the past.
    for args in [&["next"][..], &["note", "4", "--note", "x"], &["resolve", "--min", "1", "--yes"]] {
        let said = office.run(&[&["denial"], args, &["--as-of", "2026-07-10"]].concat());
        assert_eq!(said.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&said.stderr).contains("it can be looked at, not worked"));
    }
}

#[test]
fn recovery_says_how_each_level_ended() {
    let office = worked();
    let report = office.json(&["report", "recovery", "--by", "level"]);
    let rows = report["rows"].as_array().expect("rows");
    let row = |row: &Value| {
        let counts = ["cases", "overturned", "upheld", "moved_cases", "open_cases", "n"]
            .map(|key| row[key].to_string());
        format!("{} {}", row["level"].as_str().unwrap_or("all"), counts.join(" "))
    };
    assert_eq!(rows.iter().map(row).collect::<Vec<_>>(), ["no appeal 3 0 2 0 1 2", "appeal-2 1 1 0 0 0 1"]);
    assert_eq!(row(&report["totals"]), "all 4 1 2 0 1 3");
    let dollars = ["denied", "recovered", "written_off", "to_patient", "open"];
    assert_eq!(fields(&report["totals"], &dollars), ["600.00", "110.00", "150.00", "0.00", "300.00"]);
    let denials = office.json(&["report", "denials"]);
    assert_eq!(report["totals"]["open"], denials["totals"]["open"], "the books have it still");
    let kpi = office.json(&["report", "kpi", "--from", "2026-01-01", "--to", "2026-09-29"]);
    let overturned =
        kpi["rows"].as_array().expect("rows").iter().find(|row| row["kpi"] == "overturn_rate_count");
    let overturned = overturned.expect("the figure");
    let of = [&overturned["numerator"], &overturned["denominator"]].map(ToString::to_string);
    assert_eq!(of.map(|count| count.replace('"', "")), ["1", "3"], "one rate in both reports");
    // While C3 was with the patient.
    let then = office.json(&["report", "recovery", "--by", "level", "--as-of", "2026-07-10"]);
    let rows: Vec<String> = then["rows"].as_array().expect("rows").iter().map(row).collect();
    assert_eq!(rows, ["no appeal 3 0 0 1 2 0", "appeal-1 1 0 0 0 1 0"]);
    assert_eq!(then["totals"]["to_patient"], "150.00");
}

#[test]
fn dollars_count_for_whoever_moved_or_won_them() {
    let office = worked();
    office.done(&["claim", "note", "C4", "asked the front desk", "--user", "cem"]);
    office.done(&["claim", "pay", "C4", "20", "--user", "cem"]);
    let report = office.json(&["report", "productivity", "--from", "2026-06-01", "--to", "2026-09-30"]);
    let rows = report["rows"].as_array().expect("rows");
    let of = |user: &str| {
        let row = rows.iter().find(|row| row["user"] == user).unwrap_or_else(|| panic!("{user}: {report:#}"));
        let counts = ["touches", "claims", "calls", "appeals", "other"].map(|key| row[key].to_string());
        format!("{} {}", counts.join(" "), fields(row, &["moved", "recovered"]).join(" "))
    };
    assert_eq!(of("ann"), "2 1 0 2 0 0.00 110.00", "her appeal brought it");
    assert_eq!(of("bea"), "4 2 1 0 3 150.00 0.00", "what was put back does not count");
    assert_eq!(of("boss"), "2 2 0 0 2 0.00 0.00");
    assert_eq!(of("cem"), "1 1 0 0 1 0.00 0.00", "money that came in was not moved");
    // Before the transfer to the patient was put back it counted.
    let early = office.json(&[
        "report",
        "productivity",
        "--from",
        "2026-07-01",
        "--to",
        "2026-07-31",
        "--as-of",
        "2026-07-31",
    ]);
    assert_eq!(early["totals"]["moved"], "150.00");
    let later = office.json(&["report", "productivity", "--period", "2026-07"]);
    assert_eq!(later["totals"]["moved"], "0.00");
}

#[test]
fn what_would_expire_is_counted_of_records_not_of_the_columns_shown() {
    let office = denied(&["C1", "C2", "C3"], "CO*197");
    let count = |more: &[&str]| {
        let asked = [&["denial", "list", "--simulate", "1"], more].concat();
        office.json(&asked)["rows"][0]["denials"].clone()
    };
    assert_eq!(count(&[]), 3);
    assert_eq!(count(&["--limit", "2"]), 2);
    assert_eq!(count(&["--limit", "2", "--columns", "payer,denied"]), 2);
}
