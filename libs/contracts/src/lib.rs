#![doc = include_str!("../README.md")]

pub mod credit;
pub mod event;
pub mod procurement;
pub mod standards;
