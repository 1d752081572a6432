//! Markdown tables, for mail and tickets.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{human, portions};
use crate::report::Table;

pub(super) fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**{}**\n", escaped(&human::heading(table)))?;
    let columns = human::columns(table);
    if table.is_empty() {
        writeln!(out, "{}", escaped(&table.nothing()))?;
    } else {
        let titles: Vec<String> = columns.iter().map(|(_, column)| column.title.to_string()).collect();
        line(&titles, "", out)?;
        let rules = columns.iter().map(|(_, column)| if column.kind.is_numeric() { "---:" } else { "---" });
        writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
        portions::write(table.len(), out, |places, out| {
            let mut word = String::new();
            table.within(places, |_, cells| {
                human::each_word(&columns, cells, &mut word, |_, word| push(word, "", out));
                out.write_all(b"|\n")
            })
        })?;
        if let Some(totals) = &table.totals {
            line(&human::totals(&columns, totals), "**", out)?;
        }
    }
    for note in &table.notes {
        writeln!(out, "\n{}", escaped(&super::sanitise(note)))?;
    }
    Ok(())
}

fn line(words: &[String], mark: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    words.iter().for_each(|word| push(word, mark, &mut line));
    line.extend_from_slice(b"|\n");
    out.write_all(&line)
}

/// Adds a cell.
fn push(word: &str, mark: &str, out: &mut Vec<u8>) {
    let word = escaped(word);
    let parts = if word.is_empty() { ["| ", "", "", "", ""] } else { ["| ", mark, &word, mark, " "] };
    parts.into_iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
}

/// The text, with everything that Markdown or HTML would take for markup made harmless.
fn escaped(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let marks = |c: char| matches!(c, '<' | '>' | '&' | '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~');
    if !text.contains(marks) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            c => {
                safe.extend(marks(c).then_some('\\'));
                safe.push(c);
            }
        }
    }
    safe.into()
}
