//! Records of every kind made from random bytes.

use super::samples::Dice;
use crate::domain::audit::AuditRecord;
use crate::domain::book::*;
use crate::domain::by_hand::{ByHand, Says, Split};
use crate::domain::case::*;
use crate::domain::claim::*;
use crate::domain::clock::*;
use crate::domain::entry::{Entry, Posting, Source};
use crate::domain::followup::{FollowUp, FollowUpAct};
use crate::domain::join::{Apart, ApartGround, Join, JoinGround};
use crate::domain::merge::PayerMerge;
use crate::domain::period::{Accepted, PeriodAct, PeriodBalance, PeriodRecord};
use crate::domain::remit::*;
use crate::domain::review::ActReview;
use crate::domain::*;

impl Dice {
    fn line_payment(&mut self) -> LinePayment {
        LinePayment {
            qualifier: self.text(),
            procedure: self.text(),
            modifiers: self.list(4, Dice::text).into(),
            original_procedure: self.text(),
            original_modifiers: self.list(2, Dice::text).into(),
            revenue_code: self.text(),
            charge: self.money(),
            paid: self.money(),
            units: self.maybe(|d| Quantity::from_thousandths(d.number() as i64)),
            from: self.maybe(Dice::date),
            to: self.maybe(Dice::date),
            adjustments: self.list(3, Dice::adjustment).into(),
            control_number: self.text(),
            remarks: self.list(2, Dice::code),
            allowed: self.maybe(Dice::money),
            segment: self.number(),
        }
    }

    pub fn payment(&mut self) -> PaymentRecord {
        PaymentRecord {
            id: PaymentId(self.number()),
            remit: RemitId(self.number()),
            posted_on: self.date(),
            answered_on: self.date(),
            payer: self.payer(),
            trace: self.text(),
            forwarded_to: self.payer(),
            payment: Box::new(ClaimPayment {
                control_number: PatientControlNumber::new(&self.text::<String>()),
                status: self.text(),
                charge: self.money(),
                paid: self.money(),
                patient_responsibility: self.maybe(Dice::money),
                filing: self.text(),
                payer_number: PayerControlNumber::new(&self.text::<String>()),
                facility: self.text(),
                frequency: self.text(),
                patient: self.remit_person(),
                insured: self.maybe(Dice::remit_person),
                corrected: self.maybe(Dice::remit_person),
                crossover: self.maybe(Dice::party),
                rendering_npi: self.text(),
                payee: self.maybe(Dice::party),
                other_numbers: self.list(2, Dice::text),
                adjustments: self.list(3, Dice::adjustment),
                remarks: self.list(3, Dice::code),
                service_from: self.maybe(Dice::date),
                service_to: self.maybe(Dice::date),
                received_on: self.maybe(Dice::date),
                interest: self.money(),
                discount: self.money(),
                lines: self.list(3, Dice::line_payment),
                segment: self.number(),
                problems: Vec::new(),
            }),
            claim: self.maybe(|d| ClaimId(d.number())),
            matched_by: self.text(),
            previous_of_claim: self.maybe(|d| PaymentId(d.number())),
            held_entry: self.maybe(|d| EntryId(d.number())),
            status: PaymentStatus::from_number(self.byte() % 6 + 1).expect("1 to 6"),
            rule: self.text(),
            message: self.text(),
            by_hand: None,
        }
    }

    pub fn by_hand(&mut self) -> ByHand {
        let split = self.maybe(|d| Split {
            contractual: d.money(),
            patient: d.money(),
            denied: d.list(2, Dice::adjustment).into(),
        });
        ByHand {
            says: split.map_or(Says::TakesBack, Says::Split),
            reason: self.text(),
            user: self.text(),
            before: (self.text(), self.text()),
        }
    }

    pub fn followup(&mut self) -> FollowUp {
        FollowUp {
            on: self.date(),
            recorded_at: self.number() as i64,
            user: self.text(),
            act: FollowUpAct::from_number(self.byte() % 3 + 1).expect("1 to 3"),
            text: self.text(),
            representative: self.text(),
            reference: self.text(),
            promised_on: self.maybe(Dice::date),
            next_on: self.maybe(Dice::date),
        }
    }

