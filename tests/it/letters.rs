//! Letters and packets through the program: what they say, what they hold, and that each is logged.

use std::io::Read;

use serde_json::Value;

use crate::acks::status;
use crate::office::{Billed, Office, claims, remittance};

/// PAYER ONE denies A1 and A2 whole, for the same reason; B1 for another.
fn office() -> Office {
    let office = Office::new();
    let all = ["A1", "A2", "B1"].map(|number| Billed {
        number,
        charge: "1200",
        lines: &[("99213", "200"), ("70450", "1000")],
        secondary: false,
        frequency: '1',
        service: "20260601",
    });
    let file = office.write("claims.837", claims(1, "20260603", &all));
    office.import(&[&file]);
    let heard = ["A1|STC*A2:20*20260605*WQ*1200|REF*1K*ICNA1|DTP*472*D8*20260601"];
    let file = status(&office, "ack.277", "PR", "20260605", "B1", "STC*A1:19:PR*20260605*WQ*3600", &heard);
    office.import(&[&file]);
    let denied = |number: &str, reason: &str| {
        format!(
            "CLP*{number}*1*1200*0**12*ICN{number}*11*1~NM1*QC*1*ASPEN*RED****MI*M{number}~\
             SVC*HC:99213*200*0**1~DTM*472*20260601~CAS*CO*{reason}*200~LQ*HE*N115~\
             SVC*HC:70450*1000*0**1~DTM*472*20260601~CAS*CO*{reason}*1000~"
        )
    };
    let answers = [denied("A1", "50"), denied("A2", "50"), denied("B1", "29")].concat();
    let bpr = "BPR*H*0*C*NON************";
    let file = office.write("denied.835", remittance(2, "PAYER ONE", bpr, "20260701", "T2", &answers));
    let report = office.import(&[&file]);
    assert_eq!(report["totals"]["matched"], 3, "{report:#}");
    office
}

/// The number of the denial of a claim.
fn denial(office: &Office, claim: &str) -> String {
    let shown = office.json(&["claim", "show", claim]);
    let id = &shown["denials"][0]["denial_id"];
    id.as_u64().unwrap_or_else(|| panic!("a denial: {shown:#}")).to_string()
}

