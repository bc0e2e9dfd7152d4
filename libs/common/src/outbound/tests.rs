//! Deliveries to a listener of the test: what is refused before anything is connected to, TLS, long and slow answers. Not here: addresses, `address`.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

fn way(allowed: &str) -> Outbound {
    let allowed = allowed.split(',').filter(|text| !text.is_empty()).map(|text| text.parse().unwrap()).collect();
    Outbound::new(&Config { webhook_allow: allowed, ..Config::default() }).unwrap()
}

/// A listener that answers every connection with these bytes; and how many came.
async fn listener(answer: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
    let (listener, count) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Arc::new(AtomicUsize::new(0)));
    let (port, seen) = (listener.local_addr().unwrap().port(), Arc::clone(&count));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            seen.fetch_add(1, Ordering::SeqCst);
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut read = vec![0; 4096];
                drop(stream.read(&mut read).await);
                drop(stream.write_all(&answer).await);
            });
        }
    });
    (port, count)
}

#[test]
fn what_a_client_may_not_name() {
    let (none, some) = (way(""), way("127.0.0.0/8"));
    for (text, unfit) in [
        ("not a url", Unfit::Malformed),
        ("https://", Unfit::Malformed),
        ("https://user@example.com/", Unfit::Malformed),
        ("https://user:word@example.com/", Unfit::Malformed),
        ("https://example.com/#part", Unfit::Malformed),
        ("http://example.com/", Unfit::Scheme),
        ("ftp://example.com/", Unfit::Scheme),
        ("file:///etc/passwd", Unfit::Scheme),
        ("https://localhost/", Unfit::Private),
        ("https://LOCALHOST./", Unfit::Private),
        ("https://a.localhost/", Unfit::Private),
        ("https://metadata.google.internal/", Unfit::Private),
        ("https://printer.local/", Unfit::Private),
        ("https://credit/", Unfit::Private),
        ("https://127.0.0.1/", Unfit::Private),
        // Other ways to write it.
        ("https://0x7f.1/", Unfit::Private),
        ("https://2130706433/", Unfit::Private),
        ("https://0177.0.0.1/", Unfit::Private),
        ("https://127.1/", Unfit::Private),
        ("https://\u{ff11}27.0.0.1/", Unfit::Private),
        ("https://[::1]/", Unfit::Private),
        ("https://[::ffff:7f00:1]/", Unfit::Private),
        ("https://169.254.169.254/latest/meta-data/", Unfit::Private),
    ] {
        assert_eq!(none.place(text), Err(unfit), "{text}");
    }
    assert_eq!(none.place(&format!("https://example.com/{}", "a".repeat(2_000))), Err(Unfit::Malformed));
    for text in
        ["https://example.com", "https://example.com:8443/a?b=c", "https://8.8.8.8/", "https://[2606:4700::1111]/", "https://例子.中国/"]
    {
        assert!(none.place(text).is_ok(), "{text}");
    }
    for text in ["http://127.0.0.1:9/", "https://localhost/", "http://hooks/"] {
        assert!(some.place(text).is_ok(), "{text}");
    }
    assert_eq!(some.place("http://10.0.0.1/"), Err(Unfit::Private));
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_not_connected_to() {
    let (port, count) = listener(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    // The operator allows another network, so that the name itself may be told.
    let place = way("10.0.0.0/8").place(&format!("https://localhost:{port}/")).unwrap();
    assert_eq!(way("10.0.0.0/8").post(&place, &[], String::new()).await, Err(Failure::Refused));
    let plain = way("127.0.0.0/8,::1/128").place(&format!("http://localhost:{port}/")).unwrap();
    assert_eq!(way("").post(&plain, &[], String::new()).await, Err(Failure::Refused), "what is allowed is asked at every delivery");
    assert_eq!(count.load(Ordering::SeqCst), 0);
    let answered = way("127.0.0.0/8,::1/128").post(&plain, &[("webhook-id", "msg_1".to_owned())], "{}".to_owned()).await.unwrap();
    assert_eq!((answered.status, count.load(Ordering::SeqCst)), (200, 1));
    let tls = way("127.0.0.0/8").place(&format!("https://127.0.0.1:{port}/")).unwrap();
    assert_eq!(way("127.0.0.0/8").post(&tls, &[], String::new()).await, Err(Failure::Tls));
    let nobody = way("127.0.0.0/8").place("http://127.0.0.1:1/").unwrap();
    assert_eq!(way("127.0.0.0/8").post(&nobody, &[], String::new()).await, Err(Failure::Connect));
    let nowhere = way("127.0.0.0/8").place("http://nowhere.invalid/").unwrap();
    assert_eq!(way("127.0.0.0/8").post(&nowhere, &[], String::new()).await, Err(Failure::Resolve));
}

#[tokio::test]
async fn nothing_is_followed_and_little_is_read() {
    let way = way("127.0.0.0/8");
    let there = |port| way.place(&format!("http://127.0.0.1:{port}/a?b")).unwrap();
    let (other, count) = listener(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let moved =
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{other}/\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n");
    let (port, _) = listener(moved.into_bytes()).await;
    let answered = way.post(&there(port), &[], "{}".to_owned()).await.unwrap();
    assert_eq!((answered.status, answered.retry_after.as_deref(), count.load(Ordering::SeqCst)), (307, Some("7"), 0));
    let long = [b"HTTP/1.1 500 No\r\ncontent-length: 300000\r\n\r\n".to_vec(), vec![b'x'; 300_000]].concat();
    let (port, _) = listener(long).await;
    assert_eq!(way.post(&there(port), &[], "{}".to_owned()).await.unwrap().body.len(), MOST_READ);
    let (port, _) = listener(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()).await;
    assert_eq!(way.post(&there(port), &[], "{}".to_owned()).await, Err(Failure::Protocol));
}

#[tokio::test]
async fn who_is_slow_is_left() {
    let (listener, body) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n".to_vec());
    let place = way("127.0.0.0/8").place(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    assert_eq!(way("").within, Duration::from_secs(15));
    let hasty = Outbound { within: Duration::from_millis(50), ..way("127.0.0.0/8") };
    assert_eq!(hasty.post(&place, &[], String::new()).await, Err(Failure::Timeout), "nobody answers");
    let (port, _) = self::listener(body).await;
    let place = way("127.0.0.0/8").place(&format!("http://127.0.0.1:{port}/")).unwrap();
    // What breaks off is an answer; what never ends is none.
    assert_eq!(hasty.post(&place, &[], String::new()).await.map(|answered| answered.status), Ok(200));
}

/// A certificate of the test's own authority: refused with the public roots, and accepted with the operator's.
#[tokio::test]
async fn https_by_the_roots_of_the_operator() {
    let folder = format!("{}/../../tests/data/webhooks", env!("CARGO_MANIFEST_DIR"));
    let server = crate::tls::read(Path::new(&format!("{folder}/server.pem")), Path::new(&format!("{folder}/server.key"))).unwrap();
    let (listener, acceptor) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), tokio_rustls::TlsAcceptor::from(Arc::new(server)));
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut read = vec![0; 4096];
            drop(stream.read(&mut read).await);
            drop(stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await);
        }
    });
    let allowed = vec!["127.0.0.0/8".parse().unwrap()];
    let own = Config { webhook_allow: allowed, webhook_roots: Some(format!("{folder}/authority.pem").into()), ..Config::default() };
    let (public, own) = (way("127.0.0.0/8"), Outbound::new(&own).unwrap());
    let place = own.place(&format!("https://127.0.0.1:{port}/")).unwrap();
    assert_eq!(public.post(&place, &[], "{}".to_owned()).await, Err(Failure::Tls));
    assert_eq!(own.post(&place, &[], "{}".to_owned()).await.unwrap().status, 204);
    let other = own.place(&format!("https://127.0.0.2:{port}/")).unwrap();
    assert!(matches!(own.post(&other, &[], "{}".to_owned()).await, Err(Failure::Tls | Failure::Connect)), "the certificate names another");
    for (text, what) in [("/nowhere", "nowhere"), (concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "no certificate")] {
        let wrong = Config { webhook_roots: Some(text.into()), ..Config::default() };
        let error = Outbound::new(&wrong).err().unwrap().to_string();
        assert!(error.contains("TOUCHSTONE_WEBHOOK_ROOTS") && error.contains(what), "{error}");
    }
}
