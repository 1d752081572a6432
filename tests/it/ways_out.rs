//! Every hold arises, and each command that its advice names is typed in: it ends the hold, and the books are right
//! (section 10a of the posting rules).

use std::collections::BTreeSet;

use arrears::posting::hold::Hold;
use serde_json::Value;

use crate::hand::{EXPECTED, account, buckets, clp, from, holds, import, one_line};
use crate::office::{Billed, Office, claims};

/// The answer that pays 120 of 200 and leaves 30 to the patient.
fn paid(control: u32, icn: &str) -> String {
    from("PAYER ONE", control, "20260320", "120", &clp("1", "200", "120", icn, EXPECTED))
}

fn taken(paid: &str, icn: &str) -> String {
    clp("22", "-200", paid, icn, "CAS*CO*45*-50~CAS*PR*2*-30~")
}

/// One command of an advice: how the hold arises, what is typed for it, and where the claim stands then.
struct Way {
    hold: Hold,
    /// Which command of the advice.
    command: usize,
    /// What came before the claim's file, and after it.
    before: Vec<String>,
    after: Vec<String>,
    /// What is done before the file that is held comes.
    prepared: &'static [&'static str],
    /// The file that is held.
    item: String,
    /// What the words of the advice stand for besides the usual, and what is typed after it.
    words: &'static [(&'static str, &'static str)],
    more: &'static str,
    /// The buckets of the claim then, and the cash.
    then: (&'static str, &'static str),
}

fn way(
    hold: Hold,
    command: usize,
    item: String,
    more: &'static str,
    then: (&'static str, &'static str),
) -> Way {
    let (before, after) = (Vec::new(), Vec::new());
    Way { hold, command, before, after, prepared: &[], item, words: &[], more, then }
}

const OPENING: &str = "claim,patient,payer,payer id,dos,billed on,charge,paid,adjusted,balance,bucket\n\
    H1,\"Aspen0, Red\",PAYER ONE,P1,03/02/2026,03/05/2026,200.00,0.00,0.00,200.00,open\n";

/// Another visit of the same number, a week later; and another claim of the same patient and day.
fn visit(number: &str, service: &str) -> String {
    let lines: &[(&str, &str)] = &[("99214", "200")];
    let claim = Billed { number, charge: "200", lines, secondary: false, frequency: '1', service };
    claims(2, "20260310", &[claim])
}

fn whole_remittances() -> Vec<Way> {
    let good = paid(3, "ICN2");
    let dear = good.replace("BPR*I*120*", "BPR*I*120.01*");
    let longer = |text: &str| {
        let count = text.split("SE*").nth(1).and_then(|rest| rest.split('*').next()).expect("a count");
        let more = count.parse::<u32>().expect("a number") + 1;
        text.replace(&format!("SE*{count}*"), &format!("SE*{more}*"))
    };
    let foreign = longer(&good).replace("N1*PR*", "CUR*PR*CAD~\nN1*PR*");
    let back = from("PAYER ONE", 3, "20260410", "120", &taken("-120", "ICN2")).replace("*C*ACH", "*D*ACH");
    let other = good.replace("CO*45*50", "CO*45*60").replace("PR*2*30", "PR*2*20");
    let ours: &[&str] = &["practice set --npi 1999999992"];
    let posted = ("due 30.00", "120.00");
    let nothing = ("open 200.00", "0.00");
    let again = |command, more, then| Way {
        after: vec![good.clone()],
        ..way(Hold::PossibleReissue, command, other.clone(), more, then)
    };
    let payee = |command, more| Way {
        prepared: ours,
        ..way(Hold::PayeeNotOurs, command, good.clone(), more, posted)
    };
    let tear = |text: &str| text[..text.len() - 40].to_owned();
    vec![
        way(Hold::Structure, 0, tear(&good), "", posted),
        way(
            Hold::TransactionOutOfBalance,
            0,
            dear.clone(),
            "--difference-to income:interest --reason seen",
            ("due 30.00", "120.01"),
        ),
        way(Hold::TransactionOutOfBalance, 0, dear, "--part --reason seen", posted),
        way(Hold::NotUsd, 0, foreign, "", nothing),
        way(Hold::TestFile, 0, good.replace("*0*P*:", "*0*T*:"), "", posted),
        payee(0, "1234567893"),
        payee(1, "--reason seen"),
        Way {
            after: vec![paid(2, "ICN2")],
            ..way(Hold::Debit, 0, back, "--reason seen", ("open 200.00", "0.00"))
        },
        again(1, "--reason seen", ("due 20.00", "120.00")),
        again(2, "--reason seen", ("due 30.00", "240.00")),
        again(3, "--reason seen", posted),
    ]
}

