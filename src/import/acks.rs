//! Importing acknowledgments: what they say is kept, and the claims they speak of hear it. `docs/rules/edge-cases.md`
//! section 7. No entry is written: an acknowledgment moves no money.

use sha2::{Digest, Sha256};

use super::likeness;
use super::outcome::SetStatus;
use super::{ImportError, SetContext, SetOutcome, Watcher};
use crate::acks::{Decision, of_interchange, of_statement, of_syntax};
use crate::books::acks::{self, Linked};
use crate::books::doubles;
use crate::books::placing;
use crate::domain::ack::{
    AckItem, AckOutcome, AckRecord, AckScope, AckSource, InterchangeAck, Statement, Voice,
};
use crate::domain::book::{Issue, Origin};
use crate::domain::{AckId, FileId, RemitId};
use crate::input::{InputError, Kind, SetSurvey, Survey};
use crate::store::{Read, StoreError, WriteTables};

/// At most so many issues of one acknowledgment are kept.
const MOST_ISSUES: usize = 100;

/// What a set that was known before is remembered as.
const NO_REMIT: RemitId = RemitId(0);

pub(super) fn import(
    tables: &mut WriteTables<'_>,
    context: SetContext<'_>,
    next_ack: &mut dyn FnMut() -> Result<Option<AckItem>, InputError>,
    watcher: &mut dyn Watcher,
) -> Result<SetOutcome, ImportError> {
    let set = context.set;
    let identity = identity(set);
    if tables.set_by_hash(&identity)?.is_some() {
        return Ok(SetOutcome::duplicate(set, None));
    }
    let mut hearing = Hearing {
        file: context.file(tables)?.id,
        context: &context,
        outcome: SetOutcome::new(set, SetStatus::Posted),
        said: Vec::new(),
        expected: Vec::new(),
        sets: (0, 0),
    };
    hearing.outcome.issues = set.problems.iter().cloned().map(Issue::from).collect();
    while let Some(item) = next_ack()? {
        watcher.claims(u64::from(matches!(item, AckItem::Claim(_))));
        hearing.take(tables, item)?;
    }
    let mut outcome = hearing.finish(tables)?;
    tables.put_set_hash(&identity, NO_REMIT)?;
    compared(tables, &context, &mut outcome)?;
    Ok(outcome)
}

/// Compares the claims that heard something with others of their visits: a rejection makes a new bill a version.
fn compared(
    tables: &mut WriteTables<'_>,
    context: &SetContext<'_>,
    outcome: &mut SetOutcome,
) -> Result<(), StoreError> {
    for change in doubles::settle(tables, &context.hand(), context.options.today)? {
        outcome.issues.extend(likeness::issue(tables, change, context.options.dry_run)?);
    }
    Ok(())
}

/// By what an acknowledgment is known again. A 999 says nothing of when it speaks, and numbers come again: two alike of
/// different days are two.
fn identity(set: &SetSurvey) -> [u8; 32] {
    match (&set.kind, set.group_date) {
        (Kind::Ack999 | Kind::Ack997, Some(day)) => {
            let mut sha = Sha256::new();
            sha.update(set.content_hash);
            sha.update(day.ccyymmdd());
            sha.finalize().into()
        }
        _ => set.content_hash,
    }
}

/// An acknowledgment being taken in.
struct Hearing<'c, 's> {
    file: FileId,
    context: &'c SetContext<'s>,
    outcome: SetOutcome,
    /// What it said so far.
    said: Vec<AckId>,
    /// How many claims a batch says it rejects: answer, number, segment.
    expected: Vec<(AckId, u64, u64)>,
    /// Sets answered so far in the group, and how many of them accepted.
    sets: (u64, u64),
}

