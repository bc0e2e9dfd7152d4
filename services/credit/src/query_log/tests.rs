//! Which operations are noted, what is kept for how long, and that no reader waits.

use std::time::{Duration, Instant as Stopwatch};

use common::{clock::Clock, db::Db, document, metrics::Metrics, service::Service};
use model::{
    instant::{Instant, parse_day},
    uscc::Uscc,
};
use testkit::{Folder, backends};

use super::{
    actions::QueryLog,
    http,
    rules::{self, Named, Operation},
    store::{self, About, Noted, Search, THINGS},
};
use crate::Credit;

fn log(metrics: Metrics) -> QueryLog {
    http::open(metrics).unwrap()
}

fn noted(day: &str, about: About) -> Noted {
    Noted {
        asked_at: Instant::start_of(parse_day(day).unwrap()),
        client: "reader".to_owned(),
        organisation: "12440300XY90000318".to_owned(),
        role: "buyer".to_owned(),
        about,
        operation: "read_score".to_owned(),
        purpose: None,
        trace_id: "t".to_owned(),
        status: 200,
    }
}

#[test]
fn what_reads_one_enterprise_with_a_token_is_a_look_up() {
    let (read, write, decide) = (["credit:read".to_owned()], ["credit:write".to_owned()], ["credit:decide".to_owned()]);
    for (method, path, scopes, expected) in [
        ("GET", "/credit/v1/enterprises/{uscc}", Some(&read), Some(Named::Enterprise)),
        ("GET", "/credit/v1/enterprises/{uscc}/risk", Some(&decide), Some(Named::Enterprise)),
        ("POST", "/credit/v1/enterprises/{uscc}/score/what_if", Some(&read), Some(Named::Enterprise)),
        ("GET", "/credit/v1/facts/{id}", Some(&read), Some(Named::Thing)),
        ("POST", "/credit/v1/scores/batch", Some(&read), Some(Named::Told)),
        ("PUT", "/credit/v1/enterprises/{uscc}", Some(&write), None),
        ("POST", "/credit/v1/facts/{id}/annul", Some(&write), None),
        ("GET", "/credit/v1/enterprises", Some(&read), None),
        ("GET", "/credit/v1/public/enterprises/{uscc}", None, None),
    ] {
        let scopes = scopes.map(<[String; 1]>::as_slice);
        assert_eq!(rules::named(Operation { method, path, id: "x", scopes }, &[]), expected, "{method} {path}");
        assert_eq!(rules::named(Operation { method, path, id: "x", scopes }, &["x".to_owned()]), None, "{method} {path}");
    }
}

/// Operations whose handlers tell whom they read.
const TELLING: [&str; 1] = ["read_scores"];

