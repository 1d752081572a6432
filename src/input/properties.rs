//! What must hold for every file: nothing panics, layout does not matter, a cut is always noticed.
//!
//! Also the cases that no sample shows. Facts about samples are in the corpus test.

use proptest::prelude::*;

use super::x12::t837::SubmittedClaim;
use super::*;
use crate::domain::remit::{ClaimPayment, ProviderAdjustment, RemitHeader};
use crate::domain::{Date, Money, Problem, Severity};

const ISA: &str = "ISA*00*          *00*          *ZZ*PAYERX         *ZZ*CLINICY        *251120*1200*^*00501*000000501*0*P*:~";

const REMIT: &str = "GS*HP*PAYERX*CLINICY*20251120*1200*501*X*005010X221A1~\
    ST*835*0001~BPR*I*145.3*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20251121~\
    TRN*1*EFT0005512*1512345678~REF*EV*CLINICY~DTM*405*20251120~N1*PR*PAYER X*XV*87654~N3*PO BOX 1~\
    N4*TOWN*OH*43004~PER*BL*EDI DESK*TE*8005550100~N1*PE*CLINIC Y*XX*1234567893~REF*TJ*311234567~LX*1~\
    CLP*A1001*1*200*120*30*12*ICN0001*11*1~NM1*QC*1*DOE*JANE****MI*M123~DTM*232*20251001~DTM*050*20251006~\
    SVC*HC:99213*200*120**1~DTM*472*20251001~CAS*CO*45*50~CAS*PR*2*30~REF*6R*L1~AMT*B6*150~\
    CLP*A1002*1*230*90*20*12*ICN0002*11*1~NM1*QC*1*ROE*RICK****MI*M456~AMT*I*2.1~AMT*D8*1.8~\
    SVC*HC:99213*150*90**1~DTM*472*20251002~CAS*CO*45*40~CAS*PR*3*20~REF*6R*L1~\
    SVC*HC:J1885*80*0**1~DTM*472*20251002~CAS*CO*16*80~REF*6R*L2~LQ*HE*M119~\
    CLP*A0990*22*-160*-75**12*ICN0900*11*1~NM1*QC*1*POE*PAT****MI*M789~\
    SVC*HC:97110*-160*-75**-2~DTM*472*20250910~CAS*CO*45*-60~CAS*PR*1*-25~REF*6R*L1~\
    CLP*A0990*1*160*40*60*12*ICN0900A*11*1~NM1*QC*1*POE*PAT****MI*M789~\
    SVC*HC:97110*160*40**2~DTM*472*20250910~CAS*CO*45*60~CAS*PR*1*60~REF*6R*L1~\
    PLB*1234567893*20251231*L6*-2.1*90*1.8*WO:ICN0801*30~SE*52*0001~GE*1*501~IEA*1*000000501~";

