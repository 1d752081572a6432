//! One HTML file for printing and for mail: nothing is fetched, nothing runs, everything is escaped.

use std::borrow::Cow;
use std::io::{self, Write};

use super::xlsx::About;
use super::{human, portions};
use crate::report::{Column, RowKind, Table};

const LOOKS: &str = "\
body{font:14px/1.4 system-ui,sans-serif;margin:2rem;color:#1a1a1a}
h1{font-size:1.3rem;margin:0}
p{margin:.3rem 0;color:#555}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .75rem;text-align:left;border-bottom:1px solid #ddd;vertical-align:top}
th{border-bottom:2px solid #555}
.n{text-align:right;white-space:nowrap}
.s td{font-weight:600}
tfoot td{font-weight:700;border-top:2px solid #555}
ol{columns:2}
.page{break-before:page;margin-top:3rem}
@media print{.page{margin-top:0}body{margin:0;font-size:10pt}thead{display:table-header-group}tr{break-inside:avoid}}
";

pub(super) fn write(tables: &[Table], out: &mut dyn Write) -> io::Result<()> {
    head(&tables.first().map(human::heading).unwrap_or_default(), out)?;
    for table in tables {
        section(table, out)?;
    }
    writeln!(out, "</body>\n</html>")
}

/// Tables as one file to print: a first page with what the whole is and what is in it, then each table on a page of its
/// own.
///
/// # Errors
/// Whatever `out` answers.
pub fn pages(title: &str, about: &About, tables: &[(&str, Table)], out: &mut dyn Write) -> io::Result<()> {
    head(title, out)?;
    writeln!(out, "<h1>{}</h1>", escaped(title))?;
    writeln!(out, "<table>\n<tbody>")?;
    let practice = about.practice.as_deref().filter(|name| !name.is_empty()).unwrap_or("(not named)");
    let day = about.as_of.map(|day| day.to_string()).unwrap_or_default();
    let program = concat!("arrears ", env!("CARGO_PKG_VERSION"));
    let fixed = [("Practice", practice), ("As of", day.as_str()), ("Written by", program)];
    let said = about.lines.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in fixed.into_iter().chain(said) {
        writeln!(out, "<tr><td>{}</td><td>{}</td></tr>", escaped(name), escaped(value))?;
    }
    writeln!(out, "</tbody>\n</table>\n<h2>Contents</h2>\n<ol>")?;
    for (at, (name, _)) in tables.iter().enumerate() {
        writeln!(out, "<li><a href=\"#t{at}\">{}</a></li>", escaped(name))?;
    }
    writeln!(out, "</ol>")?;
    for (at, (_, table)) in tables.iter().enumerate() {
        writeln!(out, "<div class=\"page\" id=\"t{at}\">")?;
        section(table, out)?;
        writeln!(out, "</div>")?;
    }
    writeln!(out, "</body>\n</html>")
}

fn head(title: &str, out: &mut dyn Write) -> io::Result<()> {
    let title = escaped(title);
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    // Even a hole in the escaping could fetch and run nothing.
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">")?;
    writeln!(out, "<title>{title}</title>\n<style>\n{LOOKS}</style>\n</head>\n<body>")
}

fn section(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<h1>{}</h1>", escaped(&human::heading(table)))?;
    let asked = table.parameters.iter().filter(|(_, value)| !value.is_empty());
    let asked: Vec<String> = asked.map(|(name, value)| format!("{name}: {value}")).collect();
    if !asked.is_empty() {
        writeln!(out, "<p>{}</p>", escaped(&asked.join(" · ")))?;
    }
    if table.is_empty() {
        writeln!(out, "<p>{}</p>", escaped(&table.nothing()))?;
    } else {
        body(table, out)?;
    }
    for note in &table.notes {
        writeln!(out, "<p>{}</p>", escaped(note))?;
    }
    Ok(())
}

fn body(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let columns = human::columns(table);
    writeln!(out, "<table>\n<thead>")?;
    let titles: Vec<String> = columns.iter().map(|(_, column)| column.title.to_string()).collect();
    line("th", &columns, &titles, out)?;
    writeln!(out, "</thead>\n<tbody>")?;
    portions::write(table.len(), out, |places, out| {
        let mut word = String::new();
        table.within(places, |kind, cells| {
            out.extend_from_slice(if kind == RowKind::Subtotal { b"<tr class=\"s\">" } else { b"<tr>" });
            human::each_word(&columns, cells, &mut word, |column, word| push("td", column, word, out));
            out.write_all(b"</tr>\n")
        })
    })?;
    writeln!(out, "</tbody>")?;
    if let Some(totals) = &table.totals {
        writeln!(out, "<tfoot>")?;
        line("td", &columns, &human::totals(&columns, totals), out)?;
        writeln!(out, "</tfoot>")?;
    }
    writeln!(out, "</table>")
}

fn line(tag: &str, columns: &[(usize, &Column)], words: &[String], out: &mut dyn Write) -> io::Result<()> {
    let mut line = b"<tr>".to_vec();
    columns.iter().zip(words).for_each(|((_, column), word)| push(tag, column, word, &mut line));
    line.extend_from_slice(b"</tr>\n");
    out.write_all(&line)
}

/// Adds a cell.
fn push(tag: &str, column: &Column, word: &str, out: &mut Vec<u8>) {
    let side = if column.kind.is_numeric() { " class=\"n\">" } else { ">" };
    let parts = ["<", tag, side, &escaped(word), "</", tag, ">"];
    parts.into_iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
}

fn escaped(text: &str) -> Cow<'_, str> {
    let text = super::sanitise(text);
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe.into()
}
