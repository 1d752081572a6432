//! Typing errors: whether what a person typed is nearly a word that there is.

/// How many letters must be put in, left out, changed or swapped with their neighbour to make one word of another.
#[must_use]
pub fn edits(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // The last two rows of the table of distances between the beginnings of both words.
    let mut above: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let changed = last[j] + usize::from(a != b);
            let mut least = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(above[j - 1] + 1);
            }
            row.push(least);
        }
        above = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(one.len())
}

/// Whether two words differ by no more than a typing error: one letter of a short word, two of a long one.
#[must_use]
pub fn is_near(one: &str, other: &str) -> bool {
    const LONG: usize = 6;
    let most = if one.chars().count().min(other.chars().count()) >= LONG { 2 } else { 1 };
    edits(one, other) <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_put_in_left_out_changed_and_swapped() {
        for (one, other, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("197", "197", 0),
            ("179", "197", 1),
            ("19", "197", 1),
            ("1977", "197", 1),
            ("B15", "B13", 1),
            ("LANTREN", "LANTERN", 1),
            ("KESTREL", "HERON", 5),
        ] {
            assert_eq!(edits(one, other), count, "{one} {other}");
            assert_eq!(edits(other, one), count, "{other} {one}");
        }
        assert!(is_near("HARBUOR", "HARBOUR") && is_near("HARBOR", "HARBOUR") && is_near("MED", "MEDI"));
        assert!(!is_near("MED", "MAID") && !is_near("HARBOUR", "HARVEST"));
    }
}
