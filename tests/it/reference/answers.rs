//! Which answers of the payers are in force: reversals, new answers after a denial, duplicates and holds (sections 6, 7, 7a,
//! 9 and 10 of the rules).
//!
//! An answer and its reversal leave nothing behind: both are struck out, and everything else is judged again as if neither
//! had come. That alone makes a superseded answer stand again, a held one post, and a duplicate count.

use std::collections::BTreeMap;

use super::words::{Means, means};
use super::{Answer, Cas, Cents, Claim, Day, Level};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// It counts, wholly or with the parts that no later answer took the place of.
    InForce,
    /// A later answer took its place.
    Superseded,
    /// It was taken back, or takes back.
    StruckOut,
    /// It says nothing about money: an estimate, a forwarding, a duplicate notice.
    Notice,
    /// A person must look: the number in section 10.
    Held(u8),
}

/// What one answer says about one line, or about the claim as a whole.
#[derive(Clone, Debug)]
pub struct Part {
    /// The procedure; nothing for the claim as a whole.
    pub line: Option<String>,
    pub paid: Cents,
    pub amounts: Vec<(Means, Cents)>,
    pub is_in_force: bool,
}

impl Part {
    pub fn sum(&self, of: impl Fn(Means) -> bool) -> Cents {
        self.amounts.iter().filter(|(means, _)| of(*means)).map(|(_, amount)| amount).sum()
    }

    fn is_unpaid_denial(&self) -> bool {
        self.paid == 0 && self.sum(is_denied_or_pending) != 0
    }
}

pub fn is_denied(means: Means) -> bool {
    matches!(means, Means::Denied | Means::PatientCheck | Means::NoCoverage)
}

fn is_denied_or_pending(means: Means) -> bool {
    is_denied(means) || means == Means::Pending
}

/// One answer with what came of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its place by day, payer and number.
    at: usize,
    pub answer: Answer,
    pub standing: Standing,
    pub parts: Vec<Part>,
}

impl Judged {
    pub fn in_force(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.is_in_force)
    }
}

/// Every answer, in the order in which they count.
#[derive(Clone, Debug)]
pub struct Told {
    pub answers: Vec<Judged>,
    /// Why the rules do not decide this story; nothing where they do.
    pub silent: Option<&'static str>,
}

impl Told {
    fn push(&mut self, ordered: &[Answer], at: usize, standing: Standing) {
        let mut parts = parts(&ordered[at]);
        parts.iter_mut().for_each(|part| part.is_in_force = standing == Standing::InForce);
        self.answers.push(Judged { at, answer: ordered[at].clone(), standing, parts });
    }

    /// What all answers in force took off the charge: paid and adjusted. `below` leaves out that level and those behind it.
    pub fn taken(&self, below: Level) -> Cents {
        let levels = self.answers.iter().filter(|judged| judged.answer.level < below);
        let off = |means: Means| matches!(means, Means::TakenOff(_));
        levels.flat_map(Judged::in_force).map(|part| part.paid + part.sum(off)).sum()
    }
}

/// A reversal: by status, or by sign.
fn takes_back(answer: &Answer) -> bool {
    answer.status == "22" || answer.charge < 0 || answer.paid < 0
}

fn all_cas(answer: &Answer) -> impl Iterator<Item = &Cas> {
    answer.cas.iter().chain(answer.services.iter().flat_map(|service| &service.cas))
}

fn parts(answer: &Answer) -> Vec<Part> {
    let part = |line: Option<&String>, paid, cas: &[Cas]| Part {
        line: line.cloned(),
        paid,
        amounts: cas.iter().map(|cas| (means(cas), cas.amount)).collect(),
        is_in_force: false,
    };
    let mut parts: Vec<Part> =
        answer.services.iter().map(|s| part(Some(&s.procedure), s.paid, &s.cas)).collect();
    if parts.is_empty() {
        parts.push(part(None, answer.paid, &answer.cas));
    } else if !answer.cas.is_empty() {
        parts.push(part(None, 0, &answer.cas));
    }
    bundle(answer, &mut parts);
    parts
}

