//! The levels of an 837 above its claims: billing provider, subscriber, patient.
//!
//! Claims go to the wrong person when a level is not cleared in time, so only this file moves between levels.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::domain::claim::{Person, Provider};
use crate::domain::problem::Problem;
use crate::domain::{Severity, Text};
use crate::input::problems::{Problems, problem};

use super::element::{date, text};
use super::segment::{Segment, tags};

/// How many earlier levels of a kind can still be named as a parent.
const REMEMBERED: usize = 256;

/// A subscriber and the payer that the claims beneath it go to.
#[derive(Clone, Debug, Default)]
pub struct Subscriber {
    /// HL01.
    id: Vec<u8>,
    /// Who bills.
    pub billing: Arc<Provider>,
    /// SBR01, first character.
    pub sequence: u8,
    /// SBR02 is 18: the subscriber is the patient.
    pub is_self: bool,
    /// SBR03.
    pub group_number: Text,
    /// SBR09.
    pub filing: Text,
    /// NM1*IL and its DMG.
    pub person: Person,
    /// NM1*PR: name and number.
    pub payer: (Text, Text),
}

/// The level a segment stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Header,
    Provider,
    Subscriber,
    Patient,
}

/// The levels in force.
#[derive(Default)]
pub struct Levels {
    inside: Inside,
    billing: (Vec<u8>, Arc<Provider>),
    subscriber: Option<Subscriber>,
    patient: Option<Person>,
    /// Whether REF segments belong to the billing provider.
    in_billing: bool,
    billings: VecDeque<(Vec<u8>, Arc<Provider>)>,
    subscribers: VecDeque<Subscriber>,
    /// What is wrong with the levels of the next claims.
    problems: Vec<Problem>,
    /// How many of them are not of the patient's level.
    above_patient: usize,
}

