//! Importing an 837 transaction set: each claim becomes a receivable, or a version of one.
//! `docs/rules/x12-837.md` section 4, `docs/rules/edge-cases.md` section 6.

use super::fingerprint::fingerprint;
use super::likeness;
use super::outcome::SetStatus;
use super::{ImportError, SetContext, SetOutcome, Watcher};
use crate::books::dossier::Dossier;
use crate::books::doubles::{self, Change};
use crate::books::newcomers::{self, Newcomer};
use crate::books::retell::Rulebook;
use crate::books::{acks, matching, opening, placing};
use crate::domain::ack::SentSet;
use crate::domain::book::{ClaimRecord, ClaimVersion, Issue, Origin};
use crate::domain::claim::{Brought, Claim, Frequency};
use crate::domain::join::{VisitKey, original_number};
use crate::domain::{ClaimId, FacilityKind, Few, FileId, PayerId, SentId, Severity, Text};
use crate::input::{InputError, SubmittedClaim};
use crate::posting::matching::{Match, rests_on_number, rests_on_payer_number};
use crate::posting::visits;
use crate::store::{Read, ReadJoins, StoreError, WriteTables};

/// At most so many issues of one set are kept; a file of ten thousand bad claims says the same thing ten thousand times.
const MOST_ISSUES: usize = 100;

/// So many claims are entered together: enough for all threads, and what comes of them stays near the processor.
const TOGETHER: usize = 256;

/// A claim of a file, with what it says as one number, and its control number as it is indexed. Whoever reads the file
/// takes both: in a thread of its own it has the time, and the ledger waits for claims.
pub(super) struct Submission {
    submitted: SubmittedClaim,
    fingerprint: u64,
    number: Text,
}

impl From<SubmittedClaim> for Submission {
    fn from(submitted: SubmittedClaim) -> Submission {
        let (fingerprint, number) =
            (fingerprint(&submitted.claim), submitted.claim.control_number.index_form());
        Submission { submitted, fingerprint, number }
    }
}

pub(super) fn import(
    tables: &mut WriteTables<'_>,
    context: SetContext<'_>,
    next_claim: &mut dyn FnMut() -> Result<Option<Submission>, InputError>,
    watcher: &mut dyn Watcher,
) -> Result<SetOutcome, ImportError> {
    let set = context.set;
    if tables.set_by_hash(&set.content_hash)?.is_some() {
        sent_again(tables, &context)?;
        return Ok(SetOutcome::duplicate(set, None));
    }
    let hand = context.hand();
    let rules = Rulebook::of(tables, &hand)?;
    let file = context.file(tables)?;
    let mut outcome = SetOutcome::new(set, SetStatus::Posted);
    outcome.issues = set.problems.iter().cloned().map(Issue::from).collect();
    let sent = sent_set(&context, file.id);
    let mut intake =
        Intake { tables, context, rules, file: file.id, new: Vec::new(), outcome, sent, unfound: Vec::new() };
    let mut arrived = Vec::new();
    while let Some(submission) = next_claim()? {
        watcher.claims(1);
        arrived.push(submission);
        if arrived.len() == TOGETHER {
            intake.take_all(std::mem::take(&mut arrived))?;
        }
    }
    intake.take_all(arrived)?;
    let Intake { tables, context, rules, mut outcome, sent, unfound, .. } = intake;
    outcome.posted_on = Some(context.options.posting_date.unwrap_or_else(|| context.fallback_date()));
    if sent.claims.is_empty() {
        outcome.status = SetStatus::Held;
        return Ok(outcome);
    }
    tables.put_set_hash(&set.content_hash, crate::domain::RemitId(0))?;
    let told = acks::add_sent(tables, sent)?;
    placing::settle_numbers(tables, rules.hand, told.iter().map(String::as_str))?;
    let changes = doubles::settle(tables, &hand, context.options.today)?;
    let (mut counted, mut issues) = ((outcome.added, outcome.replaced), Vec::new());
    for change in changes {
        if let Change::Joined { later, .. } = change
            && tables
                .claim_alone(later)?
                .is_some_and(|claim| claim.versions.iter().any(|v| v.origin.file == file.id))
        {
            counted = (counted.0.saturating_sub(1), counted.1 + 1);
        }
        issues.extend(likeness::issue(tables, change, context.options.dry_run)?);
    }
    (outcome.added, outcome.replaced) = counted;
    for unfound in unfound {
        if tables.lead_of(unfound.claim)? == unfound.claim && tables.parts_of(unfound.claim)?.is_empty() {
            outcome.needs_work |= unfound.void;
            issues.push(unfound.issue);
        }
    }
    let room = MOST_ISSUES.saturating_sub(outcome.issues.len());
    outcome.issues.extend(issues.into_iter().take(room));
    Ok(outcome)
}

