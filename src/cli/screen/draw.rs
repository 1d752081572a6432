//! How the screen looks. Reads the desk, changes nothing.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Cell, Clear, Paragraph, Row, Table, TableState, Wrap};

use super::desk::{Desk, View};
use super::form::{Form, OUTCOMES};
use crate::render::{money, sanitise};

/// From so many columns on patient and owner have room.
const MEDIUM: u16 = 108;
/// And from so many on the payer, too.
const WIDE: u16 = 126;

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const TURNED: Style = Style::new().add_modifier(Modifier::REVERSED);
const FAINT: Style = Style::new().add_modifier(Modifier::DIM);

/// Draws everything.
pub(super) fn screen(desk: &Desk, frame: &mut Frame<'_>) {
    let [head, body, why, said, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(3),
        Constraint::Length(2),
        Constraint::Length(1),
        Constraint::Length(2),
    ])
    .areas(frame.area());
    frame.render_widget(Paragraph::new(heading(desk)).style(TURNED), head);
    match &desk.view {
        View::List => list(desk, frame, body),
        View::Page { lines, top } => page(lines, *top, frame, body),
        View::Help => frame.render_widget(Paragraph::new(help()), body),
    }
    frame.render_widget(Paragraph::new(reason(desk)).wrap(Wrap { trim: true }), why);
    frame.render_widget(Paragraph::new(talk(desk)), said);
    frame.render_widget(Paragraph::new(keys(desk)).style(FAINT).wrap(Wrap { trim: true }), foot);
    if let Some(form) = &desk.form {
        ask(form, frame);
    }
}

fn heading(desk: &Desk) -> String {
    if let (View::Page { .. }, Some(row)) = (&desk.view, desk.row()) {
        let said = [&row.control_number, &row.patient, &row.payer, &row.reason].map(|text| sanitise(text));
        return format!(" Denial {} · {} · ${} open ", row.case, said.join(" · "), money(row.open));
    }
    let count = desk.queue.count;
    let shown = match desk.queue.rows.len() {
        shown if shown < count => format!("the first {shown} of {count}"),
        _ => count.to_string(),
    };
    let search =
        if desk.search.is_empty() { String::new() } else { format!(" with \"{}\"", sanitise(&desk.search)) };
    format!(
        " Denials in working order: {shown}{search}, ${} open · {} ",
        money(desk.queue.open),
        sanitise(&desk.user)
    )
}

fn list(desk: &Desk, frame: &mut Frame<'_>, area: Rect) {
    if desk.queue.rows.is_empty() {
        let empty = if desk.search.is_empty() {
            "No denials wait for anybody."
        } else {
            "No denial has this in it; Esc shows all."
        };
        frame.render_widget(Paragraph::new(empty), area);
        return;
    }
    /// The column of amounts.
    const OPEN: usize = 5;
    let day = |date: Option<crate::domain::Date>| date.map_or_else(String::new, |date| date.to_string());
    let heads =
        ["Denial", "Claim", "Patient", "Payer", "Reason", "Open", "Status", "Next on", "Deadline", "Whose"];
    let widths = [7, 13, 16, 16, 7, 11, 16, 10, 10, 10];
    let keeps = |place: usize| match place {
        2 | 9 => area.width >= MEDIUM,
        3 => area.width >= WIDE,
        _ => true,
    };
    let kept = |cells: Vec<String>| {
        let cells = cells.into_iter().enumerate().filter(|(place, _)| keeps(*place));
        Row::new(cells.map(|(place, text)| {
            let text = Text::from(sanitise(&text).into_owned());
            Cell::from(if place == OPEN { text.right_aligned() } else { text })
        }))
    };
    let rows = desk.queue.rows.iter().map(|row| {
        kept(vec![
            row.case.to_string(),
            row.control_number.clone(),
            row.patient.clone(),
            row.payer.clone(),
            row.reason.clone(),
            money(row.open),
            row.state.to_string(),
            day(row.next_on),
            day(row.deadline),
            row.whose.clone(),
        ])
    });
    let widths = widths.into_iter().enumerate().filter(|(place, _)| keeps(*place));
    let widths = widths.map(|(place, width)| match place {
        1..=3 => Constraint::Min(width),
        _ => Constraint::Length(width),
    });
    let table = Table::new(rows, widths)
        .header(kept(heads.map(str::to_owned).to_vec()).style(BOLD))
        .row_highlight_style(TURNED);
    let mut place = TableState::new().with_selected(Some(desk.selected));
    frame.render_stateful_widget(table, area, &mut place);
}

