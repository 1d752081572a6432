//! Filling a template. The only file that names the template language.
//!
//! Nothing is printed for a name that does not exist: the template is refused, with its line. In HTML everything that
//! comes from the ledger is escaped. What a template may do is bounded in steps and in depth.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::builtin::all;
use super::facts::{Appeal, Claim, Denial, Facts, Line, Proof, sample};
use super::grid;
use crate::domain::{Date, Money};

/// Steps that a template may take.
const STEPS: u64 = 5_000_000;
/// How deep templates may include each other.
const DEPTH: usize = 50;

/// How a letter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Plain text.
    Text,
    /// A page to print.
    Html,
}

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template {name}{}: {message}", line.map_or_else(String::new, |line| format!(", line {line}")))]
pub struct Bad {
    /// Which template: the one asked for, or one that it includes.
    pub name: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl Bad {
    fn of(error: &Error, asked: &str) -> Bad {
        let mut message = match (error.kind(), error.detail()) {
            (ErrorKind::OutOfFuel, _) => "takes too many steps".to_owned(),
            (ErrorKind::UndefinedError, None) => "a name that does not exist".to_owned(),
            (kind, None) => kind.to_string(),
            (_, Some(detail)) => detail.to_owned(),
        };
        let mut innermost: &dyn std::error::Error = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        // What went wrong in an included template says more than that the inclusion failed.
        let inner = innermost.downcast_ref::<Error>().filter(|inner| inner.line().is_some());
        if let Some(detail) = inner.and_then(Error::detail) {
            detail.clone_into(&mut message);
        }
        let place = inner.unwrap_or(error);
        Bad { name: place.name().unwrap_or(asked).to_owned(), line: place.line(), message }
    }
}

/// Fills a template. `own` are the office's templates; they stand in place of those that come with the program.
///
/// # Errors
/// [`Bad`] names the template and the line.
pub fn fill(name: &str, own: &BTreeMap<String, String>, facts: &Facts, form: Form) -> Result<String, Bad> {
    let templates = environment(own, form)?;
    let template = templates.get_template(name).map_err(|error| Bad::of(&error, name))?;
    let is_page = template.source().trim_start().starts_with('<');
    if is_page && form == Form::Text {
        let message = "is a page in HTML; give the letter a name that ends in .html".to_owned();
        return Err(Bad { name: name.to_owned(), line: None, message });
    }
    let text = template.render(values(facts, form)).map_err(|error| Bad::of(&error, name))?;
    Ok(match form {
        Form::Text => tidy(&text),
        Form::Html if is_page => text,
        Form::Html => page(&text, name),
    })
}

/// Tries a template on made-up facts, in both forms.
///
/// # Errors
/// [`Bad`] names the template and the line.
pub fn check(name: &str, own: &BTreeMap<String, String>) -> Result<(), Bad> {
    let source = own.get(name).map_or("", String::as_str);
    if !source.trim_start().starts_with('<') {
        fill(name, own, &sample(), Form::Text)?;
    }
    fill(name, own, &sample(), Form::Html).map(drop)
}

fn environment(own: &BTreeMap<String, String>, form: Form) -> Result<Environment<'_>, Bad> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_auto_escape_callback(move |_| match form {
        Form::Text => AutoEscape::None,
        Form::Html => AutoEscape::Html,
    });
    templates.set_fuel(Some(STEPS));
    templates.set_recursion_limit(DEPTH);
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    templates.set_syntax(syntax.map_err(|error| Bad::of(&error, ""))?);
    let builtin = all().iter().filter(|builtin| !own.contains_key(builtin.name));
    let builtin = builtin.map(|builtin| (builtin.name, builtin.source));
    let own = own.iter().map(|(name, source)| (name.as_str(), source.as_str()));
    for (name, source) in builtin.chain(own) {
        templates.add_template(name, source).map_err(|error| Bad::of(&error, name))?;
    }
    Ok(templates)
}

/// At most one empty line in a row, and an end of line at the end.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && empty) {
            tidy.push_str(line);
            tidy.push('\n');
        }
        empty = line.is_empty();
    }
    tidy.trim_end().to_owned() + "\n"
}

const STYLE: &str = "body{font:11pt/1.45 Georgia,serif;color:#000;max-width:6.5in;margin:1in auto}\
p{white-space:pre-line;margin:0 0 .9em}table{border-collapse:collapse;width:100%;margin:0 0 .9em;font-size:9.5pt}\
th,td{text-align:left;padding:.2em .5em;border-bottom:1px solid #999;vertical-align:top}.n{text-align:right}\
tr{break-inside:avoid}@page{margin:1in}@media print{body{margin:0;max-width:none}}";

/// Paragraphs and tables as a page to print.
fn page(text: &str, name: &str) -> String {
    let mut body = String::new();
    for block in tidy(text).split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if block.starts_with("<table>") {
            body.push_str(block);
        } else {
            body.push_str(&format!("<p>{block}</p>"));
        }
        body.push('\n');
    }
    let title = grid::escape(name);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n<style>{STYLE}</style></head>\n<body>\n{body}</body></html>\n"
    )
}

