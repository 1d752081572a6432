//! Deadlines through the program: nothing runs before somebody confirmed it, and what is confirmed says by whom.

use serde_json::Value;

use crate::office::{Billed, Office, TODAY, claims};

/// An office with one claim to PAYER ONE, and PAYER TWO behind it.
fn office() -> Office {
    let office = Office::new();
    let billed = Billed {
        number: "C1",
        charge: "200",
        lines: &[("99213", "200")],
        secondary: true,
        frequency: '1',
        service: "20260105",
    };
    let file = office.write("claims.837", claims(1, "20260106", &[billed]));
    office.import(&[&file]);
    office
}

fn rules(office: &Office, payer: &str) -> Vec<(String, String, Value)> {
    let list = office.json(&["clock", "list", "--payer", payer]);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let rows = list["rows"].as_array().expect("rows");
    rows.iter().map(|row| (text(row, "kind"), text(row, "status"), row.clone())).collect()
}

fn refused(office: &Office, args: &[&str]) -> (i32, String) {
    let output = office.run(args);
    (output.status.code().expect("a code"), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn suggestions_wait_for_somebody_to_confirm_them() {
    let office = office();
    let kinds: Vec<(String, String)> =
        rules(&office, "P1").into_iter().map(|(kind, status, _)| (kind, status)).collect();
    let all = ["filing", "secondary", "corrected", "appeal-1"];
    assert_eq!(kinds, all.map(|kind| (kind.to_owned(), "suggested".to_owned())));

    // What is only usual needs its source.
    let (code, said) = refused(&office, &["clock", "confirm", "1", "appeal-1"]);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("--source"), "{said}");
    let confirm = ["clock", "confirm", "1", "appeal-1", "--source", "contract 7.3", "--user", "ann"];
    office.done(&[&confirm[..], &["--dry-run"]].concat());
    assert!(rules(&office, "P1").iter().all(|(_, status, _)| status == "suggested"));
    office.done(&confirm);
    let after = rules(&office, "P1");
    let (_, status, row) = after.iter().find(|(kind, ..)| kind == "appeal-1").expect("there");
    assert_eq!(status, "confirmed");
    assert_eq!((&row["confirmed_by"], &row["confirmed_on"]), (&"ann".into(), &TODAY.into()));
    assert_eq!(
        (&row["source"], &row["limit"], &row["unit"]),
        (&"contract 7.3".into(), &180.into(), &"days".into())
    );
    office.check();
}

#[test]
fn an_own_rule_takes_the_place_of_the_suggestion() {
    let office = office();
    let set = ["clock", "set", "1", "filing", "180", "days", "--from", "service", "--source", "contract 4"];
    office.done(&set);
    let status = |office: &Office| {
        let all = rules(office, "P1");
        all.iter()
            .find(|(kind, ..)| kind == "filing")
            .map(|(_, status, row)| (status.clone(), row["limit"].clone()))
    };
    assert_eq!(status(&office), Some(("not confirmed".to_owned(), 180.into())));
    office.done(&["clock", "confirm", "1", "filing"]);
    assert_eq!(status(&office), Some(("confirmed".to_owned(), 180.into())));
    office.done(&["clock", "remove", "1", "filing", "--dry-run"]);
    assert_eq!(status(&office), Some(("confirmed".to_owned(), 180.into())));
    office.done(&["clock", "remove", "1", "filing"]);
    assert_eq!(status(&office), Some(("suggested".to_owned(), 90.into())));
    office.check();
}

#[test]
fn what_cannot_be_a_rule_is_refused() {
    let office = office();
    fn set<'a>(rest: &[&'a str]) -> Vec<&'a str> {
        [&["clock", "set"], rest].concat()
    }
    for (args, code) in [
        (set(&["1", "filing", "90", "days", "--from", "decision", "--source", "x"]), 2),
        (set(&["1", "filing", "90", "days", "--from", "service", "--source", " "]), 2),
        (set(&["1", "appeal-6", "90", "days", "--from", "denial", "--source", "x"]), 2),
        (set(&["1", "filing", "0", "days", "--from", "service", "--source", "x"]), 2),
        (set(&["9", "filing", "90", "days", "--from", "service", "--source", "x"]), 4),
        (vec!["clock", "confirm", "9"], 4),
        (vec!["clock", "confirm", "1", "appeal-4"], 4),
        (vec!["clock", "confirm", "--class", "medicare"], 4),
        (vec!["clock", "remove", "1", "appeal-2"], 4),
    ] {
        let (was, said) = refused(&office, &args);
        assert_eq!(was, code, "{args:?}: {said}");
        assert!(said.starts_with("error: "), "{said}");
    }
    office.check();
}

