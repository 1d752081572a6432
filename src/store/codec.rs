//! Rows to bytes and back. The only file that names bincode.
//!
//! A row is one version byte and then the row's fields, in order, in bincode's variable-length form. bincode reads
//! fewer fields than were written without a word, so a row that leaves bytes over is refused here.

use bincode::config;
use serde::{Deserialize, Serialize};

use super::rows::Bad;

/// The shape of the rows in `rows`. A row of another shape needs another number, and a step in `migrate`.
pub const ROW: u8 = 1;

/// Writes a row into `out`, in place of what was there.
pub fn encode(row: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Bad> {
    out.clear();
    out.push(ROW);
    bincode::serde::encode_into_std_write(row, out, config::standard())
        .map(|_| ())
        .map_err(|error| Bad(format!("cannot be written: {error}")))
}

/// Reads a row; its texts stay where they are.
pub fn decode<'a, R: Deserialize<'a>>(bytes: &'a [u8]) -> Result<R, Bad> {
    let fields = match bytes.split_first() {
        Some((&ROW, fields)) => fields,
        Some((version, _)) => return Err(Bad(format!("has the form {version}, and {ROW} was expected"))),
        None => return Err(Bad("is empty".to_owned())),
    };
    let (row, used) = bincode::serde::borrow_decode_from_slice(fields, config::standard())
        .map_err(|error| Bad(format!("cannot be read: {error}")))?;
    if used != fields.len() {
        return Err(Bad(format!("has {} bytes too many", fields.len() - used)));
    }
    Ok(row)
}
