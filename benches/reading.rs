//! How fast files are read: the survey that decides whether a file is whole, and the reading of its claims.

use std::hint::black_box;

use arrears::input::{FileReader, Source, survey};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

mod practice;

fn read(source: &Source) -> u64 {
    let mut reader = FileReader::open(source).expect("opens");
    let mut items = 0;
    while reader.next_set().expect("reads") {
        while let Some(item) = reader.next_remit_item().expect("reads") {
            black_box(item);
            items += 1;
        }
        while let Some(claim) = reader.next_claim().expect("reads") {
            black_box(claim);
            items += 1;
        }
    }
    items
}

fn reading(c: &mut Criterion) {
    let folder = practice::files(2_000);
    for kind in ["837", "835"] {
        let path = practice::largest(&folder.path().join(kind));
        let source = practice::source(&path);
        let mut group = c.benchmark_group(kind);
        group.throughput(Throughput::Bytes(std::fs::metadata(&path).expect("a file").len()));
        group.sample_size(20);
        group.bench_function("survey", |b| b.iter(|| survey(&source).expect("whole")));
        group.bench_function("read", |b| b.iter(|| read(&source)));
        group.finish();
    }
}

criterion_group!(benches, reading);
criterion_main!(benches);
