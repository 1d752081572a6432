//! The payer's numbers in a bank's text: an EFT's addenda record carries the TRN segment of its remittance
//! (`docs/rules/x12-835.md` section 3).

/// What a TRN segment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// TRN02.
    pub number: String,
    /// TRN03: as a rule `1` and the payer's tax id; empty where it is not there.
    pub payer: String,
}

/// TRN02 has at most so many characters, TRN03 exactly ten.
const LONGEST_NUMBER: usize = 50;
const PAYER: usize = 10;

/// The TRN segment in a text, whatever its separator is. Banks break lines in the middle of it: `parts` are the lines.
#[must_use]
pub fn find(parts: &[&str]) -> Option<Trace> {
    // Lines put together without a blank lose nothing at their ends; the segment may begin with any of them.
    let glued = (0..parts.len())
        .find_map(|from| segment(&parts[from..].concat()).filter(|trace| !trace.payer.is_empty()));
    glued.or_else(|| segment(&parts.join(" "))).or_else(|| segment(&parts.concat()))
}

fn segment(text: &str) -> Option<Trace> {
    let upper = text.to_ascii_uppercase();
    upper.match_indices("TRN").find_map(|(at, _)| {
        let before = upper[..at].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            return None;
        }
        // The text as it stood: TRN02 is opaque, and case may matter to whoever reads it.
        let rest = &text[at + 3..];
        let separator = rest.chars().next().filter(|c| c.is_ascii_punctuation())?;
        let rest = rest[1..].strip_prefix('1')?.strip_prefix(separator)?;
        let number = element(rest, separator, LONGEST_NUMBER);
        if number.is_empty() {
            return None;
        }
        let payer = rest[number.len()..].strip_prefix(separator).map(|rest| element(rest, separator, PAYER));
        Some(Trace {
            number: number.trim().to_owned(),
            payer: payer.filter(|payer| payer.len() == PAYER).unwrap_or_default().to_owned(),
        })
    })
}

/// Up to the separator or the end of the segment.
fn element(text: &str, separator: char, most: usize) -> &str {
    let ends =
        |c: char| c == separator || matches!(c, '\\' | '~') || c.is_whitespace() || !c.is_ascii_graphic();
    let end = text.find(ends).unwrap_or(text.len());
    // Nothing but ASCII stands before the end.
    &text[..end.min(most)]
}

/// Numbers as they are compared: letters and digits, upper case, without zeros in front.
#[must_use]
pub fn comparable(number: &str) -> String {
    let kept: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    kept.trim_start_matches('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(parts: &[&str]) -> Option<(String, String)> {
        find(parts).map(|trace| (trace.number, trace.payer))
    }

    fn trace(number: &str, payer: &str) -> Option<(String, String)> {
        Some((number.to_owned(), payer.to_owned()))
    }

    #[test]
    fn the_segment_is_found_wherever_it_stands() {
        for (parts, wanted) in [
            (&["TRN*1*12345*1512345678\\"][..], trace("12345", "1512345678")),
            (&["HCCLAIMPMT ACME TRN*1*12345*1512345678*999~"], trace("12345", "1512345678")),
            (&["trn|1|ab-12|1512345678|"], trace("ab-12", "1512345678")),
            (&["TRN*1*123", "45*1512345678\\"], trace("12345", "1512345678")),
            (&["TRN*1*12345*15123", "45678\\"], trace("12345", "1512345678")),
            (&["TRN*1*12345*1512345678", "NEXT LINE"], trace("12345", "1512345678")),
            (&["TRN*1*12345", "NEXT LINE"], trace("12345", "")),
            (&["HCCLAIMPMT", "TRN*1*12345*15123", "45678\\"], trace("12345", "1512345678")),
            (&["TRN*1*12345*15"], trace("12345", "")),
            (&["X TRN*2*1 TRN*1*7*1512345678"], trace("7", "1512345678")),
            (&["PATRN*1*12345"], None),
            (&["TRN 1 12345"], None),
            (&["TRN*1**1512345678"], None),
            (&["TRN"], None),
            (&[], None),
        ] {
            assert_eq!(found(parts), wanted, "{parts:?}");
        }
    }

    #[test]
    fn numbers_are_compared_by_letters_and_digits() {
        assert_eq!(comparable("000-123 ab"), "123AB");
        assert_eq!(comparable("0000"), "");
    }

    proptest! {
        #[test]
        fn no_text_upsets_it(parts in proptest::collection::vec(".{0,40}|TRN\\*1\\*.{0,30}", 0..4)) {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let _ = find(&parts);
        }

        #[test]
        fn a_segment_cut_anywhere_is_found_whole(
            number in "[A-Z0-9]{1,30}",
            cut in 0usize..60,
        ) {
            let text = format!("ACME HCCLAIMPMT TRN*1*{number}*1512345678\\");
            // Not in the three letters or the `1` themselves: nobody could tell.
            let cut = cut.min(text.len());
            let whole = found(&[&text[..cut], &text[cut..]]);
            prop_assert_eq!(whole, trace(&number, "1512345678"));
        }
    }
}
