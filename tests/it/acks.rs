//! Acknowledgments through the real binary: who heard what, in any order of arrival, and that no cent moves.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::office::{Billed, Office, claims, interchange, remittance, set};

const LINES: &[(&str, &str)] = &[("99213", "100")];

fn billed(number: &'static str, charge: &'static str) -> Billed<'static> {
    let lines: &'static [(&str, &str)] = match charge {
        "100" => LINES,
        "200" => &[("99214", "200")],
        _ => &[("99215", "300")],
    };
    Billed { number, charge, lines, secondary: false, frequency: '1', service: "20260302" }
}

/// A batch of three claims, number `B{control}`, in group `control` and set `control`.
fn batch(office: &Office, control: u32, date: &str) -> PathBuf {
    let three = [billed("AA1", "100"), billed("BB2", "200"), billed("CC3", "300")];
    office.write(&format!("{control}.837"), claims(control, date, &three))
}

/// A 277CA. `claims` are segments from the first patient level on, in which each claim is `number|STC|more`.
pub fn status(
    office: &Office,
    name: &str,
    source: &str,
    date: &str,
    batch: &str,
    level: &str,
    claims: &[&str],
) -> PathBuf {
    let control: u32 = name.bytes().map(u32::from).sum::<u32>() + 7000;
    let mut segments = vec![
        format!("BHT*0085*08*R{name}*{date}*1200*TH"),
        "HL*1**20*1".to_owned(),
        format!("NM1*{source}*2*{}*****46*X1", if source == "AY" { "CLEARING" } else { "PAYER ONE" }),
        format!("TRN*1*T{name}"),
        format!("DTP*050*D8*{date}"),
        format!("DTP*009*D8*{date}"),
        "HL*2*1*21*1".to_owned(),
        "NM1*41*2*MAPLE STREET*****46*S1".to_owned(),
        format!("TRN*2*{batch}"),
    ];
    segments.extend(level.split('~').filter(|s| !s.is_empty()).map(str::to_owned));
    if !claims.is_empty() {
        segments.push("HL*3*2*19*1".to_owned());
        segments.push("NM1*85*2*MAPLE STREET*****XX*1234567893".to_owned());
    }
    for (at, claim) in claims.iter().enumerate() {
        let mut parts = claim.split('|');
        segments.push(format!("HL*{}*3*PT", at + 4));
        segments.push("NM1*QC*1*ASPEN*RED****MI*M1".to_owned());
        segments.push(format!("TRN*2*{}", parts.next().unwrap_or_default()));
        segments.extend(parts.map(str::to_owned));
        if !claim.contains("DTP*472") {
            segments.push("DTP*472*D8*20260302".to_owned());
        }
    }
    let body = set("ST*277*{control}*005010X214", &format!("{control:04}"), &segments);
    office.write(name, interchange("HN", "005010X214", control, &[body]))
}

fn syntax(office: &Office, name: &str, segments: &str) -> PathBuf {
    let control: u32 = name.bytes().map(u32::from).sum::<u32>() + 9000;
    let segments: Vec<String> = segments.split('~').map(str::to_owned).collect();
    let body = set("ST*999*{control}*005010X231A1", &format!("{control:04}"), &segments);
    office.write(name, interchange("FA", "005010X231A1", control, &[body]))
}

fn import(office: &Office, path: &Path) -> Value {
    office.import(&[path])
}

fn numbers(office: &Office, answer: &str) -> Vec<String> {
    let found = office.json(&["claim", "list", "--ack", answer]);
    let rows = found["rows"].as_array().expect("rows");
    let mut numbers: Vec<String> =
        rows.iter().map(|row| row["control_number"].as_str().expect("text").to_owned()).collect();
    numbers.sort();
    numbers
}

fn rejections(office: &Office) -> Vec<Value> {
    office.json(&["rejection", "list"])["rows"].as_array().expect("rows").clone()
}

/// `date event by` of each event of a claim.
fn events(office: &Office, number: &str) -> Vec<String> {
    let shown = office.json(&["claim", "show", number]);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = shown["events"].as_array().expect("events");
    rows.iter().map(|r| format!("{} {} {}", text(r, "on"), text(r, "event"), text(r, "by"))).collect()
}

