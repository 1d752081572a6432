//! Tests from outside, in one program.

mod corpus;
