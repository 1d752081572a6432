//! What a template may say of a practice, a payer and its denied claims. Texts are as they will stand in the letter.

use crate::domain::{Date, Money};

/// Everything about one letter.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The practice's name.
    pub practice: String,
    /// Its NPIs.
    pub npis: Vec<String>,
    /// Its tax ids.
    pub tax_ids: Vec<String>,
    /// Its address, line by line.
    pub practice_address: Vec<String>,
    /// The payer's name.
    pub payer: String,
    /// The identifier that 837s give it.
    pub payer_id: String,
    /// Where its appeals go, line by line.
    pub payer_address: Vec<String>,
    /// The day of the letter.
    pub today: Option<Date>,
    /// Who writes.
    pub user: String,
    /// The level of appeal, from 1.
    pub level: u8,
    /// Whose denials it is about; all of one payer.
    pub claims: Vec<Claim>,
}

/// One claim.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// The office's number of it.
    pub number: String,
    /// The payer's number of it.
    pub payer_number: String,
    /// Who was treated.
    pub patient: String,
    /// The member number under the payer.
    pub member_id: String,
    /// When the patient was born.
    pub born: Option<Date>,
    /// Who rendered the service.
    pub provider: String,
    /// And the NPI.
    pub npi: String,
    /// First day of service.
    pub from: Option<Date>,
    /// Last day of service.
    pub to: Option<Date>,
    /// When it was first billed.
    pub billed_on: Option<Date>,
    /// What was billed.
    pub charge: Money,
    /// What payers paid.
    pub paid: Money,
    /// The number of the authorization, where one was billed.
    pub authorization: String,
    /// Diagnosis codes.
    pub diagnoses: Vec<String>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What was refused.
    pub denials: Vec<Denial>,
    /// What shows that it was sent, and when.
    pub proofs: Vec<Proof>,
}

/// One service.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its number.
    pub number: u16,
    /// What was done, with modifiers.
    pub procedure: String,
    /// When.
    pub on: Option<Date>,
    /// How often.
    pub units: String,
    /// What was billed.
    pub charge: Money,
    /// What is denied of it.
    pub denied: Money,
}

/// One denial case.
#[derive(Clone, Debug, Default)]
pub struct Denial {
    /// Its number in the ledger.
    pub case: u64,
    /// Group and reason code.
    pub reason: String,
    /// What it means, in our words.
    pub meaning: String,
    /// Remark codes, each with its meaning where one is known.
    pub remarks: Vec<(String, String)>,
    /// What was denied.
    pub denied: Money,
    /// What is still denied.
    pub open: Money,
    /// When it was last denied.
    pub on: Option<Date>,
    /// The last day for this appeal, by a confirmed rule.
    pub due: Option<Date>,
    /// The rule, or why there is no day.
    pub rule: String,
    /// The level that is next, or with the payer: from 1.
    pub level: u8,
    /// Earlier appeals.
    pub appeals: Vec<Appeal>,
}

/// An appeal that was sent before.
#[derive(Clone, Debug, Default)]
pub struct Appeal {
    /// Its level, from 1.
    pub level: u8,
    /// When it was sent.
    pub on: Option<Date>,
    /// How: fax, portal, mail...
    pub method: String,
    /// What proves it.
    pub proof: String,
    /// When the payer decided it.
    pub decided: Option<Date>,
    /// How, where a letter said it; empty where the payer denied again.
    pub outcome: &'static str,
}

/// One thing that shows when a claim was sent or received.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// The day.
    pub on: Option<Date>,
    /// What: `sent`, `999 accepted`, `277CA accepted`...
    pub what: String,
    /// By whom, and under which number.
    pub who: String,
}

impl Facts {
    /// What is still denied in all claims.
    #[must_use]
    pub fn open(&self) -> Money {
        self.claims.iter().flat_map(|claim| &claim.denials).map(|denial| denial.open).sum()
    }

    /// Masks everything that names a patient.
    pub fn redact(&mut self) {
        for claim in &mut self.claims {
            for text in [&mut claim.patient, &mut claim.member_id] {
                "***".clone_into(text);
            }
            claim.born = None;
        }
    }
}

/// Made-up facts with something in every place, to try a template on.
#[must_use]
pub fn sample() -> Facts {
    let day = Date::from_ymd(2026, 3, 2);
    let cents = Money::from_cents;
    let claim = Claim {
        number: "A100".to_owned(),
        payer_number: "ICN1".to_owned(),
        patient: "Sample, Sam".to_owned(),
        member_id: "M1".to_owned(),
        born: day,
        provider: "Provider, Pat".to_owned(),
        npi: "1234567893".to_owned(),
        from: day,
        to: day,
        billed_on: day,
        charge: cents(20_000),
        paid: cents(5_000),
        authorization: "AUTH1".to_owned(),
        diagnoses: vec!["J069".to_owned()],
        lines: vec![Line {
            number: 1,
            procedure: "99213 25".to_owned(),
            on: day,
            units: "1".to_owned(),
            charge: cents(20_000),
            denied: cents(15_000),
        }],
        denials: vec![Denial {
            case: 1,
            reason: "CO-50".to_owned(),
            meaning: "Not seen as medically needed".to_owned(),
            remarks: vec![("N115".to_owned(), "Decided by a local policy".to_owned())],
            denied: cents(15_000),
            open: cents(15_000),
            on: day,
            due: day,
            rule: "appeal-1: 120 days from the denial".to_owned(),
            level: 2,
            appeals: vec![Appeal {
                level: 1,
                on: day,
                method: "fax".to_owned(),
                proof: "77".to_owned(),
                decided: day,
                outcome: "",
            }],
        }],
        proofs: vec![Proof {
            on: day,
            what: "277CA accepted".to_owned(),
            who: "Clearing, number 1".to_owned(),
        }],
    };
    Facts {
        practice: "Sample Practice".to_owned(),
        npis: vec!["1234567893".to_owned()],
        tax_ids: vec!["311234567".to_owned()],
        practice_address: vec!["1 Sample Street".to_owned(), "Town OH 43004".to_owned()],
        payer: "Sample Payer".to_owned(),
        payer_id: "P1".to_owned(),
        payer_address: vec!["PO Box 1".to_owned()],
        today: day,
        user: "kim".to_owned(),
        level: 1,
        claims: vec![claim],
    }
}