/// What OA-94 adds to one line and CO-97 denies of its siblings is one transfer, and no denial.
fn bundle(answer: &Answer, parts: &mut [Part]) {
    let sum = |reason: &str| all_cas(answer).filter(|c| c.reason == reason).map(|c| c.amount).sum::<Cents>();
    if sum("94") == 0 || sum("94") != -sum("97") {
        return;
    }
    for part in parts {
        let (contra, denied) = (Means::TakenOff(super::words::CONTRA), Means::Denied);
        part.amounts.retain(|(means, _)| *means != contra && *means != denied);
    }
}

/// What an answer says by reason, whatever the line.
fn reasons(answer: &Answer) -> Vec<(usize, usize, String, Cents)> {
    let mut sums: BTreeMap<(usize, usize, String), Cents> = BTreeMap::new();
    for cas in all_cas(answer) {
        let group = ["CO", "PR", "OA", "PI", "CR"].iter().position(|group| *group == cas.group);
        *sums.entry((group.unwrap_or(0), cas.reason.len(), cas.reason.clone())).or_default() += cas.amount;
    }
    let sums = sums.into_iter().filter(|(_, amount)| *amount != 0);
    sums.map(|((group, length, reason), amount)| (group, length, reason, amount)).collect()
}

/// Judges everything that was said about a claim. From the void day on, the claim has no charge.
pub fn tell(claim: &Claim, void: Option<Day>, answers: &[Answer]) -> Told {
    let key = |answer: &Answer| {
        let refuses = answer.paid == 0 && parts(answer).iter().any(|p| p.sum(is_denied_or_pending) != 0);
        let rank = if takes_back(answer) { 2 } else { u8::from(!refuses) };
        (answer.day, answer.level, rank, answer.number.clone())
    };
    let mut ordered = answers.to_vec();
    // Of one day and number the smaller payment is first, and then what they say decides: never who brought it when.
    ordered.sort_by_key(|answer| {
        (key(answer), answer.paid.abs(), answer.charge, answer.status.clone(), reasons(answer))
    });
    let moves = |answer: &&Answer| !matches!(answer.status.as_str(), "23" | "25");
    let moving: Vec<&Answer> = ordered.iter().filter(moves).collect();
    let tied = moving.windows(2).any(|pair| key(pair[0]) == key(pair[1]) && !is_same(pair[0], pair[1]));
    let mut struck: Vec<usize> = Vec::new();
    loop {
        match judge_all(claim, void, &ordered, &struck) {
            Ok(mut told) => {
                // What the rules name only in part, a long hunt compares all the same (`scripts/reference`).
                let overtaken = |(at, judged): (usize, &Judged)| {
                    let mut later =
                        told.answers[at..].iter().filter(|j| j.answer.level <= judged.answer.level);
                    matches!(judged.standing, Standing::Held(13 | 14))
                        && later.any(|j| matches!(j.standing, Standing::InForce | Standing::StruckOut))
                };
                let hunting = std::env::var_os("ARREARS_STORIES").is_some();
                if !hunting && told.answers.iter().enumerate().any(overtaken) {
                    told.silent = Some("a payment that waits while a later answer is, or was, in force");
                }
                if !hunting && tied {
                    told.silent = Some("two answers of one day and number that both settle, or both refuse");
                }
                // Which of several goes first that came between an answer and its reversal: the first by its day, or the one
                // that the reversal found in force.
                let crowded = |pair: &[usize]| {
                    let between = (pair[0] + 1..pair[1]).filter(|at| !struck.contains(at));
                    let settle = between.filter(|at| !takes_back(&ordered[*at]) && moves(&&ordered[*at]));
                    let mut levels: Vec<Level> = settle.map(|at| ordered[at].level).collect();
                    levels.sort_unstable();
                    levels.windows(2).any(|pair| pair[0] == pair[1])
                };
                if struck.chunks(2).any(crowded) {
                    told.silent = Some("several answers between one and its reversal");
                }
                let early = |(at, judged): (usize, &Judged)| {
                    let later = &told.answers[at..];
                    judged.standing == Standing::Held(12)
                        && later.iter().any(|j| {
                            j.answer.level == judged.answer.level && is_opposite(&j.answer, &judged.answer)
                        })
                };
                let backwards = |pair: &[usize]| ordered[pair[1]].day < ordered[pair[0]].day;
                if told.answers.iter().enumerate().any(early) || struck.chunks(2).any(backwards) {
                    told.silent = Some("a reversal of an earlier day than what it takes back");
                }
                return told;
            }
            Err((original, reversal)) => struck.extend([original, reversal]),
        }
    }
}

