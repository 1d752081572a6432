//! The tables, what fills them and what asks them.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Statement, params};

use crate::Outcome;
use crate::files::{Segment, cents, day, part, segments};

const TABLES: &str = "
CREATE TABLE payers(id INTEGER PRIMARY KEY, ident TEXT UNIQUE, name TEXT);
CREATE TABLE claims(id INTEGER PRIMARY KEY, number TEXT, payer INTEGER, provider TEXT, patient TEXT, service INTEGER,
    billed INTEGER, charge INTEGER, paid INTEGER, adjusted INTEGER, share INTEGER, denied INTEGER, balance INTEGER,
    last TEXT, first TEXT, born INTEGER, diagnoses TEXT, facility TEXT, frequency TEXT);
CREATE INDEX claims_number ON claims(number);
CREATE TABLE lines(claim INTEGER, line INTEGER, code TEXT, modifier TEXT, charge INTEGER, units INTEGER, service INTEGER,
    PRIMARY KEY(claim, line)) WITHOUT ROWID;
CREATE TABLE remits(id INTEGER PRIMARY KEY, trace TEXT, payer INTEGER, paid_on INTEGER, paid INTEGER);
CREATE TABLE payments(id INTEGER PRIMARY KEY, remit INTEGER, claim INTEGER, number TEXT, status TEXT, charge INTEGER,
    paid INTEGER, share INTEGER, payer_number TEXT, last TEXT, first TEXT, member TEXT);
CREATE INDEX payments_claim ON payments(claim);
CREATE TABLE payment_lines(payment INTEGER, line INTEGER, code TEXT, charge INTEGER, paid INTEGER, service INTEGER,
    PRIMARY KEY(payment, line)) WITHOUT ROWID;
CREATE TABLE adjustments(payment INTEGER, place INTEGER, line INTEGER, grp TEXT, reason TEXT, amount INTEGER,
    PRIMARY KEY(payment, place)) WITHOUT ROWID;
CREATE TABLE denials(id INTEGER PRIMARY KEY, claim INTEGER, payment INTEGER, grp TEXT, reason TEXT, day INTEGER,
    amount INTEGER);
CREATE TABLE journal(id INTEGER PRIMARY KEY, claim INTEGER, payment INTEGER, account INTEGER, posted_on INTEGER,
    amount INTEGER);
CREATE TABLE plb(id INTEGER PRIMARY KEY, remit INTEGER, code TEXT, reference TEXT, amount INTEGER);";

/// Accounts of the journal.
const CASH: i64 = 1;
const CONTRACTUAL: i64 = 2;
const PATIENT: i64 = 3;
const DENIED: i64 = 4;
const UNAPPLIED: i64 = 5;

pub const TOTALS: &str = "SELECT (SELECT count(*) FROM claims) AS claims, (SELECT sum(charge) FROM claims) AS charges,
    (SELECT sum(paid) FROM claims) AS payments, (SELECT sum(balance) FROM claims) AS balance,
    (SELECT count(*) FROM payments) AS claim_payments, (SELECT count(*) FROM payments WHERE claim IS NULL) AS unmatched,
    (SELECT sum(paid) FROM remits) AS cash";
pub const AGING: &str = "SELECT $by, count(*), sum(balance * (?1 - service <= 30)),
    sum(balance * (?1 - service BETWEEN 31 AND 60)), sum(balance * (?1 - service BETWEEN 61 AND 90)),
    sum(balance * (?1 - service BETWEEN 91 AND 120)), sum(balance * (?1 - service > 120)), sum(balance)
    FROM claims WHERE balance <> 0 GROUP BY $by";
pub const DENIALS: &str =
    "SELECT grp, reason, count(DISTINCT claim), sum(amount) FROM denials GROUP BY grp, reason";
pub const DENIALS_BY_PAYER: &str = "SELECT c.payer, count(DISTINCT d.claim), sum(d.amount) FROM denials d
    JOIN claims c ON c.id = d.claim GROUP BY c.payer";
pub const AS_OF: &str = "SELECT payer, count(*), sum(balance) FROM (SELECT c.payer AS payer,
    c.charge - coalesce(j.amount, 0) AS balance FROM claims c LEFT JOIN (SELECT claim, sum(amount) AS amount FROM journal
    WHERE posted_on <= ?1 AND account IN (1, 2) GROUP BY claim) j ON j.claim = c.id WHERE c.billed <= ?1)
    WHERE balance <> 0 GROUP BY payer";
pub const CLAIM: &str =
    "SELECT * FROM claims c JOIN lines l ON l.claim = c.id WHERE c.number = ?1 ORDER BY l.line";
pub const CLAIM_PAYMENTS: &str = "SELECT p.*, a.* FROM claims c JOIN payments p ON p.claim = c.id
    LEFT JOIN adjustments a ON a.payment = p.id WHERE c.number = ?1 ORDER BY p.id, a.place";
