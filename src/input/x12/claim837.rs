//! One CLM loop of an 837, down to its lines and the other payers it names.
//!
//! Levels above the claim are in `level837`, rules that a claim should keep in `checks837`.

use std::io::Read;

use crate::domain::claim::{Claim, ClaimPayer, CodedEntry, Frequency, ServiceLine};
use crate::domain::{
    Date, FacilityKind, Few, Money, PatientControlNumber, PayerControlNumber, Quantity, Text,
};
use crate::input::problems::Problems;

use super::checks837;
use super::cutter::{CutError, Cutter};
use super::element::{Composite, Procedure, information, money, period, quantity, shared_text, text};
use super::level837::{Subscriber, provider};
use super::segment::{Segment, tags};
use super::t835::ends_set;
use super::t837::{Claims, Head, SubmittedClaim};

/// Where in a claim a segment stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Loop 2300.
    Claim,
    /// Loops 2310: a provider of the claim.
    Provider,
    /// Loops 2320 and 2330: another payer.
    OtherPayer,
    /// Loops 2400 to 2430.
    Line,
}

/// A claim while its loops are read.
pub struct Builder {
    claim: Claim,
    kind: Option<FacilityKind>,
    place: Place,
    others: Vec<ClaimPayer>,
    /// LX01 of the line that begins.
    line_number: Option<u16>,
    statement: Option<(Date, Date)>,
    claim_dates: Option<(Date, Date)>,
    subscriber: Subscriber,
    notes: checks837::Notes,
    problems: Problems,
}

impl Builder {
    /// Begins with the CLM segment.
    pub fn new(clm: &Segment<'_>, set: &mut Claims) -> Builder {
        let (subscriber, patient, found) = set.levels.of_claim(clm);
        let mut problems = Problems::default();
        found.into_iter().for_each(|problem| problems.push(problem));
        let fields = clm.fields();
        let control_number = PatientControlNumber::new(&shared_text(fields.get(1)));
        if control_number.is_empty() {
            problems.hold(
                "missing-control-number",
                clm,
                "CLM01 is blank; answers could not be matched to the claim",
            );
        }
        let charge = money(fields.get(2), "CLM02", clm, &mut problems);
        let facility = Composite::new(fields.get(5), clm);
        facility.check("CLM05", clm, &mut problems);
        let frequency = facility.get(3).first().copied();
        if facility.get(3).len() != 1 {
            let message =
                "CLM05-3 is not one character; its first is taken, and an original where it is blank";
            problems.warn("bad-frequency", clm, message);
        }
        let notes = checks837::Notes::new(charge.is_none(), facility.get(1).len(), facility.get(3).len());
        let by_facility = match facility.get(2) {
            b"A" => Some(FacilityKind::Institutional),
            b"B" => Some(FacilityKind::Professional),
            _ => None,
        };
        let claim = Claim {
            kind: set.kind.or(by_facility).unwrap_or(FacilityKind::Professional),
            control_number,
            charge: charge.unwrap_or_default(),
            facility: text(facility.get(1)),
            frequency: frequency.map_or(Frequency::ORIGINAL, Frequency),
            billed_on: Date::from_number(1),
            batch: set.head.batch.clone(),
            billing: subscriber.billing.as_ref().clone(),
            rendering: None,
            subscriber: subscriber.person.clone(),
            patient,
            payers: Vec::new(),
            billed_payer: 0,
            diagnoses: Vec::new(),
            service_from: None,
            service_to: None,
            admitted: None,
            original_reference: PayerControlNumber::default(),
            clearinghouse_number: Text::default(),
            prior_authorization: Text::default(),
            medical_record: Text::default(),
            patient_paid: Money::ZERO,
            lines: Vec::new(),
            segment: clm.ordinal,
        };
        Builder {
            claim,
            kind: set.kind,
            place: Place::Claim,
            others: Vec::new(),
            line_number: None,
            statement: None,
            claim_dates: None,
            subscriber,
            notes,
            problems,
        }
    }

    /// Reads on to the end of the loop: the next claim or level, or the end of the set.
    pub fn read<R: Read>(&mut self, cutter: &mut Cutter<R>, limit: usize) -> Result<(), CutError> {
        let mut count = 0;
        while let Some(segment) = cutter.next()? {
            if ends_set(&segment) || matches!(segment.tag, tags::CLM | tags::HL) {
                cutter.unread();
                break;
            }
            count += 1;
            if count <= limit {
                self.take(&segment);
            } else if count == limit + 1 {
                self.notes.unreadable = true;
                self.problems.hold(
                    "claim-too-long",
                    &segment,
                    format!("the claim has more than {limit} segments"),
                );
            }
        }
        Ok(())
    }

