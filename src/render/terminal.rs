//! What the terminal can show, and what it must never be sent.

use std::borrow::Cow;
use std::io::{self, IsTerminal};

use super::Style;

/// Whether bold and colour are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourChoice {
    /// Where a terminal shows it and `NO_COLOR` is not set.
    #[default]
    Auto,
    /// Also into files and pipes.
    Always,
    /// Nowhere.
    Never,
}

/// The style of standard output.
#[must_use]
pub fn stdout_style(choice: ColourChoice) -> Style {
    let out = io::stdout();
    let width = told_width().or_else(|| out.is_terminal().then(width).flatten());
    Style { width, colour: colour(choice, anstream::AutoStream::choice(&out)) }
}

/// How wide standard error is, where that is known: a terminal, or told by `COLUMNS`.
#[must_use]
pub fn stderr_width() -> Option<usize> {
    let seen = || {
        let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stderr())?;
        (columns > 0).then_some(usize::from(columns))
    };
    told_width().or_else(|| io::stderr().is_terminal().then(seen).flatten())
}

/// Whether standard error shows colour.
#[must_use]
pub fn stderr_colour(choice: ColourChoice) -> bool {
    colour(choice, anstream::AutoStream::choice(&io::stderr()))
}

/// `anstream` knows the terminal, `NO_COLOR`, `CLICOLOR` and `TERM`; the command line overrules it.
fn colour(choice: ColourChoice, seen: anstream::ColorChoice) -> bool {
    match choice {
        ColourChoice::Auto => seen != anstream::ColorChoice::Never,
        ColourChoice::Always => true,
        ColourChoice::Never => false,
    }
}

/// What `COLUMNS` says. Shells do not pass it on, so somebody asked for it: tables are cut to it even in a pipe.
fn told_width() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0)
}

fn width() -> Option<usize> {
    let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
    // A width of zero is what some pseudo-terminals answer when they do not know.
    (columns > 0).then_some(usize::from(columns))
}

/// The text as one line without control characters: files come from outside, and a name may hold the bytes that
/// move a cursor, change a title or turn the direction of writing.
#[must_use]
pub fn sanitise(text: &str) -> Cow<'_, str> {
    // Most texts are plain, and a table has millions.
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain || !text.contains(|c: char| replacement(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| replacement(c).unwrap_or(c)).collect())
}

/// What stands for a character that must not be printed.
fn replacement(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some('\u{fffd}'),
        c if c.is_control() => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_never_pass() {
        assert_eq!(sanitise("\u{1b}]0;title\u{7}x"), "\u{fffd}]0;title\u{fffd}x");
        assert_eq!(sanitise("one\r\ntwo\tthree\u{9b}2J"), "one  two three\u{fffd}2J");
        assert_eq!(sanitise("abc\u{202e}cba"), "abc\u{fffd}cba");
        assert!(matches!(sanitise("García, 張 – ok"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_command_line_overrules_what_is_seen() {
        use anstream::ColorChoice::{Always, Never};
        assert!(colour(ColourChoice::Always, Never));
        assert!(!colour(ColourChoice::Never, Always));
        assert!(colour(ColourChoice::Auto, Always));
        assert!(!colour(ColourChoice::Auto, Never));
    }
}
