//! Numbers of payment cards: payers that pay by virtual card put one where a check number stands. Whole, it is money; the rule
//! of the card industry lets the first six and the last four digits be kept and shown (PCI DSS 3.3).

use std::borrow::Cow;

/// A number as it may be kept: the middle of a card's is starred, any other number stays what it is.
#[must_use]
pub fn masked(number: &str) -> Cow<'_, str> {
    let places: Vec<usize> =
        number.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
    let digits: Vec<u8> = places.iter().map(|at| number.as_bytes()[*at] - b'0').collect();
    let bare = number.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'));
    if !bare || !is_card(&digits) {
        return Cow::Borrowed(number);
    }
    let hidden = &places[6..places.len() - 4];
    let star = |(at, c): (usize, char)| if hidden.contains(&at) { '*' } else { c };
    Cow::Owned(number.char_indices().map(star).collect())
}

/// The networks' first digits and lengths, and the check digit (ISO/IEC 7812).
fn is_card(digits: &[u8]) -> bool {
    let first = |n: usize| digits.iter().take(n).fold(0u32, |sum, digit| sum * 10 + u32::from(*digit));
    let network = match digits.len() {
        15 => matches!(first(2), 34 | 37),
        16 => {
            first(1) == 4
                || matches!(first(2), 51..=55 | 65)
                || matches!(first(4), 2221..=2720 | 6011)
                || matches!(first(3), 644..=649)
        }
        _ => false,
    };
    let doubled = |digit: u8| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(if at % 2 == 1 { doubled(*digit) } else { *digit }))
        .sum();
    network && sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_starred_and_nothing_else() {
        // Numbers that the networks give out for tests.
        for (number, kept) in [
            ("4111111111111111", "411111******1111"),
            ("5555555555554444", "555555******4444"),
            ("2223003122003222", "222300******3222"),
            ("6011111111111117", "601111******1117"),
            ("378282246310005", "378282*****0005"),
            ("4111-1111-1111-1111", "4111-11**-****-1111"),
        ] {
            assert_eq!(masked(number), kept);
        }
        for other in
            ["4111111111111112", "411111111111111", "7111111111111119", "EFT4111111111111111", "", "12345"]
        {
            assert_eq!(masked(other), other);
        }
    }
}
