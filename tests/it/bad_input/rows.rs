//! The running product and the rows in its tables: whether anything was stored. Not here: what is sent.

use std::{collections::BTreeMap, time::Instant};

use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_types::BigInt};
use testkit::{Backend, Mode, Stack, decided_at};

/// Every table that a request may write, by service.
const TABLES: [(&str, &[&str]); 3] = [
    (
        "credit",
        &[
            "enterprise",
            "enterprise_version",
            "enterprise_name",
            "name_key",
            "fact",
            "fact_deadline",
            "score_timeline",
            "outbox",
            "idempotency",
        ],
    ),
    ("standards", &["standard", "edition", "edition_version", "relation", "import", "outbox", "idempotency"]),
    ("procurement", &["ruleset", "decision", "decision_batch", "outbox", "idempotency"]),
];

/// The product, and the database under it.
pub(super) struct Product {
    pub(super) stack: Stack,
    backend: Backend,
    started: Instant,
}

/// How many rows each table has.
pub(super) type Rows = BTreeMap<String, i64>;

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Product {
    pub(super) fn start(backend: Backend) -> Self {
        let settings = [("TOUCHSTONE_RATE_LIMIT", "10000000")];
        Self { stack: Stack::start(Mode::AllInOne, &backend, &settings), backend, started: Instant::now() }
    }

    /// Counts the rows of every table.
    pub(super) fn rows(&self) -> Rows {
        TABLES.iter().flat_map(|(service, tables)| self.count(service, tables)).collect()
    }

    fn count(&self, service: &str, tables: &[&str]) -> Rows {
        if let Some(url) = self.backend.url() {
            let mut conn = PgConnection::establish(url).unwrap();
            let ask = |table: &&str| {
                let rows = diesel::sql_query(format!("SELECT count(*) AS count FROM {service}.{table}")).get_result::<Count>(&mut conn);
                (format!("{service}.{table}"), rows.unwrap().count)
            };
            return tables.iter().map(ask).collect();
        }
        let path = self.stack.folder().path().join("touchstone").join(format!("{service}.sqlite"));
        assert!(path.exists(), "{}", path.display());
        let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
        let ask = |table: &&str| {
            let rows = diesel::sql_query(format!("SELECT count(*) AS count FROM {table}")).get_result::<Count>(&mut conn);
            (format!("{service}.{table}"), rows.unwrap().count)
        };
        tables.iter().map(ask).collect()
    }

    /// Fails unless exactly these tables have grown, each by so much; of the tables in `freely` nothing is said.
    #[track_caller]
    pub(super) fn grew(&self, before: &Rows, by: &[(&str, i64)], freely: &[&str]) {
        let now = self.rows();
        for (table, count) in before {
            let more = by.iter().find(|(name, _)| name == table).map_or(0, |(_, more)| *more);
            if !freely.contains(&table.as_str()) {
                assert_eq!(now[table] - count, more, "{table}");
            }
        }
        eprintln!("{}: {:?} since the start", self.backend.name(), self.started.elapsed());
    }

    /// Registers so many enterprises and gives their codes.
    pub(super) async fn enterprises(&self, count: usize) -> Vec<String> {
        let samples: Vec<_> = (0..count).map(|_| testkit::sample_enterprise()).collect();
        let lines = samples.iter().map(|sample| {
            let mut row = sample.body.clone();
            row["uscc"] = sample.code.clone().into();
            row.to_string()
        });
        let body = lines.collect::<Vec<_>>().join("\n");
        let officer = self.stack.officer().await;
        let reply = officer.call("POST", "/credit/v1/enterprises/import").body("application/x-ndjson", body).send().await;
        assert_eq!(reply.expect_status(200).lines().last().unwrap()["summary"]["created"], count);
        samples.into_iter().map(|sample| sample.code).collect()
    }

    /// Waits until procurement has read credit's feed to its end.
    pub(super) async fn settled(&self, code: &str) {
        let (buyer, head) = (self.stack.buyer().await, self.stack.head().await);
        decided_at(&buyer, &serde_json::json!({"supplier": code}), head).await;
    }
}