    pub fn join(&mut self) -> Join {
        Join {
            part: ClaimId(self.number()),
            lead: ClaimId(self.number()),
            with: ClaimId(self.number()),
            ground: JoinGround::from_number(self.byte() % 3 + 1).expect("1 to 3"),
            on: self.date(),
            recorded_at: self.number() as i64,
            user: self.text(),
            reason: self.text(),
            payments: self.list(3, |d| PaymentId(d.number())),
            cases: self.list(3, |d| CaseId(d.number())),
            acts: self.list(3, |d| (EntryId(d.number()), EntryId(d.number()))),
        }
    }

    pub fn apart(&mut self) -> Apart {
        Apart {
            one: ClaimId(self.number()),
            other: ClaimId(self.number()),
            ground: ApartGround::from_number(self.byte() % 2 + 1).expect("1 or 2"),
            on: self.date(),
            recorded_at: self.number() as i64,
            user: self.text(),
            reason: self.text(),
        }
    }

    pub fn act_review(&mut self) -> ActReview {
        ActReview {
            on: self.date(),
            recorded_at: self.number() as i64,
            user: self.text(),
            words: self.text(),
            acts: self.list(3, |d| (EntryId(d.number()), d.money())),
        }
    }

    pub fn clock_rule(&mut self) -> ClockRule {
        let pick = |byte: u8, from: usize| usize::from(byte) % from;
        ClockRule {
            payer: self.payer(),
            kind: ClockKind::ALL[pick(self.byte(), 8)],
            limit: self.number() as u16,
            unit: ClockUnit::ALL[pick(self.byte(), 6)],
            start: ClockStart::ALL[pick(self.byte(), 5)],
            receipt_days: self.number() as u16,
            buffer_days: self.number() as u16,
            next_workday: self.byte() > 127,
            except: self.list(3, Dice::code),
            amounts: self.text(),
            source: self.text(),
            set_by: self.text(),
            set_on: self.maybe(Dice::date),
            confirmed_by: self.text(),
            confirmed_on: self.maybe(Dice::date),
        }
    }

    pub fn payer_merge(&mut self) -> PayerMerge {
        let from = self.payer();
        let rule = |dice: &mut Dice| ClockRule { payer: from, ..dice.clock_rule() };
        PayerMerge {
            from,
            into: self.payer(),
            at: i64::from(self.byte()),
            user: self.text(),
            last_entry: EntryId(self.number()),
            last_file: FileId(self.number()),
            keys: self.list(3, Dice::text),
            versions: self.list(3, Dice::origin),
            rules: self.list(2, rule),
            gave_name: self.byte() > 127,
            gave_ident: self.byte() > 127,
            gave_address: self.byte() > 127,
        }
    }

    fn service_line(&mut self) -> ServiceLine {
        ServiceLine {
            number: self.number() as u16,
            control_number: self.text(),
            qualifier: self.text(),
            procedure: self.text(),
            modifiers: self.list(4, Dice::text).into(),
            revenue_code: self.text(),
            charge: self.money(),
            units: Quantity::from_thousandths(self.number() as i64),
            place_of_service: self.text(),
            pointers: self.list(4, Dice::byte).into(),
            from: self.maybe(Dice::date),
            to: self.maybe(Dice::date),
        }
    }

    fn claim_payer(&mut self) -> ClaimPayer {
        ClaimPayer {
            sequence: self.byte(),
            name: self.text(),
            ident: self.text(),
            filing: self.text(),
            member_id: self.text(),
            group_number: self.text(),
            prior_paid: self.maybe(Dice::money),
        }
    }

