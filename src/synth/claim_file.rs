//! The segments of one 837 file of a generated practice.

use std::io::{self, Write};

use super::Plan;
use super::cast::{BILLERS, Biller, DOCTORS, INSTITUTION, PAYERS, SUPPLEMENT, npi};
use super::claim::{Claim, biller};
use super::schedule::Schedule;
use super::x12::{Amount, Envelope, Segments, seg};

const SENDER: &str = "INVENTEDOFFICE";
const RECEIVER: &str = "INVENTEDHUB";

/// Writes 837 file number `file`.
pub(super) fn write<W: Write>(plan: &Plan, schedule: &Schedule, file: u64, out: W) -> io::Result<()> {
    let mut to = Segments::new(out);
    let institutional = biller(file) == INSTITUTION;
    let guide = if institutional { "005010X223A2" } else { "005010X222A1" };
    let control = file + 1;
    let day = schedule.text(schedule.billed(file));
    to.open_file(&Envelope { sender: SENDER, receiver: RECEIVER, day, control, kind: ("HC", guide) })?;
    to.open_transaction("837", control, guide)?;
    seg!(to, "BHT*0019*00*BATCH{control:06}*{day}*0600*CH");
    seg!(to, "NM1*41*2*INVENTED BILLING OFFICE*****46*{SENDER}");
    seg!(to, "PER*IC*CLAIMS DESK*TE*5555550100");
    seg!(to, "NM1*40*2*INVENTED CLEARINGHOUSE*****46*{RECEIVER}");
    write_biller(&mut to, &BILLERS[biller(file)])?;
    let first = file * schedule.per_file;
    let mut level = 1;
    for number in first..(first + schedule.per_file).min(plan.claims) {
        write_claim(&mut to, schedule, &Claim::new(plan, schedule, number), &mut level)?;
    }
    to.close_transaction(control)?;
    to.close_file(1, control)
}

fn write_biller<W: Write>(to: &mut Segments<W>, biller: &Biller) -> io::Result<()> {
    seg!(to, "HL*1**20*1");
    seg!(to, "PRV*BI*PXC*{}", biller.taxonomy);
    seg!(to, "NM1*85*2*{}*****XX*{}", biller.name, npi(biller.npi));
    seg!(to, "N3*1 NOWHERE AVENUE");
    seg!(to, "N4*ANYTOWN*OH*430990001");
    seg!(to, "REF*EI*{}", biller.tax_id);
    Ok(())
}

/// Subscriber, patient where that is somebody else, and claim.
fn write_claim<W: Write>(
    to: &mut Segments<W>,
    schedule: &Schedule,
    claim: &Claim,
    level: &mut u64,
) -> io::Result<()> {
    let patient = &claim.patient;
    let payer = &PAYERS[patient.payer];
    *level += 1;
    let subscriber = *level;
    let child = u8::from(patient.parent.is_some());
    seg!(to, "HL*{subscriber}*1*22*{child}");
    let relation = if child == 1 { "" } else { "18" };
    seg!(to, "SBR*P*{relation}*******{}", payer.filing_837);
    let insured = patient.parent.unwrap_or(patient.first);
    seg!(to, "NM1*IL*1*{}*{insured}****MI*{}", patient.last, patient.member);
    if child == 0 {
        write_person(to, claim)?;
    }
    seg!(to, "NM1*PR*2*{}*****PI*{}", payer.name, payer.id);
    if child == 1 {
        *level += 1;
        seg!(to, "HL*{}*{subscriber}*23*0", *level);
        seg!(to, "PAT*19");
        seg!(to, "NM1*QC*1*{}*{}", patient.last, patient.first);
        write_person(to, claim)?;
    }
    let number = claim.control_number();
    let charge = Amount(claim.charge());
    let doctor = &DOCTORS[claim.doctor];
    if claim.is_institutional() {
        seg!(to, "CLM*{number}*{charge}***13:A:1**A*Y*Y");
        let (from, through) = (schedule.text(claim.served), schedule.text(claim.through()));
        seg!(to, "DTP*434*RD8*{from}-{through}");
        seg!(to, "CL1*3*1*01");
        seg!(to, "HI*ABK:{}", claim.diagnosis);
        seg!(to, "NM1*71*1*{}*{}****XX*{}", doctor.0, doctor.1, npi(doctor.2));
    } else {
        seg!(to, "CLM*{number}*{charge}***11:B:1*Y*A*Y*Y");
        seg!(to, "HI*ABK:{}", claim.diagnosis);
        seg!(to, "NM1*82*1*{}*{}****XX*{}", doctor.0, doctor.1, npi(doctor.2));
    }
    if patient.supplement {
        let other = &PAYERS[SUPPLEMENT];
        seg!(to, "SBR*S*18*******{}", other.filing_837);
        seg!(to, "OI***Y***Y");
        seg!(to, "NM1*IL*1*{}*{}****MI*{}", patient.last, patient.first, supplement_member(claim));
        seg!(to, "NM1*PR*2*{}*****PI*{}", other.name, other.id);
    }
    write_lines(to, schedule, claim)
}

/// The supplement's own number for the patient.
pub(super) fn supplement_member(claim: &Claim) -> String {
    let own = claim.patient.member.get(2..).unwrap_or("");
    format!("{}{own}", PAYERS[SUPPLEMENT].prefix)
}

fn write_person<W: Write>(to: &mut Segments<W>, claim: &Claim) -> io::Result<()> {
    seg!(to, "N3*2 NOWHERE STREET");
    seg!(to, "N4*ANYTOWN*OH*43099");
    seg!(to, "DMG*D8*{}*{}", claim.patient.born, claim.patient.sex);
    Ok(())
}

fn write_lines<W: Write>(to: &mut Segments<W>, schedule: &Schedule, claim: &Claim) -> io::Result<()> {
    for (place, line) in claim.lines.iter().enumerate() {
        let number = place + 1;
        seg!(to, "LX*{number}");
        let colon = if line.modifier.is_empty() { "" } else { ":" };
        let (code, modifier, units, charge) = (line.code, line.modifier, line.units, Amount(line.charge));
        if claim.is_institutional() {
            seg!(to, "SV2*{}*HC:{code}{colon}{modifier}*{charge}*UN*{units}", line.revenue);
        } else {
            seg!(to, "SV1*HC:{code}{colon}{modifier}*{charge}*UN*{units}***1");
        }
        seg!(to, "DTP*472*D8*{}", schedule.text(line.day));
        seg!(to, "REF*6R*L{number}");
    }
    Ok(())
}
