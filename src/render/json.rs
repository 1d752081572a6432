//! The report object of the contract, with its keys in the order of the columns.

use std::io::{self, Write};

use super::value::{write_scalar, write_text};
use crate::report::{Cell, Column, RowKind, Table};

pub(super) fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"report\":")?;
    write_text(table.name, out)?;
    out.write_all(b",\"as_of\":")?;
    write_scalar(&Cell::from(table.as_of), out)?;
    out.write_all(b",\"basis\":")?;
    write_scalar(&Cell::from(table.basis.clone()), out)?;
    out.write_all(b",\"parameters\":")?;
    let parameters = table.parameters.iter().map(|(name, value)| (*name, Cell::from(value.as_str())));
    object(parameters, out)?;
    out.write_all(b",\n \"columns\":[")?;
    for (place, column) in table.columns.iter().enumerate() {
        let comma: &[u8] = if place == 0 { b"" } else { b"," };
        out.write_all(comma)?;
        let name = ("name", Cell::from(column.key.as_ref()));
        object([name, ("type", Cell::from(column.kind.as_str()))].into_iter(), out)?;
    }
    out.write_all(b"],\n \"rows\":[")?;
    let items = table.rows.iter().filter(|row| row.kind == RowKind::Item);
    for (place, row) in items.enumerate() {
        out.write_all(if place == 0 { b"\n  " } else { b",\n  " })?;
        cells(&table.columns, &row.cells, out)?;
    }
    out.write_all(b"],\n \"totals\":")?;
    cells(&table.columns, table.totals.as_deref().unwrap_or_default(), out)?;
    out.write_all(b",\n \"notes\":[")?;
    for (place, note) in table.notes.iter().enumerate() {
        out.write_all(if place == 0 { b"" } else { b"," })?;
        write_text(note, out)?;
    }
    out.write_all(b"]}\n")
}

fn cells(columns: &[Column], cells: &[Cell], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{")?;
    for (place, (column, cell)) in columns.iter().zip(cells).enumerate() {
        out.write_all(if place == 0 { b"" } else { b"," })?;
        write_text(&column.key, out)?;
        out.write_all(b":")?;
        write_scalar(cell, out)?;
    }
    out.write_all(b"}")
}

fn object<'a>(members: impl Iterator<Item = (&'a str, Cell)>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{")?;
    for (place, (name, cell)) in members.enumerate() {
        out.write_all(if place == 0 { b"" } else { b"," })?;
        write_text(name, out)?;
        out.write_all(b":")?;
        write_scalar(&cell, out)?;
    }
    out.write_all(b"}")
}