type Map = BTreeMap<&'static str, Value>;

fn values(facts: &Facts, form: Form) -> Value {
    let table = |grid: &grid::Grid| match form {
        Form::Text => Value::from(grid.write(form)),
        Form::Html => Value::from_safe_string(grid.write(form)),
    };
    let practice = Map::from([
        ("name", Value::from(facts.practice.as_str())),
        ("npis", Value::from_iter(facts.npis.iter())),
        ("tax_ids", Value::from_iter(facts.tax_ids.iter())),
        ("address", Value::from_iter(facts.practice_address.iter())),
    ]);
    let payer = Map::from([
        ("name", Value::from(facts.payer.as_str())),
        ("id", Value::from(facts.payer_id.as_str())),
        ("address", Value::from_iter(facts.payer_address.iter())),
    ]);
    let claims: Vec<Value> = facts.claims.iter().map(|claim| claim_value(claim, &table)).collect();
    let first = claims.first().cloned().unwrap_or_else(|| Value::from(()));
    Value::from(Map::from([
        ("practice", Value::from(practice)),
        ("payer", Value::from(payer)),
        ("today", Value::from(long(facts.today))),
        ("user", Value::from(facts.user.as_str())),
        ("level", Value::from(u32::from(facts.level))),
        ("count", Value::from(claims.len())),
        ("claim", first),
        ("claims", Value::from(claims)),
        ("claims_table", table(&grid::claims(facts))),
        ("total", Value::from(dollars(facts.open()))),
    ]))
}

fn claim_value(claim: &Claim, table: &dyn Fn(&grid::Grid) -> Value) -> Value {
    let denials: Vec<Value> = claim.denials.iter().map(denial_value).collect();
    let first = denials.first().cloned().unwrap_or_else(|| Value::from(()));
    let line = |line: &Line| {
        Value::from(Map::from([
            ("number", Value::from(u32::from(line.number))),
            ("procedure", Value::from(line.procedure.as_str())),
            ("date", Value::from(day(line.on))),
            ("units", Value::from(line.units.as_str())),
            ("charge", Value::from(dollars(line.charge))),
            ("denied", Value::from(dollars(line.denied))),
        ]))
    };
    let proof = |proof: &Proof| {
        Value::from(Map::from([
            ("date", Value::from(day(proof.on))),
            ("what", Value::from(proof.what.as_str())),
            ("who", Value::from(proof.who.as_str())),
        ]))
    };
    Value::from(Map::from([
        ("number", Value::from(claim.number.as_str())),
        ("payer_number", Value::from(claim.payer_number.as_str())),
        ("patient", Value::from(claim.patient.as_str())),
        ("member_id", Value::from(claim.member_id.as_str())),
        ("born", Value::from(day(claim.born))),
        ("provider", Value::from(claim.provider.as_str())),
        ("npi", Value::from(claim.npi.as_str())),
        ("from", Value::from(day(claim.from))),
        ("to", Value::from(day(claim.to))),
        ("billed_on", Value::from(day(claim.billed_on))),
        ("charge", Value::from(dollars(claim.charge))),
        ("paid", Value::from(dollars(claim.paid))),
        ("authorization", Value::from(claim.authorization.as_str())),
        ("diagnoses", Value::from_iter(claim.diagnoses.iter())),
        ("lines", claim.lines.iter().map(line).collect()),
        ("lines_table", table(&grid::lines(claim))),
        ("proofs", claim.proofs.iter().map(proof).collect()),
        ("proofs_table", table(&grid::proofs(claim))),
        ("denial", first),
        ("denials", Value::from(denials)),
    ]))
}

fn denial_value(denial: &Denial) -> Value {
    let remark = |(code, meaning): &(String, String)| {
        Value::from(Map::from([
            ("code", Value::from(code.as_str())),
            ("meaning", Value::from(meaning.as_str())),
        ]))
    };
    let appeal = |appeal: &Appeal| {
        Value::from(Map::from([
            ("level", Value::from(u32::from(appeal.level))),
            ("date", Value::from(day(appeal.on))),
            ("method", Value::from(appeal.method.as_str())),
            ("proof", Value::from(appeal.proof.as_str())),
            ("decided", Value::from(day(appeal.decided))),
            ("outcome", Value::from(appeal.outcome)),
        ]))
    };
    Value::from(Map::from([
        ("case", Value::from(denial.case)),
        ("reason", Value::from(denial.reason.as_str())),
        ("meaning", Value::from(denial.meaning.as_str())),
        ("remarks", denial.remarks.iter().map(remark).collect()),
        ("denied", Value::from(dollars(denial.denied))),
        ("open", Value::from(dollars(denial.open))),
        ("date", Value::from(day(denial.on))),
        ("due", Value::from(day(denial.due))),
        ("rule", Value::from(denial.rule.as_str())),
        ("level", Value::from(u32::from(denial.level))),
        ("appeals", denial.appeals.iter().map(appeal).collect()),
    ]))
}

