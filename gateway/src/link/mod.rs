//! Connections to an upstream: made, kept for a while, handed out again; one pool per worker, so that nothing is locked and no other thread is
//! woken. Not here: what is sent over them, `upstream`.

use std::{cell::RefCell, io, rc::Rc, time::Duration};

use bytes::Bytes;
use common::stream::Io;
use hyper::client::conn::http1::{self, SendRequest};
use tokio::{net::TcpStream, time::Instant};

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// Shorter than the 75 s after which an upstream closes: whoever closes first decides who loses a race.
const IDLE_FOR: Duration = Duration::from_secs(15);
/// More idle connections per worker are closed.
const MOST_IDLE: usize = 32;
/// Larger heads of answers are refused.
const MOST_BUFFERED: usize = 64 * 1024;

/// A connection on which a request can be sent.
pub(crate) type Connection<B> = SendRequest<B>;

/// The idle connections of one worker to one upstream.
pub(crate) struct Pool<B> {
    authority: String,
    idle: RefCell<Vec<(Connection<B>, Instant)>>,
}

impl<B> Pool<B>
where
    B: hyper::body::Body<Data = Bytes> + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// No connections yet; `authority` is host and port.
    pub(crate) fn new(authority: String) -> Rc<Self> {
        let pool = Rc::new(Self { authority, idle: RefCell::default() });
        let weak = Rc::downgrade(&pool);
        actix_web::rt::spawn(async move {
            loop {
                tokio::time::sleep(IDLE_FOR).await;
                let Some(pool) = weak.upgrade() else { return };
                pool.sweep();
            }
        });
        pool
    }

    /// A connection that was used before and seems to be alive.
    pub(crate) async fn take(&self) -> Option<Connection<B>> {
        loop {
            let (mut connection, since) = self.idle.borrow_mut().pop()?;
            if since.elapsed() < IDLE_FOR && !connection.is_closed() && connection.ready().await.is_ok() {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection whose answer was read to its end.
    pub(crate) fn put(&self, connection: Connection<B>) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() < MOST_IDLE && !connection.is_closed() {
            idle.push((connection, Instant::now()));
        }
    }

    /// Closes all idle connections: one of them turned out dead, so the upstream was probably restarted.
    pub(crate) fn clear(&self) {
        self.idle.borrow_mut().clear();
    }

    fn sweep(&self) {
        self.idle.borrow_mut().retain(|(connection, since)| since.elapsed() < IDLE_FOR && !connection.is_closed());
    }

    /// A new connection.
    pub(crate) async fn connect(&self) -> io::Result<Connection<B>> {
        let connected = tokio::time::timeout(CONNECT_WITHIN, TcpStream::connect(self.authority.as_str())).await;
        let stream = connected.map_err(|late| io::Error::new(io::ErrorKind::TimedOut, late))??;
        stream.set_nodelay(true)?;
        let io = Io::new(stream);
        let shaken = http1::Builder::new().max_buf_size(MOST_BUFFERED).handshake(io).await;
        let (sender, connection) = shaken.map_err(io::Error::other)?;
        actix_web::rt::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(cause = %error, "a connection to an upstream ended");
            }
        });
        Ok(sender)
    }
}