pub const STATUS: &str = "SELECT sum(balance), sum(balance <> 0), sum(denied), sum(share) FROM claims";

fn connect(path: &Path) -> Outcome<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
         PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 8000;",
    )?;
    Ok(db)
}

/// Makes an empty database.
pub fn create(path: &Path) -> Outcome<()> {
    Ok(connect(path)?.execute_batch(TABLES)?)
}

/// What the reports would like best. Made when all is loaded, and not timed: posting need not keep it up to date.
pub fn index_for_reports(path: &Path) -> Outcome<()> {
    let db = connect(path)?;
    db.execute_batch(
        "CREATE INDEX aging_payer ON claims(payer, service, balance) WHERE balance <> 0;
         CREATE INDEX aging_provider ON claims(provider, service, balance) WHERE balance <> 0;
         CREATE INDEX aging_patient ON claims(patient, service, balance) WHERE balance <> 0;
         CREATE INDEX denials_reason ON denials(grp, reason, claim, amount);
         CREATE INDEX journal_claim ON journal(claim, account, posted_on, amount); ANALYZE;",
    )?;
    Ok(())
}

/// Writes what a column store needs for the reports, as CSV.
pub fn export(path: &Path, folder: &Path) -> Outcome<()> {
    let db = Connection::open(path)?;
    for (table, columns) in [
        ("claims", "id, payer, provider, patient, service, billed, charge, balance"),
        ("denials", "id, claim, grp, reason, day, amount"),
        ("journal", "id, claim, account, posted_on, amount"),
    ] {
        let mut out = std::io::BufWriter::new(std::fs::File::create(folder.join(format!("{table}.csv")))?);
        writeln!(out, "{}", columns.replace(' ', ""))?;
        write_rows(&db, &format!("SELECT {columns} FROM {table}"), &[], &mut out)?;
    }
    Ok(())
}

/// Prints the answer to a question. Parameters that look like a day are given as its number.
pub fn print(path: &Path, question: &str, parameters: &[&str]) -> Outcome<()> {
    let db = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    write_rows(&db, question, parameters, &mut std::io::stdout().lock())
}

