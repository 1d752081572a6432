//! An answer in words for a person. No names: free text and copied elements are left to the caller.

use crate::codes::{SyntaxList, entity, status_category, status_code, syntax_error};
use crate::domain::ClaimId;
use crate::domain::ack::{AckOutcome, AckRecord, AckSource, StatusCode, SyntaxError};

/// At most so many errors are told of.
const MOST_ERRORS: usize = 3;

/// "Something missing or wrong; another code says what" (list 508): never the most telling one.
const SAYS_LITTLE: &str = "21";

/// The composite that tells most of why: one of those that decided, with a code that says something.
#[must_use]
pub fn principal(ack: &AckRecord) -> Option<&StatusCode> {
    use crate::codes::Saying;
    let deciding = |code: &&StatusCode| {
        let saying = status_category(&code.category).map(|c| c.saying);
        match ack.outcome {
            AckOutcome::Rejected => matches!(saying, Some(Saying::Rejected) | None),
            AckOutcome::NotFound => saying == Some(Saying::NotFound),
            _ => true,
        }
    };
    let of_these = || ack.codes.iter().filter(deciding);
    of_these().find(|code| code.status != SAYS_LITTLE).or_else(|| of_these().next()).or(ack.codes.first())
}

/// Category and code for lists: `A7` and `249`, or the kind of acknowledgment and its error code.
#[must_use]
pub fn codes(ack: &AckRecord) -> (String, String) {
    match principal(ack) {
        Some(code) => (code.category.clone(), code.status.clone()),
        None => (ack.kind.clone(), ack.error_codes.first().unwrap_or(&ack.result).clone()),
    }
}

/// What it says, as it concerns one claim.
#[must_use]
pub fn meaning(ack: &AckRecord, claim: ClaimId) -> String {
    let mut words = match ack.source {
        AckSource::Payer | AckSource::Clearinghouse => statuses(ack),
        AckSource::Syntax => syntax(ack, claim),
        AckSource::Interchange => interchange(ack),
    };
    if ack.conflict {
        words.push("(the action beside the codes says the opposite)".to_owned());
    }
    words.join("; ")
}

/// The codes as sent: `A7:21, A7:249:85`.
#[must_use]
pub fn as_sent(ack: &AckRecord) -> String {
    let one = |code: &StatusCode| {
        let parts = [&code.category, &code.status, &code.entity];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(":")
    };
    let mut sent: Vec<String> = ack.codes.iter().map(one).collect();
    if !ack.result.is_empty() {
        sent.push(format!("{} {}", ack.kind, ack.result));
    }
    sent.extend(ack.error_codes.iter().cloned());
    sent.join(", ")
}

fn statuses(ack: &AckRecord) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut say = |text: String| {
        if !text.is_empty() && !words.contains(&text) {
            words.push(text);
        }
    };
    for code in &ack.codes {
        say(status_category(&code.category)
            .map_or_else(|| format!("category {}", code.category), |c| c.summary.to_owned()));
        let what = match status_code(&code.status) {
            Some(known) => known.summary.to_owned(),
            None if code.status.is_empty() => String::new(),
            None => format!("status code {}", code.status),
        };
        let whose = match entity(&code.entity) {
            Some(known) => format!(" ({known})"),
            None if code.entity.is_empty() => String::new(),
            None => format!(" (entity {})", code.entity),
        };
        let line = if code.line.is_empty() { String::new() } else { format!(", line {}", code.line) };
        say(format!("{what}{whose}{line}"));
    }
    words
}

fn syntax(ack: &AckRecord, claim: ClaimId) -> Vec<String> {
    let rejected = ack.outcome == AckOutcome::Rejected;
    let mut words = vec![
        match (ack.result.as_str(), rejected) {
            ("E", _) => "syntax accepted, errors noted",
            ("P", _) => "group partly accepted",
            (_, true) => "rejected at syntax, with every claim sent with it",
            _ => "syntax accepted",
        }
        .to_owned(),
    ];
    if !rejected {
        return words;
    }
    let list =
        if ack.errors.is_empty() && ack.scope_is_group() { SyntaxList::Group } else { SyntaxList::Set };
    words.extend(ack.error_codes.iter().filter_map(|code| syntax_error(list, code)).map(str::to_owned));
    let own: Vec<&SyntaxError> = ack.errors.iter().filter(|e| e.of == Some(claim)).collect();
    let others = ack.errors.iter().any(|e| e.of.is_some_and(|of| of != claim));
    if own.is_empty() && others {
        words.push("the error stands in another claim".to_owned());
        return words;
    }
    let told: Vec<&SyntaxError> =
        if own.is_empty() { ack.errors.iter().filter(|e| e.of.is_none()).collect() } else { own };
    words.extend(told.iter().take(MOST_ERRORS).map(|error| describe(error)));
    if told.len() > MOST_ERRORS {
        words.push(format!("and {} more", told.len() - MOST_ERRORS));
    }
    words
}

fn describe(error: &SyntaxError) -> String {
    let segment = syntax_error(SyntaxList::Segment, &error.code)
        .map_or_else(|| format!("error {}", error.code), str::to_owned);
    let mut words = format!("{} (segment {} of the set): {segment}", error.segment_id, error.position);
    if !error.element.is_empty() || !error.element_code.is_empty() {
        let element = syntax_error(SyntaxList::Element, &error.element_code)
            .map_or_else(|| format!("error {}", error.element_code), str::to_owned);
        words.push_str(&format!(", element {}: {element}", error.element));
    }
    words
}

fn interchange(ack: &AckRecord) -> Vec<String> {
    let word =
        if ack.outcome == AckOutcome::Rejected { "interchange rejected" } else { "interchange received" };
    let notes = ack.error_codes.iter().filter(|code| *code != "000");
    let said = notes.map(|code| {
        syntax_error(SyntaxList::Interchange, code).map_or_else(|| format!("note {code}"), str::to_owned)
    });
    std::iter::once(word.to_owned()).chain(said).collect()
}