fn claim_payments() -> Vec<Way> {
    let good = paid(3, "ICN2");
    let item = |hold: Hold| {
        let row = holds().into_iter().find(|row| row.hold == hold.word()).expect("a row of that hold");
        (row.before, row.item)
    };
    let of = |hold, command, words, more, then| {
        let (after, item) = item(hold);
        Way { after, words, ..way(hold, command, item, more, then) }
    };
    let (posted, nothing) = (("due 30.00", "120.00"), ("open 200.00", "120.00"));
    let none: &[(&str, &str)] = &[];
    let many: String =
        (0..200).map(|at| clp("1", "200", "0", &format!("D{at}"), "CAS*CO*197*200~")).collect();
    let taught = clp("1", "200", "120", "ICN2", "CAS*CO*318*50~CAS*PR*2*30~");
    let opened = |command, more, then| Way {
        before: vec![OPENING.to_owned()],
        ..way(Hold::BeforeOpening, command, good.clone(), more, then)
    };
    let closed = |command, words, then| Way {
        prepared: &["claim void H1 --reason seen --on 2026-03-10"],
        words,
        ..way(Hold::ClaimClosed, command, good.clone(), "", then)
    };
    let nearly =
        from("PAYER ONE", 3, "20260410", "-119.99", &taken("-119.99", "ICN2").replace("-200", "-199.99"));
    vec![
        of(Hold::NoMatch, 0, none, "", posted),
        of(Hold::NoMatch, 1, none, "", nothing),
        Way {
            before: vec![visit("H1", "20260309")],
            words: &[("CLAIM", "2")],
            ..way(Hold::AmbiguousMatch, 0, good.replace("DTM*232*20260302", "DTM*050*20260302"), "", posted)
        },
        way(Hold::TakenOff, 0, good.clone(), "", posted),
        way(Hold::TakenOff, 1, good.clone(), "", nothing),
        of(Hold::PatientDiffers, 1, none, "", posted),
        of(Hold::DateDiffers, 0, none, "", posted),
        Way {
            words: &[("GROUP-REASON", "CO-318"), ("TREATMENT", "contractual")],
            ..way(Hold::UnknownCode, 0, from("PAYER ONE", 3, "20260320", "120", &taught), "", posted)
        },
        of(Hold::WholeChargeWrittenOff, 0, &[("REASON=AMOUNT", "CO-50=200")], "", ("denied 200.00", "0.00")),
        Way { after: vec![paid(2, "ICN2")], ..way(Hold::NoOriginal, 0, nearly, "", ("open 199.99", "0.01")) },
        way(
            Hold::NoOriginal,
            1,
            from("PAYER ONE", 3, "20260410", "-120", &taken("-120", "ICN2")),
            "",
            ("open 200.00", "-120.00"),
        ),
        of(Hold::SecondAdjudication, 0, none, "", ("due 30.00", "145.00")),
        Way {
            after: vec![paid(2, "ICN2")],
            ..way(Hold::DuplicateResult, 0, good.clone(), "", ("due 30.00", "240.00"))
        },
        of(Hold::PriorPayerDiffers, 0, none, "", ("next 30.00", "140.00")),
        Way {
            before: vec![visit("H2", "20260302")],
            after: vec![from("PAYER ONE", 2, "20260319", "0", &many)],
            words: &[("CLAIM", "H2")],
            ..way(
                Hold::TooManyAnswers,
                0,
                good.clone(),
                "--against-evidence --reason seen",
                ("denied 200.00", "120.00"),
            )
        },
        opened(0, "", ("open 200.00", "120.00")),
        opened(1, "--paid 120 --contractual 50 --patient 30", posted),
        of(
            Hold::AdminReason,
            0,
            &[("GROUP-REASON", "OA-225"), ("TREATMENT", "contractual")],
            "",
            ("", "120.00"),
        ),
        closed(0, &[("ENTRY", "ENTRY")], posted),
        closed(1, none, ("", "120.00")),
    ]
}

/// The numbers of what is held: remittances and claim payments, these with their reasons.
fn held(office: &Office) -> (Vec<String>, Vec<(String, String)>) {
    let rows = |args: &[&str]| office.json(args)["rows"].as_array().expect("rows").clone();
    let whole = rows(&["remit", "list", "--held"]).iter().map(|row| row["remit_id"].to_string()).collect();
    let item =
        |row: &Value| (row["reason"].as_str().expect("a reason").to_owned(), row["item_id"].to_string());
    (whole, rows(&["unapplied", "list"]).iter().map(item).collect())
}

