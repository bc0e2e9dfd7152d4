//! The product as it runs: all in one process, or the gateway and its services apart; with a client for every role. Not here: what is asked of it.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use common::chance::Chance;
use serde_json::json;

use crate::{
    backend::Backend,
    client::{Call, Client, Reply},
    folder::Folder,
    process::{Launch, Process, Starting},
    sample::code_of,
};

/// Every role that a client can have, with the kind of organisation that its code names.
pub const ROLES: [(&str, &str); 8] = [
    ("authority", "11"),
    ("association", "51"),
    ("enterprise", "91"),
    ("buyer", "12"),
    ("insurer", "91"),
    ("laboratory", "12"),
    ("integrator", "91"),
    ("service", "91"),
];
/// What every client may ask for: roles decide, where scopes would hide it.
const SCOPES: [&str; 10] = [
    "gateway:read",
    "credit:read",
    "credit:write",
    "credit:decide",
    "credit:risk",
    "procurement:read",
    "procurement:write",
    "procurement:decide",
    "standards:read",
    "standards:write",
];
/// Codes of clients lie far from those of samples.
const FIRST_CLIENT: u32 = 900_000;
/// Below the ports that the system gives to connections, so that a restart finds its port free.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
const TRIES: usize = 5;

/// How the product runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One process.
    AllInOne,
    /// The gateway and one process per service.
    Separate,
}

/// What a test sets otherwise.
pub type Settings<'a> = &'a [(&'a str, &'a str)];

struct Member {
    id: String,
    secret: String,
    role: &'static str,
    code: String,
}

/// The running product.
pub struct Stack {
    processes: Vec<Process>,
    members: Vec<Member>,
    tokens: Mutex<BTreeMap<&'static str, Client>>,
    public: Client,
    folder: Folder,
}

