//! What a submission says, as one number: two with the same number are the same claim sent twice.
//!
//! Numbers and dates of the batch are left out, for they change when a batch is sent again. The number is kept in the
//! ledger, so what is hashed here must stay the same in every version of this program.

use twox_hash::XxHash3_64;

use crate::domain::claim::{Claim, ClaimPayer, CodedEntry, Person, Provider, ServiceLine};
use crate::domain::{Date, FacilityKind, Money};

/// XXH3 over the content, 64 bits. It is only ever compared among the submissions of one claim, which all come from the
/// office itself, so it need not withstand an attack: SHA-256 was a fortieth of an 837's import.
pub(super) fn fingerprint(claim: &Claim) -> u64 {
    let mut content = Content(Vec::with_capacity(512));
    content.claim(claim);
    XxHash3_64::oneshot(&content.0)
}

/// Fields one after the other, each with its length, so that no two claims look alike. Structs are taken apart by name:
/// a new field does not compile until it is placed here.
struct Content(Vec<u8>);

impl Content {
    fn claim(&mut self, claim: &Claim) {
        let Claim {
            kind,
            control_number,
            charge,
            facility,
            frequency,
            billed_on: _,
            batch: _,
            billing,
            rendering,
            subscriber,
            patient,
            payers,
            billed_payer,
            diagnoses,
            service_from,
            service_to,
            admitted,
            original_reference,
            clearinghouse_number,
            prior_authorization,
            medical_record,
            patient_paid,
            lines,
            segment: _,
        } = claim;
        self.number(match kind {
            FacilityKind::Professional => 1,
            FacilityKind::Institutional => 2,
        });
        self.text(control_number.as_str());
        self.money(*charge);
        self.text(facility);
        self.number(i64::from(frequency.0));
        self.provider(billing);
        self.list(rendering.as_slice(), Self::provider);
        self.person(subscriber);
        self.person(patient);
        self.list(payers, Self::payer);
        self.number(*billed_payer as i64);
        self.list(diagnoses, |content, CodedEntry { qualifier, code }| {
            content.text(qualifier);
            content.text(code);
        });
        [*service_from, *service_to, *admitted].into_iter().for_each(|day| self.day(day));
        self.text(original_reference.as_str());
        [clearinghouse_number, prior_authorization, medical_record]
            .into_iter()
            .for_each(|number| self.text(number));
        self.money(*patient_paid);
        self.list(lines, Self::line);
    }

    fn provider(&mut self, Provider { npi, tax_id, name }: &Provider) {
        [npi, tax_id, name].into_iter().for_each(|text| self.text(text));
    }

    fn person(&mut self, Person { last, first, member_id, born }: &Person) {
        [last, first, member_id].into_iter().for_each(|text| self.text(text));
        self.day(*born);
    }

    fn payer(&mut self, payer: &ClaimPayer) {
        let ClaimPayer { sequence, name, ident, filing, member_id, group_number, prior_paid } = payer;
        self.number(i64::from(*sequence));
        [name, ident, filing, member_id, group_number].into_iter().for_each(|text| self.text(text));
        self.list(prior_paid.as_slice(), |content, paid| content.money(*paid));
    }

    fn line(&mut self, line: &ServiceLine) {
        let ServiceLine {
            number,
            control_number,
            qualifier,
            procedure,
            modifiers,
            revenue_code,
            charge,
            units,
            place_of_service,
            pointers,
            from,
            to,
        } = line;
        self.number(i64::from(*number));
        [control_number, qualifier, procedure].into_iter().for_each(|text| self.text(text));
        self.list(modifiers, |content, modifier| content.text(modifier));
        self.text(revenue_code);
        self.money(*charge);
        self.number(units.thousandths());
        self.text(place_of_service);
        self.list(pointers, |content, pointer| content.number(i64::from(*pointer)));
        self.day(*from);
        self.day(*to);
    }

    fn list<T>(&mut self, items: &[T], put: impl Fn(&mut Self, &T)) {
        self.number(items.len() as i64);
        items.iter().for_each(|item| put(self, item));
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as i64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn money(&mut self, amount: Money) {
        self.number(amount.cents());
    }

    fn day(&mut self, day: Option<Date>) {
        self.list(day.as_slice(), |content, day| content.number(i64::from(day.number())));
    }

    /// Seven bits a byte, low bits first: most numbers are small, and the hash costs by the byte.
    fn number(&mut self, number: i64) {
        let mut left = number as u64;
        while left >= 0x80 {
            self.0.push(left as u8 | 0x80);
            left >>= 7;
        }
        self.0.push(left as u8);
    }
}
