//! Green-product standards and marks: by which standard a category of products is assessed, and which products bear the mark. Not here: the standards
//! themselves, `edition`.

pub mod actions;
pub mod http;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
