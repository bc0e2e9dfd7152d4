//! Putting, changing and removing endpoints. Not here: sending, `delivery`.

use common::{
    chance::Chance,
    db::{Conn, Tx},
    error::{Code, Error, FieldError, Result},
    http::precondition::mismatch,
    outbound::{Outbound, Unfit, signature::new_secret},
    token::Caller,
};
use model::{fault::FieldFault, text::Text};

use super::{
    rules::{self, Because},
    store::{self, Webhook},
};
use crate::delivery;

/// More endpoints a client does not need.
const MOST: i64 = 50;

/// An endpoint as it was asked for and read.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where it is.
    pub url: String,
    /// What it is told; none means everything.
    pub events: Option<Vec<String>>,
    /// What it is for.
    pub description: Option<String>,
}

fn refuse(faults: &mut Vec<FieldError>, code: &'static str, zh: &str, en: &str) {
    faults.push(FieldFault::rule("/url", code, zh, en));
}

/// Reads what is asked for; faults are added to `faults`.
pub fn read(outbound: &Outbound, url: &str, events: Option<&[String]>, description: Option<&str>, faults: &mut Vec<FieldError>) -> Wanted {
    match outbound.place(url) {
        Ok(_) => {}
        Err(Unfit::Malformed) => refuse(
            faults,
            "webhook_url_invalid",
            "不是可用的网址。",
            "Not a URL that can be used: no user, no fragment, at most 2,000 bytes.",
        ),
        Err(Unfit::Scheme) => refuse(faults, "webhook_url_not_https", "应为 https 网址。", "Must be an https URL."),
        Err(Unfit::Private) => {
            refuse(faults, "webhook_url_private", "该地址不在公共互联网上。", "This address is not on the public Internet.")
        }
    }
    Wanted { url: url.to_owned(), events: rules::events(events, faults), description: rules::description(description, faults) }
}

/// A new secret.
#[must_use]
pub fn secret(chance: &Chance) -> String {
    new_secret(chance)
}

/// Adds an endpoint.
///
/// # Errors
/// `webhook_limit`.
pub fn create(tx: &mut Tx<'_>, (client, org): (&str, &str), wanted: &Wanted, secret: &str) -> Result<Webhook> {
    if store::count(tx.conn, client)? >= MOST {
        let detail = Text::new(format!("每个客户端至多 {MOST} 个端点。"), format!("A client has at most {MOST} endpoints."));
        return Err(Error::rule("webhook_limit", detail));
    }
    let now = tx.now().naive_utc();
    let row = Webhook {
        id: tx.id("whk"),
        client: client.to_owned(),
        org: org.to_owned(),
        url: wanted.url.clone(),
        events: listed(wanted)?,
        description: wanted.description.clone(),
        secret: secret.to_owned(),
        old_secret: None,
        old_until: None,
        active: true,
        disabled_because: None,
        failing_since: None,
        version: 1,
        recorded_at: now,
        updated_at: now,
    };
    store::insert(tx.conn, &row)?;
    Ok(row)
}

fn listed(wanted: &Wanted) -> Result<Option<String>> {
    wanted.events.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)
}

/// The caller's own endpoint; for others it does not exist.
///
/// # Errors
/// `not_found`.
pub fn own(conn: &mut Conn, client: &str, id: &str) -> Result<Webhook> {
    store::find(conn, id)?.filter(|found| found.client == client).ok_or_else(|| Error::not_found("webhook", id))
}

/// The same at the version that was read.
fn seen(tx: &mut Tx<'_>, client: &str, (id, version): (&str, i64)) -> Result<Webhook> {
    let found = own(tx.conn, client, id)?;
    if found.version == version { Ok(found) } else { Err(mismatch(found.version)) }
}

/// Puts an endpoint anew; one that is active again has not failed yet.
///
/// # Errors
/// `not_found`, `etag_mismatch`.
pub fn replace(tx: &mut Tx<'_>, client: &str, at: (&str, i64), wanted: &Wanted, active: bool) -> Result<Webhook> {
    let found = seen(tx, client, at)?;
    let now = tx.now();
    let because = (!active).then(|| found.disabled_because.clone().unwrap_or_else(|| Because::Asked.as_str().to_owned()));
    let failing_since = found.failing_since.filter(|_| found.active && active);
    let row = Webhook {
        url: wanted.url.clone(),
        events: listed(wanted)?,
        description: wanted.description.clone(),
        active,
        disabled_because: because,
        failing_since,
        version: found.version.saturating_add(1),
        updated_at: now.naive_utc(),
        ..found
    };
    if !active {
        delivery::store::give_up(tx.conn, &row.id, now)?;
    }
    store::save(tx.conn, &row)?;
    Ok(row)
}

/// Changes the secret; the one before signs beside it for a while.
///
/// # Errors
/// `not_found`, `etag_mismatch`.
pub fn rotate(tx: &mut Tx<'_>, client: &str, at: (&str, i64), secret: &str) -> Result<Webhook> {
    let found = seen(tx, client, at)?;
    let (now, terms) = (tx.now(), delivery::rules::terms(tx.now().day())?);
    let row = Webhook {
        old_secret: Some(found.secret.clone()),
        old_until: Some(terms.overlap_end(now).naive_utc()),
        secret: secret.to_owned(),
        version: found.version.saturating_add(1),
        updated_at: now.naive_utc(),
        ..found
    };
    store::save(tx.conn, &row)?;
    Ok(row)
}

/// Removes an endpoint with all that was sent to it.
///
/// # Errors
/// `not_found`, `etag_mismatch`.
pub fn delete(tx: &mut Tx<'_>, client: &str, at: (&str, i64)) -> Result<()> {
    let found = seen(tx, client, at)?;
    delivery::store::forget(tx.conn, &found.id)?;
    store::delete(tx.conn, &found.id)
}

/// The caller's own endpoint, if it is told anything.
///
/// # Errors
/// `not_found`, or `illegal_transition` where it is disabled.
pub fn active(conn: &mut Conn, client: &str, id: &str) -> Result<Webhook> {
    let found = own(conn, client, id)?;
    if found.active {
        return Ok(found);
    }
    let detail = Text::new("端点已停用,请先启用。", "The endpoint is disabled; enable it first.");
    Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", serde_json::json!([])))
}

/// Client and organisation of a caller.
///
/// # Errors
/// 401 when the token's organisation is no valid code.
pub fn whose(caller: &Caller) -> Result<(String, String)> {
    Ok((caller.client().to_owned(), caller.organisation()?.to_string()))
}
