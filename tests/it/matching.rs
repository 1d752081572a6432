//! A match is proved (section 3 of the posting rules): whole files, the real import, the real binary. What the rules say
//! of single fields is in `posting::matching`'s own tests.

use std::path::PathBuf;

use serde_json::Value;

use crate::office::{Office, interchange, remittance, set};
use crate::visits::{Visit, answer, billed, said, visit};

const NELL: [&str; 3] = ["THORNBURY", "NELL", "TB4471"];
const OTIS: [&str; 3] = ["THORNBURY", "OTIS", "TB4471"];
const ABEL: [&str; 3] = ["KESTREL", "ABEL", "KS9082"];

fn remit(control: u32, paid: i64, claims: &str) -> String {
    let bpr = if paid > 0 { format!("BPR*I*{paid}*C*ACH") } else { "BPR*H*0*C*NON".to_owned() };
    remittance(control, "PAYER ONE", &bpr, "20260420", &format!("T{control}"), claims)
}

fn write(office: &Office, name: &str, content: &str) -> PathBuf {
    office.write(name, content)
}

fn import(office: &Office, name: &str, content: &str) -> Value {
    let path = write(office, name, content);
    office.import(&[&path])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Control number, service day, paid and balance of every claim.
fn stand(office: &Office) -> Vec<String> {
    let listed = office.json(&["claim", "list"]);
    let row = |row: &Value| {
        ["control_number", "service_date", "paid", "balance"].map(|field| text(&row[field])).join(" ")
    };
    let mut rows: Vec<String> = listed["rows"].as_array().expect("rows").iter().map(row).collect();
    rows.sort();
    rows
}

/// Control number and reason of every item that waits.
fn waits(office: &Office) -> Vec<String> {
    let listed = office.json(&["unapplied", "list"]);
    let row = |row: &Value| ["control_number", "reason"].map(|field| text(&row[field])).join(" ");
    let mut rows: Vec<String> = listed["rows"].as_array().expect("rows").iter().map(row).collect();
    rows.sort();
    rows
}

fn account(office: &Office, name: &str) -> String {
    let report = office.json(&["report", "trial-balance"]);
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["account"] == name);
    row.map_or("0.00".to_owned(), |row| text(&row["balance"]))
}

fn stderr(office: &Office, args: &[&str], code: i32) -> String {
    let output = office.run(args);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Every order of some things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let place = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, count - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..count).map(|at| place(order, at))).collect()
}

/// Imports files in every order; the books and what waits must be the same after each.
fn in_every_order(files: &[(&str, String)]) -> Office {
    let mut first: Option<(Vec<usize>, Value, Vec<String>)> = None;
    let mut last = None;
    for order in orders(files.len()) {
        let office = Office::new();
        for at in &order {
            import(&office, files[*at].0, &files[*at].1);
        }
        office.check();
        let (books, items) = (office.books(), waits(&office));
        match &first {
            None => first = Some((order, books, items)),
            Some((one, known, waited)) => {
                assert_eq!(&items, waited, "{one:?} and {order:?}");
                assert_eq!(&books, known, "{one:?} and {order:?}");
            }
        }
        last = Some(office);
    }
    last.expect("an office")
}

