//! Values on the command line: dates, months, words of closed sets. Each refusal says what was expected.

use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::domain::{Code, Date, GroupCode, Money, Month};

/// Reads `YYYY-MM-DD`.
///
/// # Errors
/// Words for the user.
pub fn date(text: &str) -> Result<Date, String> {
    Date::parse_iso(text).ok_or_else(|| "expected a real day as YYYY-MM-DD, such as 2024-03-31".to_owned())
}

/// Reads `YYYY-MM`.
///
/// # Errors
/// Words for the user.
pub fn month(text: &str) -> Result<Month, String> {
    Month::parse(text).ok_or_else(|| "expected a month as YYYY-MM, such as 2024-03".to_owned())
}

/// Reads an amount in dollars, such as `-12.50`.
///
/// # Errors
/// Words for the user.
pub fn money(text: &str) -> Result<Money, String> {
    Money::parse(text.as_bytes()).map_err(|why| format!("{why}; expected dollars such as 1250 or 12.50"))
}

/// Reads a group and a reason, such as `CO-197`, in either case; nothing where it is none.
#[must_use]
pub fn reason(text: &str) -> Option<(GroupCode, Code)> {
    let (group, code) = text.split_once('-')?;
    Some((GroupCode::parse(&group.to_uppercase())?, Code::parse(&code.to_uppercase())?))
}

/// A parser for a closed set of words, with its help and its completions. A report's `By` is read with
/// `#[arg(value_parser = parse::word(By::ALL, By::as_str))]`.
pub fn word<T>(all: &[T], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T> + use<T>
where
    T: Copy + FromStr<Err = String> + Send + Sync + 'static,
{
    let names: Vec<&'static str> = all.iter().map(|word| name(*word)).collect();
    PossibleValuesParser::new(names).try_map(|text| text.parse::<T>())
}

/// The lines of an address that say something.
pub fn lines(said: &[String]) -> Vec<String> {
    said.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::report::aging::By;

    #[test]
    fn reasons_have_a_group_and_a_code() {
        let said = |text| reason(text).map(|(group, code)| format!("{group} {code}"));
        assert_eq!(said("co-197").as_deref(), Some("CO 197"));
        assert_eq!(said("PR-b7").as_deref(), Some("PR B7"));
        for none in ["", "197", "CO197", "XX-197", "CO-", "-197", "CO -197"] {
            assert_eq!(said(none), None, "{none}");
        }
    }

    #[derive(Parser, Debug)]
    struct Typed {
        #[arg(long, value_parser = word(By::ALL, By::as_str), default_value = "payer")]
        by: By,
        #[arg(long, value_parser = month)]
        period: Option<Month>,
        #[arg(long, value_parser = money, allow_hyphen_values = true)]
        amount: Option<Money>,
    }

    #[test]
    fn values_are_read_or_refused_with_what_was_expected() {
        let typed = |args: &[&str]| Typed::try_parse_from([&["x"], args].concat());
        let all = typed(&["--by", "claim", "--period", "2024-03", "--amount", "-12.5"]).expect("all three");
        assert_eq!((all.by, all.amount), (By::Claim, Some(Money::from_cents(-1250))));
        assert_eq!(all.period, Month::parse("2024-03"));
        assert_eq!(typed(&[]).expect("the default").by, By::Payer);
        for (args, expected) in [
            (["--by", "week"], "possible values: payer, provider, patient, responsibility, claim"),
            (["--period", "2024-13"], "YYYY-MM"),
            (["--amount", "1,5"], "expected dollars"),
        ] {
            let said = typed(&args).expect_err("wrong").to_string();
            assert!(said.contains(expected), "{said}");
        }
    }
}