const CLAIMS: &str = "GS*HC*CLINICY*PAYERX*20251103*1200*501*X*005010X222A1~\
    ST*837*0001*005010X222A1~BHT*0019*00*BATCH7*20251102*0900*CH~NM1*41*2*CLINIC Y*****46*1~\
    NM1*40*2*PAYER X*****46*2~HL*1**20*1~NM1*85*2*CLINIC Y*****XX*1234567893~REF*EI*311234567~\
    HL*2*1*22*1~SBR*S**G77******12~NM1*IL*1*DOE*JANE****MI*M123~DMG*D8*19800101*F~NM1*PR*2*PAYER X*****PI*PX1~\
    HL*3*2*23*0~PAT*19~NM1*QC*1*DOE*SAM~DMG*D8*20150505*M~\
    CLM*C1*150***11:B:1*Y*A*Y*Y~REF*D9*CH55~HI*ABK:J029*ABF:R05.9~NM1*82*1*HOUSE*GREG****XX*1234567893~\
    SBR*P*18*G88******BL~AMT*D*40~OI***Y***Y~NM1*IL*1*DOE*JOHN****MI*Z9~NM1*PR*2*FIRST PAYER*****PI*FP~REF*F8*OTHER~\
    LX*1~SV1*HC:99213:25*100*UN*1***1:2~DTP*472*D8*20251001~REF*6R*L1~NM1*82*1*OTHER*ONE****XX*1~\
    LX*2~SV1*HC:87880*50*UN*1***1~DTP*472*RD8*20251001-20251003~SVD*FP*40*HC:87880**1~CAS*CO*45*10~DTP*573*D8*20251020~\
    HL*4*2*23*0~PAT*19~NM1*QC*1*DOE*TIM~DMG*D8*20170505*M~CLM*C2*10***11:B:7~HI*ABK:J029~LX*1~SV1*HC:99211*10*UN*1***1~\
    DTP*472*D8*20251001~\
    HL*5*1*22*0~SBR*P*18*******MB~NM1*IL*1*ROE*ANN****MI*M9~DMG*D8*19400101*F~NM1*PR*2*MEDICARE*****PI*MED~\
    CLM*C3*20***12:B:1~HI*ABK:J029~LX*1~SV1*HC:99341*20*UN*1***1~DTP*472*D8*20251001~\
    CLM*C4*30***12:B:1~HI*ABK:J029~LX*1~SV1*HC:99342*30*UN*1***1~DTP*472*D8*20251002~\
    HL*6*2*23*0~PAT*19~NM1*QC*1*DOE*ZOE~CLM*C5*40***11:B:1~HI*ABK:J029~LX*1~SV1*HC:99212*40*UN*1***1~\
    DTP*472*D8*20251001~SE*70*0001~GE*1*501~IEA*1*000000501~";

fn remit() -> String {
    format!("{ISA}{REMIT}")
}

fn claims() -> String {
    format!("{ISA}{CLAIMS}")
}

/// Everything a file says.
#[derive(Debug, PartialEq)]
struct All {
    headers: Vec<RemitHeader>,
    payments: Vec<ClaimPayment>,
    adjustments: Vec<ProviderAdjustment>,
    claims: Vec<SubmittedClaim>,
}

fn read(bytes: &[u8]) -> Result<(Survey, All), InputError> {
    read_in(bytes, &mut Room::default())
}

/// In room that other sources may have left; what was kept of this one must say the same as the source itself.
fn read_in(bytes: &[u8], room: &mut Room) -> Result<(Survey, All), InputError> {
    let source = Source::memory("test", bytes);
    let found = survey_in(&source, None, room)?;
    let mut again = FileReader::open_in(&source, std::mem::take(room))?;
    let all = everything(&mut FileReader::open(&source)?, &found)?;
    assert_eq!(everything(&mut again, &found)?, all);
    *room = again.into_room();
    Ok((found, all))
}

fn everything(reader: &mut FileReader<'_>, found: &Survey) -> Result<All, InputError> {
    let mut all = All { headers: vec![], payments: vec![], adjustments: vec![], claims: vec![] };
    let mut sets = 0;
    while reader.next_set()? {
        sets += 1;
        while let Some(item) = reader.next_remit_item()? {
            match item {
                RemitItem::Header(header) => all.headers.push(*header),
                RemitItem::Claim(claim) => all.payments.push(*claim),
                RemitItem::Plb(adjustment) => all.adjustments.push(adjustment),
            }
        }
        while let Some(claim) = reader.next_claim()? {
            all.claims.push(claim);
        }
    }
    assert_eq!(sets, found.sets.len(), "both readings see the same sets");
    Ok(all)
}

fn all_problems(found: &Survey) -> impl Iterator<Item = &Problem> {
    found.problems.iter().chain(found.sets.iter().flat_map(|set| &set.problems))
}

fn is_held(found: &Survey) -> bool {
    all_problems(found).any(|p| p.severity == Severity::Hold)
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|p| p.code).collect()
}

fn set_codes(bytes: &[u8]) -> Vec<String> {
    let found = read(bytes).expect("readable").0;
    all_problems(&found).map(|p| p.code.to_owned()).collect()
}

