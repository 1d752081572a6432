//! Every ledger that a version ever wrote still opens, proves true, and says what it said. See `tests/books/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

/// The shape of the ledgers that this program writes.
const NEWEST: &str = "v6";

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books").join(name)
}

fn bill(number: &str, secondary: bool) -> Billed<'_> {
    let lines: &[(&str, &str)] = &[("99213", "150"), ("87880", "50")];
    Billed { number, charge: "200", lines, secondary, frequency: '1', service: "20260102" }
}

/// Five claims: paid, denied and paid later, split with a second payer, reversed, paid by the patient; a payment without
/// a claim, a takeback, interest.
fn small_practice(office: &Office) {
    let first = "CLP*A1*1*200*120*30*12*ICN1*11~SVC*HC:99213*150*100**1~CAS*CO*45*50~SVC*HC:87880*50*20**1~CAS*PR*2*30~\
        CLP*A2*1*200*0**12*ICN2*11~SVC*HC:99213*150*0**1~CAS*CO*16*150~LQ*HE*M119~SVC*HC:87880*50*0**1~CAS*CO*45*50~\
        CLP*A3*1*200*100**12*ICN3*11~SVC*HC:99213*150*100**1~CAS*CO*45*50~SVC*HC:87880*50*0**1~CAS*PR*1*50~\
        CLP*A4*1*200*80**12*ICN4*11~SVC*HC:99213*150*80**1~CAS*CO*45*70~SVC*HC:87880*50*0**1~CAS*CO*197*50~\
        CLP*Z9*1*75*60**12*ICN9*11~SVC*HC:99213*75*60**1~CAS*CO*45*15~PLB*1234567893*20261231*L6*-1.25~";
    let second = "CLP*A2*1*200*90**12*ICN2B*11~SVC*HC:99213*150*90**1~CAS*CO*45*60~SVC*HC:87880*50*0**1~CAS*CO*45*50~\
        CLP*A4*22*-200*-80**12*ICN4*11~SVC*HC:99213*-150*-80**-1~CAS*CO*45*-70~SVC*HC:87880*-50*0**-1~CAS*CO*197*-50~\
        PLB*1234567893*20261231*WO:ICN9*10~";
    let third = "CLP*A3*2*200*50**12*S3*11~SVC*HC:99213*150*0**1~CAS*OA*23*150~SVC*HC:87880*50*50**1~";
    let bills = ["A1", "A2", "A3", "A4", "A5"].map(|number| bill(number, number == "A3"));
    let files = [
        ("1.837", claims(1, "20260105", &bills)),
        ("2.835", remittance(2, "PAYER ONE", "BPR*I*361.25*C*ACH", "20260201", "T2", first)),
        ("3.835", remittance(3, "PAYER ONE", "BPR*H*0*C*NON", "20260301", "T3", second)),
        ("4.835", remittance(4, "PAYER TWO", "BPR*I*50*C*ACH", "20260315", "T4", third)),
    ];
    for (name, content) in files {
        office.write(name, content);
        // Named without its folder: the ledger remembers names, and this one is kept.
        let report = office.json(&["import", name, "--user", "biller"]);
        assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{report:#}");
    }
    office.done(&["claim", "pay", "A1", "30", "--on", "2026-04-01", "--user", "biller"]);
}

fn figures(office: &Office) -> Value {
    let mut figures = office.books();
    figures["march"] = office.json(&["report", "aging", "--as-of", "2026-03-01"]);
    figures["unapplied"] = office.json(&["unapplied", "list"]);
    figures["plb"] = office.json(&["plb", "list"]);
    figures
}

/// What was said and is not said any more. Fields, columns and notes may be added; and what to do about an item (`fix`) is advice
/// of the program, not a word of the books.
fn lacking(have: &Value, wanted: &Value, at: &str) -> Vec<String> {
    match (have, wanted) {
        (Value::Object(have), Value::Object(wanted)) => wanted
            .iter()
            .filter(|(name, _)| *name != "fix")
            .flat_map(|(name, wanted)| {
                lacking(have.get(name).unwrap_or(&Value::Null), wanted, &format!("{at}.{name}"))
            })
            .collect(),
        (Value::Array(have), Value::Array(wanted)) if at.ends_with(".columns") || at.ends_with(".notes") => {
            let gone = wanted.iter().filter(|said| !have.contains(said));
            gone.map(|said| format!("{at}: {said}")).collect()
        }
        (Value::Array(have), Value::Array(wanted)) if have.len() == wanted.len() => {
            let pairs = have.iter().zip(wanted).enumerate();
            pairs.flat_map(|(n, (have, wanted))| lacking(have, wanted, &format!("{at}[{n}]"))).collect()
        }
        _ if have == wanted => Vec::new(),
        _ => vec![format!("{at}: {have} was {wanted}")],
    }
}

/// Makes `tests/books/<newest>.redb` and what it must say. See the README there.
#[test]
#[ignore = "writes into tests/books; run by hand when the shape changes"]
fn write_the_newest_book() {
    let office = Office::new();
    small_practice(&office);
    office.check();
    fs::copy(office.ledger(), kept(&format!("{NEWEST}.redb"))).expect("copied");
    let text = serde_json::to_string_pretty(&figures(&office)).expect("JSON");
    fs::write(kept(&format!("{NEWEST}.json")), text + "\n").expect("written");
}

#[test]
fn every_book_ever_shipped_still_says_what_it_said() {
    let entries = fs::read_dir(kept("")).expect("the folder").map(|entry| entry.expect("a file").path());
    let mut books: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "redb")).collect();
    books.sort();
    assert!(books.iter().any(|book| book.file_stem().is_some_and(|name| name == NEWEST)), "{books:?}");
    for book in books {
        let office = Office::new();
        fs::copy(&book, office.ledger()).expect("copied");
        let wanted = fs::read_to_string(book.with_extension("json")).expect("what it must say");
        let wanted: Value = serde_json::from_str(&wanted).expect("JSON");
        // The first command that writes brings an older shape to the present one. What came then is known still.
        let again = office.write(
            "1.837",
            claims(1, "20260105", &["A1", "A2", "A3", "A4", "A5"].map(|n| bill(n, n == "A3"))),
        );
        let report = office.import(&[&again]);
        assert_eq!(report["files"][0]["status"], "duplicate", "{}: {report:#}", book.display());
        office.check();
        let lacking = lacking(&figures(&office), &wanted, "");
        assert!(lacking.is_empty(), "{}: {lacking:#?}", book.display());
        office.done(&["claim", "pay", "A5", "1", "--on", "2026-05-01"]);
        office.check();
    }
}
