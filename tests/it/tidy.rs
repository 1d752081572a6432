//! Keeps the architecture true: who may use whom, where a package may be named, how long a file may be.
//!
//! The constants below are the rules. A change to them is a change of the architecture and deserves a commit of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which folder of `src` may use which others. The map at the top of `src/lib.rs` shows the same.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("codes", &["domain"]),
    ("input", &["domain"]),
    ("posting", &["domain", "codes"]),
    ("acks", &["domain", "codes", "posting"]),
    ("bank", &["domain"]),
    ("denial", &["domain", "codes", "posting"]),
    ("store", &["domain"]),
    ("books", &["domain", "acks", "bank", "codes", "denial", "posting", "store"]),
    ("import", &["domain", "acks", "bank", "books", "codes", "input", "posting", "store"]),
    ("letters", &["domain"]),
    ("report", &["domain"]),
    ("render", &["domain", "report"]),
    ("synth", &["domain"]),
    ("demo", &[]),
    (
        "cli",
        &[
            "domain", "acks", "bank", "codes", "input", "posting", "denial", "store", "books", "import",
            "report", "render", "synth", "demo", "letters",
        ],
    ),
];

/// Where a package may be named: whoever wants to leave it has these files to look at.
const ROOMS: &[(&str, &[&str])] = &[
    ("anstream", &["src/cli/", "src/render/"]),
    ("bincode", &["src/store/codec.rs"]),
    ("chrono", &["src/cli/context.rs", "src/domain/date.rs"]),
    ("clap", &["src/cli/"]),
    ("clap_complete", &["src/cli/completions.rs"]),
    ("clap_mangen", &["src/cli/man.rs"]),
    ("compact_str", &["src/domain/text.rs"]),
    ("csv", &["src/render/", "src/input/"]),
    ("etcetera", &["src/cli/context.rs"]),
    ("flate2", &["src/input/"]),
    ("foldhash", &["src/domain/spread.rs"]),
    ("indicatif", &["src/cli/"]),
    ("memchr", &["src/input/"]),
    ("mimalloc", &["src/main.rs"]),
    ("minijinja", &["src/letters/fill.rs"]),
    ("ratatui", &["src/cli/screen/"]),
    ("rayon", &["src/books/batch.rs", "src/books/newcomers.rs", "src/cli/import.rs", "src/store/write.rs"]),
    ("redb", &["src/store/"]),
    ("rust_decimal", &["src/domain/", "src/report/"]),
    ("rust_xlsxwriter", &["src/render/xlsx/"]),
    ("serde", &["src/store/"]),
    ("serde_json", &["src/render/", "src/synth/"]),
    ("smallvec", &["src/domain/few.rs"]),
    ("tabled", &["src/render/"]),
    ("terminal_size", &["src/render/"]),
    ("twox_hash", &["src/import/fingerprint.rs", "src/store/pages.rs"]),
    ("zip", &["src/input/", "src/letters/packet.rs"]),
];

const MOST_LINES: usize = 600;

struct File {
    /// From the root of the repository, with `/`.
    path: String,
    text: String,
    /// Compiled for tests only.
    test: bool,
}

impl File {
    /// Lines of code with their numbers: without comments, and without the tests at the end of the file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_start()));
        let tests_follow = |line: &str| !self.test && line == "#[cfg(test)]";
        lines.take_while(move |(_, line)| !tests_follow(line)).filter(|(_, line)| !line.starts_with("//"))
    }

    fn folder(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        inside.split_once('/').map(|(folder, _)| folder).or_else(|| inside.strip_suffix(".rs"))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut inside: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    inside.sort();
    for path in inside {
        let name = path.file_name().expect("a name").to_string_lossy();
        // In a second working tree `.git` is a file.
        if ["target", ".git"].contains(&name.as_ref()) {
            continue;
        }
        match path.is_dir() {
            true => walk(&path, found),
            false => found.push(path),
        }
    }
}

/// Files that are text, with their paths from the root.
fn files() -> Vec<File> {
    let mut paths = Vec::new();
    walk(&root(), &mut paths);
    let name = |path: &Path| path.strip_prefix(root()).expect("inside").to_string_lossy().replace('\\', "/");
    let files = paths.iter().filter_map(|path| Some((name(path), fs::read_to_string(path).ok()?)));
    let mut files: Vec<File> = files.map(|(path, text)| File { path, text, test: false }).collect();
    let tests = test_modules(&files);
    for file in &mut files {
        file.test = tests.iter().any(|module| file.path.starts_with(module));
    }
    files
}

