//! What is done next by default, and after how many days: `data/steps.tsv`, by category of a denial and by act.
//! `docs/rules/posting-rules.md` section 13.

use crate::domain::Date;
use crate::domain::case::CaseAct;
use crate::domain::clock::Recourse;

fn row(key: &str) -> Option<(&'static str, u32)> {
    let rows =
        include_str!("data/steps.tsv").lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.into_iter()
        .find(|row| row.first() == Some(&key))
        .and_then(|row| Some((*row.get(1)?, row.get(2)?.parse().ok()?)))
}

/// The first step of a category.
fn first(category: &str) -> &'static str {
    row(category).or_else(|| row("other")).map_or("", |(step, _)| step)
}

/// What is to be done next: what was said, else what the payer leaves open, else the first step of the category.
#[must_use]
pub fn next<'a>(said: &'a str, category: &str, recourse: Recourse) -> &'a str {
    match recourse {
        _ if !said.is_empty() => said,
        Recourse::Usual => first(category),
        Recourse::NewClaim => first("new-claim"),
        Recourse::Nothing => first("no-appeal"),
    }
}

/// What follows an act, and when: the day after what was promised, or as many days later as is usual. The payer's own
/// habit counts in place of what is usual where an answer is awaited.
#[must_use]
pub fn after(
    act: CaseAct,
    on: Date,
    promised: Option<Date>,
    habit: Option<u16>,
) -> Option<(&'static str, Date)> {
    let (step, days) = row(act.as_str())?;
    let awaited = matches!(act, CaseAct::Appeal | CaseAct::Reconsider | CaseAct::Resubmit);
    let days = habit.filter(|_| awaited).map_or(days, u32::from);
    Some((step, promised.map_or_else(|| on.plus_days(days), |day| day.plus_days(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_a_first_step() {
        for line in include_str!("data/usual.tsv").lines().skip(1) {
            let category = line.split('\t').next().expect("a word");
            assert!(row(category).is_some(), "{category}");
        }
        let next = |said, recourse| next(said, "missing_info", recourse);
        assert_eq!(next("", Recourse::Usual), "supply the field that the remark names");
        assert_eq!(next("", Recourse::NewClaim), "send a new claim: no appeal is taken");
        assert_eq!(next("", Recourse::Nothing), "see who may be billed: no appeal is taken");
        assert_eq!(next("call Kim", Recourse::NewClaim), "call Kim");
    }

    #[test]
    fn a_promise_is_looked_after_on_the_next_day() {
        let day = Date::from_number(739_000);
        let called = after(CaseAct::Call, day, Some(day.plus_days(3)), None).expect("a step");
        assert_eq!(called.1, day.plus_days(4));
        assert_eq!(after(CaseAct::Appeal, day, None, Some(45)).expect("a step").1, day.plus_days(45));
        assert_eq!(after(CaseAct::Note, day, None, None), None);
    }
}
