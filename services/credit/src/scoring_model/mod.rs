//! A scoring model is data: families, indicators, points, decay, vetoes and levels, each published version immutable.
//! Here are its shape and its reading; what makes it wrong is in `model_check`, what it gives for an enterprise in `score`.

pub mod rules;
