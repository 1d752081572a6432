//! What the screen knows, and what a key means there. Pure: it reads no ledger and draws nothing; what it wants done it says
//! as a [`Wish`].

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::form::{Form, OUTCOMES};
use crate::books::denial_acts::Said;
use crate::domain::case::CaseState;
use crate::domain::{CaseId, ClaimId, Date, Money};

/// So many lines a page key moves.
const PAGE: usize = 10;

/// One denial of the list, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) case: CaseId,
    pub(super) claim: ClaimId,
    pub(super) state: CaseState,
    pub(super) control_number: String,
    pub(super) patient: String,
    pub(super) payer: String,
    pub(super) reason: String,
    pub(super) open: Money,
    pub(super) next: String,
    pub(super) next_on: Option<Date>,
    pub(super) deadline: Option<Date>,
    /// Whose it is: given to, or handed out to.
    pub(super) whose: String,
    pub(super) why: String,
}

/// The queue as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    /// The first of them, in working order.
    pub(super) rows: Vec<Row>,
    /// How many there are.
    pub(super) count: usize,
    /// Their dollars.
    pub(super) open: Money,
}

/// What is on the screen.
#[derive(Debug)]
pub(super) enum View {
    List,
    /// A denial with its claim: lines of text, and the first that is shown.
    Page {
        lines: Vec<String>,
        top: usize,
    },
    /// The keys.
    Help,
}

/// What only somebody with the ledger can do.
#[derive(Debug)]
pub(super) enum Wish {
    Nothing,
    Quit,
    /// Read the queue again.
    Refresh,
    /// Show a denial and keep it.
    Open(CaseId, ClaimId),
    /// Give a denial back that nothing was done about.
    GiveBack(CaseId),
    /// Record what was done.
    Record(CaseId, Box<Said>),
}

/// The screen.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) user: String,
    /// The day on which what is done is recorded.
    pub(super) today: Date,
    pub(super) queue: Queue,
    pub(super) selected: usize,
    pub(super) view: View,
    /// What is being asked, over whatever is shown.
    pub(super) form: Option<Form>,
    /// What is typed to search for, while it is typed.
    pub(super) typing: Option<String>,
    /// Only rows with this in them.
    pub(super) search: String,
    /// The last thing that was said; the flag marks bad news.
    pub(super) said: Option<(String, bool)>,
    /// How many acts were recorded.
    pub(super) done: u64,
    /// Columns of the screen.
    pub(super) width: usize,
    /// The denial that is kept.
    pub(super) held: Option<CaseId>,
}

impl Desk {
    pub(super) fn new(user: String, today: Date, queue: Queue) -> Desk {
        Desk {
            user,
            today,
            queue,
            selected: 0,
            view: View::List,
            form: None,
            typing: None,
            search: String::new(),
            said: None,
            done: 0,
            width: 80,
            held: None,
        }
    }

    /// The denial that is meant.
    pub(super) fn row(&self) -> Option<&Row> {
        self.queue.rows.get(self.selected)
    }

    /// Takes a queue that was read again; the same place stays chosen.
    pub(super) fn renew(&mut self, queue: Queue) {
        self.queue = queue;
        self.selected = self.selected.min(self.queue.rows.len().saturating_sub(1));
    }

    /// Tells the user something.
    pub(super) fn say(&mut self, words: impl Into<String>, bad: bool) {
        self.said = Some((words.into(), bad));
    }

    /// What a key means.
    pub(super) fn key(&mut self, key: KeyEvent) -> Wish {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return if key.code == KeyCode::Char('c') { Wish::Quit } else { Wish::Nothing };
        }
        if self.form.is_some() {
            return self.key_in_form(key.code);
        }
        if self.typing.is_some() {
            return self.key_in_search(key.code);
        }
        self.said = None;
        match key.code {
            KeyCode::Char('?') => self.view = View::Help,
            KeyCode::Char('q') => return Wish::Quit,
            KeyCode::Up | KeyCode::Char('k') => self.step(1, false),
            KeyCode::Down | KeyCode::Char('j') => self.step(1, true),
            KeyCode::PageUp => self.step(PAGE, false),
            KeyCode::PageDown | KeyCode::Char(' ') => self.step(PAGE, true),
            KeyCode::Home => self.step(usize::MAX, false),
            KeyCode::End => self.step(usize::MAX, true),
            KeyCode::Esc | KeyCode::Left | KeyCode::Backspace => return self.back(),
            KeyCode::Enter | KeyCode::Right if matches!(self.view, View::List) => {
                return self.row().map_or(Wish::Nothing, |row| Wish::Open(row.case, row.claim));
            }
            KeyCode::Char('/') if matches!(self.view, View::List) => self.typing = Some(self.search.clone()),
            KeyCode::F(5) if matches!(self.view, View::List) => return Wish::Refresh,
            KeyCode::Char(letter) if !matches!(self.view, View::Help) => self.ask(letter),
            _ => {}
        }
        Wish::Nothing
    }

    /// Moves through the list or the page.
    fn step(&mut self, by: usize, down: bool) {
        let (place, last) = match &mut self.view {
            View::List => (&mut self.selected, self.queue.rows.len().saturating_sub(1)),
            View::Page { lines, top } => (top, lines.len().saturating_sub(1)),
            View::Help => return,
        };
        *place = if down { place.saturating_add(by).min(last) } else { place.saturating_sub(by) };
    }

    fn back(&mut self) -> Wish {
        match self.view {
            View::List if self.search.is_empty() => Wish::Nothing,
            View::List => {
                self.search.clear();
                Wish::Refresh
            }
            View::Page { .. } | View::Help => {
                self.view = View::List;
                self.held.take().map_or(Wish::Nothing, Wish::GiveBack)
            }
        }
    }

    /// Asks what an outcome needs to say, where the denial allows it.
    fn ask(&mut self, letter: char) {
        let Some(outcome) = OUTCOMES.iter().find(|outcome| outcome.key == letter) else { return };
        let Some((case, state, open)) = self.row().map(|row| (row.case, row.state, row.open)) else { return };
        match outcome.allowed(state) {
            true => self.form = Some(Form::new(case, open, outcome)),
            false => self.say(format!("A denial that is {state} has no {}.", outcome.act), true),
        }
    }

    fn key_in_form(&mut self, code: KeyCode) -> Wish {
        let Some(form) = &mut self.form else { return Wish::Nothing };
        match code {
            KeyCode::Esc => self.form = None,
            KeyCode::Tab | KeyCode::Down => form.go(true),
            KeyCode::BackTab | KeyCode::Up => form.go(false),
            KeyCode::Backspace => form.erase(),
            KeyCode::Char(letter) => form.write(letter),
            KeyCode::Enter => match form.said(self.today) {
                Ok(said) => return Wish::Record(form.case, Box::new(said)),
                Err(what) => form.wrong = Some(what),
            },
            _ => {}
        }
        Wish::Nothing
    }

    fn key_in_search(&mut self, code: KeyCode) -> Wish {
        let Some(typed) = &mut self.typing else { return Wish::Nothing };
        match code {
            KeyCode::Esc => self.typing = None,
            KeyCode::Backspace => {
                typed.pop();
            }
            KeyCode::Char(letter) => typed.push(letter),
            KeyCode::Enter => {
                self.search = self.typing.take().unwrap_or_default();
                self.selected = 0;
                return Wish::Refresh;
            }
            _ => {}
        }
        Wish::Nothing
    }
}
