//! Giving out a token: limits, then the secret, then the claims. Not here: how the request is read, `rules`.

use std::net::IpAddr;

use common::{
    error::{Error, Result},
    token::{AUDIENCE, Claims, LIFETIME_S, Role, mint},
};

use super::rules::{self, Credentials, Form, Refusal};
use crate::{
    Gateway,
    client::{
        rules::LONGEST_SECRET,
        store::{self, ClientRow},
    },
};

const WINDOW_MS: u64 = 60_000;
/// Checks of secrets per minute and client: a client with a hundred replicas gets its tokens, and guessing at 128 bits gets nowhere.
const PER_CLIENT: u64 = 60;
/// And per address, whatever clients it names: hashing costs some 40 ms, so one address never has more than a fifth of a core.
const PER_ADDRESS: u64 = 300;

/// A token that was given out.
pub(crate) struct Granted {
    pub(crate) token: String,
    pub(crate) scope: String,
}

/// Gives a client a token.
pub(crate) async fn grant(gateway: &Gateway, form: &Form, credentials: &Credentials, address: Option<IpAddr>) -> Result<Granted> {
    let client = authenticate(gateway, credentials, address).await?;
    rules::grant(form)?;
    let scope = rules::scopes(form.scope.as_deref(), &client.scopes)?;
    let role = Role::named(&client.role).ok_or_else(|| Error::internal(format!("client {:?} has an unknown role", credentials.id)))?;
    let now = gateway.clock.now();
    let now_s = now.micros().div_euclid(1_000_000);
    let claims = Claims {
        iss: gateway.config.issuer.clone(),
        sub: credentials.id.clone(),
        aud: AUDIENCE.to_owned(),
        exp: now_s.saturating_add(LIFETIME_S),
        iat: now_s,
        jti: gateway.chance.id("tok", now),
        client_id: credentials.id.clone(),
        org: client.org,
        role,
        scope: scope.clone(),
    };
    Ok(Granted { token: mint(&gateway.ring, &claims)?, scope })
}

async fn authenticate(gateway: &Gateway, credentials: &Credentials, address: Option<IpAddr>) -> Result<ClientRow> {
    let Credentials { id, secret } = credentials;
    if secret.len() > LONGEST_SECRET {
        return Err(Refusal::Client.into());
    }
    let wanted = id.clone();
    let read = gateway.db.read(move |conn| {
        let client = store::find(conn, &wanted)?;
        let secrets = store::secrets(conn, &wanted)?;
        Ok((client, secrets.into_iter().map(|row| row.hash).collect::<Vec<_>>()))
    });
    let (client, hashes) = read.await?;
    // What was proven before guesses nothing and costs nothing: no limit but that of all requests.
    if !gateway.secrets.is_known(secret, &hashes) {
        limit(
            gateway,
            &format!("secret:address:{}", address.map_or_else(|| "unknown".to_owned(), |address| address.to_string())),
            PER_ADDRESS,
        )
        .await?;
        limit(gateway, &format!("secret:client:{id:.64}"), PER_CLIENT).await?;
        if !gateway.secrets.check(secret, hashes).await? {
            return Err(Refusal::Client.into());
        }
    }
    client.ok_or_else(|| Refusal::Client.into())
}

async fn limit(gateway: &Gateway, key: &str, most: u64) -> Result<()> {
    let taken = gateway.kv.take(key, most, WINDOW_MS, gateway.clock.now()).await;
    if taken.allowed {
        return Ok(());
    }
    gateway.metrics.rate_limited("gateway");
    Err(Error::too_many(taken.reset_s))
}
