//! Whether an answer names the patient of a claim: names as payers write them, member numbers of whichever payer.

use super::Verdict;
use crate::domain::claim::Claim;
use crate::domain::remit::{ClaimPayment, RemitPerson};
use crate::domain::{Few, Text};

/// Payers cut names off at a fixed length, and seldom below so many letters: a shorter name that begins another is a name.
const SHORTEST_CUT: usize = 6;
/// A member number shorter than this stands in many others by chance.
const SHORTEST_ID: usize = 4;

/// Compares the patient that an answer names, as sent or as the payer corrects it (NM1*74), with the claim's.
pub(super) fn compare(payment: &ClaimPayment, claim: &Claim) -> Verdict {
    let (said, insured) = (&payment.patient, payment.insured.as_ref());
    let corrected = payment.corrected.as_ref().map(|corrected| merged(corrected, said));
    let insured = insured.filter(|person| !person.member_id.is_empty());
    let told = |person: &&RemitPerson| {
        [&person.last, &person.first, &person.member_id].into_iter().any(|text| !text.trim().is_empty())
    };
    let people = [Some(said).filter(told), corrected.as_ref().filter(told)];
    let mut verdicts = people.into_iter().flatten().map(|person| one(person, insured, claim)).peekable();
    if verdicts.peek().is_none() {
        // Nobody is named, but for the number of whoever is insured.
        return insured.map_or(Verdict::Unknown, |insured| {
            one(&RemitPerson { member_id: insured.member_id.clone(), ..RemitPerson::default() }, None, claim)
        });
    }
    // Either form counts.
    verdicts.min().unwrap_or(Verdict::Unknown)
}

/// A correction gives only what is corrected.
fn merged(corrected: &RemitPerson, said: &RemitPerson) -> RemitPerson {
    let either = |one: &Text, other: &Text| if one.is_empty() { other.clone() } else { one.clone() };
    let own_id = !corrected.member_id.is_empty();
    RemitPerson {
        last: either(&corrected.last, &said.last),
        first: either(&corrected.first, &said.first),
        member_id: either(&corrected.member_id, &said.member_id),
        other_kind: if own_id { corrected.other_kind } else { said.other_kind },
    }
}

fn one(said: &RemitPerson, insured: Option<&RemitPerson>, claim: &Claim) -> Verdict {
    let patient = &claim.patient;
    let last = alike(&said.last, &patient.last, last_names_agree);
    let first = alike(&said.first, &patient.first, first_names_agree)
        .map(|alike| alike && same_generation([&said.last, &said.first], [&patient.last, &patient.first]));
    if last == Some(true) && first == Some(true) {
        return Verdict::Agrees;
    }
    let id = ids(said, insured, claim);
    if id == Ids::Equal {
        // A newborn is known by its mother's number, a family by one of theirs.
        return if first == Some(false) { Verdict::Unknown } else { Verdict::Agrees };
    }
    // Some payers name whoever holds the policy instead of the patient.
    let holder = &claim.subscriber;
    let names_holder = holder != patient
        && alike(&said.last, &holder.last, last_names_agree) == Some(true)
        && alike(&said.first, &holder.first, first_names_agree) == Some(true);
    let other_name = last == Some(false) && matches!(id, Ids::Differ | Ids::Missing);
    let other_person = first == Some(false) && id == Ids::Differ;
    if !names_holder && (other_name || other_person) { Verdict::Differs } else { Verdict::Unknown }
}

/// What member numbers say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ids {
    /// One is the same.
    Equal,
    /// One contains the other, or they are not of one kind: nothing.
    Unclear,
    /// Both sides give one, and none is the same.
    Differ,
    /// One side gives none.
    Missing,
}

