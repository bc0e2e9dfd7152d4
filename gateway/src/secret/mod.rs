//! Secrets of clients: hashing, and a check whose cost says nothing about why it failed. Not here: where hashes are kept, `client::store`.

#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use common::{
    chance::Chance,
    error::{Code, Error, Result},
};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// Every hash takes 19 MiB (the default of OWASP's password storage sheet): so many at once are bounded memory.
const AT_ONCE: usize = 4;
/// Who waits longer for a turn to be checked gets 503.
const TURN_WITHIN: Duration = Duration::from_secs(3);
/// A client has two slots for secrets: a check that fails always costs two hashes.
const SLOTS: usize = 2;
/// Proven pairs that are remembered.
const REMEMBERED: usize = 1_000;
/// Hashes from outside may ask for so much memory at most, in KiB.
const MOST_MEMORY_KIB: u32 = 64 * 1024;
/// And for so many rounds at most.
const MOST_ROUNDS: u32 = 10;

/// Checks secrets against their hashes.
pub(crate) struct Secrets {
    turns: Arc<Semaphore>,
    /// SHA-256 over hash and secret of pairs that were proven: a hash that was replaced never hits.
    proven: Mutex<HashSet<[u8; 32]>>,
    decoy: Arc<str>,
}

impl Secrets {
    /// A checker with an empty memory.
    ///
    /// # Errors
    /// When no hash can be made.
    pub(crate) fn new(chance: &Chance) -> Result<Self> {
        let decoy = hash(chance, &chance.token(32))?.into();
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), proven: Mutex::default(), decoy })
    }

    /// Whether this secret was proven against one of these hashes before; costs next to nothing.
    #[must_use]
    pub(crate) fn is_known(&self, secret: &str, hashes: &[String]) -> bool {
        let proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        hashes.iter().any(|hash| proven.contains(&pair(hash, secret)))
    }

    /// Whether this secret belongs to one of these hashes; an unknown client (no hashes) costs as much as a wrong secret.
    ///
    /// # Errors
    /// 503 when too many checks wait.
    pub(crate) async fn check(&self, secret: &str, hashes: Vec<String>) -> Result<bool> {
        let turn = tokio::time::timeout(TURN_WITHIN, Arc::clone(&self.turns).acquire_owned());
        let turn = turn.await.map_err(|late| Error::unavailable(Code::OVERLOADED, late))?.map_err(Error::internal)?;
        let (given, decoy) = (secret.to_owned(), Arc::clone(&self.decoy));
        let task = tokio::task::spawn_blocking(move || {
            let found = hashes.iter().find(|hash| belongs(&given, hash)).cloned();
            if found.is_none() {
                // Not short-circuited: every failure hashes as often as a client with both slots in use.
                for _ in hashes.len()..SLOTS {
                    std::hint::black_box(belongs(&given, &decoy));
                }
            }
            drop(turn);
            found
        });
        let found = task.await.map_err(Error::internal)?;
        if let Some(hash) = &found {
            let mut proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
            if proven.len() >= REMEMBERED {
                proven.clear();
            }
            proven.insert(pair(hash, secret));
        }
        Ok(found.is_some())
    }
}

fn pair(hash: &str, secret: &str) -> [u8; 32] {
    // The hash is a PHC string without NUL, so that the two parts cannot be shifted into each other.
    Sha256::new().chain_update(hash).chain_update([0]).chain_update(secret).finalize().into()
}

/// The argon2id hash of a secret as a PHC string; takes some ten milliseconds.
///
/// # Errors
/// When the library refuses its own parameters.
pub(crate) fn hash(chance: &Chance, secret: &str) -> Result<String> {
    let mut salt = [0_u8; 16];
    chance.fill(&mut salt);
    let made = Argon2::default().hash_password_with_salt(secret.as_bytes(), &salt).map_err(Error::internal)?;
    Ok(made.to_string())
}

/// Whether a secret belongs to a hash; takes some ten milliseconds.
#[must_use]
pub(crate) fn belongs(secret: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
}

/// Says what is wrong with a hash from outside.
///
/// # Errors
/// A sentence without the hash itself.
pub(crate) fn check_hash(text: &str) -> std::result::Result<(), String> {
    let hash = PasswordHash::new(text).map_err(|error| format!("is not a PHC string ({error})"))?;
    if hash.algorithm.as_str() != "argon2id" {
        return Err(format!("is {}, not argon2id", hash.algorithm));
    }
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err("has no salt or no hash in it".to_owned());
    }
    let params = Params::try_from(&hash).map_err(|error| format!("has parameters that cannot be used ({error})"))?;
    if params.m_cost() > MOST_MEMORY_KIB || params.t_cost() > MOST_ROUNDS {
        return Err(format!("asks for more than {MOST_MEMORY_KIB} KiB or {MOST_ROUNDS} rounds per check"));
    }
    Ok(())
}
