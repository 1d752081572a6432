//! How fast an aging is folded: a hundred thousand balances of forty payers.

use arrears::domain::{ClaimId, Date, Money};
use arrears::report::Buckets;
use arrears::report::aging::{AgingItem, Basis, By, Question, Responsibility, table};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const CLAIMS: u64 = 100_000;

fn aging(c: &mut Criterion) {
    let as_of = Date::parse_iso("2026-09-30").expect("a day");
    let payers: Vec<(String, String)> = (0..40).map(|n| (format!("PAYER {n}"), format!("P{n:04}"))).collect();
    let items = || {
        (0..CLAIMS).map(|n| {
            let (name, ident) = &payers[(n % 40) as usize];
            AgingItem {
                claim: ClaimId(n + 1),
                key: name.into(),
                key_id: Some(ident.into()),
                balance: Money::from_cents((n % 50_000) as i64 - 500),
                basis_date: Some(Date::from_number(as_of.number() - (n % 400) as i32)),
            }
        })
    };
    let question = || Question {
        by: By::Payer,
        responsibility: Responsibility::All,
        basis: Basis::Service,
        buckets: Buckets::default(),
        as_of,
    };
    let mut group = c.benchmark_group("aging");
    group.throughput(Throughput::Elements(CLAIMS));
    group.sample_size(20);
    group.bench_function("by payer", |b| b.iter(|| table(question(), items())));
    group.finish();
}

criterion_group!(benches, aging);
criterion_main!(benches);
