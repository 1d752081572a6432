//! An official list of codes, as the office downloaded it: reasons (CARC), remarks (RARC), or the combinations of CORE rule 360.

use std::collections::BTreeMap;

use crate::domain::{Code, Date};

use super::csv::{day, fold};

/// Which list a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeList {
    /// Claim adjustment reason codes.
    Carc,
    /// Remittance advice remark codes.
    Rarc,
    /// Which reasons, remarks and groups go together, by business scenario.
    Core360,
}

impl CodeList {
    /// Each with its word.
    pub const ALL: [(&'static str, CodeList); 3] =
        [("CARC", CodeList::Carc), ("RARC", CodeList::Rarc), ("CORE-360", CodeList::Core360)];
}

/// A row of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its text; of a combination its scenario, groups and remarks.
    pub text: String,
    /// In force since, until, and changed last; empty where the list does not say it.
    pub days: [Option<Date>; 3],
}

/// A list that was read, and what of it was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadList {
    /// Its rows by code.
    pub rows: BTreeMap<String, Listed>,
    /// Lines that are no row of such a list, by their numbers.
    pub unread: Vec<u64>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Code,
    Text,
    Since,
    Until,
    Changed,
    Scenario,
    Remark,
    Group,
}

/// The names of columns, folded.
const NAMES: [(Holds, &[&str]); 8] = [
    (
        Holds::Code,
        &[
            "code",
            "carc",
            "rarc",
            "carccode",
            "rarccode",
            "reasoncode",
            "remarkcode",
            "claimadjustmentreasoncode",
            "remittanceadviceremarkcode",
        ],
    ),
    (
        Holds::Text,
        &[
            "text",
            "description",
            "codedescription",
            "carcdescription",
            "rarcdescription",
            "officialtext",
            "meaning",
            "definition",
        ],
    ),
    (Holds::Since, &["start", "startdate", "effective", "effectivedate"]),
    (
        Holds::Until,
        &["stop", "stopdate", "end", "enddate", "deactivated", "deactivationdate", "terminationdate"],
    ),
    (Holds::Changed, &["modified", "lastmodified", "modifieddate", "lastmodifieddate", "modificationdate"]),
    (
        Holds::Scenario,
        &["scenario", "businessscenario", "corescenario", "scenarionumber", "corebusinessscenario"],
    ),
    (Holds::Remark, &["rarc", "rarccode", "remarkcode", "remark", "remittanceadviceremarkcode"]),
    (Holds::Group, &["cagc", "group", "groupcode", "claimadjustmentgroupcode", "cagccode"]),
];

