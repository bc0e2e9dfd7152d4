//! The keys of receipts as this process has them; a rotated file is read again while it runs. Not here: making and rotating them, `common::key`.

use std::{path::PathBuf, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use common::{
    error::{Error, Result},
    key::KeyRing,
    stop::stopping,
};
use receipt::{JwkSet, SigningKey};

/// The file is looked at this often.
const LOOK: Duration = Duration::from_secs(2);

/// The keys as they stand in the file.
pub struct Held {
    /// All of them, as they are published.
    pub ring: KeyRing,
    /// The same as the verifier reads them.
    pub public: JwkSet,
    /// The one that signs.
    pub signing: SigningKey,
}

/// The keys of a process.
pub struct Keys {
    path: PathBuf,
    held: ArcSwap<Held>,
}

impl Keys {
    /// Those of a ring that is kept in this file.
    ///
    /// # Errors
    /// When the ring cannot be published.
    pub fn new(path: PathBuf, ring: KeyRing) -> Result<Self> {
        Ok(Self { path, held: ArcSwap::from_pointee(held(ring)?) })
    }

    /// As they stand now.
    #[must_use]
    pub fn now(&self) -> Arc<Held> {
        self.held.load_full()
    }

    fn look(&self) -> Result<()> {
        let ring = KeyRing::read(&self.path)?;
        if ring.kid() != self.now().ring.kid() {
            tracing::info!(kid = ring.kid(), "receipts are signed with another key from now on");
            self.held.store(Arc::new(held(ring)?));
        }
        Ok(())
    }
}

fn held(ring: KeyRing) -> Result<Held> {
    let public = serde_json::to_string(&ring.public("receipt")).map_err(Error::internal)?;
    let public = JwkSet::parse(&public).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Held { signing: SigningKey::new(ring.kid(), ring.seed()), public, ring })
}

/// Reads the file again, for as long as the process lives; while it cannot be read, the keys stay what they are.
pub async fn follow(keys: Arc<Keys>) {
    while !stopping() {
        tokio::time::sleep(LOOK).await;
        if let Err(error) = keys.look() {
            tracing::warn!(cause = %error, "the keys of receipts cannot be read again");
        }
    }
}
