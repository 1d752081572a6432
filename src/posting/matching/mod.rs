//! Which claim a payer's answer is about: one comparison of the two, field by field, and what of it proves a match.
//! `docs/rules/posting-rules.md` section 3, `docs/rules/edge-cases.md` 3.1 to 3.4.
//!
//! Pure: the candidates are looked up by whoever calls. Every candidate is tested, a single one too: what contradicts
//! refuses, what is missing is neutral. A match is proved or it waits.

mod people;
#[cfg(test)]
mod tests;

use super::hold::Hold;
use super::lines::{UNKNOWN_LINES, match_lines};
use super::reversal::is_reversal;
use crate::domain::book::ClaimRecord;
use crate::domain::claim::{Claim, ServiceLine};
use crate::domain::remit::{ClaimPayment, LinePayment};
use crate::domain::{ClaimId, Code, Date, Few, Money};

/// What one field says. The better one is the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both sides say the same.
    Agrees,
    /// One side says nothing, or nothing that can be compared.
    Unknown,
    /// The sides contradict each other.
    Differs,
}

impl Verdict {
    fn of(agrees: bool) -> Verdict {
        if agrees { Verdict::Agrees } else { Verdict::Differs }
    }
}

/// An answer and a claim, field by field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Name and member number.
    pub patient: Verdict,
    /// Service days: they overlap or they do not.
    pub date: Verdict,
    /// The charge that is answered.
    pub charge: Verdict,
    /// The services: never proof, but what agrees in more goes first.
    pub lines: Verdict,
}

impl Comparison {
    /// Compares an answer with a claim, all of its submissions.
    #[must_use]
    pub fn of(payment: &ClaimPayment, record: &ClaimRecord) -> Comparison {
        Comparison {
            patient: people::compare(payment, &record.claim),
            date: dates(payment, record),
            charge: charge(payment, record),
            lines: services(&record.claim.lines, &payment.lines),
        }
    }

    /// Every field with its stable word.
    #[must_use]
    pub const fn fields(&self) -> [(&'static str, Verdict); 4] {
        [("patient", self.patient), ("date", self.date), ("charge", self.charge), ("lines", self.lines)]
    }

    /// How many fields agree.
    #[must_use]
    pub fn agreeing(&self) -> usize {
        self.fields().iter().filter(|(_, verdict)| *verdict == Verdict::Agrees).count()
    }

    /// How many fields do not agree.
    fn disagreement(&self) -> usize {
        self.fields().len() - self.agreeing()
    }

    /// The first that contradicts of patient, date and charge: condition 7 of section 10.
    #[must_use]
    pub fn contradiction(&self) -> Option<Hold> {
        match Verdict::Differs {
            differs if self.patient == differs => Some(Hold::PatientDiffers),
            differs if self.date == differs => Some(Hold::DateDiffers),
            differs if self.charge == differs => Some(Hold::ChargeDiffers),
            _ => None,
        }
    }

    /// Patient, date and charge all agree.
    #[must_use]
    pub fn agrees_in_all(&self) -> bool {
        [self.patient, self.date, self.charge] == [Verdict::Agrees; 3]
    }
}

/// Days from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    from: Date,
    to: Date,
}

impl Span {
    /// The span, unless no day is given or none such can be: years that no claim is of, an end before the beginning.
    #[must_use]
    pub fn new(from: Option<Date>, to: Option<Date>) -> Option<Span> {
        let from = from.or(to)?;
        let to = to.unwrap_or(from);
        let real = (1990..=2100).contains(&from.year()) && from <= to;
        real.then_some(Span { from, to })
    }

