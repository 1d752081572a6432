//! Rules that a claim should keep before a payer sees it. A broken rule is said; it does not stop the import.
//!
//! Amounts that cannot be read and missing numbers are held where they are read, in `t837`.

use crate::domain::claim::{Claim, CodedEntry, Frequency, Provider, ServiceLine};
use crate::domain::problem::{Problem, Severity};
use crate::domain::{Date, FacilityKind, Few, Money, Npi, Text};
use crate::input::problems::Problems;

/// Places of service in use, in order.
const PLACES: [&str; 52] = [
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17",
    "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "31", "32", "33", "34", "41", "42", "49",
    "50", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "65", "66", "71", "72", "81",
    "99",
];

/// What was seen while the claim was read and is not kept in it.
#[derive(Default)]
pub struct Notes {
    /// Whether an amount could not be read: then sums say nothing.
    pub unreadable: bool,
    /// Characters of CLM05-1.
    facility_length: usize,
    /// Characters of CLM05-3.
    frequency_length: usize,
    /// Lines counted in units, from 1, in order.
    counted: Few<usize, 8>,
    /// Lines with a drug, from 1, in order.
    drugs: Few<usize, 1>,
    holds: Vec<(&'static str, &'static str)>,
}

impl Notes {
    /// What the CLM segment tells.
    pub fn new(unreadable: bool, facility_length: usize, frequency_length: usize) -> Notes {
        Notes { unreadable, facility_length, frequency_length, ..Notes::default() }
    }

    /// Notes whether a line is counted in units.
    pub fn units(&mut self, line: usize, counted: bool) {
        if counted {
            self.counted.push(line);
        }
    }

    /// Notes that a line names a drug.
    pub fn drug(&mut self, line: usize) {
        if self.drugs.last() != Some(&line) {
            self.drugs.push(line);
        }
    }

    /// Notes a reason to hold the claim.
    pub fn hold(&mut self, code: &'static str, message: &'static str) {
        self.holds.push((code, message));
    }
}

/// Says which rules a claim breaks.
pub fn check(claim: &Claim, statement: Option<(Date, Date)>, notes: &Notes, problems: &mut Problems) {
    let mut checks = Checks { claim, problems };
    for (code, message) in &notes.holds {
        checks.push(code, Severity::Hold, (*message).to_owned());
    }
    checks.sums(notes);
    checks.numbers();
    checks.facility(notes);
    checks.diagnoses();
    for (place, line) in claim.lines.iter().enumerate() {
        checks.line(place + 1, line, notes);
    }
    checks.dates(statement);
}

struct Checks<'a> {
    claim: &'a Claim,
    problems: &'a mut Problems,
}

