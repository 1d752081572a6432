//! Every verb is in the audit log once when it was run, and what it did can be taken back to the cent, or says why not.

use std::fs;
use std::path::PathBuf;

use arrears::domain::deed::{DeedVerb, Way};
use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

fn bill(number: &str, secondary: bool) -> Billed<'_> {
    let lines: &[(&str, &str)] = &[("99213", "150"), ("87880", "50")];
    Billed { number, charge: "200", lines, secondary, frequency: '1', service: "20260102" }
}

const BANK: &str = "Date,Description,Amount\n2026-02-02,PAYER ONE TRN*1*T2*1999999999,361.25\n\
    2026-03-16,PAYER TWO TRN*1*T4*1999999999,67.50\n2026-03-20,RENT,12.00\n";

/// Claims paid, denied, split, reversed, unanswered; money without a claim, items, a held copy, movements of the bank; and in
/// the folder what further commands take.
fn practice() -> Office {
    let office = Office::new();
    let first = "CLP*A1*1*200*120*30*12*ICN1*11~SVC*HC:99213*150*100**1~CAS*CO*45*50~SVC*HC:87880*50*20**1~CAS*PR*2*30~\
        CLP*A2*1*200*0**12*ICN2*11~SVC*HC:99213*150*0**1~CAS*CO*16*150~LQ*HE*M119~SVC*HC:87880*50*0**1~CAS*CO*45*50~\
        CLP*A3*1*200*100*50*12*ICN3*11~SVC*HC:99213*150*100**1~CAS*CO*45*50~SVC*HC:87880*50*0**1~CAS*PR*1*50~\
        CLP*A4*1*200*80**12*ICN4*11~SVC*HC:99213*150*80**1~CAS*CO*45*70~SVC*HC:87880*50*0**1~CAS*CO*197*50~\
        CLP*Z9*1*200*60*0*12*ICN9*11~SVC*HC:99213*150*60**1~CAS*CO*45*90~SVC*HC:87880*50*0**1~CAS*CO*45*50~PLB*1234567893*20261231*L6*-1.25~";
    let second = "CLP*A2*1*200*90**12*ICN2B*11~SVC*HC:99213*150*90**1~CAS*CO*45*60~SVC*HC:87880*50*0**1~CAS*CO*45*50~\
        CLP*A5*1*200*0**12*ICN5*11~SVC*HC:99213*150*0**1~CAS*CO*197*150~SVC*HC:87880*50*0**1~CAS*CO*16*50~\
        PLB*1234567893*20261231*WO:ICN1*10~";
    let third = "CLP*A3*2*200*50**12*S3*11~SVC*HC:99213*150*0**1~CAS*OA*23*150~SVC*HC:87880*50*50**1~\
        PLB*1234567893*20261231*WO:OWED*-20~";
    let bills = ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]
        .map(|number| bill(number, number == "A3" || number == "A5"));
    let other = first.replace(
        "CAS*CO*45*50~SVC*HC:87880*50*20**1~CAS*PR*2*30~",
        "CAS*CO*45*60~SVC*HC:87880*50*20**1~CAS*PR*2*20~",
    );
    let late = "CLP*A5*1*200*120**12*ICN5B*11~SVC*HC:99213*150*100**1~CAS*CO*45*50~SVC*HC:87880*50*20**1~CAS*CO*45*30~";
    office.write("1.837", claims(1, "20260105", &bills));
    office.write("2.835", remittance(2, "PAYER ONE", "BPR*I*361.25*C*ACH", "20260201", "T2", first));
    office.write("3.835", remittance(3, "PAYER ONE", "BPR*I*80*C*ACH", "20260301", "T3", second));
    office.write("4.835", remittance(4, "PAYER TWO", "BPR*I*70*C*ACH", "20260315", "T4", third));
    office.write("5.835", remittance(5, "PAYER ONE", "BPR*I*361.25*C*ACH", "20260201", "T2", &other));
    office.write("late.835", remittance(6, "PAYER ONE", "BPR*I*120*C*ACH", "20260601", "T6", late));
    office.write("bank.csv", BANK);
    office.write("more.csv", "Date,Description,Amount\n2026-04-02,OTHER,5.00\n");
    office.write("own.txt", "To {payer.name}\n");
    office.write("carc.tsv", "45\tCharge exceeds fee schedule.\n");
    for file in ["1.837", "2.835", "3.835", "4.835"] {
        let report = office.json(&["import", file]);
        assert_eq!(report["files"][0]["transactions"][0]["status"], "posted", "{file}: {report:#}");
    }
    assert_eq!(office.json(&["import", "5.835"])["files"][0]["transactions"][0]["status"], "held");
    office.done(&["deposit", "import", "bank.csv"]);
    office.check();
    office
}

