//! Columns of a table that nothing was read from: what stands there is not in the books, and may be what a claim lacks.

use crate::domain::book::Issue;
use crate::domain::remit::ClaimPayment;
use crate::domain::{Few, Money};
use crate::input::InputError;
use crate::input::csv::{Group, TableReader, Tally};
use crate::posting::answer::imbalance;
use crate::posting::hold::Hold;

/// So many columns are named at most.
const MOST_NAMED: usize = 30;
/// The amounts of so many columns are tried together.
const MOST_TOGETHER: usize = 10;

/// The names of the columns that nothing is read from.
fn names(tally: &Tally) -> Vec<&str> {
    let layout = &tally.layout;
    let columns = layout.headers.iter().zip(&layout.fields).filter(|(_, field)| field.is_none());
    let named = columns.map(|(name, _)| name.as_str()).filter(|name| !name.trim().is_empty());
    named.take(MOST_NAMED).collect()
}

/// Names the columns that nothing is read from.
pub(super) fn issue(tally: &Tally) -> Option<Issue> {
    let names = names(tally);
    let message = format!(
        "nothing was read from these columns: {}; `arrears import --explain` shows how each is read, and --map says it \
         otherwise",
        names.join(", ")
    );
    (!names.is_empty()).then(|| Issue {
        code: "columns-not-read".to_owned(),
        segment: 1,
        text: String::new(),
        message,
    })
}

/// Names a column that is not read and has just what claims lack that do not add up: the map is wrong, not the payer.
pub(super) fn lacking(reader: &mut TableReader<'_>, tally: &Tally) -> Result<Option<Issue>, InputError> {
    if names(tally).is_empty() {
        return Ok(None);
    }
    let (mut first, mut more) = (None, 0);
    for group in tally.groups.iter().filter(|group| !group.spoiled) {
        for claim in reader.remittance(tally, group)?.claims {
            let Some(wrong) = imbalance(&claim) else { continue };
            let Some(columns) = that_say_it(reader, tally, group, &claim)? else { continue };
            match first {
                None => first = Some((claim.segment, wrong, columns)),
                Some(_) => more += 1,
            }
        }
    }
    Ok(first.map(|(line, wrong, columns)| {
        let also = match more {
            0 => String::new(),
            1 => ", and so it is with 1 claim more".to_owned(),
            more => format!(", and so it is with {more} claims more"),
        };
        Issue {
            code: "unread-amount".to_owned(),
            segment: line,
            text: String::new(),
            message: format!(
                "{wrong}, and the difference stands in {columns}, which nothing is read from{also}; take it out with \
                 `remit reverse`, and import it again with --map, which says what that column is (`arrears import \
                 --explain` shows how each is read)"
            ),
        }
    }))
}

/// The columns whose amounts are just what a claim lacks.
fn that_say_it(
    reader: &mut TableReader<'_>,
    tally: &Tally,
    group: &Group,
    claim: &ClaimPayment,
) -> Result<Option<String>, InputError> {
    let adjusted: Money = claim.all_adjustments().map(|(_, adjustment)| adjustment.amount).sum();
    let lacks = claim.charge - adjusted - claim.paid;
    if lacks.is_zero() {
        return Ok(None);
    }
    let of_lines = claim.lines.iter().map(|line| line.segment);
    let lines: Few<u64, 8> = std::iter::once(claim.segment).chain(of_lines).collect();
    let mut amounts = reader.unread(tally, group, &lines)?;
    amounts.retain(|(_, amount)| !amount.is_zero());
    amounts.truncate(MOST_TOGETHER);
    // One column before two.
    let mut sets: Vec<u32> = (1..1_u32 << amounts.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    let chosen = |set: u32| amounts.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1);
    let found =
        sets.into_iter().find(|set| chosen(*set).map(|(_, (_, amount))| *amount).sum::<Money>() == lacks);
    Ok(found
        .map(|set| chosen(set).map(|(_, (name, _))| format!("{name:?}")).collect::<Vec<_>>().join(" and ")))
}

/// Names them first where a claim does not add up: the table may say more than was read of it.
pub(super) fn blame(issues: &mut [Issue], tally: &Tally) {
    let names = names(tally);
    let fix = Hold::ClaimOutOfBalance.fix();
    for issue in
        issues.iter_mut().filter(|issue| !names.is_empty() && issue.code == Hold::ClaimOutOfBalance.word())
    {
        if let Some(what) = issue.message.strip_suffix(fix) {
            issue.message = format!(
                "{what}look first at the columns that nothing was read from ({}), then {fix}",
                names.join(", ")
            );
        }
    }
}
