//! Tables of rows with what each must come to, in the line below it.

/// Holds every row of a table to its expectation. Lines that begin with `#` are remarks.
pub(super) fn hold(table: &str, told: impl Fn(&str) -> String) {
    let mut lines = table.lines().filter(|line| !line.starts_with('#'));
    let mut wrong = Vec::new();
    while let Some(row) = lines.next() {
        let (want, have) = (lines.next().expect(row).trim(), told(row));
        if have != want {
            wrong.push(format!("{row}\n    {have}\n  want {want}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
