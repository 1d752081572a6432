//! Columns: what stands in them, what programs and people call them, who may see them.

use std::borrow::Cow;

use super::table::Cell;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`Cell::Text`].
    Text,
    /// [`Cell::Count`], to be added up.
    Count,
    /// [`Cell::Count`], the ledger's number for something: never grouped in thousands, never added up.
    Id,
    /// [`Cell::Money`].
    Money,
    /// [`Cell::Date`].
    Date,
    /// [`Cell::Percent`].
    Percent,
    /// [`Cell::Flag`].
    Flag,
    /// Any cell: the value of a list of measures, each with a unit of its own.
    Mixed,
}

impl Kind {
    /// Its word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Count => "count",
            Kind::Id => "id",
            Kind::Money => "money",
            Kind::Date => "date",
            Kind::Percent => "percent",
            Kind::Flag => "flag",
            Kind::Mixed => "mixed",
        }
    }

    /// Whether people expect it at the right edge of its column.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        matches!(self, Kind::Count | Kind::Id | Kind::Money | Kind::Percent | Kind::Mixed)
    }

    /// Whether a cell may stand in a column of this kind.
    #[must_use]
    pub const fn admits(self, cell: &Cell) -> bool {
        match cell {
            Cell::Empty => true,
            Cell::Text(_) => matches!(self, Kind::Text | Kind::Mixed),
            Cell::Count(_) => matches!(self, Kind::Count | Kind::Id | Kind::Mixed),
            Cell::Money(_) => matches!(self, Kind::Money | Kind::Mixed),
            Cell::Date(_) => matches!(self, Kind::Date | Kind::Mixed),
            Cell::Percent(_) => matches!(self, Kind::Percent | Kind::Mixed),
            Cell::Tenths(_) => matches!(self, Kind::Mixed),
            Cell::Flag(_) => matches!(self, Kind::Flag | Kind::Mixed),
        }
    }
}

/// Which texts may stand in a column, as far as that is known: for those who choose rows by them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// Any.
    #[default]
    Anything,
    /// One of these words.
    Words(Vec<&'static str>),
    /// The name of one of these, with its identifier.
    Names(Vec<String>),
    /// Reasons of the code list, such as `CO-45`.
    Reasons,
}

/// A column: its name for programs, its heading for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in JSON and CSV, in `snake_case`.
    pub key: Cow<'static, str>,
    /// The heading people read.
    pub title: Cow<'static, str>,
    /// What its cells are.
    pub kind: Kind,
    /// May be cut to fit a terminal. Never an amount, a date or a number to copy.
    pub flexible: bool,
    /// Where it is flexible: goes on in the next line instead of being cut. For sentences.
    pub wraps: bool,
    /// Stands in JSON and CSV only.
    pub machine_only: bool,
    /// Names a patient: `--redact` masks it.
    pub personal: bool,
    /// What may stand in it.
    pub known: Known,
}

impl Column {
    /// A column of a kind.
    #[must_use]
    pub fn new(kind: Kind, key: impl Into<Cow<'static, str>>, title: impl Into<Cow<'static, str>>) -> Column {
        let (key, title) = (key.into(), title.into());
        let (flexible, wraps, machine_only, personal) = (false, false, false, false);
        Column { key, title, kind, flexible, wraps, machine_only, personal, known: Known::Anything }
    }

    /// A column of texts.
    #[must_use]
    pub fn text(key: &'static str, title: &'static str) -> Column {
        Column::new(Kind::Text, key, title)
    }

    /// A column of counts.
    #[must_use]
    pub fn count(key: &'static str, title: &'static str) -> Column {
        Column::new(Kind::Count, key, title)
    }

    /// A column of the ledger's own numbers.
    #[must_use]
    pub fn id(key: &'static str, title: &'static str) -> Column {
        Column::new(Kind::Id, key, title)
    }

    /// A column of amounts.
    #[must_use]
    pub fn money(key: &'static str, title: &'static str) -> Column {
        Column::new(Kind::Money, key, title)
    }

    /// A column of days.
    #[must_use]
    pub fn date(key: &'static str, title: &'static str) -> Column {
        Column::new(Kind::Date, key, title)
    }

    /// A column of shares.
    #[must_use]
    pub fn percent(key: &'static str, title: &'static str) -> Column {
        Column::new(Kind::Percent, key, title)
    }

    /// A column of yes and no.
    #[must_use]
    pub fn flag(key: &'static str, title: &'static str) -> Column {
        Column::new(Kind::Flag, key, title)
    }

    /// The same column, which may be cut to fit a terminal.
    #[must_use]
    pub fn flexible(self) -> Column {
        Column { flexible: true, ..self }
    }

    /// The same column, whose sentences go on in the next line where there is no room.
    #[must_use]
    pub fn wrapping(self) -> Column {
        Column { flexible: true, wraps: true, ..self }
    }

    /// The same column, for JSON and CSV only.
    #[must_use]
    pub fn machine_only(self) -> Column {
        Column { machine_only: true, ..self }
    }

    /// The same column, masked by `--redact`.
    #[must_use]
    pub fn personal(self) -> Column {
        Column { personal: true, ..self }
    }

    /// The same column, of one of these words.
    #[must_use]
    pub fn one_of(self, words: impl IntoIterator<Item = &'static str>) -> Column {
        Column { known: Known::Words(words.into_iter().collect()), ..self }
    }

    /// The same column, of one of these names.
    #[must_use]
    pub fn named(self, names: Vec<String>) -> Column {
        Column { known: Known::Names(names), ..self }
    }

    /// The same column, of reasons such as `CO-45`.
    #[must_use]
    pub fn of_reasons(self) -> Column {
        Column { known: Known::Reasons, ..self }
    }
}
