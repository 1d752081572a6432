//! Small tables inside letters: columns side by side in text, a real table in HTML.

use super::facts::{Claim, Facts};
use super::fill::{Form, day, dollars};

/// Rows below headings. The columns named in `right` hold amounts.
pub(super) struct Grid {
    heads: Vec<&'static str>,
    right: Vec<usize>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// The table in the form of the letter.
    pub(super) fn write(&self, form: Form) -> String {
        match form {
            Form::Text => self.text(),
            Form::Html => self.html(),
        }
    }

    fn text(&self) -> String {
        let width = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
            cells.chain([self.heads[at].chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.heads.len()).map(width).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut text = String::new();
            for (at, cell) in cells.enumerate() {
                let room = widths[at];
                let padded = if self.right.contains(&at) {
                    format!("{cell:>room$}")
                } else {
                    format!("{cell:<room$}")
                };
                text.push_str(if at == 0 { "  " } else { "   " });
                text.push_str(&padded);
            }
            text.trim_end().to_owned()
        };
        let mut lines = vec![line(&mut self.heads.iter().copied())];
        lines.push(line(
            &mut widths.iter().map(|room| "-".repeat(*room)).collect::<Vec<_>>().iter().map(String::as_str),
        ));
        lines.extend(self.rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
        lines.join("\n")
    }

    fn html(&self) -> String {
        let class = |at: usize| if self.right.contains(&at) { " class=\"n\"" } else { "" };
        let mut text = "<table><thead><tr>".to_owned();
        for (at, head) in self.heads.iter().enumerate() {
            text.push_str(&format!("<th{}>{}</th>", class(at), escape(head)));
        }
        text.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            text.push_str("<tr>");
            for (at, cell) in row.iter().enumerate() {
                text.push_str(&format!("<td{}>{}</td>", class(at), escape(cell)));
            }
            text.push_str("</tr>");
        }
        text + "</tbody></table>"
    }
}

/// Text as it stands in HTML.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// The claims of a letter, a row for each denial.
pub(super) fn claims(facts: &Facts) -> Grid {
    let mut rows = Vec::new();
    for claim in &facts.claims {
        for denial in &claim.denials {
            rows.push(vec![
                claim.number.clone(),
                claim.payer_number.clone(),
                claim.patient.clone(),
                claim.member_id.clone(),
                day(claim.from),
                denial.reason.clone(),
                dollars(claim.charge),
                dollars(denial.open),
            ]);
        }
    }
    let heads =
        vec!["Our number", "Your number", "Patient", "Member", "Service", "Reason", "Charge", "In dispute"];
    Grid { heads, right: vec![6, 7], rows }
}

/// The services of a claim.
pub(super) fn lines(claim: &Claim) -> Grid {
    let row = |line: &super::facts::Line| {
        vec![
            line.number.to_string(),
            line.procedure.clone(),
            day(line.on),
            line.units.clone(),
            dollars(line.charge),
            dollars(line.denied),
        ]
    };
    Grid {
        heads: vec!["Line", "Service", "Date", "Units", "Charge", "Denied"],
        right: vec![3, 4, 5],
        rows: claim.lines.iter().map(row).collect(),
    }
}

/// What shows when a claim was sent and received.
pub(super) fn proofs(claim: &Claim) -> Grid {
    let row = |proof: &super::facts::Proof| vec![day(proof.on), proof.what.clone(), proof.who.clone()];
    Grid {
        heads: vec!["Date", "What", "From"],
        right: Vec::new(),
        rows: claim.proofs.iter().map(row).collect(),
    }
}

/// A claim on a sheet of its own, for a packet.
#[must_use]
pub fn claim(claim: &Claim) -> String {
    let mut text = format!("CLAIM {}\n\n", claim.number);
    let diagnoses = claim.diagnoses.join(" ");
    for (what, value) in [
        ("Patient", claim.patient.as_str()),
        ("Born", &day(claim.born)),
        ("Member number", &claim.member_id),
        ("Payer's claim number", &claim.payer_number),
        ("Provider", &claim.provider),
        ("NPI", &claim.npi),
        ("Service from", &day(claim.from)),
        ("Service to", &day(claim.to)),
        ("First billed", &day(claim.billed_on)),
        ("Authorization", &claim.authorization),
        ("Diagnoses", &diagnoses),
        ("Charge", &dollars(claim.charge)),
        ("Paid by payers", &dollars(claim.paid)),
    ] {
        if !value.is_empty() {
            text.push_str(&format!("{what:<22}{value}\n"));
        }
    }
    text + "\n" + &lines(claim).text() + "\n"
}

/// The proofs of filing of a claim on a sheet of its own, for a packet.
#[must_use]
pub fn proof(claim: &Claim) -> String {
    format!("PROOF OF FILING, CLAIM {}\n\n{}\n", claim.number, proofs(claim).text())
}
