//! What the platform publishes about itself: the OpenAPI documents. Not here: whether the services keep them, `flows`.

mod documents;
mod openapi;
mod operations;
