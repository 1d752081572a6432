//! The templates that come with the program. Each is a file of `templates/`; an office's own of the same name stands in
//! its place.

/// A template that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// The template.
    pub source: &'static str,
    /// A part of letters, not a letter.
    pub part: bool,
}

macro_rules! templates {
    ($($name:literal $part:literal $about:literal;)+) => {
        static ALL: &[Builtin] = &[$(Builtin {
            name: $name,
            about: $about,
            source: include_str!(concat!("templates/", $name, ".txt")),
            part: $part,
        },)+];
    };
}

templates! {
    "appeal-1" false "A first appeal, for any reason";
    "appeal-2" false "An appeal of a further level";
    "medical-necessity" false "An appeal against a denial for medical necessity";
    "timely-filing" false "An appeal against a denial as untimely, with the proof of filing";
    "authorization" false "An appeal against a denial for want of an authorization";
    "bundling" false "An appeal against services counted as part of others";
    "reconsideration" false "A request to a commercial payer to look at a claim again";
    "redetermination" false "Medicare's first level";
    "records" false "A cover sheet for records that the payer asked for";
    "project" false "One appeal for many claims of one payer and one reason";
    "letterhead" true "The sender, with the address of `practice set --address`";
    "address" true "The receiver, with the address of `payer set --address`";
    "subject" true "What the letter is about, claim by claim";
    "appealed" true "Earlier appeals of many claims";
    "closing" true "Greeting and signature";
}

/// Every template that comes with the program: letters first, then their parts.
#[must_use]
pub fn all() -> &'static [Builtin] {
    ALL
}

/// Looks one up.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static Builtin> {
    ALL.iter().find(|builtin| builtin.name == name)
}
