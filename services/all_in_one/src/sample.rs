//! `touchstone serve --sample`: a demonstration client and sample data. Not here: anything that real data could meet: the folder is marked, and a
//! folder that holds other data is refused.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use common::{
    chance::Chance,
    config::Config,
    db::Db,
    error::{Error, Result},
};
use gateway::client::actions::{Previous, add_client, checked};
use serde::Deserialize;
use serde_json::json;

use crate::services;

/// Marks a data folder that holds nothing but sample data.
const MARKER: &str = "sample.json";
const CLIENT: &str = "demo";
/// The Standards and Technology Institute's example of GB 32100; no registry assigns it.
const ORGANISATION: &str = "914404001000000590";
const ROLE: &str = "authority";
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
    address: String,
    inside: String,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

impl Demo {
    /// Makes the client, or gives it a new secret in place of the old ones.
    pub(crate) async fn make(db: &Db, chance: &Chance, address: String, inside: String) -> Result<Self> {
        let scopes = gateway::edge::scopes(&services::documents());
        let client = checked(CLIENT, ORGANISATION, ROLE, &scopes)?;
        let secret = add_client(db, chance, client, Previous::Drop).await?;
        Ok(Self { secret, address, inside })
    }

    /// Loads the sample once the server answers, then says how to use it.
    pub(crate) async fn load_when_ready(self) {
        let loaded = match self.token().await {
            Ok(token) => load(&self.inside, &token).await,
            Err(error) => Err(error),
        };
        if let Err(error) = loaded {
            tracing::error!(cause = %error, "the sample cannot be loaded");
        }
        if let Err(error) = self.tell() {
            tracing::error!(cause = %error, "standard error cannot be written");
        }
    }

    async fn token(&self) -> Result<String> {
        let client = reqwest::Client::new();
        let mut last = None;
        for _ in 0..TRIES {
            let form = json!({"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": self.secret});
            let sent = client.post(format!("{}/oauth2/token", self.inside)).form(&form).send().await;
            match sent.and_then(reqwest::Response::error_for_status) {
                Ok(answer) => return Ok(answer.json::<Granted>().await.map_err(Error::internal)?.access_token),
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(last.map_or_else(|| Error::internal("no answer"), Error::internal))
    }

    fn tell(&self) -> io::Result<()> {
        let Self { secret, address, .. } = self;
        let text = format!(
            "\nTouchstone with sample data: {address}  documentation: {address}/docs/\n\
             export TOUCHSTONE_URL={address} TOUCHSTONE_CLIENT_ID={CLIENT} TOUCHSTONE_CLIENT_SECRET={secret}\n"
        );
        writeln!(io::stderr(), "{text}")
    }
}

/// Loads the sample through HTTP, as any client would. Loading again must change nothing.
#[expect(clippy::unused_async, reason = "the sample itself is still to come; it is loaded over HTTP")]
async fn load(_address: &str, _token: &str) -> Result<()> {
    Ok(())
}