    fn version(&mut self) -> ClaimVersion {
        ClaimVersion {
            billed_on: self.date(),
            frequency: self.byte(),
            charge: self.money(),
            service_from: self.maybe(Dice::date),
            service_to: self.maybe(Dice::date),
            batch: self.text(),
            billed_payer: self.payer(),
            origin: self.origin(),
            fingerprint: self.number(),
        }
    }

    pub fn claim(&mut self) -> ClaimRecord {
        let subscriber = self.person();
        let patient = self.maybe(Dice::person).unwrap_or_else(|| subscriber.clone());
        let kinds = [FacilityKind::Professional, FacilityKind::Institutional];
        let claim = Claim {
            kind: kinds[usize::from(self.byte() % 2)],
            control_number: PatientControlNumber::new(&self.text::<String>()),
            charge: self.money(),
            facility: self.text(),
            frequency: Frequency(self.byte()),
            billed_on: self.date(),
            batch: self.text(),
            billing: self.provider(),
            rendering: self.maybe(Dice::provider),
            subscriber,
            patient,
            payers: self.list(3, Dice::claim_payer),
            billed_payer: usize::from(self.byte()),
            diagnoses: self.list(3, |d| CodedEntry { qualifier: d.text(), code: d.text() }),
            service_from: self.maybe(Dice::date),
            service_to: self.maybe(Dice::date),
            admitted: self.maybe(Dice::date),
            original_reference: PayerControlNumber::new(&self.text::<String>()),
            clearinghouse_number: self.text(),
            prior_authorization: self.text(),
            medical_record: self.text(),
            patient_paid: self.money(),
            lines: self.list(3, Dice::service_line),
            segment: self.number(),
        };
        ClaimRecord {
            id: ClaimId(self.number()),
            claim: Box::new(claim),
            payers: self.list(3, Dice::payer).into(),
            versions: self.list(2, Dice::version).into(),
        }
    }

    pub fn state(&mut self) -> ClaimState {
        let (account, amount) = (self.account(), self.money());
        ClaimState {
            charge: self.money(),
            paid_insurance: self.money(),
            paid_patient: self.money(),
            adjusted: self.money(),
            written_off: self.money(),
            holdings: self.list(4, |d| Holding { account, payer: d.payer(), amount }).into(),
            billed_payer: self.payer(),
            service_from: self.maybe(Dice::date),
            billed_on: self.maybe(Dice::date),
            responsible_since: self.maybe(Dice::date),
            last_posted_on: self.maybe(Dice::date),
            last_entry: self.maybe(|d| EntryId(d.number())),
            last_payment: self.maybe(|d| PaymentId(d.number())),
            only_charged: self.byte() % 2 == 1,
            cases: self.list(3, |d| CaseId(d.number())),
            days: self.list(2, |d| {
                let holding = Holding { account: d.account(), payer: d.payer(), amount: d.money() };
                Standing { on: d.date(), holdings: vec![holding].into() }
            }),
        }
    }

    pub fn entry(&mut self) -> Entry {
        Entry {
            posted_on: self.date(),
            effective_on: self.maybe(Dice::date),
            recorded_at: self.number() as i64,
            source: Source::from_number(self.byte() % 6 + 1).expect("1 to 6"),
            claim: self.maybe(|d| ClaimId(d.number())),
            remit: self.maybe(|d| RemitId(d.number())),
            payment: self.maybe(|d| PaymentId(d.number())),
            plb: self.maybe(|d| PlbId(d.number())),
            reverses: self.maybe(|d| EntryId(d.number())),
            rule: self.text(),
            memo: self.text(),
            user: self.text(),
            postings: self.list(6, |d| Posting {
                account: d.account(),
                amount: d.money(),
                payer: d.payer(),
                line: d.number() as u16,
                reason: d.maybe(Dice::reason),
            }),
        }
    }

