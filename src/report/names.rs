//! Names by the hundred thousand, one after another in one text: a text of its own for each takes three times the memory.

/// Names, in the order in which they were added.
#[derive(Debug, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    /// Adds one, in parts.
    pub fn push(&mut self, parts: &[&str]) {
        parts.iter().for_each(|part| self.text.push_str(part));
        self.ends.push(self.text.len());
    }

    /// Several, one behind the other.
    #[must_use]
    pub fn all(parts: Vec<Names>) -> Names {
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |mut all, part| {
            all.absorb(&part);
            all
        })
    }

    /// Adds those of another.
    pub fn absorb(&mut self, other: &Names) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }

    /// The one in a place, which must be there.
    #[must_use]
    pub fn get(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[place]]
    }

    /// Whether none stands before the one before it, nor is the same.
    pub(super) fn are_in_order(&self) -> bool {
        (1..self.ends.len()).all(|place| self.get(place - 1) < self.get(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_places() {
        let mut names = Names::default();
        names.push(&["GARCIA", ", ", "MARIA"]);
        names.push(&[""]);
        let mut other = Names::default();
        other.push(&["LEE"]);
        let all = Names::all(vec![names, other]);
        assert_eq!([all.get(0), all.get(1), all.get(2)], ["GARCIA, MARIA", "", "LEE"]);
        assert!(!all.are_in_order());
    }
}