impl Stack {
    /// Everything in one process.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn all_in_one(backend: &Backend) -> Self {
        Self::start(Mode::AllInOne, backend, &[])
    }

    /// The gateway and every service, each in a process of its own; with Redis beside PostgreSQL where
    /// `TEST_REDIS_URL` is set.
    ///
    /// # Panics
    /// When one does not start.
    #[must_use]
    pub fn separate(backend: &Backend) -> Self {
        Self::start(Mode::Separate, backend, &[])
    }

    /// Either, with other settings.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(mode: Mode, backend: &Backend, settings: Settings<'_>) -> Self {
        let mut problem = String::new();
        for _ in 0..TRIES {
            match Self::try_start(mode, backend, settings) {
                Ok(stack) => return stack,
                // Another test took one of the ports in between.
                Err(why) if why.contains("Address already in use") => problem = why,
                Err(why) => panic!("{why}"),
            }
        }
        panic!("{problem}");
    }

    fn try_start(mode: Mode, backend: &Backend, settings: Settings<'_>) -> Result<Self, String> {
        let folder = Folder::new();
        let members = members(&folder);
        let plan = Plan { folder: &folder, backend, settings, members: &members };
        let launches = if mode == Mode::AllInOne { vec![plan.all_in_one()] } else { plan.separate() };
        // All at once, as an orchestrator does: the order in which they become ready must not matter.
        let starting = launches.into_iter().map(Process::spawn).collect::<Result<Vec<_>, _>>()?;
        let processes = starting.into_iter().map(Starting::ready).collect::<Result<Vec<_>, _>>()?;
        let public = Client::new(processes.last().map(Process::address).unwrap_or_default());
        Ok(Self { processes, members, tokens: Mutex::default(), public, folder })
    }

    /// The address of the gateway.
    #[must_use]
    pub fn base(&self) -> &str {
        self.public.base()
    }

    /// The folder of data and logs.
    #[must_use]
    pub const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// A process by its name, `touchstone`, `touchstone-gateway`, or that of a service.
    ///
    /// # Panics
    /// When there is none.
    pub fn process(&mut self, name: &str) -> &mut Process {
        self.processes.iter_mut().find(|process| process.name() == name).unwrap_or_else(|| panic!("there is no process {name}"))
    }

    /// All processes; the one that clients talk to is the last.
    pub fn processes(&mut self) -> &mut [Process] {
        &mut self.processes
    }

    /// Kills a process if it still runs, and starts it again on the same data and address.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self, name: &str) {
        let process = self.process(name);
        process.kill();
        let launch = process.launch().clone();
        *process = Process::start(launch).unwrap_or_else(|why| panic!("{why}"));
        let base = self.base().to_owned();
        self.public = Client::new(&base);
        // Connections of the life before are of no use.
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// A caller without a token.
    #[must_use]
    pub fn public(&self) -> Client {
        self.public.clone()
    }

    /// The code of the organisation behind a role.
    #[must_use]
    pub fn code(&self, role: &str) -> String {
        self.member(role).code.clone()
    }

    /// The client and secret of a role.
    #[must_use]
    pub fn credentials(&self, role: &str) -> (String, String) {
        let member = self.member(role);
        (member.id.clone(), member.secret.clone())
    }

    fn member(&self, role: &str) -> &Member {
        self.members.iter().find(|member| member.role == role).unwrap_or_else(|| panic!("there is no role {role}"))
    }

    /// Asks for a token of a role with these scopes.
    pub async fn ask_token(&self, role: &str, scope: Option<&str>) -> Reply {
        let member = self.member(role);
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(scope.map(|scope| ("scope", scope)));
        let call: Call = self.public.call("POST", "/oauth2/token").basic(&member.id, &member.secret).form(&form);
        call.send().await
    }

    /// A caller of a role whose token has only these scopes.
    ///
    /// # Panics
    /// When the token is refused.
    pub async fn scoped(&self, role: &str, scope: &str) -> Client {
        let reply = self.ask_token(role, Some(scope)).await.expect_status(200);
        self.public.with_token(reply.text_at("/access_token"))
    }

    /// A caller of a role with every scope.
    ///
    /// # Panics
    /// When the token is refused.
    pub async fn caller(&self, role: &str) -> Client {
        let role = self.member(role).role;
        if let Some(client) = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(role) {
            return client.clone();
        }
        let reply = self.ask_token(role, None).await.expect_status(200);
        let client = self.public.with_token(reply.text_at("/access_token"));
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(role, client.clone());
        client
    }

    /// Starts every process again with its clock so many days ahead of real time. Whoever was asked for before has no valid token any more.
    ///
    /// # Panics
    /// When one does not start.
    pub fn ahead(&mut self, days: i64) {
        let seconds = days.saturating_mul(86_400).to_string();
        let stopped: Vec<Launch> = self
            .processes
            .drain(..)
            .map(|mut process| {
                process.kill();
                process.launch().clone()
            })
            .collect();
        let starting: Vec<Starting> = stopped
            .into_iter()
            .map(|mut launch| {
                launch.environment.retain(|(setting, _)| setting != "TOUCHSTONE_CLOCK_AHEAD_S");
                launch.environment.push(("TOUCHSTONE_CLOCK_AHEAD_S".to_owned(), seconds.clone()));
                Process::spawn(launch).unwrap_or_else(|why| panic!("{why}"))
            })
            .collect();
        self.processes = starting.into_iter().map(|process| process.ready().unwrap_or_else(|why| panic!("{why}"))).collect();
        let base = self.base().to_owned();
        self.public = Client::new(&base);
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// A market supervision officer.
    pub async fn officer(&self) -> Client {
        self.caller("authority").await
    }

    /// A procurement system.
    pub async fn buyer(&self) -> Client {
        self.caller("buyer").await
    }

    /// An enterprise; it is not registered by itself.
    pub async fn enterprise(&self) -> Client {
        self.caller("enterprise").await
    }

    /// The last position of credit's feed.
    ///
    /// # Panics
    /// When the feed cannot be read.
    pub async fn head(&self) -> i64 {
        let reply = self.officer().await.get("/credit/v1/events?after=9000000000000000&limit=1").await.expect_status(200);
        reply.field("/head").as_i64().expect("a head")
    }
}

