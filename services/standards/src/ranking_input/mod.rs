//! What a ranking is made from: a declaration as it stands on a day, the editions that it cites, what keeps it out, what was measured. Not here: what is made
//! of it, `ranking`.

pub mod rules;
