//! Services behind the gateway in other processes: a streaming reverse proxy on the same path. The token goes on unchanged and the service
//! verifies it itself; no other header ever says who calls. Not here: services in this process, which are mounted without a hop, `edge`.

pub(crate) mod actions;
pub(crate) mod http;
pub(crate) mod rules;
#[cfg(test)]
mod tests;
