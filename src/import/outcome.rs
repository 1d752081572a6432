//! What an import did, in the words of the contract. Rendering is `cli::import`'s.

use crate::domain::book::{Issue, RemitRecord, RemitStatus};
use crate::domain::{Date, Money, RemitId};
use crate::input::{InputError, Kind, SetSurvey, Survey};

/// What became of all files.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// File by file, in order.
    pub files: Vec<FileOutcome>,
    /// Added up.
    pub totals: Totals,
    /// The act that it was, by its number in the audit log; none where nothing came.
    pub act: Option<u64>,
}

/// Added up over all files. Money and claim payments count where they were posted.
#[derive(Debug, Default)]
pub struct Totals {
    /// Files looked at.
    pub files: u64,
    /// Files with something new in the books.
    pub imported: u64,
    /// Files that brought nothing new.
    pub duplicate: u64,
    /// Files of which nothing could be used.
    pub rejected: u64,
    /// New claims.
    pub claims_added: u64,
    /// Replacements, voids and repeats of known claims.
    pub claims_replaced: u64,
    /// Remittances posted.
    pub remits_posted: u64,
    /// Remittances that were in the books already.
    pub remits_duplicate: u64,
    /// Remittances held.
    pub remits_held: u64,
    /// Claim payments of posted remittances.
    pub claim_payments: u64,
    /// Of these: on a claim.
    pub matched: u64,
    /// Of these: in `unapplied`.
    pub unapplied: u64,
    /// Cash of posted remittances.
    pub paid: Money,
    /// Provider-level amounts of posted remittances.
    pub plb: Money,
}

/// What became of one file.
#[derive(Debug)]
pub struct FileOutcome {
    /// Its name as given.
    pub file: String,
    /// SHA-256, where it could be read.
    pub sha256: Option<[u8; 32]>,
    /// What it is.
    pub kind: Option<String>,
    /// What became of it.
    pub status: FileStatus,
    /// Its transaction sets.
    pub sets: Vec<SetOutcome>,
    /// What was wrong with the file as a whole.
    pub issues: Vec<Issue>,
    /// Why nothing of it could be used.
    pub error: Option<String>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileStatus {
    /// All of it is in the books.
    Imported,
    /// All of it was in the books already.
    Duplicate,
    /// Nothing of it could be used.
    Rejected,
    /// Some of it is in the books.
    Partial,
    /// It would have been imported.
    DryRun,
}

impl FileStatus {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FileStatus::Imported => "imported",
            FileStatus::Duplicate => "duplicate",
            FileStatus::Rejected => "rejected",
            FileStatus::Partial => "partial",
            FileStatus::DryRun => "dry-run",
        }
    }
}

/// What became of one transaction set.
#[derive(Debug)]
pub struct SetOutcome {
    /// What it is; kinds that are not read are held.
    pub kind: Kind,
    /// The remittance it became.
    pub remit: Option<RemitId>,
    /// ST02.
    pub control: String,
    /// TRN02.
    pub trace: Option<String>,
    /// N1*PR.
    pub payer: Option<String>,
    /// BPR02 with its sign.
    pub paid: Money,
    /// CLP03 or CLM02 added up.
    pub charge: Money,
    /// The accounting date.
    pub posted_on: Option<Date>,
    /// Posted, duplicate or held.
    pub status: SetStatus,
    /// CLP or CLM loops; of an acknowledgment, claims that it speaks of.
    pub claims: u64,
    /// Of an 835: claim payments on a claim; of an acknowledgment: claims that heard it. Of an 837: waiting claim payments that found their claim in it.
    pub matched: u64,
    /// Of an 835: claim payments in `unapplied`.
    pub unapplied: u64,
    /// Provider-level amounts as sent.
    pub plb: Money,
    /// BPR02 = Σ CLP04 − Σ PLB.
    pub balanced: bool,
    /// Of opening balances: what they add up to.
    pub balance: Option<Money>,
    /// Of an 837: new claims.
    pub added: u64,
    /// Of an 837: submissions of known claims.
    pub replaced: u64,
    /// Of an acknowledgment: claims that it sends back.
    pub rejected: u64,
    /// Whether something in it needs a person: a claim payment held, a claim not taken.
    pub needs_work: bool,
    /// What was wrong.
    pub issues: Vec<Issue>,
    /// Why claim payments waited when they were posted: a later file may settle that.
    pub(super) waiting: Vec<Issue>,
}

/// What became of a transaction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetStatus {
    /// In the books now.
    Posted,
    /// In the books before.
    Duplicate,
    /// Not in the books.
    Held,
}

impl SetStatus {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SetStatus::Posted => "posted",
            SetStatus::Duplicate => "duplicate",
            SetStatus::Held => "held",
        }
    }
}

