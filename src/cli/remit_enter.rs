//! `arrears remit enter`: an insurer's payment on paper, keyed by hand.

mod payer;
mod reasons;

use std::io::{self, BufRead, IsTerminal, Write};

use super::{Context, Failure, Outcome, ask, claim, import, parse};
use crate::books::bounds;
use crate::codes;
use crate::domain::book::ClaimRecord;
use crate::domain::remit::Adjustment;
use crate::domain::{Code, Date, GroupCode, Money};
use crate::input::csv::{Difference, KeyedClaim, KeyedItem, KeyedPayment, MOST_REASONS};
use crate::render::money;
use crate::store::{Read, StoreError};

/// Key an insurer's payment from paper: one check with its claims
///
/// Each claim is one text: its number (its own, or the ledger's as in #17), then what is said of it. Where the charge is not
/// said, it is that of the claim in the books. Nothing is posted before paid, taken off, the patient's share and what is refused add up to the charge of each
/// claim, and the claims to the check. When the 835 of the check comes later and says the same of each claim, it takes the place of
/// what was keyed; with any difference it is held beside it.
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
What is said of a claim:
  paid=120           what is paid; nothing where it is not said
  contractual=30     taken off by contract (CO-45)
  patient=20         the patient's share (PR-2); or deductible=, coinsurance=,
                     copay=
  CO-197=150         refused, or anything else that has a group and a reason
  charge=170         what was billed, where the books do not say it
  date=2026-10-02    the first day of service
  icn=90214          the payer's number of the claim

Examples:
  arrears remit enter --payer \"Acme Health\" --check 4471 --on 2026-11-03 \\
      --amount 120 --claim \"A1001 paid=120 contractual=30 patient=20\" \\
      --claim \"A1002 CO-197=150\"
  arrears remit enter --payer \"Acme Health\" --check 4471 --on 2026-11-03 \\
      --amount 120 < claims.txt
  arrears remit enter --payer \"Acme Health\" --check 4472 --on 2026-11-03 \\
      --amount 43 --claim \"A1003 paid=120\" --interest 3 \\
      --taken-back \"80 ICN90214\"
  arrears remit reverse 12 --reason \"keyed twice\"")]
