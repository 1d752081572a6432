//! The row of what takes an act of a person back.

use serde::{Deserialize, Serialize};

use super::{Bad, Record, group, group_number};
use crate::domain::book::PaymentStatus;
use crate::domain::by_hand::{ByHand, Says, Split};
use crate::domain::deed::{DeedRecord, DeedVerb, KeptPlace, KeptRow, Object, Place};
use crate::domain::remit::Adjustment;
use crate::domain::{
    CaseId, ClaimId, Code, DepositId, EntryId, FileId, Money, Month, PayerId, PaymentId, PlbId, RemitId,
};

/// A verb, the kind of thing, two numbers and a name.
type DoneRow<'a> = (u16, u8, u64, u64, &'a str);
/// Register, key, before, after.
type KeptRowRow<'a> = (u8, &'a [u8], Option<&'a [u8]>, Option<&'a [u8]>);

/// How a person split a payment, where it is no reversal: contractual, the patient's, denied (group, reason, cents).
type SplitRow = (i64, i64, Vec<(u8, u32, i64)>);

#[derive(Serialize, Deserialize)]
struct ByHandRow<'a> {
    split: Option<SplitRow>,
    reason: &'a str,
    user: &'a str,
    before: (&'a str, &'a str),
}

#[derive(Serialize, Deserialize)]
pub struct PlaceRow<'a> {
    status: u8,
    claim: Option<u64>,
    matched_by: &'a str,
    rule: &'a str,
    message: &'a str,
    #[serde(borrow)]
    by_hand: Option<ByHandRow<'a>>,
}

fn place_row(place: &Place) -> PlaceRow<'_> {
    let by_hand = place.by_hand.as_deref().map(|said| ByHandRow {
        split: match &said.says {
            Says::TakesBack => None,
            Says::Split(split) => {
                let denied = split.denied.iter();
                let denied = denied.map(|a| (group_number(a.group), a.reason.number(), a.amount.cents()));
                Some((split.contractual.cents(), split.patient.cents(), denied.collect()))
            }
        },
        reason: &said.reason,
        user: &said.user,
        before: (&said.before.0, &said.before.1),
    });
    PlaceRow {
        status: place.status as u8,
        claim: place.claim.map(|claim| claim.0),
        matched_by: &place.matched_by,
        rule: &place.rule,
        message: &place.message,
        by_hand,
    }
}

fn place(row: PlaceRow<'_>) -> Result<Place, Bad> {
    let by_hand = |said: ByHandRow<'_>| {
        let says = match said.split {
            None => Says::TakesBack,
            Some((contractual, patient, denied)) => {
                let read = |(of, reason, cents): (u8, u32, i64)| {
                    let (group, reason, amount) =
                        (group(of)?, Code::from_number(reason), Money::from_cents(cents));
                    Ok(Adjustment { group, reason, amount })
                };
                let denied = denied.into_iter().map(read).collect::<Result<_, Bad>>()?;
                let (contractual, patient) = (Money::from_cents(contractual), Money::from_cents(patient));
                Says::Split(Split { contractual, patient, denied })
            }
        };
        let before = (said.before.0.into(), said.before.1.into());
        Ok::<_, Bad>(Box::new(ByHand { says, reason: said.reason.into(), user: said.user.into(), before }))
    };
    let status = row.status;
    Ok(Place {
        status: PaymentStatus::from_number(status)
            .ok_or_else(|| Bad(format!("{status} is no status of a claim payment")))?,
        claim: row.claim.map(ClaimId),
        matched_by: row.matched_by.into(),
        rule: row.rule.into(),
        message: row.message.into(),
        by_hand: row.by_hand.map(by_hand).transpose()?,
    })
}

#[derive(Serialize, Deserialize)]
pub struct DeedRow<'a> {
    #[serde(borrow)]
    done: Vec<DoneRow<'a>>,
    amount: Option<i64>,
    reason: &'a str,
    first_entry: u64,
    entries: u64,
    #[serde(borrow)]
    rows: Vec<KeptRowRow<'a>>,
    #[serde(borrow)]
    places: Vec<(u64, PlaceRow<'a>, PlaceRow<'a>)>,
    undoes: Option<u64>,
    undone_by: Option<u64>,
    continues: Option<u64>,
}

