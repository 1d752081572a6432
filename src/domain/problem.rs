//! What is wrong with a file, in a form that can be printed, counted and stored.
//!
//! A problem is data, not an error: it never stops an import by itself.

/// One thing that is wrong with the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A stable word for it, such as `bad-amount`.
    pub code: &'static str,
    /// Whether what it concerns may post.
    pub severity: Severity,
    /// Position of the segment in its file, counted from 1 at the first ISA; 0 for the file as a whole.
    pub segment: u64,
    /// The segment as sent, cut after 120 characters; only its id where it could hold a name or a birth date.
    pub text: String,
    /// What was found, what was expected and, where it helps, what to do.
    pub message: String,
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Said, and nothing more.
    Warning,
    /// What it concerns is held for a person.
    Hold,
}
