#![doc = include_str!("../README.md")]

pub mod calendar;
pub mod chance;
pub mod clock;
pub mod config;
pub mod db;
pub mod document;
pub mod error;
pub mod feed;
pub mod http;
pub mod key;
pub mod kv;
pub mod metrics;
pub mod outbound;
pub mod peer;
pub mod service;
pub mod stop;
pub mod stream;
pub mod telemetry;
mod tls;
pub mod token;
