//! Key rings: Ed25519 keys as a private JWK set in a file (RFC 7517, RFC 8037), made at first start. Not here: what is signed with them.

use std::{fs, io::Write, path::Path};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use model::instant::Instant;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    chance::Chance,
    error::{Error, Result},
};

/// RFC 8410: the PKCS#8 frame around a 32-byte Ed25519 seed.
const PKCS8_FRAME: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// When a key gives way to the next, both sign for so long, before and after: processes read the file one after the other, and clocks differ.
const OVERLAP_MS: i64 = 10 * 60 * 1000;

/// A JSON Web Key of the kind this platform signs with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Jwk {
    /// Always `OKP`.
    pub kty: String,
    /// Always `Ed25519`.
    pub crv: String,
    /// The thumbprint of RFC 7638, unless the operator chose another.
    pub kid: String,
    /// The public key.
    pub x: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Always `EdDSA`.
    pub alg: String,
    /// The seed; absent in what is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub d: Option<String>,
    /// What it signs: `token` or `receipt`; said where both are published in one set, since a receipt key never verifies a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// From when on it signed; always, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when it signed; it still does, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A JSON Web Key Set.
#[derive(Clone, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys; the first with a seed signs, all verify.
    pub keys: Vec<Jwk>,
}

/// The keys of one purpose.
#[derive(Clone)]
pub struct KeyRing {
    set: JwkSet,
    kid: String,
    seed: [u8; 32],
}

impl KeyRing {
    /// Reads the ring from its file, or makes a first key there, readable by its owner alone.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds no usable key.
    pub fn load_or_make(path: &Path, chance: &Chance) -> Result<Self> {
        match fs::exists(path) {
            Ok(true) => Self::read(path),
            Ok(false) => {
                let mut seed = [0_u8; 32];
                chance.fill(&mut seed);
                let set = JwkSet { keys: vec![jwk_of(&seed)] };
                let text = serde_json::to_string_pretty(&set).map_err(Error::internal)?;
                write_private(path, &text).map_err(|error| named(path, error))?;
                Self::parse(&text).map_err(Error::internal)
            }
            Err(error) => Err(named(path, error)),
        }
    }

    /// Reads the ring from its file.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no usable key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| named(path, error))?;
        Self::parse(&text).map_err(|error| named(path, error))
    }

    /// Puts a new key before the others of a file and gives its id. The private part of the one that signed until now is thrown away; its public part
    /// stays, with the time until which it signed: a while from now, because other processes read the file a little later.
    ///
    /// # Errors
    /// When the file cannot be read or written, or somebody else is at it.
    pub fn rotate(path: &Path, now: Instant, chance: &Chance) -> Result<String> {
        let mut set = Self::read(path)?.set;
        for key in set.keys.iter_mut().filter(|key| key.d.is_some()) {
            key.d = None;
            key.until = Some(now.plus_millis(OVERLAP_MS).to_string());
        }
        let mut seed = [0_u8; 32];
        chance.fill(&mut seed);
        let mut newest = jwk_of(&seed);
        newest.from = Some(now.plus_millis(-OVERLAP_MS).to_string());
        let kid = newest.kid.clone();
        set.keys.insert(0, newest);
        let text = serde_json::to_string_pretty(&set).map_err(Error::internal)?;
        Self::parse(&text).map_err(Error::internal)?;
        // Written beside it first: a reader finds the old file or the new one, whole.
        let beside = path.with_extension("jwks.new");
        write_private(&beside, &text).map_err(|error| named(&beside, error))?;
        fs::rename(&beside, path).map_err(|error| named(path, error))?;
        Ok(kid)
    }

    /// Reads a private JWK set.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let set: JwkSet = serde_json::from_str(text).map_err(|error| format!("not a JWK set: {error}"))?;
        for key in &set.keys {
            if key.kty != "OKP" || key.crv != "Ed25519" || key.kid.is_empty() {
                return Err(format!("key {:?} is not an Ed25519 key", key.kid));
            }
        }
        let active = set.keys.iter().find(|key| key.d.is_some()).ok_or("no key has a private part")?;
        let seed = seed_of(active)?;
        if jwk_of(&seed).x != active.x {
            return Err(format!("key {:?}: the public part does not belong to the private part", active.kid));
        }
        let kid = active.kid.clone();
        Ok(Self { set, kid, seed })
    }

    /// The id of the signing key.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The seed of the signing key.
    #[must_use]
    pub const fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The signing key in PKCS#8.
    #[must_use]
    pub fn pkcs8(&self) -> Vec<u8> {
        [PKCS8_FRAME.as_slice(), &self.seed].concat()
    }

    /// All keys without their private parts, marked with what they sign.
    #[must_use]
    pub fn public(&self, purpose: &str) -> JwkSet {
        let bare = |key: &Jwk| Jwk { d: None, purpose: Some(purpose.to_owned()), ..key.clone() };
        JwkSet { keys: self.set.keys.iter().map(bare).collect() }
    }
}

