//! Runs `tests/journeys/*.md`: each is a page of the manual and a test at once.
//!
//! `NAME.in/` holds the files a journey begins with; without `NAME.out/` nothing would be sandboxed (see `tidy`).
//! `TRYCMD=overwrite cargo test journeys` writes what the program says now; the diff is for review.

#[test]
fn journeys() {
    trycmd::TestCases::new()
        .case("tests/journeys/*.md")
        .default_bin_name("arrears")
        .env("ARREARS_DB", "practice.redb")
        .env("ARREARS_TODAY", "2026-03-31")
        .env("COLUMNS", "90")
        .env("LOGNAME", "office")
        .env("NO_COLOR", "1");
}
