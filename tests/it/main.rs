//! Everything that is tested from outside: one binary, so that it links once.

mod corpus;
mod examples;
mod holds;
mod office;
mod practice;
