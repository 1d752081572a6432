//! The first reading of one transaction set: segments that belong there, totals, hash of the content.
//!
//! Claims are not balanced here; `claim835` and `checks837` do that when they are read.

use std::fmt::Display;

use crate::domain::{Date, Money, Severity, Text};
use crate::input::kind::{Guess, Hints, Kind};
use crate::input::problems::{Problems, general};
use crate::input::survey::{SetSurvey, SetTotals};

use super::element::{Composite, date, money, text};
use super::envelope::Heads;
use super::hash::Content;
use super::segment::{Segment, is_known, tags};

/// A set while it is read.
pub struct SetWork {
    /// ST02.
    pub control: Vec<u8>,
    /// Position of its ST.
    pub first_segment: u64,
    /// Segments so far, the ST included.
    pub segments: u64,
    /// What is wrong with it.
    pub problems: Problems,
    guess: Guess,
    hints: Hints,
    heads: Heads,
    hash: Content,
    claims: u64,
    charge: i128,
    claim_paid: i128,
    plb: i128,
    paid: Option<Money>,
    payments: u64,
    traces: u64,
    adjustments: u64,
    /// Whether the header of an 835 is over: what belongs there and comes later is not read as such.
    header_over: bool,
    /// Whether CAS and SVC, or lines, have a claim to belong to.
    in_claim: bool,
    /// Whether an amount of the totals could not be read.
    unreadable: bool,
}

impl SetWork {
    /// A set that begins.
    pub fn new(st: &Segment<'_>, heads: &Heads) -> SetWork {
        let guess = Guess::new(st.element(1), &heads.version, st.element(3));
        SetWork {
            control: st.element(2).to_vec(),
            first_segment: st.ordinal,
            segments: 1,
            problems: Problems::default(),
            hash: Content::new(&guess),
            guess,
            hints: Hints::default(),
            heads: heads.clone(),
            claims: 0,
            charge: 0,
            claim_paid: 0,
            plb: 0,
            paid: None,
            payments: 0,
            traces: 0,
            adjustments: 0,
            header_over: false,
            in_claim: false,
            unreadable: false,
        }
    }

    /// Takes a segment between ST and SE.
    pub fn step(&mut self, segment: &Segment<'_>) {
        self.segments += 1;
        self.hash.add(segment);
        match &self.guess {
            Guess::Known(Kind::Remit835) => self.remit(segment),
            Guess::Known(Kind::Claims837P | Kind::Claims837I) | Guess::Some837 => self.claims(segment),
            Guess::Known(Kind::Ack277CA) | Guess::Some277 => self.statuses(segment),
            _ => {}
        }
    }

    fn remit(&mut self, segment: &Segment<'_>) {
        let tag = segment.tag;
        self.header_over |= matches!(tag, tags::LX | tags::TS2 | tags::TS3 | tags::CLP | tags::PLB);
        if self.header_over && matches!(tag, tags::BPR | tags::TRN) {
            let message = "comes after the claims have begun; the order of the segments is broken";
            self.problems.hold("misplaced-segment", segment, message);
        }
        match tag {
            tags::CAS | tags::SVC => {
                if !self.in_claim {
                    self.problems.hold("outside-claim", segment, "belongs to no claim (CLP)");
                }
            }
            tags::CLP => {
                self.in_claim = true;
                self.claims += 1;
                self.clp(segment);
            }
            tags::PLB => {
                self.in_claim = false;
                self.plb(segment);
            }
            tags::N1 => self.in_claim = false,
            tags::BPR => self.bpr(segment),
            tags::TRN => {
                self.traces += 1;
                if self.traces > 1 {
                    let message = "a second TRN in one transaction set: two payments may have been joined";
                    self.problems.hold("repeated-segment", segment, message);
                }
            }
            tag => self.known(tag, segment),
        }
    }