#[test]
fn a_payment_for_another_week_waits_for_that_week() {
    // One account number for all visits, and a number that the payer cuts off before the day.
    let account = |day| visit("ACC31", NELL, day, &[("97112", 110)]);
    let by_day = |number: &str, day| visit(number, ABEL, day, &[("97112", 110)]);
    let known = [account("20260406"), by_day("KV5520-0406", "20260406")];
    let to_come = [account("20260413"), by_day("KV5520-0413", "20260413")];
    let cut = Visit { number: "KV5520".to_owned(), ..to_come[1].clone() };
    let paid = format!("{}{}", answer(&to_come[0], "P1"), answer(&cut, "P2"));
    let files = [
        ("1.837", billed(1, "20260408", &known)),
        ("2.835", remit(2, 180, &paid)),
        ("3.837", billed(3, "20260415", &to_come)),
    ];
    let office = Office::new();
    import(&office, files[0].0, &files[0].1);
    import(&office, files[1].0, &files[1].1);
    assert_eq!(waits(&office), ["ACC31 date-differs", "KV5520 no-match"]);
    let open = ["ACC31 2026-04-06 0.00 110.00", "KV5520-0406 2026-04-06 0.00 110.00"];
    assert_eq!(stand(&office), open);
    let report = import(&office, files[2].0, &files[2].1);
    assert_eq!(report["totals"]["claims_added"], 2, "{report:#}");
    let done = ["ACC31 2026-04-13 90.00 0.00", "KV5520-0413 2026-04-13 90.00 0.00"];
    assert_eq!(stand(&office), [open[0], done[0], open[1], done[1]]);
    assert_eq!(waits(&office), Vec::<String>::new());
    office.check();
    in_every_order(&files);
}

#[test]
fn numbers_of_two_systems_collide_and_nothing_posts() {
    let ours = ["501", "502", "503"].map(|number| visit(number, ABEL, "20260406", &[("99214", 130)]));
    let theirs = [
        (["KESTREL", "JUNE", "OLD-771"], "20251103"),
        (["LOWELL", "JUNE", "OLD-772"], "20260406"),
        (["KESTREL", "ABEL", "OLD-773"], "20251103"),
    ];
    let said = ours.iter().zip(theirs).zip(1..).map(|((visit, (patient, day)), n)| {
        answer(&Visit { patient, day, ..visit.clone() }, &format!("OLD{n}"))
    });
    let files =
        [("1.837", billed(1, "20260408", &ours)), ("2.835", remit(2, 330, &said.collect::<String>()))];
    let office = in_every_order(&files);
    assert_eq!(waits(&office), ["501 patient-differs", "502 patient-differs", "503 date-differs"]);
    assert_eq!(account(&office, "unapplied"), "-330.00");
}

#[test]
fn numbers_with_something_appended_cut_or_put_elsewhere() {
    let people = [NELL, ABEL, ["MOSSLEY", "ADA", "MS1"], ["PENN", "IDA", "PN2"], ["RUDD", "ROY", "RD3"]];
    let numbers = ["RV4001", "RV4002", "RV4003", "CLINICNUMBER7788123", "RV4005"];
    let ours: Vec<Visit> = numbers
        .into_iter()
        .zip(people)
        .zip(101..)
        .map(|((number, patient), charge)| visit(number, patient, "20260406", &[("99213", charge)]))
        .collect();
    let sent = ["RV4001-02", "RV400201", "rv4003 b", "CLINICNUMBER77", "900111222"];
    let said: String = ours
        .iter()
        .zip(sent)
        .zip(1..)
        .map(|((visit, number), n)| {
            let icn = if n == 5 { "RV4005".to_owned() } else { format!("P{n}") };
            answer(&Visit { number: number.to_owned(), ..visit.clone() }, &icn)
        })
        .collect();
    let files = [("1.837", billed(1, "20260408", &ours)), ("2.835", remit(2, 415, &said))];
    let office = in_every_order(&files);
    assert_eq!(waits(&office), Vec::<String>::new());
    let shown = office.json(&["unapplied", "show", "1"]);
    assert_eq!(shown["matched_by"], "control-number-altered", "{shown:#}");

    // The same with another charge: each waits, and the claim is the first that is shown.
    let office = Office::new();
    import(&office, "1.837", &files[0].1);
    let dearer: String = ours
        .iter()
        .zip(sent)
        .map(|(v, number)| {
            let services = vec![("99213", v.services[0].1 + 1)];
            answer(&Visit { number: number.to_owned(), services, ..v.clone() }, "RV4005")
        })
        .collect();
    import(&office, "2.835", &remit(2, 420, &dearer));
    assert_eq!(waits(&office).len(), 5);
    for (item, number) in (1..).zip(numbers) {
        let shown = office.json(&["unapplied", "show", &item.to_string()]);
        let first = &shown["candidates"][0];
        assert_eq!(first["control_number"], number, "{shown:#}");
        assert!(text(&first["differs"]).contains("charge"), "{shown:#}");
    }
}

