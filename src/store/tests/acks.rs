//! Acknowledgments and sent sets made from random bytes, and found again.

use std::time::Duration;

use super::samples::{Dice, practice};
use crate::domain::ack::*;
use crate::domain::*;
use crate::store::{Book, Read, StoreError};

impl Dice {
    fn scope(&mut self) -> AckScope {
        match self.byte() % 6 {
            0 => AckScope::Claim(PatientControlNumber::new(&self.text::<String>()), self.text()),
            1 => AckScope::Batch(self.text()),
            2 => AckScope::Provider(self.text(), self.text()),
            3 => AckScope::Set(self.text(), self.text()),
            4 => AckScope::Group(self.text()),
            _ => AckScope::Interchange(self.text(), self.maybe(Dice::date)),
        }
    }

    fn syntax_error(&mut self) -> SyntaxError {
        SyntaxError {
            segment_id: self.text(),
            position: self.number(),
            loop_id: self.text(),
            code: self.text(),
            element: self.text(),
            element_code: self.text(),
            value: self.text(),
            claim: self.text(),
            of: self.maybe(|d| ClaimId(d.number())),
        }
    }

    pub fn ack(&mut self) -> AckRecord {
        let status = |d: &mut Dice| StatusCode {
            category: d.text(),
            status: d.text(),
            entity: d.text(),
            line: d.text(),
        };
        AckRecord {
            id: AckId(self.number()),
            first: AckId(self.number()),
            origin: self.origin(),
            kind: self.text(),
            source: AckSource::from_number(1 + self.byte() % 4).expect("a source"),
            name: self.text(),
            on: self.date(),
            scope: self.scope(),
            outcome: AckOutcome::from_number(1 + self.byte() % 4).expect("an outcome"),
            conflict: self.byte() % 2 == 1,
            result: self.text(),
            codes: self.list(3, status),
            error_codes: self.list(3, Dice::text),
            errors: self.list(3, Dice::syntax_error),
            amount: self.maybe(Dice::money),
            service: self.maybe(Dice::date),
            payer_claim_number: self.text(),
            clearinghouse_number: self.text(),
            text: self.text(),
            sent_in: FileId(self.number()),
            claims: self.list(3, |d| ClaimId(d.number())),
        }
    }

    pub fn sent(&mut self) -> SentSet {
        SentSet {
            id: SentId(self.number()),
            file: FileId(self.number()),
            group: self.text(),
            set: self.text(),
            interchange: self.text(),
            interchange_date: self.maybe(Dice::date),
            batch: self.text(),
            on: self.date(),
            content: self.number(),
            claims: self.list(3, |d| (ClaimId(d.number()), d.number())),
        }
    }
}

#[test]
fn what_was_said_is_found_by_number_and_by_claim() {
    let book = Book::in_memory(&practice()).expect("a book");
    book.update(Duration::ZERO, |tables| {
        for id in 1..=3 {
            assert_eq!(tables.next_ack_id()?, AckId(id));
            let ack = AckRecord { id: AckId(id), ..Dice(vec![]).ack() };
            tables.put_ack(&ack)?;
            tables.put_ack_key(if id == 2 { "batch:B1" } else { "batch:B10" }, ack.id)?;
            tables.put_ack_event(ClaimId(7), ack.id, AckOutcome::Rejected)?;
        }
        tables.remove_ack_event(ClaimId(7), AckId(1))?;
        tables.put_ack_event(ClaimId(8), AckId(1), AckOutcome::Received)?;
        let sent = SentSet { id: tables.next_sent_id()?, batch: "B1".into(), ..Dice(vec![]).sent() };
        tables.put_sent(&sent)?;
        tables.put_sent_key("batch:B1", sent.id)?;
        Ok::<_, StoreError>(())
    })
    .expect("written");
    let read = book.read().expect("read");
    assert_eq!(read.acks_by_key("batch:B1").expect("read"), [AckId(2)]);
    assert_eq!(read.acks_by_key("batch:B10").expect("read"), [AckId(1), AckId(3)]);
    assert_eq!(read.acks_of_claim(ClaimId(7)).expect("read"), [AckId(2), AckId(3)]);
    let events: Vec<_> = read.ack_events().expect("read").map(|e| e.expect("an event")).collect();
    assert_eq!(events.len(), 3);
    assert_eq!(events[2], (ClaimId(8), AckId(1), AckOutcome::Received));
    assert_eq!(read.sent_by_key("batch:B1").expect("read")[0].batch, "B1");
    assert!(read.sent_by_key("batch:B").expect("read").is_empty());
    assert!(!read.has_no_acks().expect("read"));
    assert_eq!(read.acks().expect("read").count(), 3);
}