/// Everything of claims and rejections that must not depend on the order of arrival.
fn state(office: &Office) -> Value {
    let apart = |mut rows: Vec<Value>| {
        for row in &mut rows {
            row.as_object_mut().expect("a row").remove("claim_id");
        }
        rows.sort_by_key(Value::to_string);
        rows
    };
    let heard: Vec<Vec<String>> = ["AA1", "BB2", "CC3"].iter().map(|n| events(office, n)).collect();
    serde_json::json!({
        "rejections": apart(rejections(office)),
        "events": heard,
        "rejected": numbers(office, "rejected"), "accepted": numbers(office, "accepted"),
        "received": numbers(office, "received"), "none": numbers(office, "none"),
    })
}

#[test]
fn from_sent_to_accepted_or_rejected_step_by_step() {
    let office = Office::new();
    let sent = batch(&office, 11, "20260304");
    import(&office, &sent);
    let books = office.books();
    assert_eq!(numbers(&office, "none"), ["AA1", "BB2", "CC3"]);

    let accepted = syntax(&office, "a.999", "AK1*HC*11*005010X222A1~AK2*837*0011~IK5*A~AK9*A*1*1*1");
    let report = import(&office, &accepted);
    assert_eq!(report["files"][0]["kind"], "999");
    assert_eq!(report["files"][0]["status"], "imported", "{report:#}");
    assert_eq!(report["files"][0]["transactions"][0]["matched"], 3, "{report:#}");
    assert_eq!(numbers(&office, "received"), ["AA1", "BB2", "CC3"]);
    assert!(rejections(&office).is_empty());

    let clearing = status(
        &office,
        "clearing.277",
        "AY",
        "20260305",
        "B11",
        "STC*A1:19*20260305*WQ*600~QTY*90*2~QTY*AA*1",
        &[
            "AA1|STC*A2:20*20260305*WQ*100|REF*D9*CH1",
            "BB2|STC*A2:20*20260305*WQ*200",
            "CC3|STC*A7:21*20260305*U*300******A7:249:85",
        ],
    );
    let report = import(&office, &clearing);
    let done = &report["files"][0]["transactions"][0];
    assert_eq!((&done["claims"], &done["matched"], &done["unapplied"]), (&3.into(), &3.into(), &0.into()));
    assert_eq!(done["payer"], "CLEARING");
    assert_eq!(numbers(&office, "accepted"), ["AA1", "BB2"]);
    assert_eq!(numbers(&office, "rejected"), ["CC3"]);
    let open = rejections(&office);
    assert_eq!(open.len(), 1);
    assert_eq!((&open[0]["status"], &open[0]["category"]), (&"rejected".into(), &"A7".into()), "{open:#?}");
    assert_eq!((&open[0]["code"], &open[0]["entity"]), (&"249".into(), &"billing provider".into()));
    assert_eq!(
        (&open[0]["source"], &open[0]["rejected_on"]),
        (&"clearinghouse".into(), &"2026-03-05".into())
    );
    assert_eq!((&open[0]["charge"], &open[0]["resent"]), (&"300.00".into(), &false.into()));
    assert!(open[0]["meaning"].as_str().expect("words").starts_with("Rejected: something not valid"));

    // The payer takes one and sends the other back, days after the clearinghouse took both.
    let payer = status(
        &office,
        "payer.277",
        "PR",
        "20260309",
        "CLH-77",
        "STC*A1:19*20260309*WQ*300",
        &[
            "AA1|STC*A2:20*20260309*WQ*100|REF*1K*ICN1",
            "BB2|STC*A3:21*20260309*U*200|REF*1K*NONE|STC*A3:33:IL**U",
        ],
    );
    import(&office, &payer);
    assert_eq!(numbers(&office, "accepted"), ["AA1"]);
    assert_eq!(numbers(&office, "rejected"), ["BB2", "CC3"]);
    assert_eq!(
        events(&office, "BB2"),
        [
            "2026-01-01 received 999",
            "2026-03-04 billed PAYER ONE",
            "2026-03-05 accepted clearinghouse: CLEARING",
            "2026-03-09 rejected payer: PAYER ONE",
        ]
    );
    let screen = office.json(&["status"]);
    let rows = screen["rows"].as_array().expect("rows");
    let line = rows.iter().find(|row| row["item"] == "Rejections to work").expect("a line");
    assert_eq!((&line["count"], &line["amount"]), (&2.into(), &"500.00".into()));

    // None of it moved a cent, and the same files again change nothing.
    assert_eq!(office.books(), books);
    let before = state(&office);
    let again = office.import(&[&accepted, &clearing, &payer]);
    assert_eq!(again["totals"]["duplicate"], 3, "{again:#}");
    assert_eq!(state(&office), before);
    office.check();

    // Sent again, the rejection waits for the answer; the acceptance of the new copy ends it.
    let resent = office.write("12.837", claims(12, "20260312", &[billed("BB2", "200")]));
    import(&office, &resent);
    assert_eq!(numbers(&office, "none"), ["BB2"]);
    let again = rejections(&office);
    assert_eq!(
        again.iter().map(|r| (&r["control_number"], &r["resent"])).collect::<Vec<_>>(),
        [(&"CC3".into(), &false.into()), (&"BB2".into(), &true.into())]
    );
    let late = status(&office, "late.277", "PR", "20260316", "B12", "", &["BB2|STC*A2:20*20260316*WQ*200"]);
    import(&office, &late);
    assert_eq!(rejections(&office).len(), 1);
    assert_eq!(numbers(&office, "accepted"), ["AA1", "BB2"]);

    // The payer's own number, learnt from the acknowledgment, finds the claim of a remittance with a wrong number.
    let claim = "CLP*WRONG9*1*100*80**12*ICN1*11*1~NM1*QC*1*ASPEN0*RED****MI*MAA1~SVC*HC:99213*100*80~DTM*472*20260302~CAS*CO*45*20";
    let paid =
        office.write("x.835", remittance(21, "PAYER ONE*XV*P1", "BPR*I*80*C*ACH", "20260320", "T21", claim));
    let report = import(&office, &paid);
    assert_eq!(report["totals"]["matched"], 1, "{report:#}");
    office.check();
}