fn said(office: &Office, args: &[&str]) -> (i32, String) {
    let output = office.run(args);
    (output.status.code().expect("a code"), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn logged(office: &Office) -> Vec<Value> {
    let log = office.json(&["audit", "log"]);
    let rows = log["rows"].as_array().expect("rows").clone();
    rows.into_iter()
        .filter(|row| row["what"].as_str().is_some_and(|what| what.starts_with("denial")))
        .collect()
}

#[test]
fn a_letter_says_what_the_ledger_knows() {
    let office = office();
    let id = denial(&office, "A1");
    let letter = office.done(&["denial", "letter", &id, "--template", "medical-necessity", "--user", "ann"]);
    let expected = "\
______________________________

September 30, 2026

PAYER ONE
Provider appeals
______________________________

APPEAL, LEVEL 1: MEDICAL NECESSITY

Claim: A1 (your number ICNA1)
Patient: ASPEN0, RED, member MA1
Service: 06/01/2026, by MAPLE STREET (NPI 1234567893)
In dispute: $1,200.00 of $1,200.00

Denied 07/01/2026 as CO-50 (Payer judges the service not medically necessary), $1,200.00.
Remark N115: ";
    assert!(letter.starts_with(expected), "{letter}");
    let lines = "
  Line   Service   Date         Units      Charge      Denied
  ----   -------   ----------   -----   ---------   ---------
  1      99213     06/01/2026       1     $200.00     $200.00
  2      70450     06/01/2026       1   $1,000.00   $1,000.00

The service was needed to diagnose or treat the condition for which the patient was seen (J069).
";
    assert!(letter.contains(lines), "{letter}");
    assert!(letter.ends_with("______________________________\nann\n"), "{letter}");
    let log = logged(&office);
    assert_eq!(log.len(), 1);
    let details = log[0]["details"].as_str().expect("details");
    assert!(details.starts_with("template medical-necessity, level 1, printed, sha256 "), "{details}");
    assert_eq!(log[0]["subject"], format!("denial {id}"));
    office.check();
}

#[test]
fn a_page_to_print_is_private_and_its_hash_is_in_the_log() {
    let office = office();
    let id = denial(&office, "A1");
    let path = office.path("letter.html");
    let name = path.to_str().expect("a name");
    let letter = ["denial", "letter", &id, "--template", "appeal-1", "-o", name];
    let (code, words) = said(&office, &[&letter[..], &["--dry-run"]].concat());
    assert_eq!((code, path.exists(), logged(&office).len()), (0, false, 0), "{words}");
    office.done(&letter);
    let bytes = std::fs::read(&path).expect("written");
    let page = String::from_utf8_lossy(&bytes).into_owned();
    assert!(page.starts_with("<!doctype html>") && page.contains("<td>99213</td>"), "{page}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }
    let hash = arrears::letters::sha256(&bytes);
    let details = logged(&office)[0]["details"].as_str().expect("details").to_owned();
    assert!(details.ends_with(&hash), "{details}");
    // What cannot be written is not logged.
    let nowhere = office.path("nowhere/letter.html");
    let nowhere =
        ["denial", "letter", &id, "--template", "appeal-1", "-o", nowhere.to_str().expect("a name")];
    assert_eq!(said(&office, &nowhere).0, 4);
    assert_eq!(logged(&office).len(), 1);
}

#[test]
fn one_appeal_for_many_claims_of_one_reason() {
    let office = office();
    let letter =
        office.done(&["denial", "letter", "--payer", "1", "--reason", "co-50", "--template", "project"]);
    assert!(letter.contains("PROJECT APPEAL, LEVEL 1: 2 CLAIMS"), "{letter}");
    assert!(letter.contains("$2,400.00 are in dispute") && letter.contains("ICNA2"), "{letter}");
    assert!(!letter.contains("B1"), "{letter}");
    assert_eq!(logged(&office).len(), 2, "each case is told");
    let none = ["denial", "letter", "--payer", "2", "--template", "project"];
    assert_eq!(said(&office, &none).0, 4);
}

#[test]
fn nobody_is_named_when_names_are_masked() {
    let office = office();
    let id = denial(&office, "A1");
    let letter = office.done(&["denial", "letter", &id, "--template", "redetermination", "--redact"]);
    assert!(letter.contains("Beneficiary: ***") && !letter.contains("ASPEN"), "{letter}");
    let path = office.path("packet.zip");
    office.done(&["denial", "packet", &id, "--redact", "-o", path.to_str().expect("a name")]);
    let all: String = unpacked(&path).into_iter().map(|(_, text)| text).collect();
    assert!(!all.contains("ASPEN") && !all.contains("MA1"), "{all}");
}

#[test]
fn deadlines_are_said_and_never_guessed() {
    let office = office();
    let id = denial(&office, "A1");
    let letter = ["denial", "letter", &id, "--template", "appeal-1", "--dry-run"];
    assert!(
        said(&office, &letter).1.contains("warning: appeal-1: no rule confirmed"),
        "{:?}",
        said(&office, &letter)
    );
    let set = |limit: &str| {
        let set =
            ["clock", "set", "1", "appeal-1", limit, "days", "--from", "denial", "--source", "contract"];
        office.done(&[&set[..], &["--confirm", "--except", "29"]].concat());
    };
    set("180");
    assert!(!said(&office, &letter).1.contains("warning"), "{:?}", said(&office, &letter));
    set("60");
    assert!(said(&office, &letter).1.contains("the last day for denial"), "{:?}", said(&office, &letter));
    let untimely = denial(&office, "B1");
    let letter = ["denial", "letter", &untimely, "--template", "timely-filing", "--dry-run"];
    assert!(said(&office, &letter).1.contains("not for this reason"), "{:?}", said(&office, &letter));
}

fn unpacked(path: &std::path::Path) -> Vec<(String, String)> {
    let file = std::fs::File::open(path).expect("there");
    let mut archive = zip::ZipArchive::new(file).expect("an archive");
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a file");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("text");
        files.push((file.name().expect("a name").into_owned(), text));
    }
    files
}

#[test]
fn a_packet_holds_the_claim_the_answer_and_the_proof_and_no_other_patient() {
    let office = office();
    let id = denial(&office, "A1");
    let (one, other) = (office.path("one.zip"), office.path("other.zip"));
    let pack = |path: &std::path::Path| {
        let name = path.to_str().expect("a name").to_owned();
        office.done(&["denial", "packet", &id, "--template", "timely-filing", "-o", &name]);
    };
    pack(&one);
    pack(&other);
    assert_eq!(std::fs::read(&one).expect("one"), std::fs::read(&other).expect("other"), "the same bytes");
    let files = unpacked(&one);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "letter.html",
            "claim-1.txt",
            "claim-1-remittance-1.txt",
            "claim-1-proof-of-filing.txt",
            "contents.sha256"
        ]
    );
    let text = |name: &str| files.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str()).expect(name);
    assert!(text("claim-1.txt").contains("$1,200.00"));
    let excerpt = text("claim-1-remittance-1.txt");
    for segment in
        ["TRN*1*T2*1999999999~", "CLP*A1*1*1200.00*0.00**12*ICNA1*11*1~", "CAS*CO*50*200.00~", "LQ*HE*N115~"]
    {
        assert!(excerpt.contains(segment), "{segment}: {excerpt}");
    }
    let proof = text("claim-1-proof-of-filing.txt");
    assert!(proof.contains("06/03/2026   sent") && proof.contains("277CA accepted"), "{proof}");
    let contents = text("contents.sha256");
    assert!(contents.contains(&arrears::letters::sha256(excerpt.as_bytes())), "{contents}");
    assert!(
        files.iter().all(|(_, text)| !text.contains("A2") || text.starts_with("<!doctype")),
        "A2 is another patient"
    );
    let no_zip = ["denial", "packet", &id, "-o", "packet.html"];
    assert_eq!(said(&office, &no_zip).0, 2);
}

