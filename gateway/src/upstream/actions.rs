//! One exchange with an upstream: a connection from the pool or a new one, one more try where that is safe, a bound on the wait. Not here: which
//! headers pass, `rules`.

use std::{
    cell::Cell,
    fmt, io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::web::Payload;
use bytes::Bytes;
use futures_util::Stream;
use http::{Request, Response, request::Parts};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, timeout_at};

use crate::link::{Connection, Pool};

/// Feeds poll for up to 30 s; an import counts from its last byte.
const HEAD_WITHIN: Duration = Duration::from_secs(35);

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// How far the body of a request has gone out.
pub(crate) struct Progress {
    moved: Cell<Instant>,
    ended: Cell<bool>,
}

impl Progress {
    /// Nothing sent yet.
    pub(crate) fn new(has_body: bool) -> Rc<Self> {
        Rc::new(Self { moved: Cell::new(Instant::now()), ended: Cell::new(!has_body) })
    }

    /// Whether the body was read to its end.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.get()
    }
}

/// The body of a request on its way to an upstream, as it comes from the client.
pub(crate) enum Outgoing {
    /// None.
    Empty,
    /// Streamed.
    Streamed {
        /// From the client.
        payload: Payload,
        /// Its length, where the client said it.
        left: Option<u64>,
        /// Told after every piece.
        progress: Rc<Progress>,
    },
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Cause;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cause>>> {
        let Self::Streamed { payload, left, progress } = self.get_mut() else { return Poll::Ready(None) };
        let next = ready!(Pin::new(payload).poll_next(cx));
        progress.moved.set(Instant::now());
        Poll::Ready(match next {
            Some(Ok(bytes)) => {
                if let Some(left) = left {
                    *left = left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                    progress.ended.set(*left == 0);
                }
                Some(Ok(Frame::data(bytes)))
            }
            Some(Err(error)) => Some(Err(io::Error::other(error.to_string()).into())),
            None => {
                progress.ended.set(true);
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Streamed { left, .. } => *left == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Streamed { left: Some(left), .. } => SizeHint::with_exact(*left),
            Self::Streamed { left: None, .. } => SizeHint::default(),
        }
    }
}

/// Why an upstream gave no answer.
#[derive(Debug)]
pub(crate) enum Lost {
    /// No connection: nothing was sent.
    Unreachable(io::Error),
    /// The connection ended before an answer: whether the request had an effect is not known.
    Broken(hyper::Error),
    /// No answer in time: whether the request had an effect is not known.
    Late,
    /// This process stops; the request only reads and can be asked again.
    Stopping,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(error) => write!(f, "cannot be reached: {error}"),
            Self::Broken(error) => write!(f, "broke the connection off: {error}"),
            Self::Late => f.write_str("did not answer in time"),
            Self::Stopping => f.write_str("was still waited for when this process was told to stop"),
        }
    }
}

impl std::error::Error for Lost {}

/// The head of an answer, its body, and the connection to be given back once the body was read to its end.
pub(crate) struct Answered {
    pub(crate) answer: Response<Incoming>,
    pub(crate) connection: Connection<Outgoing>,
}

/// Sends a request. `again` makes its head anew, where the same request may be sent twice; one that never went out is sent again in any case.
pub(crate) async fn exchange(
    pool: &Pool<Outgoing>,
    mut request: Request<Outgoing>,
    again: impl Fn() -> Option<Parts>,
    progress: &Progress,
) -> Result<Answered, Lost> {
    if let Some(mut connection) = pool.take().await {
        match send(&mut connection, request, progress).await {
            Ok(answer) => return Ok(Answered { answer, connection }),
            // The upstream closed an idle connection in the very moment in which it was used again.
            Err(Failed { unsent: Some(unsent), .. }) => request = *unsent,
            Err(Failed { lost: lost @ Lost::Broken(_), .. }) => match again() {
                Some(head) => request = Request::from_parts(head, Outgoing::Empty),
                None => return Err(lost),
            },
            Err(Failed { lost, .. }) => return Err(lost),
        }
        pool.clear();
    }
    let mut connection = pool.connect().await.map_err(Lost::Unreachable)?;
    match send(&mut connection, request, progress).await {
        Ok(answer) => Ok(Answered { answer, connection }),
        Err(Failed { lost, .. }) => Err(lost),
    }
}

struct Failed {
    lost: Lost,
    unsent: Option<Box<Request<Outgoing>>>,
}

async fn send(
    connection: &mut Connection<Outgoing>,
    request: Request<Outgoing>,
    progress: &Progress,
) -> Result<Response<Incoming>, Failed> {
    let sent = connection.try_send_request(request);
    tokio::pin!(sent);
    progress.moved.set(Instant::now());
    loop {
        let until = progress.moved.get() + HEAD_WITHIN;
        match timeout_at(until, &mut sent).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(mut error)) => {
                let unsent = error.take_message().map(Box::new);
                return Err(Failed { lost: Lost::Broken(error.into_error()), unsent });
            }
            Err(_late) if progress.moved.get() + HEAD_WITHIN > Instant::now() => {}
            Err(_late) => return Err(Failed { lost: Lost::Late, unsent: None }),
        }
    }
}