#[test]
fn acknowledgments_wait_for_their_claims() {
    let files = |office: &Office| {
        vec![
            batch(office, 11, "20260304"),
            syntax(office, "a.999", "AK1*HC*11~AK2*837*11~IK5*E*5~AK9*E*1*1*1"),
            status(
                office,
                "c.277",
                "AY",
                "20260305",
                "B11",
                "STC*A1:19*20260305*WQ",
                &[
                    "AA1|STC*A2:20*20260305*WQ*100",
                    "BB2|STC*A4:35*20260305*U*200",
                    "CC3|STC*A1:20*20260305*WQ*300",
                ],
            ),
            status(
                office,
                "p.277",
                "PR",
                "20260309",
                "B11",
                "",
                &["AA1|STC*A8:21*20260309*U*100", "000|STC*A3:26**U*300"],
            ),
        ]
    };
    let forward = Office::new();
    for file in files(&forward) {
        import(&forward, &file);
    }
    let wanted = state(&forward);
    assert_eq!(wanted["rejected"], serde_json::json!(["AA1", "BB2"]), "{wanted:#}");
    assert_eq!(rejections(&forward).iter().filter(|r| r["status"] == "not_found").count(), 1);
    assert_eq!(numbers(&forward, "received"), ["CC3"]);
    forward.check();

    let backward = Office::new();
    let mut all = files(&backward);
    all.reverse();
    for (at, file) in all.iter().enumerate() {
        let report = import(&backward, file);
        assert_ne!(report["files"][0]["status"], "rejected", "{report:#}");
        if at == 0 {
            let issues = report["files"][0]["transactions"][0]["issues"].as_array().expect("issues");
            assert_eq!(issues.iter().filter(|i| i["code"] == "no-such-claim").count(), 2, "{report:#}");
            assert!(!report.to_string().contains("ASPEN"), "no names in problems");
        }
    }
    assert_eq!(state(&backward), wanted);
    assert_eq!(backward.books(), forward.books());
    backward.check();
}

