//! Workbooks, opened by a reader that is not ours and compared with the JSON of the same question, cell by cell.

use std::path::Path;

use calamine::{Data, DataType, Range, Reader, Xlsx, open_workbook};
use serde_json::Value;

use crate::office::{Office, TODAY};
use crate::practice::practice;

/// What a cell says, written as the JSON of its column writes it.
fn as_json(kind: &str, cell: Option<&Data>) -> Value {
    match (kind, cell) {
        (_, None | Some(Data::Empty)) => Value::Null,
        ("money", Some(cell)) => format!("{:.2}", cell.get_float().expect("a number")).into(),
        ("count" | "id", Some(cell)) => (cell.as_i64().expect("a count")).into(),
        ("percent", Some(cell)) => {
            // 0.125 is 12.5 %: the point goes two places to the right.
            let tenths = format!("{:.3}", cell.get_float().expect("a number")).replace('.', "");
            let tenths: i64 = tenths.parse().expect("digits");
            format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10).into()
        }
        ("date", Some(cell)) => {
            let (year, month, day, ..) = cell.get_datetime().expect("a day").to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}").into()
        }
        ("flag", Some(cell)) => cell.get_bool().expect("yes or no").into(),
        (_, Some(cell)) => cell.get_string().unwrap_or_else(|| panic!("{kind}: {cell:?}")).into(),
    }
}

/// Compares a sheet with a report's JSON: every row, and the totals where there are any.
pub fn compare(sheet: &Range<Data>, formulas: &Range<String>, json: &Value) {
    let columns = json["columns"].as_array().expect("columns");
    let rows = json["rows"].as_array().expect("rows");
    let totals = Some(&json["totals"])
        .filter(|totals| totals.as_object().is_some_and(|t| !t.is_empty()) && !rows.is_empty());
    assert_eq!(sheet.rows().count(), 1 + rows.len() + usize::from(totals.is_some()));
    for (at, column) in columns.iter().enumerate() {
        let (name, kind) =
            (column["name"].as_str().expect("a name"), column["type"].as_str().expect("a kind"));
        let value = |row: usize| as_json(kind, sheet.get((row, at)));
        for (row, wanted) in rows.iter().enumerate() {
            // A text of no letters and no text are the same empty cell.
            let wanted = Some(&wanted[name]).filter(|w| w.as_str() != Some("")).unwrap_or(&Value::Null);
            assert_eq!(value(row + 1), *wanted, "{name} of row {row} of {}", json["report"]);
        }
        let Some(totals) = totals.filter(|totals| at > 0 && !totals[name].is_null()) else { continue };
        assert_eq!(value(rows.len() + 1), totals[name], "the total of {name} of {}", json["report"]);
        if kind == "money" {
            let formula = formulas.get_value((rows.len() as u32 + 1, at as u32)).map_or("", String::as_str);
            assert!(formula.starts_with("SUBTOTAL(9,"), "the total of {name} is {formula:?}");
        }
    }
}

pub fn opened(path: &Path) -> Xlsx<std::io::BufReader<std::fs::File>> {
    open_workbook(path).expect("a workbook")
}

#[test]
fn every_cell_of_a_report_is_what_its_json_says() {
    let office = Office::new();
    let (folder, _) = practice(&office, 300, 11);
    office.run(&["import", folder.to_str().expect("a name")]);
    for report in [
        &["report", "aging"][..],
        &["report", "aging", "--by", "claim", "--responsibility", "patient"],
        &["report", "denials"],
        &["report", "trial-balance"],
        &["report", "aging", "--by", "provider", "--basis", "billed"],
        &["claim", "list"],
        &["remit", "list"],
        &["unapplied", "list"],
        &["plb", "list"],
        &["payer", "list"],
    ] {
        let path = office.path("report.xlsx");
        office.done(&[report, &["-o", "report.xlsx"]].concat());
        let mut book = opened(&path);
        let names = book.sheet_names();
        assert_eq!(names.len(), 2, "{report:?}: {names:?}");
        let sheet = book.worksheet_range(&names[0]).expect("a sheet");
        let formulas = book.worksheet_formula(&names[0]).expect("a sheet");
        let json = office.json(report);
        assert!(!json["rows"].as_array().expect("rows").is_empty(), "{report:?} has nothing to compare");
        compare(&sheet, &formulas, &json);
        let about = book.worksheet_range("About").expect("a sheet");
        let text: Vec<String> = about.cells().map(|(_, _, cell)| cell.to_string()).collect();
        assert!(text.iter().any(|cell| cell == json["report"].as_str().expect("a name")), "{text:?}");
    }
}

#[test]
fn a_workbook_is_the_same_twice_and_its_owners() {
    let office = Office::new();
    let (folder, _) = practice(&office, 60, 3);
    office.run(&["import", folder.to_str().expect("a name")]);
    let written = |name: &str| {
        office.done(&["report", "aging", "--as-of", TODAY, "-o", name]);
        std::fs::read(office.path(name)).expect("a file")
    };
    assert_eq!(written("one.xlsx"), written("two.xlsx"));
    // By its format alone, into a pipe.
    let piped = office.run(&["report", "aging", "--as-of", TODAY, "--format", "xlsx"]);
    assert_eq!(piped.stdout, written("three.xlsx"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(office.path("one.xlsx")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_masked_workbook_names_nobody() {
    let office = Office::new();
    let (folder, _) = practice(&office, 60, 3);
    office.run(&["import", folder.to_str().expect("a name")]);
    let patient = office.json(&["claim", "list"])["rows"][0]["patient"].as_str().expect("a name").to_owned();
    office.done(&["claim", "list", "--redact", "-o", "claims.xlsx"]);
    let mut book = opened(&office.path("claims.xlsx"));
    for (name, sheet) in book.worksheets() {
        let cells: Vec<String> = sheet.cells().map(|(_, _, cell)| cell.to_string()).collect();
        assert!(cells.iter().all(|cell| !cell.contains(&patient)), "{name}");
    }
}
