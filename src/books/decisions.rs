//! What a person decided about a claim payment: kept with it while its remittance is out of the books, and handed to the
//! claim payment that takes its place in another remittance. `docs/rules/posting-rules.md` sections 7b and 10a.
//!
//! Where it lies, how it was split and whose claim it is stand in the row of the payment, in or out of the books. That it was
//! taken off its claim or released is its status while it is in the books, and its rule while it is not.

use std::collections::{BTreeMap, BTreeSet};

use super::attach::{attach, detach};
use super::by_hand;
use super::dossier::Heard;
use super::matching;
use super::placing;
use super::released;
use super::retell::{Hand, retell_all};
use super::undo::{Refusal, payments};
use crate::domain::book::{PaymentRecord, PaymentStatus, RemitRecord, RemitStatus};
use crate::domain::by_hand::ByHand;
use crate::domain::{ClaimId, Date, Money, PayerControlNumber, PaymentId, Text};
use crate::posting::hold::Hold;
use crate::posting::matching::Match;
use crate::store::{Read, StoreError, WriteTables};

/// The rule of a claim payment whose remittance is out of the books, and about which nobody decided anything that its row
/// would not say otherwise.
const OUT: &str = "remit-reversed";

/// What becomes of a claim payment that comes back with its remittance, whatever the rules would make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It waits: of itself it cannot be posted, or a person took it off its claim.
    Waits(Hold, Text),
    /// It was sent back, or to another system whose money it is.
    Released,
}

/// What is kept with a claim payment that is out of the books, or never was in them.
pub(super) fn kept(payment: &PaymentRecord) -> Option<Kept> {
    if released::is_rule(&payment.rule) {
        return Some(Kept::Released);
    }
    let hold = payment.rule.strip_prefix("hold:").and_then(Hold::from_word)?;
    let waits = hold.is_of_the_payment() || hold == Hold::TakenOff;
    waits.then(|| Kept::Waits(hold, payment.message.clone()))
}

/// Whether a claim payment that waits, or is out of the books, cannot be posted to any claim for what it says itself.
fn is_broken(payment: &PaymentRecord) -> bool {
    matches!(kept(payment), Some(Kept::Waits(hold, _)) if hold.is_of_the_payment())
}

/// Takes a claim payment out of the books with its remittance. What a person decided of it, and what is wrong with it of
/// itself, holds when it comes back.
pub(super) fn withdraw(payment: &mut PaymentRecord, memo: &str) {
    let is_kept = match payment.status {
        PaymentStatus::Released => true,
        PaymentStatus::Unapplied => kept(payment).is_some(),
        _ => false,
    };
    if !is_kept {
        forget(payment, memo);
    }
    payment.status = PaymentStatus::Withdrawn;
}

fn forget(payment: &mut PaymentRecord, memo: &str) {
    payment.rule = OUT.into();
    payment.message = memo.into();
}

/// What a person decided about a claim payment.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Decision {
    /// It was taken off its claim, and waits.
    TakenOff(Text),
    /// It was sent back, or to another system: the rule and why.
    Released(Text, Text),
    /// It belongs on this claim, by this step; where it was posted by hand, split so.
    OnClaim(ClaimId, Text, Option<Box<ByHand>>),
}

impl Decision {
    fn of(payment: &PaymentRecord) -> Option<Decision> {
        let rules = matches!(
            payment.status,
            PaymentStatus::Unapplied | PaymentStatus::Released | PaymentStatus::Withdrawn
        );
        match kept(payment).filter(|_| rules) {
            Some(Kept::Released) => {
                return Some(Decision::Released(payment.rule.clone(), payment.message.clone()));
            }
            Some(Kept::Waits(Hold::TakenOff, why)) => return Some(Decision::TakenOff(why)),
            Some(Kept::Waits(..)) | None => {}
        }
        let claim = payment.claim.filter(|_| placing::is_by_person(payment))?;
        Some(Decision::OnClaim(claim, payment.matched_by.clone(), payment.by_hand.clone()))
    }

    /// In words, of a claim payment.
    fn in_words(&self, mine: &PaymentRecord) -> String {
        match self {
            Decision::TakenOff(_) => "was taken off its claim by a person".to_owned(),
            Decision::Released(..) => format!("was released by a person over {}", mine.payment.paid),
            Decision::OnClaim(claim, _, Some(by_hand)) => {
                let split = by_hand::in_words(by_hand, mine.payment.paid);
                format!("was posted to claim {claim} by hand ({split})")
            }
            Decision::OnClaim(claim, ..) => format!("was put on claim {claim} by a person"),
        }
    }

