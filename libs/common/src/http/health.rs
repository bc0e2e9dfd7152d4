//! Whether the process lives, whether it is ready for work, and its numbers. Not here: what makes a part ready; each part says so itself.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use actix_web::{
    HttpResponse, get,
    http::{StatusCode, header},
    web::{Data, ServiceConfig},
};
use serde_json::json;

use super::trace::Verbatim;
use crate::metrics::Metrics;

type Check = Arc<dyn Fn() -> bool + Send + Sync>;

/// The named checks that decide whether a process is ready; clones share them.
#[derive(Clone, Default)]
pub struct Readiness(Arc<RwLock<BTreeMap<String, Check>>>);

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.checks()).finish()
    }
}

impl Readiness {
    /// No checks yet: ready.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the check of this name, or replaces it. It must be quick: it runs on a worker.
    pub fn add(&self, name: impl Into<String>, check: impl Fn() -> bool + Send + Sync + 'static) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name.into(), Arc::new(check));
    }

    /// What every check says now.
    #[must_use]
    pub fn checks(&self) -> BTreeMap<String, bool> {
        let checks = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        checks.into_iter().map(|(name, check)| (name, check())).collect()
    }

    /// Whether all checks agree.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.checks().into_values().all(|agrees| agrees)
    }
}

/// The process runs.
#[get("/health/live")]
async fn read_live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"live": true}))
}

/// The process can do its work; 503 names what is missing.
#[get("/health/ready")]
async fn read_ready(readiness: Data<Readiness>) -> HttpResponse {
    let checks = readiness.checks();
    let all = checks.values().all(|agrees| *agrees);
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut answer = HttpResponse::build(status).json(json!({"ready": all, "checks": checks}));
    answer.extensions_mut().insert(Verbatim);
    answer
}

/// The numbers of the process in the text format of Prometheus.
#[get("/metrics")]
async fn read_metrics(metrics: Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")).body(metrics.render())
}

/// Puts `/health/live`, `/health/ready` and `/metrics` in.
pub fn configure(config: &mut ServiceConfig, readiness: &Readiness, metrics: &Metrics) {
    config
        .app_data(Data::new(readiness.clone()))
        .app_data(Data::new(metrics.clone()))
        .service(read_live)
        .service(read_ready)
        .service(read_metrics);
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use actix_web::{App, test};

    use super::*;

    #[actix_web::test]
    async fn a_process_is_ready_when_every_part_is() {
        let database = Arc::new(AtomicBool::new(false));
        let readiness = Readiness::default();
        let seen = database.clone();
        readiness.add("database", move || seen.load(Ordering::SeqCst));
        readiness.add("follower", || true);
        let metrics = Metrics::new().unwrap();
        let app = test::init_service(App::new().configure(|config| configure(config, &readiness, &metrics))).await;
        let ask = || test::TestRequest::get().uri("/health/ready").to_request();
        let answer = test::call_service(&app, ask()).await;
        assert_eq!(answer.status(), 503);
        let body: serde_json::Value = test::read_body_json(answer).await;
        assert_eq!(body, json!({"ready": false, "checks": {"database": false, "follower": true}}));
        database.store(true, Ordering::SeqCst);
        assert!(readiness.ready());
        assert_eq!(test::call_service(&app, ask()).await.status(), 200);
        let live = test::call_service(&app, test::TestRequest::get().uri("/health/live").to_request()).await;
        assert_eq!(live.status(), 200);
        let numbers = test::call_and_read_body(&app, test::TestRequest::get().uri("/metrics").to_request()).await;
        assert!(std::str::from_utf8(&numbers).unwrap().contains("touchstone_"));
    }
}