#[test]
fn a_small_source_is_kept_and_a_large_one_is_read_anew() {
    let one = claims();
    let many = one.repeat((2 << 20) / one.len());
    let mut room = Room::default();
    for (text, whole) in [(&one, true), (&many, false), (&one, true), (&remit(), true)] {
        let source = Source::memory("test", text.as_bytes());
        survey_in(&source, None, &mut room).expect("readable");
        assert_eq!(room.is_whole(), whole);
        let (_, in_room) = read_in(text.as_bytes(), &mut room).expect("readable");
        assert_eq!(in_room, read(text.as_bytes()).expect("readable").1);
    }
}

#[test]
fn the_worked_remittance_balances() {
    let (found, all) = read(remit().as_bytes()).expect("readable");
    assert_eq!(all_problems(&found).count(), 0, "{:?}", found.problems);
    assert_eq!(found.kind, Some(Kind::Remit835));
    let totals = found.sets[0].totals;
    assert_eq!((totals.claims, totals.charge), (4, Money::from_cents(43_000)));
    assert_eq!((totals.claim_paid, totals.plb), (Money::from_cents(17_500), Money::from_cents(2_970)));
    assert!(totals.balanced);
    assert!(all.payments.iter().all(|claim| claim.problems.is_empty()), "{:?}", all.payments);
    assert_eq!(all.headers[0].payee.reference("TJ"), Some("311234567"));
    assert_eq!(all.payments[0].rendering_npi, "1234567893");
    assert_eq!(all.payments[1].service_from, Date::from_ymd(2025, 10, 2));
    assert_eq!(all.payments[1].lines[1].remarks.len(), 1);
    let pairs: Vec<_> = all.adjustments.iter().map(|a| (a.reason.as_str(), a.reference.as_str())).collect();
    assert_eq!(pairs, [("L6", ""), ("90", ""), ("WO", "ICN0801")]);
}

#[test]
fn claims_go_to_the_right_people_and_payers() {
    let (found, all) = read(claims().as_bytes()).expect("readable");
    assert_eq!(all_problems(&found).count(), 0, "{:?}", found.sets[0].problems);
    let people: Vec<_> = all
        .claims
        .iter()
        .map(|c| {
            (
                c.claim.control_number.as_str(),
                c.claim.patient.first.as_str(),
                c.claim.subscriber.first.as_str(),
            )
        })
        .collect();
    assert_eq!(
        people,
        [
            ("C1", "SAM", "JANE"),
            ("C2", "TIM", "JANE"),
            ("C3", "ANN", "ANN"),
            ("C4", "ANN", "ANN"),
            ("C5", "ZOE", "JANE")
        ]
    );
    let first = &all.claims[0].claim;
    assert_eq!(codes(&all.claims[0].problems), [""; 0]);
    assert_eq!(first.payers.len(), 2);
    assert_eq!(first.billed_payer, 1, "the destination pays second");
    assert_eq!(first.payers[1].ident, "PX1");
    assert_eq!(first.payers[0].ident, "FP");
    assert_eq!(first.payers[0].member_id, "Z9");
    assert_eq!(first.payers[0].prior_paid, Some(Money::from_cents(4_000)));
    assert_eq!(first.original_reference.as_str(), "", "the other payer's number is not ours");
    assert_eq!(first.clearinghouse_number, "CH55");
    assert_eq!(first.rendering.as_ref().map(|p| p.name.as_str()), Some("HOUSE, GREG"));
    assert_eq!(first.billing.tax_id, "311234567");
    assert_eq!(first.lines[0].pointers.as_slice(), [1, 2]);
    assert_eq!(first.diagnoses[1].code, "R059");
    assert_eq!(
        (first.service_from, first.service_to),
        (Date::from_ymd(2025, 10, 1), Date::from_ymd(2025, 10, 3))
    );
    assert_eq!(Some(first.billed_on), Date::from_ymd(2025, 11, 2));
    assert_eq!(first.batch, "BATCH7");
    assert_eq!(codes(&all.claims[1].problems), ["missing-original-reference"]);
    assert_eq!(all.claims[4].claim.payers[0].ident, "PX1", "the payer is the parent's");
}

