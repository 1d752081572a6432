//! Rows of an opening-balances table: a claim as it was billed, and what is left of it. One row is one claim.

use super::claims::{self, Piece};
use super::fields::Field;
use super::row::{Bad, Row};
use crate::domain::claim::Brought;
use crate::domain::{Account, Money};

/// Reads a row: its charge less what was paid and adjusted must be its balance.
pub fn read(row: &Row<'_>) -> Result<(Piece, Brought), Bad> {
    let piece = claims::read(row)?;
    let brought = Brought {
        charge: piece.claim.charge,
        paid: row.money(Field::Paid, 1)?.unwrap_or(Money::ZERO),
        adjusted: row.money(Field::Adjusted, 1)?.unwrap_or(Money::ZERO),
        balance: row.amount(Field::Balance)?,
        bucket: bucket(row, piece.claim.payers.len() > 1)?,
    };
    let left = brought.charge - brought.paid - brought.adjusted;
    if left != brought.balance {
        return Err(row.bad(
            Field::Balance,
            1,
            format!("charge less paid and adjusted is {left}, not the balance"),
        ));
    }
    Ok((piece, brought))
}

fn bucket(row: &Row<'_>, has_second: bool) -> Result<Account, Bad> {
    match row.text(Field::Bucket).to_ascii_lowercase().as_str() {
        "" | "insurance" | "ins" | "payer" | "open" | "primary" => Ok(Account::Open),
        "patient" | "pt" | "self" | "guarantor" => Ok(Account::Due),
        "denied" => Ok(Account::Denied),
        "secondary" | "next" if has_second => Ok(Account::Next),
        "secondary" | "next" => {
            Err(row.bad(Field::Bucket, 1, "no secondary payer is named that could owe it"))
        }
        _ => Err(row.bad(Field::Bucket, 1, "expected insurance, secondary, patient or denied")),
    }
}