    /// Whether a day is of both.
    #[must_use]
    pub fn overlaps(self, other: Span) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

/// Compares days with those of any submission of a claim.
#[must_use]
pub fn days(said: impl IntoIterator<Item = Span>, record: &ClaimRecord) -> Verdict {
    let claim = &record.claim;
    let latest = Span::new(claim.service_from, claim.service_to);
    let earlier = record.versions.iter().map(|v| Span::new(v.service_from, v.service_to));
    let known: Few<Span, 2> = std::iter::once(latest).chain(earlier).flatten().collect();
    let mut said = said.into_iter().peekable();
    if known.is_empty() || said.peek().is_none() {
        return Verdict::Unknown;
    }
    Verdict::of(said.any(|said| known.iter().any(|known| known.overlaps(said))))
}

fn dates(payment: &ClaimPayment, record: &ClaimRecord) -> Verdict {
    let whole = Span::new(payment.service_from, payment.service_to);
    let lines = payment.lines.iter().map(|line| Span::new(line.from, line.to));
    days(std::iter::once(whole).chain(lines).flatten(), record)
}

/// Compares an amount with the charges of all submissions of a claim.
#[must_use]
pub fn charged(amount: Money, record: &ClaimRecord) -> Verdict {
    Verdict::of(record.versions.iter().any(|version| version.charge == amount))
}

/// A reversal negates the charge. A payer may answer some lines of a claim, which it then names.
fn charge(payment: &ClaimPayment, record: &ClaimRecord) -> Verdict {
    let said = payment.charge.abs();
    if charged(said, record) == Verdict::Agrees {
        return Verdict::Agrees;
    }
    Verdict::of(named(&record.claim.lines, &payment.lines) == Some(said))
}

/// What was charged for the lines of the claim that an answer names, where it names no other.
fn named(claim: &[ServiceLine], answered: &[LinePayment]) -> Option<Money> {
    let mut numbers = match_lines(claim, answered);
    if numbers.is_empty() || numbers.iter().any(|number| *number >= UNKNOWN_LINES) {
        return None;
    }
    numbers.sort_unstable();
    numbers.dedup();
    let lines = claim.iter().filter(|line| numbers.contains(&line.number));
    Some(lines.map(|line| line.charge).sum())
}

/// Whether a charge that differs may be a part of the claim's all the same, so that the claim's own story decides: the
/// payer says that it split the claim, or it names none of the claim's services, or a part of one (denied units, say).
fn may_be_part(payment: &ClaimPayment, record: &ClaimRecord) -> bool {
    const CLAIM_WAS_SPLIT: Code = Code::known("MA15");
    let said = payment.charge.abs();
    let loops: Money = payment.lines.iter().map(|line| line.charge.abs()).sum();
    record.versions.iter().any(|version| said < version.charge)
        && (payment.remarks.contains(&CLAIM_WAS_SPLIT)
            || named(&record.claim.lines, &payment.lines).is_none_or(|whole| said < whole && said == loops))
}

fn services(claim: &[ServiceLine], answered: &[LinePayment]) -> Verdict {
    let known = |code: &str| claim.iter().any(|line| line.procedure == code || line.revenue_code == code);
    let codes = answered.iter().flat_map(|line| {
        [line.procedure.as_str(), line.original_procedure.as_str(), line.revenue_code.as_str()]
    });
    let mut codes = codes.filter(|code| !code.is_empty()).peekable();
    if claim.is_empty() || codes.peek().is_none() {
        return Verdict::Unknown;
    }
    Verdict::of(codes.any(known))
}

/// How a claim came to be a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// It bears exactly the number of CLP01.
    Exact,
    /// Its number is CLP01 with other case, zeros, padding, a cut or a suffix; or it stands in CLP07.
    Altered,
    /// Only the payer's number points to it.
    Payers,
}

/// A claim that might be meant.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The claim.
    pub record: &'a ClaimRecord,
    /// How its own number fits.
    pub number: Number,
    /// Whether an earlier remittance or acknowledgment gave it this payer's number (CLP07).
    pub knows_payer_number: bool,
}

/// The result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Proved, by the step named.
    Proved(ClaimId, &'static str),
    /// Not proved.
    Waits(Hold, String),
}

/// The step of a match that rests on a number that the payer gave to the claim before.
const BY_PAYER_NUMBER: &str = "payer-number";
/// The same where several claims bear the number of CLP01.
const AND_PAYER_NUMBER: &str = "control-number-and-payer-number";
/// The step of a match by a number that is not exactly the claim's.
const ALTERED: &str = "control-number-altered";

