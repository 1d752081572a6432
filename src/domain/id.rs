//! Identifiers. Numbers that the ledger gives are dense and never reused; texts are kept as the
//! files wrote them, trimmed of blanks only.

use std::fmt;

use super::Text;

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($of:ty)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $of);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

numbers! {
    /// A receivable: one claim with all its submissions.
    ClaimId(u64),
    /// One 835 transaction set: one payment.
    RemitId(u64),
    /// One CLP loop: one payer's answer about one claim.
    PaymentId(u64),
    /// A journal entry.
    EntryId(u64),
    /// An imported file.
    FileId(u64),
    /// A payer. Zero means that none is named.
    PayerId(u32),
    /// A provider-level adjustment (one PLB pair).
    PlbId(u64),
    /// A denial case.
    CaseId(u64),
    /// One thing that an acknowledgment says: of a claim, a batch, a set, a group or an interchange.
    AckId(u64),
    /// One 837 transaction set that was sent.
    SentId(u64),
    /// One movement of the bank.
    DepositId(u64),
    /// What movements of the bank belong to.
    SettlementId(u64),
}

impl PayerId {
    /// No payer.
    pub const NONE: PayerId = PayerId(0);
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Text);

        impl $name {
            /// Wraps a text, trimmed of blanks at both ends.
            #[must_use]
            pub fn new(text: &str) -> Self {
                Self(text.trim().into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether no text was given.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )+};
}

texts! {
    /// The office's own number for a claim: CLM01 on the 837, CLP01 on the 835.
    PatientControlNumber,
    /// The payer's number for a claim: CLP07 (ICN, DCN).
    PayerControlNumber,
}

impl PatientControlNumber {
    /// Whether the number says anything: payers send `0` or blanks when they have none
    /// (`docs/rules/posting-rules.md` section 3).
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.0.bytes().any(|b| b != b'0')
    }

    /// The form in which numbers are indexed: letters and digits only, upper case, no leading zeros,
    /// at most the characters that every payer must return. Two numbers that agree here may still differ.
    #[must_use]
    pub fn index_form(&self) -> Text {
        let mut form = [0; Self::RETURNED];
        let mut length = 0;
        for byte in self.0.bytes().filter(u8::is_ascii_alphanumeric) {
            if length == form.len() {
                break;
            }
            if length > 0 || byte != b'0' {
                form[length] = byte.to_ascii_uppercase();
                length += 1;
            }
        }
        match std::str::from_utf8(&form[..length]) {
            Ok(form) if length > 0 => form.into(),
            _ => self.0.trim_start_matches('0').chars().take(Self::RETURNED).collect(),
        }
    }

    /// So many characters every payer must return.
    const RETURNED: usize = 20;
}

/// A National Provider Identifier whose check digit is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Npi(u64);

impl Npi {
    /// Reads ten digits that begin with 1 or 2 and pass the Luhn test over `80840` + NPI
    /// (`docs/rules/x12-837.md` section 8).
    #[must_use]
    pub fn parse(text: &str) -> Option<Npi> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || !matches!(bytes[0], b'1' | b'2') || !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let luhn: u32 = bytes
            .iter()
            .enumerate()
            .map(|(place, byte)| {
                let digit = u32::from(byte - b'0');
                if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
            })
            .sum();
        // 24 is what the constant prefix 80840 adds.
        if (luhn + 24) % 10 != 0 {
            return None;
        }
        text.parse().ok().map(Npi)
    }
}

impl fmt::Display for Npi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npi_needs_its_check_digit() {
        assert!(Npi::parse("1234567893").is_some());
        for wrong in ["1234567890", "3234567893", "123456789", "12345678931", "123456789a", ""] {
            assert!(Npi::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn control_numbers_are_trimmed_but_not_changed() {
        let number = PatientControlNumber::new(" ab-00123 ");
        assert_eq!(number.as_str(), "ab-00123");
        assert_eq!(number.index_form(), "AB00123");
        assert_eq!(PatientControlNumber::new("000123").index_form(), "123");
        assert!(!PatientControlNumber::new("0").is_given());
        assert!(!PatientControlNumber::new("000").is_given());
        assert!(PatientControlNumber::new("0A").is_given());
    }
}
