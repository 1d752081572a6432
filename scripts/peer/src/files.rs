//! X12 cut into segments and elements, and turned into the few records that the tables want.

/// The elements of one segment; absent ones are empty.
pub struct Segment<'a> {
    items: [&'a [u8]; 24],
}

impl<'a> Segment<'a> {
    /// Element `n`, the id being 0.
    pub fn get(&self, n: usize) -> &'a [u8] {
        self.items[n]
    }

    /// As text.
    pub fn text(&self, n: usize) -> &'a str {
        std::str::from_utf8(self.items[n]).unwrap_or("")
    }

    /// As cents.
    pub fn cents(&self, n: usize) -> i64 {
        cents(self.items[n])
    }
}

/// Calls `found` with every segment of a file that ends its segments with `~` and separates elements with `*`.
pub fn segments<'a, E>(
    file: &'a [u8],
    mut found: impl FnMut(&Segment<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let mut segment = Segment { items: [&[]; 24] };
    let mut start = 0;
    for end in memchr::memchr_iter(b'~', file) {
        let text = file[start..end].trim_ascii_start();
        start = end + 1;
        let (mut count, mut from) = (0, 0);
        for at in memchr::memchr_iter(b'*', text).chain([text.len()]) {
            if count < 24 {
                segment.items[count] = &text[from..at];
            }
            count += 1;
            from = at + 1;
        }
        segment.items[count.min(24)..].fill(&[]);
        found(&segment)?;
    }
    Ok(())
}

/// The parts of a composite element.
pub fn part(element: &[u8], n: usize) -> &str {
    element.split(|b| *b == b':').nth(n).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or("")
}

/// `-12.5` is -1250.
pub fn cents(text: &[u8]) -> i64 {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        rest => (1, rest),
    };
    let (mut cents, mut decimals) = (0, None);
    for byte in digits {
        match byte {
            b'0'..=b'9' if decimals != Some(2) => {
                cents = cents * 10 + i64::from(byte - b'0');
                decimals = decimals.map(|n| n + 1);
            }
            b'.' => decimals = Some(0),
            _ => {}
        }
    }
    sign * cents * [100, 10, 1][decimals.unwrap_or(0)]
}

/// The number of a day written `CCYYMMDD` or `CCYY-MM-DD`: days since 1970; 0 for what is none.
pub fn day(text: &[u8]) -> i64 {
    let mut number = 0;
    for byte in text.iter().filter(|b| b.is_ascii_digit()).take(8) {
        number = number * 10 + i64::from(byte - b'0');
    }
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    if month == 0 {
        return 0;
    }
    // March is the first month of a year that ends with its leap day.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let century = year.div_euclid(400);
    let of_era = year - century * 400;
    let of_year = (153 * month + 2) / 5 + day - 1;
    century * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
