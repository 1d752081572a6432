//! Situations of section 7b, told by the reference: a person did something, and then the payer says something else.

use super::answers::{Standing, Told, tell};
use super::position::{BAD_DEBT, BAD_DEBT_RECOVERED, Bucket, Position, position};
use super::{Act, Answer, Cents, Claim, Deed, Level, To, Version, read_clp};

/// A claim of one line, and what is said and done about it.
struct Desk {
    claim: Claim,
    answers: Vec<Answer>,
    acts: Vec<Act>,
    void: Option<u32>,
}

impl Desk {
    fn new(charge: Cents, payers: Level) -> Desk {
        let version = Version { day: 0, lines: vec![("97110".to_owned(), charge)] };
        let claim = Claim { payers, versions: vec![version] };
        Desk { claim, answers: Vec::new(), acts: Vec::new(), void: None }
    }

    fn says(&mut self, day: u32, level: Level, clp: &str) -> &mut Desk {
        self.answers.push(read_clp(clp, day, level));
        self
    }

    fn does(&mut self, deed: Deed) -> &mut Desk {
        let paid_before = self.now().paid;
        self.acts.push(Act { deed, is_undone: false, paid_before });
        self
    }

    fn moves(&mut self, from: Bucket, of: Level, to: To, amount: Cents) -> &mut Desk {
        self.does(Deed::Move { from, of, to, amount })
    }

    fn told(&self) -> Told {
        tell(&self.claim, self.void, &self.answers)
    }

    fn now(&self) -> Position {
        position(&self.claim, &self.told(), &self.acts)
    }

    /// What every bucket holds that holds anything.
    fn holds(&self, wanted: &[(Bucket, Cents)]) -> &Desk {
        let (told, now) = (self.told(), self.now());
        assert_eq!(told.silent, None);
        assert!(now.placed, "{now:#?}");
        let held: Vec<(Bucket, Cents)> =
            Bucket::ALL.into_iter().map(|b| (b, now.bucket(b))).filter(|(_, amount)| *amount != 0).collect();
        assert_eq!(held, wanted, "{now:#?}\n{told:#?}");
        self
    }
}

const DENIED: &str = "CLP*C*1*180*0**12*N1~CAS*CO*197*180~";
const PAID: &str = "CLP*C*1*180*130**12*N2~CAS*CO*45*50~";

#[test]
fn what_a_person_moved_is_undone_as_far_as_the_payer_pays() {
    for to in [To::Bucket(Bucket::Patient), To::Bucket(Bucket::Next), To::Account("writeoff:denial")] {
        for amount in [18_000, 7_000] {
            let mut desk = Desk::new(18_000, 1);
            desk.says(10, 1, DENIED).moves(Bucket::Denied, 1, to, amount).says(30, 1, PAID).holds(&[]);
            assert_eq!(desk.now().account("writeoff:denial"), 0);
            // Denied once more: what the person did stands.
            let mut desk = Desk::new(18_000, 1);
            desk.says(10, 1, DENIED).moves(Bucket::Denied, 1, to, 18_000);
            desk.says(30, 1, "CLP*C*1*180*0**12*N3~CAS*CO*16*180~");
            assert_eq!(desk.now().bucket(Bucket::Denied), 0);
        }
    }
}

#[test]
fn what_the_patient_paid_stays_and_is_the_patients() {
    let mut desk = Desk::new(18_000, 1);
    desk.says(10, 1, DENIED).moves(Bucket::Denied, 1, To::Bucket(Bucket::Patient), 18_000);
    desk.does(Deed::PatientPays(6_000)).holds(&[(Bucket::Patient, 12_000)]);
    desk.says(30, 1, PAID).holds(&[(Bucket::Patient, -6_000)]);
}