    fn take(&mut self, segment: &Segment<'_>) {
        match (segment.tag, self.place) {
            (tags::LX, _) => {
                self.place = Place::Line;
                self.line_number = std::str::from_utf8(segment.element(1)).ok().and_then(|n| n.parse().ok());
            }
            (tags::SV1, _) => self.sv1(segment),
            (tags::SV2, _) => self.sv2(segment),
            (tags::SBR, Place::Claim | Place::Provider | Place::OtherPayer) => self.other_payer(segment),
            (tags::NM1, _) => self.nm1(segment),
            (tags::REF, _) => self.reference(segment),
            (tags::DTP, _) => self.dtp(segment),
            (tags::AMT, _) => self.amt(segment),
            (tags::HI, Place::Claim) => self.hi(segment),
            (tags::LIN, Place::Line) => self.notes.drug(self.claim.lines.len()),
            _ => {}
        }
    }

    fn sv1(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        let composite = Composite::new(fields.get(7), segment);
        let pointers = composite.parts().filter(|p| !p.is_empty()).map(pointer).collect();
        let place = text(fields.get(5));
        let place = if place == self.claim.facility { Text::default() } else { place };
        self.kind = self.kind.or(Some(FacilityKind::Professional));
        self.line(segment, [1, 2, 3, 4], ["SV101", "SV102", "SV104"], |line| {
            line.place_of_service = place;
            line.pointers = pointers;
        });
    }

    fn sv2(&mut self, segment: &Segment<'_>) {
        let revenue_code = text(segment.element(1));
        self.kind = self.kind.or(Some(FacilityKind::Institutional));
        self.line(segment, [2, 3, 4, 5], ["SV202", "SV203", "SV205"], |line| {
            line.revenue_code = revenue_code
        });
    }

    /// A line from the places of its procedure, charge, unit and count.
    fn line(
        &mut self,
        segment: &Segment<'_>,
        [procedure, charge, unit, units]: [usize; 4],
        [procedure_name, charge_name, units_name]: [&str; 3],
        rest: impl FnOnce(&mut ServiceLine),
    ) {
        let fields = segment.fields();
        let problems = &mut self.problems;
        let code = Procedure::read(fields.get(procedure), procedure_name, segment, problems);
        let amount = match fields.get(charge) {
            [] => {
                problems.warn(
                    "bad-amount",
                    segment,
                    format!("{charge_name} is blank; it is taken for nothing"),
                );
                Some(Money::ZERO)
            }
            amount => money(amount, charge_name, segment, problems),
        };
        self.notes.unreadable |= amount.is_none();
        let count = quantity(fields.get(units), units_name, segment, problems);
        self.place = Place::Line;
        let place = u16::try_from(self.claim.lines.len() + 1).unwrap_or(u16::MAX);
        let mut line = ServiceLine {
            number: self.line_number.take().unwrap_or(place),
            control_number: Text::default(),
            qualifier: code.qualifier,
            procedure: code.code,
            modifiers: code.modifiers,
            revenue_code: Text::default(),
            charge: amount.unwrap_or_default(),
            units: count.unwrap_or(Quantity::ONE),
            place_of_service: Text::default(),
            pointers: Few::new(),
            from: None,
            to: None,
        };
        rest(&mut line);
        self.claim.lines.push(line);
        self.notes.units(self.claim.lines.len(), fields.get(unit) == b"UN");
    }

    fn other_payer(&mut self, segment: &Segment<'_>) {
        self.place = Place::OtherPayer;
        let fields = segment.fields();
        self.others.push(ClaimPayer {
            sequence: fields.get(1).first().copied().unwrap_or(b'U'),
            filing: text(fields.get(9)),
            group_number: text(fields.get(3)),
            ..ClaimPayer::default()
        });
    }

    fn nm1(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        match (self.place, fields.get(1), self.others.last_mut()) {
            (Place::OtherPayer, b"IL", Some(payer)) => payer.member_id = text(fields.get(9)),
            (Place::OtherPayer, b"PR", Some(payer)) => {
                payer.name = text(fields.get(3));
                payer.ident = text(fields.get(9));
            }
            (Place::Claim | Place::Provider, kind, _) => {
                self.place = Place::Provider;
                if kind == b"82" && self.claim.rendering.is_none() {
                    self.claim.rendering = Some(provider(segment));
                }
            }
            _ => {}
        }
    }

