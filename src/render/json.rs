//! The report object of the contract, with its keys in the order of the columns.

use std::io::{self, Write};
use std::ops::Range;

use super::portions;
use super::value::{write_scalar, write_text};
use crate::report::{Cell, RowKind, Table};

pub(super) fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let mut line = b"{\"report\":".to_vec();
    write_text(table.name, &mut line)?;
    line.extend_from_slice(b",\"as_of\":");
    write_scalar(&Cell::from(table.as_of), &mut line)?;
    line.extend_from_slice(b",\"basis\":");
    write_scalar(&Cell::from(table.basis.clone()), &mut line)?;
    line.extend_from_slice(b",\"parameters\":");
    let parameters = table.parameters.iter().map(|(name, value)| (*name, Cell::from(value.as_str())));
    object(parameters, &mut line)?;
    line.extend_from_slice(b",\n \"columns\":[");
    for (place, column) in table.columns.iter().enumerate() {
        line.extend_from_slice(if place == 0 { b"" } else { b"," });
        let name = ("name", Cell::from(column.key.as_ref()));
        object([name, ("type", Cell::from(column.kind.as_str()))].into_iter(), &mut line)?;
    }
    line.extend_from_slice(b"],\n \"rows\":[");
    out.write_all(&line)?;
    let keys = keys(table)?;
    portions::write(table.len(), out, |places, out| rows(table, places, &keys, out))?;
    let mut line = b"],\n \"totals\":".to_vec();
    cells(&keys, table.totals.as_deref().unwrap_or_default(), &mut line)?;
    line.extend_from_slice(b",\n \"notes\":[");
    for (place, note) in table.notes.iter().enumerate() {
        line.extend_from_slice(if place == 0 { b"" } else { b"," });
        write_text(note, &mut line)?;
    }
    line.extend_from_slice(b"]}\n");
    out.write_all(&line)
}

fn rows(table: &Table, places: Range<usize>, keys: &[Vec<u8>], out: &mut Vec<u8>) -> io::Result<()> {
    // Rows that are no data stand among those that are made already.
    let first = table.rows.iter().position(|row| row.kind == RowKind::Item).unwrap_or(table.rows.len());
    let mut place = places.start;
    table.within(places, |kind, row| {
        if kind == RowKind::Item {
            out.extend_from_slice(if place == first { b"\n  " } else { b",\n  " });
            cells(keys, row, out)?;
        }
        place += 1;
        Ok(())
    })
}

/// What stands before each cell of a row.
fn keys(table: &Table) -> io::Result<Vec<Vec<u8>>> {
    let mut keys = Vec::with_capacity(table.columns.len());
    for (place, column) in table.columns.iter().enumerate() {
        let mut key = if place == 0 { b"".to_vec() } else { b",".to_vec() };
        write_text(&column.key, &mut key)?;
        key.push(b':');
        keys.push(key);
    }
    Ok(keys)
}

fn cells(keys: &[Vec<u8>], cells: &[Cell], out: &mut Vec<u8>) -> io::Result<()> {
    out.push(b'{');
    for (key, cell) in keys.iter().zip(cells) {
        out.extend_from_slice(key);
        write_scalar(cell, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn object<'a>(members: impl Iterator<Item = (&'a str, Cell)>, out: &mut Vec<u8>) -> io::Result<()> {
    out.push(b'{');
    for (place, (name, cell)) in members.enumerate() {
        out.extend_from_slice(if place == 0 { b"" } else { b"," });
        write_text(name, out)?;
        out.push(b':');
        write_scalar(&cell, out)?;
    }
    out.push(b'}');
    Ok(())
}
