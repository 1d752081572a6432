//! `arrears report adjustments`: what was taken off, by reason, payer or account.

use std::collections::HashMap;

use super::super::names::Payers;
use super::super::parse;
use super::span::Span;
use super::whose::payer;
use crate::books::scan;
use crate::codes;
use crate::domain::entry::{Entry, Posting, Reason, Source};
use crate::domain::{Account, Date, PayerId};
use crate::report::Table;
use crate::report::adjustments::{self, By, Label, Sums};
use crate::store::{Snapshot, StoreError};

/// What payers and the office took off charges
#[derive(clap::Args, Debug)]
#[command(after_long_help = "\
Examples:
  arrears report adjustments --period 2024-03
  arrears report adjustments --by payer --from 2024-01-01 --to 2024-03-31

Write-offs are not among them: `arrears report write-offs`.")]
pub struct Args {
    /// What the rows are
    #[arg(long, value_parser = parse::word(By::ALL, By::as_str), default_value = "reason")]
    by: By,
    #[command(flatten)]
    span: Span,
}

/// The adjustments that were asked for.
pub fn table(tables: &Snapshot, args: &Args, as_of: Date) -> Result<Table, StoreError> {
    of(tables, args.by, &args.span, as_of)
}

/// The adjustments of a span.
pub fn of(tables: &Snapshot, by: By, span: &Span, as_of: Date) -> Result<Table, StoreError> {
    let (from, to) = span.days(as_of);
    let add = |groups: &mut Groups, _, entry: &Entry| {
        let reversal = entry.reverses.is_some() || entry.source == Source::Reversal;
        for posting in entry.postings.iter().filter(|posting| posting.account.is_adjustment()) {
            let sums = groups.entry(Key::of(by, entry, posting)).or_default();
            sums.add(entry.claim, posting.account, posting.amount, reversal);
        }
    };
    let groups = scan::entries(tables, Some(from), to, Groups::default, add)?;
    let payers = Payers::read(tables)?;
    let named = groups.into_iter().flatten().map(|(key, sums)| (key.label(&payers), sums));
    Ok(span.name(adjustments::table(by, named), as_of))
}

type Groups = HashMap<Key, Sums>;

/// What the rows are told apart by, before they have names.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Account(Account),
    Payer(Option<PayerId>),
    Reason(Option<Reason>),
}

impl Key {
    fn of(by: By, entry: &Entry, posting: &Posting) -> Key {
        match by {
            By::Account => Key::Account(posting.account),
            By::Payer => Key::Payer(payer(entry, posting)),
            By::Reason => Key::Reason(posting.reason),
        }
    }

    fn label(&self, payers: &Payers) -> Label {
        match self {
            Key::Account(account) => (account.to_string(), None),
            Key::Payer(Some(payer)) => {
                (payers.name(*payer).to_owned(), payers.ident(*payer).map(str::to_owned))
            }
            Key::Payer(None) => ("(no payer named)".to_owned(), None),
            Key::Reason(Some(reason)) => {
                (reason.to_string(), codes::carc(reason.code).map(|carc| carc.summary.to_owned()))
            }
            Key::Reason(None) => ("(by hand)".to_owned(), None),
        }
    }
}
