//! A list of codes with their official texts, as the office downloaded it: a code and a text on each line.

/// The codes and texts of a CSV or tab-separated list. Lines without either are left out.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn code_list(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    let tabs = bytes.iter().take_while(|b| **b != b'\n').any(|b| *b == b'\t');
    let delimiter = if tabs { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
    let mut list = Vec::new();
    for row in reader.byte_records() {
        let row = row.map_err(|error| error.to_string())?;
        let cell = |at: usize| {
            row.get(at).map_or_else(String::new, |c| String::from_utf8_lossy(c).trim().to_owned())
        };
        let (code, text) = (cell(0).to_uppercase(), cell(1));
        if !code.is_empty() && !text.is_empty() {
            list.push((code, text));
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::code_list;

    #[test]
    fn commas_tabs_and_quotes() {
        let pair = |code: &str, text: &str| (code.to_owned(), text.to_owned());
        assert_eq!(
            code_list(b"45,\"One, two\"\nn1, x \n\n9,\n"),
            Ok(vec![pair("45", "One, two"), pair("N1", "x")])
        );
        assert_eq!(code_list(b"45\tOne, two\n"), Ok(vec![pair("45", "One, two")]));
    }
}
