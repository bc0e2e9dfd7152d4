//! Posting to an address that a client chose: the name is resolved here, only the address that was checked is connected to, nothing is followed, nothing is
//! taken from the environment, little is read. Not here: what is posted and when it is tried again.

mod address;
pub mod signature;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    body::Incoming,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT},
};
use ipnet::IpNet;
use reqwest::Url;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::{
    config::Config,
    error::{Error, Result},
    stream::Io,
};

/// All of a delivery: resolving, connecting, sending, reading.
const WITHIN: Duration = Duration::from_secs(15);
/// Of the addresses of a name so many are tried.
const MOST_ADDRESSES: usize = 4;
/// More of an answer's body is not read.
const MOST_READ: usize = 64 * 1024;
/// Larger heads of answers are refused.
const MOST_BUFFERED: usize = 64 * 1024;
const LONGEST_URL: usize = 2_000;
/// Names that are never public (RFC 6761, RFC 8375, and what clusters and clouds use).
const LOCAL_NAMES: [&str; 6] = ["localhost", "local", "internal", "localdomain", "home.arpa", "invalid"];

/// Where a client wants something delivered: `https`, or `http` where the operator allows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    url: Url,
    host: String,
    port: u16,
    is_tls: bool,
}

/// Why an address cannot be one for deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is no URL, is too long, has a user, or a fragment.
    Malformed,
    /// It is neither `https` nor an `http` that is allowed.
    Scheme,
    /// It is written as an address, or has a name, that is not of the public Internet.
    Private,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The name has no address.
    Resolve,
    /// No address of it may be delivered to.
    Refused,
    /// Nobody listens.
    Connect,
    /// The certificate or the handshake.
    Tls,
    /// No answer in time.
    Timeout,
    /// Not HTTP.
    Protocol,
}

