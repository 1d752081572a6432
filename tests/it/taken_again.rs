//! Another system's money goes out and comes back under one item (section 7c of the posting rules): whatever came first, the
//! takeback of a released payment goes with it.

use serde_json::Value;

use crate::hand::{account, from, import, waiting};
use crate::office::Office;

const PAID: &str = "CLP*HOSP7*1*150*100**12*ICN7~CAS*CO*45*50~NM1*QC*1*REED*ANN****MI*Z7~DTM*232*20260302~";
const TAKEN: &str =
    "CLP*HOSP7*22*-150*-100**12*ICN7~CAS*CO*45*-50~NM1*QC*1*REED*ANN****MI*Z7~DTM*232*20260302~";

fn paid() -> String {
    from("PAYER ONE", 2, "20260320", "100", PAID)
}

/// Taken back, and carried forward: no money moves.
fn taken() -> String {
    let carried = format!("{TAKEN}PLB*1234567893*20261231*FB:ICN7*-100~");
    from("PAYER ONE", 3, "20260420", "0", &carried)
}

/// The item of a payment or of its takeback.
fn item(office: &Office, paid: &str) -> String {
    let list = office.json(&["unapplied", "list"]);
    let row = list["rows"].as_array().expect("rows").iter().find(|row| row["paid"] == paid).cloned();
    row.expect("it waits")["item_id"].to_string()
}

fn release(office: &Office, item: &str, on: &str) {
    office.done(&["unapplied", "release", item, "--foreign", "--why", "the hospital's", "--on", on]);
    office.check();
}

fn accounts(office: &Office) -> [String; 3] {
    ["cash:insurance", "unapplied", "refund:insurance"].map(|name| account(office, name))
}

const CLOSED: [&str; 3] = ["100.00", "0.00", "0.00"];
const OUT: [&str; 3] = ["100.00", "0.00", "-100.00"];

/// Paid and taken back, released where it stands in the row.
fn lived(order: &str) -> Office {
    let office = Office::new();
    for event in order.chars() {
        match event {
            'P' => drop(import(&office, "paid.835", &paid())),
            'T' => drop(import(&office, "taken.835", &taken())),
            _ => release(&office, &item(&office, "100.00"), "2026-05-04"),
        }
    }
    office
}

#[test]
fn in_any_order_it_goes_out_and_comes_back() {
    for order in ["PRT", "PTR", "TPR"] {
        let office = lived(order);
        assert_eq!(waiting(&office), Vec::<String>::new(), "{order}");
        assert_eq!(accounts(&office), CLOSED, "{order}");
        let register = office.json(&["report", "refunds", "--from", "2026-01-01", "--to", "2026-09-30"]);
        let own = |row: &&Value| row["control_number"] == "HOSP7";
        let rows: Vec<&Value> = register["rows"].as_array().expect("rows").iter().filter(own).collect();
        assert_eq!(rows.len(), 1, "{order}: one life: {register:#}");
        assert_eq!(
            ["amount", "taken_back", "open", "status"].map(|key| rows[0][key].as_str().unwrap_or("null")),
            ["100.00", "100.00", "0.00", "cleared"],
            "{order}"
        );
    }
}

#[test]
fn the_import_says_that_it_went_with_what_it_takes_back() {
    let office = lived("PR");
    let path = office.write("taken.835", taken());
    let output = office.run(&["import", path.to_str().expect("a name")]);
    assert_eq!(output.status.code(), Some(0), "nothing waits for anybody");
    let said = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
    assert!(said.contains("takes back item 1") && said.contains("unapplied unrelease 1"), "{said}");
}

#[test]
fn both_wait_again_together() {
    for order in ["PRT", "TPR"] {
        let office = lived(order);
        let shown = office.json(&["remit", "list"]);
        let remits = shown["rows"].as_array().expect("rows");
        let remit = remits.iter().find(|row| row["paid"] == "100.00").expect("it")["remit_id"].to_string();
        // Out of the books and back.
        office.done(&["remit", "reverse", &remit, "--reason", "look"]);
        office.check();
        assert_eq!(waiting(&office), ["no-match"], "{order}: nothing is there that it takes back");
        office.done(&["remit", "repost", &remit, "--reason", "looked"]);
        office.check();
        assert_eq!((waiting(&office), accounts(&office)), (vec![], CLOSED.map(str::to_owned)), "{order}");
        // It was ours after all.
        let paid = if order == "PRT" { "1" } else { "2" };
        office.done(&["unapplied", "unrelease", paid, "--reason", "ours"]);
        office.check();
        assert_eq!(waiting(&office), ["no-match", "no-match"], "{order}");
        assert_eq!(accounts(&office), ["100.00", "0.00", "0.00"], "{order}");
        release(&office, paid, "2026-06-01");
        assert_eq!((waiting(&office), accounts(&office)), (vec![], CLOSED.map(str::to_owned)), "{order}");
    }
}

#[test]
fn what_is_taken_twice_or_is_another_amount_waits() {
    // The payer has its money back by check already.
    let office = lived("PR");
    office.done(&[
        "unapplied",
        "send",
        "1",
        "100",
        "--check",
        "77",
        "--reason",
        "theirs",
        "--on",
        "2026-05-05",
    ]);
    import(&office, "taken.835", &taken());
    assert_eq!(
        (waiting(&office), account(&office, "unapplied")),
        (vec!["no-match".to_owned()], "100.00".into())
    );
    // Less than all of it.
    let office = lived("PR");
    let less =
        taken().replace("-150*-100", "-150*-90").replace("CO*45*-50", "CO*45*-60").replace("*-100~", "*-90~");
    import(&office, "less.835", &less);
    assert_eq!((waiting(&office), accounts(&office)[2].as_str()), (vec!["no-match".to_owned()], OUT[2]));
    // Another claim of the same amounts.
    let office = lived("PR");
    import(&office, "other.835", &taken().replace("HOSP7", "HOSP8").replace("ICN7", "ICN8"));
    assert_eq!((waiting(&office), accounts(&office)[2].as_str()), (vec!["no-match".to_owned()], OUT[2]));
    // Twice: the second one finds nothing.
    let office = lived("PRT");
    let again =
        from("PAYER ONE", 4, "20260520", "0", &format!("{TAKEN}PLB*1234567893*20261231*FB:ICN7*-100~"));
    import(&office, "again.835", &again);
    assert_eq!(waiting(&office), ["no-match"]);
}