fn members(folder: &Folder) -> Vec<Member> {
    let chance = Chance::system();
    // Redis is shared between tests: limits are counted per client.
    let run = chance.token(6).replace(['-', '_'], "x");
    let members: Vec<Member> = (FIRST_CLIENT..)
        .zip(ROLES)
        .map(|(number, (role, kind))| Member { id: format!("{role}-{run}"), secret: chance.token(32), role, code: code_of(kind, number) })
        .collect();
    let file: Vec<_> = members
        .iter()
        .map(|member| json!({"client_id": member.id, "client_secret": member.secret, "org": member.code, "role": member.role, "scopes": SCOPES}))
        .collect();
    std::fs::write(folder.path().join("clients.json"), json!(file).to_string()).expect("the clients file can be written");
    members
}

struct Plan<'a> {
    folder: &'a Folder,
    backend: &'a Backend,
    settings: Settings<'a>,
    members: &'a [Member],
}

impl Plan<'_> {
    fn launch(&self, name: &'static str, port: u16, own: &[(&str, String)]) -> Launch {
        let path = |part: &str| self.folder.path().join(part).to_string_lossy().into_owned();
        let mut environment: Vec<(String, String)> = vec![
            ("TOUCHSTONE_LISTEN".to_owned(), format!("127.0.0.1:{port}")),
            ("TOUCHSTONE_DATA".to_owned(), path(name)),
            ("TOUCHSTONE_RATE_LIMIT".to_owned(), "100000000".to_owned()),
        ];
        environment.extend(self.backend.url().map(|url| ("TOUCHSTONE_DATABASE_URL".to_owned(), url.to_owned())));
        let mut set = |setting: &str, value: String| {
            environment.retain(|(known, _)| known != setting);
            environment.push((setting.to_owned(), value));
        };
        own.iter().for_each(|(setting, value)| set(setting, value.clone()));
        self.settings.iter().for_each(|(setting, value)| set(setting, (*value).to_owned()));
        Launch { name, arguments: Vec::new(), environment, log: self.folder.path().join(format!("{name}.log")) }
    }

    fn clients(&self) -> (&'static str, String) {
        ("TOUCHSTONE_CLIENTS", self.folder.path().join("clients.json").to_string_lossy().into_owned())
    }

    fn all_in_one(&self) -> Launch {
        let launch = self.launch("touchstone", free_port(), &[self.clients()]);
        Launch { arguments: vec!["serve".to_owned()], ..launch }
    }

    fn separate(&self) -> Vec<Launch> {
        let [gateway, credit, standards, procurement] = [free_port(), free_port(), free_port(), free_port()];
        let address = |name: &str, port: u16| format!("{name}=http://127.0.0.1:{port}");
        let services = [("gateway", gateway), ("credit", credit), ("standards", standards), ("procurement", procurement)];
        let upstreams = services.map(|(name, port)| address(name, port)).join(",");
        let mut shared = vec![("TOUCHSTONE_UPSTREAMS", upstreams)];
        if let Ok(server) = std::env::var("TEST_REDIS_URL")
            && !server.is_empty()
            && self.backend.url().is_some()
        {
            shared.push(("TOUCHSTONE_REDIS_URL", format!("{}/{}", server.trim_end_matches('/'), std::process::id() % 16)));
        }
        let mut service = shared.clone();
        if let Some(member) = self.members.iter().find(|member| member.role == "service") {
            service.extend([("TOUCHSTONE_CLIENT_ID", member.id.clone()), ("TOUCHSTONE_CLIENT_SECRET", member.secret.clone())]);
        }
        shared.push(self.clients());
        vec![
            self.launch("credit", credit, &service),
            self.launch("standards", standards, &service),
            self.launch("procurement", procurement, &service),
            self.launch("touchstone-gateway", gateway, &shared),
        ]
    }
}

/// A port that nobody has right now.
fn free_port() -> u16 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let width = u32::from(PORTS.end.saturating_sub(PORTS.start));
    for _ in 0..1000 {
        // Tests run in processes of their own: each walks from a place of its own.
        let step = COUNT.fetch_add(1, Ordering::Relaxed);
        let offset = std::process::id().wrapping_mul(61).wrapping_add(step) % width;
        let port = PORTS.start.saturating_add(u16::try_from(offset).unwrap_or(0));
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port in {PORTS:?}");
}