/// A verb, what must have been done before it, the command, and with how many records it is logged.
type Row = (DeedVerb, &'static [&'static str], &'static str);

/// One command for every verb. A verb without a row fails.
const ROWS: &[Row] = &{
    use DeedVerb::*;
    [
        (ClaimPay, &[], "claim pay A1 30"),
        (ClaimAdjust, &[], "claim adjust A6 10 --reason x"),
        (ClaimWriteOff, &[], "claim write-off A5 20 --reason x"),
        (ClaimTransfer, &[], "claim transfer A5 30 --from denied --to due --waiver signed --reason x"),
        (ClaimRefund, &["claim pay A1 90 --yes"], "claim refund A1 20 --to patient --reason x"),
        (
            ClaimSendRefund,
            &["claim pay A1 90 --yes", "claim refund A1 20 --to patient --reason x"],
            "claim send-refund A1 20 --to patient --check 9",
        ),
        (ClaimVoid, &[], "claim void A6 --reason x"),
        (ClaimUndo, &["claim pay A1 30"], "claim undo A1 {entry} --reason x"),
        (ClaimNote, &[], "claim note A1 words"),
        (ClaimMovePayment, &[], "claim move-payment A6 1 --against-evidence --displace --reason x"),
        (ClaimJoin, &[], "claim join A6 A7 --against-evidence --reason x"),
        (ClaimPart, &["claim join A6 A7 --against-evidence --reason x"], "claim part A7 --reason x"),
        (ClaimDoubles, &[], "claim doubles --confirm A6 A7 --why x"),
        (
            ClaimReview,
            &["claim write-off A5 150 --on 2026-04-01 --reason x", "import late.835"],
            "claim review --done A5 --why x",
        ),
        (RemitReverse, &[], "remit reverse 1 --reason x"),
        (RemitRepost, &["remit reverse 1 --reason x"], "remit repost 1 --reason x"),
        (RemitPost, &[], "remit post 4 --also --reason x"),
        (RemitReplace, &[], "remit replace 1 4 --reason x"),
        (RemitSetAside, &[], "remit set-aside 4 --reason x"),
        (
            RemitEnter,
            &[],
            "remit enter --payer P1 --check 77 --on 2026-04-01 --amount 50 --claim A6+paid=50+contractual=150",
        ),
        (UnappliedMatch, &[], "unapplied match 5 A6 --against-evidence --reason x"),
        (UnappliedPost, &[], "unapplied post 5 A6 --contractual 140 --against-evidence --reason x"),
        (UnappliedUnmatch, &[], "unapplied unmatch 1 --reason x"),
        (UnappliedRelease, &[], "unapplied release 5 --why x"),
        (UnappliedUnrelease, &["unapplied release 5 --why x"], "unapplied unrelease 5 --reason x"),
        (UnappliedSend, &["unapplied release 5 --why x"], "unapplied send 5 60 --check 9 --reason x"),
        (
            UnappliedUnsend,
            &["unapplied release 5 --why x", "unapplied send 5 60 --check 9 --reason x"],
            "unapplied unsend 5 --reason x",
        ),
        (PlbSettle, &[], "plb settle 2 --account expense:plb_other --reason x"),
        (PlbUnsettle, &["plb settle 2 --account expense:plb_other --reason x"], "plb unsettle 2 --reason x"),
        (PlbApply, &[], "plb apply 2 A1 10 --reason x"),
        (PlbUnapply, &["plb apply 2 A1 10 --reason x"], "plb unapply 2 A1 --reason x"),
        (PlbSend, &[], "plb send 3 20 --check 8 --reason x"),
        (PlbUnsend, &["claim send-refund A1 20 --to insurance --check 8"], "plb unsend 5 --reason x"),
        (DepositImport, &[], "deposit import more.csv"),
        (DepositMatch, &[], "deposit match 2 --remit 3 --reason fee"),
        (DepositUnmatch, &["deposit match 2 --remit 3 --reason fee"], "deposit unmatch 2 --reason x"),
        (DepositExplain, &[], "deposit explain 3 --reason rent"),
        (DenialNext, &[], "denial next"),
        (DenialGiveBack, &["denial next"], "denial next --release {denial}"),
        (DenialAssign, &[], "denial assign 3 --who kim"),
        (DenialNote, &[], "denial note 3 --note x"),
        (DenialCall, &[], "denial call 3 --note x"),
        (DenialAppeal, &[], "denial appeal 3"),
        (DenialReconsider, &[], "denial reconsider 3"),
        (DenialDecide, &["denial appeal 3"], "denial decide 3 --level 1 --on 2026-09-30 --outcome upheld"),
        (
            DenialUndecide,
            &["denial appeal 3", "denial decide 3 --level 1 --on 2026-09-30 --outcome upheld"],
            "denial undecide 3",
        ),
        (DenialResubmit, &[], "denial resubmit 3"),
        (DenialSendRecords, &[], "denial send-records 3"),
        (DenialBillPatient, &[], "denial bill-patient 3 --waiver signed"),
        (DenialBillNextPayer, &[], "denial bill-next-payer 3"),
        (DenialProposeWriteOff, &["practice set --write-off-limit 5"], "denial propose-write-off 3"),
        (DenialWriteOff, &[], "denial propose-write-off 3 --amount 40"),
        (
            DenialApprove,
            &["practice set --write-off-limit 5", "denial propose-write-off 3"],
            "denial approve 3 --user boss",
        ),
        (
            DenialReject,
            &["practice set --write-off-limit 5", "denial propose-write-off 3"],
            "denial reject 3",
        ),
        (DenialResolve, &[], "denial resolve 3"),
        (DenialReopen, &["denial propose-write-off 3"], "denial reopen 3"),
        (DenialSnooze, &[], "denial snooze 3 --until 2026-12-01"),
        (DenialLetter, &[], "denial letter 3 --template appeal-1 -o letter.html"),
        (DenialPacket, &[], "denial packet 3 -o packet.zip"),
        (FollowupNote, &[], "followup note A6 --words x"),
        (FollowupCall, &[], "followup call A6"),
        (FollowupSnooze, &[], "followup snooze A6 --until 2026-12-01"),
        (TemplateAdd, &[], "template add own own.txt"),
        (TemplateRemove, &["template add own own.txt"], "template remove own"),
        (PayerAdd, &[], "payer add --name THIRD --ident P3"),
        (PayerSet, &[], "payer set 1 --class commercial --alias FIRST"),
        (PayerMerge, &[], "payer merge 2 1 --yes"),
        (PayerUnmerge, &["payer merge 2 1 --yes"], "payer unmerge 2 --yes"),
        (ClockSet, &[], "clock set 1 filing 90 days --from service --source contract --confirm"),
        (
            ClockConfirm,
            &["clock set 1 filing 90 days --from service --source contract"],
            "clock confirm 1 filing",
        ),
        (
            ClockRemove,
            &["clock set 1 filing 90 days --from service --source contract"],
            "clock remove 1 filing",
        ),
        (ClockAmounts, &[], "clock amounts set --year 2031 --level 3 --amount 250 --source law --reason x"),
        (ClockHolidays, &[], "clock holidays add 2026-12-24 --name Eve --source office --reason x"),
        (PracticeSet, &[], "practice set --name Maple --write-off-limit 5"),
        (CodeLoad, &[], "code load --list CARC carc.tsv"),
        (CodeSet, &[], "code set CO-197 --as contractual --reason x --from 2026-01-01"),
        (
            CodeUnset,
            &["code set CO-197 --as contractual --reason x --from 2026-01-01"],
            "code unset CO-197 --reason x",
        ),
        (AccountMap, &[], "account map cash:insurance 1010"),
        (PeriodClose, &[], "period close 2026-01"),
        (PeriodReopen, &["period close 2026-01"], "period reopen 2026-01 --reason x"),
        (ExportGl, &[], "export gl --period 2026-02 -o gl.csv"),
        (ExportMonthEnd, &[], "export month-end 2026-02 -o month"),
        (DbBackup, &[], "db backup copy.redb"),
        (DbRestore, &["db backup copy.redb"], "db restore copy.redb --yes"),
        (DbCompact, &[], "db compact"),
    ]
};

