//! Every sample file against facts that another program computed about it.
//!
//! The samples are not part of the package: without them (`ARREARS_CORPUS` names another place) the test
//! says so and passes.

use std::fs;
use std::path::{Path, PathBuf};

use arrears::domain::claim::Claim;
use arrears::domain::remit::{ClaimPayment, ProviderAdjustment};
use arrears::domain::{Date, FacilityKind, Money, Problem, Severity};
use arrears::input::{FileReader, Kind, Limits, RemitItem, SetSurvey, Source, Survey, expand, survey};
use serde_json::Value;

pub fn corpus() -> Option<PathBuf> {
    let usual = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus"));
    let place = std::env::var_os("ARREARS_CORPUS").map_or_else(|| usual.to_owned(), PathBuf::from);
    place.join("FACTS.jsonl").exists().then_some(place)
}

pub fn facts(place: &Path) -> Vec<Value> {
    let text = fs::read_to_string(place.join("FACTS.jsonl")).expect("facts");
    text.lines().map(|line| serde_json::from_str(line).expect("a fact")).collect()
}

pub fn source(path: &Path) -> Source {
    let paths = [path.to_owned()];
    let mut sources: Vec<_> = expand(&paths, &Limits::default()).collect();
    assert_eq!(sources.len(), 1);
    sources.remove(0).expect("a source")
}

pub fn text<'a>(fact: &'a Value, key: &str) -> &'a str {
    fact[key].as_str().unwrap_or_default()
}

fn amount(fact: &Value, key: &str) -> Money {
    Money::parse(text(fact, key).as_bytes()).unwrap_or_default()
}

fn number(fact: &Value, key: &str) -> u64 {
    fact[key].as_u64().unwrap_or_default()
}

fn flags(fact: &Value) -> Vec<&str> {
    fact["flags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Compares and remembers what differs, so that one run shows all of it.
struct Compare {
    file: String,
    wrong: Vec<String>,
}

impl Compare {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, wanted: &T) {
        if found != wanted {
            self.wrong.push(format!("{}: {what}: found {found:?}, facts say {wanted:?}", self.file));
        }
    }
}

/// The files that are refused altogether, by what the facts say of them.
fn refusal(fact: &Value) -> Option<&'static str> {
    let flags = flags(fact);
    if flags.contains(&"text_before_isa") {
        Some("text-before-isa")
    } else if flags.contains(&"no_isa") {
        Some("no-envelope")
    } else {
        None
    }
}