#[test]
fn the_office_writes_its_own() {
    let office = office();
    let id = denial(&office, "A1");
    let mine = office.write("mine.txt", "To {{ payer.name }}\nabout {{ claim.numbr }}\n");
    let add = ["template", "add", "mine", mine.to_str().expect("a name")];
    let (code, words) = said(&office, &add);
    assert_eq!(code, 4);
    assert!(words.contains("template mine, line 2: "), "{words}");
    office.write("mine.txt", "To {{ payer.name }}\nabout {{ claim.number }}\n");
    office.done(&[&add[..], &["--dry-run"]].concat());
    assert_eq!(said(&office, &["template", "show", "mine"]).0, 4, "a dry run keeps nothing");
    office.done(&add);
    assert_eq!(office.done(&["denial", "letter", &id, "--template", "mine"]), "To PAYER ONE\nabout A1\n");
    let head = office.write("head.txt", "MAPLE STREET, 1 Maple Street\n");
    office.done(&["template", "add", "letterhead", head.to_str().expect("a name")]);
    let letter = office.done(&["denial", "letter", &id, "--template", "appeal-1"]);
    assert!(letter.starts_with("MAPLE STREET, 1 Maple Street\n"), "{letter}");
    office.done(&["template", "remove", "letterhead"]);
    assert_eq!(said(&office, &["template", "remove", "letterhead"]).0, 4);
    assert_eq!(said(&office, &["template", "add", "Mine!", head.to_str().expect("a name")]).0, 2);
    let list = office.json(&["template", "list"]);
    let row = list["rows"].as_array().expect("rows").iter().find(|row| row["name"] == "mine").cloned();
    assert_eq!(row.expect("there")["whose"], "own");
    office.check();
}

/// PAYER ONE denies a claim of the office again.
fn denied_again(office: &Office, control: u32, date: &str, claim: &str) {
    let answer = format!(
        "CLP*{claim}*1*1200*0**12*ICN{claim}{control}*11*1~NM1*QC*1*ASPEN*RED****MI*M{claim}~\
         SVC*HC:99213*200*0**1~DTM*472*20260601~CAS*CO*50*200~LQ*HE*N115~\
         SVC*HC:70450*1000*0**1~DTM*472*20260601~CAS*CO*50*1000~"
    );
    let bpr = "BPR*H*0*C*NON************";
    let file = office.write("again.835", remittance(control, "PAYER ONE", bpr, date, "T9", &answer));
    assert_eq!(office.import(&[&file])["totals"]["matched"], 1);
}

