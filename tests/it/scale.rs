//! What is read in short says what the whole says: lists that stop early, and reports by whatever grouping, on any day.

use serde_json::Value;

use crate::office::Office;
use crate::practice::practice;

fn cents(value: &Value) -> i64 {
    value.as_str().expect("an amount").replace('.', "").parse().expect("an amount")
}

fn rows(listed: &Value) -> &[Value] {
    listed["rows"].as_array().expect("rows")
}

#[test]
fn a_list_that_stops_early_is_the_beginning_of_the_whole() {
    let office = Office::new();
    let (folder, _) = practice(&office, 300, 5);
    office.import(&[&folder]);
    let last = office.json(&["claim", "list"]);
    let day = rows(&last)[150]["service_date"].as_str().expect("a day").to_owned();
    for as_of in [None, Some(day.as_str())] {
        let list = |args: &[&str]| {
            let mut all = vec!["claim", "list"];
            all.extend_from_slice(args);
            as_of.iter().for_each(|day| all.extend(["--as-of", day]));
            office.json(&all)
        };
        let whole = list(&[]);
        let payer = rows(&whole)[0]["payer"].as_str().expect("a payer");
        let (least, half) = ("50", "100000");
        type Wanted<'w> = Box<dyn Fn(&Value) -> bool + 'w>;
        let cases: [(&[&str], Wanted<'_>); 5] = [
            (&["--status", "denied"], Box::new(|row| row["status"] == "denied")),
            (&["--open"], Box::new(|row| cents(&row["balance"]) != 0)),
            (&["--payer", payer], Box::new(|row| row["payer"] == payer)),
            (&["--min", least, "--max", half], Box::new(|row| cents(&row["balance"]) >= 5000)),
            (&["--from", &day], Box::new(|row| row["service_date"].as_str() >= Some(day.as_str()))),
        ];
        for (options, wanted) in cases {
            let wanted: Vec<&Value> = rows(&whole).iter().filter(|row| wanted(row)).collect();
            let chosen = list(options);
            assert_eq!(rows(&chosen).iter().collect::<Vec<_>>(), wanted, "{options:?}");
            let some = list(&[options, &["--limit", "2"]].concat());
            assert_eq!(rows(&some), &rows(&chosen)[..wanted.len().min(2)], "{options:?}");
            let sorted = list(&[options, &["--limit", "2", "--sort", "-balance"]].concat());
            let most = wanted.iter().map(|row| cents(&row["balance"])).max();
            assert_eq!(rows(&sorted).first().map(|row| cents(&row["balance"])), most, "{options:?}");
        }
    }
}

#[test]
fn every_grouping_comes_to_the_same_on_every_day() {
    let office = Office::new();
    let (folder, _) = practice(&office, 300, 6);
    office.import(&[&folder]);
    let listed = office.json(&["claim", "list"]);
    let mut days: Vec<&str> = rows(&listed).iter().filter_map(|row| row["billed_on"].as_str()).collect();
    days.sort_unstable();
    for day in [days[0], days[days.len() / 2], days[days.len() - 1], "2099-01-01"] {
        let totals = |report: &str, by: &str, more: &[&str], keys: &[&str]| -> Vec<Value> {
            let mut args = vec!["report", report, "--by", by, "--as-of", day];
            args.extend_from_slice(more);
            let told = office.json(&args);
            keys.iter().map(|key| told["totals"][key].clone()).collect()
        };
        for basis in ["service", "billed", "responsibility"] {
            let keys = ["total", "credit", "d0_30", "d121_plus"];
            let by = |by| totals("aging", by, &["--basis", basis], &keys);
            let claims = by("claim");
            for other in ["provider", "patient"] {
                assert_eq!(by(other), claims, "aging by {other}, {basis}, {day}");
            }
            assert_eq!(by("payer")[0], claims[0], "aging by payer, {basis}, {day}");
            assert_eq!(by("responsibility")[0], claims[0], "aging by responsibility, {basis}, {day}");
        }
        let keys = ["claims", "cases", "lines", "denied", "recovered", "written_off", "open"];
        let reasons = totals("denials", "reason", &[], &keys);
        for by in ["category", "payer", "provider", "procedure", "month"] {
            assert_eq!(totals("denials", by, &[], &keys), reasons, "denials by {by}, {day}");
        }
    }
}
