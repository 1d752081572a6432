//! How long a payer usually takes to answer, from the office's own history. `docs/rules/kpi.md` section 2 (payer turnaround).

/// So many answers say something about a payer.
pub const ENOUGH: usize = 20;
/// Until there are enough: clean claims are paid or refused within 30 days (`docs/rules/deadlines.md` section 2).
pub const DEFAULT_DAYS: u32 = 30;
/// Of a hundred answers so many came within the usual days.
const SHARE: usize = 90;

/// What the usual days rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The office said so.
    Set,
    /// Nine of ten of so many answers came within them.
    History(usize),
    /// Too few answers: so many.
    Default(usize),
}

/// Days within which a payer usually answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lag {
    /// The days.
    pub days: u32,
    /// What they rest on.
    pub basis: Basis,
}

impl Lag {
    /// The usual days of a payer: what the office said, else nine tenths of its answers, else the default.
    #[must_use]
    pub fn of(said: Option<u16>, mut answers: Vec<u32>) -> Lag {
        let n = answers.len();
        if let Some(days) = said {
            return Lag { days: u32::from(days), basis: Basis::Set };
        }
        if n < ENOUGH {
            return Lag { days: DEFAULT_DAYS, basis: Basis::Default(n) };
        }
        answers.sort_unstable();
        // Nearest rank: the smallest number of days within which that share came.
        let rank = (n * SHARE).div_ceil(100);
        let days = answers.get(rank.saturating_sub(1)).copied().unwrap_or(DEFAULT_DAYS);
        Lag { days, basis: Basis::History(n) }
    }

    /// What the days rest on, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self.basis {
            Basis::Set => "set by the office".to_owned(),
            Basis::History(n) => format!("90% of {n} answers"),
            Basis::Default(n) => format!("default, n={n}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_of_ten_answers_or_what_was_said_or_the_default() {
        assert_eq!(Lag::of(None, vec![5; 19]), Lag { days: 30, basis: Basis::Default(19) });
        assert_eq!(Lag::of(None, (1..=20).collect()), Lag { days: 18, basis: Basis::History(20) });
        assert_eq!(Lag::of(None, (1..=100).rev().collect()), Lag { days: 90, basis: Basis::History(100) });
        // One in ten may be late without moving it.
        let mut answers = vec![14; 27];
        answers.extend([400; 3]);
        assert_eq!(Lag::of(None, answers).days, 14);
        assert_eq!(Lag::of(Some(45), vec![5; 100]), Lag { days: 45, basis: Basis::Set });
        assert_eq!(Lag::of(None, Vec::new()).words(), "default, n=0");
    }
}