/// The beginnings of the paths of modules that stand behind `#[cfg(test)]`.
fn test_modules(files: &[File]) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let beside = file.path.strip_suffix("mod.rs").unwrap_or_else(|| file.path.trim_end_matches(".rs"));
        let beside = beside.trim_end_matches('/');
        let mut behind = false;
        for line in file.text.lines().map(str::trim) {
            if let Some(module) =
                line.strip_prefix("mod ").and_then(|m| m.strip_suffix(';')).filter(|_| behind)
            {
                modules.insert(format!("{beside}/{module}.rs"));
                modules.insert(format!("{beside}/{module}/"));
            }
            behind = line == "#[cfg(test)]" || (behind && line.starts_with("#["));
        }
    }
    modules
}

fn source() -> Vec<File> {
    files().into_iter().filter(|file| file.path.starts_with("src/") && file.path.ends_with(".rs")).collect()
}

/// The names that follow `before` in a line.
fn names_after<'a>(line: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(before).map(move |(at, _)| {
        let rest = &line[at + before.len()..];
        &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
    })
}

/// Whether a line names a package as a path: `csv::` but neither `super::csv::` nor `my_csv::`.
fn names_package(line: &str, package: &str) -> bool {
    line.match_indices(&format!("{package}::"))
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

fn hold(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

#[test]
fn folders_use_only_what_they_may() {
    let mut broken = Vec::new();
    for file in source().iter().filter(|file| !file.test) {
        let Some(folder) = file.folder().filter(|name| !["lib", "main"].contains(name)) else { continue };
        let Some((_, may)) = MAY_USE.iter().find(|(name, _)| *name == folder) else {
            broken.push(format!("{}: `{folder}` is not in the table", file.path));
            continue;
        };
        for (number, line) in file.code() {
            for used in names_after(line, "crate::").filter(|used| *used != folder && !may.contains(used)) {
                broken.push(format!("{}:{number}: `{folder}` may not use `{used}`", file.path));
            }
        }
    }
    hold("tests/it/tidy.rs says who may use whom:", broken);
}

#[test]
fn the_map_names_every_folder() {
    let files = source();
    let folders: BTreeSet<&str> =
        files.iter().filter_map(File::folder).filter(|name| !["lib", "main"].contains(name)).collect();
    let table: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    assert_eq!(folders, table, "the table of tests/it/tidy.rs and the folders of src");
    let map = files.iter().find(|file| file.path == "src/lib.rs").expect("src/lib.rs");
    let missing = folders.iter().filter(|name| !map.text.contains(&format!("//! - [`{name}`]")));
    let missing = missing.filter(|name| !map.text.contains(&format!(" [`{name}`]: ")));
    hold(
        "the map in src/lib.rs says what each folder is for:",
        missing.map(|name| (*name).to_owned()).collect(),
    );
}

#[test]
fn packages_stay_in_their_rooms() {
    let mut broken = Vec::new();
    for file in source().iter().filter(|file| !file.test) {
        for (package, rooms) in
            ROOMS.iter().filter(|(_, rooms)| !rooms.iter().any(|r| file.path.starts_with(r)))
        {
            for (number, _) in file.code().filter(|(_, line)| names_package(line, package)) {
                broken.push(format!(
                    "{}:{number}: {package} is named in {} only",
                    file.path,
                    rooms.join(", ")
                ));
            }
        }
    }
    hold("each package has its room:", broken);
}

#[test]
fn only_the_edge_prints() {
    let prints = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];
    let mut broken = Vec::new();
    for file in source().iter().filter(|file| !file.path.starts_with("src/cli/")) {
        for (number, line) in file.code() {
            broken.extend(
                prints
                    .iter()
                    .filter(|word| line.starts_with(*word))
                    .map(|word| format!("{}:{number}: {word}", file.path)),
            );
        }
    }
    hold("what is said is said by src/cli:", broken);
}

#[test]
fn files_say_what_they_are_for_and_stay_short() {
    let mut broken = Vec::new();
    for file in files().iter().filter(|file| file.path.ends_with(".rs")) {
        if !file.text.starts_with("//!") {
            broken.push(format!("{}: does not begin with `//!`", file.path));
        }
        let lines = file.text.lines().count();
        if lines > MOST_LINES && file.path.starts_with("src/") {
            broken.push(format!("{}: {lines} lines, more than {MOST_LINES}", file.path));
        }
        for word in [concat!("to", "do!("), concat!("unimple", "mented!(")] {
            if file.text.contains(word) {
                broken.push(format!("{}: {word})", file.path));
            }
        }
    }
    hold("every file says what it is for, is finished, and fits a head:", broken);
}

#[test]
fn no_file_knows_a_machine() {
    let places = [
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
        concat!("/wo", "rk/"),
        concat!("/t", "mp/"),
    ];
    let mut broken = Vec::new();
    for file in files() {
        for (at, line) in file.text.lines().enumerate() {
            broken.extend(
                places
                    .iter()
                    .filter(|place| line.contains(*place))
                    .map(|place| format!("{}:{}: {place}", file.path, at + 1)),
            );
        }
    }
    hold("the repository reads the same on every computer:", broken);
}

/// Without it nothing of a journey is sandboxed: it would run in the repository and see what the one before left.
#[test]
fn every_journey_has_its_own_folder() {
    let folder = root().join("tests/journeys");
    let mut paths = Vec::new();
    walk(&folder, &mut paths);
    let journeys: Vec<&PathBuf> = paths
        .iter()
        .filter(|path| path.parent() == Some(&folder) && path.extension().is_some_and(|e| e == "md"))
        .collect();
    assert!(journeys.len() >= 5, "the journeys are the manual");
    let lacking = journeys.iter().filter(|path| !path.with_extension("out").is_dir());
    hold("every journey has a folder NAME.out:", lacking.map(|path| path.display().to_string()).collect());
}

/// The pages that a line names, each with the sections that it names of it.
fn pages(line: &str) -> Vec<(&str, Vec<&str>)> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || "/-._".contains(c));
    let begins = line.match_indices("docs/").map(|(at, _)| at);
    let named = begins.filter_map(|at| {
        let rest = &line[at..];
        let end = rest.find(".md")? + 3;
        let (page, after) = rest.split_at(end);
        let after = after.trim_start_matches(['`', ')', ',', ' ']);
        let sections = after.strip_prefix("sections ").or_else(|| after.strip_prefix("section "));
        let words = sections.unwrap_or("").split([' ', ',']).filter(|word| !word.is_empty());
        let is_section = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        let words = words.take_while(|word| is_section(word) || ["and", "to"].contains(word));
        let words = words.filter(is_section).map(|word| word.trim_end_matches(['.', ':', ';', ')']));
        (!page.contains(ends)).then(|| (page, words.collect()))
    });
    named.collect()
}