/// A wholly denied visit whose charge the payer misstates, and the right answer.
#[test]
fn another_charge_waits_in_every_order() {
    let ours = visit("DC88120", ABEL, "20260406", &[("99214", 90), ("36415", 35)]);
    for off in [6, -6] {
        let denied = |icn: &str, shift: i64, reason: u32| {
            let cas = |charge: i64, reason: u32| format!("CAS*CO*{reason}*{charge}~");
            format!(
                "CLP*DC88120*4*{}*0**12*{icn}*11*1~NM1*QC*1*KESTREL*ABEL****MI*KS9082~\
                 SVC*HC:99214*{}*0**1~DTM*472*20260406~{}SVC*HC:36415*35*0**1~DTM*472*20260406~{}",
                125 + shift,
                90 + shift,
                cas(90 + shift, reason),
                cas(35, reason)
            )
        };
        let files = [
            ("1.837", billed(1, "20260408", std::slice::from_ref(&ours))),
            ("2.835", remit(2, 0, &denied("P1", off, 16))),
            ("3.835", remit(3, 0, &denied("P2", 0, 50))),
        ];
        let office = in_every_order(&files);
        assert_eq!(waits(&office), ["DC88120 charge-differs"]);
        let shown = office.json(&["claim", "show", "DC88120"]);
        assert_eq!(shown["balances"]["buckets"]["denied"], "125.00", "{shown:#}");
        assert_eq!(shown["balances"]["buckets"]["open"], "0.00", "{shown:#}");
    }
}

#[test]
fn newborns_and_families_post_by_the_exact_number() {
    let ours = [
        visit("NB71", ["THORNBURY", "BABYGIRL", "TB4471"], "20260406", &[("99460", 100)]),
        visit("NB72", OTIS, "20260406", &[("99460", 100)]),
    ];
    // Both are answered under the mother's name and number.
    let said: String = ours
        .iter()
        .zip(["P1", "P2"])
        .map(|(v, icn)| answer(&Visit { patient: NELL, ..v.clone() }, icn))
        .collect();
    let files = [("1.837", billed(1, "20260408", &ours)), ("2.835", remit(2, 160, &said))];
    let office = in_every_order(&files);
    assert_eq!(stand(&office), ["NB71 2026-04-06 80.00 0.00", "NB72 2026-04-06 80.00 0.00"]);
}

/// A payment that was sure while one visit was known is not any more once a second one comes.
#[test]
fn a_second_claim_with_the_number_makes_a_payment_ambiguous() {
    let visits = ["20260406", "20260413"].map(|day| visit("ACC32", NELL, day, &[("97112", 110)]));
    let files = [
        ("1.837", billed(1, "20260408", &visits[..1])),
        ("2.837", billed(2, "20260415", &visits[1..])),
        ("3.835", remit(3, 90, &said(&visits[0], "P1", None))),
    ];
    let office = in_every_order(&files);
    assert_eq!(waits(&office), ["ACC32 ambiguous-match"]);
    assert_eq!(account(&office, "cash:insurance"), "90.00");
    assert_eq!(account(&office, "unapplied"), "-90.00");
}

/// A payment that fitted is better placed on a claim that comes later.
#[test]
fn a_better_claim_takes_its_payment() {
    let nell = visit("ACC33", NELL, "20260406", &[("97112", 110)]);
    let otis = Visit { patient: OTIS, ..nell.clone() };
    let files = [
        ("1.837", billed(1, "20260408", std::slice::from_ref(&nell))),
        ("2.835", remit(2, 90, &answer(&otis, "P1"))),
        ("3.837", billed(3, "20260415", std::slice::from_ref(&otis))),
    ];
    let office = in_every_order(&files);
    assert_eq!(waits(&office), Vec::<String>::new());
    let shown = office.json(&["unapplied", "show", "1"]);
    assert!(text(&shown["candidates"][0]["agrees"]).contains("patient"), "{shown:#}");
}

