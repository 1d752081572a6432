//! Where a case may go from where it stands: the table `data/moves.tsv`, one row for a state, one column for an act. `=`
//! stays where it is, `-` cannot be. Nothing else in this program knows which move is allowed.

use std::sync::LazyLock;

use crate::domain::case::{CaseAct, CaseState};

/// What a state means for the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Somebody must do something.
    Work,
    /// Somebody else must answer first.
    Wait,
    /// Nothing is left to do.
    Closed,
}

/// An act that the table does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a case that is {state} has no {act}; it allows {}", allowed.join(", "))]
pub struct Impossible {
    /// Where the case stands.
    pub state: CaseState,
    /// What was asked.
    pub act: CaseAct,
    /// What may be done instead.
    pub allowed: Vec<&'static str>,
}

struct Row {
    state: CaseState,
    stage: Stage,
    about: &'static str,
    moves: Vec<(CaseAct, CaseState)>,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut lines = include_str!("data/moves.tsv").lines();
    let heads: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    lines.filter_map(|line| read(&heads, &line.split('\t').collect::<Vec<_>>())).collect()
});

fn read(heads: &[&'static str], cells: &[&'static str]) -> Option<Row> {
    let state = CaseState::from_word(cells.first()?)?;
    let stage = match *cells.get(1)? {
        "work" => Stage::Work,
        "wait" => Stage::Wait,
        "closed" => Stage::Closed,
        _ => return None,
    };
    let moves = heads.iter().zip(cells).skip(3).filter_map(|(act, to)| {
        let to = if *to == "=" { Some(state) } else { CaseState::from_word(to) };
        Some((CaseAct::from_word(act)?, to?))
    });
    Some(Row { state, stage, about: cells.get(2)?, moves: moves.collect() })
}

fn row(state: CaseState) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.state == state)
}

/// What a state means for the work.
#[must_use]
pub fn stage(state: CaseState) -> Stage {
    row(state).map_or(Stage::Work, |row| row.stage)
}

/// A state in words.
#[must_use]
pub fn about(state: CaseState) -> &'static str {
    row(state).map_or("", |row| row.about)
}

/// What a person may do with a case in this state, by its verbs.
#[must_use]
pub fn allowed(state: CaseState) -> Vec<&'static str> {
    let moves = row(state).map_or(&[][..], |row| &row.moves);
    let mut verbs: Vec<&str> =
        moves.iter().filter(|(act, _)| act.is_by_person()).map(|(act, _)| act.verb()).collect();
    verbs.dedup();
    verbs
}

/// Where an act leads from a state. A write-off at once is allowed where one may be proposed.
///
/// # Errors
/// [`Impossible`] names what is allowed instead.
pub fn after(state: CaseState, act: CaseAct) -> Result<CaseState, Impossible> {
    let asked = if act == CaseAct::WriteOff { CaseAct::ProposeWriteOff } else { act };
    let moves = row(state).map_or(&[][..], |row| &row.moves);
    let to = moves.iter().find(|(one, _)| *one == asked).map(|(_, to)| *to);
    match to {
        Some(_) if act == CaseAct::WriteOff => Ok(CaseState::WrittenOff),
        Some(to) => Ok(to),
        None => Err(Impossible { state, act, allowed: allowed(state) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(TABLE.len(), CaseState::ALL.len());
        let heads: Vec<&str> =
            include_str!("data/moves.tsv").lines().next().expect("a head").split('\t').collect();
        for act in CaseAct::ALL.iter().filter(|act| **act != CaseAct::WriteOff) {
            assert!(heads.contains(&act.as_str()), "{act} has no column");
        }
        for (line, row) in include_str!("data/moves.tsv").lines().skip(1).zip(TABLE.iter()) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), heads.len(), "{line}");
            let known = cells.iter().skip(3).filter(|cell| **cell != "-").count();
            assert_eq!(row.moves.len(), known, "{line}: a word that is no state");
        }
    }

    #[test]
    fn every_cell_leads_where_it_says() {
        let mut lines =
            include_str!("data/moves.tsv").lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let heads = lines.next().expect("a head");
        for row in lines {
            let state = CaseState::from_word(row[0]).expect(row[0]);
            let kind = [Stage::Work, Stage::Wait, Stage::Closed].iter().zip(["work", "wait", "closed"]);
            assert!(kind.into_iter().any(|(kind, word)| *kind == stage(state) && word == row[1]), "{state}");
            assert_eq!(about(state), row[2]);
            for (act, cell) in heads.iter().zip(&row).skip(3) {
                let to = after(state, CaseAct::from_word(act).expect(act)).map(|to| to.to_string());
                let expected = if *cell == "=" { row[0] } else { cell };
                assert_eq!(to.as_deref().unwrap_or("-"), expected, "{state} {act}");
            }
        }
    }

    #[test]
    fn payers_are_never_refused_and_closed_cases_can_be_opened_again() {
        for state in CaseState::ALL {
            for act in CaseAct::ALL.iter().filter(|act| !act.is_by_person()) {
                assert!(after(*state, *act).is_ok(), "{state} {act}");
            }
            assert_eq!(stage(*state) == Stage::Closed, after(*state, CaseAct::Reopen).is_ok(), "{state}");
            assert!(after(*state, CaseAct::Note).is_ok(), "{state}");
        }
    }

    #[test]
    fn an_impossible_move_names_the_possible_ones() {
        let refused = after(CaseState::WriteOffProposed, CaseAct::Appeal).expect_err("refused");
        assert_eq!(
            refused.to_string(),
            "a case that is write-off-proposed has no appeal; it allows assign, note, call, decide, undecide, approve, reject"
        );
        assert_eq!(after(CaseState::Open, CaseAct::WriteOff), Ok(CaseState::WrittenOff));
        assert!(after(CaseState::Recovered, CaseAct::WriteOff).is_err());
        assert_eq!(after(CaseState::Appealed, CaseAct::DeniedAgain), Ok(CaseState::Open));
        assert_eq!(after(CaseState::Recovered, CaseAct::TakenBack), Ok(CaseState::Reopened));
    }
}
