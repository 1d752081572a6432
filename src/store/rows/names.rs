//! What a claim is called: a row of a block for each, as [`super::block`] describes it.
//!
//! A report with a row for each patient or claim reads 21 bytes of a claim here where its record has 144, and unpacks none
//! of the rest.
//!
//! | what | how |
//! |---|---|
//! | control number | how many digits it ends with, the text before them, shared, and the number that they are, near those of the neighbours; or 0 and the text |
//! | patient | family name, given name, shared |
//! | services | twice their count, one more where they are not numbered from 1 on; such numbers; procedures, shared |

use super::Bad;
use super::block::{Packer, Unpacker};
use crate::domain::ClaimId;
use crate::domain::brief::ClaimNames;

/// The table, for messages.
pub const TABLE: &str = "claim_names";

/// As many digits as any number of 64 bits can have.
const MOST_DIGITS: usize = 18;
/// The control number is near those of the neighbours.
const NUMBER: usize = 0;

/// Writes the row of a claim.
pub fn pack(names: &ClaimNames<'_>, to: &mut Packer<'_>) {
    let text = names.control_number;
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).take(MOST_DIGITS).count();
    let (before, ending) = text.split_at(text.len() - digits);
    to.number(digits as u64);
    match ending.parse() {
        Ok(number) => {
            to.shared(before);
            to.near(NUMBER, number);
        }
        Err(_) => to.text(text),
    }
    to.shared(names.last);
    to.shared(names.first);
    let own_numbers = !(1u16..).zip(names.services).all(|(place, (number, _))| place == *number);
    to.number(2 * names.services.len() as u64 + u64::from(own_numbers));
    if own_numbers {
        names.services.iter().for_each(|(number, _)| to.number(u64::from(*number)));
    }
    names.services.iter().for_each(|(_, procedure)| to.shared(procedure));
}

/// Room for the parts of one row after another.
#[derive(Default)]
pub struct Parts<'b> {
    control_number: String,
    services: Vec<(u16, &'b str)>,
}

/// Reads what `pack` wrote.
pub fn unpack<'b, 'p>(
    key: u64,
    from: &mut Unpacker<'b>,
    parts: &'p mut Parts<'b>,
) -> Result<ClaimNames<'p>, Bad> {
    parts.control_number.clear();
    match from.small()? {
        0 => parts.control_number.push_str(from.text()?),
        digits => {
            parts.control_number.push_str(from.shared()?);
            push_digits(from.near(NUMBER)?, digits, &mut parts.control_number)?;
        }
    }
    let (last, first) = (from.shared()?, from.shared()?);
    let count = from.number()?;
    parts.services.clear();
    for place in 1..=count / 2 {
        let number = if count % 2 == 0 { place } else { from.number()? };
        let number = u16::try_from(number).map_err(|_| Bad(format!("{number} is no line")))?;
        parts.services.push((number, ""));
    }
    for (_, procedure) in &mut parts.services {
        *procedure = from.shared()?;
    }
    Ok(ClaimNames {
        id: ClaimId(key),
        control_number: &parts.control_number,
        last,
        first,
        services: &parts.services,
    })
}

/// Appends a number with zeroes before it.
fn push_digits(number: i64, count: usize, text: &mut String) -> Result<(), Bad> {
    let mut digits = [b'0'; MOST_DIGITS];
    let mut rest = u64::try_from(number).ok().filter(|_| count <= MOST_DIGITS).ok_or_else(no_number)?;
    for digit in digits[..count].iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    if rest > 0 {
        return Err(no_number());
    }
    text.extend(digits[..count].iter().map(|digit| char::from(*digit)));
    Ok(())
}

fn no_number() -> Bad {
    Bad("has a control number of too many digits".to_owned())
}
