//! What a client must look like, the reading of the clients file, and which slot a new secret takes. Not here: hashing, `crate::secret`.

use std::fmt;

use common::error::Error;
use model::uscc::Uscc;
use serde_json::{Map, Value};

/// Secrets chosen by people are at least so long.
const SHORTEST_SECRET: usize = 16;
/// Longer secrets are refused unread.
pub(crate) const LONGEST_SECRET: usize = 256;
const LONGEST_ID: usize = 64;
const FIELDS: [&str; 6] = ["client_id", "client_secret", "client_secret_hash", "org", "role", "scopes"];

/// A client without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name.
    pub client_id: String,
    /// Its organisation.
    pub org: Uscc,
    /// What the organisation is to the platform.
    pub role: String,
    /// What it may ask for at most, in this order.
    pub scopes: Vec<String>,
}

/// A secret as the file gives it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// The secret itself.
    Plain(String),
    /// Its hash.
    Hash(String),
}

/// One line of the file.
pub(crate) struct Entry {
    pub(crate) client: Client,
    pub(crate) secret: Given,
}

/// What rules cannot know by themselves.
#[derive(Clone, Copy)]
pub(crate) struct Checks {
    /// Whether a role exists.
    pub(crate) role: fn(&str) -> bool,
    /// What is wrong with a hash.
    pub(crate) hash: fn(&str) -> Result<(), String>,
}

/// Everything that is wrong with clients, all at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the clients cannot be used:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  - {fault}"))
    }
}

impl std::error::Error for Faults {}

impl From<Faults> for Error {
    fn from(faults: Faults) -> Self {
        Self::internal(faults)
    }
}

/// Reads the clients file.
pub(crate) fn read(text: &str, checks: Checks) -> Result<Vec<Entry>, Faults> {
    let tree: Value = serde_json::from_str(text).map_err(|error| Faults(vec![format!("not JSON: {error}")]))?;
    let Value::Array(items) = tree else { return Err(Faults(vec!["not a JSON array of clients".to_owned()])) };
    let (mut entries, mut faults): (Vec<Entry>, Vec<String>) = (Vec::new(), Vec::new());
    let mut ids: Vec<String> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mut reader = Reader { at: format!("[{index}]"), checks, faults: &mut faults };
        let Value::Object(item) = item else {
            reader.fault("is not an object");
            continue;
        };
        if let Some(id) = item.get("client_id").and_then(Value::as_str) {
            reader.at = format!("[{index}] {id:?}");
            if ids.iter().any(|known| known == id) {
                reader.fault("client_id stands twice");
            }
            ids.push(id.to_owned());
        }
        entries.extend(reader.entry(item));
    }
    if faults.is_empty() { Ok(entries) } else { Err(Faults(faults)) }
}

/// Checks a client that an operator types in.
pub(crate) fn check(client_id: &str, org: &str, role: &str, scopes: &[String], checks: Checks) -> Result<Client, Faults> {
    let mut faults = Vec::new();
    let mut reader = Reader { at: format!("{client_id:?}"), checks, faults: &mut faults };
    let client = reader.client(client_id, org, role, scopes);
    match client {
        Some(client) if faults.is_empty() => Ok(client),
        _ => Err(Faults(faults)),
    }
}

struct Reader<'a> {
    at: String,
    checks: Checks,
    faults: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn fault(&mut self, what: impl fmt::Display) {
        self.faults.push(format!("{}: {what}", self.at));
    }

    fn entry(&mut self, item: &Map<String, Value>) -> Option<Entry> {
        for name in item.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
            self.fault(format_args!("there is no field {name:?}"));
        }
        let [id, org, role] = ["client_id", "org", "role"].map(|name| self.text(item, name));
        let scopes = self.scopes(item);
        let secret = self.secret(item);
        let client = self.client(&id?, &org?, &role?, &scopes?)?;
        Some(Entry { client, secret: secret? })
    }

    fn text(&mut self, item: &Map<String, Value>, name: &str) -> Option<String> {
        let text = item.get(name).and_then(Value::as_str);
        if text.is_none() {
            self.fault(format_args!("{name} is missing or no text"));
        }
        text.map(str::to_owned)
    }

    fn scopes(&mut self, item: &Map<String, Value>) -> Option<Vec<String>> {
        let items = item.get("scopes").and_then(Value::as_array);
        let texts = items.and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        if texts.is_none() {
            self.fault("scopes is missing or no array of texts");
        }
        texts
    }

    fn secret(&mut self, item: &Map<String, Value>) -> Option<Given> {
        match (item.get("client_secret"), item.get("client_secret_hash")) {
            (Some(Value::String(secret)), None) => match check_secret(secret) {
                Ok(()) => return Some(Given::Plain(secret.clone())),
                Err(why) => self.fault(format_args!("client_secret {why}")),
            },
            (None, Some(Value::String(hash))) => match (self.checks.hash)(hash) {
                Ok(()) => return Some(Given::Hash(hash.clone())),
                Err(why) => self.fault(format_args!("client_secret_hash {why}")),
            },
            _ => self.fault("give one of client_secret and client_secret_hash, as a text"),
        }
        None
    }

    fn client(&mut self, client_id: &str, org: &str, role: &str, scopes: &[String]) -> Option<Client> {
        let before = self.faults.len();
        if client_id.is_empty() || client_id.len() > LONGEST_ID || !client_id.bytes().all(is_id_byte) {
            self.fault(format_args!("client_id must have 1 to {LONGEST_ID} letters, digits, dots, dashes or underscores"));
        }
        let org = Uscc::parse(org).map_err(|fault| self.fault(format_args!("org {org:?}: {fault}")));
        if !(self.checks.role)(role) {
            self.fault(format_args!("there is no role {role:?}"));
        }
        if scopes.is_empty() {
            self.fault("scopes is empty");
        }
        for (index, scope) in scopes.iter().enumerate() {
            if !is_scope(scope) {
                self.fault(format_args!("scope {scope:?} has not the form service:right"));
            }
            if scopes.iter().take(index).any(|earlier| earlier == scope) {
                self.fault(format_args!("scope {scope:?} stands twice"));
            }
        }
        let org = org.ok()?;
        let made = Client { client_id: client_id.to_owned(), org, role: role.to_owned(), scopes: scopes.to_vec() };
        (self.faults.len() == before).then_some(made)
    }
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

fn is_scope(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    text.split_once(':').is_some_and(|(service, right)| word(service) && word(right))
}

/// Some clients encode Basic credentials as a form does (RFC 6749, 2.3.1), most do not: characters that the two read differently are refused.
fn check_secret(secret: &str) -> Result<(), String> {
    if secret.chars().count() < SHORTEST_SECRET || secret.len() > LONGEST_SECRET {
        return Err(format!("must have {SHORTEST_SECRET} to {LONGEST_SECRET} characters; `openssl rand -hex 32` makes a good one"));
    }
    if !secret.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%' && byte != b'+') {
        return Err(
            "must be visible ASCII without % and +, which clients send in two ways; `openssl rand -hex 32` makes a good one".to_owned()
        );
    }
    Ok(())
}

/// The slot that a new secret takes: a free one, else that of the older secret. `slots` are slot and age, the smaller the older.
pub(crate) fn slot_for<T: Ord + Copy>(slots: &[(i32, T)]) -> i32 {
    let taken = |slot: i32| slots.iter().any(|(other, _)| *other == slot);
    match [1, 2].into_iter().find(|slot| !taken(*slot)) {
        Some(free) => free,
        None => slots.iter().min_by_key(|(slot, added)| (*added, *slot)).map_or(1, |(slot, _)| *slot),
    }
}