#[test]
fn a_class_is_confirmed_at_once_and_only_when_asked() {
    let office = office();
    office.done(&["payer", "set", "1", "--class", "Medicare"]);
    // Nobody can be asked here.
    let (code, said) = refused(&office, &["clock", "confirm", "--class", "medicare"]);
    assert_eq!(code, 4, "{said}");
    office.done(&["clock", "confirm", "--class", "medicare", "--yes"]);
    let all = rules(&office, "P1");
    assert_eq!(all.len(), 8);
    assert!(all.iter().all(|(_, status, _)| status == "confirmed"));
    let first = all.iter().find(|(kind, ..)| kind == "appeal-1").expect("there");
    assert_eq!((&first.2["receipt_days"], &first.2["except"]), (&5.into(), &"29".into()));
    let shown = office.done(&["payer", "show", "1"]);
    assert!(
        shown.contains("120 days from the denial, received 5 days later (confirmed; 42 CFR 405.942)"),
        "{shown}"
    );
}

#[test]
fn a_merged_payer_takes_its_rules_along_unconfirmed() {
    let office = office();
    let set =
        ["clock", "set", "2", "appeal-1", "30", "days", "--from", "denial", "--source", "x", "--confirm"];
    office.done(&set);
    office.done(&["payer", "merge", "2", "1", "--yes"]);
    let all = rules(&office, "P1");
    let (_, status, row) = all.iter().find(|(kind, ..)| kind == "appeal-1").expect("there");
    assert_eq!((status.as_str(), &row["limit"]), ("not confirmed", &30.into()));
    office.check();
}

#[test]
fn amounts_in_controversy_stand_by_year() {
    let office = office();
    let answer = office.json(&["clock", "amounts"]);
    let rows = answer[0]["rows"].clone();
    let of = |kind: &str, year: u64| {
        let rows = rows.as_array().expect("rows");
        rows.iter().find(|row| row["kind"] == kind && row["year"] == year).map(|row| row["amount"].clone())
    };
    assert_eq!(of("appeal-3", 2026), Some("200.00".into()));
    assert_eq!(of("appeal-5", 2025), Some("1900.00".into()));
    assert_eq!(of("appeal-3", 2027), None);
}

