//! The texts of claims and remittances: numbers, codes, names.

/// A text as a file states it. Up to 24 bytes stand where the text is named, and most texts of the field are shorter:
/// identifiers, codes, names. A `String` for each of the thirty texts of a claim was a third of the time of an import,
/// spent in the allocator.
pub type Text = compact_str::CompactString;
