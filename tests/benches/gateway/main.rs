//! What an authenticated request costs at the gateway, beside HAProxy in the same run. `README.md` says how to read it.
#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark: what goes wrong must stop it, figures are rounded, and its result is what it prints"
)]

mod haproxy;
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
#[path = "../kit/mod.rs"]
mod kit;

use std::{net::SocketAddr, path::Path, process::ExitCode, sync::Arc};

use common::{
    chance::Chance,
    clock::Clock,
    key::KeyRing,
    token::{AUDIENCE, Claims, Role, mint},
};
use haproxy::Signature;
use kit::{
    arguments::Arguments,
    http::{json, request},
    load::{Load, Make},
    process::{Process, free_address},
    stack::{CLIENT, SECRET, all_in_one, bearer, settings},
    table::{Table, figure, machine, median},
};
use serde_json::json;
use testkit::{Folder, next_code};

const ROUNDS: usize = 3;
const IN_FLIGHT: u64 = 32;
/// Answered from memory. It is public, but a token that is sent is verified like everywhere; only the comparison of its scope is missing.
const CHEAP: &str = "/procurement/v1/keys";
/// More than the cache of verified tokens holds, so that none of them is found there.
const NEW_TOKENS: usize = 40_000;

fn main() -> ExitCode {
    let Some(asked) = Arguments::of_bench() else { return ExitCode::SUCCESS };
    let Some(program) = haproxy::find() else {
        eprintln!("HAProxy is not installed: tests/benches/run installs it");
        return ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(measure(program, asked.number("--seconds", 4.0)));
    ExitCode::SUCCESS
}

/// One way to ask, and who works for it.
struct Way<'a> {
    name: &'static str,
    door: &'a Process,
    behind: Option<&'a Process>,
    make: Make,
    rounds: Vec<Round>,
}

/// One round of one way: requests a second, and CPU microseconds per request.
struct Round {
    rate: f64,
    door: f64,
    behind: f64,
    p99: f64,
    refused: u64,
    generator: f64,
}

impl<'a> Way<'a> {
    fn new(name: &'static str, door: &'a Process, behind: Option<&'a Process>, make: Make) -> Self {
        Self { name, door, behind, make, rounds: Vec::new() }
    }

    async fn run(&mut self, seconds: f64) {
        let used = || (self.door.cpu(), self.behind.map_or(0.0, Process::cpu));
        let before = used();
        let load = Load { to: self.door.address, in_flight: IN_FLIGHT, seconds, rate: None };
        let outcome = load.run(&self.make).await;
        let after = used();
        let per_request = |seconds: f64| seconds * 1e6 / outcome.answered as f64;
        self.rounds.push(Round {
            rate: outcome.rate(),
            door: per_request(after.0 - before.0),
            behind: per_request(after.1 - before.1),
            p99: outcome.percentile(0.99),
            refused: outcome.refused,
            generator: outcome.own_cpu / outcome.seconds * 100.0,
        });
    }

    fn median(&self, of: fn(&Round) -> f64) -> f64 {
        median(self.rounds.iter().map(of).collect())
    }

    /// Requests per CPU-second of the process that the client talks to.
    fn per_cpu_second(&self) -> f64 {
        1e6 / self.median(|round| round.door)
    }

    /// The same with the CPU of the process behind it.
    fn per_cpu_second_of_all(&self) -> f64 {
        1e6 / self.median(|round| round.door + round.behind)
    }

    fn add_to(&self, table: &mut Table) {
        let behind = if self.behind.is_some() { figure(self.median(|round| round.behind)) } else { "-".to_owned() };
        table.add(&[
            self.name,
            &figure(self.median(|round| round.rate)),
            &figure(self.median(|round| round.door)),
            &behind,
            &figure(self.per_cpu_second()),
            &figure(self.per_cpu_second_of_all()),
            &figure(self.median(|round| round.p99)),
            &figure(self.door.memory().now),
            &self.rounds.iter().map(|round| round.refused).sum::<u64>().to_string(),
            &figure(self.median(|round| round.generator)),
        ]);
    }
}

fn read(path: &str, authorization: &str) -> Make {
    let (path, authorization) = (path.to_owned(), authorization.to_owned());
    Arc::new(move |_| request("GET", &path, &authorization, "", ""))
}

/// Registers one enterprise and gives its path.
async fn register(to: SocketAddr, token: &str) -> String {
    let path = format!("/credit/v1/enterprises/{}", next_code());
    let entry =
        json!({"name": "示例电器有限公司", "division": "440305", "industry": "C3854", "status": "active", "established_on": "1999-02-11"});
    json(to, request("PUT", &path, token, "application/json", entry.to_string())).await;
    path
}

/// Tokens that the process has never seen, signed with its own key.
fn new_tokens(data: &Path) -> Make {
    let chance = Chance::system();
    let ring = KeyRing::load_or_make(&data.join("keys/gateway.jwks"), &chance).unwrap();
    let now = Clock::system().now();
    let tokens: Vec<String> = (0..NEW_TOKENS)
        .map(|_| {
            let issued = now.micros() / 1_000_000;
            let claims = Claims {
                iss: "urn:touchstone:local".to_owned(),
                sub: "benchmark".to_owned(),
                aud: AUDIENCE.to_owned(),
                exp: issued + 900,
                iat: issued,
                jti: chance.id("jti", now),
                client_id: "benchmark".to_owned(),
                org: "914404001000000590".to_owned(),
                role: Role::Authority,
                scope: "credit:read".to_owned(),
            };
            format!("Bearer {}", mint(&ring, &claims).unwrap())
        })
        .collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    Arc::new(move |_| {
        let place = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % tokens.len();
        request("GET", CHEAP, &tokens[place], "", "")
    })
}