    /// Why it does not hold for a claim payment that takes the place of another.
    fn contradicted(&self, mine: &PaymentRecord, now: &PaymentRecord) -> Option<String> {
        let (was, is) = (&mine.payment, &now.payment);
        match self {
            Decision::TakenOff(_) => None,
            Decision::Released(..) => (was.paid != is.paid).then(|| format!("it pays {}", is.paid)),
            Decision::OnClaim(.., Some(_)) => {
                let same = (was.charge, was.paid) == (is.charge, is.paid);
                (!same).then(|| format!("it pays {} of a charge of {}", is.paid, is.charge))
            }
            Decision::OnClaim(.., None) => is_broken(now).then(|| now.message.to_string()),
        }
    }
}

/// What became of a decision when another remittance took the place of that of its claim payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOn {
    /// The claim payment that it was made of.
    pub from: PaymentId,
    /// What was decided, in words that go on from the claim payment.
    pub decided: String,
    /// The claim payment that stands in its place, if there is one.
    pub to: Option<PaymentId>,
    /// Why it does not hold for that one, which waits for a person instead.
    pub against: Option<String>,
    /// The release that is to follow once that one is in the books.
    release: Option<Release>,
}

/// A release of waiting money.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Release {
    on: Option<Date>,
    foreign: bool,
    why: Text,
    /// Where it lay, to lie there again when it is taken up.
    lay: Lay,
}

/// Where released money lay before.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lay {
    /// On no claim.
    Apart,
    /// On the claim that the rules found.
    ByRules,
    /// Where a person had put it.
    ByPerson(ClaimId, Text, Option<Box<ByHand>>),
}

impl Lay {
    fn of(payment: &PaymentRecord) -> Lay {
        match payment.claim {
            None => Lay::Apart,
            Some(claim) if placing::is_by_person(payment) => {
                Lay::ByPerson(claim, payment.matched_by.clone(), payment.by_hand.clone())
            }
            Some(_) => Lay::ByRules,
        }
    }
}

/// About how many claim payments of a remittance persons decided something that holds in the books or out of them.
///
/// # Errors
/// Whatever the store says.
pub fn count(tables: &impl Read, remit: &RemitRecord) -> Result<usize, StoreError> {
    Ok(payments(tables, remit)?.iter().filter(|payment| Decision::of(payment).is_some()).count())
}

/// Hands what persons decided about the claim payments of a remittance that has just gone out of the books to those of the
/// one that takes its place, in the books or on its way there. What does not hold for such a claim payment lets it wait; so
/// does a release, until [`release_again`].
///
/// # Errors
/// Whatever the store says.
pub(super) fn hand_on(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    (old, new): (&RemitRecord, &RemitRecord),
    memo: &str,
) -> Result<Vec<HandedOn>, StoreError> {
    let (mine, others) = (payments(tables, old)?, payments(tables, new)?);
    let decided: Vec<(&PaymentRecord, Decision)> =
        mine.iter().filter_map(|payment| Some((payment, Decision::of(payment)?))).collect();
    if decided.is_empty() {
        return Ok(Vec::new());
    }
    let released = decided.iter().filter(|(_, decision)| matches!(decision, Decision::Released(..)));
    let days = released::days(tables, &released.map(|(payment, _)| payment.id).collect())?;
    let pairs = pairs(&mine, &others);
    let (mut handed, mut claims, mut numbers) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (mine, decision) in decided {
        let now = pairs.get(&mine.id).and_then(|id| others.iter().find(|other| other.id == *id));
        let decided = decision.in_words(mine);
        let mut what = HandedOn { from: mine.id, decided, to: None, against: None, release: None };
        if let Some(now) = now {
            // What was decided of the very payment that is in the books stands.
            if new.status == RemitStatus::Posted && Decision::of(now).is_some() {
                continue;
            }
            what.to = Some(now.id);
            what.against = decision.contradicted(mine, now);
            let decision = match (&what.against, decision) {
                (Some(why), _) => {
                    Decision::TakenOff(format!("claim payment {} {}; {why}", mine.id, what.decided).into())
                }
                (None, Decision::Released(rule, why)) => {
                    let foreign = rule == released::FOREIGN;
                    let on = days.get(&mine.id).copied();
                    what.release = Some(Release { on, foreign, why: why.clone(), lay: Lay::of(mine) });
                    Decision::TakenOff(why)
                }
                (None, decision) => decision,
            };
            if new.status == RemitStatus::Posted {
                decide(tables, hand, now.clone(), decision, &mut claims)?;
            } else {
                keep(tables, now.clone(), decision)?;
            }
            give_up(tables, mine.clone(), memo)?;
            numbers.extend([mine, now].map(|payment| payment.payment.payer_number.clone()));
        }
        handed.push(what);
    }
    retell_all(tables, hand, claims)?;
    placing::settle_numbers(tables, hand, numbers.iter().map(PayerControlNumber::as_str))?;
    Ok(handed)
}

