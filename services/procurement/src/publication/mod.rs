//! Whether a tender may be published or amended now: its times, and that it asks nothing discriminatory.

pub mod rules;

#[cfg(test)]
mod tests;