    fn clp(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        let (charge, paid) = (fields.get(3), fields.get(4));
        if charge.is_empty() && paid.is_empty() {
            // The claim itself is held when it is read; to the totals it adds nothing.
            return;
        }
        let charge = self.amount(charge, "CLP03", segment);
        self.charge += charge;
        let paid = self.amount(paid, "CLP04", segment);
        self.claim_paid += paid;
    }

    fn plb(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        if fields.count > 15 {
            let message = "PLB has more than six pairs; what follows the sixth was not read";
            self.problems.hold("too-many-elements", segment, message);
        }
        for pair in (3..15).step_by(2) {
            let (reason, amount) = (fields.get(pair), fields.get(pair + 1));
            if reason.is_empty() && amount.is_empty() {
                continue;
            }
            self.adjustments += 1;
            let amount = self.amount(amount, format_args!("PLB{:02}", pair + 1), segment);
            self.plb += amount;
        }
    }

    fn bpr(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        self.payments += 1;
        if self.payments > 1 {
            let message = "a second BPR in one transaction set: two payments may have been joined";
            return self.problems.hold("repeated-segment", segment, message);
        }
        let amount = money(fields.get(2), "BPR02", segment, &mut self.problems);
        self.unreadable |= amount.is_none();
        self.paid = amount.map(|paid| if fields.get(3) == b"D" { -paid } else { paid });
        if fields.get(16).is_empty() {
            self.problems.warn("bad-date", segment, "BPR16, the date of the payment, is blank");
        } else {
            date(fields.get(16), "BPR16", segment, &mut self.problems);
        }
        if fields.get(4) == b"NON" && amount.is_some_and(|a| !a.is_zero()) {
            let message = "the payment method is NON but the amount is not zero: find out how the money comes, the bank must show it";
            self.problems.warn("non-with-money", segment, message);
        }
    }

    fn claims(&mut self, segment: &Segment<'_>) {
        match segment.tag {
            tag @ (tags::SV1 | tags::SV2 | tags::SV3) => {
                self.hints.professional |= tag == tags::SV1;
                self.hints.institutional |= tag == tags::SV2;
                self.hints.dental |= tag == tags::SV3;
                if !self.in_claim {
                    self.problems.hold("outside-claim", segment, "belongs to no claim (CLM)");
                }
            }
            tags::CLM => {
                self.in_claim = true;
                self.claims += 1;
                let fields = segment.fields();
                let place = Composite::new(fields.get(5), segment);
                self.hints.professional |= place.get(2) == b"B";
                self.hints.institutional |= place.get(2) == b"A";
                // A claim whose charge cannot be read is held by itself; others of the set may go on.
                if let Ok(charge) = Money::parse(fields.get(2)) {
                    self.charge += i128::from(charge.cents());
                }
            }
            tags::HL => self.in_claim = false,
            tag => self.known(tag, segment),
        }
    }

    /// A claim of an acknowledgment is a TRN of a patient level.
    fn statuses(&mut self, segment: &Segment<'_>) {
        match segment.tag {
            tags::BHT => self.hints.acknowledges = segment.element(6) == b"TH",
            tags::HL => self.in_claim = matches!(segment.element(3), b"PT" | b"22" | b"23"),
            tags::TRN if self.in_claim => self.claims += 1,
            _ => {}
        }
    }

    fn known(&mut self, tag: u32, segment: &Segment<'_>) {
        if !is_known(tag) {
            let message =
                "is not a segment of this transaction set; it may be a misspelt one with money in it";
            self.problems.hold("unknown-segment", segment, message);
        }
    }

    fn amount(&mut self, bytes: &[u8], name: impl Display, segment: &Segment<'_>) -> i128 {
        let amount = money(bytes, name, segment, &mut self.problems);
        self.unreadable |= amount.is_none();
        i128::from(amount.unwrap_or_default().cents())
    }

