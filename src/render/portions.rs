//! Long tables in portions: laid out on two threads, written in order. No format is known here.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// So many rows are laid out at once: some hundred kilobytes, and long enough that handing them over is no matter.
const TOGETHER: usize = 1024;

/// Lays out the rows of a table, by their places, and writes them in order. What `lay` adds of a portion must not depend on
/// the portions before it.
///
/// # Errors
/// The first of `lay`, or whatever `out` answers.
pub(super) fn write(
    rows: usize,
    out: &mut dyn Write,
    lay: impl Fn(Range<usize>, &mut Vec<u8>) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let portions = rows.div_ceil(TOGETHER);
    // The portions of a table are much the same size.
    let room = AtomicUsize::new(0);
    let lay = |portion: usize| -> io::Result<Vec<u8>> {
        let mut laid = Vec::with_capacity(room.load(Ordering::Relaxed));
        lay(portion * TOGETHER..((portion + 1) * TOGETHER).min(rows), &mut laid)?;
        room.fetch_max(laid.len() + laid.len() / 16, Ordering::Relaxed);
        Ok(laid)
    };
    if portions < 2 {
        return (0..portions).try_for_each(|portion| out.write_all(&lay(portion)?));
    }
    thread::scope(|scope| {
        // Nobody is far ahead of the writing. Where that ends early, so does the other thread.
        let (hand_over, others) = mpsc::sync_channel(1);
        let lay = &lay;
        scope.spawn(move || (1..portions).step_by(2).try_for_each(|portion| hand_over.send(lay(portion))));
        for portion in 0..portions {
            let laid = match portion % 2 {
                0 => lay(portion),
                _ => others.recv().map_err(io::Error::other)?,
            };
            out.write_all(&laid?)?;
        }
        Ok(())
    })
}

/// Looks at the rows of a table, by their places, each half on a thread of its own, and hands out what was made of them.
pub(super) fn look<T: Send>(rows: usize, look: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    if rows < 2 * TOGETHER {
        return vec![look(0..rows)];
    }
    thread::scope(|scope| {
        let other = scope.spawn(|| look(rows / 2..rows));
        let one = look(0..rows / 2);
        vec![one, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of so many rows, a line for each.
    fn written(rows: usize) -> io::Result<String> {
        let mut out = Vec::new();
        write(rows, &mut out, |places, out| {
            places.into_iter().try_for_each(|place| writeln!(out, "{place}"))
        })?;
        String::from_utf8(out).map_err(io::Error::other)
    }

    #[test]
    fn every_row_is_written_once_and_in_order() -> io::Result<()> {
        for rows in [0, 1, TOGETHER, TOGETHER + 1, 2 * TOGETHER, 5 * TOGETHER + 7] {
            let wanted: String = (0..rows).map(|place| format!("{place}\n")).collect();
            assert_eq!(written(rows)?, wanted, "{rows} rows");
            let seen: usize = look(rows, |places| places.len()).into_iter().sum();
            assert_eq!(seen, rows);
        }
        Ok(())
    }

    #[test]
    fn what_cannot_be_written_ends_it() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let lay = |_: Range<usize>, out: &mut Vec<u8>| out.write_all(b"row");
        for room in [0, 1, 2, 7] {
            let error = write(100 * TOGETHER, &mut Full(room), lay).expect_err("there is no room");
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        }
        let refuse = |places: Range<usize>, _: &mut Vec<u8>| match places.start {
            0 => Ok(()),
            _ => Err(io::ErrorKind::InvalidData.into()),
        };
        let error = write(9 * TOGETHER, &mut io::sink(), refuse).expect_err("the second portion is refused");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