/// An undated takeback finds its visit by the payer's number, whichever comes first.
#[test]
fn the_payers_number_tells_in_any_order() {
    let visits = ["20260406", "20260413"].map(|day| visit("ACC34", NELL, day, &[("97112", 110)]));
    let back = said(&visits[1], "P9", None)
        .replace("*1*110*90*", "*22*-110*-90*")
        .replace("*110*90**1", "*-110*-90**-1")
        .replace("CO*45*20", "CO*45*-20");
    let takeback = remit(4, 0, &format!("{back}PLB*1234567893*20261231*FB:P9*-90~"));
    let files = [
        ("1.837", billed(1, "20260408", &visits)),
        ("2.835", remit(2, 90, &answer(&visits[1], "P9"))),
        ("3.835", takeback),
    ];
    let office = in_every_order(&files);
    assert_eq!(waits(&office), Vec::<String>::new());
    assert_eq!(stand(&office), ["ACC34 2026-04-06 0.00 110.00", "ACC34 2026-04-13 0.00 110.00"]);
}

/// An acknowledgment of a payer: one claim accepted under a number of the payer's.
pub fn acknowledged(control: u32, visit: &Visit, payer_number: &str) -> String {
    let charge: i64 = visit.services.iter().map(|(_, charge)| charge).sum();
    let [last, first, id] = visit.patient;
    let segments = [
        format!("BHT*0085*08*A{control}*20260410*1200*TH"),
        "HL*1**20*1".to_owned(),
        "NM1*PR*2*PAYER ONE*****PI*P1".to_owned(),
        format!("TRN*1*A{control}"),
        "DTP*050*D8*20260410".to_owned(),
        "DTP*009*D8*20260410".to_owned(),
        "HL*2*1*21*1".to_owned(),
        "NM1*41*2*MAPLE STREET*****46*S1".to_owned(),
        "TRN*2*B1".to_owned(),
        format!("STC*A1:19*20260410*WQ*{charge}"),
        "HL*3*2*19*1".to_owned(),
        "NM1*85*2*MAPLE STREET*****XX*1234567893".to_owned(),
        "HL*4*3*PT".to_owned(),
        format!("NM1*QC*1*{last}*{first}****MI*{id}"),
        format!("TRN*2*{}", visit.number),
        format!("STC*A2:20*20260410*WQ*{charge}"),
        format!("REF*1K*{payer_number}"),
        format!("DTP*472*D8*{}", visit.day),
    ];
    interchange(
        "HN",
        "005010X214",
        control,
        &[set("ST*277*{control}*005010X214", &format!("{control:04}"), &segments)],
    )
}

#[test]
fn an_acknowledgment_tells_the_payers_number_for_a_payment_without_ours() {
    let ours = visit("ACC35", NELL, "20260406", &[("97112", 110)]);
    let unnumbered = Visit { number: "0".to_owned(), ..ours.clone() };
    let files = [
        ("1.837", billed(1, "20260408", std::slice::from_ref(&ours))),
        ("2.277", acknowledged(2, &ours, "P7")),
        ("3.835", remit(3, 90, &answer(&unnumbered, "P7"))),
    ];
    let office = in_every_order(&files);
    assert_eq!(stand(&office), ["ACC35 2026-04-06 90.00 0.00"]);
}