/// Reads a CSV or tab-separated list. Its first line may name the columns; else they are a code and its text.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn code_list(bytes: &[u8], list: CodeList) -> Result<ReadList, String> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err("it is a workbook or an archive: save its sheet as CSV".to_owned());
    }
    let tabs = bytes.iter().take_while(|b| **b != b'\n').any(|b| *b == b'\t');
    let delimiter = if tabs { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
    let mut read = ReadList::default();
    let mut columns: Option<Vec<Option<Holds>>> = None;
    for row in reader.byte_records() {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = row
            .iter()
            .map(|c| String::from_utf8_lossy(c).trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        match &columns {
            None => match named(&cells, list)? {
                Some(found) => columns = Some(found),
                None if list == CodeList::Core360 => {
                    return Err(
                        "its first line must name the columns: scenario, CARC, RARC and CAGC".to_owned()
                    );
                }
                None => {
                    let plain = vec![Some(Holds::Code), Some(Holds::Text)];
                    take(&mut read, &plain, &cells, line, list);
                    columns = Some(plain);
                }
            },
            Some(columns) => take(&mut read, columns, &cells, line, list),
        }
    }
    let alike = read.rows.values().filter(|row| Code::parse(&row.text.to_uppercase()).is_some()).count();
    if list != CodeList::Core360 && alike * 2 > read.rows.len() {
        return Err("what stands beside its codes are codes, not texts".to_owned());
    }
    Ok(read)
}

/// What the columns hold, where a line names them.
fn named(cells: &[String], list: CodeList) -> Result<Option<Vec<Option<Holds>>>, String> {
    let combines = list == CodeList::Core360;
    let holds = |cell: &String| {
        let name = fold(cell);
        let fits = |(holds, names): &&(Holds, &[&str])| {
            let of_list = match holds {
                Holds::Scenario | Holds::Remark | Holds::Group => combines,
                Holds::Code => !combines || !name.starts_with("rarc") && !name.starts_with("rem"),
                _ => !combines,
            };
            of_list && names.contains(&name.as_str())
        };
        NAMES.iter().find(fits).map(|(holds, _)| *holds)
    };
    let found: Vec<Option<Holds>> = cells.iter().map(holds).collect();
    let has = |wanted: Holds| found.iter().filter(|one| **one == Some(wanted)).count();
    let needed = if combines { Holds::Scenario } else { Holds::Text };
    match (has(Holds::Code), has(needed)) {
        (1, 1) => Ok(Some(found)),
        (0, 0) => Ok(None),
        _ if combines => Ok(None),
        _ => Err(format!(
            "its columns are {}: one of them must be the code and one its text",
            cells.iter().take(12).cloned().collect::<Vec<_>>().join(", ")
        )),
    }
}

/// Takes a row, or notes that it is none.
fn take(read: &mut ReadList, columns: &[Option<Holds>], cells: &[String], line: u64, list: CodeList) {
    let cell = |wanted: Holds| {
        let at = columns.iter().position(|holds| *holds == Some(wanted));
        at.and_then(|at| cells.get(at)).map_or("", String::as_str)
    };
    let code = cell(Holds::Code).to_uppercase();
    let text = match list {
        CodeList::Core360 => {
            let remark = match cell(Holds::Remark) {
                "" => "no remark needed".to_owned(),
                remark => format!("with {}", remark.to_uppercase()),
            };
            let group = cell(Holds::Group).to_uppercase();
            format!("scenario {}: {group} {remark}", cell(Holds::Scenario))
        }
        _ => cell(Holds::Text).to_owned(),
    };
    if text.is_empty() || !is_of(list, &code) {
        read.unread.push(line);
        return;
    }
    let days = [Holds::Since, Holds::Until, Holds::Changed].map(|holds| day(cell(holds)));
    let row = Listed { text, days };
    match read.rows.get_mut(&code) {
        Some(known) if list == CodeList::Core360 => known.text = format!("{}; {}", known.text, row.text),
        _ => {
            read.rows.insert(code, row);
        }
    }
}

/// Whether a code has the form of a list's: reasons are a number or a letter and a number, remarks a letter or two and one.
fn is_of(list: CodeList, code: &str) -> bool {
    let letters = code.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = code.bytes().skip(letters).take_while(u8::is_ascii_digit).count();
    let letters_of = if list == CodeList::Rarc { 1..=2 } else { 0..=1 };
    letters_of.contains(&letters)
        && (1..=4).contains(&digits)
        && letters + digits == code.len()
        && Code::parse(code).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8], list: CodeList) -> Vec<(String, String)> {
        let read = code_list(bytes, list).expect("a list");
        read.rows.into_iter().map(|(code, row)| (code, row.text)).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn commas_tabs_and_quotes() {
        assert_eq!(
            rows(b"45,\"One, two\"\nb1, x y \n\n9,\n", CodeList::Carc),
            pairs(&[("45", "One, two"), ("B1", "x y")])
        );
        assert_eq!(rows(b"N45\tOne, two\n", CodeList::Rarc), pairs(&[("N45", "One, two")]));
    }

    #[test]
    fn columns_have_names_and_days() {
        let file = "\u{feff}Last Modified,Code,Start Date,Description,Stop Date,Notes\n\
            2013-09-30,999,01/01/1995,a reason that came later,,x\n,16,,lacks something,7/1/2027,\nTotal: 2,,,,,\n";
        let read = code_list(file.as_bytes(), CodeList::Carc).expect("a list");
        assert_eq!((read.rows.len(), read.unread), (2, vec![4]));
        let days = |code: &str| read.rows[code].days.map(|day| day.map(|day| day.to_string()));
        assert_eq!(days("999"), [Some("1995-01-01".to_owned()), None, Some("2013-09-30".to_owned())]);
        assert_eq!(days("16")[1].as_deref(), Some("2027-07-01"));
    }

    #[test]
    fn combinations_are_gathered_by_reason() {
        let file = b"Scenario,CARC,RARC,CAGC\n1,16,M76,CO\n2,16,,pr\n2,31,,CO\n";
        assert_eq!(
            rows(file, CodeList::Core360),
            pairs(&[
                ("16", "scenario 1: CO with M76; scenario 2: PR no remark needed"),
                ("31", "scenario 2: CO no remark needed"),
            ])
        );
    }

    #[test]
    fn what_is_no_such_list_is_refused() {
        for (file, list) in [
            (&b"Scenario,CARC,RARC,CAGC\n1,16,M76,CO\n"[..], CodeList::Carc),
            (b"1,16,M76,CO\n2,31,N1,CO\n", CodeList::Carc),
            (b"1,16,M76,CO\n", CodeList::Core360),
            (b"Code,Notes\n16,x y\n", CodeList::Carc),
            (b"PK\x03\x04whatever", CodeList::Rarc),
        ] {
            assert!(code_list(file, list).is_err(), "{list:?} {}", String::from_utf8_lossy(file));
        }
        let read = code_list(b"M1,a remark\n", CodeList::Carc).expect("nothing of it is a reason's");
        assert!(read.rows.len() < 2);
    }
}
