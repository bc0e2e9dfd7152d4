//! `POST /oauth2/token`. Not here: who may have which token, `rules`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{AUTHORIZATION, CONTENT_TYPE},
    post,
    web::{Data, Payload},
};
use common::{
    error::{Code, Error, Problem, Result, protocol},
    http::json,
    token::LIFETIME_S,
};
use model::text::Text;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    actions,
    rules::{self, Refusal},
};
use crate::{Gateway, upstream::http::address_of};

/// No token request is longer, in bytes.
const LONGEST: usize = 8 * 1024;

/// A request for a token, as a form (RFC 6749, 4.4.2).
#[derive(ToSchema)]
#[schema(as = TokenRequest)]
#[expect(
    dead_code,
    reason = "only its derived documentation is used; parameters are read by hand because unknown ones must be passed over"
)]
pub(crate) struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// Scopes separated by blanks, a part of the client's; left out, all of them.
    #[schema(example = "credit:read procurement:read")]
    scope: Option<String>,
    /// The client, where it does not authenticate by HTTP Basic.
    client_id: Option<String>,
    /// Its secret, where it does not authenticate by HTTP Basic.
    client_secret: Option<String>,
}

/// A token (RFC 6749, 5.1).
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenAnswer {
    /// To be sent as `Authorization: Bearer …`.
    pub(crate) access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub(crate) token_type: String,
    /// Seconds until it expires.
    #[schema(example = 900)]
    pub(crate) expires_in: i64,
    /// What it allows.
    #[schema(example = "credit:read procurement:read")]
    pub(crate) scope: String,
}

/// The refusals of the token endpoint.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "only its derived documentation is used")]
pub(crate) enum TokenProblems {
    /// The request cannot be read, asks for another grant, or for a scope that the client does not have; `error` as in RFC 6749, 5.2.
    #[response(status = 400, content_type = "application/problem+json")]
    Refused(Problem),
    /// The client is unknown or its secret is wrong.
    #[response(status = 401, content_type = "application/problem+json")]
    Client(Problem),
    /// The request is too long.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is not a form.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(Problem),
    /// Too many attempts; see `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// Our fault; quote the trace id.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// Try again later; see `Retry-After`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// Get an access token by client credentials.
///
/// The client authenticates by HTTP Basic, both parts form-encoded (RFC 6749, 2.3.1), or by `client_id` and `client_secret` in the body, never
/// by both.
#[utoipa::path(
    tag = "gateway",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = OK, description = "A token", body = TokenAnswer), TokenProblems)
)]
#[post("/oauth2/token")]
pub(crate) async fn create_token(gateway: Data<Gateway>, request: HttpRequest, payload: Payload) -> Result<HttpResponse> {
    is_form(&request)?;
    let body = json::read(&request, payload.into_inner()).await?;
    if body.len() > LONGEST {
        return Err(protocol(Code::BODY_TOO_LARGE, Text::new("请求体太长。", format!("A token request has at most {LONGEST} bytes."))));
    }
    let form = rules::form(&body)?;
    let mut sent = request.headers().get_all(AUTHORIZATION);
    let header = match (sent.next(), sent.next()) {
        (None, _) => None,
        (Some(only), None) => Some(only.to_str().map_err(|_not_ascii| Refusal::Client)?),
        (Some(_), Some(_)) => return Err(Refusal::Client.into()),
    };
    let credentials = rules::credentials(header, &form)?;
    let address = address_of(&request, &gateway.config);
    let granted = actions::grant(&gateway, &form, &credentials, address).await?;
    // RFC 6749, 5.1: never kept by a cache.
    let answer = TokenAnswer { access_token: granted.token, token_type: "Bearer".to_owned(), expires_in: LIFETIME_S, scope: granted.scope };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).insert_header(("Pragma", "no-cache")).json(answer))
}

fn is_form(request: &HttpRequest) -> Result<()> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    let detail = Text::new("请求体应为 application/x-www-form-urlencoded。", "The body must be application/x-www-form-urlencoded.");
    let error: Error = protocol(Code::UNSUPPORTED_MEDIA_TYPE, detail);
    Err(error.with_member("error", "invalid_request".into()).with_header("Accept", "application/x-www-form-urlencoded".to_owned()))
}