#[test]
fn wrong_remittances_are_held() {
    let changed = |from: &str, to: &str| {
        let text = remit();
        assert!(text.contains(from), "{from}");
        set_codes(text.replace(from, to).as_bytes())
    };
    assert_eq!(changed("SE*52", "SE*51"), ["control-count"]);
    assert_eq!(changed("SE*52*0001", "SE*52*1"), [""; 0]);
    assert_eq!(changed("GE*1*501", "GE*2*502"), ["control-count", "control-number"]);
    assert_eq!(changed("IEA*1*000000501", "IEA*1*000000502"), ["control-number"]);
    assert_eq!(changed("145.3*C", "1,145.30*C"), ["bad-amount"]);
    assert_eq!(changed("WO:ICN0801*30", "WO:ICN0801*x"), ["bad-amount"]);
    assert_eq!(changed("PLB*", "PLX*"), ["unknown-segment", "transaction-out-of-balance"]);
    assert_eq!(changed("TRN*1*EFT0005512*1512345678~", "NTE*ADD*no~"), ["missing-segment"]);
    assert_eq!(changed("ACH*CCP", "NON*CCP"), ["non-with-money"]);
    assert_eq!(changed("GS*HP", "GS*HC"), ["wrong-group-id"]);
    assert_eq!(changed("PO BOX 1", "PO BOX\n1"), ["wrapped-line"]);
    assert_eq!(changed("IEA*1*000000501~", ""), ["truncated"]);
    assert_eq!(changed("GE*1*501~", ""), ["truncated"]);
    assert_eq!(changed("SE*52*0001~", ""), ["truncated"]);
    assert_eq!(changed("IEA*1*000000501~", "IEA*1*000000501~\nthe end"), ["trailing-text"]);
    assert_eq!(changed("IEA*1*000000501~", "IEA*1*000000501~CLP*A~"), ["outside-envelope"]);
    let difference = remit().replace("145.3*C", "175*C");
    let found = read(difference.as_bytes()).expect("readable").0;
    let message = &found.sets[0].problems[0].message;
    assert!(message.contains("differs by the PLB total"), "{message}");
}

#[test]
fn wrong_claims_of_a_remittance_are_held() {
    let changed = |from: &str, to: &str| {
        let text = remit();
        assert!(text.contains(from), "{from}");
        let all = read(text.replace(from, to).as_bytes()).expect("readable").1;
        all.payments.iter().flat_map(|c| &c.problems).map(|p| p.code).collect::<Vec<_>>()
    };
    assert_eq!(changed("CAS*CO*45*50~", "CAS*CO*45*49~"), ["line-out-of-balance", "claim-out-of-balance"]);
    assert_eq!(changed("CAS*CO*45*50~", "CAS*CO****45*50~"), [""; 0], "a gap is not the end");
    assert_eq!(changed("CAS*CO*45*50~", "CAS*XX*45*50~"), ["unknown-group"]);
    assert_eq!(changed("CAS*CO*45*50~", "CAS*CO*4-5*50~"), ["unknown-reason"]);
    assert_eq!(changed("CAS*CO*45*50~", "CAS*CO*45*~"), ["bad-amount"]);
    assert_eq!(changed("HC:99213*200", "HC>99213*200"), ["wrong-component-separator"]);
    assert_eq!(changed("*200*120*30*12", "*200*120*31*12"), ["patient-share-differs"]);
    assert_eq!(
        changed("CLP*A1001*1*200*120*30*12*ICN0001*11*1~", "CLP*A1001*22~"),
        ["bare-claim", "lines-differ-from-claim"]
    );
    assert_eq!(changed("DTM*472*20250910", "DTM*472*20250931"), ["bad-date", "bad-date"]);
    assert_eq!(changed("CLP*A1002", "N1*PE*OTHER*XX*9~CLP*A1002"), ["party-changed"]);
}

