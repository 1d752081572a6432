//! Cash is conserved by every act: money comes and goes with remittances, patients and refunds, never because somebody
//! puts a payment elsewhere, merges payers or changes a mind.

use crate::office::{Billed, Office, claims, remittance, two_claims};

/// The balance of an account.
fn account(office: &Office, name: &str) -> String {
    let accounts = office.json(&["report", "trial-balance"]);
    let rows = accounts["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["account"] == name);
    row.map_or("0.00".to_owned(), |row| row["balance"].as_str().expect("a balance").to_owned())
}

fn balance(office: &Office, claim: &str) -> String {
    office.json(&["claim", "show", claim])["claim"]["balance"].as_str().expect("a balance").to_owned()
}

fn bill(number: &str, secondary: bool) -> Billed<'_> {
    let lines: &[(&str, &str)] = &[("97110", "90"), ("97140", "70")];
    Billed { number, charge: "160", lines, secondary, frequency: '1', service: "20260305" }
}

/// Pays 95 of 160 and leaves 25 to the patient.
fn paid(number: &str, icn: &str) -> String {
    format!(
        "CLP*{number}*1*160*95*25*12*{icn}*11~SVC*HC:97110*90*60**1~CAS*CO*45*30~\
         SVC*HC:97140*70*35**1~CAS*CO*45*10~CAS*PR*2*25~"
    )
}

#[test]
fn a_payment_that_ever_waited_keeps_its_cash_wherever_it_goes() {
    let may = remittance(5, "PAYER ONE", "BPR*I*95*C*ACH", "20260510", "TMAY", &paid("K1", "MAY1"));
    let april = remittance(4, "PAYER ONE", "BPR*I*95*C*ACH", "20260412", "TAPR", &paid("K1", "APR1"));
    let bills = claims(1, "20260307", &[bill("K1", false), bill("K2", false), bill("K3", false)]);
    let files = [("may.835", may), ("bills.837", bills), ("april.835", april)];
    for order in [[0, 1, 2], [1, 0, 2], [2, 0, 1]] {
        let office = Office::new();
        let mut came = 0;
        for at in order {
            let (name, content) = &files[at];
            office.import(&[&office.write(name, content)]);
            came += if name.ends_with("835") { 95 } else { 0 };
            assert_eq!(account(&office, "cash:insurance"), format!("{came}.00"), "{order:?} after {name}");
            office.check();
        }
        // The earlier one stands, the later one waits: two payments without a reversal between them.
        let waits = office.json(&["unapplied", "list"]);
        assert_eq!(waits["rows"].as_array().map(Vec::len), Some(1), "{waits:#}");
        let item = waits["rows"][0]["item_id"].to_string();
        for claim in ["K2", "K3", "K1", "K2"] {
            office.done(&["claim", "move-payment", claim, &item, "--reason", "the other visit"]);
            office.check();
            assert_eq!(account(&office, "cash:insurance"), "190.00", "{order:?}, on {claim}");
            let waiting = if claim == "K1" { "-95.00" } else { "0.00" };
            assert_eq!(account(&office, "unapplied"), waiting, "{order:?}, on {claim}");
        }
        assert_eq!(
            [balance(&office, "K1"), balance(&office, "K2"), balance(&office, "K3")],
            ["25.00", "25.00", "160.00"]
        );
        // Out of the books and in again.
        let remit = &waits["rows"][0]["remit_id"].to_string();
        office.done(&["remit", "reverse", remit, "--reason", "whose is it?"]);
        office.check();
        assert_eq!(account(&office, "cash:insurance"), "95.00", "{order:?}");
        office.done(&["remit", "repost", remit, "--reason", "ours"]);
        office.check();
        assert_eq!(account(&office, "cash:insurance"), "190.00", "{order:?}");
    }
}

/// Denies all of it.
fn denied(number: &str, icn: &str) -> String {
    format!(
        "CLP*{number}*1*160*0**12*{icn}*11~SVC*HC:97110*90*0**1~CAS*CO*197*90~SVC*HC:97140*70*0**1~CAS*CO*197*70~"
    )
}

