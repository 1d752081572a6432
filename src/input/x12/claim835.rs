//! One CLP loop: what the payer answered about one claim, and whether the answer adds up.
//!
//! Whether it may post is decided elsewhere; here a claim that does not add up only gets a hold.

use std::io::Read;

use crate::domain::problem::Problem;
use crate::domain::remit::{Adjustment, ClaimPayment, LinePayment, PartyName, RemitPerson};
use crate::domain::{Code, GroupCode, Money, Npi, PatientControlNumber, PayerControlNumber};
use crate::input::problems::Problems;

use super::balance835;
use super::cutter::{CutError, Cutter};
use super::element::{Procedure, date, information, money, quantity, shared_text, text};
use super::segment::{Fields, Segment, tags};
use super::t835::ends_set;

/// A claim while its loop is read.
pub struct Builder {
    claim: Box<ClaimPayment>,
    problems: Problems,
    /// CLP03 and CLP04 are both blank.
    bare: bool,
    /// Whether an amount that the balances need could not be read.
    unreadable: bool,
    /// Whether NM1*QC was seen.
    patient: bool,
}

impl Builder {
    /// Begins with the CLP segment.
    pub fn new(clp: &Segment<'_>, pending: Vec<Problem>) -> Builder {
        let mut problems = Problems::default();
        pending.into_iter().for_each(|problem| problems.push(problem));
        let fields = clp.fields();
        let bare = fields.get(3).is_empty() && fields.get(4).is_empty();
        let mut unreadable = false;
        let mut amount = |n: usize, name: &str| {
            let amount = money(fields.get(n), name, clp, &mut problems);
            unreadable |= amount.is_none();
            amount.unwrap_or_default()
        };
        let (charge, paid) = if bare { Default::default() } else { (amount(3, "CLP03"), amount(4, "CLP04")) };
        if bare {
            let message = "the claim has no amounts; nothing can be posted for it";
            problems.hold("bare-claim", clp, message);
        }
        let share = fields.get(5);
        let patient_responsibility =
            if share.is_empty() { None } else { information(share, "CLP05", clp, &mut problems) };
        let mut claim = Box::<ClaimPayment>::default();
        claim.control_number = PatientControlNumber::new(&shared_text(fields.get(1)));
        claim.status = text(fields.get(2));
        claim.charge = charge;
        claim.paid = paid;
        claim.patient_responsibility = patient_responsibility;
        claim.filing = text(fields.get(6));
        claim.payer_number = PayerControlNumber::new(&shared_text(fields.get(7)));
        claim.facility = text(fields.get(8));
        claim.frequency = text(fields.get(9));
        claim.segment = clp.ordinal;
        Builder { claim, problems, bare, unreadable, patient: false }
    }