impl Hearing<'_, '_> {
    fn take(&mut self, tables: &mut WriteTables<'_>, item: AckItem) -> Result<(), StoreError> {
        match item {
            AckItem::Claim(claim) => {
                let decision = self.decide(&claim.statement, claim.segment);
                let mut ack = self.record(&claim.voice, claim.segment, &decision);
                ack.scope = AckScope::Claim(claim.number, claim.batch);
                ack.amount = claim.amount;
                ack.service = claim.service;
                ack.payer_claim_number = claim.payer_claim_number;
                ack.clearinghouse_number = claim.clearinghouse_number;
                self.keep(tables, stated(ack, claim.statement))?;
            }
            AckItem::Batch(batch) => {
                let decision = self.decide(&batch.statement, batch.segment);
                // That one provider's part was received says no more than that the batch was.
                if batch.provider.is_some() && !decision.outcome.decides() {
                    return Ok(());
                }
                let mut ack = self.record(&batch.voice, batch.segment, &decision);
                ack.scope = match batch.provider {
                    Some(provider) => AckScope::Provider(batch.batch.clone(), provider),
                    None => AckScope::Batch(batch.batch.clone()),
                };
                self.outcome.trace = self.outcome.trace.take().or(Some(batch.batch));
                let rejected = batch.rejected.filter(|_| decision.outcome == AckOutcome::Rejected);
                let id = self.keep(tables, stated(ack, batch.statement))?;
                self.expected.extend(rejected.map(|count| (id, count, batch.segment)));
            }
            AckItem::Set(set) => {
                let decision = of_syntax(&set.result);
                self.odd(&decision, set.segment);
                self.sets.0 += 1;
                self.sets.1 += u64::from(matches!(set.result.as_str(), "A" | "E"));
                if set.set_id != "837" {
                    self.say(
                        "not-claims",
                        set.segment,
                        format!("it answers a {} set, not claims", set.set_id),
                    );
                    return Ok(());
                }
                let mut ack = self.record(&set.voice, set.segment, &decision);
                ack.scope = AckScope::Set(set.group, set.set);
                ack.result = set.result;
                ack.error_codes = set.codes;
                ack.errors = set.errors;
                self.keep(tables, ack)?;
            }
            AckItem::Group(group) => {
                let decision = of_syntax(&group.result);
                self.odd(&decision, group.segment);
                let (answered, accepted) = std::mem::take(&mut self.sets);
                if let Some(said) = group.accepted.filter(|said| answered > 0 && *said != accepted) {
                    let message = format!("AK904 counts {said} accepted sets; {accepted} are accepted");
                    self.say("ack-count", group.segment, message);
                }
                if !matches!(group.functional.as_str(), "HC" | "") {
                    let message = format!("it answers a group of kind {}, not claims", group.functional);
                    self.say("not-claims", group.segment, message);
                    return Ok(());
                }
                // Partial acceptance says which sets; it says nothing of the others.
                if group.result == "P" {
                    return Ok(());
                }
                let mut ack = self.record(&group.voice, group.segment, &decision);
                ack.scope = AckScope::Group(group.group);
                ack.result = group.result;
                ack.error_codes = group.codes;
                self.keep(tables, ack)?;
            }
        }
        Ok(())
    }

    fn decide(&mut self, statement: &Statement, segment: u64) -> Decision {
        let decision = of_statement(statement);
        self.odd(&decision, segment);
        if decision.conflict {
            let word = decision.outcome.as_str();
            let message =
                format!("the category says {word} and the action (STC03) the opposite; the category decides");
            self.say("action-conflict", segment, message);
        }
        decision
    }

    fn odd(&mut self, decision: &Decision, segment: u64) {
        for code in &decision.odd {
            let message = format!(
                "\"{code}\" has no place in this kind of acknowledgment; by itself it decides nothing"
            );
            self.say("unknown-status", segment, message);
        }
    }

    fn record(&self, voice: &Voice, segment: u64, decision: &Decision) -> AckRecord {
        let on = voice.on.unwrap_or_else(|| self.context.fallback_date());
        let origin = Origin { file: self.file, segment };
        let kind = self.context.set.kind.to_string();
        blank(kind, origin, voice.source, on, decision, voice.name.clone())
    }

