//! What a service is, and how one is mounted and run: the only place where an HTTP server is built. Not here: routing between services, `gateway`.

use std::{
    collections::BTreeMap,
    future::Future,
    io::Write,
    net::TcpListener,
    path::PathBuf,
    pin::Pin,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App, HttpRequest, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    web::{Data, ServiceConfig},
};
use diesel_migrations::EmbeddedMigrations;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt, scope, service_config::ServiceConfig as ApiConfig};

use crate::{
    calendar::Calendars,
    chance::Chance,
    clock::Clock,
    config::Config,
    db::{self, Db, Surroundings},
    document,
    error::{Code, Error, Result},
    feed,
    http::{
        guard::{Guard, Operations},
        health::{self, Readiness},
        trace::Edge,
    },
    key::KeyRing,
    kv::Kv,
    metrics::Metrics,
    peer::{Identity, Peer, Shared},
    stop, tls,
    token::{KeySource, Verifier},
};

/// Threads that serve requests; databases and jobs have their own.
const WORKERS: usize = 2;
/// Slow headers end with 408.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// Whether the database answers is looked at this often, and must be said within so long.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const LOOK_WITHIN: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Requests under way may finish within so many seconds of the signal to stop.
const DRAIN_S: u64 = 20;

/// A task that runs beside the server for as long as the process lives.
pub type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One service: a folder, a crate, a path segment, a schema, all of the same name.
pub trait Service: Sized + Send + Sync + 'static {
    /// The one word for it.
    const NAME: &'static str;
    /// Its title in the documentation.
    const TITLE: &'static str;
    /// What it is for, in the documentation.
    const ABOUT: &'static str;
    /// The codes of its own rules, for the pages under `/problems/`.
    const CODES: &'static [Code];

    /// Its migrations.
    fn migrations() -> EmbeddedMigrations;

    /// Internal events that a person needs a scope of its own for: their type and the scope. Services follow them all the same.
    const GUARDED_EVENTS: &'static [(&'static str, &'static str)] = &[];

    /// Makes it.
    ///
    /// # Errors
    /// When a policy, a key or a table is not as it must be.
    fn build(platform: &Platform, db: Db) -> Result<Self>;

    /// Its operations, below `/{NAME}/v1`.
    fn routes(config: &mut ApiConfig<'_>);

    /// What runs beside the server: followers, clocks.
    fn jobs(service: &Arc<Self>, platform: &Platform) -> Vec<Job>;

    /// Hears of every answer that its operations gave to a caller who was admitted. It must not wait.
    fn answered(_service: &Arc<Self>, _request: &HttpRequest, _status: u16) {}
}

/// What a process gives to the services in it.
#[derive(Clone)]
pub struct Platform {
    /// The settings.
    pub config: Arc<Config>,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub chance: Chance,
    /// Counters, wake-ups.
    pub kv: Kv,
    /// Figures.
    pub metrics: Metrics,
    /// Whether the process can serve.
    pub readiness: Readiness,
    /// Who calls.
    pub verifier: Verifier,
    /// The work calendar.
    pub calendars: Calendars,
    peers: Arc<Shared>,
    addresses: Arc<BTreeMap<String, String>>,
}

impl Platform {
    /// The surroundings of a process.
    ///
    /// # Errors
    /// When Redis is misconfigured or the keys cannot be read.
    pub fn new(config: Config, chance: Chance, keys: KeySource, identity: Identity) -> Result<Self> {
        let clock = Clock::ahead(config.clock_ahead_s);
        if config.clock_ahead_s != 0 {
            tracing::warn!(
                seconds = config.clock_ahead_s,
                "the clock is not that of this machine: nothing that is done now is of this day"
            );
        }
        let verifier = Verifier::new(&config.issuer, keys, clock.clone())?;
        let calendars = Calendars::load(config.calendars.clone())?;
        Ok(Self {
            kv: Kv::open(&config)?,
            metrics: Metrics::global().clone(),
            readiness: Readiness::new(),
            peers: Shared::new(identity, clock.clone()),
            addresses: Arc::new(config.upstreams.clone()),
            config: Arc::new(config),
            clock,
            chance,
            verifier,
            calendars,
        })
    }

    /// The same with the addresses of the services, where the process itself knows them.
    #[must_use]
    pub fn with_addresses(mut self, addresses: BTreeMap<String, String>) -> Self {
        self.addresses = Arc::new(addresses);
        self
    }

    /// Another service, by its name.
    ///
    /// # Errors
    /// When the settings give no address for it.
    pub fn peer(&self, name: &str) -> Result<Peer> {
        let base = self.addresses.get(name).ok_or_else(|| Error::internal(format!("TOUCHSTONE_UPSTREAMS names no address for {name}")))?;
        Ok(Peer::new(base.clone(), Arc::clone(&self.peers)))
    }

