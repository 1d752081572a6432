//! Claims and denial cases in short: what a report over all of them asks of each, and nothing else; and apart from it what
//! claims are called, for reports with a row for each.
//!
//! Derived from claims, their states and their cases; the store keeps it apart so that a report need not read those.

use super::book::{ClaimRecord, ClaimState, Holding, PaymentStatus};
use super::case::{DenialCase, DeniedLine};
use super::claim::{Person, Provider, ServiceLine};
use super::entry::Reason;
use super::{CaseId, ClaimId, Code, Date, Few, Money, PayerId, PaymentId, RemitId};

/// Tells names apart without keeping them: 64 bits drawn from the texts that make somebody one and the same in a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey(pub u64);

impl NameKey {
    /// A provider is a name and an NPI.
    #[must_use]
    pub fn of_provider(provider: &Provider) -> NameKey {
        NameKey::of(&[&provider.npi, &provider.name])
    }

    /// A patient is a name and the number of the member who insures them.
    #[must_use]
    pub fn of_patient(patient: &Person, subscriber: &Person) -> NameKey {
        NameKey::of(&[&subscriber.member_id, &patient.last, &patient.first])
    }

    /// FNV-1a, stirred once more because its high bits change little. It is kept on disk: another function would be
    /// another shape of the ledger.
    fn of(texts: &[&str]) -> NameKey {
        let mut key = 0xcbf2_9ce4_8422_2325_u64;
        // No text holds the byte 0xff, so that nothing can move from one to the next.
        for byte in texts.iter().flat_map(|text| text.bytes().chain([0xff])) {
            key = (key ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        key = (key ^ (key >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        NameKey(key ^ (key >> 33))
    }
}

/// A claim in short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClaimBrief<'a> {
    /// The claim.
    pub id: ClaimId,
    /// Who rendered the service; the billing provider where nobody else is named.
    pub provider: NameKey,
    /// Who was treated.
    pub patient: NameKey,
    /// Where it stands.
    pub standing: StandingBrief<'a>,
}

/// Where a claim stands, in short. See [`ClaimState`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StandingBrief<'a> {
    /// The payer that the claim was first billed to.
    pub billed_payer: PayerId,
    /// First service day.
    pub service_from: Option<Date>,
    /// When it was first billed.
    pub billed_on: Option<Date>,
    /// When the balance came to whoever owes it now.
    pub responsible_since: Option<Date>,
    /// Latest accounting date of any entry of the claim.
    pub last_posted_on: Option<Date>,
    /// Gross charges.
    pub charge: Money,
    /// Paid by payers and the patient.
    pub paid: Money,
    /// Adjusted and written off.
    pub adjusted: Money,
    /// Whether any payer's answer is attached to it.
    pub answered: bool,
    /// What stands in each bucket, by payer.
    pub holdings: &'a [Holding],
}

impl<'a> From<&'a ClaimState> for StandingBrief<'a> {
    fn from(state: &'a ClaimState) -> StandingBrief<'a> {
        StandingBrief {
            billed_payer: state.billed_payer,
            service_from: state.service_from,
            billed_on: state.billed_on,
            responsible_since: state.responsible_since,
            last_posted_on: state.last_posted_on,
            charge: state.charge,
            paid: state.paid_insurance + state.paid_patient,
            adjusted: state.adjusted + state.written_off,
            answered: state.last_payment.is_some(),
            holdings: &state.holdings,
        }
    }
}

impl<'a> ClaimBrief<'a> {
    /// Whose claim it is; of where it stands, nothing is known.
    #[must_use]
    pub fn of(record: &ClaimRecord) -> ClaimBrief<'a> {
        let claim = &record.claim;
        ClaimBrief {
            id: record.id,
            provider: NameKey::of_provider(claim.provider()),
            patient: NameKey::of_patient(&claim.patient, &claim.subscriber),
            standing: StandingBrief::default(),
        }
    }
}

/// What a claim is called: its number, its patient, what was done. See [`ClaimRecord`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClaimNames<'a> {
    /// The claim.
    pub id: ClaimId,
    /// CLM01.
    pub control_number: &'a str,
    /// The patient's family name.
    pub last: &'a str,
    /// The patient's given name.
    pub first: &'a str,
    /// Line numbers, and the procedure of each; its revenue code where it names no procedure.
    pub services: &'a [(u16, &'a str)],
}