#[test]
fn a_rejected_batch_reaches_every_claim_of_it() {
    let office = Office::new();
    // The answer first, then two batches; only one of them is meant.
    let whole =
        status(&office, "whole.277", "AY", "20260305", "ZZ11", "STC*A3:24:41**U~QTY*AA*3~AMT*YY*600", &[]);
    let report = import(&office, &whole);
    assert_eq!(report["files"][0]["transactions"][0]["issues"][0]["code"], "no-such-batch", "{report:#}");
    let first = batch(&office, 11, "20260304");
    import(&office, &first);
    let other = office.write("12.837", claims(12, "20260304", &[billed("DD4", "100")]));
    import(&office, &other);
    assert_eq!(numbers(&office, "rejected").len(), 0, "ZZ11 is no B11");
    let right = status(&office, "right.277", "AY", "20260305", "B11", "STC*A3:24:41**U~QTY*AA*4", &[]);
    let report = import(&office, &right);
    let done = &report["files"][0]["transactions"][0];
    assert_eq!((&done["claims"], &done["matched"]), (&3.into(), &3.into()), "{report:#}");
    assert_eq!(done["issues"][0]["code"], "batch-count", "{report:#}");
    assert_eq!(numbers(&office, "rejected"), ["AA1", "BB2", "CC3"]);
    assert_eq!(numbers(&office, "none"), ["DD4"]);
    assert!(rejections(&office).iter().all(|row| row["code"] == "24" && row["entity"] == "submitter"));
    office.check();

    // One provider's part, and a provider that is not there.
    let level = "HL*3*2*19*0~NM1*85*2*MAPLE*****XX*1234567893~TRN*1*0~STC*A8:496:85**U~QTY*QC*1\
                 ~HL*4*2*19*0~NM1*85*2*OAK*****XX*1999999984~STC*A8:496:85**U";
    let part = status(&office, "part.277", "PR", "20260306", "B12", level, &[]);
    import(&office, &part);
    assert_eq!(numbers(&office, "rejected"), ["AA1", "BB2", "CC3", "DD4"]);
    office.check();
}

#[test]
fn a_rejected_set_names_the_claim_at_fault() {
    let office = Office::new();
    import(&office, &batch(&office, 11, "20260304"));
    // CLM of BB2 is the segment 24 of the set: ST, 8 of header and provider, 9 of AA1, 5 of BB2's subscriber.
    let text = std::fs::read_to_string(office.path("11.837")).expect("there");
    let set_start = text.lines().position(|line| line.starts_with("ST*")).expect("a set");
    let clm = text.lines().position(|line| line.starts_with("CLM*BB2")).expect("a claim");
    let position = clm - set_start + 1;
    let wrong = syntax(
        &office,
        "r.999",
        &format!(
            "AK1*HC*11~AK2*837*0011~IK3*CLM*{position}**8~IK4*2*782*1*\u{1b}[31m\u{7}~IK5*R*5~AK9*R*1*1*0"
        ),
    );
    let report = import(&office, &wrong);
    assert_eq!(report["files"][0]["transactions"][0]["matched"], 3, "{report:#}");
    let open = rejections(&office);
    assert_eq!(open.len(), 3);
    for row in &open {
        let meaning = row["meaning"].as_str().expect("words");
        assert_eq!(
            (&row["category"], &row["code"], &row["source"]),
            (&"999".into(), &"5".into(), &"999".into())
        );
        let at_fault = meaning.contains("required element missing");
        assert_eq!(at_fault, row["control_number"] == "BB2", "{meaning}");
    }
    let shown = office.done(&["claim", "show", "BB2"]);
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{7}'), "{shown}");
    // What a payer adjudicates all the same needs no correction.
    let claim = "CLP*BB2*4*200*0**12*ICN2*11*1~NM1*QC*1*ASPEN1*RED****MI*MBB2~SVC*HC:99214*200*0~DTM*472*20260302~CAS*CO*29*200";
    let denied =
        office.write("x.835", remittance(21, "PAYER ONE*XV*P1", "BPR*I*0*C*NON", "20260320", "T21", claim));
    import(&office, &denied);
    assert_eq!(rejections(&office).len(), 2);
    office.check();
}

