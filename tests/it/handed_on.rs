//! What a person decided about a claim payment survives what becomes of its remittance: taken out and put back, replaced by
//! a corrected copy and back, keyed and then told by its 835.

use crate::denial_work::{answer, denied, refused};
use crate::office::Office;

fn denial(office: &Office, id: &str) -> [String; 4] {
    let shown = office.json(&["denial", "show", id])["denial"].clone();
    ["status", "assignee", "next_action", "next_action_on"].map(|key| shown[key].to_string())
}

#[test]
fn a_denial_keeps_its_number_and_work_whichever_remittance_goes_first() {
    for (out, back) in [(["1", "2"], ["1", "2"]), (["1", "2"], ["2", "1"]), (["2", "1"], ["1", "2"])] {
        let office = denied(&["C1"], "CO*16");
        answer(&office, 3, "20260710", "0", &refused("C1", "B", "CO*50"));
        office.done(&["denial", "appeal", "1", "--on", "2026-07-15", "--proof", "P1"]);
        office.done(&["denial", "assign", "1", "--who", "bob"]);
        let before = (denial(&office, "1"), office.books());
        out.iter().for_each(|remit| drop(office.done(&["remit", "reverse", remit, "--reason", "x"])));
        office.check();
        back.iter().for_each(|remit| drop(office.done(&["remit", "repost", remit, "--reason", "x"])));
        assert_eq!((denial(&office, "1"), office.books()), before);
        office.check();
    }
}

#[test]
fn a_case_is_not_called_reopened_for_a_remittance_that_went_and_came_back() {
    let office = denied(&["C1"], "CO*197");
    office.done(&["denial", "propose-write-off", "1", "--amount", "30", "--on", "2026-06-25", "--yes"]);
    office.done(&["denial", "call", "1", "--next", "send the chart", "--next-on", "2026-10-05"]);
    answer(&office, 3, "20260710", "0", &refused("C1", "B", "CO*197"));
    office.done(&["denial", "call", "1", "--next", "call again", "--next-on", "2026-10-06"]);
    let before = denial(&office, "1");
    office.done(&["remit", "reverse", "2", "--reason", "x"]);
    assert_eq!(denial(&office, "1")[0], "\"open\"");
    office.done(&["remit", "repost", "2", "--reason", "x"]);
    assert_eq!(denial(&office, "1"), before);
    let events = office.json(&["denial", "show", "1"])["events"].clone();
    let of =
        |event: &str| events.as_array().expect("events").iter().filter(|row| row["event"] == event).count();
    assert_eq!((of("denied-again"), of("told-anew")), (1, 2), "{events:#}");
    office.check();
}