    pub fn remit(&mut self) -> RemitRecord {
        RemitRecord {
            id: RemitId(self.number()),
            header: RemitHeader {
                control: self.text(),
                handling: self.text(),
                paid: self.money(),
                debit: self.byte() % 2 == 1,
                method: self.text(),
                paid_on: self.maybe(Dice::date),
                produced_on: self.maybe(Dice::date),
                trace: self.text(),
                payer_trace_id: self.text(),
                currency: self.text(),
                payer: self.party(),
                payee: self.party(),
            },
            payer: self.payer(),
            posted_on: self.date(),
            effective_on: self.maybe(Dice::date),
            held_on: self.maybe(Dice::date),
            set_aside_on: self.maybe(Dice::date),
            turns: self.list(3, Dice::date),
            origin: self.origin(),
            status: RemitStatus::from_number(self.byte() % 3 + 1).expect("1 to 3"),
            claims: self.number(),
            matched: self.number(),
            unapplied: self.number(),
            claim_paid: self.money(),
            plb: self.money(),
            first_payment: PaymentId(self.number()),
            issues: self.list(2, |d| Issue {
                code: d.text(),
                segment: d.number(),
                text: d.text(),
                message: d.text(),
            }),
        }
    }

    pub fn plb(&mut self) -> PlbRecord {
        PlbRecord {
            id: PlbId(self.number()),
            remit: RemitId(self.number()),
            payer: self.payer(),
            posted_on: self.date(),
            item: ProviderAdjustment {
                provider: self.text(),
                fiscal_period_end: self.maybe(Dice::date),
                reason: self.text(),
                reference: self.text(),
                amount: self.money(),
                segment: self.number(),
            },
            code: self.code(),
            open: self.money(),
            settlements: self.list(3, |d| (d.date(), d.money())),
            withdrawn: self.number() % 2 == 0,
            review: self.text(),
        }
    }

    pub fn case(&mut self) -> DenialCase {
        DenialCase {
            id: CaseId(self.number()),
            claim: ClaimId(self.number()),
            payer: self.payer(),
            reason: self.reason(),
            remarks: self.list(3, Dice::code),
            lines: self.list(3, |d| DeniedLine {
                line: d.number() as u16,
                denied: d.money(),
                recovered: d.money(),
                written_off: d.money(),
                to_patient: d.money(),
                to_next: d.money(),
                open: d.money(),
                excess: d.money(),
                reasons: d.list(2, |d| LineReason {
                    reason: d.reason(),
                    amount: d.money(),
                    remarks: d.list(2, Dice::code),
                }),
            }),
            events: self.list(3, |d| DenialEvent {
                payment: PaymentId(d.number()),
                on: d.date(),
                answered_on: d.date(),
                notice: d.byte() % 2 == 1,
                recourse: Recourse::Usual,
                reason: d.reason(),
                amount: d.money(),
            }),
        }
    }

    fn case_state(&mut self) -> CaseState {
        CaseState::ALL[usize::from(self.byte()) % CaseState::ALL.len()]
    }

    pub fn case_event(&mut self) -> CaseEvent {
        let mut event = CaseEvent {
            on: self.date(),
            recorded_at: self.number() as i64,
            user: self.text(),
            // As many as there were when the stored bytes were written down: a new act changes none of them.
            act: CaseAct::ALL[usize::from(self.byte()) % 25],
            state: self.case_state(),
            level: self.byte(),
            about: Particulars {
                method: self.text(),
                proof: self.text(),
                reference: self.text(),
                representative: self.text(),
                promised: self.maybe(Dice::date),
                whom: self.text(),
                amount: self.maybe(Dice::money),
                account: self.maybe(Dice::account),
                ..Particulars::default()
            },
            entry: self.maybe(|d| EntryId(d.number() | 1)),
        };
        // In the order of the row: its golden bytes are drawn so.
        event.about.next_action = self.text();
        event.about.next_on = self.maybe(Dice::date);
        event.about.text = self.text();
        event
    }

