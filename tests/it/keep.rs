//! Nothing of the user's is destroyed, and a file that a disk changed is said and not printed.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::killed::Dice;
use crate::office::Office;
use crate::practice;

fn office_with_a_practice() -> Office {
    let office = Office::new();
    let folder = practice::in_small_files(&office, 150, 21, 50);
    let paths = ["837", "835"].map(|name| folder.join(name));
    office.import(&paths.each_ref().map(|path| path.as_path()));
    office
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn output_spares_every_ledger_and_what_is_somebodys_own() {
    let office = office_with_a_practice();
    let other = Office::new();
    let others = other.ledger();
    office.write("letter.docx", "dear payer");
    office.write("batch.837", "ISA*00*");
    fs::create_dir(office.path("sub")).expect("a folder");
    let (ledger, before) = (office.ledger(), fs::read(office.ledger()).expect("a ledger"));
    let mut ledgers = vec!["ledger.redb", "./sub/../ledger.redb", others.to_str().expect("a name")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&ledger, office.path("soft")).expect("linked");
        fs::hard_link(&ledger, office.path("hard")).expect("linked");
        ledgers.extend(["soft", "hard"]);
    }
    let commands: [&[&str]; 9] = [
        &["status"],
        &["db", "check"],
        &["db", "info"],
        &["report", "aging", "--format", "xlsx"],
        &["export", "gl", "--period", "2026-01"],
        &["template", "show", "appeal-1"],
        &["man"],
        &["completions", "bash"],
        &["import", "batch.837"],
    ];
    for command in commands {
        for target in &ledgers {
            let output = office.run(&[command, &["--replace", "-o", target]].concat());
            assert_eq!(code(&output), 4, "{command:?} onto {target}: {}", said(&output));
            assert!(said(&output).contains("ledger"), "{}", said(&output));
        }
        for (target, content) in [("letter.docx", "dear payer"), ("batch.837", "ISA*00*")] {
            let output = office.run(&[command, &["-o", target]].concat());
            assert_eq!(code(&output), 4, "{command:?} onto {target}");
            assert!(said(&output).contains("--replace"), "{}", said(&output));
            assert_eq!(fs::read_to_string(office.path(target)).expect("a file"), content);
        }
    }
    assert!(fs::read(&ledger).expect("a ledger") == before, "the ledger was written to");
    office.check();
    other.check();
    // An import that cannot say what it did has done nothing.
    let claims = office.json(&["claim", "list"])["rows"].as_array().map(Vec::len);
    let folder = practice::in_small_files(&Office::new(), 10, 5, 10);
    let path = folder.to_str().expect("a name");
    assert_eq!(code(&office.run(&["import", path, "-o", "letter.docx"])), 4);
    assert_eq!(office.json(&["claim", "list"])["rows"].as_array().map(Vec::len), claims);
    // What the program wrote it writes again; what somebody changed since is theirs.
    office.done(&["status", "-o", "status.csv"]);
    office.done(&["status", "-o", "status.csv"]);
    let mut worked = fs::read_to_string(office.path("status.csv")).expect("a file");
    worked.push_str("tied out\n");
    office.write("status.csv", &worked);
    assert_eq!(code(&office.run(&["status", "-o", "status.csv"])), 4);
    assert_eq!(fs::read_to_string(office.path("status.csv")).expect("a file"), worked);
    office.done(&["status", "--replace", "-o", "status.csv"]);
}

#[test]
fn folders_keep_what_others_put_into_them() {
    let office = office_with_a_practice();
    let month = ["export", "month-end", "2026-06", "-o", "june"];
    office.done(&month);
    office.done(&month);
    office.write("june/tie-out.pdf", "signed");
    let refused = office.run(&month);
    assert_eq!(code(&refused), 4);
    assert!(said(&refused).contains("tie-out.pdf"), "{}", said(&refused));
    office.done(&[&month[..], &["--replace"]].concat());
    assert_eq!(fs::read(office.path("june/tie-out.pdf")).expect("kept"), b"signed");
    // A made-up practice goes where nothing is, pages of the manual replace only their like.
    for name in ["837/mine.837", "expected.json"] {
        let folder = format!("synth-{}", name.len());
        office.write(&format!("{folder}/{name}"), "mine");
        assert_eq!(code(&office.run(&["synth", "--claims", "2", &folder])), 4, "{name}");
        assert_eq!(fs::read(office.path(&format!("{folder}/{name}"))).expect("kept"), b"mine");
    }
    office.done(&["man", "--dir", "man1"]);
    office.done(&["man", "--dir", "man1"]);
    office.write("man1/arrears-db.1", "my own notes");
    assert_eq!(code(&office.run(&["man", "--dir", "man1"])), 4);
    assert_eq!(fs::read(office.path("man1/arrears-db.1")).expect("kept"), b"my own notes");
    // A backup leaves a file alone that only looks like its own.
    office.write("monday.redb.part", "mine");
    office.done(&["db", "backup", "monday.redb"]);
    assert_eq!(fs::read(office.path("monday.redb.part")).expect("kept"), b"mine");
    let scraps = fs::read_dir(office.path("")).expect("a folder").filter_map(Result::ok);
    let scraps: Vec<_> = scraps
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(".arrears-"))
        .collect();
    assert!(scraps.is_empty(), "{scraps:?}");
}

