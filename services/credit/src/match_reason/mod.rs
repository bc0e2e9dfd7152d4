//! Why a name matched, as codes and as text. Not here: when one holds, `matching`.

pub mod rules;
