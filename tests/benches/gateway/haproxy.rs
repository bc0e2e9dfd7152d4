//! The peer: HAProxy verifying tokens and proxying, its constant upstream, and tokens that it accepts. Not here: what is measured of it.

use std::{fs, net::SocketAddr, path::Path, process::Command};

use common::clock::Clock;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use testkit::Folder;

use crate::kit::process::{Process, free_address};

const ISSUER: &str = "urn:touchstone:local";
const AUDIENCE: &str = "touchstone";
/// The constant answer of the upstream.
const ANSWER: &str = r#"{"uscc":"914404001000000590","name":"示例电器有限公司","division":"440305","status":"active"}"#;

/// The program.
pub(crate) fn find() -> Option<&'static Path> {
    ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy"].into_iter().map(Path::new).find(|path| path.is_file())
}

/// What it calls itself.
pub(crate) fn version(program: &Path) -> String {
    let told = Command::new(program).arg("-v").output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&told).split_whitespace().nth(2).unwrap_or_default().to_owned()
}

/// The two algorithms that HAProxy and the product have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    /// RSA with 2,048 bits.
    Rs256,
    /// The curve P-256.
    Es256,
}

impl Signature {
    /// Its name in tokens.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

fn openssl(arguments: &[&str]) {
    let made = Command::new("openssl").args(arguments).output().unwrap();
    assert!(made.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
}

/// Makes a pair of keys: the path of the public one, and a token that the private one signed.
fn token(folder: &Folder, signature: Signature) -> (String, String) {
    let path = |end: &str| folder.path().join(format!("{}.{end}", signature.name())).to_string_lossy().into_owned();
    let (pem, der, public) = (path("pem"), path("der"), path("pub.pem"));
    let algorithm = match signature {
        Signature::Rs256 => {
            openssl(&["genrsa", "-out", &pem, "2048"]);
            openssl(&["rsa", "-in", &pem, "-traditional", "-outform", "DER", "-out", &der]);
            Algorithm::RS256
        }
        Signature::Es256 => {
            openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", &pem]);
            openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", &pem, "-outform", "DER", "-out", &der]);
            Algorithm::ES256
        }
    };
    openssl(&["pkey", "-in", &pem, "-pubout", "-out", &public]);
    let secret = fs::read(der).unwrap();
    let key = if signature == Signature::Rs256 { EncodingKey::from_rsa_der(&secret) } else { EncodingKey::from_ec_der(&secret) };
    let now = Clock::system().now().micros() / 1_000_000;
    // The claims of one of our own tokens.
    let claims = json!({
        "iss": ISSUER, "sub": "benchmark", "aud": AUDIENCE, "exp": now + 900, "iat": now, "jti": "01JD0000000000000000000000",
        "client_id": "benchmark", "org": "914404001000000590", "role": "authority",
        "scope": "credit:read credit:write procurement:read procurement:write procurement:decide",
    });
    let mut header = Header::new(algorithm);
    header.typ = Some("at+jwt".to_owned());
    (public, encode(&header, &claims, &key).unwrap())
}

fn start(program: &Path, folder: &Folder, name: &str, address: SocketAddr, text: &str) -> Process {
    let settings = folder.path().join(format!("{name}.cfg"));
    // As many threads as the product has workers.
    let head = "global\n  nbthread 2\n  maxconn 4096\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n  http-reuse always\n";
    fs::write(&settings, format!("{head}{text}")).unwrap();
    let path = settings.to_string_lossy().into_owned();
    Process::that_listens(program, &["-db", "-f", &path], address, &folder.path().join(format!("{name}.log")))
}

/// An upstream that always answers the same, from memory.
pub(crate) fn constant(program: &Path, folder: &Folder) -> Process {
    let address = free_address();
    let body = folder.path().join("answer.json");
    fs::write(&body, ANSWER).unwrap();
    let text =
        format!("frontend f\n  bind {address}\n  http-request return status 200 content-type application/json file {}\n", body.display());
    start(program, folder, "constant", address, &text)
}

/// A proxy that checks nothing.
pub(crate) fn plain(program: &Path, folder: &Folder, name: &str, upstream: SocketAddr) -> Process {
    let address = free_address();
    let text = format!("frontend f\n  bind {address}\n  default_backend b\nbackend b\n  server s {upstream}\n");
    start(program, folder, name, address, &text)
}

/// A proxy that checks algorithm, signature, issuer, audience and expiry, and a token that passes.
pub(crate) fn verifying(program: &Path, folder: &Folder, signature: Signature, upstream: SocketAddr) -> (Process, String) {
    let address = free_address();
    let (public, token) = token(folder, signature);
    let alg = signature.name();
    let text = format!(
        "frontend f\n  bind {address}\n  \
         http-request deny deny_status 401 unless {{ req.hdr(authorization) -m found }}\n  \
         http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('$.alg')\n  \
         http-request set-var(txn.iss) http_auth_bearer,jwt_payload_query('$.iss')\n  \
         http-request set-var(txn.aud) http_auth_bearer,jwt_payload_query('$.aud')\n  \
         http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int')\n  \
         http-request set-var(txn.now) date()\n  \
         http-request deny deny_status 401 unless {{ var(txn.alg) -m str {alg} }}\n  \
         http-request deny deny_status 401 unless {{ var(txn.iss) -m str {ISSUER} }}\n  \
         http-request deny deny_status 401 unless {{ var(txn.aud) -m str {AUDIENCE} }}\n  \
         http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}\n  \
         http-request deny deny_status 401 unless {{ http_auth_bearer,jwt_verify(txn.alg,\"{public}\") -m int 1 }}\n  \
         default_backend b\nbackend b\n  server s {upstream}\n"
    );
    (start(program, folder, alg, address, &text), token)
}
