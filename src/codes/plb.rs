//! Provider-level adjustment reasons: which account their money goes to. Source: `plb.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tsv::{cell, rows};
use crate::domain::{Account, Code};

/// One PLB reason.
#[derive(Clone, Debug)]
pub struct PlbCode {
    /// Our words for it.
    pub summary: &'static str,
    /// Where its money goes.
    pub account: Account,
    /// Whether a person must look.
    pub auto_post: AutoPost,
}

/// Whether an item settles itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoPost {
    /// It needs nobody.
    Auto,
    /// It needs its counterpart: another item, or the reversal it collects for.
    IfMatched,
    /// A person must look.
    Hold,
}

/// Looks a PLB reason up. `None` for codes that the list does not have; those are kept, in clearing, for a person.
#[must_use]
pub fn plb(code: Code) -> Option<&'static PlbCode> {
    static TABLE: LazyLock<HashMap<Code, PlbCode>> = LazyLock::new(|| {
        let rows = rows(include_str!("data/plb.tsv"));
        rows.filter_map(|row| Some((Code::parse(cell(&row, 0))?, read(&row)))).collect()
    });
    TABLE.get(&code)
}

fn read(row: &[&'static str]) -> PlbCode {
    let auto_post = match cell(row, 5) {
        "auto" => AutoPost::Auto,
        "hold" => AutoPost::Hold,
        _ => AutoPost::IfMatched,
    };
    PlbCode { summary: cell(row, 1), account: account(cell(row, 4), auto_post), auto_post }
}

/// Money that belongs to no claim goes to income or expense at once only where the code says that no person need
/// look and nothing will offset it; everything else stays in the clearing account of its code, open until offset.
fn account(suggested: &str, auto_post: AutoPost) -> Account {
    match (suggested, auto_post) {
        ("interest_income", AutoPost::Auto) => Account::Interest,
        ("capitation_income", AutoPost::Auto) => Account::Capitation,
        ("prompt_pay_discount", AutoPost::Auto) => Account::PromptPayDiscount,
        (
            "payer_penalty_expense"
            | "interest_expense"
            | "fee_expense"
            | "settlement_income"
            | "incentive_income",
            AutoPost::Auto,
        ) => Account::PlbOther,
        _ => Account::Plb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_account() {
        let account = |code: &str| plb(Code::known(code)).map(|p| p.account);
        assert_eq!(account("L6"), Some(Account::Interest));
        assert_eq!(account("90"), Some(Account::PromptPayDiscount));
        assert_eq!(account("CT"), Some(Account::Capitation));
        assert_eq!(account("50"), Some(Account::PlbOther));
        for clearing in ["WO", "FB", "72", "PI", "AP", "CS", "E3", "LE"] {
            assert_eq!(account(clearing), Some(Account::Plb), "{clearing}");
        }
        assert_eq!(account("XX"), None);
        assert_eq!(
            rows(include_str!("data/plb.tsv")).filter(|r| Code::parse(cell(r, 0)).is_some()).count(),
            41
        );
    }
}