pub(super) struct Args {
    /// The payer: its name, another name it goes by, or its identifier
    #[arg(long, value_name = "NAME")]
    payer: String,
    /// It is a payer that the ledger has not met
    #[arg(long)]
    new_payer: bool,
    /// It is the payer, though the claims name others
    #[arg(long)]
    other_payer: bool,
    /// A reason that the code list does not have stands on the paper: its claim waits for `code set`
    #[arg(long)]
    new_reason: bool,
    /// The check or EFT number
    #[arg(long, value_name = "NUMBER")]
    check: String,
    /// The day of the check
    #[arg(long, value_name = "DATE", value_parser = parse::date)]
    on: Date,
    /// What the check is over; 0 where only denials came
    #[arg(long, value_parser = parse::money)]
    amount: Money,
    /// How it was paid
    #[arg(long, value_parser = ["check", "eft", "card", "none"], hide_default_value = true, default_value = "check")]
    method: String,
    /// A claim, and what is said of it; once for each [default: a line each from standard input]
    #[arg(long, value_name = "TEXT")]
    claim: Vec<String>,
    /// Interest that is in the check
    #[arg(long, value_name = "AMOUNT", value_parser = parse::money)]
    interest: Option<Money>,
    /// What the payer took back from the check, and for what: "80 ICN90214"; once for each
    #[arg(long, value_name = "TEXT")]
    taken_back: Vec<String>,
    /// Any other provider-level item: its code, what it lowers the check by, and for what: "FB=80 ICN90214"; a negative
    /// amount raises the check
    #[arg(long, value_name = "TEXT")]
    item: Vec<String>,
    /// The day is meant, though it is still to come
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Posts what was keyed.
pub(super) fn enter(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    ask::sure(bounds::day(args.on, None, context.today), args.yes)?;
    let texts = if args.claim.is_empty() { typed_lines()? } else { args.claim.clone() };
    let tables = context.read()?;
    let mut claims = Vec::new();
    for text in &texts {
        let said = Said::read(text).map_err(|why| Failure::usage(format!("\"{text}\": {why}")))?;
        let record = claim::known(&tables, &said.number, context)?;
        claims.push((said, record));
    }
    if claims.is_empty() {
        return Err(Failure::usage("a payment needs at least one claim")
            .hint("Say `--claim \"NUMBER paid=AMOUNT\"`, once for each."));
    }
    let records: Vec<&ClaimRecord> = claims.iter().filter_map(|(_, record)| record.as_ref()).collect();
    let payer = payer::named(&tables, args, &records, context)?;
    if !args.new_reason {
        let said = claims.iter().map(|(said, _)| said);
        reasons::are_known(&tables, payer.id, args.on, said, context)?;
    }
    let (mut keyed, mut found) = (Vec::new(), Vec::new());
    for (said, record) in claims {
        found.extend(said.found(record.as_ref()));
        let alone = record.as_ref().map(|record| is_alone(&tables, record)).transpose();
        let alone = alone.map_err(|error| context.refuse(error))?.unwrap_or(true);
        keyed.push(said.claim(record.as_ref(), alone));
    }
    let payment = KeyedPayment {
        payer: payer.name,
        payer_id: payer.ident,
        check: args.check.trim().to_owned(),
        on: args.on,
        amount: args.amount,
        method: args.method.clone(),
        claims: keyed,
        items: items(args)?,
    };
    drop(tables);
    let differences = payment.differences();
    if !differences.is_empty() {
        let what = if payment.items.is_empty() { "the claims are paid" } else { "claims and items make" };
        return Err(out_of_balance(&differences, what));
    }
    found.iter().for_each(|line| context.printer.say(line));
    let table = payment.table().map_err(|error| Failure::refused(error.to_string()))?;
    import::one(table, args.dry_run, context)
}

fn out_of_balance(differences: &[Difference], what: &str) -> Failure {
    let mut failure = Failure::refused("it does not add up; nothing was posted");
    for one in differences {
        let (parts, whole) = (money(one.parts), money(one.whole));
        let off = money((one.whole - one.parts).abs());
        let off = if one.parts > one.whole { format!("{off} too much") } else { format!("{off} is missing") };
        failure = failure.because(match &one.claim {
            Some(claim) => format!("claim {claim}: its parts are {parts} of a charge of {whole}, {off}"),
            None => format!("{what} {parts} of a check over {whole}, {off}"),
        });
    }
    failure.hint(
        "Correct what was keyed. Where the paper itself does not add up, ask the payer for a corrected one.",
    )
}

/// What the check holds besides its claims.
fn items(args: &Args) -> Result<Vec<KeyedItem>, Failure> {
    let mut items = Vec::new();
    if let Some(interest) = args.interest {
        items.push(KeyedItem { code: Code::known("L6"), reference: String::new(), amount: -interest });
    }
    for text in &args.taken_back {
        items.push(item(Code::known("WO"), text)?);
    }
    for text in &args.item {
        let (code, rest) = text.split_once('=').unwrap_or(("", text));
        let known = Code::parse(&code.trim().to_uppercase()).filter(|code| codes::plb(*code).is_some());
        let code = known.ok_or_else(|| {
            Failure::usage(format!("\"{text}\" does not begin with a provider-level code"))
                .hint("Such as `--item \"FB=80 ICN90214\"`; `arrears code show L6` says what a code means.")
        })?;
        items.push(item(code, rest)?);
    }
    Ok(items)
}

/// Reads `80 ICN90214`.
fn item(code: Code, text: &str) -> Result<KeyedItem, Failure> {
    let text = text.trim();
    let (amount, reference) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let amount = parse::money(amount).map_err(|why| Failure::usage(format!("\"{text}\": {why}")))?;
    Ok(KeyedItem { code, reference: reference.trim().to_owned(), amount })
}

/// The lines of standard input, until an empty one.
fn typed_lines() -> Result<Vec<String>, Failure> {
    let asks = io::stdin().is_terminal();
    let mut lines = Vec::new();
    loop {
        if asks {
            let _ = write!(io::stderr(), "Claim and what is said of it, or nothing: ");
            let _ = io::stderr().flush();
        }
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        let read =
            read.map_err(|error| Failure::refused(format!("standard input cannot be read: {error}")))?;
        if read == 0 || asks && line.trim().is_empty() {
            return Ok(lines);
        }
        if !line.trim().is_empty() {
            lines.push(line.trim().to_owned());
        }
    }
}

/// What a text says of a claim.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    number: String,
    payer_number: String,
    service: Option<Date>,
    charge: Option<Money>,
    paid: Money,
    adjustments: Vec<Adjustment>,
}

