//! How a name is written and how it sounds: one script, one width, one case; syllables without tones. Not here: what the parts of a name are, `name_part`.

pub mod rules;
#[cfg(test)]
mod tests;
