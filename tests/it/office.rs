//! An office for tests: a folder with a ledger, files written into it, and the real binary run on them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use arrears::domain::Date;
use arrears::import::{Options, TableOptions};
use serde_json::Value;

/// The day that counts as today.
pub const TODAY: &str = "2026-09-30";

pub struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    /// An office with an empty ledger.
    pub fn new() -> Office {
        let office = Office { folder: tempfile::tempdir().expect("a folder") };
        office.done(&["init"]);
        office
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn ledger(&self) -> PathBuf {
        self.path("ledger.redb")
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, content).expect("written");
        path
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_arrears"));
        command.args(args).env("ARREARS_DB", self.ledger()).env("ARREARS_TODAY", TODAY);
        command.env("NO_COLOR", "1").current_dir(self.folder.path());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("it runs")
    }

    /// Runs a command that must succeed.
    pub fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs a command and reads its JSON, whatever the exit code.
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--format", "json"]].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        serde_json::from_str(&text).unwrap_or_else(|why| {
            panic!("{args:?}: {why}: {text}\n{}", String::from_utf8_lossy(&output.stderr))
        })
    }

    pub fn import(&self, paths: &[&Path]) -> Value {
        let paths: Vec<&str> = paths.iter().map(|p| p.to_str().expect("a name")).collect();
        self.json(&[&["import"], &paths[..]].concat())
    }

    /// The proof of the books must hold.
    pub fn check(&self) {
        let proof = self.json(&["db", "check"]);
        assert_eq!(proof["ok"], true, "{proof:#}");
    }

    /// Everything that must not depend on the order in which files came: aging, denials, trial balance, claims.
    pub fn books(&self) -> Value {
        let ids_apart = |mut report: Value| {
            for row in report["rows"].as_array_mut().into_iter().flatten() {
                row.as_object_mut().expect("a row").remove("claim_id");
            }
            let rows = report["rows"].as_array_mut().expect("rows");
            rows.sort_by_key(|row| row.to_string());
            report
        };
        serde_json::json!({
            "aging": ids_apart(self.json(&["report", "aging"])),
            "patient": ids_apart(self.json(&["report", "aging", "--by", "responsibility"])),
            "denials": ids_apart(self.json(&["report", "denials"])),
            "accounts": self.json(&["report", "trial-balance"]),
            "claims": ids_apart(self.json(&["claim", "list"])),
        })
    }
}

/// An interchange around transaction sets; counts and control numbers are right.
pub fn interchange(group: &str, version: &str, control: u32, sets: &[String]) -> String {
    let mut text = format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*{control:09}*0*P*:~\n\
         GS*{group}*SENDER*RECEIVER*20260101*1200*{control}*X*{version}~\n"
    );
    for set in sets {
        text.push_str(set);
    }
    text.push_str(&format!("GE*{}*{control}~\nIEA*1*{control:09}~\n", sets.len()));
    text
}

/// A transaction set around segments, with the right SE.
pub fn set(head: &str, control: &str, segments: &[String]) -> String {
    let head = head.replace("{control}", control);
    let count = segments.len() + 2;
    format!("{head}~\n{}~\nSE*{count}*{control}~\n", segments.join("~\n"))
}

/// A remittance file of one payment. `claims` are segments from the first CLP on, PLB included.
pub fn remittance(control: u32, payer: &str, bpr: &str, date: &str, trace: &str, claims: &str) -> String {
    let mut segments = vec![
        format!(
            "{}{}{date}",
            bpr.trim_end_matches('*'),
            "*".repeat(16 - bpr.trim_end_matches('*').matches('*').count())
        ),
        format!("TRN*1*{trace}*1999999999"),
        format!("N1*PR*{payer}"),
        "N3*PO BOX 1".to_owned(),
        "N4*TOWN*OH*43004".to_owned(),
        "N1*PE*MAPLE STREET*XX*1234567893".to_owned(),
        "LX*1".to_owned(),
    ];
    segments.extend(claims.split('~').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned));
    interchange(
        "HP",
        "005010X221A1",
        control,
        &[set("ST*835*{control}", &format!("{control:04}"), &segments)],
    )
}

/// One claim of an 837P: number, charge in dollars, lines as (code, charge), and whether a second payer stands behind.
pub struct Billed<'a> {
    pub number: &'a str,
    pub charge: &'a str,
    pub lines: &'a [(&'a str, &'a str)],
    pub secondary: bool,
    pub frequency: char,
    pub service: &'a str,
}