/// Judges day by day; what waits is heard again whenever something else took its place. Stops at a reversal that takes back
/// one that is not struck out yet.
fn judge_all(
    claim: &Claim,
    void: Option<Day>,
    ordered: &[Answer],
    struck: &[usize],
) -> Result<Told, (usize, usize)> {
    let mut told = Told { answers: Vec::new(), silent: None };
    let mut waiting: Vec<usize> = Vec::new();
    for day in ordered.chunk_by(|one, other| one.day == other.day) {
        let first = ordered.partition_point(|answer| answer.day < day[0].day);
        waiting.extend((first..first + day.len()).filter(|at| !struck.contains(at)));
        while let Some(place) = take_one(claim, void, &mut told, ordered, &waiting)? {
            waiting.remove(place);
        }
    }
    for at in waiting {
        let before = told.clone();
        let standing = standing(claim, void, &mut told, ordered, at)?;
        told = before;
        told.push(ordered, at, standing);
    }
    struck.iter().for_each(|at| told.push(ordered, *at, Standing::StruckOut));
    told.answers.sort_by_key(|judged| judged.at);
    Ok(told)
}

/// The first of those that wait which can take its place takes it.
fn take_one(
    claim: &Claim,
    void: Option<Day>,
    told: &mut Told,
    ordered: &[Answer],
    waiting: &[usize],
) -> Result<Option<usize>, (usize, usize)> {
    for (place, at) in waiting.iter().enumerate() {
        let before = told.clone();
        match standing(claim, void, told, ordered, *at)? {
            Standing::Held(_) => *told = before,
            standing => {
                told.push(ordered, *at, standing);
                return Ok(Some(place));
            }
        }
    }
    Ok(None)
}

fn standing(
    claim: &Claim,
    void: Option<Day>,
    told: &mut Told,
    ordered: &[Answer],
    at: usize,
) -> Result<Standing, (usize, usize)> {
    let answer = &ordered[at];
    match unreadable(answer) {
        Some(standing) => Ok(standing),
        None if takes_back(answer) => match original(told, answer) {
            Some(original) => Err((original, at)),
            None => Ok(Standing::Held(12)),
        },
        None => Ok(judge(claim, void, told, answer)),
    }
}

/// What an answer says of itself that keeps it from being posted.
fn unreadable(answer: &Answer) -> Option<Standing> {
    let sum = |cas: &[Cas]| cas.iter().map(|c| c.amount).sum::<Cents>();
    let lines_add_up = answer.services.iter().all(|s| s.charge - sum(&s.cas) == s.paid);
    let all: Vec<Cas> = all_cas(answer).cloned().collect();
    let paid_by_lines: Cents = answer.services.iter().map(|s| s.paid).sum();
    let claim_adds_up = answer.charge - sum(&all) == answer.paid
        && (answer.services.is_empty() || paid_by_lines - sum(&answer.cas) == answer.paid);
    match answer.status.as_str() {
        "23" | "25" => return Some(Standing::Notice),
        "1" | "2" | "3" | "4" | "19" | "20" | "21" | "22" => {}
        _ => return Some(Standing::Held(8)),
    }
    if !lines_add_up || !claim_adds_up {
        return Some(Standing::Held(5));
    }
    if answer.status == "22" && (answer.charge > 0 || answer.paid > 0) {
        return Some(Standing::Held(12));
    }
    for cas in all.iter().filter(|cas| cas.amount != 0) {
        match means(cas) {
            Means::Hold(number) => return Some(Standing::Held(number)),
            Means::Earlier if answer.level == 1 && !takes_back(answer) => return Some(Standing::Held(15)),
            _ => {}
        }
    }
    let contract: Cents = all.iter().filter(|c| c.group == "CO" && c.reason == "45").map(|c| c.amount).sum();
    if contract == answer.charge && answer.charge > 0 && answer.paid == 0 {
        return Some(Standing::Held(11));
    }
    let is_odd = |cas: &Cas| cas.amount < 0 && matches!(means(cas), Means::Denied | Means::PatientShare);
    if !takes_back(answer) && all.iter().any(is_odd) {
        return Some(Standing::Held(16));
    }
    None
}

