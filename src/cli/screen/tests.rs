//! The screen, key by key, without a terminal and without a ledger.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::desk::{Desk, Queue, Row, View, Wish};
use super::draw;
use crate::domain::case::{CaseAct, CaseState};
use crate::domain::{CaseId, ClaimId, Date, Money};

fn day(text: &str) -> Date {
    Date::parse_iso(text).expect("a day")
}

fn row(number: u64, state: CaseState) -> Row {
    Row {
        case: CaseId(number),
        claim: ClaimId(number + 100),
        state,
        control_number: format!("V-{number}"),
        patient: "Doe, Jo".to_owned(),
        payer: "PLAN A".to_owned(),
        reason: "CO-197".to_owned(),
        open: Money::from_cents(12_550),
        next: "look for an authorization".to_owned(),
        next_on: None,
        deadline: Some(day("2026-10-15")),
        whose: String::new(),
        why: "$125.50 × 0.40 (n=12) · appeal due in 15 days".to_owned(),
    }
}

fn desk(rows: Vec<Row>) -> Desk {
    let queue = Queue { count: rows.len(), open: rows.iter().map(|row| row.open).sum(), rows };
    Desk::new("maria".to_owned(), day("2026-09-30"), queue)
}

fn press(desk: &mut Desk, code: KeyCode) -> Wish {
    desk.key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn write(desk: &mut Desk, text: &str) {
    for letter in text.chars() {
        assert!(matches!(press(desk, KeyCode::Char(letter)), Wish::Nothing));
    }
}

fn seen(desk: &Desk, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal.draw(|frame| draw::screen(desk, frame)).expect("a drawing");
    let buffer = terminal.backend().buffer().clone();
    let lines = buffer.content().chunks(usize::from(width));
    lines
        .map(|cells| cells.iter().map(|cell| cell.symbol()).collect::<String>().trim_end().to_owned())
        .collect()
}

#[test]
fn an_appeal_is_three_answers_and_enter() {
    let mut desk = desk(vec![row(7, CaseState::Open), row(9, CaseState::Open)]);
    press(&mut desk, KeyCode::Down);
    write(&mut desk, "a");
    press(&mut desk, KeyCode::Tab);
    write(&mut desk, "portal");
    press(&mut desk, KeyCode::Tab);
    write(&mut desk, "AB-12q");
    press(&mut desk, KeyCode::Backspace);
    let Wish::Record(case, said) = press(&mut desk, KeyCode::Enter) else { panic!("not recorded") };
    assert_eq!((case, said.act, said.on), (CaseId(9), CaseAct::Appeal, day("2026-09-30")));
    assert_eq!(
        (said.level, said.about.method.as_str(), said.about.proof.as_str()),
        (None, "portal", "AB-12")
    );
}

#[test]
fn what_cannot_be_taken_stays_to_be_mended() {
    let mut desk = desk(vec![row(7, CaseState::Open)]);
    write(&mut desk, "z");
    assert!(matches!(press(&mut desk, KeyCode::Enter), Wish::Nothing));
    assert!(seen(&desk, 80, 20).join("\n").contains("Until when is missing."));
    write(&mut desk, "2026-02-30");
    assert!(matches!(press(&mut desk, KeyCode::Enter), Wish::Nothing));
    assert!(desk.form.as_ref().and_then(|form| form.wrong.as_ref()).is_some_and(|w| w.contains("real day")));
    for _ in 0..2 {
        press(&mut desk, KeyCode::Backspace);
    }
    write(&mut desk, "28");
    let Wish::Record(_, said) = press(&mut desk, KeyCode::Enter) else { panic!("not recorded") };
    assert_eq!(said.about.next_on, Some(day("2026-02-28")));
    press(&mut desk, KeyCode::Esc);
    assert!(desk.form.is_none());
}

#[test]
fn an_impossible_outcome_is_not_asked_for() {
    let mut desk = desk(vec![row(7, CaseState::WriteOffProposed)]);
    write(&mut desk, "a");
    assert!(desk.form.is_none());
    assert_eq!(desk.said.as_ref().map(|said| said.1), Some(true));
    let screen = seen(&desk, 100, 20).join("\n");
    assert!(screen.contains("A denial that is write-off-proposed has no appeal."), "{screen}");
    assert!(screen.contains("y approve") && !screen.contains("a appeal"), "{screen}");
    write(&mut desk, "y");
    assert!(
        matches!(press(&mut desk, KeyCode::Enter), Wish::Record(_, said) if said.act == CaseAct::Approve)
    );
}

#[test]
fn what_was_opened_is_given_back_on_the_way_out() {
    let mut desk = desk(vec![row(7, CaseState::Open)]);
    assert!(matches!(press(&mut desk, KeyCode::Enter), Wish::Open(CaseId(7), ClaimId(107))));
    desk.view = View::Page { lines: (0..30).map(|n| format!("line {n}")).collect(), top: 0 };
    desk.held = Some(CaseId(7));
    press(&mut desk, KeyCode::PageDown);
    let screen = seen(&desk, 80, 20);
    assert_eq!(screen[1], "line 10");
    assert!(matches!(press(&mut desk, KeyCode::Esc), Wish::GiveBack(CaseId(7))));
    assert!(matches!(desk.view, View::List));
    assert!(matches!(press(&mut desk, KeyCode::Char('q')), Wish::Quit));
}

#[test]
fn a_search_is_typed_and_taken_back() {
    let mut desk = desk(vec![row(7, CaseState::Open)]);
    write(&mut desk, "/plan q");
    assert!(matches!(press(&mut desk, KeyCode::Enter), Wish::Refresh));
    assert_eq!(desk.search, "plan q");
    desk.renew(Queue::default());
    assert!(seen(&desk, 80, 20).join("\n").contains("No denial has this in it; Esc shows all."));
    assert!(matches!(press(&mut desk, KeyCode::Enter), Wish::Nothing));
    assert!(matches!(press(&mut desk, KeyCode::Esc), Wish::Refresh));
    assert_eq!(desk.search, "");
}

#[test]
fn the_list_fits_a_small_terminal() {
    let desk = desk(vec![row(7, CaseState::Open), row(9, CaseState::PartlyRecovered)]);
    let screen = seen(&desk, 80, 12);
    assert_eq!(screen[0], " Denials in working order: 2, $251.00 open · maria");
    assert_eq!(screen[1], "Denial  Claim         Reason         Open Status           Next on    Deadline");
    assert_eq!(screen[3], "9       V-9           CO-197       125.50 partly-recovered            2026-10-15");
    assert!(
        screen[2].contains("V-7") && screen[2].contains("125.50") && !screen[2].contains("Doe"),
        "{screen:#?}"
    );
    assert!(screen.iter().any(|line| line.starts_with("Why here: $125.50 × 0.40 (n=12)")), "{screen:#?}");
    // No size is too small to draw, and hostile text moves no cursor.
    let mut hostile = row(1, CaseState::Open);
    hostile.control_number = "\u{1b}[2J".to_owned();
    let mut desk = self::desk(vec![hostile]);
    for (width, height) in [(1, 1), (3, 2), (20, 5), (80, 24), (300, 80)] {
        assert!(!seen(&desk, width, height).join("").contains('\u{1b}'));
        write(&mut desk, "c");
        seen(&desk, width, height);
        press(&mut desk, KeyCode::Esc);
    }
}

/// The screen of a user over the sample practice.
fn over(ledger: &std::path::Path, user: &str) -> (super::Args, crate::cli::Context, Desk) {
    #[derive(clap::Parser, Debug)]
    struct Typed {
        #[command(flatten)]
        global: crate::cli::GlobalArgs,
        #[command(flatten)]
        args: super::Args,
    }
    let ledger = ledger.to_str().expect("a path");
    let typed = ["arrears", "--db", ledger, "--user", user, "-q", "--as-of", "2026-09-30"];
    let typed = <Typed as clap::Parser>::try_parse_from(typed).expect("a command line");
    let context = crate::cli::Context::new(typed.global).expect("a context");
    let queue = super::files::read(&typed.args, "", &context).expect("the queue");
    let desk = Desk::new(user.to_owned(), context.today, queue);
    (typed.args, context, desk)
}

#[test]
fn two_people_work_on_one_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ledger, out) = (folder.path().join("a.redb"), folder.path().join("out.txt"));
    let path = |path: &std::path::Path| path.to_str().expect("a path").to_owned();
    let typed = ["arrears", "-q", "demo", "--keep", &path(&ledger), "-o", &path(&out)];
    let cli = <crate::cli::Cli as clap::Parser>::try_parse_from(typed).expect("a command line");
    let context = crate::cli::Context::new(cli.global).expect("a context");
    crate::cli::run(&cli.command, &context).expect("the demo");

    let (args, context, mut maria) = over(&ledger, "maria");
    let (other_args, other_context, mut jonas) = over(&ledger, "jonas");
    let first = maria.row().expect("a denial").case;
    let (count, open) = (maria.queue.count, maria.queue.open);
    assert!(count > 20 && maria.queue.rows.len() == count);

    let wish = press(&mut maria, KeyCode::Enter);
    super::files::fulfil(wish, &mut maria, &args, &context);
    assert_eq!(maria.held, Some(first));
    let View::Page { lines, .. } = &maria.view else { panic!("no page: {:?}", maria.said) };
    assert!(lines.iter().any(|line| line.starts_with("Claim ")), "{lines:#?}");

    let wish = press(&mut jonas, KeyCode::Enter);
    super::files::fulfil(wish, &mut jonas, &other_args, &other_context);
    assert_eq!((jonas.held, jonas.said.clone().map(|said| said.1)), (None, Some(true)));

    write(&mut maria, "w");
    write(&mut maria, "1000000");
    let wish = press(&mut maria, KeyCode::Enter);
    super::files::fulfil(wish, &mut maria, &args, &context);
    assert!(
        maria.form.as_ref().and_then(|form| form.wrong.as_ref()).is_some_and(|w| w.contains("open, not"))
    );
    for _ in 0..7 {
        press(&mut maria, KeyCode::Backspace);
    }
    let wish = press(&mut maria, KeyCode::Enter);
    super::files::fulfil(wish, &mut maria, &args, &context);
    assert!(maria.form.is_none() && maria.held.is_none() && maria.done == 1, "{:?}", maria.said);
    assert_eq!(maria.queue.count, count - 1);
    assert!(maria.queue.open < open && maria.queue.rows.iter().all(|row| row.case != first));
    super::files::hand_back(&maria, &context).expect("nothing to give back");
}
