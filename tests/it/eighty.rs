//! Everything that a person reads on a terminal of 80 columns: no line is longer, and no amount, day or number is cut.

use std::collections::BTreeMap;
use std::process::Output;

use crate::office::Office;

const COLUMNS: usize = 80;

/// Reports that take nothing, and lists, each over a year of a practice.
const COMMANDS: [&[&str]; 55] = [
    &["status"],
    &["claim", "list"],
    &["claim", "show", "1", "--trace"],
    &["claim", "show", "14"],
    &["claim", "doubles"],
    &["claim", "review"],
    &["claim", "review", "--all"],
    &["remit", "list"],
    &["remit", "show", "3"],
    &["remit", "show", "19"],
    &["unapplied", "list"],
    &["unapplied", "show", "76"],
    &["plb", "list"],
    &["plb", "show", "1"],
    &["denial", "list"],
    &["denial", "show", "1"],
    &["denial", "next"],
    &["followup", "list", "--all"],
    &["payer", "list"],
    &["payer", "show", "1"],
    &["rejection", "list"],
    &["clock", "list"],
    &["code", "list"],
    &["code", "show", "CO-197"],
    &["deposit", "list"],
    &["period", "list"],
    &["period", "check", "2026-08"],
    &["audit", "log"],
    &["db", "info"],
    &["db", "check"],
    &["report", "aging"],
    &["report", "aging", "--by", "claim"],
    &["report", "denials"],
    &["report", "denials", "--by", "payer"],
    &["report", "trial-balance"],
    &["report", "rollforward", "--period", "2026-08"],
    &["report", "rollforward", "--period", "2026-08", "--by", "payer"],
    &["report", "journal", "--from", "2026-08-01", "--to", "2026-08-31"],
    &["report", "day-sheet", "--period", "2026-08"],
    &["report", "credits"],
    &["report", "unapplied", "--as-of", "2026-06-10"],
    &["report", "write-offs"],
    &["report", "kpi"],
    &["report", "collections"],
    &["report", "recovery"],
    &["report", "allowance"],
    &["report", "adjustments"],
    &["report", "productivity"],
    &["report", "refunds"],
    &["report", "three-way"],
    &["report", "deposits"],
    &["report", "plb"],
    &["report", "takebacks"],
    &["report", "restate", "--period", "2026-08"],
    &["template", "list"],
];

fn narrow(office: &Office, args: &[&str]) -> Output {
    office.command(args).env("COLUMNS", COLUMNS.to_string()).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Lines that are wider than the terminal; a path or a number of no blank may be.
fn too_wide(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.chars().count() > COLUMNS && line.trim().contains(' ')).collect()
}

/// A year of a practice with large balances, items that wait, remittances that are held, write-offs and a closed month.
fn practice() -> Office {
    let office = Office::new();
    office.done(&["synth", "year", "--claims", "80", "--seed", "7"]);
    let _ = office.run(&["import", "year"]);
    let table = "claim,payer,check number,check date,charge,paid,contractual\n\
        A00000075,Somebody Else Altogether Incorporated,K1,2026-09-21,1234567.89,1000000.11,234567.78\n\
        ZZ-1234567890,LANTERN FEDERAL SENIOR CARE,K2,2026-09-22,98765.43,98765.43,0\n";
    let _ = office.run(&["import", office.write("eob.csv", table).to_str().expect("a path")]);
    office
}

#[test]
fn every_report_and_list_fits_a_terminal_of_eighty_columns() {
    let office = practice();
    let mut wide = Vec::new();
    for args in COMMANDS {
        let output = narrow(&office, args);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 1)), "{args:?}: {code:?} {}", text(&output.stderr));
        let shown = text(&output.stdout);
        wide.extend(
            too_wide(&shown).first().map(|line| format!("{args:?}: {} {line}", line.chars().count())),
        );
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

/// Amounts, shares, counts and days of a table, each as often as it stands there.
fn figures(shown: &str) -> BTreeMap<&str, usize> {
    let is_figure = |word: &&str| {
        let mut signs = word.chars();
        signs.any(|sign| sign.is_ascii_digit()) && word.chars().all(|sign| "0123456789.,()-%".contains(sign))
    };
    let mut found = BTreeMap::new();
    for figure in shown.split_whitespace().filter(is_figure) {
        *found.entry(figure).or_default() += 1;
    }
    found
}

/// Every figure of a whole table stands in the narrow one, as often.
#[test]
fn what_is_narrowed_loses_no_figure() {
    let office = practice();
    for args in [
        &["report", "day-sheet", "--period", "2026-08"][..],
        &["report", "allowance"],
        &["report", "recovery"],
        &["report", "collections"],
        &["report", "kpi"],
        &["followup", "list", "--all"],
        &["remit", "list"],
    ] {
        let whole = office.done(args);
        let shown = text(&narrow(&office, args).stdout);
        assert_eq!(figures(&shown), figures(&whole), "{args:?}:\n{shown}\n{whole}");
        assert!(figures(&whole).len() > 10, "{args:?}");
    }
}

#[test]
fn messages_are_wrapped_where_the_width_is_known_and_whole_where_it_is_not() {
    let office = practice();
    let missing =
        ["remit", "enter", "--payer", "Lantern", "--check", "K9", "--on", "2026-09-20", "--amount", "10"];
    let args = [&missing[..], &["--claim", "A00000076 paid=10 contractual=488.35"]].concat();
    let whole = text(&office.run(&args).stderr);
    let narrow = text(&narrow(&office, &args).stderr);
    assert!(!too_wide(&whole).is_empty() && whole.lines().all(|line| !line.starts_with("    ")), "{whole}");
    assert!(too_wide(&narrow).is_empty(), "{narrow}");
    let words = |said: &str| said.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&whole), words(&narrow));
    // A command stays on one line where it fits on one, to be copied.
    assert!(narrow.contains("`arrears payer list`"), "{narrow}");
    let imported = text(&self::narrow(&office, &["import", "--dry-run", "eob.csv"]).stderr);
    assert!(too_wide(&imported).is_empty(), "{imported}");
}