/// An 837P file of the segments of its claims, from the first subscriber on: who sends it, and the practice.
pub fn professional(control: u32, batch: &str, date: &str, claims: &[String]) -> String {
    let mut segments = vec![
        format!("BHT*0019*00*{batch}*{date}*1200*CH"),
        "NM1*41*2*MAPLE STREET*****46*S1".to_owned(),
        "NM1*40*2*CLEARING*****46*R1".to_owned(),
        "HL*1**20*1".to_owned(),
        "NM1*85*2*MAPLE STREET*****XX*1234567893".to_owned(),
        "N3*1 MAPLE ST".to_owned(),
        "N4*TOWN*OH*43004".to_owned(),
        "REF*EI*311234567".to_owned(),
    ];
    segments.extend_from_slice(claims);
    interchange(
        "HC",
        "005010X222A1",
        control,
        &[set("ST*837*{control}*005010X222A1", &format!("{control:04}"), &segments)],
    )
}

/// How files are imported into a ledger in memory.
pub fn in_memory() -> Options {
    Options {
        dry_run: false,
        accept_test_files: false,
        accept_wrong_counts: false,
        posting_date: None,
        wait: Duration::ZERO,
        commit_after: Duration::ZERO,
        now: 0,
        today: Date::parse_iso(TODAY).expect("a day"),
        tables: TableOptions::default(),
        user: String::new(),
        verb: arrears::domain::deed::DeedVerb::Import,
    }
}

/// An office with two claims of 200 dollars of January the 2nd, A1 and A2.
pub fn two_claims() -> Office {
    let office = Office::new();
    let lines = &[("99213", "200")];
    let claim = |number| Billed {
        number,
        charge: "200",
        lines,
        secondary: false,
        frequency: '1',
        service: "20260102",
    };
    let file = office.write("claims.837", claims(1, "20260105", &[claim("A1"), claim("A2")]));
    office.import(&[&file]);
    office
}

/// An 837P file of such claims, billed on a day to PAYER ONE (id P1) with PAYER TWO (P2) behind it.
pub fn claims(control: u32, date: &str, billed: &[Billed<'_>]) -> String {
    let mut segments = Vec::new();
    for (at, claim) in billed.iter().enumerate() {
        segments.push(format!("HL*{}*1*22*0", at + 2));
        segments.push("SBR*P*18*******CI".to_owned());
        segments.push(format!("NM1*IL*1*ASPEN{}*RED****MI*M{}", at, claim.number));
        segments.push("NM1*PR*2*PAYER ONE*****PI*P1".to_owned());
        segments.push(format!("CLM*{}*{}***11:B:{}*Y*A*Y*Y", claim.number, claim.charge, claim.frequency));
        segments.push("HI*ABK:J069".to_owned());
        if claim.secondary {
            segments.push("SBR*S*18*******CI".to_owned());
            segments.push("OI***Y***Y".to_owned());
            segments.push(format!("NM1*IL*1*ASPEN{}*RED****MI*S{}", at, claim.number));
            segments.push("NM1*PR*2*PAYER TWO*****PI*P2".to_owned());
        }
        for (n, (code, charge)) in claim.lines.iter().enumerate() {
            segments.push(format!("LX*{}", n + 1));
            segments.push(format!("SV1*HC:{code}*{charge}*UN*1***1"));
            segments.push(format!("DTP*472*D8*{}", claim.service));
        }
    }
    professional(control, &format!("B{control}"), date, &segments)
}

/// Does some writing in the library and commits it as somebody's act; when the work fails, nothing was written.
pub fn update<T, E: From<arrears::store::StoreError>>(
    book: &arrears::store::Book,
    wait: Duration,
    work: impl FnOnce(&mut arrears::store::WriteTables<'_>) -> Result<T, E>,
) -> Result<T, E> {
    use arrears::domain::deed::{Deed, DeedVerb, Object};
    let mut writer = book.write(wait)?;
    let done = work(&mut writer.tables())?;
    let by = arrears::store::By { now: 0, user: "biller" };
    writer.commit_deed(by, &Deed::new(DeedVerb::ClaimNote, Object::Ledger))?;
    Ok(done)
}
