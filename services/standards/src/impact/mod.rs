//! Whom an edition touches: declarations and the enterprises behind them, open tenders, and standards that cite it. Not here: what each of them is
//! (`declaration`, `tender_citation`, `edition`).

pub mod http;
