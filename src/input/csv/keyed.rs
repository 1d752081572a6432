//! A payment that a person keys from paper, as the table of one check.

use crate::domain::entry::Reason;
use crate::domain::remit::Adjustment;
use crate::domain::{Code, Date, Money};
use crate::input::{InputError, Source};

use super::fields::Field;

/// So many reasons a table has for one claim.
pub const MOST_REASONS: usize = 6;

/// What stands on paper of one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedPayment {
    /// The payer's name.
    pub payer: String,
    /// Its identifier, where the name does not lead to it.
    pub payer_id: String,
    /// The check or EFT number.
    pub check: String,
    /// The day of the check.
    pub on: Date,
    /// What the check is over.
    pub amount: Money,
    /// How it was paid, in the words of a table.
    pub method: String,
    /// What it says of each claim.
    pub claims: Vec<KeyedClaim>,
    /// What it says of no claim: interest, money taken back.
    pub items: Vec<KeyedItem>,
}

/// What a payment says of no claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedItem {
    /// The provider-level code, such as `L6`.
    pub code: Code,
    /// What it belongs to, in the payer's words.
    pub reference: String,
    /// Positive lowers the payment.
    pub amount: Money,
}

/// What it says of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedClaim {
    /// The claim's number.
    pub number: String,
    /// The number that the payer gave it, where the paper has it.
    pub payer_number: String,
    /// The first day of service, where it is said.
    pub service: Option<Date>,
    /// What was billed.
    pub charge: Money,
    /// What is paid.
    pub paid: Money,
    /// Everything else that becomes of the charge.
    pub adjustments: Vec<Adjustment>,
}

/// Two sums that must be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The claim, or nothing for the check as a whole.
    pub claim: Option<String>,
    /// What the parts add up to.
    pub parts: Money,
    /// What they must add up to.
    pub whole: Money,
}

impl KeyedClaim {
    /// What is paid and adjusted.
    #[must_use]
    pub fn parts(&self) -> Money {
        self.paid + self.adjustments.iter().map(|adjustment| adjustment.amount).sum()
    }
}

impl KeyedPayment {
    /// What does not add up: claims whose parts are not their charge, and a check that is not what its claims are paid.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let claims = self.claims.iter().map(|claim| Difference {
            claim: Some(claim.number.clone()),
            parts: claim.parts(),
            whole: claim.charge,
        });
        let claimed: Money = self.claims.iter().map(|claim| claim.paid).sum();
        let paid = claimed - self.items.iter().map(|item| item.amount).sum();
        let check = Difference { claim: None, parts: paid, whole: self.amount };
        claims.chain([check]).filter(|one| one.parts != one.whole).collect()
    }

    /// What each row says of the check.
    fn of_check(&self) -> Vec<String> {
        vec![
            self.payer.clone(),
            self.payer_id.clone(),
            self.check.clone(),
            self.on.to_string(),
            self.amount.to_string(),
            self.method.clone(),
        ]
    }

    /// The payment as a table to import. Keyed again it is the same table.
    ///
    /// # Errors
    /// A claim has more reasons than a table.
    pub fn table(&self) -> Result<Source, InputError> {
        let name = format!("keyed by hand: {}", self.check);
        let fixed = [
            Field::Payer,
            Field::PayerId,
            Field::CheckNumber,
            Field::CheckDate,
            Field::CheckAmount,
            Field::Method,
            Field::ControlNumber,
            Field::PayerNumber,
            Field::ServiceFrom,
            Field::Charge,
            Field::Paid,
        ];
        let numbered = (1..=MOST_REASONS)
            .flat_map(|number| [Field::AdjCode, Field::AdjAmount].map(|field| format!("{field}_{number}")));
        let mut header: Vec<String> = fixed.iter().map(|field| field.to_string()).chain(numbered).collect();
        let claims = header.len();
        if !self.items.is_empty() {
            header.extend(
                [Field::PlbCode, Field::PlbReference, Field::PlbAmount].map(|field| field.to_string()),
            );
        }
        let width = header.len();
        let mut table = csv::Writer::from_writer(Vec::new());
        let mut rows = vec![header];
        for claim in &self.claims {
            let mut row = self.of_check();
            row.extend([
                claim.number.clone(),
                claim.payer_number.clone(),
                claim.service.map(|day| day.to_string()).unwrap_or_default(),
                claim.charge.to_string(),
                claim.paid.to_string(),
            ]);
            for adjustment in claim.adjustments.iter().take(MOST_REASONS) {
                let reason = Reason { group: adjustment.group, code: adjustment.reason };
                row.extend([reason.to_string(), adjustment.amount.to_string()]);
            }
            row.resize(width, String::new());
            rows.push(row);
        }
        for item in &self.items {
            let mut row = self.of_check();
            row.resize(claims, String::new());
            row.extend([item.code.to_string(), item.reference.clone(), item.amount.to_string()]);
            rows.push(row);
        }
        let broken = |error: csv::Error| InputError::unreadable(&name, error.into());
        rows.iter().try_for_each(|row| table.write_record(row)).map_err(broken)?;
        let bytes = table.into_inner().map_err(|error| InputError::unreadable(&name, error.into_error()))?;
        Ok(Source::memory(&name, &bytes))
    }
}
