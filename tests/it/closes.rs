//! Random histories of a small practice: files in any order, persons' acts, money at the bank, and months closed at random
//! points among them. What a closed month said it says for ever, month follows month, and every proof holds.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::Reader;
use proptest::prelude::*;
use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};
use crate::workbooks::opened;

const MONTHS: [&str; 4] = ["2026-01", "2026-02", "2026-03", "2026-04"];

/// What can happen.
#[derive(Clone, Debug)]
enum Step {
    /// The next file comes.
    File,
    /// The next month is closed.
    Close,
    /// The last closed month is opened again.
    Reopen,
    /// The patient pays, on a day of a month.
    Pay(u64, usize),
    /// The office gives up a dollar, on a day of a month.
    WriteOff(u64, usize),
    /// A remittance is taken out of the books.
    Reverse(u64),
    /// One that was taken out comes back.
    Repost(u64),
    /// What is open of a provider-level item is settled, on a day of a month.
    Settle(u64, usize),
    /// A claim payment is put on another claim.
    Move(u64, u64),
    /// Money and remittances find each other.
    Match,
    /// A deposit is open again.
    Unmatch(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (claim, remit, month) = (1..9u64, 1..9u64, 0..MONTHS.len());
    prop_oneof![
        9 => Just(Step::File),
        4 => Just(Step::Close),
        1 => Just(Step::Reopen),
        1 => (claim.clone(), month.clone()).prop_map(|(claim, month)| Step::Pay(claim, month)),
        1 => (claim, month.clone()).prop_map(|(claim, month)| Step::WriteOff(claim, month)),
        2 => remit.clone().prop_map(Step::Reverse),
        2 => remit.clone().prop_map(Step::Repost),
        1 => (remit.clone(), month).prop_map(|(item, month)| Step::Settle(item, month)),
        2 => Just(Step::Match),
        1 => remit.prop_map(Step::Unmatch),
    ]
}

/// A practice's files, as a name, content and the command that takes it in: of each month claims, their answers, later
/// answers that take back or correct, and the bank.
fn files() -> Vec<(String, String, &'static str)> {
    let mut files = Vec::new();
    for (at, month) in MONTHS.iter().enumerate() {
        let n = at as u32;
        let day = |day: u32| format!("{}{day:02}", month.replace('-', ""));
        let bill = |number, service| Billed {
            number,
            charge: "200",
            lines: &[("99213", "150"), ("87880", "50")],
            secondary: false,
            frequency: '1',
            service,
        };
        let (one, two) = (format!("A{at}"), format!("B{at}"));
        let service = day(2);
        files.push((
            format!("{at}.837"),
            claims(10 + n, &day(3), &[bill(&one, &service), bill(&two, &service)]),
            "import",
        ));
        let paid = |number: &str, status: &str, icn: &str, sign: &str| {
            format!(
                "CLP*{number}*{status}*{sign}200*{sign}120*{}*12*{icn}*11~SVC*HC:99213*{sign}150*{sign}100**1~CAS*CO*45*{sign}50~\
                 SVC*HC:87880*{sign}50*{sign}20**1~CAS*PR*2*{sign}30~",
                if sign.is_empty() { "30" } else { "" }
            )
        };
        let denied = format!(
            "CLP*{two}*4*200*0**12*D{at}*11~SVC*HC:99213*150*0**1~CAS*CO*16*150~LQ*HE*M119~SVC*HC:87880*50*0**1~CAS*CO*16*50~"
        );
        let owed = format!("PLB*1234567893*20261231*WO:R{at}*15~");
        let answers = format!("{}{denied}{owed}", paid(&one, "1", &format!("I{at}"), ""));
        files.push((
            format!("{at}-answers.835"),
            remittance(20 + n, "PAYER ONE", "BPR*I*105*C*ACH", &day(12), &format!("T{at}"), &answers),
            "import",
        ));
        // Takes the first back, pays the second, gives the withheld amount back.
        let (back, now) = (paid(&one, "22", &format!("I{at}"), "-"), paid(&two, "1", &format!("J{at}"), ""));
        let later = format!("{back}{now}PLB*1234567893*20261231*WO:R{at}*-15~");
        files.push((
            format!("{at}-later.835"),
            remittance(30 + n, "PAYER ONE", "BPR*I*15*C*ACH", &day(25), &format!("U{at}"), &later),
            "import",
        ));
        let bank = format!(
            "date,amount,description\n{month}-14,105.00,TRN*1*T{at}*1999999999\n{month}-27,15.00,TRN*1*U{at}*1999999999\n{month}-28,4.00,CARDS\n"
        );
        files.push((format!("{at}.csv"), bank, "deposit"));
    }
    files
}

/// A practice on its way.
struct Practice {
    office: Office,
    waiting: Vec<(String, String, &'static str)>,
    closed: usize,
    /// Of each closed month, its whole books.
    told: BTreeMap<usize, BTreeMap<String, Vec<u8>>>,
    exported: usize,
}

impl Practice {
    fn step(&mut self, step: &Step) {
        let day = |month: &usize| format!("{}-20", MONTHS[*month]);
        match step {
            Step::File => self.file(),
            Step::Close => self.close(),
            Step::Reopen if self.closed > 0 => {
                self.closed -= 1;
                self.told.remove(&self.closed);
                self.office.done(&["period", "reopen", MONTHS[self.closed], "--reason", "a look"]);
            }
            Step::Reopen => {}
            // What cannot be done is refused; that is for other tests.
            Step::Pay(claim, month) => {
                self.may(&["claim", "pay", &claim.to_string(), "3", "--on", &day(month)])
            }
            Step::WriteOff(claim, month) => {
                let claim = claim.to_string();
                self.may(&["claim", "write-off", &claim, "1", "--on", &day(month), "--reason", "small"]);
            }
            Step::Reverse(remit) => {
                self.may(&["remit", "reverse", &remit.to_string(), "--reason", "not ours"]);
            }
            Step::Repost(remit) => self.may(&["remit", "repost", &remit.to_string(), "--reason", "ours"]),
            Step::Settle(item, month) => {
                self.may(&["plb", "settle", &item.to_string(), "--on", &day(month), "--reason", "known"]);
            }
            Step::Move(payment, claim) => {
                let (payment, claim) = (payment.to_string(), claim.to_string());
                self.may(&["claim", "move-payment", &claim, &payment, "--reason", "theirs"]);
            }
            Step::Match => self.may(&["deposit", "match"]),
            Step::Unmatch(deposit) => {
                self.may(&["deposit", "unmatch", &deposit.to_string(), "--reason", "wrong"]);
            }
        }
    }

