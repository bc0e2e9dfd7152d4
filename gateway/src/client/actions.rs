//! Adding clients, and applying the clients file at start. Not here: what is a good client, `rules`.

use std::path::Path;

use common::{
    chance::Chance,
    db::{Db, Tx},
    error::{Error, Result},
    token::Role,
};

use super::{
    rules::{self, Checks, Client, Entry, Faults, Given},
    store::{self, ClientRow, SecretRow},
};
use crate::secret;

/// A secret that the platform makes has so many random bytes.
const SECRET_BYTES: usize = 32;
/// Replicas that start together may change the same client; who loses looks again.
const TRIES: u32 = 10;

const CHECKS: Checks = Checks { role: |word| Role::named(word).is_some(), hash: secret::check_hash };

/// What becomes of the secret that a client had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Previous {
    /// It works on beside the new one.
    Keep,
    /// It no longer works.
    Drop,
}

/// A client as an operator types it in, checked.
///
/// # Errors
/// Everything that is wrong with it.
pub fn checked(client_id: &str, org: &str, role: &str, scopes: &[String]) -> std::result::Result<Client, Faults> {
    rules::check(client_id, org, role, scopes, CHECKS)
}

/// Adds a client, or changes it and gives it a new secret; the answer is that secret, which is shown nowhere else.
///
/// # Errors
/// When the database fails.
pub async fn add_client(db: &Db, chance: &Chance, client: Client, previous: Previous) -> Result<String> {
    let plain = chance.token(SECRET_BYTES);
    let hash = hashed(chance, plain.clone()).await?;
    db.write(move |tx| {
        save(tx, &client)?;
        let before = store::secrets(tx.conn, &client.client_id)?;
        if previous == Previous::Drop {
            store::drop_secrets(tx.conn, &client.client_id)?;
        }
        put_secret(tx, &client.client_id, &before, &hash)
    })
    .await?;
    Ok(plain)
}

/// Applies the clients file: adds and changes by `client_id`, never deletes; gives the number of clients in it.
///
/// # Errors
/// When the file cannot be read, with everything that is wrong with it, or when the database fails.
pub async fn apply_file(db: &Db, chance: &Chance, path: &Path) -> Result<usize> {
    let named = |error: &dyn std::fmt::Display| Error::internal(format!("TOUCHSTONE_CLIENTS: {}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
    let entries = rules::read(&text, CHECKS).map_err(|faults| named(&faults))?;
    let count = entries.len();
    for entry in entries {
        apply(db, chance, entry).await?;
    }
    Ok(count)
}

async fn apply(db: &Db, chance: &Chance, entry: Entry) -> Result<()> {
    let Entry { client, secret: given } = entry;
    for _ in 0..TRIES {
        let id = client.client_id.clone();
        let before = db.read(move |conn| Ok(store::secrets(conn, &id)?)).await?;
        let new = new_hash(chance, &given, before.clone()).await?;
        let client = client.clone();
        let applied = db.write(move |tx| {
            // Hashing takes too long for a transaction, so it was done before: it holds only for the secrets that it saw.
            if store::secrets(tx.conn, &client.client_id)? != before {
                return Ok(false);
            }
            save(tx, &client)?;
            if let Some(hash) = &new {
                put_secret(tx, &client.client_id, &before, hash)?;
            }
            Ok(true)
        });
        if applied.await? {
            return Ok(());
        }
    }
    Err(Error::internal(format!("client {:?} is being changed by others all the time", client.client_id)))
}

/// The hash that is missing, if the given secret is not yet one of the stored ones.
async fn new_hash(chance: &Chance, given: &Given, before: Vec<SecretRow>) -> Result<Option<String>> {
    match given {
        Given::Hash(hash) => Ok((!before.iter().any(|row| row.hash == *hash)).then(|| hash.clone())),
        Given::Plain(plain) => {
            let secret = plain.clone();
            let known = tokio::task::spawn_blocking(move || before.iter().any(|row| secret::belongs(&secret, &row.hash)));
            if known.await.map_err(Error::internal)? { Ok(None) } else { hashed(chance, plain.clone()).await.map(Some) }
        }
    }
}

async fn hashed(chance: &Chance, plain: String) -> Result<String> {
    let chance = chance.clone();
    tokio::task::spawn_blocking(move || secret::hash(&chance, &plain)).await.map_err(Error::internal)?
}

fn save(tx: &mut Tx<'_>, client: &Client) -> Result<()> {
    let row = ClientRow { org: client.org.as_str().to_owned(), role: client.role.clone(), scopes: client.scopes.join(" ") };
    if store::find(tx.conn, &client.client_id)?.as_ref() != Some(&row) {
        let now = tx.now().naive_utc();
        store::save(tx.conn, &client.client_id, &row, now)?;
    }
    Ok(())
}

fn put_secret(tx: &mut Tx<'_>, id: &str, before: &[SecretRow], hash: &str) -> Result<()> {
    let slots: Vec<_> = before.iter().map(|row| (row.slot, row.added_at)).collect();
    let row = SecretRow { slot: rules::slot_for(&slots), hash: hash.to_owned(), added_at: tx.now().naive_utc() };
    store::save_secret(tx.conn, id, &row)?;
    Ok(())
}