impl SetOutcome {
    /// A set as its survey describes it.
    #[must_use]
    pub fn new(set: &SetSurvey, status: SetStatus) -> SetOutcome {
        SetOutcome {
            kind: set.kind.clone(),
            remit: None,
            control: set.control.clone(),
            trace: None,
            payer: None,
            paid: set.totals.paid,
            charge: set.totals.charge,
            posted_on: None,
            status,
            claims: set.totals.claims,
            matched: 0,
            unapplied: 0,
            plb: set.totals.plb,
            balanced: set.totals.balanced,
            balance: None,
            added: 0,
            replaced: 0,
            rejected: 0,
            needs_work: false,
            issues: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// A set that is not posted.
    #[must_use]
    pub fn held(set: &SetSurvey, issues: Vec<Issue>) -> SetOutcome {
        SetOutcome { issues, ..SetOutcome::new(set, SetStatus::Held) }
    }

    /// A set that was in the books before.
    #[must_use]
    pub fn duplicate(set: &SetSurvey, remit: Option<&RemitRecord>) -> SetOutcome {
        let mut outcome = SetOutcome::new(set, SetStatus::Duplicate);
        if let Some(remit) = remit {
            outcome.describe(remit);
            outcome.matched = remit.matched;
            outcome.unapplied = remit.unapplied;
            if remit.status == RemitStatus::Reversed {
                outcome.issues.push(Issue {
                    code: "taken-out-before".to_owned(),
                    segment: set.first_segment,
                    text: String::new(),
                    message: format!(
                        "it came before as remittance {0}, which somebody took out of the books; \
                         `remit repost {0} --reason WHY` puts it back",
                        remit.id
                    ),
                });
            }
        }
        outcome
    }

    /// Takes over what a remittance's record says.
    pub fn describe(&mut self, remit: &RemitRecord) {
        self.remit = Some(remit.id);
        self.trace = Some(remit.header.trace.to_string());
        self.payer = Some(remit.header.payer.name.to_string());
        self.posted_on = Some(remit.posted_on);
    }

    /// Whether a person should look at it: it is held, something in it waits, or claim payments of it are left over.
    fn needs_a_person(&self) -> bool {
        let left_over = self.kind.is_remittance() && self.status == SetStatus::Posted && self.unapplied > 0;
        self.status == SetStatus::Held || self.needs_work || left_over
    }

    /// Whether all of it is in the books, now or before.
    #[must_use]
    pub fn is_in_the_books(&self) -> bool {
        self.status != SetStatus::Held
    }
}

impl FileOutcome {
    pub(super) fn begin(name: &str, survey: &Survey) -> FileOutcome {
        FileOutcome {
            file: name.to_owned(),
            sha256: Some(survey.sha256),
            kind: survey.kind.as_ref().map(ToString::to_string),
            status: FileStatus::Rejected,
            sets: Vec::new(),
            issues: survey.problems.iter().cloned().map(Issue::from).collect(),
            error: None,
        }
    }

    pub(super) fn unusable(name: &str, error: &InputError) -> FileOutcome {
        FileOutcome {
            file: name.to_owned(),
            sha256: None,
            kind: None,
            status: FileStatus::Rejected,
            sets: Vec::new(),
            issues: Vec::new(),
            error: Some(error.to_string()),
        }
    }

    pub(super) fn finish(&mut self, known: bool, dry_run: bool) {
        let all = |status| !self.sets.is_empty() && self.sets.iter().all(|s| s.status == status);
        let any = |status| self.sets.iter().any(|s| s.status == status);
        self.status = if known || all(SetStatus::Duplicate) {
            FileStatus::Duplicate
        } else if self.sets.is_empty() || all(SetStatus::Held) {
            FileStatus::Rejected
        } else if dry_run {
            FileStatus::DryRun
        } else if any(SetStatus::Held) || !any(SetStatus::Posted) {
            FileStatus::Partial
        } else {
            FileStatus::Imported
        };
        if self.status == FileStatus::Rejected && self.error.is_none() {
            let first = self.issues.iter().chain(self.sets.iter().flat_map(|s| &s.issues)).next();
            self.error = Some(first.map_or_else(
                || "it holds no transaction that this program could import".to_owned(),
                |issue| issue.message.clone(),
            ));
        }
    }

    /// Whether a person should look at it.
    #[must_use]
    pub fn needs_work(&self) -> bool {
        let bad = matches!(self.status, FileStatus::Rejected | FileStatus::Partial);
        bad || self.sets.iter().any(SetOutcome::needs_a_person)
    }
}

impl ImportReport {
    pub(super) fn add(&mut self, file: FileOutcome) {
        let totals = &mut self.totals;
        totals.files += 1;
        match file.status {
            FileStatus::Duplicate => totals.duplicate += 1,
            FileStatus::Rejected => totals.rejected += 1,
            FileStatus::Imported | FileStatus::Partial | FileStatus::DryRun => totals.imported += 1,
        }
        for set in &file.sets {
            totals.claims_added += set.added;
            totals.claims_replaced += set.replaced;
            if !set.kind.is_remittance() {
                continue;
            }
            match set.status {
                SetStatus::Duplicate => totals.remits_duplicate += 1,
                SetStatus::Held => totals.remits_held += 1,
                SetStatus::Posted => {
                    totals.remits_posted += 1;
                    totals.claim_payments += set.claims;
                    totals.matched += set.matched;
                    totals.unapplied += set.unapplied;
                    totals.paid += set.paid;
                    totals.plb += set.plb;
                }
            }
        }
        self.files.push(file);
    }

    /// What of it is in the books when an import stops: so many files, and of the one after them so many sets.
    pub(super) fn until(files: Vec<FileOutcome>, whole: usize, sets: usize) -> ImportReport {
        let mut report = ImportReport::default();
        for (at, mut file) in files.into_iter().enumerate().take(whole + usize::from(sets > 0)) {
            if at == whole {
                file.sets.truncate(sets);
                file.status = FileStatus::Partial;
            }
            for set in &mut file.sets {
                set.issues.append(&mut set.waiting);
            }
            report.add(file);
        }
        report
    }

    /// Whether a person should look at something.
    #[must_use]
    pub fn needs_work(&self) -> bool {
        self.files.iter().any(FileOutcome::needs_work)
    }
}
