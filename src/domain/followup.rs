//! What an office did about a claim that a payer has not answered.

use super::Date;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FollowUpAct {
    /// Words.
    Note = 1,
    /// The payer was called.
    Call = 2,
    /// It was put off.
    Snooze = 3,
}

impl FollowUpAct {
    const ALL: [(FollowUpAct, &'static str); 3] =
        [(FollowUpAct::Note, "note"), (FollowUpAct::Call, "call"), (FollowUpAct::Snooze, "snooze")];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(act, _)| *act == self).map_or("", |(_, word)| word)
    }

    /// The act stored under a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<FollowUpAct> {
        Self::ALL.iter().find(|(act, _)| *act as u8 == number).map(|(act, _)| *act)
    }
}

/// One thing that somebody did about a claim. Never changed once written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// The day.
    pub on: Date,
    /// When it was written: UTC seconds.
    pub recorded_at: i64,
    /// Who.
    pub user: String,
    /// What.
    pub act: FollowUpAct,
    /// The words.
    pub text: String,
    /// Whom the payer's line put on.
    pub representative: String,
    /// The payer's number of the call.
    pub reference: String,
    /// The day by which the payer said it would answer.
    pub promised_on: Option<Date>,
    /// The day on which to look again; until then the claim is off the list.
    pub next_on: Option<Date>,
}