fn ids(said: &RemitPerson, insured: Option<&RemitPerson>, claim: &Claim) -> Ids {
    let of_payers = claim.payers.iter().map(|payer| payer.member_id.as_str());
    let known = [claim.patient.member_id.as_str(), claim.subscriber.member_id.as_str()];
    let known: Few<&str, 6> = known.into_iter().chain(of_payers).filter(|id| is_given(id)).collect();
    let given = std::iter::once(said).chain(insured).filter(|person| is_given(&person.member_id));
    let pairs = given.flat_map(|person| known.iter().map(move |id| pair(person, id)));
    pairs.min().unwrap_or(Ids::Missing)
}

fn pair(said: &RemitPerson, known: &str) -> Ids {
    let id = said.member_id.as_str();
    if bare(id).eq(bare(known)) {
        return Ids::Equal;
    }
    if said.other_kind {
        return Ids::Unclear;
    }
    let (one, other): (String, String) = (bare(id).collect(), bare(known).collect());
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    if short.len() >= SHORTEST_ID && long.contains(&short) { Ids::Unclear } else { Ids::Differ }
}

fn is_given(id: &str) -> bool {
    bare(id).any(|character| character != '0')
}

/// Nothing where one side gives no name.
fn alike(one: &str, other: &str, agree: fn(&[String], &[String]) -> bool) -> Option<bool> {
    if one.trim().eq_ignore_ascii_case(other.trim()) && bare(one).next().is_some() {
        return Some(true);
    }
    let (one, other) = (words(one), words(other));
    (!one.is_empty() && !other.is_empty()).then(|| agree(&one, &other))
}

/// The same letters, a compound of which one side gives a part, or one that was cut off.
fn last_names_agree(one: &[String], other: &[String]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    one.concat() == other.concat() || short.iter().all(|word| long.contains(word)) || is_cut(one, other)
}

/// The same letters, the same with a middle name, an initial, or one that was cut off.
fn first_names_agree(one: &[String], other: &[String]) -> bool {
    let initial = |one: &str, other: &str| one.chars().count() == 1 && other.starts_with(one);
    let (a, b) = (one[0].as_str(), other[0].as_str());
    a == b || initial(a, b) || initial(b, a) || one.concat() == other.concat() || is_cut(one, other)
}

fn is_cut(one: &[String], other: &[String]) -> bool {
    let (one, other) = (one.concat(), other.concat());
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    short.len() >= SHORTEST_CUT && long.starts_with(&short)
}

const SUFFIXES: [&str; 5] = ["JR", "SR", "II", "III", "IV"];

/// The words of a name without what tells father from son.
fn words(name: &str) -> Few<String, 3> {
    let mut words = all_words(name);
    if words.len() > 1 {
        words.retain(|word| !SUFFIXES.contains(&word.as_str()));
    }
    words
}

fn all_words(name: &str) -> Few<String, 3> {
    let parts = name.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '\u{2019}' | '`'));
    parts.map(|part| bare(part).collect::<String>()).filter(|word| !word.is_empty()).collect()
}

/// Father and son bear one name. A suffix on one side alone says nothing, and the second of a name may be a junior.
fn same_generation(one: [&str; 2], other: [&str; 2]) -> bool {
    let one_word =
        |names: [&str; 2]| names.into_iter().all(|name| name.bytes().all(|b| b.is_ascii_alphabetic()));
    if one_word(one) || one_word(other) {
        return true;
    }
    let suffix = |names: [&str; 2]| {
        let words = names.into_iter().flat_map(|name| all_words(name).into_iter().skip(1));
        words.into_iter().find_map(|word| SUFFIXES.iter().position(|suffix| *suffix == word))
    };
    match (suffix(one), suffix(other)) {
        (Some(one), Some(other)) => one == other || (one, other) == (0, 2) || (one, other) == (2, 0),
        _ => true,
    }
}

/// Letters and digits, in upper case and without accents.
fn bare(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_uppercase).map(plain).filter(|c| c.is_alphanumeric())
}

fn plain(letter: char) -> char {
    match letter {
        'À'..='Å' => 'A',
        'Ç' => 'C',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ñ' => 'N',
        'Ò'..='Ö' | 'Ø' => 'O',
        'Ù'..='Ü' => 'U',
        'Ý' => 'Y',
        other => other,
    }
}