/// Releases what was released in the place of it, on the day of that, and lets it lie where that lay.
///
/// # Errors
/// See [`Refusal`].
pub(super) fn release_again(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    handed: &[HandedOn],
) -> Result<(), Refusal> {
    for (item, release) in handed.iter().filter_map(|what| Some((what.to?, what.release.as_ref()?))) {
        let payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
        let came = tables.remit(payment.remit)?.map_or(payment.posted_on, |remit| remit.last_moved());
        let on = release.on.map_or(came, |on| on.max(came));
        released::release(tables, hand, item, on, release.foreign, &release.why)?;
        let mut payment = tables.payment(item)?.ok_or(Refusal::NoPayment(item))?;
        match &release.lay {
            Lay::Apart => {}
            Lay::ByRules => {
                if let Match::Proved(claim, step) = matching::claim_of(&*tables, &payment)? {
                    attach(tables, payment, claim, step)?;
                }
            }
            Lay::ByPerson(claim, step, by_hand) => {
                payment.by_hand.clone_from(by_hand);
                attach(tables, payment, *claim, step)?;
            }
        }
    }
    Ok(())
}

/// Writes a decision down with a claim payment that is out of the books.
fn keep(
    tables: &mut WriteTables<'_>,
    mut payment: PaymentRecord,
    decision: Decision,
) -> Result<(), StoreError> {
    let before = is_broken(&payment).then(|| (payment.rule.clone(), payment.message.clone()));
    detach(tables, &mut payment)?;
    payment.by_hand = None;
    let Decision::OnClaim(claim, step, by_hand) = decision else {
        if let Decision::TakenOff(why) | Decision::Released(_, why) = decision {
            (payment.rule, payment.message) = (format!("hold:{}", Hold::TakenOff).into(), why);
        }
        return tables.put_payment(&payment);
    };
    payment.by_hand = by_hand.map(|by_hand| match before {
        Some(before) => Box::new(ByHand { before, ..*by_hand }),
        None => by_hand,
    });
    (payment.rule, payment.message) = (OUT.into(), Text::default());
    attach(tables, payment, claim, &step)
}

/// Lets a decision take effect on a claim payment that is in the books.
fn decide(
    tables: &mut WriteTables<'_>,
    hand: &Hand<'_>,
    mut payment: PaymentRecord,
    decision: Decision,
    claims: &mut BTreeSet<ClaimId>,
) -> Result<(), StoreError> {
    let was = payment.status;
    claims.extend(payment.claim);
    match decision {
        Decision::OnClaim(claim, step, by_hand) => {
            payment.by_hand = by_hand;
            claims.insert(claim);
            placing::put(tables, payment, claim, &step)
        }
        Decision::TakenOff(why) | Decision::Released(_, why) => {
            detach(tables, &mut payment)?;
            let payment = placing::wait(tables, hand, payment, Hold::TakenOff, why.to_string())?;
            Heard { payment, was: Some(was) }.put(&mut tables.payments_mut())
        }
    }
}

/// What was handed on is no longer decided here.
fn give_up(tables: &mut WriteTables<'_>, mut payment: PaymentRecord, memo: &str) -> Result<(), StoreError> {
    if placing::is_by_person(&payment) {
        detach(tables, &mut payment)?;
        payment.by_hand = None;
    }
    forget(&mut payment, memo);
    tables.put_payment(&payment)
}

/// Which claim payments of two remittances speak of the same: alike in most, and like no other.
fn pairs(mine: &[PaymentRecord], others: &[PaymentRecord]) -> BTreeMap<PaymentId, PaymentId> {
    type Key = (Text, Option<Text>, Option<Money>, Option<Money>);
    /// What two must have in common: CLP07, the charge, the payment.
    const ALIKE: [(bool, bool, bool); 5] = [
        (true, true, true),
        (true, true, false),
        (true, false, false),
        (false, true, true),
        (false, false, false),
    ];
    let key = |payment: &PaymentRecord, (number, charge, paid): (bool, bool, bool)| -> Option<Key> {
        let said = &payment.payment;
        let payers = said.payer_number.as_str().trim();
        let named = said.control_number.is_given() || (number && !payers.is_empty());
        named.then(|| {
            (
                said.control_number.index_form(),
                number.then(|| payers.into()),
                charge.then_some(said.charge),
                paid.then_some(said.paid),
            )
        })
    };
    let mut pairs = BTreeMap::new();
    let mut taken: BTreeSet<PaymentId> = BTreeSet::new();
    for alike in ALIKE {
        let mut sides: BTreeMap<Key, [Vec<PaymentId>; 2]> = BTreeMap::new();
        for (side, list) in [mine, others].into_iter().enumerate() {
            for payment in list.iter().filter(|payment| !taken.contains(&payment.id)) {
                if let Some(key) = key(payment, alike) {
                    sides.entry(key).or_default()[side].push(payment.id);
                }
            }
        }
        for [mine, others] in sides.into_values() {
            if let ([mine], [other]) = (&mine[..], &others[..]) {
                pairs.insert(*mine, *other);
                taken.extend([*mine, *other]);
            }
        }
    }
    pairs
}