fn named(path: &Path, error: impl std::fmt::Display) -> Error {
    Error::internal(format!("{}: {error}", path.display()))
}

fn seed_of(key: &Jwk) -> std::result::Result<[u8; 32], String> {
    let text = key.d.as_deref().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|error| format!("key {:?}: {error}", key.kid))?;
    bytes.try_into().map_err(|_wrong| format!("key {:?}: the private part is not 32 bytes", key.kid))
}

fn jwk_of(seed: &[u8; 32]) -> Jwk {
    let x = URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(seed).verifying_key().as_bytes());
    // RFC 7638 and RFC 8037: the required members in alphabetical order, without spaces.
    let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
    Jwk {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        kid: URL_SAFE_NO_PAD.encode(thumbprint),
        x,
        usage: "sig".to_owned(),
        alg: "EdDSA".to_owned(),
        d: Some(URL_SAFE_NO_PAD.encode(seed)),
        purpose: None,
        from: None,
        until: None,
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.1 to A.3: key and thumbprint.
    #[test]
    fn the_key_of_rfc_8037() {
        let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let jwk = jwk_of(&seed.try_into().unwrap());
        assert_eq!(jwk.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(jwk.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_rotated_ring_keeps_every_key_and_one_private_part() {
        let folder = std::env::temp_dir().join(format!("touchstone-key-{}", std::process::id()));
        let (path, chance) = (folder.join("receipts.jwks"), Chance::seeded(7));
        let mut kids = vec![KeyRing::load_or_make(&path, &chance).unwrap().kid().to_owned()];
        for day in 1..=3 {
            let now = Instant::parse(&format!("2026-06-0{day}T09:30:00+08:00")).unwrap();
            kids.insert(0, KeyRing::rotate(&path, now, &chance).unwrap());
        }
        let ring = KeyRing::read(&path).unwrap();
        assert_eq!(ring.public("receipt").keys.iter().map(|key| key.kid.clone()).collect::<Vec<_>>(), kids, "newest first");
        assert_eq!((ring.kid(), ring.set.keys.iter().filter(|key| key.d.is_some()).count()), (kids[0].as_str(), 1));
        let times: Vec<_> = ring.set.keys.iter().map(|key| (key.from.is_some(), key.until.is_some())).collect();
        assert_eq!(times, [(true, false), (true, true), (true, true), (false, true)]);
        assert_eq!(ring.set.keys[1].until.as_deref(), Some("2026-06-03T09:40:00+08:00"));
        fs::write(folder.join("receipts.jwks.new"), "").unwrap();
        assert!(KeyRing::rotate(&path, Instant::from_micros(0), &chance).is_err(), "somebody else is at it");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_public_set_has_no_private_part_and_a_foreign_public_part_is_refused() {
        let ring = KeyRing::parse(&serde_json::to_string(&JwkSet { keys: vec![jwk_of(&[7; 32])] }).unwrap()).unwrap();
        assert!(ring.public("token").keys.iter().all(|key| key.d.is_none()));
        let mut forged = jwk_of(&[7; 32]);
        forged.x = jwk_of(&[8; 32]).x;
        assert!(KeyRing::parse(&serde_json::to_string(&JwkSet { keys: vec![forged] }).unwrap()).is_err());
        assert!(KeyRing::parse(&serde_json::to_string(&ring.public("token")).unwrap()).is_err(), "nothing to sign with");
    }
}