impl<'a> ClaimNames<'a> {
    /// The names of a claim, with its [`ClaimNames::services`].
    #[must_use]
    pub fn of(record: &'a ClaimRecord, services: &'a [(u16, &'a str)]) -> ClaimNames<'a> {
        let ClaimRecord { id, claim, .. } = record;
        ClaimNames {
            id: *id,
            control_number: claim.control_number.as_str(),
            last: &claim.patient.last,
            first: &claim.patient.first,
            services,
        }
    }

    /// What was done, line by line.
    #[must_use]
    pub fn services(record: &'a ClaimRecord) -> Few<(u16, &'a str), 8> {
        let code = |line: &'a ServiceLine| match line.procedure.as_str() {
            "" => line.revenue_code.as_str(),
            procedure => procedure,
        };
        record.claim.lines.iter().map(|line| (line.number, code(line))).collect()
    }
}

/// A claim payment in short. See [`PaymentRecord`](super::book::PaymentRecord).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentBrief<'a> {
    /// Its number.
    pub id: PaymentId,
    /// The remittance it came with.
    pub remit: RemitId,
    /// What became of it.
    pub status: PaymentStatus,
    /// The remittance's own date.
    pub posted_on: Date,
    /// The payer of the remittance.
    pub payer: PayerId,
    /// The claim it was matched to.
    pub claim: Option<ClaimId>,
    /// The claim payment of the same claim that was attached before this one.
    pub previous_of_claim: Option<PaymentId>,
    /// CLP02.
    pub said: &'a str,
    /// CLP03.
    pub charge: Money,
    /// CLP04.
    pub paid: Money,
}

/// A denial case in short. See [`DenialCase`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseBrief<'a> {
    /// The case.
    pub id: CaseId,
    /// The claim.
    pub claim: ClaimId,
    /// Who refused.
    pub payer: PayerId,
    /// Why.
    pub reason: Reason,
    /// When it was first denied; nothing where it turned out to be no denial.
    pub denied_on: Option<Date>,
    /// Remark codes.
    pub remarks: &'a [Code],
    /// What was denied, line by line.
    pub lines: &'a [LineBrief],
}

/// One service line within a case in short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineBrief {
    /// Line number of the claim; 0 for the claim as a whole.
    pub line: u16,
    /// What was denied of it, counted once.
    pub denied: Money,
    /// Paid since.
    pub recovered: Money,
    /// Written off since.
    pub written_off: Money,
    /// Still denied.
    pub open: Money,
}

impl LineBrief {
    /// The lines of a case.
    #[must_use]
    pub fn of(case: &DenialCase) -> Vec<LineBrief> {
        let brief = |l: &DeniedLine| LineBrief {
            line: l.line,
            denied: l.denied,
            recovered: l.recovered,
            written_off: l.written_off,
            open: l.open,
        };
        case.lines.iter().map(brief).collect()
    }
}

impl<'a> CaseBrief<'a> {
    /// The short of a case, with its [`LineBrief`]s.
    #[must_use]
    pub fn of(case: &'a DenialCase, lines: &'a [LineBrief]) -> CaseBrief<'a> {
        CaseBrief {
            id: case.id,
            claim: case.claim,
            payer: case.payer,
            reason: case.reason,
            denied_on: case.denied_on(),
            remarks: &case.remarks,
            lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_names_apart_and_never_change() {
        let person =
            |last: &str, first: &str| Person { last: last.into(), first: first.into(), ..Person::default() };
        let key = |last, first| NameKey::of_patient(&person(last, first), &Person::default());
        assert_eq!(key("GARCIA", "MARIA"), key("GARCIA", "MARIA"));
        assert_ne!(key("GARCIA", "MARIA"), key("GARCIAM", "ARIA"));
        assert_ne!(key("GARCIA", ""), key("", "GARCIA"));
        // The bytes in every ledger: this number may not change.
        assert_eq!(key("GARCIA", "MARIA"), NameKey(2_288_345_671_145_747_254));
    }
}
