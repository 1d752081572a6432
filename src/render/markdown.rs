//! Markdown tables, for mail and tickets.

use std::io::{self, Write};

use super::human;
use crate::report::Table;

pub(super) fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**{}**\n", escaped(&human::heading(table)))?;
    let columns = human::columns(table);
    if table.is_empty() {
        writeln!(out, "{}", escaped(table.empty))?;
    } else {
        let titles: Vec<String> = columns.iter().map(|(_, column)| column.title.to_string()).collect();
        line(&titles, "", out)?;
        let rules = columns.iter().map(|(_, column)| if column.kind.is_numeric() { "---:" } else { "---" });
        writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
        table.each(|_, cells| line(&human::row(&columns, cells), "", out))?;
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
    for word in words {
        let word = escaped(word);
        match word.as_str() {
            "" => write!(out, "| ")?,
            word => write!(out, "| {mark}{word}{mark} ")?,
        }
    }
    writeln!(out, "|")
}

/// The text, with everything that Markdown or HTML would take for markup made harmless.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}
