//! Which headers pass, which paths there are, which requests may be sent again. Not here: sending, `actions`.

/// Headers of one connection (RFC 9110, 7.6.1), with `Proxy-Connection` that some old clients send.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers with which others tell who calls. Nothing here reads them; they are dropped so that nothing behind ever can.
const IDENTITY: [&str; 12] = [
    "x-user",
    "x-client",
    "x-org",
    "x-role",
    "x-scope",
    "x-auth",
    "x-remote-",
    "x-caller",
    "x-subject",
    "x-tenant",
    "x-original-",
    "x-rewrite-",
];

/// Whether a header of a request goes on to the upstream. Host, length, `Expect`, trace and forwarding headers are made anew.
pub(crate) fn request_header_passes(name: &str, named_by_connection: &[String]) -> bool {
    if HOP_BY_HOP.contains(&name)
        || matches!(name, "host" | "content-length" | "expect" | "forwarded" | "via" | "x-real-ip" | "traceparent")
    {
        return false;
    }
    let identity = name.starts_with("x-") && (name.starts_with("x-forwarded-") || IDENTITY.iter().any(|prefix| name.starts_with(prefix)));
    !identity && !named_by_connection.iter().any(|named| named == name)
}

/// Whether a header of an answer goes on to the client. The length is made anew with the body.
pub(crate) fn answer_header_passes(name: &str, named_by_connection: &[String]) -> bool {
    !HOP_BY_HOP.contains(&name) && name != "content-length" && !named_by_connection.iter().any(|named| named == name)
}

/// The headers that a `Connection` header declares to be of this connection only.
pub(crate) fn named_by_connection<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let texts = values.filter_map(|value| std::str::from_utf8(value).ok());
    let words = texts.flat_map(|text| text.split(',')).map(|word| word.trim().to_ascii_lowercase());
    // The token must arrive whatever a client writes here.
    words.filter(|word| !matches!(word.as_str(), "" | "close" | "keep-alive" | "authorization")).collect()
}

/// `X-Forwarded-For` for the upstream: the chain only where its last link is trusted.
pub(crate) fn forwarded_for(sent: Option<&str>, peer: &str, trusted: bool) -> String {
    match sent {
        Some(chain) if trusted && !chain.trim().is_empty() => format!("{}, {peer}", chain.trim()),
        _ => peer.to_owned(),
    }
}

/// The last address of a forwarding chain that is not itself trusted, as text; the chain is read from its end, where our own proxies write.
pub(crate) fn farthest(chain: &str, is_trusted: impl Fn(&str) -> bool) -> Option<&str> {
    let mut found = None;
    for link in chain.rsplit(',').map(str::trim) {
        found = Some(link);
        if !is_trusted(link) {
            break;
        }
    }
    found.filter(|link| !link.is_empty())
}

/// Whether the same request twice does the same as once (RFC 9110, 9.2.2).
pub(crate) fn is_idempotent(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "TRACE")
}

/// Host and port of an address such as `http://credit:8080`.
pub(crate) fn authority(url: &str) -> Result<(String, String), String> {
    let host = url.strip_prefix("http://").ok_or_else(|| format!("{url:?} does not begin with http://"))?.trim_end_matches('/');
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err(format!("{url:?} is not of the form http://host:port"));
    }
    let has_port =
        host.rsplit_once(':').is_some_and(|(before, port)| !before.is_empty() && !port.contains(']') && port.parse::<u16>().is_ok());
    let connect = if has_port { host.to_owned() } else { format!("{host}:80") };
    Ok((connect, host.to_owned()))
}

/// The paths of a document: the proxy sends on these and no others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paths(Vec<Vec<Segment>>);

#[derive(Clone, Debug)]
enum Segment {
    Word(String),
    Any,
}

impl Paths {
    /// Reads paths such as `/credit/v1/facts/{id}`.
    pub(crate) fn new<'a>(patterns: impl Iterator<Item = &'a String>) -> Self {
        let segment = |text: &str| if text.contains('{') { Segment::Any } else { Segment::Word(text.to_owned()) };
        Self(patterns.map(|pattern| pattern.split('/').map(segment).collect()).collect())
    }

    /// Whether this is one of them, compared as it was sent.
    pub(crate) fn contain(&self, path: &str) -> bool {
        self.0.iter().any(|pattern| {
            let mut parts = path.split('/');
            let all = pattern.iter().all(|segment| match (segment, parts.next()) {
                (Segment::Word(word), Some(part)) => word == part,
                (Segment::Any, Some(part)) => !part.is_empty(),
                (_, None) => false,
            });
            all && parts.next().is_none()
        })
    }
}
