//! What is in a bucket for a line, and what is taken out of it for one.

use super::*;

const OURS: (Account, PayerId) = (Account::Denied, PayerId(1));
const ALONG: (Account, PayerId) = (Account::Hold, PayerId(1));

fn dollars(amount: i64) -> Money {
    Money::from_cents(amount * 100)
}

/// 20 for no line, 30 and 40 for two of them; another payer's 50; and a bucket in which one line is 10 below zero.
fn parts() -> Parts {
    let mut parts = Parts::default();
    for (line, amount) in [(0, 20), (1, 25), (2, 40), (1, 5)] {
        parts.add(OURS.0, OURS.1, line, dollars(amount));
    }
    parts.add(Account::Denied, PayerId(2), 1, dollars(50));
    parts.add(ALONG.0, ALONG.1, 1, dollars(-10));
    parts.add(ALONG.0, ALONG.1, 2, dollars(25));
    parts.add(Account::Due, PayerId(1), 1, dollars(-5));
    parts.add(Account::Due, PayerId(1), 1, Money::ZERO);
    parts
}

fn of(parts: &Parts, bucket: (Account, PayerId)) -> Vec<(u16, i64)> {
    let of = parts.of(bucket.0, bucket.1).map(|part| (part.line, part.amount.cents() / 100));
    let mut of: Vec<(u16, i64)> = of.collect();
    of.sort_unstable();
    of
}

#[test]
fn what_is_there_for_a_line() {
    let parts = parts();
    for (bucket, line, there) in [
        (OURS, 0, 90),
        (OURS, 1, 50),
        (OURS, 2, 60),
        (OURS, 3, 20),
        ((Account::Denied, PayerId(2)), 1, 50),
        ((Account::Denied, PayerId(2)), 2, 0),
        ((Account::Denied, PayerId(3)), 0, 0),
        // Never more than stands in the bucket, though a line has more.
        (ALONG, 0, 15),
        (ALONG, 1, 0),
        (ALONG, 2, 15),
        ((Account::Due, PayerId(1)), 1, 0),
        ((Account::Due, PayerId(1)), 0, 0),
    ] {
        assert_eq!(parts.available(bucket.0, bucket.1, line), dollars(there), "{bucket:?} {line}");
    }
}

#[test]
fn what_is_taken_for_a_line() {
    for (bucket, line, amount, left) in [
        (OURS, 1, 0, &[(0, 20), (1, 30), (2, 40)][..]),
        (OURS, 1, 10, &[(0, 20), (1, 20), (2, 40)]),
        (OURS, 1, 40, &[(0, 10), (2, 40)]),
        // Another line's is not taken: its own goes below zero.
        (OURS, 1, 60, &[(1, -10), (2, 40)]),
        (OURS, 3, 5, &[(0, 15), (1, 30), (2, 40)]),
        (OURS, 0, 15, &[(0, 5), (1, 30), (2, 40)]),
        // Without a line: what stands for none first, then line by line.
        (OURS, 0, 60, &[(2, 30)]),
        (OURS, 0, 100, &[(0, -10)]),
        // What is below zero has nothing to give.
        (ALONG, 1, 5, &[(1, -15), (2, 25)]),
        (ALONG, 0, 5, &[(1, -10), (2, 20)]),
        (ALONG, 0, 30, &[(0, -5), (1, -10)]),
    ] {
        let mut parts = parts();
        parts.take(bucket.0, bucket.1, line, dollars(amount));
        assert_eq!(of(&parts, bucket), left, "{amount} of {bucket:?} for {line}");
        let other = if bucket == OURS { ALONG } else { OURS };
        assert_eq!(of(&parts, other), of(&self::parts(), other), "the rest stays");
        assert_eq!(of(&parts, (Account::Denied, PayerId(2))), [(1, 50)]);
        let before = self::parts().holdings().bucket(bucket.0);
        assert_eq!(parts.holdings().bucket(bucket.0), before - dollars(amount));
    }
}