/// What the books say: lists and reports, on several days. Not the figures that count movements, such as what ever moved to
/// patients: what was taken back is one movement more.
const LOOKS: &[&str] = &[
    "report aging",
    "report aging --by responsibility",
    "report aging --as-of 2026-03-10",
    "report trial-balance",
    "report trial-balance --as-of 2026-02-15",
    "report trial-balance --as-of 2026-06-15",
    "report denials",
    "claim list",
    "claim list --as-of 2026-03-10",
    "claim doubles",
    "claim review",
    "remit list",
    "remit list --held",
    "unapplied list",
    "plb list",
    "plb list --as-of 2026-03-10",
    "deposit list",
    "denial list --all",
    "followup list --all",
    "period list",
];

/// What the settings say, and what may follow from them.
const SETTINGS: &[&str] = &[
    "payer list",
    "clock list",
    "clock amounts",
    "code list",
    "practice show",
    "template list",
    "account list",
    "period list",
    "report trial-balance",
    "claim list",
    "denial list --all",
    "plb list",
];

/// The arguments of a command; `+` stands for a blank within one.
fn words(command: &str) -> Vec<String> {
    command.split(' ').map(|word| word.replace('+', " ")).collect()
}

fn run(office: &Office, command: &str) -> std::process::Output {
    office.run(&words(command).iter().map(String::as_str).collect::<Vec<_>>())
}