impl Failure {
    /// A stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "name_not_resolved",
            Self::Refused => "address_refused",
            Self::Connect => "connection_failed",
            Self::Tls => "tls_failed",
            Self::Timeout => "timeout",
            Self::Protocol => "not_http",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After` as it came.
    pub retry_after: Option<String>,
    /// The beginning of the body.
    pub body: Vec<u8>,
}

/// The way out.
#[derive(Clone)]
pub struct Outbound {
    allowed: Arc<Vec<IpNet>>,
    tls: TlsConnector,
    within: Duration,
}

impl Outbound {
    /// The way out by these settings: to the public Internet with the public roots, to the allowed networks too, by the further roots too.
    ///
    /// # Errors
    /// When the file of further roots cannot be read.
    pub fn new(config: &Config) -> Result<Self> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = &config.webhook_roots {
            further(&mut roots, path).map_err(|why| Error::internal(format!("TOUCHSTONE_WEBHOOK_ROOTS: {}: {why}", path.display())))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(Error::internal)?;
        let tls = TlsConnector::from(Arc::new(versions.with_root_certificates(roots).with_no_client_auth()));
        Ok(Self { allowed: Arc::new(config.webhook_allow.clone()), tls, within: WITHIN })
    }

    /// Reads an address as a client gives it. What its name leads to is looked at when something is delivered.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn place(&self, text: &str) -> std::result::Result<Place, Unfit> {
        let url = Url::parse(text).map_err(|_unreadable| Unfit::Malformed)?;
        if text.len() > LONGEST_URL || !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(Unfit::Malformed);
        }
        let is_tls = match url.scheme() {
            "https" => true,
            "http" if !self.allowed.is_empty() => false,
            _ => return Err(Unfit::Scheme),
        };
        let (host, port) = url.host_str().zip(url.port_or_known_default()).ok_or(Unfit::Malformed)?;
        let host = host.trim_start_matches('[').trim_end_matches([']', '.']).to_ascii_lowercase();
        let is_local = || LOCAL_NAMES.iter().any(|name| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
        let is_fit = match host.parse::<IpAddr>() {
            Ok(address) => address::is_permitted(address, &self.allowed),
            // An operator who allows networks has names for them.
            Err(_name) => host.contains('.') && !is_local() || !self.allowed.is_empty(),
        };
        if is_fit { Ok(Place { host, port, is_tls, url }) } else { Err(Unfit::Private) }
    }

    /// Posts JSON there with these headers.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn post(&self, place: &Place, headers: &[(&str, String)], body: String) -> std::result::Result<Answered, Failure> {
        tokio::time::timeout(self.within, self.exchange(place, headers, body)).await.map_err(|_late| Failure::Timeout)?
    }

    async fn exchange(&self, place: &Place, headers: &[(&str, String)], body: String) -> std::result::Result<Answered, Failure> {
        let request = request(place, headers, body).map_err(|_unfit| Failure::Protocol)?;
        let stream = self.connect(place).await?;
        if !place.is_tls {
            return talk(stream, request).await;
        }
        let name = ServerName::try_from(place.host.clone()).map_err(|_unfit| Failure::Tls)?;
        talk(self.tls.connect(name, stream).await.map_err(|_failed| Failure::Tls)?, request).await
    }

    /// Connects to an address that was checked: the name is resolved once, so that it cannot lead elsewhere in between.
    async fn connect(&self, place: &Place) -> std::result::Result<TcpStream, Failure> {
        let found = tokio::net::lookup_host((place.host.as_str(), place.port)).await.map_err(|_failed| Failure::Resolve)?;
        let fit: Vec<SocketAddr> = found.filter(|found| self.may_reach(found.ip(), place.is_tls)).take(MOST_ADDRESSES).collect();
        if fit.is_empty() {
            return Err(Failure::Refused);
        }
        for address in fit {
            if let Ok(stream) = TcpStream::connect(address).await {
                drop(stream.set_nodelay(true));
                return Ok(stream);
            }
        }
        Err(Failure::Connect)
    }

    /// Without TLS only what the operator allows: anyone on the way could read it.
    fn may_reach(&self, address: IpAddr, is_tls: bool) -> bool {
        if is_tls { address::is_permitted(address, &self.allowed) } else { address::is_allowed(address, &self.allowed) }
    }
}

fn further(roots: &mut RootCertStore, path: &Path) -> std::result::Result<(), String> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    let certificates = read.map_err(|error| error.to_string())?;
    if certificates.is_empty() {
        return Err("no certificate in it".to_owned());
    }
    certificates.into_iter().try_for_each(|certificate| roots.add(certificate).map_err(|error| error.to_string()))
}

fn request(place: &Place, headers: &[(&str, String)], body: String) -> hyper::http::Result<Request<Full<Bytes>>> {
    let target = place.url.query().map_or_else(|| place.url.path().to_owned(), |query| format!("{}?{query}", place.url.path()));
    let host = place.url.host_str().unwrap_or_default();
    let host = place.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::post(target).header(HOST, host).header(USER_AGENT, "touchstone").header(CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(Bytes::from(body)))
}

async fn talk<S>(stream: S, request: Request<Full<Bytes>>) -> std::result::Result<Answered, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let shaken = http1::Builder::new().max_buf_size(MOST_BUFFERED).handshake(Io::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(|_failed| Failure::Protocol)?;
    let answer = async move {
        let answer = sender.send_request(request).await.map_err(|_failed| Failure::Protocol)?;
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answered { status: answer.status().as_u16(), retry_after, body: beginning(answer.into_body()).await })
    };
    // The connection is driven here and dropped with the answer: nothing of it outlives the delivery.
    tokio::pin!(answer);
    let mut connection = Some(connection);
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        _ended = async { match connection.take() { Some(connection) => connection.await, None => Ok(()) } } => answer.await,
    }
}

/// As much of a body as is read; one that breaks off is what came of it.
async fn beginning(mut body: Incoming) -> Vec<u8> {
    let mut read = Vec::new();
    while read.len() < MOST_READ {
        let Some(Ok(frame)) = body.frame().await else { break };
        let Ok(data) = frame.into_data() else { continue };
        read.extend(data.iter().take(MOST_READ.saturating_sub(read.len())));
    }
    read
}