/// A new operation is covered by default; this fails where somebody takes one out without the policy, or adds a thing nobody can resolve.
#[test]
fn every_guarded_operation_about_one_enterprise_is_noted() {
    let (document, log) = (document::of::<Credit>(), log(Metrics::new().unwrap()));
    let not_noted: Vec<String> = log.policy.rows().iter().flat_map(|row| row.value.not_noted.clone()).collect();
    let mut count = 0;
    for (path, item) in &document.paths.paths {
        for (method, operation) in document::operations(item) {
            let id = operation.operation_id.clone().unwrap();
            let Some(scopes) = document::scopes(operation) else { continue };
            let reads = method == "GET" || scopes == ["credit:read"];
            let names_one = path.contains("{uscc}") || path.contains("{id}");
            if !reads || (method == "GET" && !names_one) {
                continue;
            }
            let is_noted = log.look_ups.get(method).is_some_and(|by_path| by_path.contains_key(path));
            assert_ne!(is_noted, not_noted.contains(&id), "{method} {path} is neither noted nor named in policy/query_log.json");
            if is_noted && !names_one {
                assert!(TELLING.contains(&id.as_str()), "{path}: its handler must tell whom it read, and a flow must show it");
            }
            if is_noted && path.contains("{id}") {
                let value = serde_json::to_value(operation).unwrap();
                let example = value["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == "id").unwrap();
                let prefix = example["example"].as_str().unwrap_or_default().split('_').next().unwrap_or_default().to_owned();
                assert!(THINGS.contains(&prefix.as_str()), "{path}: nobody knows the enterprise of {prefix}_…, see store.rs");
            }
            count += usize::from(is_noted);
        }
    }
    assert!(count >= 5, "{count}");
}

#[test]
fn a_purpose_is_one_bounded_line() {
    for (header, kept) in [
        ("tender 2026-17".as_bytes(), Some("tender 2026-17")),
        ("  招标资格审查 ".as_bytes(), Some("招标资格审查")),
        (b"\t \t", None),
        (b"", None),
        ("a\u{202e}b".as_bytes(), None),
    ] {
        assert_eq!(rules::purpose(header).as_deref(), kept, "{header:?}");
    }
    assert_eq!(rules::purpose("长".repeat(5_000).as_bytes()).unwrap().chars().count(), rules::PURPOSE_MAX);
}

#[test]
fn entries_stay_for_the_years_of_the_policy() {
    let policy = rules::policy().unwrap();
    for (today, first) in [("2026-11-21", "2016-11-21"), ("2028-02-29", "2018-02-28")] {
        let today = parse_day(today).unwrap();
        assert_eq!(rules::kept_from(&policy.at(today).unwrap().value, today), parse_day(first).unwrap(), "ten years, domain.md 3.7");
    }
}

async fn days(db: &Db) -> Vec<String> {
    let all = Search { limit: 5_000, ..Search::default() };
    let mut days: Vec<_> =
        db.read(move |conn| store::search(conn, &all)).await.unwrap().iter().map(|one| one.asked_on.to_string()).collect();
    days.sort();
    days
}

#[actix_web::test]
async fn what_is_old_is_removed_and_what_concerns_nobody_is_not_written() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "credit", Credit::migrations());
        let about = |code: &str| About::Enterprise(code.to_owned());
        let mut entries = vec![noted("2016-11-20", about("91440300XY00000118")), noted("2016-11-21", about("91440300XY00000118"))];
        entries.extend((0..1_500).map(|_| noted("2010-01-01", about("91440300XY00000118"))));
        entries.push(noted("2026-01-01", About::Thing("fct_01JD0000000000000000000000".to_owned())));
        let codes = [(); 2].map(|()| Uscc::parse(&testkit::next_code()).unwrap());
        entries.push(noted("2016-11-20", About::Enterprises(codes.into())));
        db.write(move |tx| store::insert(tx, &entries)).await.unwrap();
        assert_eq!(days(&db).await.len(), 1_504);
        let clock = Clock::fixed(Instant::start_of(parse_day("2026-11-21").unwrap()));
        let log = log(Metrics::new().unwrap());
        assert_eq!(log.remove_old(&db, &clock).await.unwrap(), 1_503);
        assert_eq!(days(&db).await, ["2016-11-21"], "{}", backend.name());
        assert_eq!(db.read(common::feed::head).await.unwrap(), 0, "the feed knows nothing of it");
    }
}

#[actix_web::test]
async fn a_reader_never_waits_even_where_memory_is_full() {
    let metrics = Metrics::new().unwrap();
    let log = log(metrics.clone());
    // Nobody writes: the first ten thousand wait in memory.
    let started = Stopwatch::now();
    for _ in 0..10_000 {
        log.note(noted("2026-01-01", About::Enterprise("91440300XY00000118".to_owned())));
    }
    let each = started.elapsed() / 10_000;
    eprintln!("noting a look-up takes {each:?}");
    assert!(each < Duration::from_millis(1), "{each:?}");
    assert!(!metrics.render().contains("touchstone_notes_overflow_total{"));
    log.note(noted("2026-01-01", About::Enterprise("91440300XY00000118".to_owned())));
    assert!(metrics.render().contains("touchstone_notes_overflow_total{service=\"credit\"} 1"));
}
