//! Messages on a terminal: lines of whole words, and what stands between backticks whole, so that it can be copied.

use super::fit::{filled, width};

/// How much further in a message goes on than it begins.
const HANGING: usize = 2;

/// The lines of a message of one line. Where no width is known it stays one: programs read it.
#[must_use]
pub fn wrapped_message(line: &str, limit: Option<usize>) -> Vec<String> {
    let Some(limit) = limit.filter(|limit| width(line) > *limit) else { return vec![line.to_owned()] };
    let indent = line.len() - line.trim_start().len();
    let begin = " ".repeat(indent);
    let hanging = " ".repeat(indent + HANGING);
    filled(pieces(line, limit.saturating_sub(indent + HANGING)), limit, [&begin, &hanging])
}

/// The words of a line; what stands between backticks is one, with the signs around it, where it fits on a line.
fn pieces(line: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let mut inside = false;
        let end = rest.find(|sign: char| {
            inside ^= sign == '`';
            sign == ' ' && !inside
        });
        let whole = &rest[..end.unwrap_or(rest.len())];
        let piece = if width(whole) <= room { whole } else { whole.split(' ').next().unwrap_or(whole) };
        pieces.push(piece);
        rest = rest[piece.len()..].trim_start();
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_on_further_in_and_its_commands_stay_whole() {
        let line = "hint: Look at it with `arrears remit show 7`, then say `arrears remit post 7`.";
        assert_eq!(wrapped_message(line, None), [line]);
        assert_eq!(wrapped_message(line, Some(80)), [line]);
        assert_eq!(
            wrapped_message(line, Some(40)),
            ["hint: Look at it with", "  `arrears remit show 7`, then say", "  `arrears remit post 7`."]
        );
        assert_eq!(wrapped_message("  because: two words", Some(14)), ["  because: two", "    words"]);
    }

    #[test]
    fn what_does_not_fit_is_broken_at_blanks_or_not_at_all() {
        let line = "say `arrears remit post 7 --also` now";
        assert_eq!(wrapped_message(line, Some(16)), ["say `arrears", "  remit post 7", "  --also` now"]);
        assert_eq!(
            wrapped_message("a /long/path/that/is/whole b", Some(10)),
            ["a", "  /long/path/that/is/whole", "  b"]
        );
        assert_eq!(
            wrapped_message("an unclosed ` tick goes on", Some(20)),
            ["an unclosed", "  ` tick goes on"]
        );
    }
}