#[test]
fn a_ledger_that_a_restore_left_is_named() {
    let office = office_with_a_practice();
    office.done(&["db", "backup", "monday.redb"]);
    // Two within one second, which is what the fixed day makes of them.
    office.done(&["db", "restore", "monday.redb", "--yes"]);
    office.done(&["db", "restore", "monday.redb", "--yes"]);
    office.check();
    fs::remove_file(office.ledger()).expect("removed");
    let output = office.run(&["status"]);
    assert_eq!(code(&output), 4);
    assert!(
        said(&output).contains("ledger.redb.before-") && !said(&output).contains("init"),
        "{}",
        said(&output)
    );
}

/// What reports print, with their codes.
fn look(office: &Office) -> Vec<(i32, Vec<u8>, String)> {
    let looks: [&[&str]; 5] = [
        &["report", "aging", "--format", "json"],
        &["report", "denials", "--format", "json"],
        &["report", "trial-balance", "--format", "json"],
        &["claim", "list", "--format", "json"],
        &["remit", "list", "--format", "json"],
    ];
    looks.map(|command| office.run(command)).map(|o| (code(&o), o.stdout.clone(), said(&o))).to_vec()
}

/// Reports of a damaged file are right or refused; nothing else.
fn judge(office: &Office, right: &[(i32, Vec<u8>, String)], what: &str) -> usize {
    let found = look(office);
    for (found, right) in found.iter().zip(right) {
        match found.0 {
            0 => assert!(found.1 == right.1, "{what}: other figures, and no word"),
            4 => assert!(
                found.2.starts_with("error: ") && !found.2.contains("panicked"),
                "{what}: {}",
                found.2
            ),
            other => panic!("{what}: {other}: {}", found.2),
        }
    }
    found.iter().filter(|found| found.0 == 4).count()
}

#[test]
fn what_a_disk_changed_is_refused_and_never_printed() {
    const PAGE: usize = 4096;
    let office = office_with_a_practice();
    let right = look(&office);
    let whole = fs::read(office.ledger()).expect("a ledger");
    let put = |bytes: &[u8]| fs::write(office.ledger(), bytes).expect("written");
    let mut dice = Dice::new(9);
    let pages = (whole.len() / PAGE) as u64;
    let (mut refused, mut backups) = (0, 0);
    for round in 0..24 {
        let mut bytes = whole.clone();
        let (page, other) = ((1 + dice.below(pages - 1)) as usize, dice.below(pages) as usize);
        let place = page * PAGE..(page + 1) * PAGE;
        match round % 3 {
            0 => bytes[place].fill(0),
            1 => bytes[place].copy_from_slice(&whole[other * PAGE..(other + 1) * PAGE]),
            _ => bytes[page * PAGE + dice.below(64) as usize] ^= 1 << dice.below(8),
        }
        put(&bytes);
        let now = judge(&office, &right, &format!("round {round}, page {page}"));
        refused += now;
        if now > 0 {
            let name = format!("damaged-{round}.redb");
            let backup = office.run(&["db", "backup", &name]);
            assert_eq!(code(&backup), 4, "{}", said(&backup));
            assert!(said(&backup).contains("damaged") && !office.path(&name).exists());
            let payment = office.run(&["db", "check"]);
            assert_eq!(code(&payment), 4, "{}", said(&payment));
            backups += 1;
        }
    }
    assert!(refused > 10 && backups > 3, "{refused} reports were refused");
    put(&whole[..whole.len() / 2]);
    assert!(judge(&office, &right, "cut off") > 0);
    put(&whole);
    assert_eq!(judge(&office, &right, "as it was"), 0);
}

/// Takes rows out of an index of a copy of the ledger, or puts others in.
fn tamper(ledger: &Path, change: impl FnOnce(&redb::WriteTransaction)) {
    let database = redb::Database::open(ledger).expect("opens");
    let transaction = database.begin_write().expect("begun");
    change(&transaction);
    transaction.commit().expect("committed");
}

type Hash = &'static [u8; 32];

