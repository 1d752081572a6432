//! What a column can mean: our names, and the names that offices and their programs use.
//!
//! Names are compared by their letters and digits alone: `Check #`, `check_no` and `CHECK NO` differ only in the words.

use std::fmt;

use crate::input::kind::Kind;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Any text; may be a person's name, so it is never shown in messages.
    Text,
    /// A person's name or birth date: masked by `--redact`.
    Person,
    /// A code or a number of the office or the payer.
    Code,
    /// An amount.
    Money,
    /// A day.
    Date,
}

macro_rules! fields {
    ($($variant:ident $name:literal $holds:ident $kinds:literal $many:literal [$($alias:literal)*];)+) => {
        /// What a column can mean.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field { $(#[doc = $name] $variant,)+ }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Field] = &[$(Field::$variant),+];

            /// Our name for it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Field::$variant => $name),+ }
            }

            /// What stands in it.
            #[must_use]
            pub const fn holds(self) -> Holds {
                match self { $(Field::$variant => Holds::$holds),+ }
            }

            /// In how many columns it may stand.
            pub const fn many(self) -> u8 {
                match self { $(Field::$variant => $many),+ }
            }

            /// In which tables it is looked for: C claims, P payments, O opening balances, D a bank's movements.
            const fn kinds(self) -> &'static str {
                match self { $(Field::$variant => $kinds),+ }
            }

            /// Other names, folded.
            pub const fn aliases(self) -> &'static [&'static str] {
                match self { $(Field::$variant => &[$($alias),*]),+ }
            }
        }
    };
}

