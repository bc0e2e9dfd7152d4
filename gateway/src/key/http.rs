//! `GET /.well-known/jwks.json` and `GET /.well-known/oauth-authorization-server`. Not here: verification with them.

use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};
use common::error::{Problem, Result};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::actions;
use crate::{Gateway, upstream::http::scheme_of};

/// A JSON Web Key Set (RFC 7517).
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derived documentation is used")]
pub(crate) struct PublishedKeys {
    /// The keys.
    keys: Vec<PublishedKey>,
}

/// A public Ed25519 key (RFC 8037).
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derived documentation is used")]
pub(crate) struct PublishedKey {
    /// Always `OKP`.
    #[schema(example = "OKP")]
    kty: String,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519")]
    crv: String,
    /// The name by which a signature names its key.
    kid: String,
    /// The public key.
    x: String,
    /// Always `sig`.
    #[schema(example = "sig")]
    r#use: String,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA")]
    alg: Option<String>,
    /// `token` or `receipt`: what signatures by this key are good for. No other use of it is valid.
    #[schema(example = "token")]
    purpose: String,
}

/// The authorization server (RFC 8414).
#[derive(Serialize, ToSchema)]
pub(crate) struct ServerMetadata {
    /// Who signs the tokens.
    #[schema(example = "urn:touchstone:local")]
    pub(crate) issuer: String,
    /// Where tokens are given out.
    #[schema(format = "uri")]
    pub(crate) token_endpoint: String,
    /// Where the keys are.
    #[schema(format = "uri")]
    pub(crate) jwks_uri: String,
    /// Always `client_credentials`.
    pub(crate) grant_types_supported: Vec<&'static str>,
    /// How a client may authenticate.
    pub(crate) token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// Always empty: nobody is sent anywhere to log in.
    pub(crate) response_types_supported: Vec<&'static str>,
    /// All scopes that there are.
    pub(crate) scopes_supported: Vec<String>,
    /// For people.
    #[schema(format = "uri")]
    pub(crate) service_documentation: String,
}

/// The scopes of all documents, for the metadata.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllScopes(pub(crate) Vec<String>);

/// What may go wrong where nothing is asked.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "only its derived documentation is used")]
pub(crate) enum ReadProblems {
    /// Too many requests; see `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// Our fault; quote the trace id.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
}

/// Where the public keys are. Never limited, because every service fetches them before it can check a token.
pub(crate) const KEYS: &str = "/.well-known/jwks.json";

/// What may go wrong where nothing is asked and nothing is limited.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "only its derived documentation is used")]
pub(crate) enum KeysProblems {
    /// Our fault; quote the trace id.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
}

/// Read the public keys that verify tokens and receipts.
///
/// Each key has a `purpose`: a receipt key never verifies a token, nor the other way round.
#[utoipa::path(tag = "gateway", responses((status = OK, description = "The keys", body = PublishedKeys), KeysProblems))]
#[get("/.well-known/jwks.json")]
pub(crate) async fn read_keys(gateway: Data<Gateway>) -> Result<HttpResponse> {
    let set: Value = actions::published(&gateway)?;
    // Short, so that a new key is known everywhere before it has signed much.
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=60")).json(set))
}

/// Read what the authorization server offers.
#[utoipa::path(tag = "gateway", responses((status = OK, description = "The metadata", body = ServerMetadata), ReadProblems))]
#[get("/.well-known/oauth-authorization-server")]
pub(crate) async fn read_metadata(gateway: Data<Gateway>, scopes: Data<AllScopes>, request: HttpRequest) -> HttpResponse {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let base = format!("{}://{host}", scheme_of(&request, &gateway.config));
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(ServerMetadata {
        issuer: gateway.config.issuer.clone(),
        token_endpoint: format!("{base}/oauth2/token"),
        jwks_uri: format!("{base}{KEYS}"),
        grant_types_supported: vec!["client_credentials"],
        token_endpoint_auth_methods_supported: vec!["client_secret_basic", "client_secret_post"],
        response_types_supported: Vec::new(),
        scopes_supported: scopes.0.clone(),
        service_documentation: format!("{base}/docs/"),
    })
}