    fn keep(&mut self, tables: &mut WriteTables<'_>, mut ack: AckRecord) -> Result<AckId, StoreError> {
        ack.id = tables.next_ack_id()?;
        ack.first = self.said.first().copied().unwrap_or(ack.id);
        acks::add(tables, &ack)?;
        self.said.push(ack.id);
        if !ack.name.is_empty() {
            self.outcome.payer = Some(ack.name);
        }
        self.outcome.posted_on = self.outcome.posted_on.max(Some(ack.on));
        Ok(ack.id)
    }

    fn say(&mut self, code: &str, segment: u64, message: String) {
        if self.outcome.issues.len() < MOST_ISSUES {
            let code = code.to_owned();
            self.outcome.issues.push(Issue { code, segment, text: String::new(), message });
        }
    }

    /// Tells the claims, and counts what found them.
    fn finish(mut self, tables: &mut WriteTables<'_>) -> Result<SetOutcome, StoreError> {
        let linked = acks::link_all(tables, self.said.iter().copied())?;
        let told = acks::numbers_told(&*tables, self.said.iter().copied())?;
        placing::settle_numbers(tables, &self.context.hand(), told.iter().map(String::as_str))?;
        let (mut claims, mut matched) = (0, 0);
        for id in std::mem::take(&mut self.said) {
            let Some(ack) = tables.ack(id)? else { continue };
            let reached = ack.claims.len() as u64;
            claims += if ack.scope.narrowness() == 3 { 1 } else { reached };
            matched += reached;
            self.outcome.rejected += if ack.outcome.needs_work() { reached } else { 0 };
            let found = linked.get(&id).copied().unwrap_or(Linked::Nothing);
            if let Some((code, message)) = unmatched(&ack, found) {
                self.say(code, ack.origin.segment, message);
            }
            let expected = self.expected.iter().find(|(of, ..)| *of == id).copied();
            if let (Some((_, count, segment)), Linked::Claims(known)) = (expected, found)
                && count != known as u64
            {
                let message = format!("claims that it rejects: {count}; claims of the batch here: {known}");
                self.say("batch-count", segment, message);
            }
        }
        self.outcome.claims = claims;
        self.outcome.matched = matched;
        Ok(self.outcome)
    }
}

fn stated(mut ack: AckRecord, statement: Statement) -> AckRecord {
    ack.on = statement.on.unwrap_or(ack.on);
    ack.codes = statement.codes;
    ack.text = statement.text;
    ack
}

fn blank(
    kind: String,
    origin: Origin,
    source: AckSource,
    on: crate::domain::Date,
    decision: &Decision,
    name: String,
) -> AckRecord {
    AckRecord {
        id: AckId(0),
        first: AckId(0),
        origin,
        kind,
        source,
        name,
        on,
        scope: AckScope::Batch(String::new()),
        outcome: decision.outcome,
        conflict: decision.conflict,
        result: String::new(),
        codes: Vec::new(),
        error_codes: Vec::new(),
        errors: Vec::new(),
        amount: None,
        service: None,
        payer_claim_number: String::new(),
        clearinghouse_number: String::new(),
        text: String::new(),
        sent_in: FileId(0),
        claims: Vec::new(),
    }
}