fn books(office: &Office, looks: &'static [&'static str]) -> Vec<(&'static str, Value)> {
    looks
        .iter()
        .map(|look| (*look, office.json(&words(look).iter().map(String::as_str).collect::<Vec<_>>())))
        .collect()
}

fn differing(before: &[(&'static str, Value)], after: &[(&'static str, Value)]) -> Vec<String> {
    let pairs = before.iter().zip(after).filter(|(before, after)| before != after);
    pairs.map(|((look, before), (_, after))| format!("{look}:\n{before}\n{after}")).collect()
}

/// The acts of the audit log, newest last.
fn log(office: &Office) -> Vec<Value> {
    office.json(&["audit", "log"])["rows"].as_array().expect("rows").clone()
}

fn last_act(office: &Office) -> String {
    office.json(&["undo", "--all"])["rows"][0]["act"].to_string()
}

/// Fills in numbers that only the ledger knows.
fn meant(office: &Office, command: &str) -> String {
    let of = |word: &str, text: &Value| {
        let text = text.as_str().unwrap_or_default().to_owned();
        text.rsplit(word).next().map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
    };
    let log = log(office);
    let last = log.last().expect("something was done");
    let entry = of("entry ", &last["details"]).unwrap_or_default();
    let denial = of("denial ", &last["subject"]).unwrap_or_default();
    command.replace("{entry}", &entry).replace("{denial}", &denial)
}

