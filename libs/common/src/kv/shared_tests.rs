//! Two processes and one Redis, which dies and comes back. Nothing is tested where no `redis-server` is installed.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant as Real},
};

use super::*;
use crate::config::Secret;

struct Redis {
    child: Child,
    port: u16,
}

impl Redis {
    fn start(port: u16) -> Option<Self> {
        let port_text = port.to_string();
        let arguments = ["--port", &port_text, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", "/tmp"];
        let child = Command::new("redis-server").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        Some(Self { child, port })
    }

    fn config(&self) -> Config {
        Config { redis_url: Some(Secret::new(format!("redis://127.0.0.1:{}", self.port))), ..Config::default() }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn at(millis: i64) -> Instant {
    Instant::from_micros(millis * 1000)
}

async fn until(within: Duration, mut met: impl AsyncFnMut() -> bool) -> bool {
    let started = Real::now();
    while started.elapsed() < within {
        if met().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn two_processes_share_one_limit_and_each_goes_on_alone_while_redis_is_away() {
    let Some(redis) = Redis::start(free_port()) else { return };
    let config = redis.config();
    let (one, two) = (Kv::open(&config).unwrap(), Kv::open(&config).unwrap());
    // A counter that both have seen shows that both are connected.
    let together = until(Duration::from_secs(5), async || {
        let before = one.take("probe", 1_000_000, 3_600_000, at(1)).await.remaining;
        two.take("probe", 1_000_000, 3_600_000, at(1)).await.remaining + 1 == before
    });
    assert!(together.await);
    let mut allowed = 0;
    for turn in 0..40 {
        let kv = if turn % 2 == 0 { &one } else { &two };
        allowed += i32::from(kv.take("limit", 15, 60_000, at(1)).await.allowed);
    }
    assert_eq!(allowed, 15);
    assert!(two.take("limit", 15, 60_000, at(60_001)).await.allowed);

    let port = redis.port;
    drop(redis);
    let started = Real::now();
    let mut alone = 0;
    for _ in 0..40 {
        alone += i32::from(one.take("alone", 15, 60_000, at(1)).await.allowed);
    }
    assert_eq!(alone, 15, "the local bound holds");
    assert!(started.elapsed() < Duration::from_secs(1), "a dead Redis costs almost no time");

    let redis = Redis::start(port).unwrap();
    let back = until(Duration::from_secs(3), async || {
        let before = one.take("back", 1_000_000, 3_600_000, at(1)).await.remaining;
        two.take("back", 1_000_000, 3_600_000, at(1)).await.remaining + 1 == before
    });
    assert!(back.await, "both return by themselves");
    drop(redis);
}

#[tokio::test]
async fn a_wake_up_is_heard_by_others_from_any_thread_and_after_a_restart() {
    let Some(redis) = Redis::start(free_port()) else { return };
    let config = redis.config();
    let (one, two) = (Kv::open(&config).unwrap(), Kv::open(&config).unwrap());
    let mut heard = two.on_wake("credit").unwrap();
    let other = two.on_wake("recalls").unwrap();
    tokio::time::timeout(Duration::from_secs(5), heard.changed()).await.unwrap().unwrap();
    let before = (*heard.borrow_and_update(), *other.borrow());
    let caller = one.clone();
    std::thread::spawn(move || caller.wake("credit")).join().unwrap();
    tokio::time::timeout(Duration::from_secs(5), heard.changed()).await.unwrap().unwrap();
    assert_eq!((*heard.borrow_and_update(), *other.borrow()), (before.0 + 1, before.1));

    let port = redis.port;
    drop(redis);
    let redis = Redis::start(port).unwrap();
    tokio::time::timeout(Duration::from_secs(5), heard.changed()).await.unwrap().unwrap();
    heard.borrow_and_update();
    let again = until(Duration::from_secs(5), async || {
        one.wake("credit");
        tokio::time::timeout(Duration::from_millis(100), heard.changed()).await.is_ok()
    });
    assert!(again.await);
    drop(redis);
}

#[tokio::test]
async fn a_redis_that_never_was_fails_no_request() {
    let config = Config { redis_url: Some(Secret::new(format!("redis://127.0.0.1:{}", free_port()))), ..Config::default() };
    let kv = Kv::open(&config).unwrap();
    let started = Real::now();
    assert!(kv.take("a", 1, 60_000, at(1)).await.allowed);
    assert!(!kv.take("a", 1, 60_000, at(1)).await.allowed);
    assert!(started.elapsed() < Duration::from_secs(1));
    kv.wake("credit");
}

#[tokio::test]
async fn a_redis_that_accepts_and_never_answers_fails_no_request() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let kv = Kv::open(&Config { redis_url: Some(Secret::new(url)), ..Config::default() }).unwrap();
    let started = Real::now();
    for _ in 0..100 {
        assert!(kv.take("a", 100, 60_000, at(1)).await.allowed);
    }
    assert!(started.elapsed() < Duration::from_secs(1));
}