impl Checks<'_> {
    fn push(&mut self, code: &'static str, severity: Severity, message: String) {
        let segment = self.claim.segment;
        self.problems.push(Problem { code, severity, segment, text: String::new(), message });
    }

    fn say(&mut self, code: &'static str, message: impl Into<String>) {
        self.push(code, Severity::Warning, message.into());
    }

    fn sums(&mut self, notes: &Notes) {
        let lines: Money = self.claim.lines.iter().map(|line| line.charge).sum();
        let charge = self.claim.charge;
        if !notes.unreadable && lines != charge {
            let message =
                format!("the claim charges {charge}, its lines {lines}: a difference of {}", charge - lines);
            self.say("lines-differ-from-claim", message);
        }
        if charge.is_negative() || self.claim.lines.iter().any(|line| line.charge.is_negative()) {
            self.say("negative-amount", "a charge is below zero; replace or void the claim instead");
        }
    }

    fn numbers(&mut self) {
        let claim = self.claim;
        if claim.control_number.as_str().chars().count() > 20 {
            self.say("long-control-number", "CLM01 has more than 20 characters; payers may cut it");
        }
        let reference = !claim.original_reference.is_empty();
        if claim.frequency.amends() && !reference {
            let message = "a replacement or void needs the payer's number of the original (REF*F8)";
            self.say("missing-original-reference", message);
        }
        if claim.frequency == Frequency::ORIGINAL && reference {
            self.say("unexpected-original-reference", "an original claim names an earlier one (REF*F8)");
        }
        self.npi(&claim.billing, "billing");
        if let Some(rendering) = &claim.rendering {
            self.npi(rendering, "rendering");
        }
    }

    fn npi(&mut self, provider: &Provider, whose: &str) {
        if !provider.npi.is_empty() && Npi::parse(&provider.npi).is_none() {
            let message =
                format!("the {whose} provider's NPI is not valid: ten digits and a right check digit");
            self.say("bad-npi", message);
        }
    }

    fn facility(&mut self, notes: &Notes) {
        let claim = self.claim;
        match claim.kind {
            FacilityKind::Institutional => {
                if notes.facility_length != 2 || notes.frequency_length != 1 {
                    self.say("bad-bill-type", "the type of bill (CLM05) must be two characters and one");
                }
            }
            FacilityKind::Professional => {
                self.place(&claim.facility);
                if matches!(claim.facility.as_str(), "21" | "51" | "61") && claim.admitted.is_none() {
                    self.say("missing-admission-date", "inpatient places of service need DTP*435");
                }
            }
        }
    }

    fn place(&mut self, place: &str) {
        if PLACES.binary_search(&place).is_err() {
            self.say("bad-place-of-service", "a place of service is not in the list");
        }
    }

    fn diagnoses(&mut self) {
        for CodedEntry { qualifier, code } in &self.claim.diagnoses {
            match qualifier.as_str() {
                "ABK" | "ABF" | "ABJ" | "APR" | "ABN" => {
                    if !is_icd10(code) {
                        self.say("bad-diagnosis", "a diagnosis does not have the form of an ICD-10 code");
                    } else if qualifier == "ABK" && code.starts_with(['V', 'W', 'X', 'Y']) {
                        let message = "an external cause (V to Y) cannot be the principal diagnosis";
                        self.say("external-cause-principal", message);
                    }
                }
                "BBR" | "BBQ" => {
                    let form = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase() && !b"IO".contains(&b);
                    if code.len() != 7 || !code.bytes().all(form) {
                        self.say("bad-procedure", "a procedure does not have the form of an ICD-10-PCS code");
                    }
                }
                _ => {}
            }
        }
    }

    fn line(&mut self, place: usize, line: &ServiceLine, notes: &Notes) {
        let wrong_code = match line.qualifier.as_str() {
            "HC" => !is_hcpcs(&line.procedure),
            "HP" => line.procedure.len() != 5 || !line.procedure.bytes().all(|b| b.is_ascii_alphanumeric()),
            _ => false,
        };
        if wrong_code {
            self.say(
                "bad-procedure",
                format!("line {place}: the procedure does not have the form of its code set"),
            );
        }
        let two = |m: &Text| m.len() == 2 && m.bytes().all(|b| b.is_ascii_alphanumeric());
        let twice = |(at, modifier)| line.modifiers[..at].contains(modifier);
        if !line.modifiers.iter().all(two) || line.modifiers.iter().enumerate().any(twice) {
            self.say("bad-modifier", format!("line {place}: modifiers are two characters each, none twice"));
        }
        if !line.place_of_service.is_empty() {
            self.place(&line.place_of_service);
        }
        if self.claim.kind == FacilityKind::Institutional {
            let code = &line.revenue_code;
            if code.len() != 4 || !code.bytes().all(|b| b.is_ascii_digit()) || code == "0001" {
                self.say(
                    "bad-revenue-code",
                    format!("line {place}: a revenue code is four digits, and not 0001"),
                );
            }
        }
        self.units(place, line, notes);
        let diagnoses = self.claim.diagnoses.iter().filter(|d| is_pointed_at(&d.qualifier)).count();
        if line.pointers.iter().any(|p| *p == 0 || usize::from(*p) > diagnoses) {
            self.say("bad-pointer", format!("line {place}: a pointer names no diagnosis of the claim"));
        }
    }

    fn units(&mut self, place: usize, line: &ServiceLine, notes: &Notes) {
        let units = line.units.thousandths();
        if units < 0 {
            self.say("negative-amount", format!("line {place}: units are below zero"));
        } else if units == 0 {
            self.say("bad-units", format!("line {place}: units are zero"));
        }
        // Drugs are counted in fractions; anesthesia codes begin with 0.
        let fractions = notes.drugs.binary_search(&place).is_ok() || line.procedure.starts_with(['J', '0']);
        if units % 1000 != 0 && notes.counted.binary_search(&place).is_ok() && !fractions {
            self.say("bad-units", format!("line {place}: units are not a whole number"));
        }
    }

    fn dates(&mut self, statement: Option<(Date, Date)>) {
        let claim = self.claim;
        let mut lines = claim.lines.iter().filter_map(|line| line.from.zip(line.to));
        let mut periods = lines.clone().chain(statement);
        if periods.any(|(from, to)| to < from) {
            self.say("bad-service-date", "a period ends before it begins");
        }
        if claim.service_to.is_some_and(|to| to > claim.billed_on) {
            self.say("future-service-date", "the service is later than the bill");
        }
        if claim.patient.born.zip(claim.service_from).is_some_and(|(born, from)| from < born) {
            self.say("bad-service-date", "the service is earlier than the patient's birth");
        }
        let institutional = claim.kind == FacilityKind::Institutional;
        if let Some((from, to)) = statement.filter(|_| institutional)
            && lines.any(|(first, last)| first < from || last > to)
        {
            self.say("bad-service-date", "a line lies outside the statement period (DTP*434)");
        }
    }
}

/// Whether lines can point at a code.
fn is_pointed_at(qualifier: &str) -> bool {
    matches!(qualifier, "ABK" | "ABF" | "BK" | "BF")
}

/// A letter, two letters or digits, up to four more.
fn is_icd10(code: &str) -> bool {
    let bytes = code.as_bytes();
    let form = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    (3..=7).contains(&bytes.len()) && bytes[0].is_ascii_uppercase() && bytes.iter().all(form)
}

/// Five digits; four and a letter of the few that end a code; or a letter and four digits.
fn is_hcpcs(code: &str) -> bool {
    let &[first, b, c, d, last] = code.as_bytes() else { return false };
    [b, c, d].iter().all(u8::is_ascii_digit)
        && (first.is_ascii_digit() && (last.is_ascii_digit() || b"AFMTU".contains(&last))
            || matches!(first, b'A'..=b'V') && last.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_by_their_form() {
        for code in ["QA00101", "C4A0", "U071", "Z00", "E1165"] {
            assert!(is_icd10(code), "{code}");
        }
        for code in ["", "Z0", "1234", "Z0012345", "z00", "Z00-"] {
            assert!(!is_icd10(code), "{code}");
        }
        for code in ["99213", "0001A", "G0438", "J1885", "1234F"] {
            assert!(is_hcpcs(code), "{code}");
        }
        for code in ["9921", "W1234", "99213X", "ABCDE", "9921B"] {
            assert!(!is_hcpcs(code), "{code}");
        }
    }
}