/// A copy of the practice, with what must have been done before.
fn prepared(from: &Office, before: &[&str]) -> Office {
    let office = Office::new();
    for file in fs::read_dir(from.path("")).expect("the folder") {
        let file: PathBuf = file.expect("a file").path();
        if file.is_file() {
            fs::copy(&file, office.path(file.file_name().expect("a name").to_str().expect("text")))
                .expect("copied");
        }
    }
    for command in before {
        let done = run(&office, &meant(&office, command));
        assert!(
            matches!(done.status.code(), Some(0 | 1)),
            "{command}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
    office
}

/// Runs a verb, finds it once in the audit log, and takes it back where that can be.
fn tried(practice: &Office, (verb, before, command): &Row) -> Result<(), String> {
    let office = prepared(practice, before);
    let noun = verb.as_str().split(' ').next().unwrap_or_default();
    let of_money = ["claim", "followup", "denial", "remit", "unapplied", "plb", "deposit"];
    let looks = if of_money.contains(&noun) { LOOKS } else { SETTINGS };
    let times = || log(&office).iter().filter(|record| record["what"] == verb.as_str()).count();
    let (had, said) = (times(), books(&office, looks));
    let command = meant(&office, command);
    let told = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let done = run(&office, &command);
    if !matches!(done.status.code(), Some(0 | 1)) {
        return Err(format!("{command}: {}", told(&done)));
    }
    let named = times() - had;
    if named != 1 {
        return Err(format!("{command}: logged {named} times as {verb}"));
    }
    let after = books(&office, looks);
    let act = last_act(&office);
    if let Way::Never(why) = verb.way() {
        let refused = office.run(&["undo", &act, "--reason", "x"]);
        let listed = office.json(&["undo", "--all"])["rows"][0]["why"].to_string();
        return match refused.status.code() == Some(4)
            && told(&refused).contains(&why[..12])
            && listed.contains(why)
        {
            true => Ok(()),
            false => Err(format!("{command}: {} {listed}", told(&refused))),
        };
    }
    let dry = office.run(&["undo", &act, "--dry-run", "--reason", "x"]);
    if !dry.status.success() || last_act(&office) != act {
        return Err(format!("{command}: dry run: {}", told(&dry)));
    }
    let undone = office.run(&["undo", &act, "--reason", "x", "--yes"]);
    if !undone.status.success() {
        return Err(format!("{command}: undo: {}", told(&undone)));
    }
    let differs = differing(&said, &books(&office, looks));
    if !differs.is_empty() {
        return Err(format!("{command}: taken back, the books differ:\n{}", differs.join("\n")));
    }
    let twice = office.run(&["undo", &act, "--reason", "x", "--yes"]);
    if twice.status.code() != Some(4) {
        return Err(format!("{command}: taken back twice"));
    }
    // Done again by taking that back: exactly, or not at all.
    let again = office.run(&["undo", &last_act(&office), "--yes"]);
    let wanted = if again.status.success() { &after } else { &said };
    let differs = differing(wanted, &books(&office, looks));
    if !differs.is_empty() || !matches!(again.status.code(), Some(0 | 4)) {
        return Err(format!("{command}: done again ({}):\n{}", told(&again), differs.join("\n")));
    }
    office.check();
    office.done(&["audit", "verify"]);
    Ok(())
}

/// The verbs that are tried in one test, so that several run beside each other.
fn all_of(nouns: &[&str]) {
    let practice = practice();
    let noun = |verb: &DeedVerb| verb.as_str().split(' ').next().unwrap_or_default().to_owned();
    let rows = ROWS.iter().filter(|(verb, ..)| nouns.contains(&noun(verb).as_str()));
    let wrong: Vec<String> = rows.filter_map(|row| tried(&practice, row).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_was_done_to_claims_is_logged_and_taken_back() {
    all_of(&["claim", "followup"]);
}

#[test]
fn what_was_done_to_denials_is_logged_and_taken_back() {
    all_of(&["denial"]);
}

#[test]
fn what_was_done_with_money_is_logged_and_taken_back() {
    all_of(&["remit", "unapplied", "plb", "deposit"]);
}

#[test]
fn settings_are_logged_and_taken_back() {
    all_of(&["template", "payer", "clock", "practice", "code", "account", "period", "export", "db"]);
}

#[test]
fn every_verb_has_a_row() {
    // `init` and `demo` make a ledger; imports and undo have tests of their own.
    let apart = [DeedVerb::Init, DeedVerb::Demo, DeedVerb::Undo, DeedVerb::Import, DeedVerb::MapSave];
    let missing: Vec<&DeedVerb> = DeedVerb::ALL
        .iter()
        .filter(|verb| !apart.contains(verb) && ROWS.iter().all(|(row, ..)| row != *verb))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
