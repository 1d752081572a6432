//! Questions answered as tables: pure folds over what the caller read.
//!
//! A report knows amounts, days and counts. It knows neither the store nor how a table looks; see `render`.

pub mod adjustments;
pub mod aging;
pub mod aging_rows;
pub mod allowance;
pub mod buckets;
pub mod collections;
pub mod column;
pub mod denials;
pub mod kpi;
pub mod names;
pub mod productivity;
pub mod recovery;
pub mod refunds;
pub mod rollforward;
pub mod table;
pub mod takebacks;
pub mod three_way;
pub mod tie_out;
pub mod trial_balance;
mod words;
pub mod write_offs;

pub use buckets::Buckets;
pub use column::{Column, Kind, Known};
pub use table::{Cell, Row, RowKind, Table};
