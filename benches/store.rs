//! How fast records go into the ledger and come back (rows encoded and decoded), and how fast an index is kept and asked,
//! without a disk.

use std::hint::black_box;
use std::time::Duration;

use arrears::domain::ClaimId;
use arrears::store::Read;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

mod practice;

fn records(c: &mut Criterion) {
    let book = practice::books(1_000);
    let tables = book.read().expect("a snapshot");
    let ids: Vec<_> = tables.claim_states().expect("claims").map(|item| item.expect("a claim").0).collect();
    let claims: Vec<_> = ids.iter().map(|id| tables.claim(*id).expect("reads").expect("there")).collect();
    let payments: Vec<_> =
        ids.iter().flat_map(|id| tables.payments_of_claim(*id).expect("reads")).take(1_000).collect();

    let mut group = c.benchmark_group("store");
    group.sample_size(20);
    group.throughput(Throughput::Elements(claims.len() as u64));
    group.bench_function("get claims", |b| {
        b.iter(|| ids.iter().for_each(|id| drop(black_box(tables.claim(*id).expect("reads")))));
    });
    let writer = || book.write(Duration::ZERO).expect("nobody else writes");
    group.bench_function("put claims", |b| {
        // A writer that is dropped takes everything back.
        b.iter_batched(
            writer,
            |mut writer| {
                let mut tables = writer.tables();
                claims.iter().for_each(|claim| tables.put_claim(claim).expect("written"));
                drop(tables);
                drop(writer);
            },
            BatchSize::PerIteration,
        );
    });
    let numbers: Vec<_> =
        claims.iter().map(|claim| (claim.claim.control_number.index_form(), claim.id)).collect();
    group.bench_function("index claim numbers", |b| {
        b.iter_batched(
            writer,
            |mut writer| {
                let mut tables = writer.tables();
                // A claim of its own for each number: what is there already would cost less.
                for (number, claim) in &numbers {
                    let other = ClaimId(claim.0 + numbers.len() as u64);
                    tables.index_claim_number(number, other).expect("written");
                }
                drop(tables);
                drop(writer);
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("find claims by number", |b| {
        b.iter(|| {
            let found: usize =
                numbers.iter().map(|(number, _)| tables.claims_by_number(number).expect("reads").len()).sum();
            black_box(found)
        });
    });
    group.throughput(Throughput::Elements(payments.len() as u64));
    group.bench_function("get payments", |b| {
        b.iter(|| payments.iter().for_each(|p| drop(black_box(tables.payment(p.id).expect("reads")))));
    });
    group.bench_function("put payments", |b| {
        b.iter_batched(
            writer,
            |mut writer| {
                let mut tables = writer.tables();
                payments.iter().for_each(|payment| tables.put_payment(payment).expect("written"));
                drop(tables);
                drop(writer);
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, records);
criterion_main!(benches);
