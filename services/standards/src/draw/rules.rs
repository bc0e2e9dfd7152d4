//! The draw: without replacement, by weights, from a key that is made of what was fixed before anybody could know its effect. SHA-256 is
//! handed in. Not here: who stands in the urn.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// SHA-256.
pub type Hash = fn(&[u8]) -> [u8; 32];

/// One that may be drawn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DrawCandidate)]
pub struct Candidate {
    /// Its id.
    #[schema(example = "dcl_01JD0000000000000000000000")]
    pub id: String,
    /// How many times its name lies in the urn.
    #[schema(example = 1)]
    pub weight: u32,
}

/// What decides a draw, beside who stands in the urn.
#[derive(Clone, Copy, Debug)]
pub struct Fixed<'a> {
    /// The plan.
    pub plan: &'a str,
    /// The secret text whose hash was published with the plan.
    pub seed: &'a str,
    /// The value that the announced public source gave later, where one was announced.
    pub beacon: Option<&'a str>,
}

/// `sha256:…` of some bytes.
#[must_use]
pub fn digest(hash: Hash, bytes: &[u8]) -> String {
    let hex: String = hash(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// The digest of an urn: a line of id and weight for each, in the order of the ids.
#[must_use]
pub fn population_digest(hash: Hash, population: &[Candidate]) -> String {
    let lines: String = sorted(population).iter().map(|one| format!("{} {}\n", one.id, one.weight)).collect();
    digest(hash, lines.as_bytes())
}

fn sorted(population: &[Candidate]) -> Vec<&Candidate> {
    let mut all: Vec<&Candidate> = population.iter().collect();
    all.sort();
    all
}

/// Who is drawn, in order: before each draw, the first sixteen bytes of the hash of key and step say how many names to count off in the
/// order of the ids; whoever is met is taken out with all its names.
#[must_use]
pub fn drawn(hash: Hash, fixed: Fixed<'_>, population: &[Candidate], count: usize) -> Vec<String> {
    let key = key(hash, fixed, population);
    let mut urn: Vec<&Candidate> = sorted(population).into_iter().filter(|one| one.weight > 0).collect();
    let mut order = Vec::new();
    for step in 0..count.min(urn.len()) {
        let names: u128 = urn.iter().map(|one| u128::from(one.weight)).sum();
        let Some(met) = number(hash, &key, step).checked_rem(names).and_then(|off| counted_off(&urn, off)) else { break };
        order.push(urn.remove(met).id.clone());
    }
    order
}

/// The key of a draw: the digest of plan, seed, beacon and urn, a line each.
fn key(hash: Hash, fixed: Fixed<'_>, population: &[Candidate]) -> String {
    let Fixed { plan, seed, beacon } = fixed;
    let text = format!("{plan}\n{seed}\n{}\n{}", beacon.unwrap_or_default(), population_digest(hash, population));
    digest(hash, text.as_bytes())
}

/// A number of 128 bits: what its remainder by a few million names favours is far below anything that could be noticed.
fn number(hash: Hash, key: &str, step: usize) -> u128 {
    hash(format!("{key}\n{step}").as_bytes()).iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

fn counted_off(urn: &[&Candidate], off: u128) -> Option<usize> {
    let mut passed = 0_u128;
    urn.iter().position(|one| {
        passed = passed.saturating_add(u128::from(one.weight));
        off < passed
    })
}