fn page(lines: &[String], top: usize, frame: &mut Frame<'_>, area: Rect) {
    let shown = lines.iter().skip(top).take(usize::from(area.height));
    frame.render_widget(Paragraph::new(shown.map(|line| Line::raw(line.as_str())).collect::<Vec<_>>()), area);
}

/// Why the chosen denial stands where it stands, and what is to be done.
fn reason(desk: &Desk) -> Text<'_> {
    let Some(row) = desk.row() else { return Text::default() };
    Text::from(vec![
        Line::from(vec![Span::styled("Why here: ", BOLD), Span::raw(sanitise(&row.why))]),
        Line::from(vec![Span::styled("To do:    ", BOLD), Span::raw(sanitise(&row.next))]),
    ])
}

fn talk(desk: &Desk) -> Line<'_> {
    match (&desk.typing, &desk.said) {
        (Some(typed), _) => Line::raw(format!("Search: {}_", sanitise(typed))),
        (None, Some((words, true))) => Line::styled(sanitise(words), BOLD),
        (None, Some((words, false))) => Line::raw(sanitise(words)),
        (None, None) => Line::default(),
    }
}

/// The keys that mean something now.
fn keys(desk: &Desk) -> String {
    if desk.form.is_some() {
        return "Enter records it · Tab next field · Esc back".to_owned();
    }
    let moving = match desk.view {
        View::Help => return "Esc back · q end".to_owned(),
        View::List => "Enter open · / search · F5 read again · ? help · q end",
        View::Page { .. } => "Esc back · ? help · q end",
    };
    let Some(row) = desk.row() else { return moving.to_owned() };
    let acts = OUTCOMES.iter().filter(|outcome| outcome.allowed(row.state));
    let acts: Vec<String> = acts.map(|outcome| format!("{} {}", outcome.key, outcome.short)).collect();
    format!("{moving} · {}", acts.join(" · "))
}

fn help() -> Text<'static> {
    let mut lines = vec![Line::styled("Keys", BOLD), Line::default()];
    let moving = [
        ("Up, Down", "choose a denial, or move through its page; also k and j"),
        ("Enter", "open the denial with its claim; it is yours until you go back or something was done"),
        ("Esc", "back"),
        ("/", "search by control number, patient, payer or reason"),
        ("F5", "read the ledger again"),
        ("q", "end"),
    ];
    for (key, about) in moving {
        lines.push(Line::raw(format!("  {key:<10} {about}")));
    }
    lines.push(Line::default());
    for outcome in OUTCOMES {
        lines.push(Line::raw(format!("  {:<10} {}", outcome.key, outcome.title)));
    }
    Text::from(lines)
}

/// The questions, over the middle of the screen.
fn ask(form: &Form, frame: &mut Frame<'_>) {
    let whole = frame.area();
    let height = u16::try_from(form.fields.len() + 4).unwrap_or(u16::MAX).min(whole.height);
    let width = whole.width.min(76);
    let area = Rect {
        x: whole.x + (whole.width - width) / 2,
        y: whole.y + (whole.height - height) / 2,
        width,
        height,
    };
    let title = format!(" {} · denial {} · ${} open ", form.title, form.case, money(form.open));
    let block = Block::bordered().title(title).title_style(BOLD);
    let inside = block.inner(area);
    let labels = form.fields.iter().map(|field| field.label().len()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for (place, field) in form.fields.iter().enumerate() {
        let style = if place == form.at { BOLD } else { Style::new() };
        let label = format!("{:<labels$}  ", field.label());
        lines.push(Line::from(vec![
            Span::styled(label, style),
            Span::raw(sanitise(&field.text).into_owned()),
        ]));
    }
    lines.push(Line::default());
    lines.push(Line::styled(form.wrong.clone().unwrap_or_default(), BOLD));
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
    if let Some(field) = form.fields.get(form.at) {
        let typed = Line::raw(field.text.as_str()).width();
        let column = u16::try_from(labels + 2 + typed).unwrap_or(u16::MAX);
        let row = u16::try_from(form.at).unwrap_or(u16::MAX);
        let last = inside.right().saturating_sub(1);
        frame.set_cursor_position(Position::new(
            inside.x.saturating_add(column).min(last),
            inside.y.saturating_add(row),
        ));
    }
}