/// What happens to an index.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Loss {
    All,
    One,
    /// The row of one key stands under another, as a flipped bit would leave it.
    Moved,
}

const fn same(key: &[u8; 32]) -> &[u8; 32] {
    key
}

const fn hash_row(row: &([u8; 32], u64)) -> (&[u8; 32], u64) {
    (&row.0, row.1)
}

fn text(key: &String) -> &str {
    key
}

fn text_row(row: &(String, u64)) -> (&str, u64) {
    (&row.0, row.1)
}

/// How the rows of each kind of index are lost.
fn lose(transaction: &redb::WriteTransaction, index: &str, loss: Loss) {
    use redb::{ReadableTable, TableDefinition};
    macro_rules! lose {
        ($key:ty, $value:ty, $own:expr, $as_key:expr, $moved:expr) => {{
            let definition: TableDefinition<'_, $key, $value> = TableDefinition::new(index);
            let mut table = transaction.open_table(definition).expect("the table");
            let rows = table.iter().expect("rows").map(|row| row.expect("a row"));
            let mut rows: Vec<_> = rows.map(|(key, value)| ($own(key.value()), value.value())).collect();
            assert!(!rows.is_empty(), "{index} has no rows to lose");
            if loss != Loss::All {
                rows.truncate(1);
            }
            for (key, value) in &mut rows {
                table.remove($as_key(key)).expect("removed");
                if loss == Loss::Moved {
                    $moved(key);
                    table.insert($as_key(key), *value).expect("put");
                }
            }
        }};
    }
    match index {
        "file_by_hash" | "set_by_hash" => {
            lose!(Hash, u64, |key: &[u8; 32]| *key, same, |key: &mut [u8; 32]| key[30] ^= 4)
        }
        "remit_by_key" => lose!(
            (Hash, u64),
            (),
            |(key, id): (&[u8; 32], u64)| (*key, id),
            hash_row,
            |row: &mut ([u8; 32], u64)| row.0[3] ^= 1
        ),
        "plb_open" => {
            lose!((u32, u64), (), |row: (u32, u64)| row, |row: &(u32, u64)| *row, |row: &mut (u32, u64)| {
                row.0 += 1
            })
        }
        "payer_by_key" => {
            lose!(&str, u32, |key: &str| key.to_owned(), text, |key: &mut String| key.push('X'))
        }
        _ => lose!((&str, u64), (), |(key, id): (&str, u64)| (key.to_owned(), id), text_row, |row: &mut (
            String,
            u64
        )| row
            .0
            .push('7')),
    }
}

#[test]
fn a_row_that_an_index_lost_is_missed() {
    let office = Office::new();
    let demo = office.path("demo.redb");
    office.done(&["demo", "--keep", "demo.redb", "-q", "-o", "demo.txt"]);
    let answer = "ST*999*0001*005010X231A1~\nAK1*HC*1*005010X222A1~\nAK2*837*0001*005010X222A1~\nIK5*A~\nAK9*A*1*1*1~\nSE*6*0001~\n";
    let heard =
        office.write("x.999", crate::office::interchange("FA", "005010X231A1", 9, &[answer.to_owned()]));
    office.run(&["--db", "demo.redb", "import", "-q", heard.to_str().expect("a name")]);
    let ledger = office.ledger();
    let whole = |ledger: &Path| fs::copy(&demo, ledger).expect("copied");
    whole(&ledger);
    office.check();
    let indexes = [
        "file_by_hash",
        "set_by_hash",
        "remit_by_key",
        "waiting_by_number",
        "plb_open",
        "sent_by_key",
        "ack_by_key",
        "payer_by_key",
        "claim_by_number",
    ];
    for index in indexes {
        for loss in [Loss::All, Loss::One, Loss::Moved] {
            whole(&ledger);
            tamper(&ledger, |transaction| lose(transaction, index, loss));
            let output = office.run(&["db", "check", "--format", "json"]);
            assert_eq!(code(&output), 1, "{index}, {loss:?}: {}", said(&output));
            let proof: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let named =
                proof["checks"].as_array().expect("checks").iter().filter(|check| check["ok"] == false);
            let named: Vec<&str> = named.map(|check| check["name"].as_str().expect("a name")).collect();
            let wanted =
                if index == "claim_by_number" { "indexes".to_owned() } else { index.replace('_', "-") };
            assert!(named.contains(&wanted.as_str()), "{index}, {loss:?}: {named:?}");
        }
    }
}

