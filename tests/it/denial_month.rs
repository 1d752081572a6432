//! A team of three works the denials of a made-up practice for a whole month, while payers answer. After every day the
//! proof must hold, and the dollars of the denials must be those of the books; at the end every day of the month must still
//! say what it said when it was today.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::office::{Office, remittance};

/// A month at an office: each command on a day, by somebody.
struct Month {
    office: Office,
    /// What the reports said on each day.
    said: BTreeMap<u32, (Value, Vec<String>)>,
    /// Answers that paid, to be taken back: claim, payer and its segments.
    paid: Vec<(String, String, String)>,
    control: u32,
}

const TEAM: [&str; 3] = ["ann", "bob", "cem"];

fn day(n: u32) -> String {
    format!("2026-10-{n:02}")
}

fn cents(text: &Value) -> i64 {
    text.as_str().expect("money").replace('.', "").parse().expect("money")
}

fn money(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

impl Month {
    fn new() -> Month {
        let office = Office::new();
        let files = office.path("files");
        let files = files.to_str().expect("a name");
        office.done(&["synth", "--claims", "400", "--seed", "11", files]);
        office.json(&["import", files]);
        office.done(&["practice", "set", "--write-off-limit", "120"]);
        Month { office, said: BTreeMap::new(), paid: Vec::new(), control: 900 }
    }

    fn on(&self, n: u32, user: &str, args: &[&str]) -> (bool, Value, String) {
        let mut command = self.office.command(&[args, &["--user", user, "--format", "json"]].concat());
        let output = command.env("ARREARS_TODAY", day(n)).output().expect("it runs");
        let value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.success(), value, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn rows(&self, n: u32, args: &[&str]) -> Vec<Value> {
        self.on(n, "boss", args).1["rows"].as_array().unwrap_or_else(|| panic!("{args:?}")).clone()
    }

    /// One person's next denial, and what comes of it. Gives the act that was done.
    fn work(&self, n: u32, turn: usize) -> Option<&'static str> {
        const ACTS: [&[&str]; 9] = [
            &["appeal", "--method", "portal", "--proof", "P1"],
            &["call", "--rep", "Kim", "--reference", "55", "--promised", "2026-10-28"],
            &["resubmit"],
            &["propose-write-off"],
            &["send-records"],
            &["bill-patient", "--waiver", "signed notice"],
            &["note", "--note", "asked the front desk"],
            &["appeal"],
            &["resolve"],
        ];
        let user = TEAM[turn];
        let (_, next, words) = self.on(n, user, &["denial", "next"]);
        let id =
            next["rows"].as_array().unwrap_or_else(|| panic!("{words}")).first()?["denial_id"].to_string();
        let act = ACTS[(n as usize * 3 + turn) % ACTS.len()];
        // A colleague who does not look first is told whose it is.
        if act[0] != "note" {
            let (done, _, words) = self.on(n, TEAM[(turn + 1) % 3], &["denial", act[0], &id]);
            assert!(!done && words.contains(&format!("is with {user}")), "{words}");
        }
        let (done, _, words) = self.on(n, user, &[&["denial", act[0], &id], &act[1..]].concat());
        if !done {
            // Money that must not move so: an appeal can always be sent.
            assert!(words.contains("may not be billed"), "{act:?} {id}: {words}");
            assert!(self.on(n, user, &["denial", "appeal", &id]).0);
            return Some("appeal");
        }
        if act[0] == "note" {
            let until = if n < 25 { "2026-10-25" } else { "2026-11-25" };
            assert!(self.on(n, user, &["denial", "snooze", &id, "--until", until]).0);
        }
        Some(act[0])
    }

    /// A payer answers what is with it: pays, denies again, or takes back what it had paid.
    fn answer(&mut self, n: u32, how: &str) -> bool {
        if how == "take back" {
            let Some((claim, payer, segments)) = self.paid.pop() else { return false };
            self.import(n, &claim, &payer, &segments, 0);
            return true;
        }
        let with_payer = self.rows(n, &["denial", "list"]).into_iter().find_map(|row| {
            let waits = ["appealed", "resubmitted", "records-sent"].contains(&row["status"].as_str()?);
            let shown = self.on(n, "boss", &["claim", "show", &row["claim_id"].to_string()]).1;
            let claim = shown["claim"].clone();
            let whole = row["denied"] == claim["charge"] && row["open_amount"] == claim["charge"];
            (waits && whole && claim["paid"] == "0.00").then_some(claim)
        });
        let Some(claim) = with_payer else { return false };
        let (number, payer) =
            (claim["control_number"].as_str().expect("one"), claim["payer"].as_str().expect("one"));
        let (mut forth, mut back, mut sum) = (String::new(), String::new(), 0);
        for line in claim["lines"].as_array().expect("lines") {
            let charge = cents(&line["charge"]);
            let paid = if how == "pay" { charge * 7 / 10 } else { 0 };
            let mut code = format!("HC:{}", line["procedure"].as_str().expect("a code"));
            for modifier in line["modifiers"].as_str().unwrap_or("").split_whitespace() {
                code.push_str(&format!(":{modifier}"));
            }
            let reason = if how == "pay" { "45" } else { "197" };
            let date = claim["service_date"].as_str().expect("a day").replace('-', "");
            let line = |sign: i64| {
                let (charge, paid) = (sign * charge, sign * paid);
                format!(
                    "SVC*{code}*{}*{}~DTM*472*{date}~CAS*CO*{reason}*{}~",
                    money(charge),
                    money(paid),
                    money(charge - paid)
                )
            };
            forth.push_str(&line(1));
            back.push_str(&line(-1));
            sum += paid;
        }
        let charge = cents(&claim["charge"]);
        let icn = self.control;
        let head = |status: &str, sign: i64| {
            format!("CLP*{number}*{status}*{}*{}**12*ICN{icn}~", money(sign * charge), money(sign * sum))
        };
        if how == "pay" {
            let taken = format!("PLB*1234567893*20261231*FB:X*-{}~", money(sum));
            let segments = format!("{}{back}{taken}", head("22", -1));
            self.paid.push((number.to_owned(), payer.to_owned(), segments));
        }
        self.import(n, number, payer, &format!("{}{forth}", head("1", 1)), sum);
        true
    }

    fn import(&mut self, n: u32, claim: &str, payer: &str, segments: &str, paid: i64) {
        self.control += 1;
        let bpr = if paid == 0 { "BPR*H*0*C*NON".to_owned() } else { format!("BPR*I*{}*C*CHK", money(paid)) };
        let (control, date) = (self.control, day(n).replace('-', ""));
        let text = remittance(control, payer, &bpr, &date, &format!("TRACE{control}"), segments);
        let path = self.office.write(&format!("{control}.835"), text);
        let (_, said, words) = self.on(n, "poster", &["import", path.to_str().expect("a name")]);
        assert_eq!(said["totals"]["matched"], 1, "{claim}: {said:#} {words}");
    }

    /// What the denials say is open stands in the books as refused, every dollar is somewhere, and the proof holds.
    fn prove(&mut self, n: u32) {
        let (ok, proof, _) = self.on(n, "boss", &["db", "check"]);
        assert!(ok && proof["ok"] == true, "day {n}: {proof:#}");
        let listed = self.listed(n, n);
        let open: i64 =
            self.rows(n, &["denial", "list", "--all"]).iter().map(|row| cents(&row["open_amount"])).sum();
        let accounts = self.rows(n, &["report", "trial-balance"]);
        let of = |name: &str| -> i64 {
            accounts.iter().filter(|row| row["account"] == name).map(|row| cents(&row["balance"])).sum()
        };
        let (denied, hold, back) =
            (of("ar:insurance:denied"), of("ar:patient:hold"), of("ar:insurance:open"));
        assert!(
            denied <= open && open <= denied + hold + back,
            "day {n}: {open} open, {denied} denied, {hold} on hold"
        );
        let denials = self.on(n, "boss", &["report", "denials"]).1["totals"].clone();
        assert_eq!(cents(&denials["open"]), open);
        let ends = self.on(n, "boss", &["report", "recovery"]).1["totals"].clone();
        for key in ["denied", "recovered", "written_off", "open"] {
            assert_eq!(denials[key], ends[key], "day {n}: {key}");
        }
        let parts = ["recovered", "written_off", "moved", "open"].map(|key| cents(&ends[key]));
        assert!(parts.iter().sum::<i64>() <= cents(&ends["denied"]), "day {n}: {ends:#}");
        self.said.insert(n, (denials, listed));
    }

    /// Every denial of a day with its state and dollars, asked on another.
    fn listed(&self, asked: u32, of: u32) -> Vec<String> {
        let day = day(of);
        let rows = self.rows(asked, &["denial", "list", "--all", "--as-of", &day]);
        let mut rows: Vec<String> = rows
            .iter()
            .map(|row| format!("{} {} {}", row["denial_id"], row["status"], row["open_amount"]))
            .collect();
        rows.sort();
        rows
    }
}

#[test]
fn three_people_work_for_a_month() {
    let mut month = Month::new();
    month.prove(1);
    let denied = month.said[&1].0["denied"].clone();
    let (mut acts, mut answers): (BTreeMap<&str, u32>, BTreeMap<&str, u32>) = Default::default();
    for n in (2..=31).filter(|n| ![0, 1].contains(&((n + 4) % 7))) {
        for turn in 0..TEAM.len() {
            if let Some(act) = month.work(n, turn) {
                *acts.entry(act).or_default() += 1;
            }
        }
        let how = ["pay", "deny again", "take back"][n as usize % 3];
        *answers.entry(how).or_default() += u32::from(month.answer(n, how));
        if n == 20 {
            let proposed = ["denial", "approve", "--status", "write-off-proposed", "--yes"];
            let (done, _, words) = month.on(n, "boss", &proposed);
            assert!(done || words.contains("no denial fits"), "{words}");
        }
        if n == 22 {
            let resolved = ["denial", "reopen", "--status", "resolved", "--yes"];
            let (done, _, words) = month.on(n, "boss", &resolved);
            assert!(done || words.contains("no denial fits"), "{words}");
        }
        month.prove(n);
        assert_eq!(month.said[&n].0["denied"], denied, "a service that is denied again counts once");
    }
    assert!(acts.values().sum::<u32>() > 25, "{acts:?}");
    assert!(
        ["pay", "deny again", "take back"].iter().all(|how| answers.get(how).is_some_and(|n| *n > 0)),
        "{answers:?}"
    );
    // What was promised by the 28th and has not come is followed up; who did what is counted.
    let promises = month.rows(31, &["followup", "list", "--status", "promise-passed"]);
    let listed: u32 = promises.iter().map(|row| u32::from(row["promised_on"] == "2026-10-28")).sum();
    assert!(listed <= acts.get("call").copied().unwrap_or(0), "{promises:?}");
    let work = month.on(31, "boss", &["report", "productivity", "--period", "2026-10"]).1;
    let of = |user: &str, key: &str| {
        let rows = work["rows"].as_array().expect("rows");
        rows.iter().find(|row| row["user"] == user).and_then(|row| row[key].as_u64()).unwrap_or(0)
    };
    let done: u64 = TEAM.iter().map(|user| of(user, "touches")).sum();
    assert!(done >= u64::from(acts.values().sum::<u32>()), "{work:#}");
    assert_eq!(TEAM.iter().map(|user| of(user, "appeals")).sum::<u64>(), u64::from(acts["appeal"]));
    // Every day of the month still says what it said, written-off dollars among it.
    for (n, (denials, listed)) in &month.said {
        let then = month.on(31, "boss", &["report", "denials", "--as-of", &day(*n)]).1["totals"].clone();
        assert_eq!(&then, denials, "day {n}");
        assert_eq!(&month.listed(31, *n), listed, "day {n}");
    }
}
