//! The schedule of deliveries as tables and properties, and deliveries on both databases to a receiver of the test, by a clock that is moved by hand. Not
//! here: over HTTP, `tests/it/flows/webhooks.rs`.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
};

use common::{
    chance::Chance,
    clock::Clock,
    config::{Config, Secret},
    error::Result,
    key::KeyRing,
    peer::Identity,
    service::{Platform, Service},
    token::KeySource,
};
use model::instant::{Instant, parse_day};
use proptest::prelude::*;
use serde_json::json;
use testkit::{Backend, Folder, backends};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    actions::{self, claim, deliver, deliver_due},
    rules::{Heard, Next, longest_pause_ms, next, retry_after_ms, terms},
    store,
};
use crate::{
    Procurement,
    webhook::{actions as endpoints, rules::TESTED, store as rows},
};

fn start() -> Instant {
    Instant::start_of(parse_day("2026-06-01").unwrap())
}

fn answered(status: u16, retry_after: Option<&str>) -> Heard {
    Heard::Answer(status, retry_after.map(str::to_owned), b"<h1>no\r\n</h1>".to_vec())
}

#[test]
fn what_follows_from_an_attempt() {
    let (now, terms) = (start(), terms(start().day()).unwrap());
    assert_eq!(terms.delays_s, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    let after = |millis| Next::Again(now.plus_millis(millis));
    for (heard, tries, drawn, expected) in [
        (answered(200, None), 1, 1, Next::Done),
        (answered(204, Some("9")), 9, 1, Next::Done),
        (answered(410, None), 1, 1, Next::Gone),
        (answered(500, None), 1, 4_000, after(4_000)),
        // A draw beyond the longest pause is that pause; no pause is none.
        (answered(500, None), 1, 9_000_000, after(5_000)),
        (answered(301, None), 2, 0, after(1)),
        (Heard::Nothing("timeout"), 9, 80_000_000, after(80_000_000)),
        (Heard::Nothing("timeout"), 10, 1, Next::GiveUp),
        // Retry-After: the longer of both, and no longer than a day.
        (answered(429, Some("120")), 1, 1_000, after(120_000)),
        (answered(503, Some("1")), 2, 200_000, after(200_000)),
        (answered(503, Some("99999999999999999999")), 1, 1, after(86_400_000)),
        (answered(503, Some("Sun, 31 May 2026 16:10:00 GMT")), 1, 1, after(600_000)),
        (answered(503, Some("Sun, 31 May 2020 16:10:00 GMT")), 1, 7, after(7)),
        (answered(503, Some("soon")), 1, 7, after(7)),
    ] {
        assert_eq!(next(terms, &heard, tries, drawn, now), expected, "{heard:?} {tries}");
    }
    assert_eq!(retry_after_ms("-1", now), None);
    assert_eq!(answered(500, None).error().unwrap(), "not_taken: <h1>no  </h1>");
    assert_eq!(Heard::Answer(500, None, vec![0xff; 500]).error().unwrap().chars().count(), "not_taken: ".len() + 200);
    assert_eq!(answered(204, None).error(), None);
}

proptest! {
    #[test]
    fn a_pause_is_within_its_bounds_and_attempts_end(tries in 1_u32..20, drawn in any::<u64>(), asked in proptest::option::of(any::<u32>())) {
        let (now, terms) = (start(), terms(start().day()).unwrap());
        let asked_text = asked.map(|seconds| seconds.to_string());
        let heard = answered(503, asked_text.as_deref());
        match (next(terms, &heard, tries, drawn, now), longest_pause_ms(terms, tries)) {
            (Next::Again(at), Some(longest)) => {
                let pause = at.since_millis(now);
                prop_assert!(pause >= 1);
                let asked = i64::from(asked.unwrap_or(0).min(terms.retry_after_most_s)) * 1_000;
                prop_assert!(pause >= asked && pause <= asked.max(i64::try_from(longest).unwrap()));
            }
            (Next::GiveUp, None) => prop_assert!(tries > 9),
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn pauses_grow(tries in 1_u32..9) {
        let terms = terms(start().day()).unwrap();
        prop_assert!(longest_pause_ms(terms, tries) < longest_pause_ms(terms, tries + 1));
    }
}

/// A receiver that answers what it is told to, and keeps what came.
struct Receiver {
    url: String,
    status: Arc<AtomicU16>,
    came: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Self { url, status: Arc::new(AtomicU16::new(200)), came: Arc::default() };
        let (status, came) = (Arc::clone(&receiver.status), Arc::clone(&receiver.came));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = vec![0; 16_384];
                let mut text = String::new();
                // Head and body may come apart.
                while !text.contains("\r\n\r\n") || text.ends_with("\r\n\r\n") {
                    let count = stream.read(&mut read).await.unwrap();
                    text.push_str(std::str::from_utf8(&read[..count]).unwrap());
                }
                came.lock().unwrap().push(text);
                let answer = format!("HTTP/1.1 {} X\r\ncontent-length: 0\r\n\r\n", status.load(Ordering::SeqCst));
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        receiver
    }

    fn says(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn header(&self, place: usize, name: &str) -> String {
        let came = self.came.lock().unwrap();
        let line = came[place].lines().find(|line| line.starts_with(&format!("{name}: "))).unwrap().to_owned();
        line.split_once(": ").unwrap().1.to_owned()
    }

    fn count(&self) -> usize {
        self.came.lock().unwrap().len()
    }
}

/// Procurement as a process builds it, on a clock that stands still; no job runs.
pub(crate) fn app(backend: &Backend, folder: &Folder, clock: &Clock) -> Arc<Procurement> {
    let config = Config {
        data: folder.path().to_owned(),
        database_url: backend.url().map(Secret::new),
        webhook_allow: vec!["127.0.0.0/8".parse().unwrap()],
        ..Config::default()
    };
    let ring = KeyRing::load_or_make(&folder.path().join("gateway.jwks"), &Chance::seeded(1)).unwrap();
    let identity = Identity::Minted { ring: Box::new(ring.clone()), issuer: config.issuer.clone(), chance: Chance::seeded(2) };
    let mut platform = Platform::new(config, Chance::seeded(3), KeySource::Own(ring), identity).unwrap();
    platform.clock = clock.clone();
    let db = platform.open(Procurement::NAME, Procurement::migrations()).unwrap();
    Arc::new(Procurement::build(&platform, db).unwrap())
}

pub(crate) const CLIENT: &str = "buyer-1";

/// An endpoint of the client.
pub(crate) async fn endpoint(app: &Arc<Procurement>, url: &str) -> rows::Webhook {
    let mut faults = Vec::new();
    let wanted = endpoints::read(&app.outbound, url, None, None, &mut faults);
    assert_eq!(faults, []);
    let secret = endpoints::secret(&app.chance);
    app.db.write(move |tx| endpoints::create(tx, (CLIENT, "12440300XY90000318"), &wanted, &secret)).await.unwrap()
}

async fn enqueue(app: &Arc<Procurement>, webhook: &str) -> String {
    let webhook = webhook.to_owned();
    app.db.write(move |tx| actions::enqueue(tx, &webhook, TESTED, &json!({"webhook": webhook}))).await.unwrap()
}

async fn state(app: &Arc<Procurement>, webhook: &str, id: &str) -> (store::Delivery, Vec<store::Attempt>) {
    let (webhook, id) = (webhook.to_owned(), id.to_owned());
    let read = app.db.read(move |conn| Ok((store::find(conn, &webhook, &id)?.unwrap(), store::attempts(conn, &[id])?)));
    read.await.unwrap()
}

async fn reread(app: &Arc<Procurement>, id: &str) -> rows::Webhook {
    let id = id.to_owned();
    app.db.read(move |conn| rows::find(conn, &id)).await.unwrap().unwrap()
}

#[actix_web::test]
async fn a_message_is_tried_until_it_is_taken_with_the_same_id() {
    for backend in backends() {
        let (folder, clock, receiver) = (Folder::new(), Clock::fixed(start()), Receiver::new().await);
        let app = app(&backend, &folder, &clock);
        let hook = endpoint(&app, &receiver.url).await;
        receiver.says(500);
        let id = enqueue(&app, &hook.id).await;
        for tries in 1..=3 {
            assert_eq!(deliver_due(&app).await.unwrap(), 1);
            let (row, attempts) = state(&app, &hook.id, &id).await;
            assert_eq!((row.state.as_str(), row.tries, attempts.len()), ("waiting", tries, usize::try_from(tries).unwrap()));
            assert_eq!((attempts[0].status, attempts[0].next_at.is_some()), (Some(500), true));
            assert_eq!(deliver_due(&app).await.unwrap(), 0, "not before its time");
            clock.set(Instant::from_naive_utc(row.due_at.unwrap()));
        }
        assert!(reread(&app, &hook.id).await.failing_since.is_some());
        receiver.says(204);
        assert_eq!(deliver_due(&app).await.unwrap(), 1);
        let (row, attempts) = state(&app, &hook.id, &id).await;
        assert_eq!((row.state.as_str(), attempts.len(), row.ended_at.is_some(), row.due_at), ("delivered", 4, true, None));
        assert_eq!(reread(&app, &hook.id).await.failing_since, None);
        let ids: Vec<String> = (0..4).map(|place| receiver.header(place, "webhook-id")).collect();
        assert_eq!(ids, vec![id.clone(); 4]);
        assert_ne!(receiver.header(0, "webhook-timestamp"), receiver.header(3, "webhook-timestamp"), "the time is that of the attempt");

        // Once more by hand.
        let again = id.clone();
        app.db.write(move |tx| actions::again(tx, &again)).await.unwrap();
        assert_eq!(deliver_due(&app).await.unwrap(), 1);
        assert_eq!((receiver.count(), receiver.header(4, "webhook-id")), (5, id));
    }
}

#[actix_web::test]
async fn who_dies_between_attempt_and_note_loses_the_lease_and_nothing_else() {
    for backend in backends() {
        let (folder, clock, receiver) = (Folder::new(), Clock::fixed(start()), Receiver::new().await);
        let app = app(&backend, &folder, &clock);
        let hook = endpoint(&app, &receiver.url).await;
        let id = enqueue(&app, &hook.id).await;
        let leased = claim(&app, 64).await.unwrap();
        assert_eq!(leased.len(), 1);
        // Another replica sees nothing to do.
        assert_eq!(claim(&app, 64).await.unwrap().len(), 0);
        let (heard, _) = actions::attempt(&app, &leased[0], clock.now()).await;
        assert_eq!(heard.status(), Some(200));
        // The process dies here. Its lease ends, and the message is sent once more with the same id.
        clock.advance_millis(60_000);
        assert_eq!(deliver_due(&app).await.unwrap(), 1);
        assert_eq!((receiver.count(), receiver.header(0, "webhook-id") == receiver.header(1, "webhook-id")), (2, true));
        assert_eq!(state(&app, &hook.id, &id).await.0.state, "delivered");
        // It was only slow, and notes its attempt now: that changes nothing.
        deliver(&app, leased[0].clone()).await;
        let (row, attempts) = state(&app, &hook.id, &id).await;
        assert_eq!((row.state.as_str(), attempts.len()), ("delivered", 2));
    }
}

#[actix_web::test]
async fn an_endpoint_that_is_gone_or_fails_for_days_is_disabled_and_that_is_told() {
    for backend in backends() {
        let (folder, clock, receiver) = (Folder::new(), Clock::fixed(start()), Receiver::new().await);
        let app = app(&backend, &folder, &clock);
        let (gone, failing) = (endpoint(&app, &receiver.url).await, endpoint(&app, "http://127.0.0.1:1/").await);
        receiver.says(410);
        let (first, second) = (enqueue(&app, &gone.id).await, enqueue(&app, &gone.id).await);
        while deliver_due(&app).await.unwrap() > 0 {}
        let row = reread(&app, &gone.id).await;
        assert_eq!((row.active, row.disabled_because.as_deref(), row.version), (false, Some("gone"), 2));
        for id in [&first, &second] {
            assert_eq!(state(&app, &gone.id, id).await.0.state, "failed");
        }

        let mut last = enqueue(&app, &failing.id).await;
        deliver_due(&app).await.unwrap();
        for _ in 0..4 {
            clock.advance_millis(86_400_000);
            deliver_due(&app).await.unwrap();
            assert!(reread(&app, &failing.id).await.active);
            last = enqueue(&app, &failing.id).await;
        }
        clock.advance_millis(86_400_000);
        deliver_due(&app).await.unwrap();
        let row = reread(&app, &failing.id).await;
        assert_eq!((row.active, row.disabled_because.as_deref()), (false, Some("failing")));
        let (given_up, attempts) = state(&app, &failing.id, &last).await;
        assert_eq!((given_up.state.as_str(), attempts.last().unwrap().error.as_deref()), ("failed", Some("connection_failed")));
        let told = app.db.read(|conn| common::feed::told(conn, 0, &["touchstone.procurement.webhook.disabled.v1"], 10)).await.unwrap();
        let becauses: Vec<bool> = told.iter().zip(["gone", "failing"]).map(|((_, data), because)| data.contains(because)).collect();
        assert_eq!(becauses, [true, true], "{told:?}");
    }
}

#[actix_web::test]
async fn while_a_secret_is_changed_two_sign_for_a_day() {
    let (folder, clock, receiver) = (Folder::new(), Clock::fixed(start()), Receiver::new().await);
    let app = app(&Backend::Sqlite, &folder, &clock);
    let hook = endpoint(&app, &receiver.url).await;
    let (id, secret) = (hook.id.clone(), endpoints::secret(&app.chance));
    let rotated = app.db.write(move |tx| endpoints::rotate(tx, CLIENT, (&id, 1), &secret)).await.unwrap();
    assert_eq!((rotated.old_secret.as_ref(), rotated.version), (Some(&hook.secret), 2));
    for (hours, signed) in [(0, 2), (23, 2), (1, 1)] {
        clock.advance_millis(hours * 3_600_000);
        enqueue(&app, &hook.id).await;
        deliver_due(&app).await.unwrap();
        assert_eq!(receiver.header(receiver.count() - 1, "webhook-signature").split(' ').count(), signed, "{hours}");
    }
}

#[actix_web::test]
async fn a_busy_endpoint_leaves_room_for_the_others() {
    let (folder, clock) = (Folder::new(), Clock::fixed(start()));
    let app = app(&Backend::Sqlite, &folder, &clock);
    let (one, other) = (endpoint(&app, "http://127.0.0.1:1/").await, endpoint(&app, "http://127.0.0.1:2/").await);
    for _ in 0..20 {
        enqueue(&app, &one.id).await;
    }
    let last = enqueue(&app, &other.id).await;
    let leased = claim(&app, 64).await.unwrap();
    assert_eq!((leased.len(), leased.iter().any(|found| found.id == last)), (5, true));
}

#[actix_web::test]
async fn what_the_operator_no_longer_allows_is_not_connected_to() -> Result<()> {
    let (folder, clock, receiver) = (Folder::new(), Clock::fixed(start()), Receiver::new().await);
    let app = app(&Backend::Sqlite, &folder, &clock);
    let hook = endpoint(&app, &receiver.url).await;
    let (id, private) = (hook.id.clone(), "http://10.0.0.1/".to_owned());
    let moved = rows::Webhook { url: private, ..reread(&app, &id).await };
    app.db.write(move |tx| rows::save(tx.conn, &moved)).await?;
    let message = enqueue(&app, &hook.id).await;
    deliver_due(&app).await?;
    assert_eq!(state(&app, &hook.id, &message).await.1[0].error.as_deref(), Some("address_refused"));
    Ok(())
}
