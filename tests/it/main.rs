//! Everything that is tested from outside: one binary, so that it links once.

mod ack_corpus;
mod acks;
mod clocks;
mod copies;
mod corpus;
mod denial_work;
mod deposits;
mod examples;
mod followup;
mod full;
mod histories;
mod holds;
mod journeys;
mod killed;
mod months;
mod office;
mod old_books;
mod poster;
mod practice;
mod properties;
mod registers;
mod stories;
mod tables;
mod tidy;
mod together;
mod workbooks;
