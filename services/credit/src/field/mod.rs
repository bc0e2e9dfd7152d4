//! Reading the fields of a JSON object one by one, so that every bad field is named at once. Not here: which fields there are, `detail`.

pub mod rules;