#[test]
fn the_office_writes_down_what_must_be_at_stake_in_a_year() {
    let office = office();
    let set = ["clock", "amounts", "set", "--year", "2027", "--level", "3", "--amount", "123.45"];
    let why = ["--source", "the register, page 9", "--reason", "a new year", "--user", "ann"];
    let set: Vec<&str> = [&set[..], &why].concat();
    office.done(&[&set[..], &["--dry-run"]].concat());
    let rows =
        |office: &Office| office.json(&["clock", "amounts"])[0]["rows"].as_array().expect("rows").clone();
    let of = |office: &Office, year: u64, origin: &str| {
        let fits = |row: &&Value| row["kind"] == "appeal-3" && row["year"] == year && row["origin"] == origin;
        rows(office).iter().find(fits).map(|row| (row["amount"].clone(), row["stands"].clone()))
    };
    assert_eq!(of(&office, 2027, "office"), None);
    office.done(&set);
    assert_eq!(of(&office, 2027, "office"), Some(("123.45".into(), true.into())));
    // What came with the program is said where the office says otherwise, and comes back when that is taken away.
    let other = ["clock", "amounts", "set", "--year", "2026", "--level", "3", "--amount", "201"];
    let output = office.run(&[&other[..], &why].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("says otherwise: 200.00"), "{said}");
    assert_eq!(of(&office, 2026, "program"), Some(("200.00".into(), false.into())));
    assert_eq!(of(&office, 2026, "office"), Some(("201.00".into(), true.into())));
    let unset = ["clock", "amounts", "unset", "--year", "2026", "--level", "3", "--reason", "misread"];
    office.done(&unset);
    assert_eq!(of(&office, 2026, "program"), Some(("200.00".into(), true.into())));
    let (code, said) = refused(&office, &unset);
    assert!(code == 4 && said.contains("no amount of its own for medicare appeal-3 2026"), "{said}");
    let second = ["clock", "amounts", "set", "--year", "2027", "--level", "2", "--amount", "1"];
    let (code, said) = refused(&office, &[&second[..], &why].concat());
    assert!(code == 4 && said.contains("appeal-3, appeal-5"), "{said}");
    let log = office.json(&["audit", "log", "--what", "clock amounts"])["rows"].clone();
    assert_eq!(log.as_array().map(Vec::len), Some(3), "{log:#}");
    office.check();
}

#[test]
fn a_clock_says_that_the_amount_of_a_year_is_not_known_and_how_to_set_it() {
    let office = crate::denial_work::denied(&["C1"], "CO*50");
    let rule = ["clock", "set", "1", "appeal-3", "60", "days", "--from", "denial", "--amounts", "medicare"];
    office.done(&[&rule[..], &["--source", "42 CFR 405.1014", "--confirm"]].concat());
    for (level, on) in [("1", "2026-07-01"), ("2", "2026-08-01")] {
        office.done(&["denial", "appeal", "1", "--level", level, "--on", on]);
        office.done(&["denial", "decide", "1", "--level", level, "--on", on, "--outcome", "upheld"]);
    }
    let clock = |today: &str| {
        let mut command = office.command(&["denial", "show", "1", "--format", "json"]);
        let output = command.env("ARREARS_TODAY", today).output().expect("it runs");
        let show: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        show["clocks"][0]["rule"].as_str().expect("words").to_owned()
    };
    assert!(clock("2026-09-30").ends_with("; at least 200.00 must be at stake"), "{}", clock("2026-09-30"));
    let unknown = clock("2027-01-05");
    assert!(
        unknown.contains(
            "what must be at stake in 2027 is not known: `arrears clock amounts set --year 2027 --level 3 "
        ),
        "{unknown}"
    );
    let set = ["clock", "amounts", "set", "--year", "2027", "--level", "3", "--amount", "123.45"];
    office.done(&[&set[..], &["--source", "the register", "--reason", "a new year"]].concat());
    assert!(clock("2027-01-05").ends_with("; at least 123.45 must be at stake"), "{}", clock("2027-01-05"));
}