/// Which answer a reversal takes back: the one that bears its number, superseded ones too; where none does, the exact
/// opposite, whatever its number.
fn original(told: &Told, reversal: &Answer) -> Option<usize> {
    let known = |judged: &Judged| {
        judged.answer.level == reversal.level
            && matches!(judged.standing, Standing::InForce | Standing::Superseded)
    };
    let find = |wanted: &dyn Fn(&Judged) -> bool| {
        told.answers.iter().rfind(|j| known(j) && wanted(j)).map(|judged| judged.at)
    };
    let bears = |judged: &Judged| judged.answer.number == reversal.number;
    let exact = |judged: &Judged| is_opposite(&judged.answer, reversal);
    // A held answer bears its number too: then nothing else is meant.
    let waits = told.answers.iter().any(|j| {
        j.answer.level == reversal.level
            && bears(j)
            && !takes_back(&j.answer)
            && matches!(j.standing, Standing::Held(_))
    });
    if find(&bears).is_some() || waits {
        find(&|j| bears(j) && exact(j) && j.standing == Standing::InForce)
            .or_else(|| find(&|j| bears(j) && exact(j)))
    } else {
        find(&|j| exact(j) && j.standing == Standing::InForce).or_else(|| find(&exact))
    }
}

fn is_opposite(original: &Answer, reversal: &Answer) -> bool {
    let pairs = |answer: &Answer, sign: Cents| {
        let mut pairs: Vec<(String, String, Cents)> =
            all_cas(answer).map(|c| (c.group.clone(), c.reason.clone(), sign * c.amount)).collect();
        pairs.sort();
        pairs
    };
    original.charge == -reversal.charge
        && original.paid == -reversal.paid
        && pairs(original, 1) == pairs(reversal, -1)
}

/// The same result in another payment.
fn is_same(one: &Answer, other: &Answer) -> bool {
    (one.level, &one.number, &one.status, one.paid) == (other.level, &other.number, &other.status, other.paid)
        && (&one.cas, &one.services) == (&other.cas, &other.services)
}

fn judge(claim: &Claim, void: Option<Day>, told: &mut Told, answer: &Answer) -> Standing {
    let duplicate = |judged: &Judged| {
        let known = matches!(judged.standing, Standing::InForce | Standing::Superseded);
        known && is_same(&judged.answer, answer)
    };
    if told.answers.iter().any(duplicate) {
        return Standing::Held(22);
    }
    if void.is_some_and(|void| void <= answer.day) {
        return Standing::Held(18);
    }
    if void.is_some() {
        told.silent = Some("an answer of a day before the void");
    }
    let own = |judged: &&Judged| judged.answer.level == answer.level;
    let is_answered = told.answers.iter().filter(own).any(|j| j.in_force().next().is_some());
    let notice = answer.paid == 0 && all_cas(answer).all(|cas| means(cas) == Means::Duplicate);
    if notice {
        if is_answered {
            return Standing::Notice;
        }
        told.silent = Some("a duplicate notice without a first result");
    }
    let whole = claim.versions.iter().any(|version| version.charge() == answer.charge);
    let superseded = match if whole { after_whole(told, answer) } else { after_lines(claim, told, answer) } {
        Ok(superseded) => superseded,
        Err(standing) => return standing,
    };
    let before = told.clone();
    for (judged, part) in superseded {
        told.answers[judged].parts[part].is_in_force = false;
        if told.answers[judged].in_force().next().is_none() {
            told.answers[judged].standing = Standing::Superseded;
        }
    }
    if answer.level > 1 && !fits(claim, told, answer) {
        *told = before;
        return Standing::Held(14);
    }
    if is_contradicted(told, answer) {
        told.silent = Some("a payer behind this one counted less than this one does");
    }
    Standing::InForce
}