    /// Whether one service has this process to itself, so that the configured signing key is its own.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.addresses.contains_key("gateway")
    }

    /// Opens the database of a service.
    ///
    /// # Errors
    /// When it cannot be reached or migrated.
    pub fn open(&self, service: &'static str, migrations: EmbeddedMigrations) -> Result<Db> {
        let url = self.config.database_url.as_ref().map(|url| url.expose().to_owned());
        let target = db::target(url.as_deref(), self.config.data.clone(), service);
        let around = Surroundings { service, clock: self.clock.clone(), chance: self.chance.clone(), kv: self.kv.clone() };
        Db::open(&target, around, migrations)
    }

    /// The key ring of one purpose: the file of the settings, or one made in the data folder.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub fn keys(&self, purpose: &str, configured: Option<&PathBuf>) -> Result<KeyRing> {
        KeyRing::load_or_make(&self.key_file(purpose, configured), &self.chance)
    }

    /// Where that ring is kept.
    #[must_use]
    pub fn key_file(&self, purpose: &str, configured: Option<&PathBuf>) -> PathBuf {
        configured.cloned().unwrap_or_else(|| self.config.data.join("keys").join(format!("{purpose}.jwks")))
    }
}

/// A service that is ready to be put into an app, any number of times.
#[derive(Clone)]
pub struct Mount {
    /// Its name.
    pub name: &'static str,
    /// Its OpenAPI document.
    pub document: OpenApi,
    /// The codes of its rules.
    pub codes: &'static [Code],
    configure: Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>,
}

impl Mount {
    /// Puts the service's operations into an app.
    pub fn configure(&self, config: &mut ServiceConfig) {
        (self.configure)(config);
    }
}

/// Opens a service's database, builds it, starts its jobs on this runtime, and gives what an app needs.
///
/// # Errors
/// When the database or the service cannot be made.
pub fn mount<S: Service>(platform: &Platform) -> Result<(Mount, Arc<S>)> {
    let db = platform.open(S::NAME, S::migrations())?;
    let service = Arc::new(S::build(platform, db.clone())?);
    let forget = {
        let db = db.clone();
        Box::pin(async move {
            loop {
                if let Err(error) = db.forget_old_answers().await {
                    tracing::warn!(cause = %error, "old answers are still kept");
                }
                tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
            }
        })
    };
    tokio::spawn(forget);
    for job in S::jobs(&service, platform) {
        tokio::spawn(job);
    }
    let answers = Arc::new(AtomicBool::new(true));
    tokio::spawn(probe(db.clone(), Arc::clone(&answers)));
    platform.readiness.add(S::NAME, move || answers.load(Ordering::Acquire));
    let (data, hears) = (Data::from(Arc::clone(&service)), Arc::clone(&service));
    let feed = Data::new(db);
    let calendars = Data::new(platform.calendars.clone());
    let configure = move |config: &mut ServiceConfig| {
        let (data, feed, calendars, hears) = (data.clone(), feed.clone(), calendars.clone(), Arc::clone(&hears));
        let routes = move |inner: &mut ApiConfig<'_>| {
            routes_of::<S>(inner);
            let guarded = Data::new(feed::Guarded(S::GUARDED_EVENTS));
            inner.app_data(data.clone()).app_data(guarded).app_data(feed.clone()).app_data(calendars.clone());
        };
        let tell = from_fn(move |request, next| tell_answer(Arc::clone(&hears), request, next));
        ApiConfig::new(config).service(scope::scope(prefix::<S>().as_str()).configure(routes).wrap(tell));
    };
    let mount = Mount { name: S::NAME, document: document::of::<S>(), codes: S::CODES, configure: Arc::new(configure) };
    Ok((mount, service))
}

async fn tell_answer<S: Service, B: MessageBody>(
    service: Arc<S>,
    request: ServiceRequest,
    next: Next<B>,
) -> std::result::Result<ServiceResponse<B>, actix_web::Error> {
    let response = next.call(request).await?;
    S::answered(&service, response.request(), response.status().as_u16());
    Ok(response)
}

fn prefix<S: Service>() -> String {
    format!("/{}/v1", S::NAME)
}

