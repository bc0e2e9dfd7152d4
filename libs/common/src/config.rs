//! The settings of a process, from the environment and an optional file; the defaults need nothing. Not here: files that a setting
//! names (keys, certificates, clients): whoever uses them reads them. Only a secret's `…_FILE` is read here.

mod value;

use std::{
    collections::BTreeMap,
    fmt, fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use ipnet::IpNet;

use value::{address, database_url, http_url, log_filter, millionths, networks, positive, redis_url, seconds, unquoted, upstreams};

/// A value that must not be seen: printing it for debugging shows `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// All settings of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Address of this process; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of the SQLite files and the generated signing key.
    pub data: PathBuf,
    /// PostgreSQL; none means SQLite in the data folder.
    pub database_url: Option<Secret>,
    /// Redis; none means in memory.
    pub redis_url: Option<Secret>,
    /// JSON file of clients made at start.
    pub clients: Option<PathBuf>,
    /// JSON file of other regions whose feeds may be followed; none means none.
    pub regions: Option<PathBuf>,
    /// Address of each service by name, without a slash at the end.
    pub upstreams: BTreeMap<String, String>,
    /// This service's own identity towards its peers.
    pub client_id: Option<String>,
    /// The secret of that identity.
    pub client_secret: Option<Secret>,
    /// File with the private JWK set; none means one is made in the data folder.
    pub signing_key: Option<PathBuf>,
    /// Folder of further holiday calendars.
    pub calendars: Option<PathBuf>,
    /// Certificate and key files of the listener.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Networks whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Networks that webhooks may be in although they are not public, or without TLS.
    pub webhook_allow: Vec<IpNet>,
    /// PEM file of roots that a webhook's certificate may have besides the public ones.
    pub webhook_roots: Option<PathBuf>,
    /// Where `/metrics` and `/health` answer; none means the same listener.
    pub ops_listen: Option<SocketAddr>,
    /// Who signs the tokens that this process accepts.
    pub issuer: String,
    /// Where that issuer publishes its keys; none means the own key.
    pub jwks_url: Option<String>,
    /// What is logged, as directives of `tracing_subscriber`.
    pub log: String,
    /// OTLP collector for traces.
    pub otlp_endpoint: Option<String>,
    /// Share of requests that are traced, in millionths.
    pub trace_ratio_ppm: u32,
    /// Requests per minute that one client may make.
    pub rate_limit_per_minute: u32,
    /// How many seconds the clock is put forward, for rehearsals and tests; 0 in real use.
    pub clock_ahead_s: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            data: PathBuf::from("./data"),
            database_url: None,
            redis_url: None,
            clients: None,
            regions: None,
            upstreams: BTreeMap::new(),
            client_id: None,
            client_secret: None,
            signing_key: None,
            calendars: None,
            tls: None,
            trusted_proxies: Vec::new(),
            webhook_allow: Vec::new(),
            webhook_roots: None,
            ops_listen: None,
            issuer: "urn:touchstone:local".to_owned(),
            jwks_url: None,
            log: "info".to_owned(),
            otlp_endpoint: None,
            trace_ratio_ppm: 10_000,
            rate_limit_per_minute: 60_000,
            clock_ahead_s: 0,
        }
    }
}

/// Everything that is wrong with the settings, all at once.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(pub Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings cannot be used:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

impl std::error::Error for ConfigError {}

const PREFIX: &str = "TOUCHSTONE_";
const OTLP: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const NAMES: [&str; 27] = [
    "LISTEN",
    "DATA",
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "REDIS_URL",
    "REDIS_URL_FILE",
    "CLIENTS",
    "REGIONS",
    "UPSTREAMS",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "CLIENT_SECRET_FILE",
    "SIGNING_KEY",
    "CALENDARS",
    "TLS_CERT",
    "TLS_KEY",
    "TRUSTED_PROXIES",
    "WEBHOOK_ALLOW",
    "WEBHOOK_ROOTS",
    "OPS_LISTEN",
    "CONFIG",
    "ISSUER",
    "JWKS_URL",
    "LOG",
    "TRACE_RATIO",
    "RATE_LIMIT",
    "CLOCK_AHEAD_S",
];

