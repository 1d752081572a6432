//! Which money of the bank belongs to which remittance. Pure: no file, no clock, no store.
//!
//! [`trace`] finds the payer's numbers in what the bank wrote; [`reassociate`] decides which movements and remittances
//! belong together beyond doubt, [`returned`] what the bank took back, and [`suggest`] which a person should look at.

pub mod reassociate;
pub mod returned;
pub mod suggest;
pub mod trace;