/// Claims of a day in two lists, the later patient's in the first: who looks for it looks in the second.
#[test]
fn a_list_of_visits_that_overlaps_another_is_missed() {
    use redb::{ReadableTable, TableDefinition};
    const VISITS: TableDefinition<'_, (u64, u64), &[u8]> = TableDefinition::new("claim_by_visit");
    let office = Office::new();
    let lines = &[("99213", "200")];
    let claim = |number| crate::office::Billed {
        number,
        charge: "200",
        lines,
        secondary: false,
        frequency: '1',
        service: "20260102",
    };
    let file = crate::office::claims(1, "20260105", &[claim("A1"), claim("A2")]).replace("ASPEN1", "CEDAR");
    office.import(&[&office.write("claims.837", file)]);
    office.check();
    tamper(&office.ledger(), |transaction| {
        let mut table = transaction.open_table(VISITS).expect("the table");
        let rows = table.iter().expect("rows").map(|row| row.expect("a row"));
        let mut rows = rows.map(|(key, list)| (key.value().0, list.value().to_vec()));
        let (day, list) = rows.find(|(_, list)| list.len() == 1 + 2 * 10).expect("a day with two claims");
        let (first, second) = list[1..].split_at(10);
        let begins = u64::from_be_bytes(first[..8].try_into().expect("eight bytes"));
        table.insert((day, 0), [&list[..1], second].concat().as_slice()).expect("put");
        table.insert((day, begins), [&list[..1], first].concat().as_slice()).expect("put");
    });
    let output = office.run(&["db", "check", "--format", "json"]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let proof = String::from_utf8(output.stdout).expect("text");
    assert!(proof.contains("stands among the visits of others"), "{proof}");
    // A ledger of the shape in which that could come about is mended when it is opened.
    tamper(&office.ledger(), |transaction| {
        let mut meta = transaction.open_table(TableDefinition::<&str, u64>::new("meta")).expect("the table");
        meta.insert("schema", 5).expect("put");
    });
    office.done(&["practice", "set", "--write-off-limit", "10"]);
    office.check();
}

#[test]
fn an_act_that_the_audit_log_does_not_have_is_missed() {
    use redb::{ReadableTable, TableDefinition};
    const DEEDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("deeds");
    let office = Office::new();
    office.done(&["practice", "set", "--write-off-limit", "10"]);
    office.check();
    tamper(&office.ledger(), |transaction| {
        let mut table = transaction.open_table(DEEDS).expect("the table");
        let last = table.last().expect("read").map(|(id, act)| (id.value(), act.value().to_vec()));
        let (id, act) = last.expect("an act");
        table.remove(id).expect("gone");
        table.insert(id + 7, act.as_slice()).expect("put");
    });
    let output = office.run(&["db", "check", "--format", "json"]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let proof = String::from_utf8(output.stdout).expect("text");
    assert!(proof.contains("(practice set) is not what was recorded"), "{proof}");
}

#[test]
fn both_members_of_one_name_are_in_the_books() {
    let office = Office::new();
    let era = |control: u32, paid: &str, trace: &str| {
        let bpr = format!("BPR*I*{paid}*C*ACH*CCP");
        let claim = format!("CLP*ZIP{control}*1*{paid}*{paid}**12*ICN{control}~CAS*CO*45*0");
        crate::office::remittance(control, "PAYER ONE", &bpr, "20260303", trace, &claim)
    };
    let mut zip = zipped(&[("era.835", &era(1, "11", "T1")), ("erb.835", &era(2, "23", "T2"))]);
    while let Some(at) = zip.windows(7).position(|name| name == b"erb.835") {
        zip[at + 2] = b'a';
    }
    let path = office.write("mail.zip", zip);
    let report = office.import(&[Path::new(&path)]);
    let paid: Vec<_> = report["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| file["transactions"][0]["paid"].as_str().expect("an amount").to_owned())
        .collect();
    assert_eq!(paid, ["11.00", "23.00"], "{report:#}");
}

/// An archive whose members are stored as they are.
fn zipped(members: &[(&str, &str)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let (at, length) = (bytes.len() as u32, text.len() as u32);
        let mut about = Vec::new();
        about.extend([20_u16, 0, 0, 0, 0].iter().flat_map(|n| n.to_le_bytes()));
        about.extend([crc32(text.as_bytes()), length, length].iter().flat_map(|n| n.to_le_bytes()));
        about.extend([name.len() as u16, 0].iter().flat_map(|n| n.to_le_bytes()));
        bytes.extend([b"PK\x03\x04", about.as_slice(), name.as_bytes(), text.as_bytes()].concat());
        directory.extend(
            [b"PK\x01\x02\x14\x00", about.as_slice(), &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat(),
        );
    }
    let (count, size, at) = (members.len() as u16, directory.len() as u32, bytes.len() as u32);
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].iter().flat_map(|n| n.to_le_bytes()));
    bytes.extend([size, at].iter().flat_map(|n| n.to_le_bytes()));
    bytes.extend([0, 0]);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
