//! Codes of the standard: adjustment groups, reason codes, remark codes, kinds of facility.
//!
//! What a code *means* for the books stands in `codes`; here is only its form.

use std::fmt;

/// CAS01: who is liable for an adjustment, as the payer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum GroupCode {
    /// Contractual obligation: the provider absorbs it.
    Co = 1,
    /// Patient responsibility.
    Pr = 2,
    /// Other: often coordination-of-benefits bookkeeping.
    Oa = 3,
    /// Payer initiated.
    Pi = 4,
    /// Correction and reversal (4010 only).
    Cr = 5,
}

impl GroupCode {
    const ALL: [(GroupCode, &'static str); 5] = [
        (GroupCode::Co, "CO"),
        (GroupCode::Pr, "PR"),
        (GroupCode::Oa, "OA"),
        (GroupCode::Pi, "PI"),
        (GroupCode::Cr, "CR"),
    ];

    /// Reads CAS01.
    #[must_use]
    pub fn parse(text: &str) -> Option<GroupCode> {
        Self::ALL.iter().find(|(_, code)| *code == text).map(|(group, _)| *group)
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(group, _)| *group == self).map_or("", |(_, code)| code)
    }

    /// The group from the number it is stored under.
    #[must_use]
    pub fn from_number(number: u8) -> Option<GroupCode> {
        Self::ALL.iter().find(|(group, _)| *group as u8 == number).map(|(group, _)| *group)
    }
}

impl fmt::Display for GroupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A short code of letters and digits (CARC, RARC, PLB reason), packed into a number so that it is
/// cheap to compare and to store. Up to six characters; letters are upper case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u32);

impl Code {
    /// No code.
    pub const NONE: Code = Code(0);

    /// Packs a code. Longer texts and other characters have no code.
    #[must_use]
    pub const fn parse(text: &str) -> Option<Code> {
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > 6 {
            return None;
        }
        let mut packed: u64 = 0;
        let mut place = 0;
        while place < bytes.len() {
            let digit = match bytes[place] {
                b @ b'0'..=b'9' => b - b'0' + 1,
                b @ b'A'..=b'Z' => b - b'A' + 11,
                b @ b'a'..=b'z' => b - b'a' + 11,
                _ => return None,
            };
            packed = packed * 37 + digit as u64;
            place += 1;
        }
        Some(Code(packed as u32))
    }

    /// A code known when this program was written. Fails to compile when it has no form.
    #[must_use]
    pub const fn known(text: &str) -> Code {
        match Code::parse(text) {
            Some(code) => code,
            None => panic!("not a code"),
        }
    }

    /// The number it is stored under.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The code stored under a number.
    #[must_use]
    pub const fn from_number(number: u32) -> Code {
        Code(number)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 7];
        let mut at = text.len();
        let mut rest = self.0;
        while rest > 0 {
            at -= 1;
            let digit = (rest % 37) as u8;
            text[at] = if digit <= 10 { b'0' + digit.saturating_sub(1) } else { b'A' + digit - 11 };
            rest /= 37;
        }
        f.pad(std::str::from_utf8(&text[at..]).unwrap_or(""))
    }
}

/// Which of the two 837 guides a claim was sent under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FacilityKind {
    /// 837P: CLM05-1 is a place of service.
    Professional,
    /// 837I: CLM05-1 and CLM05-3 make the type of bill.
    Institutional,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_survive_packing() {
        for text in ["1", "45", "253", "A1", "B13", "P11", "MA130", "N4", "ZZZZZZ", "0", "00"] {
            assert_eq!(Code::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Code::parse("ma18"), Code::parse("MA18"));
        for text in ["", "TOOLONG", "A-1", "É"] {
            assert_eq!(Code::parse(text), None, "{text}");
        }
        assert_eq!(Code::NONE.to_string(), "");
    }

    #[test]
    fn groups_survive_storing() {
        for text in ["CO", "PR", "OA", "PI", "CR"] {
            let group = GroupCode::parse(text).expect(text);
            assert_eq!(group.as_str(), text);
            assert_eq!(GroupCode::from_number(group as u8), Some(group));
        }
        assert_eq!(GroupCode::parse("co"), None);
        assert_eq!(GroupCode::from_number(0), None);
    }
}
