//! The takeback register: what payers took back after they had paid it, when, why and with what notice, and what came back.

use serde_json::Value;

use crate::office::{Billed, Office, claims, remittance};

fn answer(number: &str, icn: &str, paid: &str, rest: &str) -> String {
    format!("CLP*{number}*1*150*{paid}**12*{icn}~SVC*HC:99214*150*{paid}**1~DTM*472*20260107~CAS*{rest}~")
}

fn reversal(number: &str, icn: &str) -> String {
    format!("CLP*{number}*22*-150*-100**12*{icn}~SVC*HC:99214*-150*-100**1~DTM*472*20260107~CAS*CO*45*-50~")
}

fn import(office: &Office, control: u32, payer: &str, day: &str, paid: &str, body: &str) {
    let method = if paid == "0" { "BPR*H*0*C*NON".to_owned() } else { format!("BPR*I*{paid}*C*ACH") };
    let text = remittance(control, payer, &method, day, &format!("TX{control}"), body);
    let file = office.write(&format!("{control}.835"), text);
    office.import(&[&file]);
    office.check();
}

fn rows(office: &Office, more: &[&str]) -> Vec<Value> {
    let args = [&["report", "takebacks", "--from", "2026-01-01", "--to", "2026-12-31"], more].concat();
    office.json(&args)["rows"].as_array().expect("rows").clone()
}

fn row<'r>(rows: &'r [Value], number: &str) -> &'r Value {
    rows.iter().find(|row| row["control_number"] == number).unwrap_or_else(|| panic!("{number}: {rows:#?}"))
}

#[test]
fn every_takeback_has_its_days_reasons_notice_and_what_came_back() {
    let office = Office::new();
    let bill = |number| Billed {
        number,
        charge: "150",
        lines: &[("99214", "150")],
        secondary: false,
        frequency: '1',
        service: "20260107",
    };
    let numbers = ["L1", "L2", "L3", "L4", "L5"];
    let text = claims(1, "20260109", &numbers.map(bill)).replace("PAYER ONE", "BIRCH MUTUAL");
    office.import(&[&office.write("claims.837", text)]);
    let paid: String = numbers.map(|n| answer(n, &format!("I{n}"), "100", "CO*45*50")).concat();
    import(&office, 2, "BIRCH MUTUAL", "20260120", "500", &paid);
    // L1 is denied after all; of L2 less is paid; L3 is paid again as it was, which is no takeback.
    let back = [
        reversal("L1", "IL1"),
        answer("L1", "IL1B", "0", "CO*29*150"),
        reversal("L2", "IL2"),
        answer("L2", "IL2B", "70", "CO*45*80"),
        reversal("L3", "IL3"),
        answer("L3", "IL3B", "100", "CO*45*50"),
        "PLB*1234567893*20261231*WO:IL1*-100*WO:IL2*-30*WO:IL4*-25~".to_owned(),
    ];
    import(&office, 3, "BIRCH MUTUAL", "20260319", "25", &back.concat());
    // L4's money is taken as it was announced, L5's without a word; L1 is paid once more.
    let taken =
        format!("{}PLB*1234567893*20261231*WO:IL5*40*WO:IL4*25~", answer("L1", "IL1C", "90", "CO*45*60"));
    import(&office, 4, "BIRCH MUTUAL", "20260501", "25", &taken);
    let found = rows(&office, &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    let of = |row: &Value, names: &[&str]| -> Vec<String> {
        names
            .iter()
            .map(|name| row[*name].as_str().map_or_else(|| row[*name].to_string(), str::to_owned))
            .collect()
    };
    let names =
        ["taken_on", "amount", "paid_on", "days_since_payment", "reasons", "notice", "recovered", "lost"];
    assert_eq!(
        of(row(&found, "L1"), &names),
        ["2026-03-19", "100.00", "2026-01-20", "58", "CO-29", "none", "90.00", "10.00"]
    );
    assert_eq!(row(&found, "L1")["denial_id"], 1);
    assert_eq!(
        of(row(&found, "L2"), &names),
        ["2026-03-19", "30.00", "2026-01-20", "58", "CO-45", "none", "0.00", "30.00"]
    );
    // On its claim it is in the register too.
    let items = office.json(&["plb", "list"]);
    let item = items["rows"].as_array().expect("rows").iter().find(|row| row["reference"] == "IL5");
    let item = item.expect("the item")["plb_id"].to_string();
    office.done(&["plb", "apply", &item, "L5", "40", "--reason", "letter", "--on", "2026-05-02"]);
    office.done(&["clock", "set", "1", "appeal-1", "60", "days", "--from", "denial", "--source", "contract"]);
    office.done(&["clock", "confirm", "1", "appeal-1"]);
    let found = rows(&office, &[]);
    let five = row(&found, "L5");
    assert_eq!(of(five, &names[..4]), ["2026-05-02", "40.00", "2026-01-20", "102"]);
    assert_eq!(
        (&five["how"], &five["dispute_by"]),
        (&"provider-level".into(), &"2026-07-01".into()),
        "{five:#}"
    );
    let by_payer = rows(&office, &["--by", "payer"]);
    assert_eq!(
        of(&by_payer[0], &["payer", "takebacks", "amount", "recovered", "lost", "without_notice"]),
        ["BIRCH MUTUAL", "3", "170.00", "90.00", "80.00", "170.00"]
    );
    let by_month = rows(&office, &["--by", "month"]);
    assert_eq!(of(&by_month[1], &["month", "amount"]), ["2026-05", "40.00"]);
    // Without the remittance that took it, nothing was taken.
    office.done(&["remit", "reverse", "2", "--reason", "not ours"]);
    assert!(rows(&office, &[]).iter().all(|row| row["control_number"] == "L5"));
}

#[test]
fn what_was_announced_before_has_its_notice() {
    let office = Office::new();
    let text = claims(
        1,
        "20260109",
        &[Billed {
            number: "L1",
            charge: "150",
            lines: &[("99214", "150")],
            secondary: false,
            frequency: '1',
            service: "20260107",
        }],
    );
    office.import(&[&office.write("claims.837", text)]);
    import(&office, 2, "PAYER ONE", "20260120", "100", &answer("L1", "IL1", "100", "CO*45*50"));
    import(&office, 3, "PAYER ONE", "20260301", "0", "PLB*1234567893*20261231*WO:IL1*-100*FB:X*100~");
    let back = format!(
        "{}{}PLB*1234567893*20261231*FB:Y*-100~",
        reversal("L1", "IL1"),
        answer("L1", "IL1B", "0", "CO*29*150")
    );
    import(&office, 4, "PAYER ONE", "20260401", "0", &back);
    assert_eq!(row(&rows(&office, &[]), "L1")["notice"], "item 1, 2026-03-01");
}
