//! Who and what appears in a generated practice: payers, providers, names, procedures, reasons.
//!
//! All of it is invented: surnames are a colour and a tree, payer ids exist nowhere. How often each
//! appears is decided in `claim` and `answer`.

/// A payer of the practice.
pub(super) struct Payer {
    /// NM109 of the 837 and REF*2U of the 835.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// TRN03: `1` and a tax id.
    pub(super) trace: &'static str,
    /// Two letters before its claim control numbers.
    pub(super) prefix: &'static str,
    /// SBR09.
    pub(super) filing_837: &'static str,
    /// CLP06, professional and institutional.
    pub(super) filing_835: [&'static str; 2],
    /// Days from billing to the first answer, above the nine that everybody takes.
    pub(super) lag: u32,
    /// Share of the patients.
    pub(super) weight: u64,
}

pub(super) const MEDICARE: usize = 0;
pub(super) const MEDICAID: usize = 1;
pub(super) const COMMERCIAL: usize = 3;
pub(super) const HMO: usize = 4;
/// Only ever the second payer.
pub(super) const SUPPLEMENT: usize = 5;

const fn payer(
    id: &'static str,
    name: &'static str,
    trace: &'static str,
    prefix: &'static str,
    (filing_837, filing_835): (&'static str, [&'static str; 2]),
    lag: u32,
    weight: u64,
) -> Payer {
    Payer { id, name, trace, prefix, filing_837, filing_835, lag, weight }
}

pub(super) const PAYERS: [Payer; 6] = [
    payer("SYNMCR", "LANTERN FEDERAL SENIOR CARE", "1990000011", "LF", ("MB", ["MB", "MA"]), 5, 30),
    payer("SYNMCD", "PEBBLE STATE MEDICAL AID", "1990000022", "PS", ("MC", ["MC", "MC"]), 12, 15),
    payer("SYNBLU", "HEATHER BLUE MUTUAL", "1990000033", "HB", ("BL", ["12", "12"]), 8, 22),
    payer("SYNCOM", "TEACUP HEALTH INSURANCE", "1990000044", "TC", ("CI", ["12", "12"]), 10, 20),
    payer("SYNHMO", "WINDMILL HEALTH PLAN", "1990000055", "WM", ("HM", ["HM", "HM"]), 15, 13),
    payer("SYNSUP", "ACORN MEDICARE SUPPLEMENT", "1990000066", "AC", ("CI", ["15", "15"]), 4, 0),
];

/// A billing provider. The last one bills 837I.
pub(super) struct Biller {
    pub(super) name: &'static str,
    /// The first nine digits of its NPI.
    pub(super) npi: u32,
    pub(super) tax_id: &'static str,
    pub(super) taxonomy: &'static str,
}

pub(super) const BILLERS: [Biller; 3] = [
    Biller {
        name: "INVENTED FAMILY PRACTICE",
        npi: 190_000_101,
        tax_id: "990000701",
        taxonomy: "207Q00000X",
    },
    Biller {
        name: "INVENTED SPECIALTY GROUP",
        npi: 190_000_102,
        tax_id: "990000702",
        taxonomy: "207R00000X",
    },
    Biller { name: "INVENTED DAY HOSPITAL", npi: 190_000_103, tax_id: "990000703", taxonomy: "261QM1300X" },
];
pub(super) const INSTITUTION: usize = 2;

/// Rendering and attending providers: surname, first name, first nine digits of the NPI.
pub(super) const DOCTORS: [(&str, &str, u32); 8] = [
    ("AMBERFIR", "DORA", 190_000_201),
    ("GREYELM", "PAUL", 190_000_202),
    ("TEALCEDAR", "IRIS", 190_000_203),
    ("RUSTLARCH", "OWEN", 190_000_204),
    ("PLUMALDER", "NINA", 190_000_205),
    ("SILVERYEW", "HUGO", 190_000_206),
    ("INDIGOASH", "VERA", 190_000_207),
    ("CORALPINE", "LEON", 190_000_208),
];

pub(super) const COLOURS: [&str; 14] = [
    "GREEN", "GREY", "AMBER", "TEAL", "RUST", "PLUM", "SILVER", "INDIGO", "CORAL", "SCARLET", "OCHRE",
    "VIOLET", "IVORY", "COBALT",
];
pub(super) const TREES: [&str; 14] = [
    "OAK", "ELM", "FIR", "CEDAR", "LARCH", "ALDER", "YEW", "ASH", "PINE", "BIRCH", "MAPLE", "ROWAN", "HAZEL",
    "WILLOW",
];
pub(super) const FIRST_NAMES: [&str; 16] = [
    "ADA", "BRUNO", "CLARA", "DEAN", "ELSA", "FELIX", "GRETA", "HENRY", "IDA", "JONAS", "KARA", "LEO",
    "MIRA", "NOEL", "OLGA", "PERRY",
];