fields! {
    ControlNumber "control_number" Code "CPO" 1 ["claim" "claimnumber" "claimno" "claimid" "account" "accountnumber" "accountno" "acctno" "patientaccount" "patientaccountnumber" "patientcontrolnumber" "pcn" "patientaccountno" "acct" "patientacct" "invoice" "invoicenumber"];
    Payer "payer" Text "CPO" 1 ["payername" "insurance" "insurancename" "insurancecompany" "carrier" "primarypayer" "primaryinsurance" "plan"];
    PayerId "payer_id" Code "CPO" 1 ["payeridentifier" "insuranceid" "electronicpayerid" "primarypayerid"];
    SecondaryPayer "secondary_payer" Text "CO" 1 ["secondaryinsurance" "secondarypayername" "payer2"];
    SecondaryPayerId "secondary_payer_id" Code "CO" 1 ["payer2id"];
    SecondaryMember "secondary_member_id" Code "CO" 1 ["secondarypolicynumber"];
    Patient "patient" Person "CPO" 1 ["patientname" "name" "patientfullname"];
    PatientLast "patient_last" Person "CPO" 1 ["patientlastname" "lastname" "last"];
    PatientFirst "patient_first" Person "CPO" 1 ["patientfirstname" "firstname" "first"];
    Born "birth_date" Person "CO" 1 ["dob" "dateofbirth" "birthdate" "patientdob"];
    Member "member_id" Code "CPO" 1 ["memberid" "membernumber" "subscriberid" "policynumber" "insuredid" "policyid"];
    GroupNumber "group_number" Code "CO" 1 ["groupno"];
    Filing "filing" Code "CPO" 1 ["filingindicator" "claimfiling" "payertype"];
    ServiceFrom "service_date" Date "CPO" 1 ["dos" "dateofservice" "servicefrom" "servicedatefrom" "fromdate" "dosfrom" "date"];
    ServiceTo "service_to" Date "CPO" 1 ["servicedateto" "todate" "dosto" "servicethrough"];
    BilledOn "billed_on" Date "CO" 1 ["billdate" "billeddate" "datebilled" "claimdate" "submitteddate" "datesubmitted" "submissiondate"];
    Procedure "procedure" Code "CPO" 1 ["cpt" "hcpcs" "cptcode" "procedurecode" "proc" "proccode" "cpthcpcs" "code" "servicecode"];
    Modifier "modifier" Code "CPO" 4 ["mod" "modifiers" "mods"];
    Revenue "revenue_code" Code "CPO" 1 ["revcode"];
    Units "units" Code "CPO" 1 ["qty" "quantity" "unit"];
    LineId "line_id" Code "CPO" 1 ["linenumber" "lineno" "linecontrolnumber" "lineitem"];
    Diagnosis "diagnosis" Code "CO" 12 ["dx" "diagnosiscode" "diagnoses" "icd" "icd10"];
    Charge "charge" Money "CPO" 1 ["charges" "billed" "billedamount" "chargeamount" "amountbilled" "amtbilled" "totalcharge" "totalcharges" "fee"];
    ClaimKind "claim_type" Code "CO" 1 ["type" "form" "claimform"];
    Frequency "frequency" Code "CO" 1 ["frequencycode" "resubmissioncode"];
    Original "original_reference" Code "CO" 1 ["originalclaimnumber" "originalreferencenumber"];
    Place "place_of_service" Code "CO" 1 ["pos" "facility" "billtype" "typeofbill"];
    Authorization "prior_authorization" Code "CO" 1 ["authorization" "authnumber" "priorauth"];
    BillingNpi "billing_npi" Code "CO" 1 ["npi" "groupnpi"];
    BillingName "billing_provider" Text "CO" 1 ["practice" "billingprovidername"];
    TaxId "tax_id" Code "CO" 1 ["tin" "ein"];
    RenderingNpi "rendering_npi" Code "CPO" 1 ["providernpi" "rendering"];
    RenderingName "rendering_provider" Text "CO" 1 ["provider" "providername" "renderingname" "doctor" "physician"];
    CheckNumber "check_number" Code "P" 1 ["check" "checkno" "checknum" "trace" "tracenumber" "eft" "eftnumber" "checkeft" "checkeftnumber" "checktracenumber" "paymentnumber" "reference" "trn"];
    CheckDate "check_date" Date "P" 1 ["paymentdate" "paiddate" "datepaid" "eftdate" "depositdate" "dateofpayment"];
    CheckAmount "check_amount" Money "P" 1 ["checktotal" "paymenttotal" "totalpaid" "eftamount" "checkamt" "totalpayment"];
    Method "method" Code "P" 1 ["paymentmethod" "paymenttype"];
    PayerNumber "payer_claim_number" Code "P" 1 ["icn" "dcn" "payerclaimcontrolnumber" "payercontrolnumber" "payericn" "insuranceclaimnumber"];
    Status "status" Code "P" 1 ["claimstatus" "claimstatuscode" "processedas"];
    Paid "paid" Money "PO" 1 ["paidamount" "payment" "paymentamount" "amountpaid" "amtpaid" "insurancepaid" "insurancepayment" "netpaid" "paidtodate" "payments" "totalpayments"];
    Contractual "contractual" Money "P" 1 ["contractualadjustment" "writeoff" "contractualwriteoff" "co45" "notallowed" "disallowed" "contractualadj"];
    Deductible "deductible" Money "P" 1 ["pr1" "ded"];
    Coinsurance "coinsurance" Money "P" 1 ["pr2" "coins"];
    Copay "copay" Money "P" 1 ["pr3" "copayment" "copaid"];
    Denied "denied" Money "P" 1 ["deniedamount" "denial" "denialamount" "amountdenied" "noncovered"];
    DenialCode "denial_code" Code "P" 1 ["denialreason" "denialreasoncode" "reasoncode" "carc" "denialcarc"];
    AdjGroup "adjustment_group" Code "P" 6 ["adjgroup" "groupcode" "casgroup" "adjustmentgroupcode"];
    AdjCode "adjustment_code" Code "P" 6 ["adjcode" "adjreason" "adjustmentreason" "adjustmentreasoncode" "casreason" "cascode"];
    AdjAmount "adjustment_amount" Money "P" 6 ["adjamount" "adjamt" "casamount"];
    Remark "remark_code" Code "P" 6 ["remark" "rarc" "remarks" "remarkcodes"];
    PlbCode "plb_code" Code "P" 1 ["provideradjustment" "provideradjustmentcode" "plbreason" "providerlevelcode"];
    PlbReference "plb_reference" Code "P" 1 ["provideradjustmentreference" "plbref"];
    PlbAmount "plb_amount" Money "P" 1 ["provideradjustmentamount"];
    Adjusted "adjusted" Money "O" 1 ["adjustments" "adjustment" "totaladjustments" "writeoffs" "adjustedamount"];
    Balance "balance" Money "O" 1 ["openbalance" "amountdue" "outstanding" "balancedue" "currentbalance" "remainingbalance"];
    DepositDate "deposit_date" Date "D" 1 ["date" "postingdate" "posteddate" "postdate" "dateposted" "transactiondate" "bookingdate" "bookdate" "valuedate"];
    DepositAmount "amount" Money "D" 1 ["transactionamount" "amt" "depositamount" "netamount"];
    Credit "credit" Money "D" 1 ["credits" "creditamount" "deposit" "deposits" "moneyin"];
    Debit "debit" Money "D" 1 ["debits" "debitamount" "withdrawal" "withdrawals" "moneyout"];
    BankAccount "bank_account" Code "D" 1 ["account" "accountnumber" "accountno" "acct"];
    BankReference "bank_reference" Code "D" 1 ["reference" "referencenumber" "referenceno" "refnumber" "bankref" "bankreferencenumber" "transactionid" "fitid"];
    TraceNumber "trace_number" Code "D" 1 ["trace" "traceno" "trn" "check" "checknumber" "checkno" "eft" "eftnumber" "customerreference" "customerref" "checkorslipnumber"];
    BankText "description" Text "D" 4 ["details" "memo" "text" "addenda" "payee" "name" "narrative" "transactiondescription" "extendeddescription"];
    BankKind "transaction_type" Text "D" 1 ["type" "transactioncode" "baicode" "category"];
    Bucket "bucket" Code "O" 1 ["responsibility" "responsible" "owedby" "balancetype"];
}

