//! The 835 item by item: header, claims, provider-level adjustments, in the order of the file.
//!
//! The inside of a claim loop is in `claim835`; totals of the set are in `set`.

use std::collections::VecDeque;
use std::io::Read;

use crate::domain::problem::{Problem, Severity};
use crate::domain::remit::{PartyName, ProviderAdjustment, RemitHeader};
use crate::domain::{Date, Money, Text, card};
use crate::input::problems::{Problems, problem};
use crate::input::reader::RemitItem;

use super::claim835;
use super::cutter::{CutError, Cutter};
use super::element::{Composite, date, text};
use super::segment::{Segment, tags};

/// Whether a segment ends the set it stands after.
pub fn ends_set(segment: &Segment<'_>) -> bool {
    use tags::{GE, GS, IEA, SE, ST};
    segment.isa.is_some() || matches!(segment.tag, SE | ST | GE | GS | IEA)
}

/// A reader of one 835 set.
pub struct Remit {
    control: Text,
    begun: bool,
    header_payee: PartyName,
    /// N1*PE in force, when it came after the header.
    payee: Option<PartyName>,
    /// Whether REF segments belong to the payee named last.
    in_payee: bool,
    /// Said about the next claim.
    pending: Vec<Problem>,
    waiting: VecDeque<ProviderAdjustment>,
}

impl Remit {
    /// A set whose ST was just read.
    pub fn new(control: &str) -> Remit {
        Remit {
            control: control.into(),
            begun: false,
            header_payee: PartyName::default(),
            payee: None,
            in_payee: false,
            pending: Vec::new(),
            waiting: VecDeque::new(),
        }
    }

    /// The next item; nothing at the end of the set.
    pub fn next<R: Read>(
        &mut self,
        cutter: &mut Cutter<R>,
        limit: usize,
    ) -> Result<Option<RemitItem>, CutError> {
        if !self.begun {
            self.begun = true;
            return self.header(cutter).map(|header| Some(RemitItem::Header(Box::new(header))));
        }
        if let Some(adjustment) = self.waiting.pop_front() {
            return Ok(Some(RemitItem::Plb(adjustment)));
        }
        while let Some(segment) = cutter.next()? {
            if ends_set(&segment) {
                cutter.unread();
                break;
            }
            match segment.tag {
                tags::CLP => {
                    let mut builder = claim835::Builder::new(&segment, std::mem::take(&mut self.pending));
                    builder.read(cutter, limit)?;
                    let in_force = self.payee.as_ref().unwrap_or(&self.header_payee);
                    let other = self.payee.clone().filter(|payee| *payee != self.header_payee);
                    return Ok(Some(RemitItem::Claim(builder.finish(in_force, other))));
                }
                tags::PLB => {
                    self.waiting = adjustments(&segment);
                    if let Some(adjustment) = self.waiting.pop_front() {
                        return Ok(Some(RemitItem::Plb(adjustment)));
                    }
                }
                tags::N1 => self.party_again(&segment),
                tags::REF => {
                    if let Some(payee) = self.payee.as_mut().filter(|_| self.in_payee) {
                        reference(payee, &segment);
                    }
                }
                tags::LX => self.in_payee = false,
                // TS2, TS3 and what has no claim: the survey has spoken of the latter.
                _ => {}
            }
        }
        Ok(None)
    }

    /// N1 after the header: files that were joined from several have it.
    fn party_again(&mut self, segment: &Segment<'_>) {
        self.in_payee = segment.element(1) == b"PE";
        let whom = match segment.element(1) {
            b"PE" => {
                self.payee = Some(party(segment));
                "payee"
            }
            b"PR" => "payer",
            _ => return,
        };
        let message = format!("a {whom} is named again after claims; the payment's header keeps its own");
        self.pending.push(problem("party-changed", Severity::Warning, segment, message));
    }

