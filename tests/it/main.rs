//! Everything that is tested from outside: one binary, so that it links once.

mod corpus;
mod examples;
mod journeys;
mod office;
mod poster;
mod practice;
mod tidy;