    /// Reads on to the end of the loop: the next claim, provider adjustment, party, or the end of the set.
    pub fn read<R: Read>(&mut self, cutter: &mut Cutter<R>, limit: usize) -> Result<(), CutError> {
        let mut count = 0;
        while let Some(segment) = cutter.next()? {
            if ends_set(&segment) || matches!(segment.tag, tags::CLP | tags::PLB | tags::N1) {
                cutter.unread();
                break;
            }
            count += 1;
            if count <= limit {
                self.take(&segment);
            } else if count == limit + 1 {
                self.unreadable = true;
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
        match segment.tag {
            tags::SVC => self.svc(segment),
            tags::CAS => self.cas(segment),
            tags::DTM => self.dtm(segment),
            tags::NM1 => self.nm1(segment),
            tags::REF => self.reference(segment),
            tags::AMT => self.amt(segment),
            tags::LQ => self.lq(segment),
            tags::MIA => self.remarks(segment, &[5, 20, 21, 22, 23]),
            tags::MOA => self.remarks(segment, &[3, 4, 5, 6, 7]),
            _ => {}
        }
    }

    fn svc(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        let problems = &mut self.problems;
        let code = Procedure::read(fields.get(1), "SVC01", segment, problems);
        let original = Procedure::read(fields.get(6), "SVC06", segment, problems);
        let charge = money(fields.get(2), "SVC02", segment, problems);
        // A payment of nothing is often left blank.
        let paid = match fields.get(3) {
            [] => Some(Money::ZERO),
            text => money(text, "SVC03", segment, problems),
        };
        self.unreadable |= charge.is_none() || paid.is_none();
        let units = quantity(fields.get(5), "SVC05", segment, problems);
        // Filled in where it stays: a line is large.
        let place = self.claim.lines.len();
        self.claim.lines.push(LinePayment::default());
        let line = &mut self.claim.lines[place];
        line.qualifier = code.qualifier;
        line.procedure = code.code;
        line.modifiers = code.modifiers;
        line.original_procedure = original.code;
        line.original_modifiers = original.modifiers;
        line.revenue_code = text(fields.get(4));
        line.charge = charge.unwrap_or_default();
        line.paid = paid.unwrap_or_default();
        line.units = units;
        line.segment = segment.ordinal;
    }

    /// Up to six reasons. A gap between them is not their end.
    fn cas(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        if fields.count > 20 {
            let message = "CAS has more than six reasons; what follows the sixth was not read";
            self.problems.hold("too-many-elements", segment, message);
        }
        let group = std::str::from_utf8(fields.get(1)).ok().and_then(GroupCode::parse);
        if group.is_none() {
            let message = "CAS01 is none of the groups CO, PR, OA, PI, CR";
            self.problems.warn("unknown-group", segment, message);
        }
        for at in (2..20).step_by(3) {
            if let Some((reason, amount)) = self.reason(&fields, at, segment) {
                let adjustment = Adjustment { group, reason, amount };
                match self.claim.lines.last_mut() {
                    Some(line) => line.adjustments.push(adjustment),
                    None => self.claim.adjustments.push(adjustment),
                }
            }
        }
    }

    fn reason(&mut self, fields: &Fields<'_>, at: usize, segment: &Segment<'_>) -> Option<(Code, Money)> {
        let (reason, amount) = (fields.get(at), fields.get(at + 1));
        if reason.is_empty() && amount.is_empty() {
            return None;
        }
        let name = format_args!("CAS{:02}", at + 1);
        let amount = money(amount, name, segment, &mut self.problems);
        self.unreadable |= amount.is_none();
        let reason = std::str::from_utf8(reason).ok().and_then(Code::parse).unwrap_or_else(|| {
            let message = format!("CAS{at:02} is not a reason code");
            self.problems.hold("unknown-reason", segment, message);
            Code::NONE
        });
        Some((reason, amount.unwrap_or_default()))
    }

    fn dtm(&mut self, segment: &Segment<'_>) {
        let qualifier = segment.element(1);
        let kinds: [&[u8]; 6] = [b"232", b"233", b"050", b"472", b"150", b"151"];
        if !kinds.contains(&qualifier) {
            return;
        }
        let date = date(segment.element(2), "DTM02", segment, &mut self.problems);
        let claim = &mut self.claim;
        let (from, to) = match claim.lines.last_mut() {
            Some(line) => (&mut line.from, &mut line.to),
            None => (&mut claim.service_from, &mut claim.service_to),
        };
        let keep = |place: &mut Option<_>| *place = place.or(date);
        match qualifier {
            b"232" => keep(&mut claim.service_from),
            b"233" => keep(&mut claim.service_to),
            b"050" => keep(&mut claim.received_on),
            b"472" => {
                keep(from);
                keep(to);
            }
            b"150" => keep(from),
            _ => keep(to),
        }
    }

    fn nm1(&mut self, segment: &Segment<'_>) {
        let fields = segment.fields();
        let person = || RemitPerson {
            last: text(fields.get(3)),
            first: text(fields.get(4)),
            member_id: text(fields.get(9)),
            other_kind: matches!(fields.get(8), b"34" | b"MR"),
        };
        match fields.get(1) {
            b"QC" if !self.patient => {
                self.patient = true;
                self.claim.patient = person();
            }
            b"QC" => {
                let message = "a second patient in one claim; the first is kept";
                self.problems.warn("repeated-segment", segment, message);
            }
            b"IL" if self.claim.insured.is_none() => self.claim.insured = Some(person()),
            b"74" if self.claim.corrected.is_none() => self.claim.corrected = Some(person()),
            b"TT" if self.claim.crossover.is_none() => {
                self.claim.crossover = Some(PartyName {
                    name: text(fields.get(3)),
                    qualifier: text(fields.get(8)),
                    ident: text(fields.get(9)),
                    references: Vec::new(),
                });
            }
            b"82" if self.claim.rendering_npi.is_empty() && fields.get(8) == b"XX" => {
                self.claim.rendering_npi = text(fields.get(9));
            }
            _ => {}
        }
    }

    fn reference(&mut self, segment: &Segment<'_>) {
        let value = || text(segment.element(2));
        match (segment.element(1), self.claim.lines.last_mut()) {
            (b"6R", Some(line)) if line.control_number.is_empty() => line.control_number = value(),
            (b"F8" | b"D9", None) => self.claim.other_numbers.push(value()),
            _ => {}
        }
    }

    fn amt(&mut self, segment: &Segment<'_>) {
        let kind = segment.element(1);
        let line = self.claim.lines.last().is_some();
        if !matches!((kind, line), (b"I" | b"D8", false) | (b"B6", true)) {
            return;
        }
        let Some(amount) = information(segment.element(2), "AMT02", segment, &mut self.problems) else {
            return;
        };
        match (kind, self.claim.lines.last_mut()) {
            (_, Some(line)) => line.allowed = line.allowed.or(Some(amount)),
            (b"I", None) => self.claim.interest += amount,
            _ => self.claim.discount += amount,
        }
    }

    fn lq(&mut self, segment: &Segment<'_>) {
        if let (b"HE", Some(line)) = (segment.element(1), self.claim.lines.last_mut()) {
            remark(&mut line.remarks, segment.element(2));
        }
    }

    fn remarks(&mut self, segment: &Segment<'_>, places: &[usize]) {
        let fields = segment.fields();
        places.iter().for_each(|at| remark(&mut self.claim.remarks, fields.get(*at)));
    }

    /// The claim, balanced and with what it lacks taken from its lines and from the payee in force.
    pub fn finish(mut self, in_force: &PartyName, other: Option<PartyName>) -> Box<ClaimPayment> {
        if !self.unreadable {
            balance835::check(&self.claim, self.bare, &mut self.problems);
        }
        let mut claim = self.claim;
        let dates = || claim.lines.iter().flat_map(|line| [line.from, line.to]).flatten();
        claim.service_from = claim.service_from.or_else(|| dates().min());
        claim.service_to = claim.service_to.or_else(|| dates().max()).or(claim.service_from);
        if claim.rendering_npi.is_empty()
            && in_force.qualifier == "XX"
            && Npi::parse(&in_force.ident).is_some()
        {
            claim.rendering_npi.clone_from(&in_force.ident);
        }
        claim.payee = other;
        claim.problems = self.problems.finish();
        claim
    }
}

/// Adds a remark code once.
fn remark(list: &mut Vec<Code>, bytes: &[u8]) {
    let code = std::str::from_utf8(bytes).ok().and_then(Code::parse);
    if let Some(code) = code.filter(|code| !list.contains(code)) {
        list.push(code);
    }
}