/// Looks whether the database answers; requests for health read the outcome and never wait for it.
async fn probe(db: Db, answers: Arc<AtomicBool>) {
    loop {
        let look = tokio::time::timeout(LOOK_WITHIN, db.read(|_conn| Ok(())));
        answers.store(look.await.is_ok_and(|read| read.is_ok()), Ordering::Release);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A service's own operations and its feed.
fn routes_of<S: Service>(config: &mut ApiConfig<'_>) {
    S::routes(config);
    config.service(feed::list_events);
}

/// The document of a service as its routes give it, without server or database.
pub(crate) fn bare_document<S: Service>() -> OpenApi {
    App::new().into_utoipa_app().service(scope::scope(prefix::<S>().as_str()).configure(routes_of::<S>)).split_for_parts().1
}

/// Runs one service as a process of its own: the three lines of every `main.rs`.
#[must_use]
pub fn run<S: Service>() -> ExitCode {
    ended(S::NAME, alone::<S>())
}

/// How a process ends: a failure is told on standard error in a sentence.
#[must_use]
pub fn ended(name: &str, outcome: std::io::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without standard error there is nobody to tell.
            drop(writeln!(std::io::stderr(), "{name}: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn alone<S: Service>() -> std::io::Result<()> {
    let config = Config::from_env().map_err(std::io::Error::other)?;
    let _guard = crate::telemetry::init(&config, S::NAME);
    actix_web::rt::System::new().block_on(async move {
        let platform = remote_platform(config)?;
        let (mount, _service) = mount::<S>(&platform).map_err(std::io::Error::other)?;
        let operations = Operations::of([&mount.document]).map_err(std::io::Error::other)?;
        let guard = Guard::new(operations, platform.verifier.clone());
        let listener = TcpListener::bind(platform.config.listen)?;
        serve(&platform, vec![listener], guard, move |config| mount.configure(config)).await
    })
}

fn remote_platform(config: Config) -> std::io::Result<Platform> {
    let needed = |name: &str| std::io::Error::other(format!("{name} is required in a process of its own"));
    let gateway = config.upstreams.get("gateway").cloned().ok_or_else(|| needed("TOUCHSTONE_UPSTREAMS with gateway=…"))?;
    let identity = Identity::Fetched {
        gateway: gateway.clone(),
        client_id: config.client_id.clone().ok_or_else(|| needed("TOUCHSTONE_CLIENT_ID"))?,
        client_secret: config.client_secret.clone().ok_or_else(|| needed("TOUCHSTONE_CLIENT_SECRET_FILE"))?,
    };
    let jwks = config.jwks_url.clone().unwrap_or_else(|| format!("{gateway}/.well-known/jwks.json"));
    Platform::new(config, Chance::system(), KeySource::Url(jwks), identity).map_err(std::io::Error::other)
}

/// Serves an app on these listeners until the process is told to stop; says on standard output when it is ready.
///
/// # Errors
/// When a listener or the certificate cannot be used.
pub async fn serve<F>(platform: &Platform, listeners: Vec<TcpListener>, guard: Guard, routes: F) -> std::io::Result<()>
where
    F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let address = listeners.first().map(TcpListener::local_addr).transpose()?;
    let server = server(platform, listeners, guard, routes)?;
    let scheme = if platform.config.tls.is_some() { "https" } else { "http" };
    if let Some(address) = address {
        writeln!(std::io::stdout(), "{{\"ready\":true,\"listen\":\"{scheme}://{address}\"}}")?;
    }
    tokio::spawn(stop::listen());
    tokio::spawn(platform.calendars.clone().follow());
    let served = server.await;
    stop::end().await;
    served
}

/// The server of an app, not yet awaited.
///
/// # Errors
/// When a listener or the certificate cannot be used.
pub fn server<F>(platform: &Platform, listeners: Vec<TcpListener>, guard: Guard, routes: F) -> std::io::Result<Server>
where
    F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let (inner, apart) = (platform.clone(), platform.config.ops_listen.is_some());
    let app = move || {
        let ops = inner.clone();
        App::new().wrap(guard.clone()).wrap(Edge::new(&inner.config, inner.metrics.clone())).configure(routes.clone()).configure(
            move |config| {
                if !apart {
                    health::configure(config, &ops.readiness, &ops.metrics);
                }
            },
        )
    };
    let mut server =
        HttpServer::new(app).workers(WORKERS).client_request_timeout(HEADERS_WITHIN).keep_alive(KEEP_ALIVE).shutdown_timeout(DRAIN_S);
    // The first listener is the public one; others are inside the process.
    for (number, listener) in listeners.into_iter().enumerate() {
        server = match &platform.config.tls {
            Some((cert, key)) if number == 0 => server.listen_rustls_0_23(listener, tls::read(cert, key)?)?,
            _ => server.listen(listener)?,
        };
    }
    if let Some(address) = platform.config.ops_listen {
        let ops = platform.clone();
        let apart = HttpServer::new(move || {
            let ops = ops.clone();
            App::new().configure(move |config| health::configure(config, &ops.readiness, &ops.metrics))
        });
        tokio::spawn(apart.workers(1).disable_signals().bind(address)?.run());
    }
    Ok(server.run())
}