    /// Does it or is refused; nothing else may come of it.
    fn may(&self, args: &[&str]) {
        let output = self.office.run(args);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 1 | 4)), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn file(&mut self) {
        if let Some((name, content, command)) = self.waiting.pop() {
            self.office.write(&name, content);
            match command {
                "deposit" => self.office.done(&["deposit", "import", &name]),
                _ => self.office.import(&[Path::new(&name)]).to_string(),
            };
        }
    }

    fn close(&mut self) {
        let Some(month) = MONTHS.get(self.closed) else { return };
        let mut close = vec!["period".to_owned(), "close".to_owned(), (*month).to_owned()];
        for row in self.office.json(&["period", "check", month])["rows"].as_array().expect("rows") {
            assert!(row["check"] != "proof" || row["ok"] == true, "{month}: {row}");
            if row["ok"] == false {
                let check = row["check"].as_str().expect("a word");
                close.extend(["--accept", check, "--reason", "known"].map(str::to_owned));
            }
        }
        self.office.done(&close.iter().map(String::as_str).collect::<Vec<_>>());
        let books = self.books(self.closed);
        self.told.insert(self.closed, books);
        self.closed += 1;
    }

    /// Every report of a month, as files.
    fn books(&mut self, month: usize) -> BTreeMap<String, Vec<u8>> {
        self.exported += 1;
        let folder = format!("books-{}", self.exported);
        self.office.done(&["export", "month-end", MONTHS[month], "-o", &folder]);
        let entries = std::fs::read_dir(self.office.path(&folder)).expect("a folder");
        let read = |path: std::path::PathBuf| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(path).expect("a file"))
        };
        entries.map(|entry| read(entry.expect("an entry").path())).collect()
    }

    /// What differs between the workbook written last and the one of that month before it, cell by cell.
    fn differing(&self) -> Vec<String> {
        let book = |folder: &Path| {
            let files = std::fs::read_dir(folder).ok()?.map(|entry| entry.expect("an entry").path());
            files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "xlsx"))
        };
        let of = |at: usize| book(&self.office.path(&format!("books-{at}")));
        let Some(now) = of(self.exported) else { return Vec::new() };
        let name = now.file_name();
        let before = (1..self.exported).rev().filter_map(of).find(|path| path.file_name() == name);
        let (mut was, mut is) = (opened(&before.expect("another")), opened(&now));
        let mut found = Vec::new();
        for sheet in is.sheet_names() {
            let (was, is) =
                (was.worksheet_range(&sheet).expect("a sheet"), is.worksheet_range(&sheet).expect("a sheet"));
            let rows = |range: &calamine::Range<calamine::Data>| -> Vec<String> {
                range.rows().map(|row| row.iter().map(|cell| format!("{cell}|")).collect()).collect()
            };
            let (was, is) = (rows(&was), rows(&is));
            found.extend(was.iter().filter(|row| !is.contains(row)).map(|row| format!("{sheet}: was {row}")));
            found.extend(is.iter().filter(|row| !was.contains(row)).map(|row| format!("{sheet}: is {row}")));
        }
        found
    }

    /// What must be true at the end.
    fn prove(&mut self) {
        self.office.check();
        self.office.done(&["audit", "verify"]);
        for (month, before) in std::mem::take(&mut self.told) {
            let now = self.books(month);
            if before != now {
                panic!("the books of {} changed: {:#?}", MONTHS[month], self.differing());
            }
        }
        let roll = |month: &str| self.office.json(&["report", "rollforward", "--period", month]);
        let line = |report: &Value, line: &str| {
            let rows = report["rows"].as_array().expect("rows");
            rows.iter().find(|row| row["line"] == line).expect("a line")["amount"].clone()
        };
        let rolls: Vec<Value> = MONTHS.iter().map(|month| roll(month)).collect();
        for pair in rolls.windows(2) {
            assert_eq!(line(&pair[0], "closing"), line(&pair[1], "opening"));
        }
        for (roll, month) in rolls.iter().zip(MONTHS) {
            assert_eq!(line(roll, "difference"), "0.00", "{month}");
            let three = self.office.json(&["report", "three-way", "--period", month]);
            let rows = three["rows"].as_array().expect("rows");
            assert!(rows.iter().all(|row| row["what"] != "posted without a remittance"), "{three:#}");
            let plb = self.office.json(&["report", "plb", "--period", month]);
            let held = plb["notes"].as_array().and_then(|notes| notes.first()).and_then(Value::as_str);
            let closing = plb["totals"]["closing"].as_str().unwrap_or("0.00");
            let held = held.expect("a note");
            assert!(held.contains(&format!(" hold {closing} at ")), "{month}: {held}, not {closing}");
        }
    }
}