#[test]
fn a_bad_debt_that_is_paid_after_all_is_recovered() {
    let share = "CLP*C*1*180*100*30*12*N1~CAS*CO*45*50~CAS*PR*2*30~";
    let mut desk = Desk::new(18_000, 1);
    desk.says(10, 1, share).moves(Bucket::Patient, 0, To::Account(BAD_DEBT), 3_000).holds(&[]);
    desk.does(Deed::PatientPays(1_000)).holds(&[]);
    assert_eq!([BAD_DEBT, BAD_DEBT_RECOVERED].map(|name| desk.now().account(name)), [3_000, -1_000]);
}

#[test]
fn a_reversal_takes_back_the_answer_of_its_number() {
    let back = "CLP*C*22*-180*0**12*N1~CAS*CO*197*-180~";
    let again = "CLP*C*1*180*0**12*N2~CAS*CO*197*180~";
    for day in [5, 20] {
        let mut desk = Desk::new(18_000, 1);
        desk.says(10, 1, DENIED).says(20, 1, back).says(day, 1, again).holds(&[(Bucket::Denied, 18_000)]);
        let standing = |number: &str| {
            let told = desk.told();
            told.answers.iter().find(|j| j.answer.number == number && j.answer.charge > 0).map(|j| j.standing)
        };
        assert_eq!(standing("N1"), Some(Standing::StruckOut));
        assert_eq!(standing("N2"), Some(Standing::InForce));
    }
}

#[test]
fn a_superseded_answer_stands_again() {
    let mut desk = Desk::new(18_000, 1);
    desk.says(10, 1, DENIED).says(20, 1, PAID).holds(&[]);
    desk.says(30, 1, "CLP*C*22*-180*-130**12*N2~CAS*CO*45*-50~").holds(&[(Bucket::Denied, 18_000)]);
}

#[test]
fn denied_and_paid_on_one_day() {
    for (first, second) in [(DENIED, PAID), (PAID, DENIED)] {
        let mut desk = Desk::new(18_000, 1);
        desk.says(10, 1, first).says(10, 1, second).holds(&[]);
    }
}

#[test]
fn a_void_claim_takes_no_answer_but_gives_back() {
    let mut desk = Desk::new(18_000, 1);
    desk.does(Deed::Void(15)).void = Some(15);
    desk.says(20, 1, PAID).holds(&[]);
    assert_eq!(desk.told().answers[0].standing, Standing::Held(18));
    desk.says(10, 1, PAID).says(20, 1, "CLP*C*22*-180*-130**12*N2~CAS*CO*45*-50~").holds(&[]);
}

const FIRST: &str = "CLP*C*1*180*110*20*12*A1~CAS*CO*45*50~CAS*PR*2*20~";
const SECOND: &str = "CLP*C*2*180*15*5*12*B1~CAS*OA*23*160~CAS*PR*2*5~";
const FIRST_BACK: &str = "CLP*C*22*-180*-110**12*A1~CAS*CO*45*-50~CAS*PR*2*-20~";

#[test]
fn the_first_payer_takes_back_after_the_second_answered() {
    let mut desk = Desk::new(18_000, 2);
    desk.says(10, 1, FIRST).says(20, 2, SECOND).holds(&[(Bucket::Patient, 500)]);
    desk.says(30, 1, FIRST_BACK).holds(&[(Bucket::Open, 16_000), (Bucket::Patient, 500)]);
    desk.says(30, 1, "CLP*C*4*180*0*180*12*A2~CAS*PR*27*180~");
    desk.holds(&[(Bucket::Patient, 500), (Bucket::Hold, 16_000)]);
}

#[test]
fn a_first_payers_denial_stays_as_far_as_nobody_paid_it() {
    for days in [(10, 20), (20, 10)] {
        let mut desk = Desk::new(18_000, 2);
        desk.says(days.0, 1, "CLP*C*1*180*0**12*A1~CAS*CO*50*180~").says(days.1, 2, SECOND);
        desk.holds(&[(Bucket::Denied, 16_000), (Bucket::Patient, 500)]);
    }
}