    /// What was found, once its SE has been seen or is known to be missing.
    pub fn finish(mut self) -> SetSurvey {
        let kind = self.guess.resolve(self.hints);
        let totals = self.totals(&kind);
        self.group_id(&kind);
        SetSurvey {
            kind,
            control: text(&self.control).into(),
            version: text(&self.heads.version).into(),
            group: text(&self.heads.group).into(),
            interchange: text(&self.heads.interchange).into(),
            test: self.heads.test,
            interchange_date: self.heads.interchange_date,
            group_date: self.heads.group_date,
            first_segment: self.first_segment,
            segments: self.segments,
            content_hash: self.hash.finish(),
            problems: self.problems.finish(),
            totals,
        }
    }

    fn say(&mut self, code: &'static str, severity: Severity, message: impl Into<String>) {
        let segment = self.first_segment;
        self.problems.push(crate::domain::Problem { segment, ..general(code, severity, message) });
    }

    fn group_id(&mut self, kind: &Kind) {
        if let Some(wanted) = kind.group_id().filter(|w| w.as_bytes() != self.heads.group_id) {
            let found = crate::input::problems::shown(&self.heads.group_id);
            let message = format!("the group says {found} (GS01) where {wanted} belongs; ST01 decides");
            self.say("wrong-group-id", Severity::Warning, message);
        }
    }

    fn totals(&mut self, kind: &Kind) -> SetTotals {
        let (charge, claim_paid, plb) = (self.charge, self.claim_paid, self.plb);
        let mut sum = |cents: i128, what: &str| {
            let limit = i128::from(Money::LARGEST.cents()) * 1_000_000;
            if cents.abs() > limit {
                self.unreadable = true;
                self.say(
                    "bad-amount",
                    Severity::Hold,
                    format!("the sum of {what} is larger than any payment"),
                );
            }
            Money::from_cents(i64::try_from(cents.clamp(-limit, limit)).unwrap_or_default())
        };
        let charge = sum(charge, "all charges");
        let claim_paid = sum(claim_paid, "all claim payments");
        let plb = sum(plb, "all provider adjustments");
        let paid = self.paid.unwrap_or_default();
        let difference = paid - (claim_paid - plb);
        let totals =
            SetTotals { claims: self.claims, charge, claim_paid, paid, plb, balanced: difference.is_zero() };
        match kind {
            Kind::Remit835 => self.check_remit(&totals, difference),
            Kind::Claims837P | Kind::Claims837I if self.claims == 0 => {
                self.say("empty", Severity::Warning, "the transaction set holds no claim");
            }
            _ => {}
        }
        totals
    }

    fn check_remit(&mut self, totals: &SetTotals, difference: Money) {
        if self.payments + self.claims + self.adjustments == 0 {
            return self.say("empty", Severity::Warning, "the transaction set holds no payment");
        }
        for (count, name) in [(self.payments, "BPR"), (self.traces, "TRN")] {
            if count == 0 {
                self.say("missing-segment", Severity::Hold, format!("the remittance has no {name} segment"));
            }
        }
        if totals.balanced || self.unreadable {
            return;
        }
        let SetTotals { paid, claim_paid, plb, .. } = *totals;
        let by_plb = !plb.is_zero() && difference.abs() == plb.abs();
        let hint = if by_plb { "; it differs by the PLB total" } else { "" };
        let message = format!(
            "BPR02 is {paid} but claims ({claim_paid}) less provider adjustments ({plb}) make {}: \
             a difference of {difference}{hint}",
            claim_paid - plb
        );
        self.say("transaction-out-of-balance", Severity::Hold, message);
    }
}

/// What a reader of one set must know of the segments around it.
#[derive(Clone)]
pub struct SetHead {
    /// What it is, as far as its headers tell.
    pub guess: Guess,
    /// ST02.
    pub control: Text,
    /// GS04, else ISA09.
    pub date: Option<Date>,
}

impl SetHead {
    /// From an ST.
    pub fn new(st: &Segment<'_>, heads: &Heads) -> SetHead {
        SetHead {
            guess: Guess::new(st.element(1), &heads.version, st.element(3)),
            control: text(st.element(2)),
            date: heads.group_date.or(heads.interchange_date),
        }
    }
}