    pub fn case_work(&mut self) -> CaseWork {
        CaseWork {
            state: self.case_state(),
            assignee: self.text(),
            next_action: self.text(),
            next_on: self.maybe(Dice::date),
            snoozed_until: self.maybe(Dice::date),
            level: self.byte(),
            appealed_on: self.maybe(Dice::date),
            promised: self.maybe(Dice::date),
            proposal: self.maybe(|d| Proposal {
                amount: d.money(),
                account: d.account(),
                by: d.text(),
                on: d.date(),
                text: d.text(),
            }),
            touched_on: self.maybe(Dice::date),
            events: self.number(),
        }
    }

    pub fn open_case(&mut self) -> OpenCase {
        OpenCase {
            case: CaseId(self.number()),
            claim: ClaimId(self.number()),
            payer: self.payer(),
            reason: self.reason(),
            category: self.text(),
            open: self.money(),
            denied_on: self.date(),
            facts: CaseFacts {
                claim: ClaimFacts {
                    institutional: self.byte() % 2 == 1,
                    from: self.maybe(Dice::date),
                    through: self.maybe(Dice::date),
                    prior_remittance: self.maybe(Dice::date),
                },
                denials: self.list(2, |d| Denied {
                    on: d.date(),
                    reason: d.reason(),
                    notice: d.byte() % 2 == 1,
                    recourse: Recourse::Usual,
                }),
                appeals: self.list(2, |d| Appealed {
                    level: d.byte() & 15,
                    sent: d.date(),
                    decided: d.maybe(Dice::date),
                    by_letter: None,
                }),
            },
            state: self.case_state(),
            level: self.byte(),
            next_on: self.maybe(Dice::date),
            snoozed_until: self.maybe(Dice::date),
            assignee: self.text(),
        }
    }

    pub fn lease(&mut self) -> Lease {
        Lease { case: CaseId(self.number()), user: self.text(), until: self.number() as i64 }
    }

    pub fn file(&mut self) -> FileRecord {
        FileRecord {
            id: FileId(self.number()),
            sha256: std::array::from_fn(|_| self.byte()),
            name: self.text(),
            kind: self.text(),
            imported_at: self.number() as i64,
            complete: self.byte() % 2 == 1,
            remits: self.list(3, |d| RemitId(d.number())),
        }
    }

    pub fn payer_record(&mut self) -> PayerRecord {
        PayerRecord {
            id: self.payer(),
            name: self.text(),
            ident: self.text(),
            filing: self.text(),
            class: self.text(),
            expected_days: self.maybe(|d| (d.number() % 400) as u16),
            aliases: self.list(2, Dice::text),
            merged_into: self.maybe(Dice::payer),
            address: self.list(2, Dice::text),
        }
    }

    pub fn period(&mut self) -> PeriodRecord {
        PeriodRecord {
            month: Month::from_number(202_400 + u32::from(self.byte()) % 12 + 1).expect("a month"),
            closed: self.byte() % 2 == 1,
            acts: self.list(3, |d| PeriodAct {
                closed: d.byte() % 2 == 1,
                at: d.number() as i64,
                user: d.text(),
                reason: d.text(),
            }),
            accepted: self.list(2, |d| Accepted {
                check: d.text(),
                items: d.number(),
                amount: d.money(),
                reason: d.text(),
            }),
            entries: self.number(),
            previous: std::array::from_fn(|_| self.byte()),
            seal: std::array::from_fn(|_| self.byte()),
            balances: self.list(3, |d| PeriodBalance {
                account: d.account(),
                code: d.code(),
                moved: d.money(),
                stands: d.money(),
            }),
            lines: self.list(3, |d| (d.text(), d.money())),
        }
    }

    pub fn audit(&mut self) -> AuditRecord {
        AuditRecord {
            id: self.number(),
            at: self.number() as i64,
            user: self.text(),
            what: self.text(),
            subject: self.text(),
            details: self.text(),
            seal: std::array::from_fn(|_| self.byte()),
        }
    }

    pub fn practice(&mut self) -> Practice {
        Practice {
            name: self.text(),
            npis: self.list(3, Dice::text),
            tax_ids: self.list(3, Dice::text),
            write_off_limit: self.maybe(Dice::money),
            address: self.list(2, Dice::text),
        }
    }
}