/// What an answer that reached nobody is reported as. It stays, and waits for its 837.
fn unmatched(ack: &AckRecord, found: Linked) -> Option<(&'static str, String)> {
    let (nothing, what) = match &ack.scope {
        AckScope::Claim(number, _) if !number.is_given() => {
            ("no-such-claim", "a claim without a number".to_owned())
        }
        AckScope::Claim(number, _) => ("no-such-claim", format!("claim {number}")),
        AckScope::Batch(batch) => ("no-such-batch", format!("batch {batch}")),
        AckScope::Provider(batch, _) => ("no-such-batch", format!("a provider's claims of batch {batch}")),
        AckScope::Set(group, set) => ("no-such-group", format!("set {set} of group {group}")),
        AckScope::Group(group) => ("no-such-group", format!("group {group}")),
        AckScope::Interchange(control, _) => ("no-such-interchange", format!("interchange {control}")),
    };
    match found {
        Linked::Claims(_) => None,
        // Of a batch that is only received nobody needs to hear; its claims are named one by one.
        Linked::Nothing if nothing == "no-such-batch" && !ack.outcome.decides() => None,
        Linked::Nothing if matches!(&ack.scope, AckScope::Group(_)) && ack.id != ack.first => None,
        Linked::Nothing => Some((
            nothing,
            format!("{what}: no 837 with it is in the ledger ({}); it waits for one", ack.outcome.as_str()),
        )),
        Linked::Several => Some((
            "ambiguous-number",
            format!(
                "{what}: several were sent under this number, and nothing tells them apart ({})",
                ack.outcome.as_str()
            ),
        )),
    }
}

/// Takes in the TA1 segments of a file, each as if it were a set of its own.
pub(super) fn interchanges(
    tables: &mut WriteTables<'_>,
    context: &SetContext<'_>,
    acks_of_file: &[InterchangeAck],
) -> Result<Vec<SetOutcome>, ImportError> {
    let mut outcomes = Vec::new();
    for said in acks_of_file {
        let identity = ta1_identity(said);
        let mut outcome = SetOutcome::new(context.set, SetStatus::Posted);
        outcome.control.clone_from(&said.control);
        outcome.posted_on = Some(said.on.unwrap_or(context.options.today));
        if tables.set_by_hash(&identity)?.is_some() {
            outcome.status = SetStatus::Duplicate;
            outcomes.push(outcome);
            continue;
        }
        let decision = of_interchange(&said.result);
        let origin = Origin { file: context.file(tables)?.id, segment: said.segment };
        let on = said.on.unwrap_or(context.options.today);
        let mut ack = blank("TA1".to_owned(), origin, AckSource::Interchange, on, &decision, String::new());
        ack.id = tables.next_ack_id()?;
        ack.first = ack.id;
        ack.scope = AckScope::Interchange(said.control.clone(), said.sent_on);
        ack.result.clone_from(&said.result);
        ack.error_codes = Some(said.note.clone()).filter(|note| !note.is_empty()).into_iter().collect();
        acks::add(tables, &ack)?;
        let linked = acks::link_all(tables, [ack.id])?;
        let found = linked.get(&ack.id).copied().unwrap_or(Linked::Nothing);
        if let Linked::Claims(count) = found {
            outcome.claims = count as u64;
            outcome.matched = count as u64;
            outcome.rejected = if ack.outcome.needs_work() { count as u64 } else { 0 };
        }
        if let Some((code, message)) = unmatched(&ack, found) {
            let code = code.to_owned();
            outcome.issues.push(Issue { code, segment: said.segment, text: String::new(), message });
        }
        tables.put_set_hash(&identity, NO_REMIT)?;
        compared(tables, context, &mut outcome)?;
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn ta1_identity(said: &InterchangeAck) -> [u8; 32] {
    let days = [said.sent_on, said.on].map(|day| day.map_or(0, crate::domain::Date::number));
    let text = format!("TA1\u{1f}{}\u{1f}{days:?}\u{1f}{}\u{1f}{}", said.control, said.result, said.note);
    Sha256::digest(text).into()
}

/// What stands for a set in the report of a TA1, which stands in none.
pub(super) fn no_set(survey: &Survey) -> SetSurvey {
    SetSurvey {
        kind: Kind::Ta1,
        control: String::new(),
        version: String::new(),
        group: String::new(),
        interchange: String::new(),
        test: survey.test,
        interchange_date: None,
        group_date: None,
        first_segment: 0,
        segments: 0,
        content_hash: [0; 32],
        problems: Vec::new(),
        totals: crate::input::SetTotals::default(),
    }
}
