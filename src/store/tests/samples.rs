//! Values made from random bytes, and a few fixed ones. Whole records are made in `records`.

use crate::domain::book::*;
use crate::domain::claim::*;
use crate::domain::deposit::{Deposit, Settlement};
use crate::domain::entry::{Entry, Posting, Reason, Source};
use crate::domain::remit::*;
use crate::domain::*;

/// Turns bytes into values; when they run out, everything is empty.
pub struct Dice(pub Vec<u8>);

impl Dice {
    pub fn byte(&mut self) -> u8 {
        self.0.pop().unwrap_or(0)
    }

    pub fn number(&mut self) -> u64 {
        let width = self.byte() % 9;
        (0..width).fold(0, |n, _| n << 8 | u64::from(self.byte()))
    }

    pub fn money(&mut self) -> Money {
        Money::from_cents(self.number() as i64)
    }

    pub fn date(&mut self) -> Date {
        Date::from_number(self.number() as i32)
    }

    pub fn text<T: FromIterator<&'static str>>(&mut self) -> T {
        let letters = ["A", "z", "9", "-", "é", "\u{1F4B5}", "\"", "\0"];
        (0..self.byte() % 12).map(|_| letters[usize::from(self.byte()) % letters.len()]).collect()
    }

    pub fn code(&mut self) -> Code {
        Code::from_number(self.number() as u32)
    }

    pub fn payer(&mut self) -> PayerId {
        PayerId(self.number() as u32)
    }

    pub fn maybe<T>(&mut self, make: impl FnOnce(&mut Dice) -> T) -> Option<T> {
        (self.byte() % 2 == 1).then(|| make(self))
    }

    pub fn list<T>(&mut self, most: u8, mut make: impl FnMut(&mut Dice) -> T) -> Vec<T> {
        (0..self.byte() % (most + 1)).map(|_| make(self)).collect()
    }

    pub fn reason(&mut self) -> Reason {
        Reason { group: self.group(), code: self.code() }
    }

    pub fn group(&mut self) -> Option<GroupCode> {
        GroupCode::from_number(self.byte() % 6)
    }

    pub fn account(&mut self) -> Account {
        Account::ALL[usize::from(self.byte()) % Account::ALL.len()]
    }

    pub fn adjustment(&mut self) -> Adjustment {
        Adjustment { group: self.group(), reason: self.code(), amount: self.money() }
    }

    pub fn party(&mut self) -> PartyName {
        PartyName {
            name: self.text(),
            qualifier: self.text(),
            ident: self.text(),
            references: self.list(2, |d| (d.text(), d.text())),
        }
    }

    pub fn remit_person(&mut self) -> RemitPerson {
        RemitPerson {
            last: self.text(),
            first: self.text(),
            member_id: self.text(),
            other_kind: self.byte() % 2 == 0,
        }
    }

    pub fn person(&mut self) -> Person {
        Person { last: self.text(), first: self.text(), member_id: self.text(), born: self.maybe(Dice::date) }
    }

    pub fn provider(&mut self) -> Provider {
        Provider { npi: self.text(), tax_id: self.text(), name: self.text() }
    }

    pub fn deposit(&mut self) -> Deposit {
        Deposit {
            id: DepositId(self.number()),
            account: self.text(),
            on: self.date(),
            posted_on: self.date(),
            amount: self.money(),
            kind: self.text(),
            reference: self.text(),
            trace: self.text(),
            payer_trace_id: self.text(),
            text: self.text(),
            origin: self.origin(),
        }
    }

    pub fn settlement(&mut self) -> Settlement {
        Settlement {
            id: SettlementId(self.number()),
            deposits: self.list(3, |d| DepositId(d.number())),
            remits: self.list(3, |d| RemitId(d.number())),
            difference: self.money(),
            rule: self.text(),
            reason: self.text(),
            on: self.date(),
            undone_on: self.maybe(Dice::date),
            user: self.text(),
            recorded_at: self.number() as i64,
        }
    }

    pub fn origin(&mut self) -> Origin {
        Origin { file: FileId(self.number()), segment: self.number() }
    }
}

/// Always the same bytes, with all small values and all branches somewhere among them.
pub fn fixed_dice(seed: u64) -> Dice {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    Dice((0..4000).map(next).collect())
}

pub fn practice() -> Practice {
    Practice {
        name: "Maple Street Clinic".into(),
        npis: vec!["1234567893".into()],
        tax_ids: vec![],
        write_off_limit: None,
        address: vec![],
    }
}

/// An entry of two postings over this many cents.
pub fn charge(claim: u64, cents: i64) -> Entry {
    let amount = Money::from_cents(cents);
    Entry {
        claim: Some(ClaimId(claim)),
        source: Source::Charge,
        rule: "charge".into(),
        posted_on: Date::from_ymd(2026, 3, 2).expect("a day"),
        postings: vec![
            Posting::new(Account::Open, PayerId(1), amount),
            Posting::new(Account::Charges, PayerId(1), -amount),
        ],
        ..Dice(vec![]).entry()
    }
}
