//! The segments of one remittance (one ST) of a generated practice.
//!
//! What is paid is decided in `answer`, what is taken back in `remits`.

use std::io::{self, Write};

use super::answer::Answer;
use super::cast::{BILLERS, DOCTORS, MEDICARE, PAYERS, SUPPLEMENT, npi};
use super::claim::Claim;
use super::claim_file::supplement_member;
use super::schedule::Schedule;
use super::stranger::Stranger;
use super::x12::{Amount, Segments, seg};
use crate::domain::{Date, Money};

/// Who clears the remittances, and for whom.
pub(super) const SENDER: &str = "INVENTEDHUB";
pub(super) const RECEIVER: &str = "INVENTEDOFFICE";

/// What stands above the claims of a remittance.
pub(super) struct Head<'a> {
    pub(super) payer: usize,
    pub(super) biller: usize,
    pub(super) day: Date,
    /// TRN02.
    pub(super) trace: &'a str,
    /// BPR02.
    pub(super) paid: Money,
}

/// A provider-level item: code, reference, amount. A positive amount lowers the payment.
pub(super) struct Plb {
    pub(super) code: &'static str,
    pub(super) reference: String,
    pub(super) amount: Money,
}

pub(super) fn write_head<W: Write>(
    to: &mut Segments<W>,
    schedule: &Schedule,
    head: &Head<'_>,
) -> io::Result<()> {
    let (payer, biller) = (&PAYERS[head.payer], &BILLERS[head.biller]);
    let (day, trace, tax) = (schedule.text(head.day), head.trace, payer.trace);
    if head.paid.is_zero() {
        seg!(to, "BPR*H*0*C*NON************{day}");
    } else {
        let paid = Amount(head.paid);
        seg!(to, "BPR*I*{paid}*C*ACH*CCP*01*999999992*DA*1000001*{tax}**01*999988880*DA*2000002*{day}");
    }
    seg!(to, "TRN*1*{trace}*{tax}");
    seg!(to, "REF*EV*{RECEIVER}");
    seg!(to, "DTM*405*{day}");
    seg!(to, "N1*PR*{}", payer.name);
    seg!(to, "N3*3 NOWHERE PLAZA");
    seg!(to, "N4*ANYTOWN*OH*43099");
    seg!(to, "REF*2U*{}", payer.id);
    seg!(to, "PER*BL*EDI DESK*TE*5555550199");
    seg!(to, "N1*PE*{}*XX*{}", biller.name, npi(biller.npi));
    seg!(to, "REF*TJ*{}", biller.tax_id);
    seg!(to, "LX*1");
    Ok(())
}

pub(super) fn write_answer<W: Write>(
    to: &mut Segments<W>,
    schedule: &Schedule,
    claim: &Claim,
    answer: &Answer,
    day: Date,
) -> io::Result<()> {
    let payer = &PAYERS[answer.payer];
    let sign = if answer.is_reversal() { "-" } else { "" };
    let charge: Money =
        claim.lines.iter().skip(answer.first_line).take(answer.rulings.len()).map(|line| line.charge).sum();
    let owed: Money = answer.rulings.iter().map(patient_part(answer)).sum();
    let owed = if owed.is_positive() && sign.is_empty() { Amount(owed).to_string() } else { String::new() };
    let facility = if claim.is_institutional() { "13*1" } else { "11*1" };
    let filing = payer.filing_835[usize::from(claim.is_institutional())];
    let (number, status) = (claim.control_number(), answer.status);
    let (own, paid) = (answer.payer_control_number(claim), Amount(answer.paid()));
    seg!(to, "CLP*{number}*{status}*{sign}{}*{paid}*{owed}*{filing}*{own}*{facility}", Amount(charge));
    let patient = &claim.patient;
    let member = if answer.payer == SUPPLEMENT { supplement_member(claim) } else { patient.member.clone() };
    seg!(to, "NM1*QC*1*{}*{}****MI*{member}", patient.last, patient.first);
    if !claim.is_institutional() {
        let doctor = &DOCTORS[claim.doctor];
        seg!(to, "NM1*82*1*{}*{}****XX*{}", doctor.0, doctor.1, npi(doctor.2));
    }
    if status == "19" {
        let next = &PAYERS[SUPPLEMENT];
        seg!(to, "NM1*TT*2*{}*****PI*{}", next.name, next.id);
        seg!(to, "MOA***MA01*MA18");
    } else if answer.payer == MEDICARE {
        seg!(to, "MOA***MA01");
    }
    // A claim sent again is received again: about two weeks before it is answered.
    let received = if answer.round == 0 { claim.billed } else { super::schedule::back(day, 15) };
    seg!(to, "DTM*050*{}", schedule.text(received.plus_days(1)));
    if answer.interest.is_positive() {
        seg!(to, "AMT*I*{}", Amount(answer.interest));
    }
    if answer.discount.is_positive() {
        seg!(to, "AMT*D8*{}", Amount(answer.discount));
    }
    for (place, ruling) in answer.rulings.iter().enumerate() {
        let at = answer.first_line + place;
        let line = &claim.lines[at];
        let colon = if line.modifier.is_empty() { "" } else { ":" };
        let (code, modifier, units, revenue) = (line.code, line.modifier, line.units, line.revenue);
        let (charge, paid) = (Amount(line.charge), Amount(signed(ruling.paid, answer)));
        seg!(to, "SVC*HC:{code}{colon}{modifier}*{sign}{charge}*{paid}*{revenue}*{sign}{units}");
        seg!(to, "DTM*472*{}", schedule.text(line.day));
        write_adjustments(to, claim, answer, place)?;
        seg!(to, "REF*6R*L{}", at + 1);
        if !answer.is_reversal() && ruling.contractual.is_positive() && ruling.refused.is_zero() {
            seg!(to, "AMT*B6*{}", Amount(line.charge - ruling.contractual));
        }
        if let Some(refusal) = answer.refusal.filter(|r| !r.rarcs.is_empty() && ruling.refused.is_positive())
        {
            // One remark for all lines of a claim, but not the same for all claims.
            let remark = usize::try_from(claim.number).unwrap_or(0) % refusal.rarcs.len();
            seg!(to, "LQ*HE*{}", refusal.rarcs[remark]);
        }
    }
    Ok(())
}

