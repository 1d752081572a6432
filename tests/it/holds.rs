//! The conditions under which something waits for a person (section 10 of the posting rules), one by one, through files,
//! the real import and the real binary: the cash must foot, the held money must stand in `unapplied`, and the claim must
//! be as it was.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

/// The claim of most tests: A1, 200 dollars, of ASPEN0 RED (member MA1), billed to PAYER ONE.
fn billed(charge: &'static str, lines: &'static [(&'static str, &'static str)], secondary: bool) -> String {
    let claim = Billed { number: "A1", charge, lines, secondary, frequency: '1', service: "20260102" };
    claims(1, "20260105", &[claim])
}

fn office_with(claim: &str) -> Office {
    let office = Office::new();
    import(&office, "claims.837", claim);
    office
}

fn office() -> Office {
    office_with(&billed("200", &[("99213", "200")], false))
}

fn import(office: &Office, name: &str, content: &str) -> Value {
    let path = office.write(name, content);
    office.import(&[&path])
}

/// A remittance of January the 10th.
fn remit(paid: &str, claims: &str) -> String {
    remittance(11, "PAYER ONE", &format!("BPR*I*{paid}*C*ACH"), "20260110", "T11", claims)
}

/// A remittance of another day and payer, with a control number and trace of its own.
fn later(control: u32, payer: &str, date: &str, paid: &str, claims: &str) -> String {
    remittance(control, payer, &format!("BPR*I*{paid}*C*ACH"), date, &format!("T{control}"), claims)
}

/// A claim payment without lines.
fn clp(status: &str, charge: &str, paid: &str, payer_number: &str, cas: &str) -> String {
    format!("CLP*A1*{status}*{charge}*{paid}**12*{payer_number}*11*1~{cas}NM1*QC*1*ASPEN0*RED****MI*MA1~")
}

const PAID: &str = "CAS*CO*45*50~CAS*PR*2*30~";
const TAKEN_BACK: &str = "CAS*CO*45*-50~CAS*PR*2*-30~";

/// The balance of an account.
fn account(office: &Office, name: &str) -> String {
    let report = office.json(&["report", "trial-balance"]);
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["account"] == name);
    row.map_or("0.00".to_owned(), |row| row["balance"].as_str().expect("an amount").to_owned())
}

/// The buckets that are not empty, as `open 200.00, due 30.00`.
fn buckets(office: &Office) -> String {
    let shown = office.json(&["claim", "show", "A1"]);
    let buckets = shown["balances"]["buckets"].as_object().expect("buckets");
    let filled = ["open", "denied", "pending", "next", "due", "hold"].into_iter().filter_map(|name| {
        let amount = buckets[name].as_str().expect("an amount");
        (amount != "0.00").then(|| format!("{name} {amount}"))
    });
    filled.collect::<Vec<_>>().join(", ")
}

fn unapplied(office: &Office) -> Vec<(String, String)> {
    let list = office.json(&["unapplied", "list"]);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let rows = list["rows"].as_array().expect("rows");
    rows.iter().map(|row| (text(&row["reason"]), text(&row["paid"]))).collect()
}

fn codes(report: &Value) -> Vec<&str> {
    let issues = report["files"][0]["transactions"][0]["issues"].as_array().expect("issues");
    issues.iter().map(|issue| issue["code"].as_str().expect("a code")).collect()
}

/// One claim payment is held: the remittance posts, its money waits, the claim is as it was before.
fn held(office: &Office, remittance: &str, paid: &str, reason: &str) {
    let before = buckets(office);
    let cash = account(office, "cash:insurance");
    let report = import(office, &format!("{reason}.835"), remittance);
    let set = &report["files"][0]["transactions"][0];
    assert_eq!((&set["status"], &set["unapplied"]), (&"posted".into(), &1.into()), "{reason}: {report:#}");
    assert!(codes(&report).iter().any(|code| !code.is_empty()), "{reason} is not said: {report:#}");
    assert_eq!(unapplied(office), [(reason.to_owned(), paid.to_owned())]);
    assert_eq!(buckets(office), before, "{reason}");
    assert_eq!(cents(&account(office, "cash:insurance")), cents(&cash) + cents(paid), "{reason}");
    assert_eq!(cents(&account(office, "unapplied")), -cents(paid), "{reason}");
    office.check();
}

