//! HTTP/1.1 connections of our own, so that the load generator costs little. Not here: how many requests and how fast, `load`.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
    rt::ReadBufCursor,
};
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// What is read from the socket at once.
const CHUNK: usize = 16 * 1024;

/// A request as it is sent.
pub(crate) type Ask = Request<Full<Bytes>>;

/// A connection of one task.
pub(crate) type Line = SendRequest<Full<Bytes>>;

/// Opens a connection.
pub(crate) async fn connect(to: SocketAddr) -> io::Result<Line> {
    let stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let io = Io { stream, chunk: vec![0; CHUNK].into_boxed_slice() };
    let (line, connection) = http1::handshake(io).await.map_err(io::Error::other)?;
    // It ends when the server closes it, and then the next request says so.
    tokio::spawn(async move { drop(connection.await) });
    Ok(line)
}

/// A request with a token and a body; none of either where it is empty.
pub(crate) fn request(method: &str, path: &str, authorization: &str, kind: &str, body: impl Into<Bytes>) -> Ask {
    let mut made = Request::builder().method(method).uri(path).header("host", "localhost");
    if !authorization.is_empty() {
        made = made.header("authorization", authorization);
    }
    if !kind.is_empty() {
        made = made.header("content-type", kind);
    }
    made.body(Full::new(body.into())).unwrap()
}

/// Reads an answer to its end and gives its length in bytes.
pub(crate) async fn drain(answer: Response<Incoming>) -> Result<usize, hyper::Error> {
    let (mut body, mut length) = (answer.into_body(), 0);
    while let Some(frame) = body.frame().await {
        length += frame?.data_ref().map_or(0, Bytes::len);
    }
    Ok(length)
}

/// Asks once and reads the answer.
pub(crate) async fn text(to: SocketAddr, ask: Ask) -> io::Result<(u16, String)> {
    let mut line = connect(to).await?;
    let answer = line.send_request(ask).await.map_err(io::Error::other)?;
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
    Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
}

/// Asks once and reads a JSON answer; another status than 2xx ends the benchmark.
pub(crate) async fn json(to: SocketAddr, ask: Ask) -> Value {
    let shown = format!("{} {}", ask.method(), ask.uri());
    let (status, text) = text(to, ask).await.unwrap();
    assert!((200..300).contains(&status), "{shown}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

/// A TCP stream as hyper wants it.
struct Io {
    stream: TcpStream,
    chunk: Box<[u8]>,
}

impl hyper::rt::Read for Io {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, mut buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let me = self.get_mut();
        let room = buffer.remaining().min(CHUNK);
        let Some(chunk) = me.chunk.get_mut(..room) else { return Poll::Ready(Ok(())) };
        let mut read = ReadBuf::new(chunk);
        ready!(Pin::new(&mut me.stream).poll_read(cx, &mut read))?;
        buffer.put_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Io {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