impl Field {
    /// The field with a name of ours.
    #[must_use]
    pub fn named(name: &str) -> Option<(Field, Option<u8>)> {
        let folded = fold(name);
        Field::ALL.iter().find_map(|field| {
            let rest = folded.strip_prefix(&fold(field.name()))?;
            numbered(*field, rest).map(|number| (*field, number))
        })
    }

    /// Whether a column's name means the field, and the number behind the name.
    pub fn fits(self, folded: &str) -> Option<Option<u8>> {
        let own = fold(self.name());
        let names = std::iter::once(own.as_str()).chain(self.aliases().iter().copied());
        names.filter_map(|name| folded.strip_prefix(name)).find_map(|rest| numbered(self, rest))
    }

    /// Whether tables of a kind have it.
    #[must_use]
    pub fn is_of(self, kind: &Kind) -> bool {
        let letter = match kind {
            Kind::ClaimsCsv => 'C',
            Kind::PaymentsCsv => 'P',
            Kind::OpeningCsv => 'O',
            Kind::DepositsCsv => 'D',
            _ => return false,
        };
        self.kinds().contains(letter)
    }
}

/// The number behind a name: `2` of `adjustment_code_2`.
fn numbered(field: Field, rest: &str) -> Option<Option<u8>> {
    match rest.parse::<u8>() {
        _ if rest.is_empty() => Some(None),
        Ok(number) if (1..=field.many()).contains(&number) && field.many() > 1 => Some(Some(number)),
        _ => None,
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Letters and digits, lower case. `#` counts as a word for number.
#[must_use]
pub fn fold(name: &str) -> String {
    let name = name.replace('#', "number");
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(80).collect()
}
