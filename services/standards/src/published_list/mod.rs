//! Two real lists of standards as they are published, the Chinese one and that of ISO, with the faults they really have. Not here: recording what was
//! read, `import`.

pub mod rules;
#[cfg(test)]
mod tests;
