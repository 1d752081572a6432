//! How fast reports are folded: an aging of a hundred thousand balances of forty payers, and the denials of as many cases
//! by forty reasons.

use arrears::domain::brief::LineBrief;
use arrears::domain::{ClaimId, Date, Money};
use arrears::report::Buckets;
use arrears::report::aging::{AgingItem, Basis, By, Question, Responsibility, table};
use arrears::report::denials::{self, Claims, Group, Sums};
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

fn refusals(c: &mut Criterion) {
    let label = |n: u64| format!("CO-{n}");
    let fold = || {
        let (mut sums, mut claims) = (vec![Sums::default(); 40], Claims::default());
        for n in 0..CLAIMS {
            let denied = Money::from_cents((n % 50_000) as i64 + 1);
            let line = LineBrief { denied, open: denied, ..LineBrief::default() };
            claims.add(ClaimId(n + 1), (n % 40) as u32);
            let sums = &mut sums[(n % 40) as usize];
            sums.add_cases(1);
            (0..2).for_each(|_| sums.add_line(&line, true));
        }
        let groups = (0..).zip(sums);
        let groups = groups.map(|(n, sums)| Group { label: label(n), id: None, summary: None, sums });
        (groups.collect(), claims)
    };
    let as_of = Date::parse_iso("2026-09-30").expect("a day");
    let question = denials::Question { by: denials::By::Reason, from: None, to: None, as_of };
    let mut group = c.benchmark_group("denials");
    group.throughput(Throughput::Elements(CLAIMS));
    group.sample_size(20);
    group.bench_function("by reason", |b| {
        b.iter(|| {
            let (groups, claims) = fold();
            denials::table(&question, groups, claims)
        })
    });
    group.finish();
}

criterion_group!(benches, aging, refusals);
criterion_main!(benches);
