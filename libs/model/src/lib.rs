//! The vocabulary of the platform: values that every service speaks of, without I/O, clock or chance.
//!
#![doc = include_str!("../README.md")]

pub mod calendar;
pub mod check;
pub mod division;
pub mod fault;
pub mod gs1;
pub mod id;
pub mod instant;
pub mod lei;
pub mod money;
pub mod normalise;
pub mod period;
pub mod policy;
pub mod ratio;
pub mod standard_no;
pub mod text;
pub mod uscc;