/// `$1,234.50`.
pub(super) fn dollars(amount: Money) -> String {
    let plain = amount.abs().to_string();
    let (whole, cents) = plain.split_once('.').unwrap_or((&plain, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount.is_negative() { "-" } else { "" };
    format!("{sign}${grouped}.{cents}")
}

/// `03/02/2026`, or nothing.
pub(super) fn day(date: Option<Date>) -> String {
    let Some(date) = date else { return String::new() };
    let iso = date.to_string();
    let mut parts = iso.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) => format!("{month}/{day}/{year}"),
        _ => iso,
    }
}

/// `March 2, 2026`, or nothing.
fn long(date: Option<Date>) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let Some(date) = date else { return String::new() };
    let iso = date.to_string();
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let mut parts = iso.splitn(3, '-');
    let (year, month, day) = (number(parts.next()), number(parts.next()), number(parts.next()));
    MONTHS.get(month.wrapping_sub(1)).map_or(iso.clone(), |name| format!("{name} {day}, {year}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(name: &str, source: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), source.to_owned())])
    }

    fn filled(source: &str, form: Form) -> Result<String, String> {
        fill("mine", &own("mine", source), &sample(), form).map_err(|bad| bad.to_string())
    }

    #[test]
    fn every_template_that_comes_along_can_be_filled() {
        for builtin in all() {
            check(builtin.name, &BTreeMap::new()).unwrap_or_else(|bad| panic!("{bad}"));
            let text = fill(builtin.name, &BTreeMap::new(), &sample(), Form::Text).expect("checked");
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{}: {text}", builtin.name);
            assert!(!text.contains("{{") && !text.contains("none"), "{}: {text}", builtin.name);
        }
    }

    #[test]
    fn what_does_not_exist_is_refused_with_its_line() {
        let bad = |source: &str| filled(source, Form::Text).expect_err("refused");
        assert!(bad("one\ntwo {{ claim.nothing }}").starts_with("template mine, line 2: "));
        assert!(bad("{{ nothing }}").starts_with("template mine, line 1: "));
        assert!(bad("one\n\n{% if %}").starts_with("template mine, line 3: "));
        assert!(
            bad("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}")
                .contains("steps")
        );
        assert!(bad("{% include 'nowhere' %}").contains("nowhere"));
        assert!(filled("{% include 'mine' %}", Form::Text).is_err(), "no end of includes");
    }

    #[test]
    fn html_is_escaped_and_tables_are_tables() {
        let mut facts = sample();
        facts.claims[0].patient = "O'Hara <b>& Sons</b>".to_owned();
        let name = own("mine", "Re: {{ claim.patient }}\n\n{{ claims_table }}\n\nYours");
        let html = fill("mine", &name, &facts, Form::Html).expect("filled");
        assert!(!html.contains("<b>"), "{html}");
        assert!(
            html.contains("<p>Re: O&#x27;Hara &lt;b&gt;&amp; Sons&lt;")
                || html.contains("<p>Re: O&#39;Hara &lt;b&gt;"),
            "{html}"
        );
        assert!(html.contains("<table><thead>") && html.contains("<p>Yours</p>"), "{html}");
        let text = fill("mine", &name, &facts, Form::Text).expect("filled");
        assert!(text.contains("Re: O'Hara <b>& Sons</b>"), "{text}");
    }

    #[test]
    fn a_page_of_ones_own_is_left_as_it_is() {
        let page = "<html><body>{{ payer.name }}</body></html>";
        assert_eq!(filled(page, Form::Html).expect("filled"), "<html><body>Sample Payer</body></html>");
        assert!(filled(page, Form::Text).expect_err("no text").contains(".html"));
        assert_eq!(check("mine", &own("mine", page)), Ok(()));
    }

    #[test]
    fn the_office_s_own_part_takes_the_place_of_ours() {
        let own = own("letterhead", "OUR PRACTICE, 1 Maple Street");
        let text = fill("appeal-1", &own, &sample(), Form::Text).expect("filled");
        assert!(text.starts_with("OUR PRACTICE, 1 Maple Street"), "{text}");
    }

    #[test]
    fn amounts_and_days_as_people_write_them() {
        let cents = Money::from_cents;
        assert_eq!(dollars(cents(123_456_789)), "$1,234,567.89");
        assert_eq!(
            (dollars(cents(-50)), dollars(cents(99_900))),
            ("-$0.50".to_owned(), "$999.00".to_owned())
        );
        assert_eq!((day(None), long(None)), (String::new(), String::new()));
        let on = Date::from_ymd(2026, 3, 2);
        assert_eq!((day(on), long(on)), ("03/02/2026".to_owned(), "March 2, 2026".to_owned()));
    }

    #[test]
    fn nobody_is_named_where_names_are_masked() {
        let mut facts = sample();
        facts.redact();
        for builtin in all() {
            let text = fill(builtin.name, &BTreeMap::new(), &facts, Form::Text).expect("filled");
            assert!(!text.contains("Sample, Sam") && !text.contains("M1"), "{text}");
        }
    }
}
