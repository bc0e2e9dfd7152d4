//! `touchstone serve --sample`: a demonstration client and sample data. Not here: anything that real data could meet: the folder is marked, and a
//! folder that holds other data is refused.

mod load;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use common::{
    config::Config,
    db::Db,
    error::{Error, Result},
    service::Platform,
};
use gateway::client::actions::{Previous, add_client, checked};
use serde_json::{Value, json};

use crate::{remote, services};
use load::Api;

/// Marks a data folder that holds nothing but sample data.
const MARKER: &str = "sample.json";
const CLIENT: &str = "demo";
/// The Standards and Technology Institute's example of GB 32100; no registry assigns it.
const ORGANISATION: &str = "914404001000000590";
const ROLE: &str = "authority";
/// An enterprise of the sample that speaks of itself; nobody is told its secret.
const ENTERPRISE_CLIENT: &str = "demo-enterprise";
const ENTERPRISE_SCOPES: [&str; 2] = ["credit:read", "credit:write"];
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// Refuses to mix sample data with anything else, before anything is written.
pub(crate) fn allow(config: &Config) -> io::Result<()> {
    let refused = |why: String| Err(io::Error::other(format!("--sample: {why}")));
    if !config.listen.ip().is_loopback() {
        return refused(format!("only on a loopback address, and TOUCHSTONE_LISTEN is {}", config.listen));
    }
    if config.database_url.is_some() {
        return refused("only with SQLite in a folder of its own, and TOUCHSTONE_DATABASE_URL is set".to_owned());
    }
    let marker = config.data.join(MARKER);
    if marker.exists() {
        return Ok(());
    }
    if !is_empty(&config.data)? {
        let folder = config.data.display();
        return refused(format!("{folder} holds other data than the sample; set TOUCHSTONE_DATA to an empty folder"));
    }
    fs::create_dir_all(&config.data)?;
    fs::write(marker, "{\"sample\":true}\n")
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// The demonstration client with its secret of this run.
pub(crate) struct Demo {
    secret: String,
    /// The secret of the enterprise that speaks of itself; `None` where the sample stands already.
    enterprise_secret: Option<String>,
    marker: PathBuf,
    address: String,
    inside: String,
}

impl Demo {
    /// Makes the clients, or gives them new secrets in place of the old ones.
    pub(crate) async fn make(db: &Db, platform: &Platform, address: String, inside: String) -> Result<Self> {
        let scopes = gateway::page::scopes(&services::documents()?);
        let client = checked(CLIENT, ORGANISATION, ROLE, &scopes)?;
        let secret = add_client(db, &platform.chance, client, Previous::Drop).await?;
        let marker = platform.config.data.join(MARKER);
        let enterprise_secret = if stands(&marker) {
            None
        } else {
            let organisation = load::self_speaking().map_err(Error::internal)?;
            let client = checked(ENTERPRISE_CLIENT, &organisation, "enterprise", &ENTERPRISE_SCOPES.map(str::to_owned))?;
            Some(add_client(db, &platform.chance, client, Previous::Drop).await?)
        };
        Ok(Self { secret, enterprise_secret, marker, address, inside })
    }

    /// Loads the sample once the server answers, unless it stands already; then says how to use it.
    pub(crate) async fn load_when_ready(self) {
        if let Err(error) = self.load().await {
            tracing::error!(cause = %error, "the sample cannot be loaded");
        }
        if let Err(error) = self.tell() {
            tracing::error!(cause = %error, "standard error cannot be written");
        }
    }

    async fn load(&self) -> io::Result<()> {
        let Some(enterprise_secret) = &self.enterprise_secret else { return Ok(()) };
        let http = reqwest::Client::new();
        let token = self.first_token(&http).await?;
        let authority = Api::new(http.clone(), &self.inside, token);
        let token = remote::token(&http, &self.inside, ENTERPRISE_CLIENT, enterprise_secret).await?;
        let enterprise = Api::new(http, &self.inside, token);
        load::load(&authority, &enterprise).await?;
        fs::write(&self.marker, json!({"sample": true, "loaded": load::digest()}).to_string())
    }

    /// The first token also waits until the server answers.
    async fn first_token(&self, http: &reqwest::Client) -> io::Result<String> {
        let mut last = Err(io::Error::other("no answer"));
        for _ in 0..TRIES {
            last = remote::token(http, &self.inside, CLIENT, &self.secret).await;
            if last.is_ok() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        last
    }

    fn tell(&self) -> io::Result<()> {
        let Self { secret, address, .. } = self;
        let count = load::enterprises();
        let text = format!(
            "\nTouchstone runs on a sample of {count} enterprises: {address}\n\
             Documentation: {address}/docs/\n\
             The demo client, until the next start; paste this where you ask:\n\n\
             export TS_URL={address}\n\
             export TS_CLIENT_ID={CLIENT}\n\
             export TS_CLIENT_SECRET={secret}\n"
        );
        writeln!(io::stderr(), "{text}")
    }
}

/// Whether the sample of this program was loaded to its end.
fn stands(marker: &Path) -> bool {
    let marked: Option<Value> = fs::read(marker).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    marked.is_some_and(|marked| marked.get("loaded").and_then(Value::as_str) == Some(load::digest().as_str()))
}
