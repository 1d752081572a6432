//! A column map: which column of somebody's table is which of ours.
//!
//! Lines of `our_name = Their Column`; blank lines and lines that begin with `#` say nothing. `kind = payments-csv`
//! says what the table is. The text is kept as written, so that what was saved can be shown.

use super::fields::{Field, fold};
use crate::input::kind::Kind;

/// A column map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// What the table is, where the map says it.
    pub kind: Option<Kind>,
    columns: Vec<(Field, Option<u8>, String)>,
    text: String,
}

impl Map {
    /// Reads a map.
    ///
    /// # Errors
    /// Words for the user, with the number of the line.
    pub fn parse(text: &str) -> Result<Map, String> {
        let mut map = Map { text: text.to_owned(), ..Map::default() };
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |why: String| format!("line {}: {why}", at + 1);
            let (ours, theirs) = line
                .split_once('=')
                .map(|(ours, theirs)| (ours.trim(), theirs.trim().trim_matches('"').trim()))
                .ok_or_else(|| wrong("expected `our_name = Their Column`".to_owned()))?;
            if ours == "kind" {
                let kind = Kind::table(theirs).ok_or_else(|| {
                    wrong(format!("{theirs:?} is no kind; expected claims-csv, payments-csv, opening-csv or deposits-csv"))
                })?;
                map.kind = Some(kind);
                continue;
            }
            let (field, number) = Field::named(ours).ok_or_else(|| {
                let all: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
                wrong(format!("{ours:?} is no name of ours; they are {}", all.join(", ")))
            })?;
            if theirs.is_empty() {
                return Err(wrong(format!("no column is given for {ours}")));
            }
            if map.columns.iter().any(|(known, n, _)| *known == field && *n == number) {
                return Err(wrong(format!("{ours} is given twice")));
            }
            map.columns.push((field, number, theirs.to_owned()));
        }
        if map.columns.is_empty() && map.kind.is_none() {
            return Err("the map is empty; expected lines of `our_name = Their Column`".to_owned());
        }
        Ok(map)
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Which columns of a header the map names.
    ///
    /// # Errors
    /// Words for the user: a column that the header does not have, or has twice.
    pub(super) fn columns_in(&self, headers: &[String]) -> Result<Vec<(usize, Field, Option<u8>)>, String> {
        let mut chosen: Vec<(usize, Field, Option<u8>)> = Vec::new();
        for (field, number, theirs) in &self.columns {
            let exact: Vec<usize> = (0..headers.len()).filter(|&at| headers[at].trim() == theirs).collect();
            let alike = || (0..headers.len()).filter(|&at| fold(&headers[at]) == fold(theirs)).collect();
            let found: Vec<usize> = if exact.is_empty() { alike() } else { exact };
            match found[..] {
                [at] if chosen.iter().any(|(taken, ..)| *taken == at) => {
                    return Err(format!("the map gives the column {theirs:?} two meanings"));
                }
                [at] => chosen.push((at, *field, *number)),
                [] => {
                    return Err(format!(
                        "the map says that {field} is the column {theirs:?}, and there is none"
                    ));
                }
                _ => return Err(format!("the header has more than one column {theirs:?}")),
            }
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_our_column_first() {
        let text =
            "# Acme EHR\nkind = payments-csv\ncheck_number = Ref. \"A\"\n\nadjustment_code_2=Reason (2)\n";
        let map = Map::parse(text).expect("a map");
        assert_eq!(map.kind, Some(Kind::PaymentsCsv));
        assert_eq!(map.text(), text);
        let headers: Vec<String> = ["x", "REASON 2", "Ref. \"A"].map(str::to_owned).to_vec();
        let found = map.columns_in(&headers).expect("found");
        assert_eq!(found, [(2, Field::CheckNumber, None), (1, Field::AdjCode, Some(2))]);
        assert!(map.columns_in(&headers[..1]).is_err());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, said) in [
            ("a\n", "line 1"),
            ("\nkind = shoes", "line 2"),
            ("paid = A\npaid = B", "given twice"),
            ("colour = A", "is no name of ours"),
            ("paid =", "no column"),
            ("# nothing", "empty"),
        ] {
            let error = Map::parse(text).expect_err(text);
            assert!(error.contains(said), "{error}");
        }
    }
}
