//! Visits for tests: claims with numbers, patients and days of their own, and payers' answers about them.

use crate::office::professional;

/// A visit of one service.
#[derive(Clone, Debug)]
pub struct Visit {
    pub number: String,
    /// Last name, first name, member number.
    pub patient: [&'static str; 3],
    /// CCYYMMDD.
    pub day: &'static str,
    pub services: Vec<(&'static str, i64)>,
}

pub fn visit(
    number: &str,
    patient: [&'static str; 3],
    day: &'static str,
    services: &[(&'static str, i64)],
) -> Visit {
    Visit { number: number.to_owned(), patient, day, services: services.to_vec() }
}

/// An 837P file of visits, billed on a day to PAYER ONE.
pub fn billed(control: u32, on: &str, visits: &[Visit]) -> String {
    let mut segments = Vec::new();
    for (at, visit) in visits.iter().enumerate() {
        let ([last, first, id], charge) = (visit.patient, visit.services.iter().map(|(_, c)| c).sum::<i64>());
        segments.push(format!("HL*{}*1*22*0", at + 2));
        segments.push("SBR*P*18*******CI".to_owned());
        segments.push(format!("NM1*IL*1*{last}*{first}****MI*{id}"));
        segments.push("NM1*PR*2*PAYER ONE*****PI*P1".to_owned());
        segments.push(format!("CLM*{}*{charge}***11:B:1*Y*A*Y*Y", visit.number));
        segments.push("HI*ABK:J069".to_owned());
        for (n, (code, charge)) in visit.services.iter().enumerate() {
            segments.push(format!("LX*{}", n + 1));
            segments.push(format!("SV1*HC:{code}*{charge}*UN*1***1"));
            segments.push(format!("DTP*472*D8*{}", visit.day));
        }
    }
    professional(control, &format!("B{control}"), on, &segments)
}

/// What a payer says of a visit: it pays all but 20 of it, which the contract takes.
pub fn answer(visit: &Visit, payer_number: &str) -> String {
    said(visit, payer_number, Some(visit.day))
}

/// The same with another day, or none.
pub fn said(visit: &Visit, payer_number: &str, day: Option<&str>) -> String {
    let charge: i64 = visit.services.iter().map(|(_, charge)| charge).sum();
    let ([last, first, id], number) = (visit.patient, &visit.number);
    let mut text = format!(
        "CLP*{number}*1*{charge}*{}**12*{payer_number}*11*1~NM1*QC*1*{last}*{first}****MI*{id}~",
        charge - 20
    );
    for (at, (code, charge)) in visit.services.iter().enumerate() {
        let cut = if at == 0 { 20 } else { 0 };
        text.push_str(&format!("SVC*HC:{code}*{charge}*{}**1~", charge - cut));
        text.extend(day.map(|day| format!("DTM*472*{day}~")));
        text.push_str(if at == 0 { "CAS*CO*45*20~" } else { "" });
    }
    text
}