/// A procedure: code, revenue code, lowest and highest charge of one unit in cents, most units.
pub(super) type Procedure = (&'static str, &'static str, i64, i64, i64);

/// What a visit may contain; the first line is one of the first five.
pub(super) const OFFICE: [Procedure; 14] = [
    ("99213", "", 14_500, 18_900, 1),
    ("99214", "", 20_500, 26_900, 1),
    ("99203", "", 19_000, 24_000, 1),
    ("99396", "", 21_000, 28_500, 1),
    ("97110", "", 7_200, 9_600, 4),
    ("36415", "", 1_500, 2_900, 1),
    ("85025", "", 3_200, 5_500, 1),
    ("80053", "", 4_800, 7_600, 1),
    ("83036", "", 4_100, 6_200, 1),
    ("93000", "", 7_500, 12_000, 1),
    ("71046", "", 9_800, 15_500, 1),
    ("20610", "", 18_000, 29_500, 1),
    ("J1885", "", 1_100, 2_300, 2),
    ("90471", "", 3_500, 5_200, 1),
];
/// The same for the institution.
pub(super) const HOSPITAL: [Procedure; 12] = [
    ("96365", "0260", 42_000, 68_000, 1),
    ("99284", "0450", 88_000, 139_000, 1),
    ("G0463", "0510", 21_000, 34_500, 1),
    ("45378", "0750", 145_000, 238_000, 1),
    ("97161", "0424", 23_500, 31_000, 1),
    ("80053", "0300", 8_800, 14_500, 1),
    ("85025", "0305", 6_100, 9_900, 1),
    ("71046", "0324", 24_000, 41_000, 1),
    ("93005", "0730", 18_500, 27_700, 1),
    ("J1745", "0636", 12_000, 19_500, 10),
    ("96366", "0260", 9_500, 16_400, 3),
    ("97110", "0420", 11_000, 15_900, 4),
];
/// Principal diagnoses, without the dot.
pub(super) const DIAGNOSES: [&str; 10] =
    ["I10", "E119", "M5450", "J069", "Z0000", "R519", "N390", "K219", "E785", "M25561"];

/// Why a payer refuses.
pub(super) struct Refusal {
    pub(super) group: &'static str,
    pub(super) carc: &'static str,
    /// Remark codes it may come with; empty where the reason needs none.
    pub(super) rarcs: &'static [&'static str],
    /// Whether a refused claim may be answered again.
    pub(super) may_be_won: bool,
}

const fn refusal(
    group: &'static str,
    carc: &'static str,
    rarcs: &'static [&'static str],
    may_be_won: bool,
) -> Refusal {
    Refusal { group, carc, rarcs, may_be_won }
}

pub(super) const REFUSALS: [Refusal; 7] = [
    refusal("CO", "16", &["M51", "M76", "N290", "MA63"], true),
    refusal("CO", "197", &[], true),
    refusal("CO", "50", &["N115"], true),
    refusal("CO", "97", &["M15", "N20"], true),
    refusal("CO", "11", &[], true),
    refusal("CO", "29", &[], false),
    refusal("PR", "27", &[], false),
];
/// How often each refuses a whole claim, and one line of a claim.
pub(super) const WHOLE_CLAIM: [u64; 7] = [32, 20, 12, 6, 10, 10, 10];
pub(super) const ONE_LINE: [u64; 7] = [30, 15, 25, 30, 0, 0, 0];
/// The refusal that follows a payer's second look at a paid claim: not medically necessary.
pub(super) const SECOND_LOOK: usize = 2;

/// An NPI from its first nine digits: the tenth is the Luhn digit over `80840` and the nine.
pub(super) fn npi(nine: u32) -> String {
    let digits = format!("80840{nine:09}");
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    format!("{nine:09}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_standard() {
        assert_eq!(npi(123_456_789), "1234567893");
    }

    #[test]
    fn the_cast_has_no_doubles() {
        let mut numbers: Vec<u32> =
            BILLERS.iter().map(|b| b.npi).chain(DOCTORS.iter().map(|d| d.2)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), BILLERS.len() + DOCTORS.len());
    }
}
