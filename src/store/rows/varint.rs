//! Numbers of variable length: seven bits a byte, low bits first, the high bit set on all but the last byte. Numbers
//! that may be negative are folded first: 0, −1, 1, −2 become 0, 1, 2, 3.

use super::Bad;

/// Appends a number.
#[inline]
pub fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a number that may be negative.
pub fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// What has not been read yet.
pub struct Rest<'a>(pub &'a [u8]);

impl<'a> Rest<'a> {
    /// So many bytes as they are.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Bad> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(|| Bad("ends too early".to_owned()))?;
        self.0 = rest;
        Ok(taken)
    }

    /// Whether all was read.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses bytes that are left over.
    pub fn finish(&self) -> Result<(), Bad> {
        if self.0.is_empty() { Ok(()) } else { Err(Bad(format!("has {} bytes too many", self.0.len()))) }
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, Bad> {
        let (&byte, rest) = self.0.split_first().ok_or_else(|| Bad("ends too early".to_owned()))?;
        self.0 = rest;
        Ok(byte)
    }

    /// As many bytes as a row says.
    pub fn bytes(&mut self, count: u64) -> Result<&'a [u8], Bad> {
        self.take(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// One number.
    #[inline]
    pub fn number(&mut self) -> Result<u64, Bad> {
        match self.0 {
            // Most are lengths and small amounts, of one byte.
            [byte, rest @ ..] if *byte < 0x80 => {
                self.0 = rest;
                Ok(u64::from(*byte))
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, Bad> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Bad("has a number of more than 64 bits".to_owned()))
    }

    /// Steps over so many numbers.
    pub fn skip_numbers(&mut self, count: usize) -> Result<(), Bad> {
        (0..count).try_for_each(|_| self.number().map(drop))
    }

    /// One number that may be negative.
    pub fn signed(&mut self) -> Result<i64, Bad> {
        let folded = self.number()?;
        Ok((folded >> 1) as i64 ^ -((folded & 1) as i64))
    }
}