#[test]
fn a_new_payee_holds_for_the_claims_after_it() {
    let text = remit().replace("CLP*A1002", "N1*PE*OTHER*FI*9~REF*PQ*77~CLP*A1002");
    let all = read(text.as_bytes()).expect("readable").1;
    assert_eq!(all.payments[0].payee, None);
    for claim in &all.payments[1..] {
        let payee = claim.payee.as_ref().expect("another payee");
        assert_eq!((payee.ident.as_str(), payee.reference("PQ")), ("9", Some("77")));
    }
}

#[test]
fn names_never_reach_a_problem() {
    let text = remit()
        .replace("DOE*JANE", "SECRET\n*JANE")
        .replace("NM1*QC*1*ROE", "NM31*QC*1*SECRET")
        .replace("CLP*A1002*1*230*90", "CLP*A1002*1*SECRET*90");
    let (found, all) = read(text.as_bytes()).expect("readable");
    let problems: Vec<&Problem> =
        all_problems(&found).chain(all.payments.iter().flat_map(|claim| &claim.problems)).collect();
    assert!(problems.len() >= 3);
    for problem in problems {
        assert!(!problem.message.contains("SECRET"), "{problem:?}");
        assert!(problem.text.starts_with("CLP") || !problem.text.contains("SECRET"), "{problem:?}");
        assert!(!problem.text.contains("JANE"), "{problem:?}");
    }
}

#[test]
fn what_is_no_x12_is_refused_by_name() {
    let code = |bytes: &[u8]| survey(&Source::memory("f", bytes)).err().map(|error| error.code());
    let utf16: Vec<u8> = remit().bytes().flat_map(|b| [b, 0]).collect();
    assert_eq!(code(&utf16), Some("utf-16"));
    assert_eq!(code(b"\xff\xfeI\0"), Some("utf-16"));
    assert_eq!(code(b""), Some("empty-file"));
    assert_eq!(code(b"\xef\xbb\xbf \r\n"), Some("empty-file"));
    assert_eq!(code(b"ST*835*0001~BPR*I"), Some("no-envelope"));
    assert_eq!(code(REMIT.as_bytes()), Some("no-envelope"));
    assert_eq!(code(format!("Hello, this is\nthe file:\n{}", remit()).as_bytes()), Some("text-before-isa"));
    assert_eq!(code(b"%PDF-1.7"), Some("not-recognised"));
    assert_eq!(code(&vec![b'x'; 300_000]), Some("not-recognised"));
    assert_eq!(code(format!("{ISA}{}", "x".repeat(300_000)).as_bytes()), Some("segment-too-long"));
    let kind = |text: &str| survey(&Source::memory("f", text.as_bytes())).expect(text).kind;
    assert_eq!(kind("claim,charge,date\n1,2,3\n"), Some(Kind::ClaimsCsv));
    assert_eq!(kind("\"claim\";\"paid\"\n1;2\n"), Some(Kind::PaymentsCsv));
}

#[test]
fn each_interchange_has_its_own_separators() {
    let other = remit().replace('~', "|").replace('*', "+").replace(':', "<").replace('^', "!");
    let both = format!("{}\n{other}", remit());
    let (found, all) = read(both.as_bytes()).expect("readable");
    assert!(!is_held(&found));
    assert_eq!(found.sets.len(), 2);
    assert_eq!(found.sets[0].content_hash, found.sets[1].content_hash);
    assert_eq!(all.payments[0].lines, {
        let mut lines = all.payments[4].lines.clone();
        lines.iter_mut().for_each(|line| line.segment = all.payments[0].lines[0].segment);
        lines
    });
}