#[test]
fn a_letter_knows_which_appeals_were_sent_before() {
    let office = office();
    let [one, two] = ["A1", "A2"].map(|claim| denial(&office, claim));
    let letter = |more: &[&str]| office.done(&[&["denial", "letter"], more].concat());
    let sent = ["denial", "appeal", &one, "--method", "fax", "--proof", "77", "--on", "2026-07-10"];
    office.done(&sent);
    let first = letter(&[&one, "--template", "appeal-1"]);
    assert!(
        first.contains("\nAPPEAL, LEVEL 1\n") && !first.contains("Appealed"),
        "it is about this one: {first}"
    );
    denied_again(&office, 8, "20260815", "A1");
    let second = letter(&[&one, "--template", "appeal-2"]);
    assert!(second.contains("\nAPPEAL, LEVEL 2\n"), "{second}");
    let before = "\nAppealed 07/10/2026, level 1, by fax, number 77; denied again 08/15/2026\n";
    assert!(second.contains(before), "{second}");
    assert!(letter(&[&one, "--template", "appeal-2", "--level", "4"]).contains("\nAPPEAL, LEVEL 4\n"));
    // As of a day before the decision it was still the first.
    assert!(letter(&[&one, "--template", "appeal-1", "--as-of", "2026-08-01"]).contains("LEVEL 1\n"));
    // One letter has one level; a cover sheet has none.
    let (code, words) = said(&office, &["denial", "letter", &one, &two, "--template", "project"]);
    assert_eq!(code, 2);
    assert!(words.contains("different levels of appeal: 1, 2") && words.contains("--level"), "{words}");
    letter(&[&one, &two, "--template", "records"]);
    let project = letter(&[&one, &two, "--template", "project", "--level", "2"]);
    assert!(project.contains("\nClaim A1 was appealed 07/10/2026, level 1, by fax"), "{project}");
    assert!(!project.contains("Claim A2 was appealed"), "{project}");
    // What is recorded without a level is the one that the letter spoke of.
    office.done(&["denial", "appeal", &one, "--on", "2026-09-01"]);
    assert_eq!(
        office.json(&["denial", "show", &one])["events"].as_array().expect("events").last().expect("one")["level"],
        2
    );
    let shown = office.json(&["denial", "show", &one]);
    assert_eq!(shown["clocks"][0]["rule"], "appeal-2 was sent and is not decided");
    office.check();
}

#[test]
fn addresses_stand_in_letters_once_they_are_known() {
    let office = office();
    let id = denial(&office, "A1");
    let letter = || office.done(&["denial", "letter", &id, "--template", "reconsideration"]);
    assert_eq!(
        letter().matches("\n______________________________\n").count(),
        2,
        "payer, signature; the sender's is first"
    );
    let own = ["--name", "MAPLE STREET", "--address", "1 Maple Street", "--address", "Town OH 43004"];
    office.done(&[&["practice", "set"], &own[..]].concat());
    office.done(&["payer", "set", "1", "--address", "PO Box 1", "--address", "Town OH 43005"]);
    let known = letter();
    assert!(
        known.starts_with("MAPLE STREET\n1 Maple Street\nTown OH 43004\n\nSeptember 30, 2026\n"),
        "{known}"
    );
    assert!(known.contains("PAYER ONE\nProvider appeals\nPO Box 1\nTown OH 43005\n\n"), "{known}");
    assert_eq!(office.json(&["practice", "show"])["rows"][0]["address"], "1 Maple Street, Town OH 43004");
    assert!(office.done(&["payer", "show", "1"]).contains("PO Box 1, Town OH 43005"));
    office.done(&["payer", "set", "1", "--address", ""]);
    assert!(letter().contains("Provider appeals\n______________________________\n"));
    office.check();
}