fn object_row(object: &Object) -> (u8, u64, u64, &str) {
    match object {
        Object::Ledger => (1, 0, 0, ""),
        Object::Practice => (2, 0, 0, ""),
        Object::Claim(id) => (3, id.0, 0, ""),
        Object::Claims(one, other) => (4, one.0, other.0, ""),
        Object::Denial(id) => (5, id.0, 0, ""),
        Object::Item(id) => (6, id.0, 0, ""),
        Object::Remit(id) => (7, id.0, 0, ""),
        Object::RemitFor(new, old) => (8, new.0, old.0, ""),
        Object::Plb(id) => (9, id.0, 0, ""),
        Object::Deposit(id) => (10, id.0, 0, ""),
        Object::Payer(id) => (11, u64::from(id.0), 0, ""),
        Object::File(id) => (12, id.0, 0, ""),
        Object::Month(month) => (13, u64::from(month.number()), 0, ""),
        Object::Named(name) => (14, 0, 0, name),
        Object::Act(id) => (15, *id, 0, ""),
    }
}

fn object((kind, one, other, name): (u8, u64, u64, &str)) -> Result<Object, Bad> {
    let small = || u32::try_from(one).map_err(|_| Bad(format!("{one} is too large")));
    Ok(match kind {
        1 => Object::Ledger,
        2 => Object::Practice,
        3 => Object::Claim(ClaimId(one)),
        4 => Object::Claims(ClaimId(one), ClaimId(other)),
        5 => Object::Denial(CaseId(one)),
        6 => Object::Item(PaymentId(one)),
        7 => Object::Remit(RemitId(one)),
        8 => Object::RemitFor(RemitId(one), RemitId(other)),
        9 => Object::Plb(PlbId(one)),
        10 => Object::Deposit(DepositId(one)),
        11 => Object::Payer(PayerId(small()?)),
        12 => Object::File(FileId(one)),
        13 => Object::Month(Month::from_number(small()?).ok_or_else(|| Bad(format!("{one} is no month")))?),
        14 => Object::Named(name.to_owned()),
        15 => Object::Act(one),
        _ => return Err(Bad(format!("{kind} is nothing that something is done to"))),
    })
}

impl Record for DeedRecord {
    const TABLE: &'static str = "deeds";
    type Row<'a> = DeedRow<'a>;

    fn to_row(&self) -> DeedRow<'_> {
        fn done_row<'a>((verb, on): &'a (DeedVerb, Object)) -> DoneRow<'a> {
            let (kind, one, other, name) = object_row(on);
            (*verb as u16, kind, one, other, name)
        }
        DeedRow {
            done: self.done.iter().map(done_row).collect(),
            amount: self.amount.map(Money::cents),
            reason: &self.reason,
            first_entry: self.first_entry.0,
            entries: self.entries,
            rows: self
                .rows
                .iter()
                .map(|row| (row.register, row.key.as_slice(), row.before.as_deref(), row.after.as_deref()))
                .collect(),
            places: self
                .places
                .iter()
                .map(|kept| (kept.payment.0, place_row(&kept.before), place_row(&kept.after)))
                .collect(),
            undoes: self.undoes,
            undone_by: self.undone_by,
            continues: self.continues,
        }
    }

    fn from_row(key: u64, row: DeedRow<'_>) -> Result<DeedRecord, Bad> {
        let done = |(verb, kind, one, other, name): DoneRow<'_>| {
            let verb = DeedVerb::from_number(verb).ok_or_else(|| Bad(format!("{verb} is no verb")))?;
            Ok((verb, object((kind, one, other, name))?))
        };
        let kept = |(register, key, before, after): KeptRowRow<'_>| KeptRow {
            register,
            key: key.to_vec(),
            before: before.map(<[u8]>::to_vec),
            after: after.map(<[u8]>::to_vec),
        };
        Ok(DeedRecord {
            id: key,
            done: row.done.into_iter().map(done).collect::<Result<_, Bad>>()?,
            amount: row.amount.map(Money::from_cents),
            reason: row.reason.to_owned(),
            first_entry: EntryId(row.first_entry),
            entries: row.entries,
            rows: row.rows.into_iter().map(kept).collect(),
            places: row
                .places
                .into_iter()
                .map(|(id, before, after)| {
                    Ok(KeptPlace { payment: PaymentId(id), before: place(before)?, after: place(after)? })
                })
                .collect::<Result<_, Bad>>()?,
            undoes: row.undoes,
            undone_by: row.undone_by,
            continues: row.continues,
        })
    }
}