impl Levels {
    /// Takes a segment that stands above any claim.
    pub fn step(&mut self, segment: &Segment<'_>) {
        match segment.tag {
            tags::HL => self.hl(segment),
            tags::NM1 => self.nm1(segment),
            tags::SBR if self.inside == Inside::Subscriber => self.sbr(segment),
            tags::REF if self.in_billing => {
                let provider = Arc::make_mut(&mut self.billing.1);
                if matches!(segment.element(1), b"EI" | b"SY" | b"TJ") && provider.tax_id.is_empty() {
                    provider.tax_id = text(segment.element(2));
                }
            }
            tags::DMG => {
                let mut found = Problems::default();
                let born = date(segment.element(2), "DMG02", segment, &mut found);
                self.remember(found);
                match (self.inside, &mut self.subscriber, &mut self.patient) {
                    (Inside::Patient, _, Some(person)) => person.born = born,
                    (Inside::Subscriber, Some(subscriber), _) => subscriber.person.born = born,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The subscriber, the patient and the problems for a claim that begins here.
    pub fn of_claim(&mut self, clm: &Segment<'_>) -> (Subscriber, Person, Vec<Problem>) {
        let mut problems = self.problems.clone();
        let mut say = |message: &str| {
            problems.push(problem("bad-hierarchy", Severity::Warning, clm, message.to_owned()));
        };
        let subscriber = match &self.subscriber {
            Some(subscriber) => subscriber.clone(),
            None => {
                say("the claim stands beneath no subscriber (HL level 22)");
                Subscriber { billing: self.billing.1.clone(), ..Subscriber::default() }
            }
        };
        let patient = match &self.patient {
            Some(patient) => patient.clone(),
            None => {
                if !subscriber.is_self && self.subscriber.is_some() {
                    say(
                        "SBR02 does not say that the subscriber is the patient, but there is no patient level",
                    );
                }
                subscriber.person.clone()
            }
        };
        (subscriber, patient, problems)
    }

    fn hl(&mut self, segment: &Segment<'_>) {
        let (id, parent, level) = (segment.element(1).to_vec(), segment.element(2), segment.element(3));
        match (level, self.inside) {
            (b"23", Inside::Patient) => self.problems.truncate(self.above_patient),
            (b"23", _) => self.above_patient = self.problems.len(),
            _ => self.problems.clear(),
        }
        self.in_billing = false;
        match level {
            b"20" => {
                self.leave_subscriber();
                self.patient = None;
                let before = std::mem::replace(&mut self.billing, (id, Arc::default()));
                keep(&mut self.billings, before);
                self.inside = Inside::Provider;
            }
            b"22" => {
                self.leave_subscriber();
                self.patient = None;
                self.find_billing(parent, segment);
                let billing = self.billing.1.clone();
                self.subscriber = Some(Subscriber { id, billing, sequence: b'U', ..Subscriber::default() });
                self.inside = Inside::Subscriber;
            }
            b"23" => {
                self.find_subscriber(parent, segment);
                self.patient = Some(Person::default());
                self.inside = Inside::Patient;
            }
            _ => {
                self.inside = Inside::Header;
                self.wrong("HL03 is none of the levels 20, 22, 23; what stands in it is left out", segment);
            }
        }
    }

    fn leave_subscriber(&mut self) {
        if let Some(before) = self.subscriber.take() {
            keep(&mut self.subscribers, before);
        }
    }

    /// Numbers can repeat: the level in force comes first, then the latest.
    fn find_billing(&mut self, parent: &[u8], segment: &Segment<'_>) {
        if self.billing.0 == parent {
            return;
        }
        match self.billings.iter().rev().find(|(id, _)| id == parent) {
            Some(found) => {
                let before = std::mem::replace(&mut self.billing, found.clone());
                keep(&mut self.billings, before);
            }
            None => self.wrong("HL02 names no provider level; the one before it is taken", segment),
        }
    }

    fn find_subscriber(&mut self, parent: &[u8], segment: &Segment<'_>) {
        if self.subscriber.as_ref().is_some_and(|subscriber| subscriber.id == parent) {
            return;
        }
        match self.subscribers.iter().rposition(|subscriber| subscriber.id == parent) {
            Some(at) => {
                let found = self.subscribers.remove(at);
                self.leave_subscriber();
                self.subscriber = found;
            }
            None => self.wrong("HL02 names no subscriber level; the one before it is taken", segment),
        }
    }

    fn wrong(&mut self, message: &str, segment: &Segment<'_>) {
        self.problems.push(problem("bad-hierarchy", Severity::Warning, segment, message.to_owned()));
    }

    fn remember(&mut self, found: Problems) {
        // One level has few segments that can be wrong; a file of nothing else must not fill the memory.
        if self.problems.len() < 20 {
            self.problems.extend(found.finish());
        }
    }

    fn nm1(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        let (kind, qualifier, ident) = (fields.get(1), fields.get(8), fields.get(9));
        let person = || Person { last: text(fields.get(3)), first: text(fields.get(4)), ..Person::default() };
        self.in_billing = false;
        match (self.inside, kind, &mut self.subscriber, &mut self.patient) {
            (Inside::Provider, b"85", ..) => {
                self.in_billing = true;
                self.billing.1 = Arc::new(provider(segment));
            }
            (Inside::Subscriber, b"IL", Some(subscriber), _) => {
                let born = subscriber.person.born;
                subscriber.person = Person { member_id: text(ident), born, ..person() };
            }
            (Inside::Subscriber, b"PR", Some(subscriber), _) => {
                subscriber.payer = (text(fields.get(3)), text(ident));
            }
            (Inside::Patient, b"QC", _, Some(patient)) => {
                let member_id = if qualifier.is_empty() { Text::default() } else { text(ident) };
                *patient = Person { member_id, born: patient.born, ..person() };
            }
            _ => {}
        }
    }

    fn sbr(&mut self, segment: &Segment<'_>) {
        if let Some(subscriber) = &mut self.subscriber {
            let fields = segment.fields();
            subscriber.sequence = fields.get(1).first().copied().unwrap_or(b'U');
            subscriber.is_self = fields.get(2) == b"18";
            subscriber.group_number = text(fields.get(3));
            subscriber.filing = text(fields.get(9));
        }
    }
}

/// Adds to a list of limited length.
fn keep<T>(list: &mut VecDeque<T>, item: T) {
    if list.len() == REMEMBERED {
        list.pop_front();
    }
    list.push_back(item);
}

/// A provider from its NM1.
pub fn provider(segment: &Segment<'_>) -> Provider {
    let fields = segment.fields();
    let (mut name, first) = (text(fields.get(3)), text(fields.get(4)));
    if !first.is_empty() {
        name.push_str(", ");
        name.push_str(&first);
    }
    let ident = text(fields.get(9));
    match fields.get(8) {
        b"XX" => Provider { npi: ident, tax_id: Text::default(), name },
        // Older files identify by the tax number itself.
        b"24" | b"34" => Provider { npi: Text::default(), tax_id: ident, name },
        _ => Provider { name, ..Provider::default() },
    }
}
