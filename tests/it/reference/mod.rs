//! A second bookkeeper: sections 3 to 9 of the posting rules told once more, slowly and plainly, to be compared with the program.
//!
//! Written from the rules alone; nothing of `posting` or `denial` is used, nor the program's readers, amounts or tables.
//! Everything is worked out anew from all that was ever said about a claim; nothing is kept and nothing is undone.
//!
//! | page | of the rules |
//! |---|---|
//! | [`words`] | section 4: what a group and a reason mean |
//! | [`answers`] | sections 7, 7a, 9, 10: which answers are in force, which are held |
//! | [`position`] | sections 1, 6, 7b: where the money stands |
//! | [`denials`] | sections 5, 7a: what was denied, and what came of it |
//!
//! Where the rules do not decide, the reference says so ([`answers::Told::silent`], [`position::Position::placed`]) and no
//! comparison is made: a guess would prove nothing.

pub mod answers;
mod compare;
pub mod denials;
mod examples;
pub mod position;
mod situations;
pub mod stories;
pub mod words;

/// Cents. Sums are small enough for any accountant's paper.
pub type Cents = i64;

/// Which payer of the claim: 1 is the first.
pub type Level = usize;

/// Days since the claim was first billed.
pub type Day = u32;

/// A claim as it was billed, every time it was billed.
#[derive(Clone, Debug)]
pub struct Claim {
    /// How many payers it names.
    pub payers: Level,
    /// Its submissions, oldest first.
    pub versions: Vec<Version>,
}

/// One submission.
#[derive(Clone, Debug)]
pub struct Version {
    pub day: Day,
    /// Procedure and charge.
    pub lines: Vec<(String, Cents)>,
}

impl Version {
    pub fn charge(&self) -> Cents {
        self.lines.iter().map(|(_, charge)| charge).sum()
    }
}

/// Group, reason, amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Cas {
    pub group: String,
    pub reason: String,
    pub amount: Cents,
}

/// One service line of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub procedure: String,
    pub charge: Cents,
    pub paid: Cents,
    pub cas: Vec<Cas>,
}

/// What a payer said about the claim in one CLP loop.
#[derive(Clone, Debug)]
pub struct Answer {
    pub day: Day,
    pub level: Level,
    /// CLP02.
    pub status: String,
    pub charge: Cents,
    pub paid: Cents,
    /// CLP07.
    pub number: String,
    /// CAS of the claim as a whole.
    pub cas: Vec<Cas>,
    pub services: Vec<Service>,
}

/// What a person did, oldest first. What was undone is struck out.
#[derive(Clone, Debug)]
pub struct Act {
    pub deed: Deed,
    pub is_undone: bool,
    /// What payers and patient had paid when it was done: what came later came after all.
    pub paid_before: Cents,
}

/// Where a deed puts money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum To {
    Bucket(position::Bucket),
    /// Given up, under the account of that name.
    Account(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// The patient paid.
    PatientPays(Cents),
    /// A credit of the patient goes back.
    RefundPatient(Cents),
    /// Money moves out of a bucket, where the payer of that level was to pay it (0: the patient).
    Move { from: position::Bucket, of: Level, to: To, amount: Cents },
    /// The claim should not have been billed, a person says on that day.
    Void(Day),
}

/// Reads one CLP loop, its elements divided by `*` and its segments by `~`: enough for the texts that tests write.
pub fn read_clp(text: &str, day: Day, level: Level) -> Answer {
    let mut answer = Answer {
        day,
        level,
        status: String::new(),
        charge: 0,
        paid: 0,
        number: String::new(),
        cas: Vec::new(),
        services: Vec::new(),
    };
    for segment in text.split('~') {
        let e: Vec<&str> = segment.trim().split('*').collect();
        let at = |n: usize| e.get(n).copied().unwrap_or("");
        match e[0] {
            "CLP" => {
                (answer.status, answer.number) = (at(2).to_owned(), at(7).to_owned());
                (answer.charge, answer.paid) = (cents(at(3)), cents(at(4)));
            }
            "SVC" => {
                let billed = if at(6).is_empty() { at(1) } else { at(6) };
                answer.services.push(Service {
                    procedure: billed.split(':').nth(1).expect("a procedure").to_owned(),
                    charge: cents(at(2)),
                    paid: cents(at(3)),
                    cas: Vec::new(),
                });
            }
            "CAS" => {
                let cas = answer.services.last_mut().map_or(&mut answer.cas, |service| &mut service.cas);
                for triple in e[2..].chunks(3).filter(|triple| triple.len() > 1) {
                    cas.push(Cas {
                        group: at(1).to_owned(),
                        reason: triple[0].to_owned(),
                        amount: cents(triple[1]),
                    });
                }
            }
            _ => {}
        }
    }
    answer
}

/// `12`, `12.5` or `-12.50`; nothing is nothing.
pub fn cents(text: &str) -> Cents {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<2}");
    let number = |text: &str| if text.is_empty() { 0 } else { text.parse::<Cents>().expect("a number") };
    let amount = number(whole) * 100 + number(&part);
    if negative { -amount } else { amount }
}