/// Whether a match rests on what other remittances and acknowledgments said, and not on the claim and the answer alone.
/// Such a match makes no number known: otherwise the order of files would decide.
#[must_use]
pub fn rests_on_payer_number(step: &str) -> bool {
    matches!(step, BY_PAYER_NUMBER | AND_PAYER_NUMBER)
}

/// The step of a match that the claims and the answer alone did not prove, by the step that they would have taken.
#[must_use]
pub fn resting_on_payer_number(step: &'static str) -> &'static str {
    if step == BY_PAYER_NUMBER { step } else { AND_PAYER_NUMBER }
}

/// Whether a match by this step can be overthrown only by another claim of the same number.
#[must_use]
pub fn rests_on_number(step: &str) -> bool {
    step != ALTERED && !rests_on_payer_number(step)
}

/// What of patient, date and charge contradicts: nobody may overlook it.
#[must_use]
pub fn contradictions(payment: &ClaimPayment, record: &ClaimRecord) -> Few<Hold, 3> {
    let is = Comparison::of(payment, record);
    let fields =
        [(is.patient, Hold::PatientDiffers), (is.date, Hold::DateDiffers), (is.charge, Hold::ChargeDiffers)];
    fields.into_iter().filter(|(verdict, _)| *verdict == Verdict::Differs).map(|(_, hold)| hold).collect()
}

/// A contradiction in words: what either side says, without anybody's name.
#[must_use]
pub fn in_words(hold: Hold, payment: &ClaimPayment, claim: &Claim) -> String {
    let span = |from: Option<Date>, to: Option<Date>| match (from, to) {
        (Some(from), Some(to)) if from != to => format!("{from} to {to}"),
        (from, to) => from.or(to).map_or("no day".to_owned(), |day| day.to_string()),
    };
    match hold {
        Hold::DateDiffers => format!(
            "the payer answers services of {}, the claim's are of {}",
            span(payment.service_from, payment.service_to),
            span(claim.service_from, claim.service_to)
        ),
        Hold::ChargeDiffers => {
            format!("the payer answers a charge of {}, the claim's is {}", payment.charge, claim.charge)
        }
        _ => "name and member number are another patient's".to_owned(),
    }
}

struct Compared<'a> {
    candidate: Candidate<'a>,
    is: Comparison,
    /// What contradicts, but for a charge that may be a part of the claim's.
    against: Option<Hold>,
}

