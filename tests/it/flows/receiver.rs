//! A receiver of webhooks as a client of the platform would write it, from the text of Standard Webhooks and RFC 2104 alone. Not here: any story.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use testkit::eventually_within;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Longer than the longest pause before a second attempt.
const PATIENCE: Duration = Duration::from_secs(20);
const BLOCK: usize = 64;

/// What came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) id: String,
    pub(super) timestamp: i64,
    pub(super) signatures: Vec<String>,
    pub(super) body: String,
}

impl Came {
    /// The body as JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// How many of the signatures are by this secret.
    pub(super) fn signed_by(&self, secret: &str) -> usize {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let tag = hmac(&key, format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let own = format!("v1,{}", STANDARD.encode(tag));
        self.signatures.iter().filter(|one| **one == own).count()
    }
}

/// RFC 2104 with SHA-256, for keys of up to a block.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    assert!(key.len() <= BLOCK);
    let pad = |with: u8| (0..BLOCK).map(|place| key.get(place).copied().unwrap_or(0) ^ with).collect::<Vec<u8>>();
    let inner = Sha256::digest([pad(0x36), text.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

/// A listener on a port of its own.
pub(super) struct Receiver {
    pub(super) url: String,
    came: Arc<Mutex<Vec<Came>>>,
    says: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Receiver {
    /// Answers these status lines (with further headers), one each, and 204 from then on.
    pub(super) async fn new(says: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?of=test", listener.local_addr().unwrap());
        let receiver = Self { url, came: Arc::default(), says: Arc::new(Mutex::new(says.iter().copied().collect())) };
        let (came, says) = (Arc::clone(&receiver.came), Arc::clone(&receiver.says));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut bytes = Vec::new();
                while !is_whole(&bytes) {
                    let mut read = [0; 8192];
                    let count = stream.read(&mut read).await.unwrap();
                    assert!(count > 0, "the request broke off");
                    bytes.extend(&read[..count]);
                }
                came.lock().unwrap().push(read(&bytes));
                let line = says.lock().unwrap().pop_front().unwrap_or("204 No Content");
                let answer = format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        receiver
    }

    /// Answers this once before what was said already.
    pub(super) fn say(&self, line: &'static str) {
        self.says.lock().unwrap().push_back(line);
    }

    /// Waits until so many have come.
    pub(super) async fn until(&self, count: usize) -> Vec<Came> {
        eventually_within(PATIENCE, &format!("{count} deliveries"), || async {
            let came = self.came();
            (came.len() >= count).then_some(came)
        })
        .await
    }

    /// What has come.
    pub(super) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

fn head(bytes: &[u8]) -> Option<(String, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((String::from_utf8(bytes[..end].to_vec()).unwrap(), end + 4))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().filter_map(|line| line.split_once(": ")).find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn is_whole(bytes: &[u8]) -> bool {
    head(bytes).is_some_and(|(head, begins)| bytes.len() >= begins + header(&head, "content-length").unwrap().parse::<usize>().unwrap())
}

fn read(bytes: &[u8]) -> Came {
    let (head, begins) = head(bytes).unwrap();
    assert!(head.starts_with("POST /hook?of=test HTTP/1.1"), "{head}");
    assert_eq!(header(&head, "content-type"), Some("application/json"));
    assert!(header(&head, "host").is_some_and(|host| host.starts_with("127.0.0.1:")), "{head}");
    Came {
        id: header(&head, "webhook-id").unwrap().to_owned(),
        timestamp: header(&head, "webhook-timestamp").unwrap().parse().unwrap(),
        signatures: header(&head, "webhook-signature").unwrap().split(' ').map(str::to_owned).collect(),
        body: String::from_utf8(bytes[begins..].to_vec()).unwrap(),
    }
}