/// A replacement or void whose claim has not come.
struct Unfound {
    claim: ClaimId,
    /// Whether nothing but the void is known.
    void: bool,
    /// What a person should know, unless it finds its claim before the set ends.
    issue: Issue,
}

/// A set on its way into the books.
struct Intake<'i, 't, 'c> {
    tables: &'i mut WriteTables<'t>,
    context: SetContext<'c>,
    rules: Rulebook<'i>,
    file: FileId,
    /// New claims that are not in the books yet.
    new: Vec<Newcomer>,
    outcome: SetOutcome,
    sent: SentSet,
    unfound: Vec<Unfound>,
}

impl Intake<'_, '_, '_> {
    fn take_all(&mut self, submissions: Vec<Submission>) -> Result<(), ImportError> {
        let numbers: Vec<&Text> = submissions.iter().map(|submission| &submission.number).collect();
        let unknown = newcomers::unknown(self.tables, &numbers)?;
        let visits: Vec<_> = submissions.iter().map(|s| VisitKey::of(&s.submitted.claim)).collect();
        let met = newcomers::met(self.tables, &visits)?;
        for ((submission, unknown), met) in submissions.into_iter().zip(unknown).zip(met) {
            self.submission(submission, unknown, met)?;
        }
        Ok(self.enter()?)
    }

    /// Brings the new claims into the books.
    fn enter(&mut self) -> Result<(), StoreError> {
        newcomers::enter(self.tables, &self.rules, &std::mem::take(&mut self.new))
    }

    /// `unknown` where nothing in the ledger has the claim's number; `met` where a claim of the same patient and day is known.
    fn submission(&mut self, submission: Submission, unknown: bool, met: bool) -> Result<(), ImportError> {
        let Submission { submitted, fingerprint, number } = submission;
        if let Some(refusal) = refusal(&submitted) {
            self.outcome.needs_work = true;
            self.keep(refusal);
            return Ok(());
        }
        let SubmittedClaim { claim, brought, problems, .. } = submitted;
        problems.into_iter().for_each(|problem| self.keep(Issue::from(problem)));
        let position = (claim.segment + 1).saturating_sub(self.context.set.first_segment);
        if self.sent.batch != claim.batch.as_str() {
            self.sent.batch = claim.batch.to_string();
        }
        let apart = unknown && brought.is_none() && !claim.frequency.amends();
        let submission = self.ready(claim, fingerprint, number, brought.is_some())?;
        let by_itself = !apart || met && self.has_visit_of(&submission.claim)?;
        let taken = if by_itself {
            self.enter()?;
            take(self.tables, &self.context, &self.rules, submission, brought)?
        } else {
            let newcomer = submission.newcomer(self.tables.next_claim_id()?);
            let taken = Taken::new(&newcomer.record, 0);
            self.new.push(newcomer);
            taken
        };
        self.note(taken, position);
        Ok(())
    }

    /// Whether a claim is known, in the ledger or of this set, with which a new one must be compared.
    fn has_visit_of(&self, claim: &Claim) -> Result<bool, StoreError> {
        let same = |known: &ClaimRecord| visits::is_same_visit(&known.claim, claim);
        if self.new.iter().any(|newcomer| same(&newcomer.record)) {
            return Ok(true);
        }
        let known = VisitKey::of(claim).map(|key| self.tables.claims_of_visit(key)).transpose()?;
        for id in known.unwrap_or_default() {
            if self.tables.claim_alone(id)?.as_ref().is_some_and(same) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The claim as a submission that the ledger can take.
    fn ready(
        &mut self,
        mut claim: Box<Claim>,
        fingerprint: u64,
        number: Text,
        brought: bool,
    ) -> Result<Ready, StoreError> {
        // An opening balance has its own day of posting; the claim was billed when it was billed.
        if let Some(date) = self.context.options.posting_date.filter(|_| !brought) {
            claim.billed_on = date;
        }
        let mut payers = Few::with_capacity(claim.payers.len());
        for payer in &claim.payers {
            payers.push(self.context.payers.of_claim(self.tables, payer)?);
        }
        let version = ClaimVersion {
            billed_on: claim.billed_on,
            frequency: claim.frequency.0,
            charge: claim.charge,
            service_from: claim.service_from,
            service_to: claim.service_to,
            batch: claim.batch.clone(),
            billed_payer: payers.get(claim.billed_payer).copied().unwrap_or(PayerId::NONE),
            origin: Origin { file: self.file, segment: claim.segment },
            fingerprint,
        };
        Ok(Ready { number, claim, payers, version })
    }

    fn note(&mut self, taken: Taken, position: u64) {
        self.outcome.matched += taken.heard;
        taken.warnings.into_iter().for_each(|issue| self.keep(issue));
        let void = matches!(taken.became, Became::VoidAlone);
        self.unfound.extend(taken.unfound.map(|issue| Unfound { claim: taken.claim, void, issue }));
        match taken.became {
            Became::Claim => self.outcome.added += 1,
            Became::Version => self.outcome.replaced += 1,
            Became::VoidAlone | Became::Known => {}
            Became::Refused => {
                self.outcome.needs_work = true;
                return;
            }
        }
        self.sent.claims.push((taken.claim, position));
    }

    fn keep(&mut self, issue: Issue) {
        if self.outcome.issues.len() < MOST_ISSUES {
            self.outcome.issues.push(issue);
        }
    }
}

/// The numbers under which acknowledgments will speak of this set.
fn sent_set(context: &SetContext<'_>, file: FileId) -> SentSet {
    let set = context.set;
    let [a, b, c, d, e, f, g, h, ..] = set.content_hash;
    SentSet {
        id: SentId(0),
        file,
        group: set.group.clone(),
        set: set.control.clone(),
        interchange: set.interchange.clone(),
        interchange_date: set.interchange_date,
        batch: String::new(),
        on: context.fallback_date(),
        content: u64::from_be_bytes([a, b, c, d, e, f, g, h]),
        claims: Vec::new(),
    }
}

/// A known set in a new envelope brings no claim, but acknowledgments will name the new numbers.
fn sent_again(tables: &mut WriteTables<'_>, context: &SetContext<'_>) -> Result<(), ImportError> {
    let numbers = |s: &SentSet| (s.group.clone(), s.set.clone(), s.interchange.clone(), s.on);
    let new = sent_set(context, FileId(0));
    let Some(known) = acks::sent_with(tables, new.content)? else { return Ok(()) };
    if numbers(&known) == numbers(&new) {
        return Ok(());
    }
    let file = context.file(tables)?.id;
    acks::add_sent(tables, SentSet { file, batch: known.batch, claims: known.claims, ..new })?;
    Ok(())
}

/// What must not become a receivable: encounters, and claims whose number or charge cannot be read.
fn refusal(submitted: &SubmittedClaim) -> Option<Issue> {
    if submitted.encounter {
        return Some(Issue {
            code: "encounter".to_owned(),
            segment: submitted.claim.segment,
            text: format!("CLM*{}", submitted.claim.control_number),
            message: "an encounter (BHT06 = RP) asks for no money and is not a receivable".to_owned(),
        });
    }
    let blocking = submitted.problems.iter().find(|p| p.severity == Severity::Hold)?;
    Some(Issue::from(blocking.clone()))
}

/// What became of a submission.
struct Taken {
    claim: ClaimId,
    became: Became,
    /// How many waiting claim payments found it.
    heard: u64,
    /// What a person should know.
    warnings: Vec<Issue>,
    /// What a person should know as long as it has not found its claim.
    unfound: Option<Issue>,
}

impl Taken {
    /// A claim that the ledger did not have.
    fn new(record: &ClaimRecord, heard: u64) -> Taken {
        let became = if record.is_void_alone() { Became::VoidAlone } else { Became::Claim };
        Taken {
            claim: record.id,
            became,
            heard,
            warnings: Vec::new(),
            unfound: amends_unknown(&record.claim),
        }
    }
}

enum Became {
    /// A new receivable.
    Claim,
    /// A further submission of one.
    Version,
    /// Nothing: this very submission came before.
    Known,
    /// A void whose claim has not come.
    VoidAlone,
    /// Not taken: the balance of a claim that is here already.
    Refused,
}

/// A submission whose payers are known.
struct Ready {
    /// Its control number, as it is indexed.
    number: Text,
    claim: Box<Claim>,
    payers: Few<PayerId, 4>,
    version: ClaimVersion,
}

impl Ready {
    /// The claim that it is the first of.
    fn newcomer(self, id: ClaimId) -> Newcomer {
        let Ready { number, claim, payers, version } = self;
        Newcomer { number, record: ClaimRecord { id, claim, payers, versions: Few::from([version]) } }
    }
}

/// Takes a submission that may belong to a claim of the ledger, or for which a claim payment may wait.
fn take(
    tables: &mut WriteTables<'_>,
    context: &SetContext<'_>,
    rules: &Rulebook<'_>,
    submission: Ready,
    brought: Option<Brought>,
) -> Result<Taken, ImportError> {
    let Some(known) = existing(tables, &submission.claim)? else {
        let newcomer = submission.newcomer(tables.next_claim_id()?);
        return add(tables, context, rules, &newcomer, brought);
    };
    let Ready { number, claim, payers, version } = submission;
    let nothing_new = |became, warning: Option<Issue>| {
        let warnings = warning.into_iter().collect();
        Ok(Taken { claim: known.id, became, heard: 0, warnings, unfound: None })
    };
    if let Some(brought) = brought {
        let same = known.versions.iter().any(|v| v.fingerprint == version.fingerprint);
        return if same && opening::is_in(tables, &known, &brought)? {
            nothing_new(Became::Known, None)
        } else {
            nothing_new(Became::Refused, Some(known_before(&claim, known.id)))
        };
    }
    let same = |v: &ClaimVersion| {
        (v.fingerprint, v.billed_on, &v.batch) == (version.fingerprint, version.billed_on, &version.batch)
    };
    if known.versions.iter().any(same) {
        return nothing_new(Became::Known, None);
    }
    let (before, id) = (known.clone(), known.id);
    let record = with_version(known, claim, payers, version);
    tables.put_claim(&record)?;
    tables.index_claim_number(&number, id)?;
    tables.index_visit(Some(&before), &record)?;
    tables.compare_later(id)?;
    let heard = tell_receivable(tables, rules, id, &number)?;
    let came = before.is_void_alone() && !record.is_void_alone() && tables.lead_of(id)? == id;
    let became = if came { Became::Claim } else { Became::Version };
    Ok(Taken { claim: id, became, heard, warnings: Vec::new(), unfound: None })
}

/// Tells the receivable that a claim is part of, mostly itself, with the payments that waited for its number.
fn tell_receivable(
    tables: &mut WriteTables<'_>,
    rules: &Rulebook<'_>,
    claim: ClaimId,
    number: &str,
) -> Result<u64, ImportError> {
    let lead = tables.lead_of(claim)?;
    let Some(record) = tables.claim(lead)? else { return Ok(0) };
    tables.put_claim_names(&record)?;
    let dossier = Dossier::open(tables, &record)?;
    tell(tables, rules, dossier, number)
}

/// What a person should know of a replacement or void whose claim has not come: it may come later, or never.
fn amends_unknown(claim: &Claim) -> Option<Issue> {
    let (code, message) = match claim.frequency {
        Frequency::VOID => (
            "void-of-unknown-claim",
            "it voids a claim that is not in the ledger; it is kept, without a charge, until that claim comes",
        ),
        Frequency::REPLACEMENT => (
            "replacement-of-unknown-claim",
            "it replaces a claim that is not in the ledger under this number; it counts as a claim of its own",
        ),
        _ => return None,
    };
    Some(Issue {
        code: code.to_owned(),
        segment: claim.segment,
        text: format!("CLM*{}", claim.control_number),
        message: message.to_owned(),
    })
}

/// Adds a claim that the ledger did not have: by itself, or as a version of the one that it turns out to be of.
fn add(
    tables: &mut WriteTables<'_>,
    context: &SetContext<'_>,
    rules: &Rulebook<'_>,
    Newcomer { number, record }: &Newcomer,
    brought: Option<Brought>,
) -> Result<Taken, ImportError> {
    let id = record.id;
    tables.put_claim(record)?;
    tables.index_claim_number(number, id)?;
    tables.index_visit(None, record)?;
    tables.compare_later(id)?;
    if let Some(brought) = brought {
        let on = context.options.posting_date.unwrap_or_else(|| context.fallback_date());
        opening::bring(tables, rules.hand, record, &brought, on)?;
        let heard = tell_receivable(tables, rules, id, number)?;
        return Ok(Taken::new(record, heard));
    }
    // At once, so that what is a version is never charged for by itself.
    let changes = doubles::compare(tables, rules.hand, id, context.options.today)?;
    let heard = tell_receivable(tables, rules, id, number)?;
    let mut taken = Taken::new(record, heard);
    for change in changes {
        if matches!(change, Change::Joined { .. }) {
            (taken.became, taken.unfound) = (Became::Version, None);
        }
        taken.warnings.extend(likeness::issue(tables, change, context.options.dry_run)?);
    }
    Ok(taken)
}

fn known_before(claim: &Claim, known: ClaimId) -> Issue {
    Issue {
        code: "claim-known".to_owned(),
        segment: claim.segment,
        text: claim.control_number.to_string(),
        message: format!(
            "claim {known} has this number, patient and date already; its balance is not brought in again"
        ),
    }
}

/// Puts a submission in its place by date: the latest says what the claim is, the first who was billed.
fn with_version(
    mut record: ClaimRecord,
    claim: Box<Claim>,
    payers: Few<PayerId, 4>,
    version: ClaimVersion,
) -> ClaimRecord {
    // A void says nothing new about the claim, unless nothing else is known of it.
    let mut others = record.versions.iter().filter(|v| v.frequency != Frequency::VOID.0);
    let latest = others.next_back().is_none_or(|last| last.order() <= version.order());
    if latest && claim.frequency != Frequency::VOID {
        record.claim = claim;
        record.payers = payers;
    }
    record.versions.push(version);
    record.versions.sort_by(|a, b| a.order().cmp(&b.order()));
    record
}

/// The claim that a submission is a further one of, as it was billed under its own number: it bears the number and is the
/// same patient's. A repeat is of the same first day too: offices that send the account number as CLM01 bill many visits
/// under it. A replacement or void that names another claim by the payer's number (REF*F8) is none of these.
fn existing(tables: &WriteTables<'_>, claim: &Claim) -> Result<Option<ClaimRecord>, StoreError> {
    let mut found = Vec::new();
    for id in tables.claims_alone_by_number(&claim.control_number.index_form())? {
        let same = |known: &ClaimRecord| {
            known.bears(&claim.control_number)
                && known.claim.kind == claim.kind
                && visits::is_same_patient(&known.claim, claim)
        };
        found.extend(tables.claim_alone(id)?.filter(same));
    }
    if let Some(number) = original_number(claim).filter(|_| !found.is_empty()) {
        let mut named = Vec::new();
        for id in tables.claims_by_payer_number(number)? {
            let of_patient = |known: &ClaimRecord| visits::is_same_patient(&known.claim, claim);
            named.extend(tables.claim(id)?.filter(of_patient).map(|known| known.id));
        }
        let mut those = Vec::new();
        for known in &found {
            those.push(named.contains(&tables.lead_of(known.id)?));
        }
        if those.contains(&true) {
            let mut those = those.into_iter();
            found.retain(|_| those.next().unwrap_or(false));
        } else if !named.is_empty() {
            found.clear();
        }
    }
    found.sort_by_key(|known| known.claim.service_from != claim.service_from);
    let first = found.into_iter().next();
    if claim.frequency.amends() {
        return Ok(first);
    }
    Ok(first.filter(|known| {
        let same_day = known.claim.service_from == claim.service_from;
        let interim = claim.kind == FacilityKind::Institutional && matches!(claim.frequency.0, b'2'..=b'4');
        let same_bill = !interim || known.claim.frequency == claim.frequency;
        let late =
            claim.frequency == Frequency::LATE_CHARGES || known.claim.frequency == Frequency::LATE_CHARGES;
        same_day && same_bill && (!late || known.claim.frequency == claim.frequency)
    }))
}

/// Tells the claim's story, with the payments that waited for its number: the remittance may have come first. Returns how
/// many. Payments that lie elsewhere and may be better placed now are looked at anew.
fn tell(
    tables: &mut WriteTables<'_>,
    rules: &Rulebook<'_>,
    mut dossier: Dossier<'_>,
    number: &str,
) -> Result<u64, ImportError> {
    let record = dossier.record();
    let mut known: Vec<String> = matching::own_numbers(&record.claim).map(str::to_owned).collect();
    known.iter().try_for_each(|number| tables.index_payer_number(number, record.id))?;
    let (mut found, mut others) = (0, Vec::new());
    for id in placing::touched(&*tables, record, number)? {
        match placing::wanted(&*tables, id)? {
            Some((payment, Match::Proved(claim, step))) if claim == record.id && payment.claim.is_none() => {
                found += 1;
                if rests_on_number(step) {
                    placing::rest(tables, &payment)?;
                }
                let payer_number = payment.payment.payer_number.as_str();
                tables.index_payer_number(payer_number, claim)?;
                known.extend((!rests_on_payer_number(step)).then(|| payer_number.to_owned()));
                let was = Some(payment.status);
                dossier.hear(tables, payment, was, step)?;
            }
            Some(_) => others.push(id),
            None => {}
        }
    }
    dossier.tell(rules).enter_all(tables, rules.hand)?;
    if !others.is_empty() {
        placing::settle(tables, rules.hand, others)?;
    }
    placing::settle_numbers(tables, rules.hand, known.iter().map(String::as_str))?;
    Ok(found)
}