/// Chooses among the candidates. Those that contradict drop out, those that agree in more go first; one that is left is
/// proved if its number is exact, or the payer's and patient or charge agree, or altered and everything agrees.
#[must_use]
pub fn find(payment: &ClaimPayment, candidates: &[Candidate<'_>]) -> Match {
    let compared: Few<Compared<'_>, 1> = candidates
        .iter()
        .map(|candidate| {
            let is = Comparison::of(payment, candidate.record);
            let part = is.contradiction() == Some(Hold::ChargeDiffers)
                && candidate.number == Number::Exact
                && may_be_part(payment, candidate.record);
            // It takes back what this very claim was answered under this very number, however that came here.
            let takes_back =
                candidate.number == Number::Exact && candidate.knows_payer_number && is_reversal(payment);
            let against = is.contradiction().filter(|_| !part && !takes_back);
            Compared { candidate: *candidate, is, against }
        })
        .collect();
    let fits =
        |number: Number| compared.iter().filter(move |c| c.against.is_none() && c.candidate.number == number);
    let exact: Few<&Compared<'_>, 2> = fits(Number::Exact).collect();
    if !exact.is_empty() {
        return settle(payment, exact);
    }
    let by_payer: Few<&Compared<'_>, 2> = compared
        .iter()
        .filter(|c| c.against.is_none() && c.candidate.knows_payer_number)
        .filter(|c| [c.is.patient, c.is.charge].contains(&Verdict::Agrees))
        .collect();
    match by_payer[..] {
        [] => {}
        [one] => return Match::Proved(one.candidate.record.id, BY_PAYER_NUMBER),
        _ => {
            return match most_alike(&by_payer)[..] {
                [one] => Match::Proved(one.candidate.record.id, BY_PAYER_NUMBER),
                _ => ambiguous(payment, by_payer.len()),
            };
        }
    }
    // Payers cut, pad and upper-case numbers. Such a number proves nothing by itself.
    let altered: Few<&Compared<'_>, 2> = fits(Number::Altered).filter(|c| c.is.agrees_in_all()).collect();
    match altered[..] {
        [one] => Match::Proved(one.candidate.record.id, ALTERED),
        [] => waits(payment, &compared),
        _ => ambiguous(payment, altered.len()),
    }
}

/// Those that agree in the most.
fn most_alike<'c, 'a>(left: &[&'c Compared<'a>]) -> Few<&'c Compared<'a>, 2> {
    let most = left.iter().map(|c| c.is.agreeing()).max();
    left.iter().copied().filter(|c| Some(c.is.agreeing()) == most).collect()
}

/// One claim that bears the number, or the one of several that agrees in more or has the payer's number.
fn settle(payment: &ClaimPayment, all: Few<&Compared<'_>, 2>) -> Match {
    if let [one] = all[..] {
        return Match::Proved(one.candidate.record.id, "control-number");
    }
    // A whole charge before one that may be a part of the claim's.
    let whole: Few<&Compared<'_>, 2> =
        all.iter().copied().filter(|c| c.is.charge != Verdict::Differs).collect();
    let left = most_alike(if whole.is_empty() { &all } else { &whole });
    if let [one] = left[..] {
        let tells = |of: fn(&Comparison) -> Verdict| {
            of(&one.is) == Verdict::Agrees && all.iter().any(|c| of(&c.is) != Verdict::Agrees)
        };
        let step = match () {
            () if tells(|is| is.patient) => "control-number-and-patient",
            () if tells(|is| is.date) => "control-number-and-date",
            () if tells(|is| is.charge) => "control-number-and-charge",
            () => "control-number-and-lines",
        };
        return Match::Proved(one.candidate.record.id, step);
    }
    let known: Few<&&Compared<'_>, 2> = left.iter().filter(|c| c.candidate.knows_payer_number).collect();
    match known[..] {
        [one] => Match::Proved(one.candidate.record.id, AND_PAYER_NUMBER),
        _ => ambiguous(payment, left.len()),
    }
}

fn ambiguous(payment: &ClaimPayment, count: usize) -> Match {
    let number = payment.control_number.as_str();
    Match::Waits(Hold::AmbiguousMatch, format!("{count} claims could be meant by the number {number:?}"))
}

/// Why nothing is proved: what contradicts the claim that bears the number, or that no claim does.
fn waits(payment: &ClaimPayment, compared: &[Compared<'_>]) -> Match {
    let number = payment.control_number.as_str();
    let pointed = compared
        .iter()
        .filter(|c| c.candidate.number == Number::Exact || c.candidate.knows_payer_number)
        .filter_map(|c| c.against.map(|hold| (c, hold)));
    // Of several alike the words decide, so that the order of the candidates does not.
    let nearest = pointed
        .map(|(c, hold)| {
            (c.candidate.number != Number::Exact, c.is.disagreement(), hold, what_differs(payment, c, hold))
        })
        .min();
    match nearest {
        Some((.., hold, message)) => Match::Waits(hold, message),
        None => Match::Waits(Hold::NoMatch, format!("no claim has the number {number:?}")),
    }
}

fn what_differs(payment: &ClaimPayment, one: &Compared<'_>, hold: Hold) -> String {
    let which = match one.candidate.number {
        Number::Exact => "the claim with this number is not meant",
        Number::Altered | Number::Payers => "the claim that the payer's number names is not meant",
    };
    format!("{which}: {}", in_words(hold, payment, &one.candidate.record.claim))
}
