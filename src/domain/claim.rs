//! A claim as one 837 submission states it: what was asked, of whom, for whom.
//!
//! What became of it (payments, balances) is not here; see `reconcile::position`.

use super::{
    Account, Date, FacilityKind, Few, Money, PatientControlNumber, PayerControlNumber, PayerId, Quantity,
    Text,
};

/// One CLM loop of an 837, or one row of a claims file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// 837P or 837I.
    pub kind: FacilityKind,
    /// CLM01.
    pub control_number: PatientControlNumber,
    /// CLM02.
    pub charge: Money,
    /// CLM05-1: place of service (professional) or first two digits of the bill type (institutional).
    pub facility: Text,
    /// CLM05-3.
    pub frequency: Frequency,
    /// BHT04, else GS04, else the interchange date.
    pub billed_on: Date,
    /// BHT03: the batch reference that a 277CA returns.
    pub batch: Text,
    /// Loop 2010AA.
    pub billing: Provider,
    /// Loop 2310B (P) or 2310D (I); absent when the billing provider rendered the service.
    pub rendering: Option<Provider>,
    /// Who holds the policy of the billed payer.
    pub subscriber: Person,
    /// Who was treated. Equal to the subscriber when SBR02 is 18.
    pub patient: Person,
    /// Every payer named, in the order in which they pay (SBR01: P, S, T, A...).
    pub payers: Vec<ClaimPayer>,
    /// Which of `payers` this submission was sent to (loop 2010BB).
    pub billed_payer: usize,
    /// HI segments, in order.
    pub diagnoses: Vec<CodedEntry>,
    /// Earliest service date: lines (P), else DTP*434 (I).
    pub service_from: Option<Date>,
    /// Latest service date, or the through date of the statement period.
    pub service_to: Option<Date>,
    /// DTP*435.
    pub admitted: Option<Date>,
    /// REF*F8: the payer's number of the claim that this one replaces or voids.
    pub original_reference: PayerControlNumber,
    /// REF*D9: the clearinghouse's number.
    pub clearinghouse_number: Text,
    /// REF*G1.
    pub prior_authorization: Text,
    /// REF*EA.
    pub medical_record: Text,
    /// AMT*F5: paid by the patient before billing.
    pub patient_paid: Money,
    /// LX loops.
    pub lines: Vec<ServiceLine>,
    /// Position of the CLM segment in its file, counted from 1 at the first ISA.
    pub segment: u64,
}

impl Claim {
    /// Who rendered the service; the billing provider where nobody else is named.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        let named = |p: &&Provider| !p.name.is_empty() || !p.npi.is_empty();
        self.rendering.as_ref().filter(named).unwrap_or(&self.billing)
    }

    /// Whether it is about a stay: an institutional claim whose type of bill is that of inpatients of a hospital, a nursing
    /// or another facility.
    #[must_use]
    pub fn is_inpatient(&self) -> bool {
        const STAYS: [&str; 7] = ["11", "18", "21", "41", "65", "66", "86"];
        self.kind == FacilityKind::Institutional && STAYS.contains(&self.facility.as_str())
    }
}

/// CLM05-3: what kind of bill this is (`docs/rules/x12-837.md` section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frequency(pub u8);

impl Frequency {
    /// An original claim.
    pub const ORIGINAL: Frequency = Frequency(b'1');
    /// Replaces an earlier claim.
    pub const REPLACEMENT: Frequency = Frequency(b'7');
    /// Cancels an earlier claim.
    pub const VOID: Frequency = Frequency(b'8');
    /// Late charges: adds to an earlier claim as a receivable of its own.
    pub const LATE_CHARGES: Frequency = Frequency(b'5');

    /// Whether the bill speaks of a claim that was sent before.
    #[must_use]
    pub fn amends(self) -> bool {
        self == Self::REPLACEMENT || self == Self::VOID
    }
}

/// A provider named on a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// NM109 where NM108 is XX.
    pub npi: Text,
    /// REF*EI or REF*SY.
    pub tax_id: Text,
    /// NM103, or last name and first name.
    pub name: Text,
}

/// A patient or subscriber.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// NM103.
    pub last: Text,
    /// NM104.
    pub first: Text,
    /// NM109 of the subscriber.
    pub member_id: Text,
    /// DMG02.
    pub born: Option<Date>,
}

/// A payer as a claim names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimPayer {
    /// SBR01: P, S, T, A to H, U.
    pub sequence: u8,
    /// NM103 of NM1*PR.
    pub name: Text,
    /// NM109 of NM1*PR: the clearinghouse's payer id.
    pub ident: Text,
    /// SBR09, see `claim_filing_indicator.tsv`.
    pub filing: Text,
    /// The member number under this payer.
    pub member_id: Text,
    /// SBR03.
    pub group_number: Text,
    /// AMT*D of loop 2320: what this payer paid, as the office told the next one.
    pub prior_paid: Option<Money>,
}

/// The payer that comes after the one of a level (1 for the first), in the order of payment. The same payer once more, as
/// where two names turned out to be one, is the next one only under another policy.
#[must_use]
pub fn payer_after(payers: &[PayerId], named: &[ClaimPayer], level: usize) -> Option<PayerId> {
    let policy = |at: usize| named.get(at).map_or("", |payer| payer.member_id.as_str());
    let own = level.checked_sub(1)?;
    let another = |at: &usize| {
        payers.get(own) != payers.get(*at) || (policy(*at) != policy(own) && !policy(*at).is_empty())
    };
    (level..payers.len()).find(another).map(|at| payers[at])
}

impl ClaimPayer {
    /// Place in the order of payment: P, S, T, then A to H; anything else last.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self.sequence {
            b'P' => 0,
            b'S' => 1,
            b'T' => 2,
            letter @ b'A'..=b'H' => 3 + letter - b'A',
            _ => 20,
        }
    }
}

/// One code of an HI segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodedEntry {
    /// ABK, ABF, BBR, DR and so on (`docs/rules/x12-837.md` section 5).
    pub qualifier: Text,
    /// The code, without its dot.
    pub code: Text,
}

/// One service line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLine {
    /// LX01, or the line's place in the claim.
    pub number: u16,
    /// REF*6R.
    pub control_number: Text,
    /// SV101-1 or SV202-1.
    pub qualifier: Text,
    /// SV101-2 or SV202-2. Absent on revenue-code lines.
    pub procedure: Text,
    /// Up to four.
    pub modifiers: Few<Text, 2>,
    /// SV201, institutional only.
    pub revenue_code: Text,
    /// SV102 or SV203.
    pub charge: Money,
    /// SV104 or SV205; one where absent.
    pub units: Quantity,
    /// SV105, where it differs from the claim's.
    pub place_of_service: Text,
    /// SV107: positions in the claim's list of diagnoses, from 1.
    pub pointers: Few<u8, 4>,
    /// DTP*472.
    pub from: Option<Date>,
    /// DTP*472 with a range; else the same day.
    pub to: Option<Date>,
}

/// What an office that starts with this ledger says of a claim it billed before: what is left of it, and how it got there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    /// What was billed.
    pub charge: Money,
    /// What was paid before, by whomever.
    pub paid: Money,
    /// What was taken off before.
    pub adjusted: Money,
    /// What is left: `charge` less `paid` less `adjusted`.
    pub balance: Money,
    /// Where it stands: one of [`Account::BUCKETS`].
    pub bucket: Account,
}