    fn reference(&mut self, segment: &Segment<'_>) {
        let value = || text(segment.element(2));
        let claim = &mut self.claim;
        match (self.place, segment.element(1)) {
            (Place::Claim, b"F8") => {
                claim.original_reference = PayerControlNumber::new(&shared_text(segment.element(2)))
            }
            (Place::Claim, b"D9") => claim.clearinghouse_number = value(),
            (Place::Claim, b"G1") => claim.prior_authorization = value(),
            (Place::Claim, b"EA") => claim.medical_record = value(),
            (Place::Line, b"6R") => {
                if let Some(line) = claim.lines.last_mut().filter(|line| line.control_number.is_empty()) {
                    line.control_number = value();
                }
            }
            _ => {}
        }
    }

    fn dtp(&mut self, segment: &Segment<'_>) {
        match (self.place, segment.element(1)) {
            (Place::Claim, b"434") => self.statement = period(segment, &mut self.problems),
            (Place::Claim, b"472") => self.claim_dates = period(segment, &mut self.problems),
            (Place::Claim, b"435") => self.claim.admitted = period(segment, &mut self.problems).map(|p| p.0),
            (Place::Line, b"472") => {
                let days = period(segment, &mut self.problems);
                if let Some(line) = self.claim.lines.last_mut().filter(|line| line.from.is_none()) {
                    (line.from, line.to) = days.map_or((None, None), |(from, to)| (Some(from), Some(to)));
                }
            }
            _ => {}
        }
    }

    fn amt(&mut self, segment: &Segment<'_>) {
        let kind = segment.element(1);
        if !matches!((self.place, kind), (Place::Claim, b"F5") | (Place::OtherPayer, b"D")) {
            return;
        }
        let amount = information(segment.element(2), "AMT02", segment, &mut self.problems);
        match self.others.last_mut() {
            Some(payer) if self.place == Place::OtherPayer => payer.prior_paid = amount.or(payer.prior_paid),
            _ => self.claim.patient_paid = amount.unwrap_or(self.claim.patient_paid),
        }
    }

    fn hi(&mut self, segment: &Segment<'_>) {
        for element in segment.fields_after_id() {
            let composite = Composite::new(element, segment);
            let code = text(composite.get(2));
            if !code.is_empty() {
                let qualifier = text(composite.get(1));
                self.claim.diagnoses.push(CodedEntry { qualifier, code: code.replace('.', "").into() });
            }
        }
    }

    /// The claim, with what its set and levels say, and checked.
    pub fn finish(mut self, head: &Head) -> SubmittedClaim {
        self.claim.kind = self.kind.unwrap_or(self.claim.kind);
        self.payers();
        self.dates();
        let service = self.claim.service_to.or(self.claim.service_from);
        match head.billed_on.or(head.group_date).or(service) {
            Some(date) => self.claim.billed_on = date,
            None => {
                let message = "neither the batch (BHT04) nor its envelope nor the claim has a date";
                self.notes.hold("bad-date", message);
            }
        }
        checks837::check(&self.claim, self.statement, &self.notes, &mut self.problems);
        SubmittedClaim {
            claim: Box::new(self.claim),
            encounter: head.encounter,
            subrogation: head.subrogation,
            brought: None,
            problems: self.problems.finish(),
        }
    }

    fn payers(&mut self) {
        let subscriber = &self.subscriber;
        let billed = ClaimPayer {
            sequence: subscriber.sequence,
            name: subscriber.payer.0.clone(),
            ident: subscriber.payer.1.clone(),
            filing: subscriber.filing.clone(),
            member_id: subscriber.person.member_id.clone(),
            group_number: subscriber.group_number.clone(),
            prior_paid: None,
        };
        let mut payers: Vec<(bool, ClaimPayer)> = vec![(true, billed)];
        payers.extend(std::mem::take(&mut self.others).into_iter().map(|payer| (false, payer)));
        payers.sort_by_key(|(_, payer)| payer.rank());
        self.claim.billed_payer = payers.iter().position(|(billed, _)| *billed).unwrap_or_default();
        self.claim.payers = payers.into_iter().map(|(_, payer)| payer).collect();
    }

    /// Lines tell the days of a professional claim, the statement period those of an institutional one.
    fn dates(&mut self) {
        let claim = &mut self.claim;
        let days = || claim.lines.iter().flat_map(|line| [line.from, line.to]).flatten();
        let lines = days().min().zip(days().max());
        let found = match claim.kind {
            FacilityKind::Professional => lines.or(self.statement),
            FacilityKind::Institutional => self.statement.or(lines),
        };
        let found = found.or(self.claim_dates).or(claim.admitted.map(|day| (day, day)));
        (claim.service_from, claim.service_to) = found.unzip();
    }
}

/// A pointer to a diagnosis. Zero, which points nowhere, for what is no number.
fn pointer(bytes: &[u8]) -> u8 {
    std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}