/// What is said of another day is another visit's, though it bears the number of the account.
#[test]
fn an_acknowledgment_of_another_visit_is_not_this_ones() {
    let visits = ["20260406", "20260413"].map(|day| visit("ACC36", NELL, day, &[("97112", 110)]));
    let rejected =
        acknowledged(2, &visits[1], "").replace("STC*A2:20", "STC*A7:21").replace("REF*1K*~\n", "");
    let rejected = rejected.replace("SE*20*", "SE*19*");
    let files = [
        ("1.837", billed(1, "20260408", &visits[..1])),
        ("2.277", rejected),
        ("3.837", billed(3, "20260415", &visits[1..])),
    ];
    let office = Office::new();
    import(&office, files[0].0, &files[0].1);
    import(&office, files[1].0, &files[1].1);
    let list = office.json(&["rejection", "list"]);
    assert_eq!(list["rows"].as_array().map(Vec::len), Some(0), "{list:#}");
    import(&office, files[2].0, &files[2].1);
    let list = office.json(&["rejection", "list"]);
    assert_eq!(list["rows"].as_array().map(Vec::len), Some(1), "{list:#}");
    assert_eq!(list["rows"][0]["service_date"].as_str().unwrap_or("2026-04-13"), "2026-04-13", "{list:#}");
}

#[test]
fn what_differs_is_shown_and_needs_a_reason() {
    let ours = [
        visit("MA1", NELL, "20260406", &[("97112", 110)]),
        visit("MA2", ABEL, "20260413", &[("99214", 130)]),
    ];
    let office = Office::new();
    import(&office, "1.837", &billed(1, "20260408", &ours));
    let stray = Visit { number: "ZZ".to_owned(), ..ours[0].clone() };
    import(&office, "2.835", &remit(2, 90, &answer(&stray, "P1")));
    let shown = office.json(&["unapplied", "show", "1"]);
    let first = &shown["candidates"][0];
    assert_eq!(first["control_number"], "MA1", "{shown:#}");
    assert_eq!(first["agrees"], "patient, date, charge, lines, payer, provider", "{shown:#}");
    assert_eq!(first["differs"], "number", "{shown:#}");
    assert_eq!(first["score"], 6, "{shown:#}");

    let before = office.books();
    let refused = stderr(&office, &["unapplied", "match", "1", "MA2"], 4);
    for word in ["another patient", "2026-04-06", "2026-04-13", "110.00", "130.00", "--against-evidence"] {
        assert!(refused.contains(word), "{word}: {refused}");
    }
    assert!(!refused.contains("THORNBURY") && !refused.contains("KESTREL"), "{refused}");
    let unexplained = stderr(&office, &["unapplied", "match", "1", "MA2", "--against-evidence"], 2);
    assert!(unexplained.contains("--reason"), "{unexplained}");
    assert_eq!(office.books(), before);

    // The side by side has both, and without names where they shall not be read.
    let sides = office.run(&["unapplied", "match", "1", "MA1", "--dry-run", "--format", "csv", "--redact"]);
    let sides = String::from_utf8_lossy(&sides.stdout).into_owned();
    assert!(sides.contains("item 1,ZZ,***,2026-04-06,110.00,97112,PAYER ONE"), "{sides}");
    assert!(sides.contains("claim 1,MA1,***,2026-04-06,110.00,97112,PAYER ONE"), "{sides}");
    assert_eq!(office.books(), before);

    // Another charge cannot be posted to the claim by anybody's word; the rules hold it there too.
    let smaller = Visit { services: vec![("97112", 110)], ..ours[1].clone() };
    import(&office, "3.835", &remit(3, 90, &answer(&Visit { number: "YY".to_owned(), ..smaller }, "P2")));
    let insist = ["--against-evidence", "--reason", "the clerk of the payer says so"];
    let held = stderr(&office, &[&["unapplied", "match", "2", "MA2"], &insist[..]].concat(), 4);
    assert!(held.contains("charge"), "{held}");

    // Another patient's name and another day can.
    let other = Visit { services: vec![("99214", 130)], number: "XX".to_owned(), ..ours[0].clone() };
    import(&office, "4.835", &remit(4, 110, &answer(&other, "P3")));
    let unmatched = (stand(&office), waits(&office));
    office.done(&[&["unapplied", "match", "3", "MA2"], &insist[..]].concat());
    assert_eq!(stand(&office)[1], "MA2 2026-04-13 110.00 0.00");
    let notes = office.done(&["claim", "show", "MA2"]);
    assert!(notes.contains("the clerk of the payer says so"), "{notes}");
    office.check();
    // And be undone, by which it waits as it did.
    office.done(&["unapplied", "unmatch", "3", "--reason", "the clerk was wrong"]);
    assert_eq!((stand(&office), waits(&office)), unmatched);
    office.check();
}