#[test]
fn every_page_and_section_that_is_named_is_there() {
    assert_eq!(
        pages("(`docs/rules/kpi.md` sections 2 to 6). `docs/ledger.md`"),
        [("docs/rules/kpi.md", vec!["2", "6"]), ("docs/ledger.md", vec![])]
    );
    let all = files();
    let headings = |page: &str| {
        let text = &all.iter().find(|file| file.path == page)?.text;
        let heads = text.lines().filter_map(|line| line.strip_prefix("## ")?.split_once(". "));
        Some(heads.map(|(number, _)| number.to_owned()).collect::<BTreeSet<String>>())
    };
    let (mut broken, mut seen) = (Vec::new(), 0);
    for file in all.iter().filter(|file| [".rs", ".md", ".toml"].iter().any(|end| file.path.ends_with(end))) {
        for (number, line) in file.text.lines().enumerate().filter(|(_, line)| line.contains("docs/")) {
            for (page, sections) in pages(line) {
                let place = format!("{}:{}", file.path, number + 1);
                let Some(known) = headings(page) else {
                    broken.push(format!("{place}: there is no {page}"));
                    continue;
                };
                let unknown = sections.iter().filter(|section| !known.contains(**section));
                broken.extend(unknown.map(|section| format!("{place}: {page} has no section {section}")));
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "only {seen} references were found");
    hold("what a comment or a page names is there:", broken);
}
