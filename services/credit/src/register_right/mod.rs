//! Who may say what of a register entry: an authority everything, an enterprise only how it calls itself. Not here: what an entry must be like, `enterprise`.

pub mod rules;