#[test]
fn what_the_import_matched_waits_once_it_is_taken_off() {
    let ours = visit("MB1", NELL, "20260406", &[("97112", 110)]);
    let office = Office::new();
    import(&office, "1.837", &billed(1, "20260408", std::slice::from_ref(&ours)));
    import(&office, "2.835", &remit(2, 90, &answer(&ours, "P1")));
    let posted = office.books();
    office.done(&["unapplied", "unmatch", "1", "--reason", "it is not ours", "--dry-run"]);
    assert_eq!(office.books(), posted);
    office.done(&["unapplied", "unmatch", "1", "--reason", "it is not ours"]);
    assert_eq!(waits(&office), ["MB1 taken-off"]);
    assert_eq!(stand(&office), ["MB1 2026-04-06 0.00 110.00"]);
    assert_eq!(account(&office, "unapplied"), "-90.00");
    office.check();
    // A claim that comes does not take it back behind the person's back.
    import(&office, "3.837", &billed(3, "20260409", std::slice::from_ref(&ours)));
    assert_eq!(waits(&office), ["MB1 taken-off"]);
    office.done(&["unapplied", "match", "1", "MB1"]);
    assert_eq!(waits(&office), Vec::<String>::new());
    let nothing = stderr(&office, &["unapplied", "unmatch", "9", "--reason", "?"], 4);
    assert!(nothing.contains("claim payment 9"), "{nothing}");
    office.check();
}

#[test]
fn a_payment_that_stands_is_not_displaced_in_silence() {
    let ours = visit("MC1", NELL, "20260406", &[("97112", 110)]);
    let stray = Visit { number: "ZZ".to_owned(), ..ours.clone() };
    let office = Office::new();
    import(&office, "1.837", &billed(1, "20260408", std::slice::from_ref(&ours)));
    import(&office, "2.835", &remit(2, 90, &answer(&ours, "P2")));
    // Of an earlier day, so that it takes its place before the one that stands.
    let earlier = remit(3, 90, &answer(&stray, "P1")).replace("20260420", "20260419");
    import(&office, "3.835", &earlier);
    let before = office.books();
    let refused = stderr(&office, &["unapplied", "match", "2", "MC1"], 4);
    assert!(refused.contains("displace claim payment 1") && refused.contains("--displace"), "{refused}");
    assert_eq!(office.books(), before);
    office.done(&[
        "unapplied",
        "match",
        "2",
        "MC1",
        "--displace",
        "--reason",
        "the first one is the other clinic's",
    ]);
    assert_eq!(waits(&office), ["MC1 second-adjudication"]);
    assert_eq!(account(&office, "cash:insurance"), "180.00");
    office.check();
}