/// The whole remittance is held: nothing of it is in the books.
fn held_whole(office: &Office, remittance: &str, code: &str) {
    let before = office.books();
    let path = office.write(&format!("{code}.835"), remittance);
    let output = office.run(&["import", path.to_str().expect("a name")]);
    assert_eq!(output.status.code(), Some(1), "{code}");
    let report = office.import(&[&path]);
    let set = &report["files"][0]["transactions"][0];
    assert_eq!(set["status"], "held", "{code}: {report:#}");
    assert!(codes(&report).contains(&code), "{code}: {report:#}");
    assert_eq!(office.books(), before, "{code}");
    office.check();
}

fn cents(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    sign * digits.replace('.', "").parse::<i64>().expect("an amount with cents")
}

/// The statuses of all remittances by number, and what a month's closing still finds held.
fn standing(office: &Office) -> (Vec<(u64, String)>, u64) {
    let list = office.json(&["remit", "list"]);
    let row = |row: &Value| {
        (row["remit_id"].as_u64().expect("a number"), row["status"].as_str().expect("a word").to_owned())
    };
    let mut remits: Vec<_> = list["rows"].as_array().expect("rows").iter().map(row).collect();
    remits.sort();
    let checks = office.run(&["period", "check", "2026-09", "--format", "json"]);
    let checks: Value = serde_json::from_slice(&checks.stdout).expect("JSON");
    let held = checks["rows"].as_array().expect("rows").iter().find(|row| row["check"] == "held-remittances");
    (remits, held.expect("the check")["items"].as_u64().expect("a count"))
}

