//! What people should know besides the table of an import: each thing once, the like of it counted, names short.

use crate::cli::Context;
use crate::domain::book::Issue;
use crate::import::{FileOutcome, ImportReport, SetOutcome, SetStatus};
use crate::render::{counted, money};

/// More lines than this flood a screen; JSON has them all.
const MOST_SAID: usize = 40;

/// A row of a table that cannot be read.
const BAD_ROW: &str = "bad-row";

/// What a switch of this command could do about an issue.
const SWITCHES: [(&str, &str); 2] = [
    (
        "control-count",
        "`--accept-wrong-counts` posts transactions whose only fault is a count or control number.",
    ),
    ("test-file", "`--accept-test-files` posts files that say they come from a test system."),
];

pub(super) fn tell(report: &ImportReport, dry_run: bool, context: &Context) {
    let printer = &context.printer;
    let folder = common_folder(report);
    let mut lines = Vec::new();
    let mut codes = Vec::new();
    for file in &report.files {
        about(file, &file.file[folder.len()..], &mut lines);
        let held = file.sets.iter().filter(|set| set.status == SetStatus::Held);
        codes.extend(held.flat_map(|set| &set.issues).map(|issue| issue.code.as_str()));
    }
    for line in lines.iter().take(MOST_SAID) {
        printer.say(line);
    }
    if lines.len() > MOST_SAID {
        let more = counted(lines.len() - MOST_SAID, "line");
        printer.say(&format!("... and {more} more; `--format json` has it all."));
    }
    for (_, advice) in SWITCHES.iter().filter(|(code, _)| codes.contains(code)) {
        printer.say(&format!("hint: {advice}"));
    }
    totals(report, dry_run, context);
}

/// The folder that all names begin with: nobody needs to read it in each line.
pub(super) fn common_folder(report: &ImportReport) -> &str {
    let end = |name: &str| name.rfind(['/', '\\']).map_or(0, |place| place + 1);
    let mut names = report.files.iter().map(|file| file.file.as_str());
    let Some(first) = names.next() else { return "" };
    let mut folder = &first[..end(first)];
    for name in names {
        while !name.starts_with(folder) {
            folder = &folder[..end(&folder[..folder.len() - 1])];
        }
    }
    folder
}

/// What there is to say about one file: a line that says what became of it, and one for each kind of issue.
fn about(file: &FileOutcome, name: &str, lines: &mut Vec<String>) {
    let held: Vec<&str> = (file.sets.iter().filter(|set| set.status == SetStatus::Held))
        .map(|set| set.control.as_str())
        .collect();
    let issues = file.issues.iter().chain(file.sets.iter().flat_map(|set| &set.issues));
    // A person corrects a table row by row: each row that cannot be read is said.
    let rows = file.issues.iter().filter(|issue| issue.code == BAD_ROW);
    let kinds = kinds(issues.filter(|issue| issue.code != BAD_ROW || !file.issues.contains(issue)));
    let is_table = file.kind.as_deref().is_some_and(|kind| kind.ends_with("-csv"));
    let place = if is_table { "line" } else { "segment" };
    let brought = |set: &&SetOutcome| set.status == SetStatus::Posted;
    for set in file.sets.iter().filter(brought) {
        lines.extend(
            set.balance.map(|sum| format!("{name}: {} opening balances add up to {}", set.added, money(sum))),
        );
    }
    match (held.as_slice(), &file.error) {
        ([], Some(error)) if file.sets.is_empty() => {
            // A file's own error begins with its name as it was given.
            let error =
                error.strip_prefix(&file.file).map_or(error.as_str(), |rest| rest.trim_start_matches(": "));
            lines.push(format!("{name}: {error}"));
            lines.extend(rows.map(|row| format!("  {}", said(row, place))));
            return;
        }
        ([], _) if kinds.is_empty() && rows.clone().next().is_none() => return,
        ([], _) => lines.push(format!("{name}:")),
        ([one], _) => lines.push(format!("{name}: transaction {one} is held; nothing of it is in the books")),
        (several, _) => lines.push(format!(
            "{name}: {} transactions are held; nothing of them is in the books ({})",
            several.len(),
            several.join(", ")
        )),
    }
    lines.extend(rows.map(|row| format!("  {}", said(row, place))));
    for (first, count) in kinds {
        lines.push(match count {
            1 => format!("  {}", said(first, place)),
            n => format!("  {n} x {}; the first at {}", first.code, said(first, place)),
        });
    }
}