fn write_rows(db: &Connection, question: &str, parameters: &[&str], out: &mut dyn Write) -> Outcome<()> {
    let mut statement = db.prepare(question)?;
    for (place, parameter) in parameters.iter().enumerate() {
        if parameter.len() == 10 && parameter.contains('-') {
            statement.raw_bind_parameter(place + 1, day(parameter.as_bytes()))?;
        } else {
            statement.raw_bind_parameter(place + 1, parameter)?;
        }
    }
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            if column > 0 {
                write!(out, ",")?;
            }
            match row.get_ref(column)? {
                ValueRef::Integer(number) => write!(out, "{number}")?,
                ValueRef::Text(text) => out.write_all(text)?,
                _ => {}
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// An open database.
pub struct Store {
    db: Connection,
    payers: HashMap<String, i64>,
}

impl Store {
    pub fn open(path: &Path) -> Outcome<Store> {
        let db = connect(path)?;
        let known = |db: &Connection| -> Outcome<HashMap<String, i64>> {
            let mut statement = db.prepare("SELECT ident, id FROM payers")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        let payers = known(&db)?;
        Ok(Store { db, payers })
    }

    /// One file, in one transaction.
    pub fn take_in(&mut self, file: &[u8]) -> Outcome<()> {
        let transaction = self.db.transaction()?;
        {
            let mut work = Work::new(&transaction, &mut self.payers)?;
            segments(file, |segment| work.step(segment))?;
            work.close()?;
        }
        Ok(transaction.commit()?)
    }
}

/// A claim of an 837 while it is read.
#[derive(Default)]
struct Claim<'a> {
    number: &'a str,
    charge: i64,
    facility: &'a [u8],
    diagnoses: String,
    lines: Vec<(&'a [u8], i64, i64, i64)>,
}

/// A claim payment of an 835 while it is read.
#[derive(Default)]
struct Payment<'a> {
    number: &'a str,
    status: &'a str,
    charge: i64,
    paid: i64,
    share: i64,
    payer_number: &'a str,
    patient: (&'a str, &'a str, &'a str),
    /// Code, charge, paid, day.
    lines: Vec<(&'a str, i64, i64, i64)>,
    /// Line, group, reason, amount.
    adjustments: Vec<(i64, &'a str, &'a str, i64)>,
}

/// One transaction: its statements and what was read above the claims.
struct Work<'c, 'a> {
    db: &'c Connection,
    payers: &'c mut HashMap<String, i64>,
    find: Statement<'c>,
    add_claim: Statement<'c>,
    add_line: Statement<'c>,
    add_remit: Statement<'c>,
    add_payment: Statement<'c>,
    add_payment_line: Statement<'c>,
    add_adjustment: Statement<'c>,
    add_denial: Statement<'c>,
    add_journal: Statement<'c>,
    add_plb: Statement<'c>,
    update: Statement<'c>,
    is_835: bool,
    provider: &'a str,
    member: (&'a str, &'a str, &'a str),
    born: i64,
    payer: i64,
    on: i64,
    remit: i64,
    trace: &'a str,
    money: i64,
    claim: Option<Claim<'a>>,
    payment: Option<Payment<'a>>,
}

impl<'c, 'a> Work<'c, 'a> {
    fn new(db: &'c Connection, payers: &'c mut HashMap<String, i64>) -> Outcome<Work<'c, 'a>> {
        let insert = |table: &str, columns: &str| {
            let marks = vec!["?"; columns.split(',').count()].join(",");
            db.prepare(&format!("INSERT INTO {table}({columns}) VALUES ({marks})"))
        };
        Ok(Work {
            find: db.prepare("SELECT id FROM claims WHERE number = ?")?,
            add_claim: insert(
                "claims",
                "number,payer,provider,patient,service,billed,charge,paid,adjusted,share,denied,balance,last,first,born,\
                 diagnoses,facility,frequency",
            )?,
            add_line: insert("lines", "claim,line,code,modifier,charge,units,service")?,
            add_remit: insert("remits", "trace,payer,paid_on,paid")?,
            add_payment: insert(
                "payments",
                "remit,claim,number,status,charge,paid,share,payer_number,last,first,member",
            )?,
            add_payment_line: insert("payment_lines", "payment,line,code,charge,paid,service")?,
            add_adjustment: insert("adjustments", "payment,place,line,grp,reason,amount")?,
            add_denial: insert("denials", "claim,payment,grp,reason,day,amount")?,
            add_journal: insert("journal", "claim,payment,account,posted_on,amount")?,
            add_plb: insert("plb", "remit,code,reference,amount")?,
            update: db.prepare(
                "UPDATE claims SET paid = paid + ?2, adjusted = adjusted + ?3, share = share + ?4, denied = denied + ?5,
                 balance = balance - ?2 - ?3 WHERE id = ?1",
            )?,
            db,
            payers,
            is_835: false,
            provider: "",
            member: ("", "", ""),
            born: 0,
            payer: 0,
            on: 0,
            remit: 0,
            trace: "",
            money: 0,
            claim: None,
            payment: None,
        })
    }

    fn payer(&mut self, ident: &str, name: &str) -> Outcome<i64> {
        if let Some(id) = self.payers.get(ident) {
            return Ok(*id);
        }
        self.db.execute("INSERT INTO payers(ident, name) VALUES (?, ?)", params![ident, name])?;
        let id = self.db.last_insert_rowid();
        self.payers.insert(ident.to_owned(), id);
        Ok(id)
    }

    fn step(&mut self, s: &Segment<'a>) -> Outcome<()> {
        match s.get(0) {
            b"ST" => {
                self.close()?;
                self.is_835 = s.get(1) == b"835";
            }
            b"SE" => self.close()?,
            _ if self.is_835 => return self.of_835(s),
            _ => return self.of_837(s),
        }
        Ok(())
    }

    fn close(&mut self) -> Outcome<()> {
        if let Some(claim) = self.claim.take() {
            self.put_claim(&claim)?;
        }
        if let Some(payment) = self.payment.take() {
            self.put_payment(&payment)?;
        }
        Ok(())
    }

    fn of_837(&mut self, s: &Segment<'a>) -> Outcome<()> {
        match (s.get(0), s.get(1), &mut self.claim) {
            (b"BHT", ..) => self.on = day(s.get(4)),
            (b"HL", ..) => self.close()?,
            (b"NM1", b"85", _) => self.provider = s.text(9),
            (b"NM1", b"IL", None) => self.member = (s.text(3), s.text(4), s.text(9)),
            (b"NM1", b"QC", None) => (self.member.0, self.member.1) = (s.text(3), s.text(4)),
            (b"NM1", b"PR", None) => self.payer = self.payer(s.text(9), s.text(3))?,
            (b"DMG", ..) => self.born = day(s.get(2)),
            (b"CLM", ..) => {
                self.close()?;
                let (number, charge, facility) = (s.text(1), s.cents(2), s.get(5));
                self.claim = Some(Claim { number, charge, facility, ..Claim::default() });
            }
            (b"HI", _, Some(claim)) => {
                for n in 1..13 {
                    claim.diagnoses.push_str(part(s.get(n), 1));
                    claim.diagnoses.push(' ');
                }
                claim.diagnoses.truncate(claim.diagnoses.trim_end().len());
            }
            (b"SV1", _, Some(claim)) => claim.lines.push((s.get(1), s.cents(2), s.cents(4) / 100, 0)),
            (b"SV2", _, Some(claim)) => claim.lines.push((s.get(2), s.cents(3), s.cents(5) / 100, 0)),
            (b"DTP", b"472", Some(claim)) => {
                if let Some(line) = claim.lines.last_mut() {
                    line.3 = day(s.get(3));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn put_claim(&mut self, claim: &Claim<'_>) -> Outcome<()> {
        let service = claim.lines.iter().map(|line| line.3).min().unwrap_or(self.on);
        let (last, first, member) = self.member;
        let id = self.add_claim.insert(params![
            claim.number,
            self.payer,
            self.provider,
            member,
            service,
            self.on,
            claim.charge,
            0,
            0,
            0,
            0,
            claim.charge,
            last,
            first,
            self.born,
            claim.diagnoses,
            part(claim.facility, 0),
            part(claim.facility, 2)
        ])?;
        for (place, (code, charge, units, day)) in claim.lines.iter().enumerate() {
            self.add_line.execute(params![id, place, part(code, 1), part(code, 2), charge, units, day])?;
        }
        Ok(())
    }

    fn of_835(&mut self, s: &Segment<'a>) -> Outcome<()> {
        match (s.get(0), s.get(1), &mut self.payment) {
            (b"BPR", ..) => (self.money, self.on) = (s.cents(2), day(s.get(16))),
            (b"TRN", ..) => self.trace = s.text(2),
            (b"REF", b"2U", None) => self.payer = self.payer(s.text(2), "")?,
            (b"LX", ..) => {
                self.remit =
                    self.add_remit.insert(params![self.trace, self.payer, self.on, self.money])?;
            }
            (b"CLP", ..) => {
                self.close()?;
                self.payment = Some(Payment {
                    number: s.text(1),
                    status: s.text(2),
                    charge: s.cents(3),
                    paid: s.cents(4),
                    share: s.cents(5),
                    payer_number: s.text(7),
                    ..Payment::default()
                });
            }
            (b"NM1", b"QC", Some(payment)) => payment.patient = (s.text(3), s.text(4), s.text(9)),
            (b"SVC", _, Some(payment)) => payment.lines.push((part(s.get(1), 1), s.cents(2), s.cents(3), 0)),
            (b"DTM", b"472", Some(payment)) => {
                if let Some(line) = payment.lines.last_mut() {
                    line.3 = day(s.get(2));
                }
            }
            (b"CAS", _, Some(payment)) => {
                for at in (2..20).step_by(3).filter(|at| !s.get(*at).is_empty()) {
                    let line = payment.lines.len() as i64 - 1;
                    payment.adjustments.push((line, s.text(1), s.text(at), s.cents(at + 1)));
                }
            }
            (b"PLB", ..) => {
                self.close()?;
                for at in (3..15).step_by(2).filter(|at| !s.get(*at).is_empty()) {
                    let (code, amount) = (s.get(at), cents(s.get(at + 1)));
                    self.add_plb.execute(params![self.remit, part(code, 0), part(code, 1), amount])?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn put_payment(&mut self, p: &Payment<'_>) -> Outcome<()> {
        let claim: Option<i64> = self.find.query_row([p.number], |row| row.get(0)).optional()?;
        let (last, first, member) = p.patient;
        let id = self.add_payment.insert(params![
            self.remit,
            claim,
            p.number,
            p.status,
            p.charge,
            p.paid,
            p.share,
            p.payer_number,
            last,
            first,
            member
        ])?;
        for (place, (code, charge, paid, day)) in p.lines.iter().enumerate() {
            self.add_payment_line.execute(params![id, place, code, charge, paid, day])?;
        }
        let (mut contractual, mut share, mut denied) = (0, 0, 0);
        for (place, (line, group, reason, amount)) in p.adjustments.iter().enumerate() {
            self.add_adjustment.execute(params![id, place, line, group, reason, amount])?;
            match (*group, *reason) {
                ("CO", "45" | "24" | "253") => contractual += amount,
                ("PR", "1" | "2" | "3") => share += amount,
                ("OA", "23" | "18") => {}
                _ => {
                    denied += amount;
                    self.add_denial.execute(params![claim, id, group, reason, self.on, amount])?;
                }
            }
        }
        if let Some(claim) = claim {
            self.update.execute(params![claim, p.paid, contractual, share, denied])?;
        }
        let cash = if claim.is_some() { CASH } else { UNAPPLIED };
        let rows = [(cash, p.paid), (CONTRACTUAL, contractual), (PATIENT, share), (DENIED, denied)];
        for (account, amount) in rows.into_iter().filter(|row| row.1 != 0) {
            self.add_journal.execute(params![claim, id, account, self.on, amount])?;
        }
        Ok(())
    }
}