#[test]
fn groups_interchanges_and_what_is_not_ours() {
    let office = Office::new();
    import(&office, &batch(&office, 11, "20260304"));
    for (name, segments, code) in [
        ("other.999", "AK1*HC*99~AK2*837*0001~IK5*A~AK9*A*1*1*1", "no-such-group"),
        ("remit.997", "AK1*HP*11~AK2*835*0011~IK5*R*5~AK9*R*1*1*0", "not-claims"),
        ("odd.999", "AK1*HC*11~AK2*837*0011~IK5*Q~AK9*P*1*1*1", "unknown-status"),
    ] {
        let report = import(&office, &syntax(&office, name, segments));
        let issues = report["files"][0]["transactions"][0]["issues"].as_array().expect("issues");
        assert!(issues.iter().any(|issue| issue["code"] == code), "{report:#}");
        assert!(rejections(&office).is_empty(), "{name}");
    }
    // A group without its sets, and a rejected group with an accepted set: all claims are rejected.
    import(&office, &syntax(&office, "group.999", "AK1*HC*11~AK2*837*0011~IK5*A~AK9*R*1*1*0*5"));
    assert_eq!(rejections(&office).len(), 3);
    office.check();

    let office = Office::new();
    let ta1 = "ISA*00*          *00*          *ZZ*RECEIVER       *ZZ*SENDER         *260305*1200*^*00501*000000900*0*P*:~\n\
               TA1*000000011*260101*1200*R*025~\nIEA*0*000000900~\n";
    let ta1 = office.write("a.ta1", ta1);
    let report = import(&office, &ta1);
    assert_eq!(
        (&report["files"][0]["kind"], &report["files"][0]["status"]),
        (&"TA1".into(), &"imported".into()),
        "{report:#}"
    );
    import(&office, &batch(&office, 11, "20260304"));
    let open = rejections(&office);
    assert_eq!(open.len(), 3, "{open:#?}");
    assert!(open[0]["meaning"].as_str().expect("words").contains("control number used before"), "{open:#?}");
    assert_eq!(import(&office, &ta1)["files"][0]["status"], "duplicate");
    office.check();
}

#[test]
fn a_file_sent_again_under_other_numbers_is_answered_under_both() {
    let office = Office::new();
    let first = batch(&office, 11, "20260304");
    import(&office, &first);
    let text = std::fs::read_to_string(&first).expect("there");
    let again = text.replace("*11*X*", "*14*X*").replace("GE*1*11~", "GE*1*14~");
    let again = office.write("again.837", again);
    assert_eq!(import(&office, &again)["files"][0]["status"], "duplicate");
    let report = import(&office, &syntax(&office, "r.999", "AK1*HC*14~AK9*X*1*1*0"));
    assert_eq!(report["files"][0]["transactions"][0]["matched"], 3, "{report:#}");
    assert_eq!(numbers(&office, "rejected").len(), 3);
    office.check();
}

#[test]
fn other_277s_are_refused_by_name() {
    let office = Office::new();
    for (guide, name) in [("005010X212", "277 X212"), ("005010X364", "277 X364")] {
        let segments = ["BHT*0085*08*1*20260305*1200*TH".to_owned(), "HL*1**20*1".to_owned()];
        let body = set(&format!("ST*277*{{control}}*{guide}"), "0001", &segments);
        let path = office.write(&format!("{guide}.277"), interchange("HN", guide, 5, &[body]));
        let report = import(&office, &path);
        assert_eq!(report["files"][0]["status"], "rejected");
        assert!(report["files"][0]["error"].as_str().expect("why").contains(name), "{report:#}");
    }
}

#[test]
fn a_claim_sent_again_on_the_same_day_is_another_submission() {
    let first = |office: &Office| batch(office, 11, "20260304");
    let no = |office: &Office| {
        status(office, "no.277", "PR", "20260304", "B11", "", &["AA1|STC*A3:21*20260304*U*100"])
    };
    let again = |office: &Office| office.write("12.837", claims(12, "20260304", &[billed("AA1", "100")]));
    let yes = |office: &Office| {
        status(office, "yes.277", "PR", "20260304", "B12", "", &["AA1|STC*A2:20*20260304*WQ*100"])
    };
    let office = Office::new();
    for file in [first(&office), no(&office), again(&office)] {
        import(&office, &file);
    }
    let open = rejections(&office);
    assert_eq!((open.len(), &open[0]["resent"]), (1, &true.into()), "{open:#?}");
    import(&office, &yes(&office));
    assert!(rejections(&office).is_empty());
    office.check();

    let other = Office::new();
    for file in [yes(&other), again(&other), no(&other), first(&other)] {
        import(&other, &file);
    }
    assert_eq!(state(&other), state(&office));
    assert_eq!(other.books(), office.books());
    other.check();
}