#[test]
fn every_sample_reads_as_the_facts_say() {
    let Some(place) = corpus() else {
        #[allow(clippy::print_stdout, reason = "says why nothing was tested")]
        {
            println!("no corpus here: nothing compared");
        }
        return;
    };
    let mut wrong = Vec::new();
    for fact in facts(&place) {
        let mut compare = Compare { file: text(&fact, "file").to_owned(), wrong: Vec::new() };
        file(&place, &fact, &mut compare);
        wrong.append(&mut compare.wrong);
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn file(place: &Path, fact: &Value, compare: &mut Compare) {
    let source = source(&place.join(text(fact, "file")));
    let found = survey(&source);
    if let Some(code) = refusal(fact) {
        compare.same("refusal", &found.err().map(|error| error.code()), &Some(code));
        return;
    }
    let found = match found {
        Ok(found) => found,
        Err(error) => return compare.same("read", &error.to_string(), &String::new()),
    };
    let sha: String = found.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    compare.same("sha256", &sha.as_str(), &text(fact, "sha256"));
    compare.same("bytes", &found.bytes, &number(fact, "bytes"));
    let sets = fact["tx"].as_array().expect("tx");
    compare.same("transactions", &found.sets.len(), &sets.len());
    envelope(fact, &found, compare);
    let mut reader = FileReader::open(&source).expect("opens again");
    for (survey, set) in found.sets.iter().zip(sets) {
        assert!(reader.next_set().expect("readable"));
        let kind = match text(set, "type") {
            "277" => format!("277 X{}", text(set, "version").split('X').nth(1).unwrap_or_default()),
            other => other.to_owned(),
        };
        compare.same("kind", &survey.kind.to_string(), &kind);
        compare.same("st02", &survey.control.as_str(), &text(set, "st02"));
        compare.same("segments", &survey.segments, &number(set, "segments"));
        match survey.kind {
            Kind::Remit835 => remit(set, survey, &mut reader, compare),
            Kind::Claims837P | Kind::Claims837I => claims(set, survey, &mut reader, compare),
            _ => assert!(reader.next_remit_item().expect("readable").is_none()),
        }
    }
    assert!(!reader.next_set().expect("readable"), "no further set");
}

fn has(problems: &[Problem], code: &str, severity: Severity) -> bool {
    problems.iter().any(|p| p.code == code && p.severity == severity)
}

/// Wrong trailers hold every set inside them, and nothing else does.
fn envelope(fact: &Value, found: &Survey, compare: &mut Compare) {
    let flags = flags(fact);
    let any = |starts: &[&str]| flags.iter().any(|flag| starts.iter().any(|start| flag.starts_with(start)));
    let said = |code: &str| found.sets.iter().any(|set| has(&set.problems, code, Severity::Hold));
    compare.same("count", &said("control-count"), &any(&["SE01_wrong", "GE01_wrong", "IEA01_wrong"]));
    compare.same(
        "number",
        &said("control-number"),
        &(any(&["GE02_mismatch", "IEA02_mismatch"]) || numbers(fact)),
    );
    compare.same("truncated", &said("truncated"), &any(&["missing_"]));
    compare.same("unknown", &said("unknown-segment"), &supported_with_unknown(fact));
    let narrow = has(&found.problems, "isa-not-fixed-width", Severity::Warning);
    compare.same("isa", &narrow, &any(&["isa_not_fixed_width"]));
    let test = fact["envelopes"].as_array().into_iter().flatten().any(|e| text(e, "usage") == "T");
    compare.same("test", &found.test, &test);
    compare.same("file held", &found.problems.iter().any(|p| p.severity == Severity::Hold), &false);
}

/// `SE02_mismatch`, unless the two differ by leading zeros only, which the facts count and we do not.
fn numbers(fact: &Value) -> bool {
    let zeros_only = text(fact, "file") == "277ca/opendental_277CA_tr3_example2.edi";
    flags(fact).contains(&"SE02_mismatch") && !zeros_only
}

/// Unknown segments hold what we read; those of other transaction sets are not ours to judge.
fn supported_with_unknown(fact: &Value) -> bool {
    let unknown = flags(fact).iter().any(|flag| flag.starts_with("unknown_segment"));
    unknown
        && fact["types"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|t| t.as_str().is_some_and(|t| t.starts_with("835") || t.starts_with("837")))
}

fn remit(set: &Value, survey: &SetSurvey, reader: &mut FileReader<'_>, compare: &mut Compare) {
    let totals = &survey.totals;
    compare.same("clp", &totals.claims, &number(set, "clp"));
    compare.same("sum_clp03", &totals.charge, &amount(set, "sum_clp03"));
    compare.same("sum_clp04", &totals.claim_paid, &amount(set, "sum_clp04"));
    compare.same("bpr02", &totals.paid, &amount(set, "bpr02"));
    compare.same("sum_plb", &totals.plb, &amount(set, "sum_plb"));
    let balanced = set["tx_ok"].as_bool().unwrap_or(true);
    compare.same("balanced", &totals.balanced, &balanced);
    let held = has(&survey.problems, "transaction-out-of-balance", Severity::Hold);
    compare.same("said to be out of balance", &held, &!balanced);

    let (mut claims, mut plb, mut header) = (Vec::new(), Vec::new(), None);
    while let Some(item) = reader.next_remit_item().expect("readable") {
        match item {
            RemitItem::Header(found) => header = Some(*found),
            RemitItem::Claim(claim) => claims.push(*claim),
            RemitItem::Plb(adjustment) => plb.push(adjustment),
        }
    }
    let header = header.expect("a header comes first");
    compare.same("trn02", &header.trace.as_str(), &text(set, "trn02").trim());
    compare.same("trn03", &header.payer_trace_id.as_str(), &text(set, "trn03").trim());
    compare.same("bpr04", &header.method.as_str(), &text(set, "bpr04"));
    compare.same("paid", &header.paid, &totals.paid);
    // Samples hold impossible dates, such as month 23: those are absent, and said.
    let date = Date::parse_ccyymmdd(text(set, "bpr16").as_bytes());
    compare.same("bpr16", &header.paid_on, &date);
    let date_said = has(&survey.problems, "bad-date", Severity::Warning);
    compare.same("bad date said", &date_said, &(date.is_none() && set["bpr02"].is_string()));
    if let Some(payer) = set["payer"].as_array().and_then(|list| list.first()) {
        compare.same("payer", &header.payer.name.as_str(), &payer.as_str().unwrap_or_default().trim());
    }
    if let Some(payee) = set["payee"].as_array().and_then(|list| list.first()) {
        compare.same("payee", &header.payee.name.as_str(), &text(payee, "name").trim());
        compare.same("payee id", &header.payee.ident.as_str(), &text(payee, "id").trim());
    }
    remit_claims(set, &claims, compare);
    provider_adjustments(set, &plb, compare);
}

fn remit_claims(set: &Value, claims: &[ClaimPayment], compare: &mut Compare) {
    let lines = || claims.iter().flat_map(|claim| &claim.lines);
    compare.same("svc", &(lines().count() as u64), &number(set, "svc"));
    let charges: Money = lines().map(|line| line.charge).sum();
    let paid: Money = lines().map(|line| line.paid).sum();
    compare.same("sum_svc02", &charges, &amount(set, "sum_svc02"));
    compare.same("sum_svc03", &paid, &amount(set, "sum_svc03"));
    let at_claim: Money = claims.iter().flat_map(|c| &c.adjustments).map(|a| a.amount).sum();
    let at_line: Money = lines().flat_map(|line| &line.adjustments).map(|a| a.amount).sum();
    compare.same("sum_cas_claim", &at_claim, &amount(set, "sum_cas_claim"));
    compare.same("sum_cas_line", &at_line, &amount(set, "sum_cas_line"));
    let count = |code: &str| {
        claims.iter().flat_map(|claim| &claim.problems).filter(|p| p.code == code).count() as u64
    };
    compare.same("claims out of balance", &count("claim-out-of-balance"), &number(set, "n_claim_diffs"));
    compare.same(
        "lines differ from claim",
        &count("lines-differ-from-claim"),
        &number(set, "n_cross_sum_diffs"),
    );
    let lines_out: u64 = claims.iter().map(line_differences).sum();
    compare.same("lines out of balance", &lines_out, &number(set, "n_line_diffs"));
    let wanted = set["claims"].as_array().expect("claims");
    for (found, wanted) in claims.iter().zip(wanted) {
        compare.same("clp01", &found.control_number.as_str(), &text(wanted, "clp01").trim());
        compare.same("status", &found.status.as_str(), &text(wanted, "status"));
        compare.same("charge", &found.charge, &amount(wanted, "charge"));
        compare.same("paid", &found.paid, &amount(wanted, "paid"));
        compare.same("icn", &found.payer_number.as_str(), &text(wanted, "icn").trim());
        compare.same("n_svc", &(found.lines.len() as u64), &number(wanted, "n_svc"));
        compare.same("pr", &found.patient_responsibility.unwrap_or_default(), &amount(wanted, "pr"));
    }
}

/// Lines whose own equation fails, counted from what was read; the claim must be held for them.
fn line_differences(claim: &ClaimPayment) -> u64 {
    let wrong = |line: &&arrears::domain::remit::LinePayment| {
        line.charge - line.adjustments.iter().map(|a| a.amount).sum::<Money>() != line.paid
    };
    let count = claim.lines.iter().filter(wrong).count() as u64;
    assert_eq!(count > 0, has(&claim.problems, "line-out-of-balance", Severity::Hold));
    count
}

fn provider_adjustments(set: &Value, found: &[ProviderAdjustment], compare: &mut Compare) {
    let wanted = set["plb"].as_array().expect("plb");
    compare.same("plb pairs", &found.len(), &wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        compare.same("plb provider", &found.provider.as_str(), &text(wanted, "prov").trim());
        compare.same("plb code", &found.reason.as_str(), &text(wanted, "code").trim());
        compare.same("plb reference", &found.reference.as_str(), &text(wanted, "ref").trim());
        compare.same("plb amount", &found.amount, &amount(wanted, "amount"));
    }
}

fn claims(set: &Value, survey: &SetSurvey, reader: &mut FileReader<'_>, compare: &mut Compare) {
    compare.same("clm", &survey.totals.claims, &number(set, "clm"));
    compare.same("sum_clm02", &survey.totals.charge, &amount(set, "sum_clm02"));
    let (mut claims, mut differ, mut bad): (Vec<Claim>, u64, u64) = (Vec::new(), 0, 0);
    let mut frequencies = Vec::new();
    while let Some(submitted) = reader.next_claim().expect("readable") {
        let institutional = submitted.claim.kind == FacilityKind::Institutional;
        compare.same("claim kind", &institutional, &(survey.kind == Kind::Claims837I));
        assert!(submitted.claim.billed_payer < submitted.claim.payers.len());
        let unreadable = submitted.problems.iter().filter(|p| p.code == "bad-amount").count() as u64;
        let unequal = submitted.problems.iter().any(|p| p.code == "lines-differ-from-claim");
        bad += submitted
            .problems
            .iter()
            .filter(|p| p.code == "bad-amount" && p.severity == Severity::Hold)
            .count() as u64;
        differ += u64::from(unequal || unreadable > 0 && set["clm_equals_lines"].is_null());
        let odd = submitted.problems.iter().any(|p| p.code == "bad-frequency");
        frequencies.push(odd);
        claims.push(*submitted.claim);
    }
    compare.same("lines", &(claims.iter().map(|c| c.lines.len() as u64).sum()), &number(set, "lines"));
    compare.same("claims that differ from their lines", &differ, &number(set, "n_clm_diffs"));
    let unreadable = set["bad_amounts"].as_array().expect("bad_amounts").len() as u64;
    compare.same("unreadable amounts", &bad, &unreadable);
    let wanted = set["claims"].as_array().expect("claims");
    for ((found, wanted), odd) in claims.iter().zip(wanted).zip(frequencies) {
        compare.same("clm01", &found.control_number.as_str(), &text(wanted, "clm01").trim());
        compare.same("charge", &found.charge, &amount(wanted, "charge"));
        // One file cuts CLM05 with another separator than its ISA declares; the facts leave it whole.
        let mut parts = text(wanted, "pos").split(':');
        compare.same("pos", &found.facility.as_str(), &parts.next().unwrap_or_default());
        let frequency = parts.nth(1).unwrap_or(text(wanted, "freq"));
        let one = frequency.bytes().next().unwrap_or(b'1');
        compare.same("freq", &found.frequency.0, &one);
        compare.same("odd frequency said", &odd, &(frequency.len() != 1));
        compare.same("claim lines", &(found.lines.len() as u64), &number(wanted, "lines"));
    }
}