/// Lives through the steps and whatever file is left, and proves what must be true then.
fn live(waiting: Vec<(String, String, &'static str)>, steps: &[Step]) {
    let office = Office::new();
    // What a payer is called is no figure of a month: it is known from the beginning.
    office.done(&["payer", "add", "--name", "PAYER ONE", "--ident", "P1", "--filing", "CI"]);
    let mut practice = Practice { office, waiting, closed: 0, told: BTreeMap::new(), exported: 0 };
    steps.iter().for_each(|step| practice.step(step));
    while !practice.waiting.is_empty() {
        practice.file();
    }
    practice.step(&Step::Match);
    practice.prove();
}

/// What such histories have found.
#[test]
fn a_month_opened_again_takes_back_what_came_for_it() {
    use Step::{Close, File, Match, Reopen, Repost, Reverse};
    let came_late =
        [vec![Close, Close], vec![File; 7], vec![Close], vec![Reopen, Reverse(4), Repost(4), Match, Close]];
    live(files(), &came_late.concat());
    let mut waited = files();
    // Every answer before its claims; taken out once they had found each other.
    waited.sort_by_key(|(name, ..)| name.ends_with(".837"));
    waited.reverse();
    live(waited, &[vec![File; 16], vec![Close, Reverse(3), Reverse(1), Repost(3)]].concat());
}

/// A remittance that is taken out while its month is closed, and put back once that is open again, is not in it twice; what
/// was put back later cannot be settled before that.
#[test]
fn a_remittance_put_back_into_a_month_opened_again_is_there_once() {
    use Step::{Close, File, Reopen, Repost, Reverse, Settle};
    let answered = ["0.837", "0-answers.835"];
    live(first(&answered), &[File, File, Close, Reverse(1), Reopen, Repost(1), Settle(1, 0)]);
    live(first(&answered), &[File, File, Reverse(1), Close, Repost(1), Reopen, Settle(1, 0)]);
    // Its payments waited for their claims.
    let waiting = ["0-answers.835"];
    live(first(&waiting), &[File, Close, Reverse(1), Reopen, Repost(1)]);
}

/// The files named come first, in that order.
fn first(names: &[&str]) -> Vec<(String, String, &'static str)> {
    let mut files = files();
    let place = |name: &str| names.iter().position(|first| *first == name).unwrap_or(names.len());
    files.sort_by_key(|(name, ..)| std::cmp::Reverse(place(name)));
    files
}

/// The key figures of a month say who was first answered in it; nothing that comes later says otherwise.
#[test]
fn who_was_first_answered_in_a_closed_month_stays() {
    use Step::{Close, File, Move, Reopen, WriteOff};
    // Its claims came when the month was closed, which was then opened for a dollar only.
    let late = [Close, Close, File, Close, File, Reopen, WriteOff(2, 2), Close];
    live(first(&["2-answers.835", "2.837"]), &late);
    // The answer turns out to be another claim's.
    live(first(&["2.837", "2-answers.835"]), &[Close, Close, File, File, Close, Move(2, 1)]);
}

/// The remittance of a payment that a person puts on another claim has as much cash as before.
#[test]
fn a_payment_put_on_another_claim_takes_its_cash_along() {
    use Step::{File, Move};
    live(first(&["2.837", "2-answers.835"]), &[File, File, Move(1, 2)]);
    // What takes something back came first, and waits.
    live(first(&["2.837", "1.837", "2-later.835"]), &[File, File, File, Move(1, 3)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn a_month_closed_at_any_point_says_the_same_for_ever(
        order in Just((0..files().len()).collect::<Vec<_>>()).prop_shuffle(),
        steps in proptest::collection::vec(step(), 20..45),
    ) {
        let files = files();
        let waiting = order.iter().map(|at| files[*at].clone()).collect();
        live(waiting, &steps);
    }
}