async fn measure(program: &Path, seconds: f64) {
    println!("{}; HAProxy {}; {ROUNDS} rounds of {seconds} s, in turn, medians", machine(), haproxy::version(program));
    let folder = Folder::new();
    let constant = haproxy::constant(program, &folder);
    let (rs, rs_token) = haproxy::verifying(program, &folder, Signature::Rs256, constant.address);
    let (es, es_token) = haproxy::verifying(program, &folder, Signature::Es256, constant.address);
    let product = all_in_one(&folder);
    let token = bearer(product.address).await;
    let path = register(product.address, &token).await;
    let apart = Apart::start(&folder);
    let apart_token = bearer(apart.gateway.address).await;
    let apart_path = register(apart.gateway.address, &apart_token).await;
    let proxy = haproxy::plain(program, &folder, "plain", apart.credit.address);
    let bare = haproxy::plain(program, &folder, "bare", constant.address);

    let bearer_of = |token: &str| format!("Bearer {token}");
    let mut ways = [
        Way::new("HAProxy, jwt_verify RS256, constant upstream", &rs, Some(&constant), read(&path, &bearer_of(&rs_token))),
        Way::new("HAProxy, jwt_verify ES256, constant upstream", &es, Some(&constant), read(&path, &bearer_of(&es_token))),
        Way::new("HAProxy, no check, constant upstream", &bare, Some(&constant), read(&path, "")),
        Way::new("touchstone, all in one, answer from memory", &product, None, read(CHEAP, &token)),
        Way::new("touchstone, all in one, read from the database", &product, None, read(&path, &token)),
        Way::new("touchstone, all in one, every token new", &product, None, new_tokens(&folder.path().join("touchstone"))),
        Way::new("HAProxy, no check -> credit", &proxy, Some(&apart.credit), read(&apart_path, &apart_token)),
        Way::new("touchstone-gateway -> credit", &apart.gateway, Some(&apart.credit), read(&apart_path, &apart_token)),
    ];
    for way in &mut ways {
        way.run(1.0).await;
        way.rounds.clear();
    }
    for _ in 0..ROUNDS {
        for way in &mut ways {
            way.run(seconds).await;
        }
    }
    let mut table = Table::new(&[
        "way",
        "requests/s",
        "CPU µs per request",
        "of the upstream",
        "requests per CPU-second",
        "with the upstream",
        "p99 ms",
        "MiB",
        "refused",
        "load generator, % of a core",
    ]);
    ways.iter().for_each(|way| way.add_to(&mut table));
    table.print("Gateway");
    let [rs, es, _, memory, database, new, proxy, gateway] = &ways;
    println!();
    for (what, ours) in [("answer from memory", memory), ("read from the database", database), ("every token new", new)] {
        println!(
            "- {what}, requests per CPU-second against HAProxy: {} x jwt_verify RS256, {} x ES256 (without the CPU of HAProxy's upstream); {} x and {} x with it",
            figure(ours.per_cpu_second() / rs.per_cpu_second()),
            figure(ours.per_cpu_second() / es.per_cpu_second()),
            figure(ours.per_cpu_second() / rs.per_cpu_second_of_all()),
            figure(ours.per_cpu_second() / es.per_cpu_second_of_all()),
        );
    }
    println!(
        "- separate processes, against HAProxy as a plain proxy before the same process: {} x the requests/s, {} x per CPU-second",
        figure(gateway.median(|round| round.rate) / proxy.median(|round| round.rate)),
        figure(gateway.per_cpu_second() / proxy.per_cpu_second()),
    );
}

/// The gateway and credit, each in a process of its own.
struct Apart {
    gateway: Process,
    credit: Process,
}

impl Apart {
    fn start(folder: &Folder) -> Self {
        let (at, credit, nobody) = (free_address(), free_address(), free_address());
        // Nobody answers for the others: they are not asked.
        let upstreams = format!("gateway=http://{at},credit=http://{credit},standards=http://{nobody},procurement=http://{nobody}");
        let environment = |name: &'static str, address: SocketAddr| {
            let mut all = settings(folder, name);
            all.retain(|(setting, _)| *setting != "TOUCHSTONE_LISTEN");
            all.extend([("TOUCHSTONE_LISTEN", address.to_string()), ("TOUCHSTONE_UPSTREAMS", upstreams.clone())]);
            all
        };
        let start = |name: &'static str, environment: &[(&str, String)]| {
            Process::that_tells(&testkit::program(name), &[], environment, &folder.path().join(format!("{name}.log")))
        };
        let mut of_credit = environment("credit", credit);
        of_credit.retain(|(setting, _)| *setting != "TOUCHSTONE_CLIENTS");
        of_credit.extend([("TOUCHSTONE_CLIENT_ID", CLIENT.to_owned()), ("TOUCHSTONE_CLIENT_SECRET", SECRET.to_owned())]);
        let credit = start("credit", &of_credit);
        Self { gateway: start("touchstone-gateway", &environment("touchstone-gateway", at)), credit }
    }
}