/// A payer whose remittances bear a name that no claim knows: it has paid, denied, and sent money for nobody.
fn two_names() -> Office {
    let office = Office::new();
    let bills = [bill("K1", true), bill("K2", false), bill("K3", false)];
    office.import(&[&office.write("bills.837", claims(1, "20260307", &bills))]);
    let first = "CLP*K1*1*160*95*25*12*F1*11~SVC*HC:97110*90*60**1~CAS*CO*45*30~\
        SVC*HC:97140*70*35**1~CAS*CO*45*10~CAS*PR*2*25~";
    let first = remittance(2, "PAYER ONE", "BPR*I*95*C*ACH", "20260401", "TONE", first);
    let second = format!(
        "CLP*K1*2*160*10*15*12*S1*11~CAS*OA*23*135~CAS*PR*2*15~{}{}PLB*1234567893*20261231*WO:GONE*-12~",
        denied("K2", "S2"),
        paid("NOBODY", "S3")
    );
    let second = remittance(3, "SECOND OF OHIO", "BPR*I*117*C*ACH", "20260420", "TTWO", &second);
    for (name, text) in [("first.835", first), ("second.835", second)] {
        office.import(&[&office.write(name, text)]);
    }
    office.check();
    office
}

/// The number of the payer of a name.
fn payer(office: &Office, name: &str) -> String {
    let listed = office.json(&["payer", "list"]);
    let rows = listed["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["payer"] == name).unwrap_or_else(|| panic!("{name}: {listed:#}"));
    row["payer_no"].to_string()
}

#[test]
fn payers_are_merged_whole_and_parted_again() {
    let office = two_names();
    let (odd, two) = (payer(&office, "SECOND OF OHIO"), payer(&office, "PAYER TWO"));
    let case = office.json(&["denial", "list"])["rows"][0]["denial_id"].to_string();
    office.done(&["denial", "propose-write-off", &case, "--amount", "60", "--note", "small", "--yes"]);
    office.check();
    let before = office.books();
    office.done(&["payer", "merge", &odd, &two, "--yes"]);
    office.check();
    let merged = office.books();
    assert_eq!(merged["accounts"]["rows"], before["accounts"]["rows"], "no cash moved, nothing came back");
    let listed = office.json(&["payer", "list"]);
    assert!(listed["rows"].to_string().contains("SECOND OF OHIO"), "it says what was merged: {listed:#}");
    assert!(office.done(&["payer", "show", &odd]).contains("PAYER TWO"));
    // Everything that names it finds the payer that there is now; a circle is refused.
    let back = office.run(&["payer", "merge", &two, &odd, "--yes"]);
    assert_eq!(back.status.code(), Some(4), "{back:?}");
    let twice = office.run(&["payer", "merge", &odd, &two, "--yes"]);
    assert_eq!(twice.status.code(), Some(4), "{twice:?}");
    assert_eq!(office.books(), merged);
    let more = remittance(4, "SECOND OF OHIO", "BPR*I*95*C*ACH", "20260501", "TMORE", &paid("K3", "S4"));
    office.import(&[&office.write("more.835", more)]);
    office.check();
    // Parted: what its name leads to is its own again, what came since too.
    office.done(&["payer", "unmerge", &odd, "--reason", "two plans", "--yes"]);
    office.check();
    let remits = office.json(&["remit", "list"]);
    let of_odd = remits["rows"].as_array().expect("rows").iter().filter(|r| r["payer"] == "SECOND OF OHIO");
    assert_eq!(of_odd.count(), 2, "{remits:#}");
    let again = office.run(&["payer", "unmerge", &odd, "--yes"]);
    assert_eq!(again.status.code(), Some(4), "{again:?}");
    // Into one that was merged itself: on to where that went.
    let one = payer(&office, "PAYER ONE");
    office.done(&["payer", "merge", &two, &one, "--yes"]);
    office.done(&["payer", "merge", &odd, &two, "--yes"]);
    office.check();
    assert_eq!(office.json(&["payer", "list"])["rows"].as_array().map(Vec::len), Some(1));
    let early = office.run(&["payer", "set", &odd, "--class", "medicare"]);
    assert_eq!(early.status.code(), Some(4), "{early:?}");
    assert_eq!(account(&office, "cash:insurance"), "307.00");
}

#[test]
fn a_merge_stays_where_somebody_has_acted_on_it_since() {
    let office = two_names();
    let (odd, two) = (payer(&office, "SECOND OF OHIO"), payer(&office, "PAYER TWO"));
    office.done(&["payer", "merge", &odd, &two, "--yes"]);
    let act = [
        "claim", "transfer", "K1", "5", "--from", "due", "--to", "next", "--payer", &two, "--reason", "again",
    ];
    office.done(&act);
    let merged = office.books();
    let refused = office.run(&["payer", "unmerge", &odd, "--yes"]);
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("transfer") && said.contains("claim undo"), "{said}");
    assert_eq!(office.books(), merged);
    let shown = office.json(&["claim", "show", "K1"]);
    let postings = shown["postings"].as_array().expect("postings");
    let entry = postings.iter().rfind(|p| p["source"] == "transfer").expect("the act")["entry"].to_string();
    office.done(&["claim", "undo", "K1", &entry, "--reason", "the payers first"]);
    office.done(&["payer", "unmerge", &odd, "--yes"]);
    office.check();
}

/// Released, sent back by check, and both taken back again: the money waits as it did, and finds its claim when that comes.
#[test]
fn what_was_released_and_sent_waits_again() {
    let office = two_claims();
    let answer = "CLP*Z9*1*200*120*30*12*ICN1*11*1~CAS*CO*45*50~CAS*PR*2*30~NM1*QC*1*ASPEN2*RED****MI*MZ9~";
    let text = remittance(5, "PAYER ONE", "BPR*I*120*C*CHK", "20260110", "T7", answer);
    office.import(&[&office.write("1.835", text)]);
    let state = || (office.books(), office.json(&["unapplied", "list"]), office.json(&["report", "refunds"]));
    let waiting = state();
    for refused in [&["unapplied", "unrelease", "1"][..], &["unapplied", "unsend", "1"]] {
        assert_eq!(office.run(&[refused, &["--reason", "x"]].concat()).status.code(), Some(4), "{refused:?}");
    }
    office.done(&["unapplied", "release", "1", "--why", "not ours", "--on", "2026-02-01"]);
    let released = state();
    let send =
        ["unapplied", "send", "1", "120", "--check", "88", "--reason", "not ours", "--on", "2026-02-02"];
    office.done(&send);
    office.check();
    let first = office.run(&["unapplied", "unrelease", "1", "--reason", "ours", "--on", "2026-02-03"]);
    assert!(String::from_utf8_lossy(&first.stderr).contains("unapplied unsend"), "{first:?}");
    // Nor does its remittance go: the check is money that is out.
    let gone = office.run(&["remit", "reverse", "1", "--reason", "not ours"]);
    assert!(String::from_utf8_lossy(&gone.stderr).contains("unapplied unsend 1"), "{gone:?}");
    office.done(&["unapplied", "unsend", "1", "--reason", "came back", "--on", "2026-02-02"]);
    office.check();
    assert_eq!(state(), released);
    office.done(&["unapplied", "unrelease", "1", "--reason", "ours", "--on", "2026-02-01"]);
    office.check();
    assert_eq!(state(), waiting);
    let bill = Billed {
        number: "Z9",
        charge: "200",
        lines: &[("99213", "200")],
        secondary: false,
        frequency: '1',
        service: "20260102",
    };
    let text = claims(9, "20260212", &[bill]).replace("ASPEN0", "ASPEN2");
    office.import(&[&office.write("z9.837", text)]);
    office.check();
    assert_eq!(office.json(&["unapplied", "list"])["rows"].as_array().map(Vec::len), Some(0));
}

/// A check of the office is its payer's: it goes along when that becomes another, and comes back when they are parted.
#[test]
fn a_check_of_the_office_goes_with_its_payer_and_comes_back() {
    let office = two_names();
    let (odd, two) = (payer(&office, "SECOND OF OHIO"), payer(&office, "PAYER TWO"));
    let whose = || -> Vec<(String, String)> {
        let listed = office.json(&["plb", "list"]);
        let row = |row: &serde_json::Value| (row["payer"].to_string(), row["amount"].to_string());
        let mut all: Vec<_> = listed["rows"].as_array().expect("rows").iter().map(row).collect();
        all.sort();
        all
    };
    let of = |payer: &str, amount: &str| (format!("\"{payer}\""), format!("\"{amount}\""));
    office.done(&["plb", "send", "1", "5", "--check", "501", "--reason", "asked for", "--on", "2026-05-04"]);
    office.check();
    let before = whose();
    assert_eq!(before, [of("SECOND OF OHIO", "-12.00"), of("SECOND OF OHIO", "5.00")]);
    office.done(&["payer", "merge", &odd, &two, "--yes"]);
    office.check();
    assert_eq!(whose(), [of("PAYER TWO", "-12.00"), of("PAYER TWO", "5.00")]);
    office.done(&["payer", "unmerge", &odd, "--yes"]);
    office.check();
    assert_eq!(whose(), before);
}
