//! What an import says of a remittance beside what is wrong with it: others of its number, copies, takebacks of released money.

use super::SetContext;
use crate::domain::book::{Issue, RemitRecord};
use crate::domain::{PaymentId, RemitId};

/// Says that a payment was keyed from paper before, and that this one takes its place.
pub(super) fn keyed_before(posted: &RemitRecord, keyed: RemitId) -> Issue {
    Issue {
        code: "keyed-before".to_owned(),
        segment: posted.origin.segment,
        text: String::new(),
        message: format!(
            "remittance {keyed} has the same check number, date and amount, was keyed from paper and says the same of each \
             claim: this one takes its place, and its cash counts once"
        ),
    }
}

/// That a takeback went with the released money that it takes back.
pub(super) fn released_before(segment: u64, item: PaymentId) -> Issue {
    Issue {
        code: "takes-back-released".to_owned(),
        segment,
        text: String::new(),
        message: format!(
            "it takes back item {item}, which was released, and goes with it; `unapplied unrelease {item}` lets both wait"
        ),
    }
}

/// Says that a payer gave the number of this payment to another one too: it may be a corrected copy of that.
pub(super) fn same_number(context: &SetContext<'_>, posted: &RemitRecord, other: &RemitRecord) -> Issue {
    Issue {
        code: "same-number".to_owned(),
        segment: posted.origin.segment,
        text: String::new(),
        message: format!(
            "remittance {0}{1} has the same check or EFT number of this payer; where this one corrects it, \
             `remit replace {0} {2}`",
            other.id,
            of_and_over(other),
            context.number(posted.id)
        ),
    }
}

/// Says that persons had decided about claim payments of a remittance that is out of the books: this one may be in its place.
pub(super) fn decided_before(
    context: &SetContext<'_>,
    posted: &RemitRecord,
    other: &RemitRecord,
    count: usize,
) -> Issue {
    let payments = if count == 1 { "claim payment" } else { "claim payments" };
    Issue {
        code: "decided-before".to_owned(),
        segment: posted.origin.segment,
        text: String::new(),
        message: format!(
            "remittance {0}{1}, with the same number, was taken out of the books; what persons decided about {count} {payments} \
             of it holds for this one by `remit replace {0} {2}`",
            other.id,
            of_and_over(other),
            context.number(posted.id)
        ),
    }
}

/// Its day and amount, for a sentence.
pub(super) fn of_and_over(remit: &RemitRecord) -> String {
    let on = remit.header.paid_on.unwrap_or_else(|| remit.own_date());
    format!(" of {on} over {}", remit.header.paid)
}

/// Says that a held copy of this payment need not come into the books any more: this one has.
pub(super) fn copy_set_aside(posted: &RemitRecord, held: RemitId) -> Issue {
    Issue {
        code: "held-copy-set-aside".to_owned(),
        segment: posted.origin.segment,
        text: String::new(),
        message: format!(
            "remittance {held} with the same trace number, date and amount was held; it is set aside, as this one is in the books"
        ),
    }
}