/// The first issue of each kind and how many there are, each issue counted once.
fn kinds<'a>(issues: impl Iterator<Item = &'a Issue>) -> Vec<(&'a Issue, usize)> {
    let mut all: Vec<&Issue> = Vec::new();
    for issue in issues {
        if !all.contains(&issue) {
            all.push(issue);
        }
    }
    let mut kinds: Vec<(&Issue, usize)> = Vec::new();
    for issue in all {
        match kinds.iter_mut().find(|(first, _)| first.code == issue.code) {
            Some((_, count)) => *count += 1,
            None => kinds.push((issue, 1)),
        }
    }
    kinds
}

fn said(issue: &Issue, place: &str) -> String {
    match issue.segment {
        0 => issue.message.clone(),
        n if issue.text.is_empty() => format!("{place} {n}: {}", issue.message),
        n => format!("{place} {n} ({}): {}", issue.text, issue.message),
    }
}

/// The closing lines.
fn totals(report: &ImportReport, dry_run: bool, context: &Context) {
    let totals = &report.totals;
    let say = |words: String| context.printer.say(&words);
    let would = if dry_run { "would be " } else { "" };
    if totals.claims_added + totals.claims_replaced > 0 {
        say(format!(
            "Claims: {} {would}new, {} of known claims.",
            totals.claims_added,
            counted(totals.claims_replaced, "further submission")
        ));
    }
    let of_claims = report.files.iter().flat_map(|file| &file.sets).filter(|set| set.kind.is_claims());
    let found = of_claims.map(|set| set.matched).sum::<u64>();
    match found {
        0 => {}
        1 => say("1 claim payment that waited found its claim.".to_owned()),
        found => say(format!("{found} claim payments that waited found their claims.")),
    }
    let sets = || report.files.iter().flat_map(|file| &file.sets);
    let heard: u64 = sets().filter(|set| set.kind.is_answer()).map(|set| set.matched).sum();
    if heard > 0 {
        let rejected: u64 = sets().map(|set| set.rejected).sum();
        let look = if rejected > 0 && !dry_run { "; `arrears rejection list` says why" } else { "" };
        say(format!(
            "Acknowledgments: {} {would}heard by claims, {rejected} of them rejections{look}.",
            counted(heard, "answer")
        ));
    }
    let seen = totals.remits_posted + totals.remits_held + totals.remits_duplicate;
    if seen > 0 {
        say(format!(
            "Remittances: {} {would}posted with {} in cash, {} held, {} known before.",
            totals.remits_posted,
            money(totals.paid),
            totals.remits_held,
            totals.remits_duplicate
        ));
    }
    let left = match (totals.unapplied, dry_run) {
        (0, _) => return,
        (_, true) => "would be left unapplied.",
        (1, false) => "is left unapplied; `arrears unapplied list` says why.",
        (_, false) => "are left unapplied; `arrears unapplied list` says why.",
    };
    say(format!("{} of {} {left}", totals.unapplied, counted(totals.claim_payments, "claim payment")));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(code: &str, segment: u64) -> Issue {
        Issue { code: code.to_owned(), segment, text: String::new(), message: "why".to_owned() }
    }

    #[test]
    fn the_same_is_said_once_and_the_like_is_counted() {
        let all = [issue("cut-off", 3), issue("npi", 9), issue("cut-off", 3), issue("npi", 12)];
        let kinds = kinds(all.iter());
        assert_eq!(kinds, [(&all[0], 1), (&all[1], 2)]);
        assert_eq!(said(&all[1], "segment"), "segment 9: why");
    }
}
