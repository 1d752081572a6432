//! How fast the rules decide: one adjustment, and all that payers said about one claim.

use std::hint::black_box;

use arrears::books::{matching, retell};
use arrears::domain::merge::Merged;
use arrears::domain::{Code, GroupCode};
use arrears::posting::history::tell;
use arrears::posting::position::Answer;
use arrears::posting::treatment::{Surroundings, treatment};
use arrears::store::Read;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

mod practice;

fn adjustments(c: &mut Criterion) {
    let said = [
        (GroupCode::Co, "45"),
        (GroupCode::Pr, "1"),
        (GroupCode::Pr, "3"),
        (GroupCode::Co, "197"),
        (GroupCode::Oa, "23"),
        (GroupCode::Co, "253"),
    ];
    let said = said.map(|(group, reason)| (group, Code::known(reason)));
    let mut group = c.benchmark_group("treatment");
    group.throughput(Throughput::Elements(said.len() as u64));
    group.bench_function("six adjustments", |b| {
        b.iter(|| {
            for (group, reason) in said {
                let _ = black_box(treatment(Some(group), black_box(reason), Surroundings::default()));
            }
        });
    });
    group.finish();
}

fn stories(c: &mut Criterion) {
    let book = practice::books(500);
    let tables = book.read().expect("a snapshot");
    let states = tables.claim_states().expect("claims").map(|item| item.expect("a claim").0);
    // The claims of which payers said most.
    let mut claims: Vec<_> = states
        .map(|id| {
            let record = tables.claim(id).expect("reads").expect("there");
            let payments = tables.payments_of_claim(id).expect("reads");
            let entries = retell::entries(&tables, id, &payments).expect("reads");
            (record, payments, entries)
        })
        .collect();
    claims.sort_by_key(|(_, payments, _)| std::cmp::Reverse(payments.len()));
    claims.truncate(100);
    let mut group = c.benchmark_group("story");
    group.throughput(Throughput::Elements(claims.len() as u64));
    group.bench_function("a hundred claims with many answers", |b| {
        b.iter(|| {
            for (record, payments, entries) in &claims {
                let charges = matching::charges_of(record);
                let answers: Vec<Answer<'_>> = payments.iter().map(retell::answer).collect();
                let acts = retell::acts(entries, &Merged::default());
                let terms = retell::terms(record, &charges, &[]);
                black_box(tell(terms, &retell::versions(record), &acts, answers.into()).outcomes.len());
            }
        });
    });
    group.finish();
}

criterion_group!(benches, adjustments, stories);
criterion_main!(benches);