impl Config {
    /// The settings of this process's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        let mut broken = Vec::new();
        let mut pairs = Vec::new();
        for (name, value) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if !name.starts_with(PREFIX) && name != OTLP {
                continue;
            }
            match value.into_string() {
                Ok(value) => pairs.push((name, value)),
                Err(_) => broken.push(format!("{name}: not UTF-8")),
            }
        }
        if broken.is_empty() { Self::from_pairs(pairs) } else { Err(ConfigError(broken)) }
    }

    /// The settings from these names and values and the files that they name, without looking at the environment. Empty means unset.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut reader = Reader { values: BTreeMap::new(), problems: Vec::new() };
        for (name, value) in pairs {
            reader.accept(name, value);
        }
        if let Some(path) = reader.text("CONFIG") {
            reader.settings_file(&path);
        }
        let config = reader.config();
        if reader.problems.is_empty() { Ok(config) } else { Err(ConfigError(reader.problems)) }
    }
}

struct Reader {
    values: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Reader {
    fn accept(&mut self, name: String, value: String) {
        match name.strip_prefix(PREFIX) {
            Some(known) if NAMES.contains(&known) => {}
            None if name == OTLP => {}
            Some(_) => return self.problems.push(format!("{name}: there is no such setting")),
            None => return,
        }
        let value = value.trim();
        if !value.is_empty() {
            self.values.insert(name, value.to_owned());
        }
    }

    /// Reads `KEY=VALUE` lines; what the environment gave already, in either form, stays.
    fn settings_file(&mut self, path: &str) {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.problems.push(format!("TOUCHSTONE_CONFIG: {path}: {error}")),
        };
        let given: Vec<String> = self.values.keys().map(|name| name.trim_end_matches("_FILE").to_owned()).collect();
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=').map(|(name, value)| (name.trim(), unquoted(value.trim()))) {
                Some((name, value)) if name != "TOUCHSTONE_CONFIG" && (name.starts_with(PREFIX) || name == OTLP) => {
                    if !given.iter().any(|given| given == name.trim_end_matches("_FILE")) {
                        self.accept(name.to_owned(), value.to_owned());
                    }
                }
                Some((name, _)) => self.problems.push(format!("{path}:{number}: {name}: there is no such setting")),
                None => self.problems.push(format!("{path}:{number}: not a line of the form NAME=VALUE")),
            }
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.values.get(&format!("{PREFIX}{name}")).cloned()
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    /// The parsed value; a bad one is noted and counts as unset.
    fn parsed<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.text(name)?;
        parse(&value).map_err(|problem| self.problems.push(format!("{PREFIX}{name}: {problem}"))).ok()
    }

    /// A secret, given as it is or as the name of a file.
    fn secret(&mut self, name: &str, check: impl Fn(&str) -> Result<(), String>) -> Option<Secret> {
        let file = self.text(&format!("{name}_FILE"));
        let value = match (self.text(name), file) {
            (Some(_), Some(_)) => {
                self.problems.push(format!("{PREFIX}{name} and {PREFIX}{name}_FILE: give one of them"));
                return None;
            }
            (Some(value), None) => value,
            (None, Some(path)) => match fs::read_to_string(&path) {
                Ok(value) => value.trim_end_matches(['\r', '\n']).to_owned(),
                Err(error) => {
                    self.problems.push(format!("{PREFIX}{name}_FILE: {path}: {error}"));
                    return None;
                }
            },
            (None, None) => return None,
        };
        if value.is_empty() {
            self.problems.push(format!("{PREFIX}{name}_FILE: the file is empty"));
            return None;
        }
        check(&value).map_err(|problem| self.problems.push(format!("{PREFIX}{name}: {problem}"))).ok().map(|()| Secret(value))
    }

    fn config(&mut self) -> Config {
        let default = Config::default();
        let tls = match (self.path("TLS_CERT"), self.path("TLS_KEY")) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => {
                self.problems.push("TOUCHSTONE_TLS_CERT and TOUCHSTONE_TLS_KEY: one is of no use without the other".to_owned());
                None
            }
        };
        let client_id = self.text("CLIENT_ID");
        let client_secret = self.secret("CLIENT_SECRET", |_| Ok(()));
        let secret_given = self.text("CLIENT_SECRET").or_else(|| self.text("CLIENT_SECRET_FILE")).is_some();
        if client_id.is_some() != secret_given {
            self.problems.push("TOUCHSTONE_CLIENT_ID and TOUCHSTONE_CLIENT_SECRET: one is of no use without the other".to_owned());
        }
        let otlp = self.values.get(OTLP).cloned().map(|value| http_url(&value));
        let otlp_endpoint = otlp.and_then(|parsed| parsed.map_err(|problem| self.problems.push(format!("{OTLP}: {problem}"))).ok());
        Config {
            listen: self.parsed("LISTEN", address).unwrap_or(default.listen),
            data: self.path("DATA").unwrap_or(default.data),
            database_url: self.secret("DATABASE_URL", database_url),
            redis_url: self.secret("REDIS_URL", redis_url),
            clients: self.path("CLIENTS"),
            regions: self.path("REGIONS"),
            upstreams: self.parsed("UPSTREAMS", upstreams).unwrap_or_default(),
            client_id,
            client_secret,
            signing_key: self.path("SIGNING_KEY"),
            calendars: self.path("CALENDARS"),
            tls,
            trusted_proxies: self.parsed("TRUSTED_PROXIES", networks).unwrap_or_default(),
            webhook_allow: self.parsed("WEBHOOK_ALLOW", networks).unwrap_or_default(),
            webhook_roots: self.path("WEBHOOK_ROOTS"),
            ops_listen: self.parsed("OPS_LISTEN", address),
            issuer: self.text("ISSUER").unwrap_or(default.issuer),
            jwks_url: self.parsed("JWKS_URL", http_url),
            log: self.parsed("LOG", log_filter).unwrap_or(default.log),
            otlp_endpoint,
            trace_ratio_ppm: self.parsed("TRACE_RATIO", millionths).unwrap_or(default.trace_ratio_ppm),
            rate_limit_per_minute: self.parsed("RATE_LIMIT", positive).unwrap_or(default.rate_limit_per_minute),
            clock_ahead_s: self.parsed("CLOCK_AHEAD_S", seconds).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        Config::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).map_err(|error| error.0)
    }

    fn file(name: &str, text: &str) -> String {
        let path = std::env::temp_dir().join(format!("touchstone-config-{}-{name}", std::process::id()));
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    #[test]
    fn nothing_set_is_the_default_and_empty_counts_as_unset() {
        assert_eq!(read(&[]).unwrap(), Config::default());
        assert_eq!(read(&[("TOUCHSTONE_REDIS_URL", ""), ("PATH", "/bin")]).unwrap(), Config::default());
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let problems = read(&[
            ("TOUCHSTONE_LISTEN", "here"),
            ("TOUCHSTONE_GATEWAY_PORT", "tcp://10.0.0.1:80"),
            ("TOUCHSTONE_TLS_CERT", "cert.pem"),
            ("TOUCHSTONE_UPSTREAMS", "credit=https://credit"),
            ("TOUCHSTONE_DATABASE_URL", "postgres://u:hunter2@db/x?sslmode=require"),
            ("TOUCHSTONE_REDIS_URL", "rediss://:hunter2@redis"),
            ("TOUCHSTONE_CLIENT_ID", "credit"),
            ("TOUCHSTONE_CLIENT_SECRET_FILE", "/nowhere/at/all"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"),
        ])
        .unwrap_err();
        assert_eq!(problems.len(), 8, "{problems:#?}");
        assert!(!format!("{}", ConfigError(problems)).contains("hunter2"));
    }

    #[test]
    fn secrets_come_from_files_and_are_never_shown() {
        let path = file("secret", "hunter2\n");
        let config = read(&[("TOUCHSTONE_CLIENT_ID", "credit"), ("TOUCHSTONE_CLIENT_SECRET_FILE", &path)]).unwrap();
        assert_eq!(config.client_secret.as_ref().unwrap().expose(), "hunter2");
        assert!(!format!("{config:?}").contains("hunter2"));
        let twice = [("TOUCHSTONE_CLIENT_ID", "a"), ("TOUCHSTONE_CLIENT_SECRET", "b"), ("TOUCHSTONE_CLIENT_SECRET_FILE", path.as_str())];
        assert!(read(&twice).is_err());
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let text = "# comment\n\nTOUCHSTONE_ISSUER='urn:file'\nTOUCHSTONE_LOG=debug\nTOUCHSTONE_DATABASE_URL_FILE=/nowhere\n";
        let path = file("settings", text);
        let url = "postgres://u@db/x";
        let pairs = [("TOUCHSTONE_CONFIG", path.as_str()), ("TOUCHSTONE_LOG", "warn"), ("TOUCHSTONE_DATABASE_URL", url)];
        let config = read(&pairs).unwrap();
        assert_eq!((config.issuer.as_str(), config.log.as_str()), ("urn:file", "warn"));
        assert_eq!(config.database_url.unwrap().expose(), url);
    }

    #[test]
    fn a_settings_file_with_unknown_lines_is_refused() {
        let path = file("bad", "TOUCHSTONE_CONFIG=again\nPATH=/bin\nnonsense\nTOUCHSTONE_LISTN=1\n");
        assert_eq!(read(&[("TOUCHSTONE_CONFIG", &path)]).unwrap_err().len(), 4);
        assert_eq!(read(&[("TOUCHSTONE_CONFIG", "/nowhere/at/all")]).unwrap_err().len(), 1);
    }
}