/// The commands of an advice.
fn commands(hold: Hold) -> Vec<&'static str> {
    hold.fix().split('`').skip(1).step_by(2).collect()
}

/// Lets it arise, types the command, and looks what came of it.
fn walk(way: &Way) {
    let (hold, office) = (way.hold, Office::new());
    let typed = |line: &str| office.done(&line.split(' ').collect::<Vec<_>>());
    for (at, text) in way.before.iter().enumerate() {
        if text.starts_with("claim,") {
            office.write("open.csv", text);
            office.json(&["import", "open.csv", "--as", "opening", "--posting-date", "2026-06-30"]);
        } else {
            import(&office, &format!("before{at}"), text);
        }
    }
    if hold != Hold::BeforeOpening {
        import(&office, "a.837", &one_line(hold == Hold::PriorPayerDiffers));
    }
    for (at, text) in way.after.iter().enumerate() {
        import(&office, &format!("after{at}.835"), text);
    }
    way.prepared.iter().for_each(|line| drop(typed(line)));
    import(&office, "item.835", &way.item);
    if hold == Hold::TakenOff {
        typed("unapplied unmatch 1 --reason seen");
    }
    let (whole, items) = held(&office);
    let number = match (&whole[..], &items[..]) {
        ([one], []) => one.clone(),
        ([], [(word, item)]) if word == hold.word() => item.clone(),
        other => panic!("{hold}: {other:?}"),
    };
    let void = || {
        let shown = office.json(&["claim", "show", "H1"]);
        let entries = shown["postings"].as_array().expect("postings").iter();
        entries.filter(|entry| entry["rule"] == "void").map(|entry| entry["entry"].to_string()).next()
    };
    office.write("good.835", paid(3, "ICN2"));
    let word = |word: &str| match way.words.iter().find(|(from, _)| *from == word) {
        Some((_, "ENTRY")) => void().expect("the void"),
        Some((_, to)) => (*to).to_owned(),
        None => match word {
            "ITEM" | "ID" => number.clone(),
            "OLD" => "1".to_owned(),
            "CLAIM" => "H1".to_owned(),
            "TEXT" => "seen".to_owned(),
            "FILE" if hold == Hold::Structure => "good.835".to_owned(),
            "FILE" => "item.835".to_owned(),
            other => other.to_owned(),
        },
    };
    let words: Vec<String> = commands(hold)[way.command].split(' ').map(word).collect();
    let line = format!("{} {}", words.join(" "), way.more);
    typed(line.trim());
    if line.starts_with("practice set") {
        typed("import item.835");
    }
    office.check();
    let (whole, items) = held(&office);
    assert!(whole.is_empty(), "{hold}: `{line}` leaves remittance {whole:?} held");
    // Two payments that are both real: the claim was answered once.
    let waits: &[&str] = if line.contains("--also") { &["second-adjudication"] } else { &[] };
    assert_eq!(items.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>(), waits, "{hold}: `{line}`");
    let claim = if way.hold == Hold::AmbiguousMatch { "#2" } else { "H1" };
    let stands = (buckets(&office, claim), account(&office, "cash:insurance"));
    assert_eq!((stands.0.as_str(), stands.1.as_str()), way.then, "{hold}: `{line}`");
}

#[test]
fn every_command_that_a_hold_names_ends_it() {
    let ways: Vec<Way> = whole_remittances().into_iter().chain(claim_payments()).collect();
    let mut walked: BTreeSet<(Hold, usize)> = ways.iter().map(|way| (way.hold, way.command)).collect();
    // Those that only look; and what `hand` posts by hand, hold by hold.
    let by_hand = |hold: Hold| holds().iter().any(|row| row.hold == hold.word());
    for hold in Hold::ALL {
        for (at, command) in commands(*hold).into_iter().enumerate() {
            let looks = command.starts_with("remit show") || command.starts_with("unapplied show");
            if looks || command == "unapplied post ITEM CLAIM --reason TEXT" && by_hand(*hold) {
                walked.insert((*hold, at));
            }
        }
    }
    let all: BTreeSet<(Hold, usize)> =
        Hold::ALL.iter().flat_map(|hold| (0..commands(*hold).len()).map(|at| (*hold, at))).collect();
    assert_eq!(all.difference(&walked).collect::<Vec<_>>(), Vec::<&(Hold, usize)>::new());
    ways.iter().for_each(walk);
}