#[test]
fn root_causes_say_who_could_have_prevented_what() {
    let office = office();
    let report = office.json(&["report", "denials", "--by", "root-cause"]);
    let rows = report["rows"].as_array().expect("rows");
    let of = |cause: &str| rows.iter().find(|row| row["root_cause"] == cause).expect(cause);
    let late = of("timely_filing");
    assert_eq!((&late["preventable_by"], &late["preventable"]), (&"billing".into(), &"1200.00".into()));
    let need = of("medical_necessity");
    assert_eq!((&need["preventable_by"], &need["denied"]), (&"coding".into(), &"2400.00".into()));
    assert_eq!(report["totals"]["denied"], "3600.00");
    let by_reason = office.json(&["report", "denials"]);
    assert_eq!(by_reason["totals"]["denied"], report["totals"]["denied"], "one set of dollars");
}

/// A1 is paid after all, A2 written off, B1 stays.
fn worked(office: &Office) {
    let answer = "CLP*A1*1*1200*700**12*ICNA1B*11*1~NM1*QC*1*ASPEN*RED****MI*MA1~\
                  SVC*HC:99213*200*100**1~DTM*472*20260601~CAS*CO*45*100~\
                  SVC*HC:70450*1000*600**1~DTM*472*20260601~CAS*CO*45*400~";
    let bpr = "BPR*I*700*C*ACH*CCP*01*999*DA*1*1999999999**01*999*DA*2*";
    let file = office.write("paid.835", remittance(3, "PAYER ONE", bpr, "20260801", "T3", answer));
    assert_eq!(office.import(&[&file])["totals"]["matched"], 1);
    let off =
        ["claim", "write-off", "A2", "1200", "--reason", "given up", "--on", "2026-09-02", "--user", "ann"];
    office.done(&off);
}

#[test]
fn recovery_says_how_denials_ended() {
    let office = office();
    worked(&office);
    let report = office.json(&["report", "recovery", "--by", "reason"]);
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["reason"] == "CO-50").expect("there");
    let counts = ["cases", "overturned", "upheld", "otherwise", "open_cases"].map(|key| row[key].as_u64());
    assert_eq!(counts, [2, 1, 1, 0, 0].map(Some), "{report:#}");
    assert_eq!((&row["denied"], &row["recovered"]), (&"2400.00".into(), &"700.00".into()));
    // What the contract took of the one that was won is not lost.
    assert_eq!((&row["lost"], &row["open"]), (&"1200.00".into(), &"0.00".into()));
    let late = rows.iter().find(|row| row["reason"] == "CO-29").expect("there");
    assert_eq!((&late["open_cases"], &late["rate"]), (&1.into(), &Value::Null), "nothing is decided");
    // Before the payer answered again everything was open.
    let then = office.json(&["report", "recovery", "--by", "reason", "--as-of", "2026-07-31"]);
    assert_eq!((&then["totals"]["open_cases"], &then["totals"]["recovered"]), (&3.into(), &"0.00".into()));
    office.check();
}

#[test]
fn productivity_counts_touches_by_user_and_day() {
    let office = office();
    worked(&office);
    let id = denial(&office, "B1");
    office.done(&["denial", "letter", &id, "--template", "timely-filing", "--user", "bea"]);
    office.done(&["followup", "call", "B1", "--user", "bea", "--on", "2026-09-10"]);
    office.done(&["followup", "note", "A2", "--words", "x", "--user", "ann", "--on", "2026-09-11"]);
    let report = office.json(&["report", "productivity", "--period", "2026-09"]);
    let rows = report["rows"].as_array().expect("rows");
    let of = |user: &str| rows.iter().find(|row| row["user"] == user).expect(user);
    let bea = of("bea");
    let counts = ["touches", "claims", "calls", "letters", "other"].map(|key| bea[key].as_u64());
    assert_eq!(counts, [2, 1, 1, 1, 0].map(Some), "{report:#}");
    let ann = of("ann");
    assert_eq!((&ann["touches"], &ann["moved"]), (&1.into(), &"1200.00".into()));
    let early = office.json(&["report", "productivity", "--from", "2026-09-01", "--to", "2026-09-09"]);
    assert_eq!((&early["totals"]["touches"], &early["totals"]["moved"]), (&0.into(), &"1200.00".into()));
}
