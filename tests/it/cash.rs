//! Cash is conserved by every act: money comes and goes with remittances, patients and refunds, never because somebody
//! puts a payment elsewhere, merges payers or changes a mind.

use crate::office::{Billed, Office, claims, remittance};

/// The balance of an account.
fn account(office: &Office, name: &str) -> String {
    let accounts = office.json(&["report", "trial-balance"]);
    let rows = accounts["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["account"] == name);
    row.map_or("0.00".to_owned(), |row| row["balance"].as_str().expect("a balance").to_owned())
}

fn balance(office: &Office, claim: &str) -> String {
    office.json(&["claim", "show", claim])["claim"]["balance"].as_str().expect("a balance").to_owned()
}

fn bill(number: &str, secondary: bool) -> Billed<'_> {
    let lines: &[(&str, &str)] = &[("97110", "90"), ("97140", "70")];
    Billed { number, charge: "160", lines, secondary, frequency: '1', service: "20260305" }
}

/// Pays 95 of 160 and leaves 25 to the patient.
fn paid(number: &str, icn: &str) -> String {
    format!(
        "CLP*{number}*1*160*95*25*12*{icn}*11~SVC*HC:97110*90*60**1~CAS*CO*45*30~\
         SVC*HC:97140*70*35**1~CAS*CO*45*10~CAS*PR*2*25~"
    )
}

#[test]
fn a_payment_that_ever_waited_keeps_its_cash_wherever_it_goes() {
    let may = remittance(5, "PAYER ONE", "BPR*I*95*C*ACH", "20260510", "TMAY", &paid("K1", "MAY1"));
    let april = remittance(4, "PAYER ONE", "BPR*I*95*C*ACH", "20260412", "TAPR", &paid("K1", "APR1"));
    let bills = claims(1, "20260307", &[bill("K1", false), bill("K2", false), bill("K3", false)]);
    let files = [("may.835", may), ("bills.837", bills), ("april.835", april)];
    for order in [[0, 1, 2], [1, 0, 2], [2, 0, 1]] {
        let office = Office::new();
        let mut came = 0;
        for at in order {
            let (name, content) = &files[at];
            office.import(&[&office.write(name, content)]);
            came += if name.ends_with("835") { 95 } else { 0 };
            assert_eq!(account(&office, "cash:insurance"), format!("{came}.00"), "{order:?} after {name}");
            office.check();
        }
        // The earlier one stands, the later one waits: two payments without a reversal between them.
        let waits = office.json(&["unapplied", "list"]);
        assert_eq!(waits["rows"].as_array().map(Vec::len), Some(1), "{waits:#}");
        let item = waits["rows"][0]["item_id"].to_string();
        for claim in ["K2", "K3", "K1", "K2"] {
            office.done(&["claim", "move-payment", claim, &item, "--reason", "the other visit"]);
            office.check();
            assert_eq!(account(&office, "cash:insurance"), "190.00", "{order:?}, on {claim}");
            let waiting = if claim == "K1" { "-95.00" } else { "0.00" };
            assert_eq!(account(&office, "unapplied"), waiting, "{order:?}, on {claim}");
        }
        assert_eq!(
            [balance(&office, "K1"), balance(&office, "K2"), balance(&office, "K3")],
            ["25.00", "25.00", "160.00"]
        );
        // Out of the books and in again.
        let remit = &waits["rows"][0]["remit_id"].to_string();
        office.done(&["remit", "reverse", remit, "--reason", "whose is it?"]);
        office.check();
        assert_eq!(account(&office, "cash:insurance"), "95.00", "{order:?}");
        office.done(&["remit", "repost", remit, "--reason", "ours"]);
        office.check();
        assert_eq!(account(&office, "cash:insurance"), "190.00", "{order:?}");
    }
}