#[test]
fn a_holiday_of_the_office_moves_the_last_day() {
    let office = crate::denial_work::denied(&["C1"], "CO*50");
    // 90 days after 20 June end on a Friday.
    let rule = ["clock", "set", "1", "appeal-1", "90", "days", "--from", "denial", "--next-workday"];
    office.done(&[&rule[..], &["--source", "manual 3", "--confirm"]].concat());
    let due = || office.json(&["denial", "show", "1"])["denial"]["deadline"].clone();
    assert_eq!(due(), "2026-09-18");
    let add = ["clock", "holidays", "add", "2026-09-18", "--name", "mourning", "--source", "an order"];
    let add: Vec<&str> = [&add[..], &["--reason", "closed"]].concat();
    office.done(&[&add[..], &["--dry-run"]].concat());
    assert_eq!(due(), "2026-09-18");
    office.done(&add);
    assert_eq!(due(), "2026-09-21");
    let days = office.json(&["clock", "holidays", "list", "--year", "2026"])["rows"].clone();
    let days = days.as_array().expect("rows");
    let own: Vec<&Value> = days.iter().filter(|row| row["origin"] == "office").collect();
    assert_eq!((days.len(), own.len(), &own[0]["on"]), (12, 1, &"2026-09-18".into()));
    let federal = ["clock", "holidays", "add", "2026-11-26", "--name", "x", "--source", "y", "--reason", "z"];
    let (code, said) = refused(&office, &federal);
    assert!(code == 4 && said.contains("Thanksgiving"), "{said}");
    office.done(&["clock", "holidays", "remove", "2026-09-18", "--reason", "they were open"]);
    assert_eq!(due(), "2026-09-18");
    assert_eq!(refused(&office, &["clock", "holidays", "remove", "2026-11-26", "--reason", "x"]).0, 4);
    office.check();
}

/// What nobody could compare with a source, or nobody confirmed, is no rule of deadlines.
#[test]
fn a_rule_without_source_or_confirmation_is_missed() {
    use arrears::books::check::check;
    use arrears::domain::clock::{ClockRule, OfficeAmount, OfficeHoliday, Written};
    use arrears::domain::{Date, Money, PayerId};
    use arrears::store::{Book, Read};

    let office = office();
    office.done(&["clock", "confirm", "1", "appeal-1", "--source", "contract 7.3", "--user", "ann"]);
    let book = Book::open(&office.ledger(), std::time::Duration::ZERO).expect("opened");
    let right = book.read().expect("read").clock_rules().expect("rules").remove(0);
    let on = right.set_on.or(right.confirmed_on).expect("a day");
    let written =
        |source: &str| Written { source: source.to_owned(), reason: String::new(), by: "kim".to_owned(), on };
    let said = |change: &dyn Fn(&mut arrears::store::WriteTables<'_>)| {
        let mut writer = book.write(std::time::Duration::ZERO).expect("its turn");
        change(&mut writer.tables());
        crate::acts::committed(writer).expect("committed");
        let checks = check(&book.read().expect("read")).expect("checked");
        checks.into_iter().find(|check| check.name == "deadline-rules").expect("it is there").problems
    };
    let rule = |rule: ClockRule| {
        said(&|tables: &mut arrears::store::WriteTables<'_>| {
            tables.put_clock_rule(&rule).expect("put");
        })
    };
    assert_eq!(rule(right.clone()), [""; 0]);
    assert!(rule(ClockRule { source: String::new(), ..right.clone() })[0].ends_with("has no source"));
    assert!(rule(ClockRule { confirmed_by: String::new(), ..right.clone() })[0].ends_with("is missing"));
    assert!(rule(ClockRule { payer: PayerId(99), ..right }).iter().any(|p| p.ends_with("no such payer")));
    let amount = |cents, source: &str| OfficeAmount {
        table: "medicare".to_owned(),
        level: 3,
        year: 2027,
        amount: Money::from_cents(cents),
        written: written(source),
    };
    for (wrong, counts) in
        [(amount(20_000, "90 FR 1"), 0), (amount(20_000, ""), 1), (amount(0, "90 FR 1"), 1)]
    {
        let problems = said(&|tables: &mut arrears::store::WriteTables<'_>| {
            tables.put_clock_amount(&wrong).expect("put");
        });
        let own = problems.iter().filter(|p| p.starts_with("the amount of medicare 3 in 2027")).count();
        assert_eq!(own, counts, "{problems:?}");
    }
    let problems = said(&|tables: &mut arrears::store::WriteTables<'_>| {
        let on = Date::parse_iso("2027-03-01").expect("a day");
        tables
            .put_clock_holiday(&OfficeHoliday { on, name: "flood".to_owned(), written: written("") })
            .expect("put");
    });
    assert!(problems.iter().any(|p| p == "holiday 2027-03-01 has no source"), "{problems:?}");
}
