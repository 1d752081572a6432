//! How fast files are read: the survey that decides whether a file is whole, and the reading of its claims. Beside them
//! the least that any reader must do, to compare with: cutting into segments and elements.

use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;

use arrears::input::{FileReader, Source, survey};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

mod practice;

/// Cuts at `~` and `*` and does nothing with what is between them.
fn cut(path: &Path) -> usize {
    let mut file = File::open(path).expect("opens");
    let mut buffer = vec![0; 1 << 20];
    let (mut end, mut elements) = (0, 0);
    loop {
        let read = file.read(&mut buffer[end..]).expect("reads");
        if read == 0 {
            return elements;
        }
        end += read;
        let mut at = 0;
        while let Some(length) = memchr::memchr(b'~', &buffer[at..end]) {
            let segment = buffer[at..at + length].trim_ascii_start();
            let mut start = 0;
            for element_end in memchr::memchr_iter(b'*', segment).chain([segment.len()]) {
                black_box(&segment[start..element_end]);
                start = element_end + 1;
                elements += 1;
            }
            at += length + 1;
        }
        buffer.copy_within(at..end, 0);
        end -= at;
    }
}

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
        group.bench_function("cut", |b| b.iter(|| cut(&path)));
        group.bench_function("survey", |b| b.iter(|| survey(&source).expect("whole")));
        group.bench_function("read", |b| b.iter(|| read(&source)));
        group.finish();
    }
}

criterion_group!(benches, reading);
criterion_main!(benches);