impl Said {
    /// Reads `A1001 paid=120 contractual=30 CO-197=20`.
    fn read(text: &str) -> Result<Said, String> {
        let mut words = text.split_whitespace();
        let number =
            words.next().filter(|word| !word.contains('=')).ok_or("it begins with the claim's number")?;
        let mut said = Said { number: number.to_owned(), ..Said::default() };
        for word in words {
            let (what, value) =
                word.split_once('=').ok_or_else(|| format!("{word} has no amount: {word}=AMOUNT"))?;
            let amount = || parse::money(value).map_err(|why| format!("{word}: {why}"));
            match what.to_ascii_lowercase().as_str() {
                "paid" => said.paid = amount()?,
                "charge" => said.charge = Some(amount()?),
                "icn" => said.payer_number = value.to_owned(),
                "date" => said.service = Some(parse::date(value).map_err(|why| format!("{word}: {why}"))?),
                other => {
                    let (group, reason) = reason(other).ok_or_else(|| {
                        format!("{what} is not known: say paid, contractual, patient, deductible, coinsurance, copay, a reason such as CO-197, charge, date or icn")
                    })?;
                    said.add(Adjustment { group: Some(group), reason, amount: amount()? });
                }
            }
        }
        match said.adjustments.len() {
            0..=MOST_REASONS => Ok(said),
            more => Err(format!("{more} reasons are more than the {MOST_REASONS} that one claim may have")),
        }
    }

    /// One reason said twice is one.
    fn add(&mut self, new: Adjustment) {
        let same = |one: &&mut Adjustment| (one.group, one.reason) == (new.group, new.reason);
        match self.adjustments.iter_mut().find(same) {
            Some(known) => known.amount += new.amount,
            None => self.adjustments.push(new),
        }
    }

    /// Which claim of the books a number meant that is not the claim's own.
    fn found(&self, record: Option<&ClaimRecord>) -> Option<String> {
        let record = record?;
        let own = &record.claim.control_number;
        let day = record.claim.service_from.map_or_else(|| "on no day".to_owned(), |day| format!("on {day}"));
        (own.as_str() != self.number).then(|| {
            let charge = money(record.claim.charge);
            format!("{} is claim {}: {own}, served {day}, charge {charge}.", self.number, record.id)
        })
    }

    /// The claim as it is posted: the books say its charge. Where its number does not tell it apart, its day does.
    fn claim(self, record: Option<&ClaimRecord>, alone: bool) -> KeyedClaim {
        let day = record.filter(|_| !alone).and_then(|record| record.claim.service_from);
        let mut claim = KeyedClaim {
            number: record.map_or(self.number, |record| record.claim.control_number.to_string()),
            payer_number: self.payer_number,
            service: self.service.or(day),
            charge: Money::ZERO,
            paid: self.paid,
            adjustments: self.adjustments,
        };
        let charge = self.charge.or(record.map(|record| record.claim.charge));
        claim.charge = charge.unwrap_or_else(|| claim.parts());
        claim
    }
}

/// Whether no other claim bears the number of this one.
fn is_alone(tables: &impl Read, record: &ClaimRecord) -> Result<bool, StoreError> {
    Ok(tables.claims_by_number(&record.claim.control_number.index_form())?.len() <= 1)
}

/// Group and reason of a word.
fn reason(word: &str) -> Option<(GroupCode, Code)> {
    Some(match word {
        "contractual" => (GroupCode::Co, Code::parse("45")?),
        "deductible" => (GroupCode::Pr, Code::parse("1")?),
        "coinsurance" | "patient" => (GroupCode::Pr, Code::parse("2")?),
        "copay" => (GroupCode::Pr, Code::parse("3")?),
        other => parse::reason(other)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_claim_is_read() {
        let said = Said::read(
            "A-1  paid=120 Contractual=30 patient=15 coinsurance=5 co-197=2.50 icn=90 date=2026-10-02",
        );
        let said = said.expect("is read");
        assert_eq!((said.number.as_str(), said.payer_number.as_str()), ("A-1", "90"));
        assert_eq!((said.paid, said.charge), (Money::from_cents(12_000), None));
        let parts: Vec<(String, i64)> = said
            .adjustments
            .iter()
            .map(|a| (format!("{}-{}", a.group.map_or("", GroupCode::as_str), a.reason), a.amount.cents()))
            .collect();
        let wanted = [("CO-45", 3_000), ("PR-2", 2_000), ("CO-197", 250)];
        assert_eq!(parts, wanted.map(|(reason, cents)| (reason.to_owned(), cents)));
        for wrong in ["", "paid=3", "A1 paid", "A1 paid=x", "A1 paidd=3", "A1 XX-1=3", "A1 date=soon"] {
            assert!(Said::read(wrong).is_err(), "{wrong}");
        }
        let many: String = (1..=7).map(|n| format!(" CO-{}=1", 100 + n)).collect();
        assert!(Said::read(&format!("A1{many}")).is_err_and(|why| why.contains("7 reasons")));
    }
}