#[test]
fn moving_a_payment_says_what_came_of_it_on_both_claims() {
    let ours = [
        visit("MD1", NELL, "20260406", &[("97112", 110)]),
        visit("MD2", NELL, "20260413", &[("97112", 110)]),
        visit("MD3", ABEL, "20260413", &[("99214", 130)]),
    ];
    let office = Office::new();
    import(&office, "1.837", &billed(1, "20260408", &ours));
    import(&office, "2.835", &remit(2, 90, &answer(&ours[0], "P1")));
    let moved = ["claim", "move-payment", "MD2", "1", "--reason", "the other visit"];
    let told = stderr(&office, &moved, 4);
    assert!(
        told.contains("claim payment 1 contradicts claim 2") && told.contains("--against-evidence"),
        "{told}"
    );
    let told = stderr(&office, &[&moved[..], &["--against-evidence"]].concat(), 0);
    for words in [
        "Against the evidence: the payer answers services of 2026-04-06, the claim's are of 2026-04-13",
        "Claim payment 1 is on claim 2, posted",
        "The balance of claim 2 is 0.00",
        "The balance of claim 1, which it left, is 110.00",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let again = stderr(&office, &[&moved[..], &["--against-evidence"]].concat(), 4);
    assert!(again.contains("claim payment 1 is on claim 2 already"), "{again}");
    let notes = office.json(&["claim", "show", "MD1"])["events"].to_string();
    assert!(notes.contains("claim payment 1 was put on claim 2: the other visit"), "{notes}");
    let his = ["claim", "move-payment", "MD3", "1", "--against-evidence", "--reason", "or his", "--dry-run"];
    let told = stderr(&office, &his, 0);
    for words in ["would be on claim 3 and would wait there", "charge", "Nothing was changed"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(account(&office, "cash:insurance"), "90.00");
    office.check();
}

/// A payment that a spreadsheet damaged matches only with everything else.
#[test]
fn typed_payments_are_tested_alike() {
    let ours = [
        visit("00882", NELL, "20260406", &[("97112", 110)]),
        visit("202604060017", ABEL, "20260406", &[("97112", 110)]),
    ];
    let rows = |numbers: [&str; 2], day: &str, check: &str| {
        format!(
            "Payer,Payer ID,Check #,Check Date,Check Amount,Account,Patient,Member ID,DOS,CPT,Charge,Paid,Contractual\n\
             PAYER ONE,P1,{check},04/20/2026,180.00,{},\"THORNBURY, NELL\",TB4471,{day},97112,110.00,90.00,20.00\n\
             PAYER ONE,P1,{check},04/20/2026,180.00,{},\"KESTREL, ABEL\",KS9082,{day},97112,110.00,90.00,20.00\n",
            numbers[0], numbers[1]
        )
    };
    let office = Office::new();
    import(&office, "1.837", &billed(1, "20260408", &ours));
    import(&office, "2.csv", &rows(["882", "2.02604E+11"], "04/06/2026", "C1"));
    assert_eq!(waits(&office), ["2.02604E+11 no-match"]);
    import(&office, "3.csv", &rows(["0882", "202604060017"], "04/13/2026", "C2"));
    assert_eq!(waits(&office), ["0882 no-match", "2.02604E+11 no-match", "202604060017 date-differs"]);
    office.check();
}

/// An answer and a reversal of it, in which one thing is otherwise.
#[test]
fn a_reversal_is_the_opposite_in_everything() {
    use arrears::domain::remit::{Adjustment, ClaimPayment, LinePayment};
    use arrears::domain::{Code, Date, GroupCode, Money, PayerControlNumber};
    use arrears::posting::reversal::is_opposite;
    let cents = Money::from_cents;
    let cut = |reason: &str, amount: i64| Adjustment {
        group: GroupCode::parse("CO"),
        reason: Code::parse(reason).expect("a reason"),
        amount: cents(amount),
    };
    let answer = |sign: i64| ClaimPayment {
        charge: cents(sign * 9_000),
        paid: cents(sign * 6_000),
        payer_number: PayerControlNumber::new("P1"),
        service_from: Date::parse_iso("2026-04-06"),
        adjustments: vec![cut("45", sign * 2_000)],
        lines: vec![LinePayment {
            adjustments: [cut("97", sign * 1_000)].into_iter().collect(),
            ..LinePayment::default()
        }],
        ..ClaimPayment::default()
    };
    type Row = (&'static str, fn(&mut ClaimPayment), bool);
    let rows: [Row; 12] = [
        ("nothing", |_| (), true),
        ("the payer's number", |r| r.payer_number = PayerControlNumber::new("P2"), true),
        ("the status", |r| r.status = "22".into(), true),
        ("no day", |r| r.service_from = None, true),
        (
            "a reason of nothing",
            |r| r.adjustments.push(Adjustment { amount: Money::ZERO, ..r.adjustments[0] }),
            true,
        ),
        ("the same reasons at another level", |r| r.adjustments.extend(r.lines.remove(0).adjustments), true),
        ("another day", |r| r.service_from = Date::parse_iso("2026-04-07"), false),
        ("a cent of the charge", |r| r.charge = Money::from_cents(-9_001), false),
        ("a cent of the payment", |r| r.paid = Money::from_cents(-5_999), false),
        ("a cent of a reason", |r| r.adjustments[0].amount = Money::from_cents(-2_001), false),
        ("another reason", |r| r.adjustments[0].reason = Code::parse("253").expect("a reason"), false),
        ("another group", |r| r.adjustments[0].group = GroupCode::parse("PR"), false),
    ];
    for (what, change, opposite) in rows {
        let mut reversal = answer(-1);
        change(&mut reversal);
        assert_eq!(is_opposite(&answer(1), &reversal), opposite, "{what}");
    }
    assert!(!is_opposite(&answer(1), &answer(1)), "the same is no opposite");
}

/// The payer names a claim by its own number, known from an acknowledgment, and answers the charge of a submission that
/// comes last.
#[test]
fn a_payment_that_names_a_claim_by_the_payers_number_waits_for_the_submission_that_it_answers() {
    let office = Office::new();
    let (first, second) = (
        visit("AC9000", ABEL, "20260413", &[("97112", 110)]),
        visit("AC9000", ABEL, "20260413", &[("97112", 130)]),
    );
    let unnamed = Visit { number: "0".to_owned(), ..first.clone() };
    import(&office, "2.837", &billed(2, "20260416", std::slice::from_ref(&second)));
    import(&office, "200.277", &acknowledged(200, &second, "ICN5"));
    import(&office, "120.835", &remit(120, 90, &said(&unnamed, "ICN5", None)));
    assert_eq!(waits(&office), ["0 charge-differs"]);
    import(&office, "1.837", &billed(1, "20260415", std::slice::from_ref(&first)));
    assert_eq!(waits(&office), Vec::<String>::new());
    assert_eq!(stand(&office), ["AC9000 2026-04-13 90.00 20.00"]);
    office.check();
}

/// A takeback of another patient's stays off a claim whose answer is in doubt: that one was paid under the number must not
/// rest on where the takeback lies, which rests on that in turn.
#[test]
fn a_takeback_is_no_proof_of_the_answer_that_it_takes_back() {
    let mine = visit("AC4100", NELL, "20260406", &[("97112", 110)]);
    let theirs = visit("AC4100", OTIS, "20260413", &[("97112", 110)]);
    let nameless = Visit { patient: ["", "", ""], ..mine.clone() };
    let strange = Visit { patient: ABEL, ..mine.clone() };
    let back = said(&strange, "P8", None)
        .replace("*1*110*90*", "*22*-110*-90*")
        .replace("*110*90**1", "*-110*-90**1")
        .replace("CO*45*20", "CO*45*-20");
    let files = [
        ("1.837", billed(1, "20260415", std::slice::from_ref(&mine))),
        ("2.835", remit(2, 90, &said(&nameless, "P8", None))),
        ("3.835", remit(3, 0, &format!("{back}PLB*1234567893*20261231*FB:P8*-90~"))),
        ("4.837", billed(4, "20260416", std::slice::from_ref(&theirs))),
    ];
    let office = in_every_order(&files);
    assert_eq!(waits(&office), ["AC4100 ambiguous-match", "AC4100 patient-differs"]);
}
