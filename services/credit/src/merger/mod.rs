//! One enterprise goes into another: rights and duties pass on (Civil Code Art 67), so the facts of the absorbed one count for the survivor from then on, and
//! every address of the absorbed one answers 410 with the survivor. Not here: where that is answered, `enterprise::store`; which facts count, `fact::store`.

pub mod actions;
pub mod http;
pub mod rules;