#[test]
fn what_ended_segments_may_separate_elements_of_the_next_interchange() {
    let other = remit().replace('~', "_").replace('*', "~");
    let both = format!("{}\n{other}", remit());
    let found = read(both.as_bytes()).expect("readable").0;
    assert!(!is_held(&found));
    assert_eq!(found.sets.len(), 2);
    let hidden = format!("{}\nsome prose\n{other}", remit());
    assert!(read(hidden.as_bytes()).map_or(true, |(found, _)| is_held(&found)));
    let hidden = format!("{}\nsome prose\n{}", remit(), remit());
    assert!(is_held(&read(hidden.as_bytes()).expect("readable").0));
}

#[test]
fn data_may_contain_the_letters_isa() {
    let text = remit().replace("NM1*QC*1*DOE*JANE", "NM1*QC*1*ISAAC*NARCISA");
    assert_eq!(read(text.as_bytes()).expect("readable").0.sets.len(), 1);
}

#[test]
fn every_cut_is_noticed() {
    for text in [remit(), claims(), remit().replace('~', "\n"), format!("{}{}", remit(), remit())] {
        let text = format!("{text}\r\n");
        let whole = text.trim_end().len();
        for cut in 0..whole {
            // In the layout without terminators only the line's end is missing here.
            match read(&text.as_bytes()[..cut]) {
                Err(_) => {}
                Ok((found, _)) if is_held(&found) => {}
                // Between two interchanges nothing is cut.
                Ok(_) if text[..cut].trim_end().ends_with("IEA*1*000000501~") => {}
                Ok((found, _)) => panic!("cut at {cut} of {whole}: {found:?}"),
            }
        }
    }
}

/// The text with something after, or instead of, each terminator.
fn layout(text: &str, after: &str) -> String {
    match after.strip_prefix("only ") {
        Some(newline) => text.replace('~', newline),
        None => text.replace('~', &format!("~{after}")),
    }
}

#[test]
fn layouts_make_no_difference() {
    for text in [remit(), claims()] {
        let (wanted, all) = read(text.as_bytes()).expect("readable");
        let layouts = [
            "\n",
            "\r\n",
            "\r",
            "\n\n  \t",
            " ",
            "\r\n\r\n",
            "only \n",
            "only \r\n",
            "only \r",
            "only \n \n",
        ];
        for after in layouts {
            for before in ["", "\u{feff}", "\n \r\n"] {
                let text = format!("{before}{}", layout(&text, after));
                let (found, same) = read(text.as_bytes()).expect(after);
                assert_eq!(
                    all_problems(&found).count(),
                    0,
                    "{after:?}: {:?} {:?}",
                    found.problems,
                    found.sets[0].problems
                );
                assert_eq!(found.sets[0].content_hash, wanted.sets[0].content_hash, "{after:?}");
                assert_eq!(found.sets[0].totals, wanted.sets[0].totals);
                assert_eq!(found.sets[0].segments, wanted.sets[0].segments);
                assert!(same == all, "{after:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_upset_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&bytes);
        let mut with_isa = ISA.as_bytes().to_vec();
        with_isa.extend(bytes);
        let _ = read(&with_isa);
    }

    #[test]
    fn no_change_upsets_the_reader(
        which in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4u8, any::<u8>()), 1..12),
    ) {
        let mut bytes = if which { remit() } else { claims() }.into_bytes();
        for (at, how, byte) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                2 => bytes.insert(at, byte),
                _ => bytes[at] = b"~*:^\n 0-"[usize::from(byte) % 8],
            }
        }
        let _ = read(&bytes);
    }

    #[test]
    fn a_segment_that_is_lost_is_noticed(at in any::<prop::sample::Index>(), which in any::<bool>()) {
        let text = if which { remit() } else { claims() };
        let mut segments: Vec<&str> = text.split_inclusive('~').collect();
        let lost = segments.remove(at.index(segments.len()));
        let changed = segments.concat();
        match read(changed.as_bytes()) {
            Err(_) => {}
            Ok((found, _)) => prop_assert!(is_held(&found), "{lost}"),
        }
    }
}
