//! The row of what a person said who looked at undone acts.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, date, day};
use crate::domain::review::ActReview;
use crate::domain::{EntryId, Money};

#[derive(Serialize, Deserialize)]
pub struct ActReviewRow<'a> {
    on: i32,
    recorded_at: i64,
    user: &'a str,
    words: &'a str,
    acts: Vec<(u64, i64)>,
}

impl Record for ActReview {
    const TABLE: &'static str = "act_reviews";
    type Row<'a> = ActReviewRow<'a>;

    fn to_row(&self) -> ActReviewRow<'_> {
        ActReviewRow {
            on: day(self.on),
            recorded_at: self.recorded_at,
            user: &self.user,
            words: &self.words,
            acts: self.acts.iter().map(|(act, amount)| (act.0, amount.cents())).collect(),
        }
    }

    fn from_row(_key: u64, row: ActReviewRow<'_>) -> Result<ActReview, Bad> {
        let seen = |(act, cents)| (EntryId(act), Money::from_cents(cents));
        Ok(ActReview {
            on: date(row.on),
            recorded_at: row.recorded_at,
            user: row.user.to_owned(),
            words: row.words.to_owned(),
            acts: row.acts.into_iter().map(seen).collect(),
        })
    }
}
