//! Everything that is tested from outside: one binary, so that it links once.

mod corpus;
mod examples;
mod full;
mod histories;
mod journeys;
mod killed;
mod office;
mod poster;
mod practice;
mod properties;
mod tables;
mod tidy;
mod together;