fn signed(amount: Money, answer: &Answer) -> Money {
    if answer.is_reversal() { -amount } else { amount }
}

/// What group PR says of a line: the share, and a refusal that the payer puts on the patient.
fn patient_part(answer: &Answer) -> impl Fn(&super::answer::Ruling) -> Money {
    let refused_to_patient = answer.refusal.is_some_and(|refusal| refusal.group == "PR");
    move |ruling| ruling.share + if refused_to_patient { ruling.refused } else { Money::ZERO }
}

/// The CAS segments of one line: one for each group, and no amount of zero.
fn write_adjustments<W: Write>(
    to: &mut Segments<W>,
    claim: &Claim,
    answer: &Answer,
    place: usize,
) -> io::Result<()> {
    let ruling = &answer.rulings[place];
    let contract = if super::answer::is_capitated(claim) { "24" } else { "45" };
    let share = ["", "1", "2", "3"].get(usize::from(ruling.share_code)).copied().unwrap_or("");
    let (group, reason) = answer.refusal.map_or(("CO", ""), |refusal| (refusal.group, refusal.carc));
    let parts = [
        ("CO", contract, ruling.contractual),
        ("CO", "253", ruling.reduction),
        ("PR", share, ruling.share),
        (group, reason, ruling.refused),
        ("OA", "23", ruling.before),
        ("OA", "18", ruling.duplicate),
    ];
    for group in ["CO", "PR", "OA"] {
        let mut text = String::new();
        for (_, reason, amount) in parts.iter().filter(|part| part.0 == group && !part.2.is_zero()) {
            let star = if text.is_empty() { "*" } else { "**" };
            text.push_str(&format!("{star}{reason}*{}", Amount(signed(*amount, answer))));
        }
        if !text.is_empty() {
            seg!(to, "CAS*{group}{text}");
        }
    }
    Ok(())
}

/// A claim payment for a claim that another system billed.
pub(super) fn write_stranger<W: Write>(
    to: &mut Segments<W>,
    schedule: &Schedule,
    payer: usize,
    stranger: &Stranger,
) -> io::Result<()> {
    let (number, owner) = (&stranger.number, &PAYERS[payer]);
    let (charge, paid) = (Amount(stranger.charge), Amount(stranger.paid));
    let off = Amount(stranger.charge - stranger.paid);
    let filing = owner.filing_835[0];
    seg!(to, "CLP*{number}*1*{charge}*{paid}**{filing}*{}{}*11*1", owner.prefix, stranger.number);
    seg!(to, "NM1*QC*1*{}*QUINCY****MI*{}X{:09}", stranger.last, owner.prefix, stranger.member);
    seg!(to, "SVC*HC:99212*{charge}*{paid}**1");
    seg!(to, "DTM*472*{}", schedule.text(stranger.served));
    seg!(to, "CAS*CO*45*{off}");
    Ok(())
}

/// The provider-level items, six to a segment, dated by the end of the provider's year.
pub(super) fn write_plb<W: Write>(
    to: &mut Segments<W>,
    schedule: &Schedule,
    head: &Head<'_>,
    items: &[Plb],
) -> io::Result<()> {
    let year = schedule.text(head.day).get(..4).unwrap_or("");
    let provider = npi(BILLERS[head.biller].npi);
    for six in items.chunks(6) {
        let mut text = String::new();
        for item in six {
            let colon = if item.reference.is_empty() { "" } else { ":" };
            text.push_str(&format!("*{}{colon}{}*{}", item.code, item.reference, Amount(item.amount)));
        }
        seg!(to, "PLB*{provider}*{year}1231{text}");
    }
    Ok(())
}