/// Whether a payer behind counted less than this answer and what stands of earlier ones take off: one of them is wrong, and
/// the rules do not say which.
fn is_contradicted(told: &Told, answer: &Answer) -> bool {
    let off = |means: Means| matches!(means, Means::TakenOff(_));
    let own: Cents = parts(answer).iter().map(|part| part.paid + part.sum(off)).sum();
    let behind = told.answers.iter().filter(|judged| judged.answer.level > answer.level);
    behind.filter(|judged| judged.in_force().next().is_some()).any(|judged| {
        let counted: Cents = judged.in_force().map(|part| part.sum(|means| means == Means::Earlier)).sum();
        counted < own + told.taken(judged.answer.level)
    })
}

/// Parts of earlier answers, by answer and part.
type Places = Vec<(usize, usize)>;

/// An answer to the whole claim takes the place of whatever was refused without a payment.
fn after_whole(told: &Told, answer: &Answer) -> Result<Places, Standing> {
    let mut places = Vec::new();
    for (at, judged) in told.answers.iter().enumerate().filter(|(_, j)| j.answer.level == answer.level) {
        if judged.in_force().next().is_none() {
            continue;
        }
        // What waited takes the place of nothing that the payer said since.
        if judged.answer.day > answer.day {
            return Err(Standing::Held(13));
        }
        let paid: Cents = judged.in_force().map(|part| part.paid).sum();
        let refused = judged.in_force().any(|part| part.sum(is_denied_or_pending) != 0);
        if paid != 0 || judged.in_force().any(|part| part.paid != 0) || !refused {
            return Err(Standing::Held(13));
        }
        places.extend((0..judged.parts.len()).filter(|n| judged.parts[*n].is_in_force).map(|n| (at, n)));
    }
    Ok(places)
}

/// An answer to some lines: they were never answered (the payer divides the claim), or were refused without a payment.
fn after_lines(claim: &Claim, told: &mut Told, answer: &Answer) -> Result<Places, Standing> {
    if answer.services.is_empty() {
        return Err(Standing::Held(7));
    }
    let (mut places, mut fresh) = (Vec::new(), 0);
    for service in &answer.services {
        let billed = |(procedure, charge): &(String, Cents)| {
            *procedure == service.procedure && *charge == service.charge
        };
        if !claim.versions.iter().any(|version| version.lines.iter().any(billed)) {
            return Err(Standing::Held(7));
        }
        let mut found = false;
        for (at, judged) in told.answers.iter().enumerate().filter(|(_, j)| j.answer.level == answer.level) {
            for (n, part) in judged.parts.iter().enumerate().filter(|(_, part)| part.is_in_force) {
                if part.line.is_none() {
                    told.silent = Some("some lines are answered after the claim as a whole");
                    return Err(Standing::Held(13));
                }
                if part.line.as_ref() != Some(&service.procedure) {
                    continue;
                }
                if !part.is_unpaid_denial() || judged.answer.day > answer.day {
                    return Err(Standing::Held(13));
                }
                found = true;
                places.push((at, n));
            }
        }
        fresh += usize::from(!found);
    }
    if fresh > 0 && !places.is_empty() {
        told.silent = Some("refused lines and new ones are answered together");
    }
    Ok(places)
}

/// Whether a later payer's answer fits to what is known of the earlier ones, and leaves no balance below zero.
fn fits(claim: &Claim, told: &Told, answer: &Answer) -> bool {
    let sum = |of: fn(Means) -> bool| {
        all_cas(answer).filter(|cas| of(means(cas))).map(|cas| cas.amount).sum::<Cents>()
    };
    let earlier = sum(|means| means == Means::Earlier);
    let off = sum(|means| matches!(means, Means::TakenOff(_)));
    let charge = claim.versions.last().map_or(0, super::Version::charge);
    earlier >= told.taken(answer.level) && charge - told.taken(Level::MAX) - answer.paid - off >= 0
}