#[test]
fn a_good_copy_settles_the_held_one() {
    let office = office();
    let good = remit("120", &clp("1", "200", "120", "I1", PAID));
    held_whole(&office, &good.replace("CLP*A1*1*200*120", "CLP*A1*1*200*119"), "transaction-out-of-balance");
    assert_eq!(standing(&office), (vec![(1, "held".to_owned())], 1));
    let report = import(&office, "good.835", &good);
    assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{report:#}");
    assert!(codes(&report).contains(&"held-copy-set-aside"), "{report:#}");
    assert_eq!(standing(&office), (vec![(1, "set-aside".to_owned()), (2, "posted".to_owned())], 0));
    office.check();
}

#[test]
fn a_person_sets_a_held_remittance_aside_and_an_import_takes_it_up_again() {
    let office = office();
    let test_file = remit("120", &clp("1", "200", "120", "I1", PAID)).replace("*0*P*:", "*0*T*:");
    held_whole(&office, &test_file, "test-file");
    let before = office.books();
    office.done(&["remit", "set-aside", "1", "--reason", "a trial of the payer", "--dry-run"]);
    assert_eq!(standing(&office).1, 1);
    office.done(&["remit", "set-aside", "1", "--reason", "a trial of the payer"]);
    assert_eq!(standing(&office), (vec![(1, "set-aside".to_owned())], 0));
    assert_eq!(office.books(), before);
    assert!(office.done(&["audit", "log"]).contains("a trial of the payer"));
    // Once is enough, and what is posted is reversed, not set aside.
    assert_eq!(office.run(&["remit", "set-aside", "1", "--reason", "again"]).status.code(), Some(4));
    let path = office.write("again.835", &test_file);
    let path = path.to_str().expect("a name");
    office.run(&["import", path]);
    assert_eq!(standing(&office), (vec![(1, "held".to_owned())], 1));
    office.done(&["import", "--accept-test-files", path]);
    assert_eq!(standing(&office), (vec![(1, "posted".to_owned())], 0));
    assert_eq!(office.run(&["remit", "set-aside", "1", "--reason", "no"]).status.code(), Some(4));
    office.check();
}

#[test]
fn whole_remittances_1_to_4() {
    let good = remit("120", &clp("1", "200", "120", "I1", PAID));
    held_whole(&office(), &good.replace("SE*", "SE*9"), "control-count");
    held_whole(&office(), &good[..good.len() - 40], "truncated");
    held_whole(&office(), &good.replace("BPR*I*120", "BPR*I*120.01"), "transaction-out-of-balance");
    held_whole(&office(), &good.replace("*0*P*:", "*0*T*:"), "test-file");
    let foreign = good.replace("N1*PR*", "CUR*PR*CAD~\nN1*PR*").replace("SE*13", "SE*14");
    held_whole(&office(), &foreign, "not-usd");
    held_whole(&office(), &good.replace("*C*ACH", "*D*ACH"), "transaction-out-of-balance");
    let taken = remit("120", &clp("22", "-200", "-120", "I1", TAKEN_BACK)).replace("*C*ACH", "*D*ACH");
    held_whole(&office(), &taken, "debit");
    let ours = Office::new();
    let _ = std::fs::remove_file(ours.ledger());
    ours.done(&["init", "--npi", "1999999992"]);
    held_whole(&ours, &good, "payee-not-ours");
}

#[test]
fn claim_payments_5_to_11() {
    let of = |cas: &str| remit("120", &clp("1", "200", "120", "I1", cas));
    held(&office(), &of("CAS*CO*45*60~CAS*PR*2*30~"), "120.00", "claim-out-of-balance");
    let stranger = of(PAID).replace("CLP*A1", "CLP*ZZ");
    held(&office(), &stranger, "120.00", "no-match");
    held(
        &office(),
        &of(PAID).replace("ASPEN0*RED****MI*MA1", "BIRCH*BLUE****MI*X9"),
        "120.00",
        "patient-differs",
    );
    held(&office(), &of(PAID).replace("A1*1*200", "A1*17*200"), "120.00", "unknown-status");
    for cas in ["CAS*XX*45*80~", "CAS*CO*ZZZ*80~", "CAS*CR*45*80~"] {
        held(&office(), &of(cas), "120.00", "unknown-code");
    }
    held(&office(), &of("CAS*CO*45*8O~"), "120.00", "bad-data");
    for pair in ["CO*1", "OA*2", "PI*3", "CO*66", "PR*253", "PR*23", "OA*45", "OA*100"] {
        held(&office(), &of(&format!("CAS*{pair}*80~")), "120.00", "contradiction");
    }
    let nothing = remit("0", &clp("1", "200", "0", "I1", "CAS*CO*45*200~"));
    held(&office(), &nothing, "0.00", "whole-charge-written-off");
}

#[test]
fn claim_payments_12_to_16() {
    let reversal = |status: &str| remit("-120", &clp(status, "-200", "-120", "I1", TAKEN_BACK));
    held(&office(), &reversal("22"), "-120.00", "no-original");
    held(&office(), &reversal("1"), "-120.00", "no-original");
    let office_paid = || {
        let office = office();
        import(
            &office,
            "paid.835",
            &later(10, "PAYER ONE", "20260108", "120", &clp("1", "200", "120", "I1", PAID)),
        );
        assert_eq!(buckets(&office), "due 30.00");
        office
    };
    let partial = remit("-60", &clp("22", "-100", "-60", "I1", "CAS*CO*45*-25~CAS*PR*2*-15~"));
    held(&office_paid(), &partial, "-60.00", "no-original");
    held(&office_paid(), &remit("120", &clp("22", "200", "120", "I1", PAID)), "120.00", "positive-reversal");
    let again = remit("130", &clp("1", "200", "130", "I2", "CAS*CO*45*50~CAS*PR*2*20~"));
    held(&office_paid(), &again, "130.00", "second-adjudication");
    held(&office_paid(), &remit("120", &clp("1", "200", "120", "I1", PAID)), "120.00", "duplicate-result");
    let two = || {
        let office = office_with(&billed("200", &[("99213", "200")], true));
        import(
            &office,
            "paid.835",
            &later(10, "PAYER ONE", "20260108", "120", &clp("1", "200", "120", "I1", PAID)),
        );
        assert_eq!(buckets(&office), "next 30.00");
        office
    };
    let second = |cas: &str| later(12, "PAYER TWO", "20260210", "20", &clp("2", "200", "20", "S1", cas));
    held(&two(), &second("CAS*OA*23*150~CAS*PR*2*30~"), "20.00", "prior-payer-differs");
    held(&two(), &second("CAS*CO*45*180~"), "20.00", "prior-payer-differs");
    let first = remit("120", &clp("1", "200", "120", "I1", "CAS*OA*23*50~CAS*PR*2*30~"));
    held(&office(), &first, "120.00", "prior-payer-on-primary");
    let above = |cas: &str| remit("220", &clp("1", "200", "220", "I1", cas));
    held(&office(), &above("CAS*CO*16*-20~"), "220.00", "negative-denial");
    held(&office(), &above("CAS*PR*2*-20~"), "220.00", "negative-denial");
    for legal in ["CAS*CO*45*-20~", "CAS*CO*94*-20~", "CAS*CO*253*-20~"] {
        let office = office();
        import(&office, "above.835", &above(legal));
        assert_eq!((buckets(&office), unapplied(&office).len()), (String::new(), 0), "{legal}");
        office.check();
    }
}

#[test]
fn warnings_17_and_20_do_not_hold() {
    for (remittance, code, wanted) in [
        (remit("120", &clp("1", "200", "120", "I1", PAID)), "patient-share-differs", "due 30.00"),
        (remit("120", &clp("1", "200", "120", "I1", "CAS*CO*17*80~")), "retired-code", "denied 80.00"),
    ] {
        let office = office();
        let report = import(&office, "warned.835", &remittance);
        assert!(codes(&report).contains(&code), "{report:#}");
        assert_eq!((buckets(&office).as_str(), unapplied(&office).len()), (wanted, 0));
        assert_eq!(account(&office, "cash:insurance"), "120.00");
        office.check();
    }
}

/// What waits below zero would be a debt to nobody: a negative pending or duplicate amount is a takeback in disguise.
#[test]
fn nothing_waits_below_zero_16() {
    for pair in ["OA*18", "OA*133", "OA*209", "PR*27"] {
        let remittance = remit("220", &clp("1", "200", "220", "I1", &format!("CAS*{pair}*-20~")));
        held(&office(), &remittance, "220.00", "negative-denial");
    }
}

#[test]
fn a_line_that_does_not_add_up_5() {
    let lines = "SVC*HC:99213*100*60**1~CAS*CO*45*50~SVC*HC:99214*100*60**1~CAS*PR*2*30~";
    let remittance = remit("120", &(clp("1", "200", "120", "I1", "") + lines));
    held(&office(), &remittance, "120.00", "claim-out-of-balance");
}

#[test]
fn another_name_without_a_number_7() {
    let named = |person: &str| {
        remit("120", &clp("1", "200", "120", "I1", PAID)).replace("ASPEN0*RED****MI*MA1", person)
    };
    for person in ["BIRCH*BLUE", "BIRCH*RED", "ASPEN0*BLUE****MI*X9"] {
        held(&office(), &named(person), "120.00", "patient-differs");
    }
    // A new last name under the number, a first name alone, another number alone: corrections, or a newborn. So is what
    // NM1*74 says.
    for person in ["BIRCH*RED****MI*MA1", "ASPEN0*BLUE", "ASPEN0*RED****MI*X9", "BIRCH*BLUE****MI*MA1"] {
        let office = office();
        import(&office, "named.835", &named(person));
        assert_eq!(buckets(&office), "due 30.00", "{person}");
    }
    let corrected = named("BIRCH*BLUE~NM1*74*1*ASPEN0*RED").replace("SE*13", "SE*14");
    let office = office();
    import(&office, "corrected.835", &corrected);
    assert_eq!(buckets(&office), "due 30.00");
}

/// Joined files name another payee half-way. What follows is for that one, whatever claim number it bears.
#[test]
fn claims_of_another_payee_in_the_same_remittance_4() {
    let office = office();
    let _ = std::fs::remove_file(office.ledger());
    office.done(&["init", "--npi", "1234567893"]);
    import(&office, "claims.837", &billed("200", &[("99213", "200")], false));
    let other = "N1*PE*OTHER*XX*1999999992~LX*2~";
    let foreign = remit("120", &format!("{other}{}", clp("1", "200", "120", "I1", PAID)));
    held(&office, &foreign, "120.00", "payee-not-ours");
}

/// Whoever reads the import's answer must learn what waits: claim payments and provider-level items alike.
#[test]
fn provider_level_items_19_and_held_claims_are_said() {
    let office = office();
    let items = "PLB*1234567893*20261231*CS:ABC*50*L6*-1~";
    let path = office.write("plb.835", remit("71", &(clp("1", "200", "120", "I1", PAID) + items)));
    let report = office.import(&[&path]);
    assert!(codes(&report).contains(&"plb-review"), "{report:#}");
    assert_eq!(account(&office, "cash:insurance"), "71.00");
    assert_eq!(account(&office, "plb:CS"), "50.00");
    assert_eq!(account(&office, "income:interest"), "-1.00");
    office.check();
    let path = office
        .write("items.835", later(12, "PAYER ONE", "20260111", "-5", "PLB*1234567893*20261231*XX:Q*5~"));
    assert_eq!(office.run(&["import", path.to_str().expect("a name")]).status.code(), Some(1));
    let stranger = later(
        13,
        "PAYER ONE",
        "20260112",
        "120",
        &clp("1", "200", "120", "I9", PAID).replace("A1", "ZZ").replace("ASPEN0", "BIRCH"),
    );
    let report = import(&office, "stranger.835", &stranger);
    let issue = &report["files"][0]["transactions"][0]["issues"][1];
    assert_eq!(issue["code"], "no-match", "{report:#}");
    assert!(issue["text"].as_str().is_some_and(|text| text.starts_with("CLP*ZZ*1*200.00*120.00")), "{issue}");
    assert!(issue["segment"].is_u64());
}

/// A claim without a charge takes no answer: its money waits. What the payer had said before may still be taken back.
#[test]
fn a_claim_that_was_voided_18() {
    let office = office();
    let denial = clp("1", "200", "0", "I1", "CAS*CO*50*200~");
    import(&office, "denied.835", &later(10, "PAYER ONE", "20260108", "0", &denial));
    office.done(&["claim", "void", "A1", "--reason", "billed in error", "--on", "2026-01-09"]);
    assert_eq!(buckets(&office), "");
    held(&office, &remit("120", &clp("1", "200", "120", "I2", PAID)), "120.00", "claim-closed");
    let back = later(12, "PAYER ONE", "20260120", "0", &clp("22", "-200", "0", "I1", "CAS*CO*50*-200~"));
    import(&office, "back.835", &back);
    assert_eq!((buckets(&office).as_str(), unapplied(&office).len()), ("", 1));
    office.check();
    // It was no error after all: what waits posts by itself.
    let entries = office.json(&["claim", "show", "A1"])["postings"].clone();
    let void = entries.as_array().expect("postings").iter().find(|p| p["rule"] == "void").expect("the void");
    office.done(&["claim", "undo", "A1", &void["entry"].to_string(), "--reason", "it was right"]);
    assert_eq!((buckets(&office).as_str(), unapplied(&office).len()), ("due 30.00", 0));
    office.check();
}

/// An answer whose payment date lies before the void became known to the office after it: that waits, too.
#[test]
fn a_payment_from_before_the_void_waits_as_well() {
    let office = office();
    office.done(&["claim", "void", "A1", "--reason", "billed in error", "--on", "2026-01-20"]);
    held(&office, &remit("120", &clp("1", "200", "120", "I2", PAID)), "120.00", "claim-closed");
    assert_eq!(buckets(&office), "");
    office.check();
}

/// What the office had given up is paid after all: the write-off is taken back as far as the answer covers it, and nobody
/// has a credit. A reversal of the old denial moves nothing any more.
#[test]
fn a_claim_that_was_written_off_is_paid_after_all() {
    let office = office();
    let denial = clp("1", "200", "0", "I1", "CAS*CO*50*200~");
    import(&office, "denied.835", &later(10, "PAYER ONE", "20260108", "0", &denial));
    office.done(&["claim", "write-off", "A1", "200", "--reason", "no appeal", "--on", "2026-01-09"]);
    assert_eq!((buckets(&office).as_str(), account(&office, "writeoff:denial").as_str()), ("", "200.00"));
    import(&office, "paid.835", &remit("120", &clp("1", "200", "120", "I2", PAID)));
    let back = later(12, "PAYER ONE", "20260120", "0", &clp("22", "-200", "0", "I1", "CAS*CO*50*-200~"));
    import(&office, "back.835", &back);
    assert_eq!(
        (buckets(&office).as_str(), account(&office, "writeoff:denial").as_str()),
        ("due 30.00", "0.00")
    );
    assert!(unapplied(&office).is_empty());
    office.check();
    // The payer takes that back in its turn: what was given up is given up again, for its first answer is no more.
    let taken = clp("22", "-200", "-120", "I2", TAKEN_BACK);
    import(&office, "taken.835", &later(13, "PAYER ONE", "20260220", "-120", &taken));
    assert_eq!(buckets(&office), "open 200.00");
    office.check();
}

/// The dollars of a denial are open as long as they stand on the claim. A later payer that settled the claim left none.
#[test]
fn a_denial_that_a_later_payer_settled_is_not_open() {
    for denial in ["CAS*CO*50*200~", "CAS*PR*27*200~"] {
        let office = office_with(&billed("200", &[("99213", "200")], true));
        import(&office, "denied.835", &remit("0", &clp("1", "200", "0", "I1", denial)));
        let paid = later(12, "PAYER TWO", "20260210", "150", &clp("2", "200", "150", "S1", "CAS*CO*45*50~"));
        import(&office, "paid.835", &paid);
        assert_eq!(buckets(&office), "");
        let report = office.json(&["report", "denials"]);
        assert_eq!(
            (&report["rows"][0]["denied"], &report["rows"][0]["open"]),
            (&"200.00".into(), &"0.00".into())
        );
        office.check();
    }
    let office = office_with(&billed("200", &[("99213", "200")], true));
    import(&office, "denied.835", &remit("0", &clp("1", "200", "0", "I1", "CAS*CO*50*200~")));
    import(
        &office,
        "too.835",
        &later(12, "PAYER TWO", "20260210", "0", &clp("2", "200", "0", "S1", "CAS*OA*23*200~")),
    );
    assert_eq!(buckets(&office), "denied 200.00");
    assert_eq!(office.json(&["report", "denials"])["rows"][0]["open"], "200.00");
    office.check();
}

/// The first payer reverses and corrects after the second answered: what the reversal takes out of the second payer's
/// bucket is the same money that it puts back as open.
#[test]
fn a_correction_after_the_second_payer_leaves_one_amount() {
    let office = office_with(&billed("200", &[("99213", "200")], true));
    import(&office, "first.835", &remit("120", &clp("1", "200", "120", "I1", PAID)));
    let second = clp("2", "200", "20", "S1", "CAS*OA*23*170~CAS*PR*2*10~");
    import(&office, "second.835", &later(12, "PAYER TWO", "20260210", "20", &second));
    let reversal = clp("22", "-200", "-120", "I1", TAKEN_BACK);
    let corrected = clp("1", "200", "135", "I2", "CAS*CO*45*45~CAS*PR*2*20~");
    import(&office, "both.835", &later(13, "PAYER ONE", "20260310", "15", &(reversal + &corrected)));
    assert_eq!(buckets(&office), "", "all is paid: the patient owes the second payer's share no more");
    office.check();
}

/// A line is denied, sent again and paid; then the payer reverses its first answer. The denied line was undone already.
#[test]
fn a_reversal_of_an_answer_that_lost_a_line() {
    let office = office_with(&billed("230", &[("99213", "150"), ("J1885", "80")], false));
    let good = "SVC*HC:99213*150*90**1~CAS*CO*45*40~CAS*PR*3*20~";
    let first = clp("1", "230", "90", "I1", "") + good + "SVC*HC:J1885*80*0**1~CAS*CO*16*80~";
    import(&office, "first.835", &remit("90", &first));
    let line = clp("1", "80", "55", "I2", "") + "SVC*HC:J1885*80*55**1~CAS*CO*45*15~CAS*PR*3*10~";
    import(&office, "line.835", &later(12, "PAYER ONE", "20260210", "55", &line));
    assert_eq!(buckets(&office), "due 30.00");
    let back = clp("22", "-230", "-90", "I1", "")
        + "SVC*HC:99213*-150*-90**1~CAS*CO*45*-40~CAS*PR*3*-20~SVC*HC:J1885*-80*0**1~CAS*CO*16*-80~";
    import(&office, "back.835", &later(13, "PAYER ONE", "20260310", "-90", &back));
    assert_eq!(buckets(&office), "open 150.00, due 10.00");
    assert_eq!(account(&office, "adj:contractual"), "15.00");
    office.check();
}

/// CARC 94 and 97 of a bundling cancel as far as both go; what is beyond is what it says.
#[test]
fn bundling_within_and_beyond_equality() {
    const LINES: &[(&str, &str)] = &[("80048", "90"), ("84443", "60"), ("84444", "30")];
    let paying = |contra: &str, paid: &str| {
        format!("SVC*HC:80053*90*{paid}**1*HC:80048~CAS*OA*94*-{contra}~CAS*CO*45*40~CAS*PR*2*22~")
    };
    let bundled = "SVC*HC:80053*60*0**1*HC:84443~CAS*CO*97*60~";
    let third = |cas: &str, paid: &str| format!("SVC*HC:84444*30*{paid}**1~{cas}");
    for (claim, paid, wanted, contra, denied) in [
        (paying("60", "88") + bundled + &third("CAS*CO*45*10~", "20"), "108", "due 22.00", "0.00", 0),
        (
            paying("60", "88") + bundled + &third("CAS*CO*97*30~", "0"),
            "88",
            "denied 30.00, due 22.00",
            "0.00",
            1,
        ),
        (paying("80", "108") + bundled + &third("CAS*CO*45*10~", "20"), "128", "due 22.00", "-20.00", 0),
        // Not bundled into the paying line: a bonus, and a denial of its own.
        (
            paying("10", "38") + &third("CAS*CO*97*30~", "0") + "SVC*HC:84443*60*60**1~",
            "98",
            "denied 30.00, due 22.00",
            "-10.00",
            1,
        ),
    ] {
        let office = office_with(&billed("180", LINES, false));
        let report =
            import(&office, "bundled.835", &remit(paid, &(clp("1", "180", paid, "I1", "") + &claim)));
        assert_eq!(unapplied(&office).len(), 0, "{report:#}");
        assert_eq!(buckets(&office), wanted);
        assert_eq!(account(&office, "adj:contra"), contra);
        assert_eq!(office.json(&["report", "denials"])["rows"].as_array().map(Vec::len), Some(denied));
        office.check();
    }
}

fn version(control: u32, date: &str, number: &str, charge: &str, frequency: char) -> String {
    let claim = Billed {
        number,
        charge,
        lines: &[("99213", charge)],
        secondary: false,
        frequency,
        service: "20260102",
    };
    let reference = format!("*11:B:{frequency}*Y*A*Y*Y~\nREF*F8*I1");
    let file = claims(control, date, &[claim]).replace("*MA1X~", "*MA1~");
    let file = file.replace(&format!("*11:B:{frequency}*Y*A*Y*Y"), &reference);
    file.replace("SE*19*", "SE*20*")
}

/// A replacement under a number of its own: the claim is found by both, and the payer may answer under either.
#[test]
fn a_replacement_with_another_number() {
    for answered in ["A1", "A1X"] {
        let office = office();
        import(&office, "paid.835", &remit("120", &clp("1", "200", "120", "I1", PAID)));
        let report = import(&office, "replaced.837", &version(2, "20260201", "A1X", "260", '7'));
        assert_eq!(report["totals"]["claims_replaced"], 1, "{report:#}");
        office.check();
        let reversal = clp("22", "-200", "-120", "I1", TAKEN_BACK);
        let new =
            clp("1", "260", "150", "I2", "CAS*CO*45*110~").replace("CLP*A1*", &format!("CLP*{answered}*"));
        let new = new.replace("NM1*QC*1*ASPEN0*RED****MI*MA1~", "");
        import(&office, "both.835", &later(13, "PAYER ONE", "20260310", "30", &(reversal + &new)));
        assert_eq!((buckets(&office), unapplied(&office).len()), (String::new(), 0), "{answered}");
        assert_eq!(account(&office, "adj:contractual"), "110.00");
        office.check();
    }
}

/// A service billed in error is taken off a claim that was paid: the charge goes down when the payer confirms it, and at no
/// time is there a credit that nobody owes; in every order of the files.
#[test]
fn a_replacement_that_charges_less_waits_for_the_payer() {
    let paid = remit("120", &clp("1", "200", "120", "I1", "CAS*CO*45*80~"));
    let fewer = version(2, "20260201", "A1", "160", '7');
    let both =
        clp("22", "-200", "-120", "I1", "CAS*CO*45*-80~") + &clp("1", "160", "95", "I2", "CAS*CO*45*65~");
    let both = later(13, "PAYER ONE", "20260310", "-25", &both);
    let office = office();
    import(&office, "paid.835", &paid);
    import(&office, "fewer.837", &fewer);
    let charged = |office: &Office| account(office, "revenue:charges");
    assert_eq!((buckets(&office).as_str(), charged(&office).as_str()), ("", "-200.00"));
    office.check();
    import(&office, "both.835", &both);
    assert_eq!((buckets(&office).as_str(), charged(&office).as_str()), ("", "-160.00"));
    assert_eq!((account(&office, "adj:contractual").as_str(), unapplied(&office).len()), ("65.00", 0));
    office.check();
    let other = office_with(&billed("200", &[("99213", "200")], false));
    for (name, file) in [("both.835", &both), ("fewer.837", &fewer), ("paid.835", &paid)] {
        import(&other, name, file);
    }
    assert_eq!(other.books()["accounts"], office.books()["accounts"]);
    other.check();
}

/// The payer answers the first bill after the smaller one was sent: it did not see that yet, and nobody owes a credit.
#[test]
fn an_answer_to_the_first_bill_after_a_smaller_one() {
    let fewer = version(2, "20260201", "A1", "160", '7');
    let paid = later(12, "PAYER ONE", "20260210", "120", &clp("1", "200", "120", "I1", "CAS*CO*45*80~"));
    for order in [[&fewer, &paid], [&paid, &fewer]] {
        let office = office();
        for (at, file) in order.iter().enumerate() {
            import(&office, &format!("{at}.x12"), file);
        }
        assert_eq!((buckets(&office).as_str(), unapplied(&office).len()), ("", 0));
        assert_eq!(account(&office, "revenue:charges"), "-200.00");
        assert_eq!(office.json(&["report", "credits"])["rows"].as_array().map(Vec::len), Some(0));
        office.check();
        let both =
            clp("22", "-200", "-120", "I1", "CAS*CO*45*-80~") + &clp("1", "160", "95", "I2", "CAS*CO*45*65~");
        import(&office, "both.835", &later(13, "PAYER ONE", "20260310", "-25", &both));
        assert_eq!(
            (buckets(&office).as_str(), account(&office, "revenue:charges").as_str()),
            ("", "-160.00")
        );
        office.check();
    }
}

/// Void, original, payment and reversal end at the same books whatever comes first.
#[test]
fn a_void_in_any_order() {
    let files = [
        billed("200", &[("99213", "200")], false),
        remit("120", &clp("1", "200", "120", "I1", PAID)),
        version(2, "20260201", "A1", "200", '8'),
        later(13, "PAYER ONE", "20260310", "-120", &clp("22", "-200", "-120", "I1", TAKEN_BACK)),
    ];
    let run = |order: [usize; 4]| {
        let office = Office::new();
        for at in order {
            import(&office, &format!("{at}.x12"), &files[at]);
            office.check();
        }
        assert_eq!(account(&office, "revenue:charges"), "0.00", "{order:?}");
        assert_eq!(account(&office, "cash:insurance"), "0.00", "{order:?}");
        office.books()
    };
    let books = run([0, 1, 2, 3]);
    for order in [[2, 0, 1, 3], [1, 2, 3, 0], [3, 2, 1, 0], [2, 1, 0, 3]] {
        assert_eq!(run(order), books, "{order:?}");
    }
}

/// A payment whose BPR comes after its claims adds up, but its header was read without an amount.
#[test]
fn a_header_behind_its_claims_1() {
    let good = remit("120", &clp("1", "200", "120", "I1", PAID));
    for moved in ["BPR", "TRN"] {
        let segment = good.split("~\n").find(|segment| segment.starts_with(moved)).expect("a segment");
        let without = good.replace(&format!("{segment}~\n"), "");
        held_whole(&office(), &without.replace("SE*", &format!("{segment}~\nSE*")), "misplaced-segment");
    }
}

/// Some units of a line are denied, and only these are answered again: the charge is that of what was denied. Another
/// charge, or the same before anything was denied, is no answer to this claim.
#[test]
fn denied_units_of_a_line_are_answered_alone() {
    let units = "SVC*HC:99213*150*90**3~CAS*CO*45*60~REF*6R*1~SVC*HC:99213*50*0**1~CAS*CO*119*50~REF*6R*1~";
    let first = remit("90", &(clp("1", "200", "90", "I1", "") + units));
    let of = |number: u32, icn: &str, charge: &str, paid: &str, cut: &str| {
        let line = format!("SVC*HC:99213*{charge}*{paid}**1~CAS*CO*45*{cut}~REF*6R*1~");
        later(number, "PAYER ONE", "20260310", paid, &(clp("1", charge, paid, icn, "") + &line))
    };
    let office = office();
    import(&office, "early.835", &of(11, "I9", "50", "30", "20"));
    assert_eq!(
        (buckets(&office).as_str(), unapplied(&office).len()),
        ("open 200.00", 1),
        "nothing was denied"
    );
    office.done(&["unapplied", "release", "1", "--why", "another claim's"]);
    import(&office, "first.835", &first);
    assert_eq!(buckets(&office), "denied 50.00");
    import(&office, "other.835", &of(12, "I3", "60", "40", "20"));
    assert_eq!((buckets(&office).as_str(), unapplied(&office).len()), ("denied 50.00", 1), "another charge");
    import(&office, "units.835", &of(13, "I2", "50", "30", "20"));
    assert_eq!((buckets(&office).as_str(), unapplied(&office).len()), ("", 1));
    let denial = office.json(&["denial", "list", "--all"])["rows"][0].clone();
    assert_eq!((&denial["denied"], &denial["status"]), (&"50.00".into(), &"recovered".into()));
    office.check();
}
