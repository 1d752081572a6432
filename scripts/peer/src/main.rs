//! The yardstick of `scripts/bench`: claims, remittances and balances in SQLite, as a careful programmer would write it
//! for speed. WAL, one durable transaction per file, every statement prepared once, integer keys, and only the indexes
//! that posting and looking up need.
//!
//! It does less than `arrears`: it checks no totals, holds nothing back, knows no file again and decides no denial case.

mod files;
mod store;

use std::error::Error;
use std::path::{Path, PathBuf};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args.as_slice() {
        ["init", db] => store::create(Path::new(db)),
        ["load", db, ref paths @ ..] => {
            let mut store = store::Store::open(Path::new(db))?;
            for path in expand(paths)? {
                store.take_in(&std::fs::read(path)?)?;
            }
            Ok(())
        }
        ["index", db] => store::index_for_reports(Path::new(db)),
        ["export", db, folder] => store::export(Path::new(db), Path::new(folder)),
        ["totals", db] => store::print(Path::new(db), store::TOTALS, &[]),
        ["aging", db, by, day] => {
            let column = match by {
                "payer" | "provider" | "patient" => by,
                _ => return Err("by payer, provider or patient".into()),
            };
            store::print(Path::new(db), &store::AGING.replace("$by", column), &[day])
        }
        ["denials", db] => store::print(Path::new(db), store::DENIALS, &[]),
        ["denials-by-payer", db] => store::print(Path::new(db), store::DENIALS_BY_PAYER, &[]),
        ["as-of", db, day] => store::print(Path::new(db), store::AS_OF, &[day]),
        ["claim", db, number] => {
            store::print(Path::new(db), store::CLAIM, &[number])?;
            store::print(Path::new(db), store::CLAIM_PAYMENTS, &[number])
        }
        ["status", db] => store::print(Path::new(db), store::STATUS, &[]),
        _ => Err("init, load, index, export, totals, aging, denials, denials-by-payer, as-of, claim or status".into()),
    }
}

/// Files, and the files of folders in the order of their names.
fn expand(paths: &[&str]) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths.iter().map(Path::new) {
        if path.is_dir() {
            let inside = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
            let mut inside = inside.collect::<std::io::Result<Vec<_>>>()?;
            inside.sort();
            files.append(&mut inside);
        } else {
            files.push(path.to_owned());
        }
    }
    Ok(files)
}
