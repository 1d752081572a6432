//! Age buckets: where the edges lie and what the columns are called.
//!
//! Which claim falls where is decided in `aging`.

use std::fmt;

/// Upper edges in days, ascending. The last bucket has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets(Vec<u32>);

/// Why a text names no buckets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BucketsError {
    /// Not a number of days.
    #[error("`{0}` is not a number of days from 1 to 9999")]
    NotDays(String),
    /// None or too many.
    #[error("give 1 to 6 edges, not {0}")]
    TooMany(usize),
    /// An edge is not above the one before.
    #[error("{1} does not come after {0}: give the edges in ascending order, such as 30,60,90,120")]
    NotAscending(u32, u32),
}

impl Buckets {
    /// There are at most so many.
    pub const MOST: usize = 7;

    /// Reads `30,60,90,120`.
    ///
    /// # Errors
    /// [`BucketsError`] when there are not 1 to 6 ascending numbers of days.
    pub fn parse(text: &str) -> Result<Buckets, BucketsError> {
        let days = |part: &str| match part.trim().parse::<u32>() {
            Ok(days @ 1..=9999) => Ok(days),
            _ => Err(BucketsError::NotDays(part.trim().to_owned())),
        };
        let edges = text.split(',').map(days).collect::<Result<Vec<_>, _>>()?;
        if edges.len() >= Buckets::MOST {
            return Err(BucketsError::TooMany(edges.len()));
        }
        match edges.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => Err(BucketsError::NotAscending(pair[0], pair[1])),
            None => Ok(Buckets(edges)),
        }
    }

    /// How many buckets there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len() + 1
    }

    /// The bucket of an age in days.
    #[must_use]
    pub fn of_age(&self, days: u32) -> usize {
        self.0.partition_point(|edge| *edge < days)
    }

    /// Name for programs and heading for people of each bucket, youngest first.
    #[must_use]
    pub fn names(&self) -> Vec<(String, String)> {
        let starts = std::iter::once(0).chain(self.0.iter().map(|edge| edge + 1));
        let ends = self.0.iter().map(|edge| Some(*edge)).chain([None]);
        let name = |(start, end): (u32, Option<u32>)| match end {
            Some(end) => (format!("d{start}_{end}"), format!("{start}-{end}")),
            None => (format!("d{start}_plus"), format!("{start}+")),
        };
        starts.zip(ends).map(name).collect()
    }
}

/// 30, 60, 90 and 120 days.
impl Default for Buckets {
    fn default() -> Buckets {
        Buckets(vec![30, 60, 90, 120])
    }
}

/// As [`Buckets::parse`] reads them.
impl fmt::Display for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edges: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.pad(&edges.join(","))
    }
}

impl std::str::FromStr for Buckets {
    type Err = BucketsError;
    fn from_str(text: &str) -> Result<Buckets, BucketsError> {
        Buckets::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_edges_have_the_contracts_names() {
        let buckets = Buckets::parse("30, 60,90,120").expect("the default");
        assert_eq!(buckets, Buckets::default());
        assert_eq!(buckets.to_string(), "30,60,90,120");
        let keys: Vec<String> = buckets.names().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["d0_30", "d31_60", "d61_90", "d91_120", "d121_plus"]);
        assert_eq!(
            Buckets::parse("45").expect("one edge").names()[1],
            ("d46_plus".to_owned(), "46+".to_owned())
        );
    }

    #[test]
    fn an_edge_belongs_to_the_younger_bucket() {
        let buckets = Buckets::default();
        let ages = [0, 30, 31, 60, 61, 90, 91, 120, 121, 4000];
        assert_eq!(ages.map(|age| buckets.of_age(age)), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    }

    #[test]
    fn refuses_what_makes_no_buckets() {
        use BucketsError::{NotAscending, NotDays, TooMany};
        for (text, why) in [
            ("", NotDays(String::new())),
            ("30,,90", NotDays(String::new())),
            ("0,30", NotDays("0".to_owned())),
            ("-30", NotDays("-30".to_owned())),
            ("30,60.5", NotDays("60.5".to_owned())),
            ("99999", NotDays("99999".to_owned())),
            ("30,30", NotAscending(30, 30)),
            ("60,30", NotAscending(60, 30)),
            ("1,2,3,4,5,6,7", TooMany(7)),
        ] {
            assert_eq!(Buckets::parse(text), Err(why), "{text}");
        }
    }
}
