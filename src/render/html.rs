//! One HTML file for printing and for mail: nothing is fetched, nothing runs, everything is escaped.

use std::io::{self, Write};

use super::human;
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
@media print{body{margin:0;font-size:10pt}thead{display:table-header-group}tr{break-inside:avoid}}
";

pub(super) fn write(tables: &[Table], out: &mut dyn Write) -> io::Result<()> {
    let title = tables.first().map(|table| escaped(&human::heading(table))).unwrap_or_default();
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    // Even a hole in the escaping could fetch and run nothing.
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">")?;
    writeln!(out, "<title>{title}</title>\n<style>\n{LOOKS}</style>\n</head>\n<body>")?;
    for table in tables {
        section(table, out)?;
    }
    writeln!(out, "</body>\n</html>")
}

fn section(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<h1>{}</h1>", escaped(&human::heading(table)))?;
    let asked = table.parameters.iter().filter(|(_, value)| !value.is_empty());
    let asked: Vec<String> = asked.map(|(name, value)| format!("{name}: {value}")).collect();
    if !asked.is_empty() {
        writeln!(out, "<p>{}</p>", escaped(&asked.join(" · ")))?;
    }
    if table.rows.is_empty() {
        writeln!(out, "<p>{}</p>", escaped(table.empty))?;
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
    line("th", "", &columns, &titles, out)?;
    writeln!(out, "</thead>\n<tbody>")?;
    for row in &table.rows {
        let class = if row.kind == RowKind::Subtotal { " class=\"s\"" } else { "" };
        line("td", class, &columns, &human::row(&columns, &row.cells), out)?;
    }
    writeln!(out, "</tbody>")?;
    if let Some(totals) = &table.totals {
        writeln!(out, "<tfoot>")?;
        line("td", "", &columns, &human::totals(&columns, totals), out)?;
        writeln!(out, "</tfoot>")?;
    }
    writeln!(out, "</table>")
}

fn line(
    tag: &str,
    class: &str,
    columns: &[(usize, &Column)],
    words: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "<tr{class}>")?;
    for ((_, column), word) in columns.iter().zip(words) {
        let side = if column.kind.is_numeric() { " class=\"n\"" } else { "" };
        write!(out, "<{tag}{side}>{}</{tag}>", escaped(word))?;
    }
    writeln!(out, "</tr>")
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in super::sanitise(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