    fn header<R: Read>(&mut self, cutter: &mut Cutter<R>) -> Result<RemitHeader, CutError> {
        let mut header = RemitHeader { control: std::mem::take(&mut self.control), ..RemitHeader::default() };
        let mut payments = 0;
        let mut in_payee = None;
        while let Some(segment) = cutter.next()? {
            match segment.tag {
                tags::LX | tags::TS3 | tags::TS2 | tags::CLP | tags::PLB => {
                    cutter.unread();
                    break;
                }
                _ if ends_set(&segment) => {
                    cutter.unread();
                    break;
                }
                tags::BPR if payments == 0 => {
                    payments = 1;
                    bpr(&mut header, &segment);
                }
                tags::TRN if header.trace.is_empty() => {
                    header.trace = text(segment.element(2));
                    if !matches!(header.method.as_str(), "ACH" | "FWT") {
                        header.trace = card::masked(&header.trace).as_ref().into();
                    }
                    header.payer_trace_id = text(segment.element(3));
                }
                tags::CUR => header.currency = text(segment.element(2)),
                tags::DTM if segment.element(1) == b"405" => {
                    header.produced_on = quiet_date(segment.element(2))
                }
                tags::N1 => {
                    in_payee = match segment.element(1) {
                        b"PR" => Some(false),
                        b"PE" => Some(true),
                        _ => None,
                    };
                    match in_payee {
                        Some(false) => header.payer = party(&segment),
                        Some(true) => header.payee = party(&segment),
                        None => {}
                    }
                }
                tags::REF => match in_payee {
                    Some(false) => reference(&mut header.payer, &segment),
                    Some(true) => reference(&mut header.payee, &segment),
                    None => {}
                },
                _ => {}
            }
        }
        self.header_payee = header.payee.clone();
        Ok(header)
    }
}

fn bpr(header: &mut RemitHeader, segment: &Segment<'_>) {
    let fields = segment.fields();
    // An amount that cannot be read holds the whole set; the survey says so.
    let amount = Money::parse(fields.get(2)).unwrap_or_default();
    header.handling = text(fields.get(1));
    header.debit = fields.get(3) == b"D";
    header.paid = if header.debit { -amount } else { amount };
    header.method = text(fields.get(4));
    header.paid_on = quiet_date(fields.get(16));
}

/// A date of the header. What is wrong with it is said by the survey, or not worth saying.
fn quiet_date(bytes: &[u8]) -> Option<Date> {
    Date::parse_ccyymmdd(bytes).or_else(|| Date::parse_yymmdd(bytes))
}

fn party(segment: &Segment<'_>) -> PartyName {
    PartyName {
        name: text(segment.element(2)),
        qualifier: text(segment.element(3)),
        ident: text(segment.element(4)),
        references: Vec::new(),
    }
}

/// The identities of a payer or payee; what else REF says of a remittance does not identify one.
fn reference(party: &mut PartyName, segment: &Segment<'_>) {
    let qualifier = segment.element(1);
    let known: [&[u8]; 8] = [b"2U", b"EO", b"HI", b"NF", b"TJ", b"PQ", b"0B", b"D3"];
    // A set names few; a file that names thousands must not fill the memory.
    if known.contains(&qualifier) && party.references.len() < 50 {
        party.references.push((text(qualifier), text(segment.element(2))));
    }
}

/// The pairs of a PLB. Amounts that cannot be read hold the whole set; the survey says so.
fn adjustments(segment: &Segment<'_>) -> VecDeque<ProviderAdjustment> {
    let fields = segment.fields();
    let fiscal_period_end = date(fields.get(2), "PLB02", segment, &mut Problems::default());
    let pair = |at: usize| {
        let (reason, amount) = (fields.get(at), fields.get(at + 1));
        if reason.is_empty() && amount.is_empty() {
            return None;
        }
        let composite = Composite::new(reason, segment);
        let reference = match composite.get(1).len() {
            0 => reason,
            // All that follows the code, even where it holds separators of its own.
            code => reason.get(code + 1..).unwrap_or_default(),
        };
        Some(ProviderAdjustment {
            provider: text(fields.get(1)),
            fiscal_period_end,
            reason: text(composite.get(1)),
            reference: text(reference),
            amount: Money::parse(amount).unwrap_or_default(),
            segment: segment.ordinal,
        })
    };
    (3..15).step_by(2).filter_map(pair).collect()
}
