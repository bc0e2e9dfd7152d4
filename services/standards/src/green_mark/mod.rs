//! The marks of green products on HTTP. Not here: their states and what they are granted by, `green`.

pub mod http;
