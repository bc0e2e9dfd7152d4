//! Signs that two bidders of one lot belong together, found by what they have in common; the consequence of each sign is policy data. What bidders declare is
//! compared as hashes only. Not here: what the evaluation makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use model::{
    fault::Fault,
    instant::Day,
    normalise::{compact, half_width, search_key},
    policy::Policy,
    uscc::Uscc,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What two bidders have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// The same enterprise is in both bids.
    Member,
    /// The same person in charge.
    LegalRepresentative,
    /// One directly controls or manages the other, or the same controls both.
    Control,
    /// The same contact address.
    Address,
    /// The same telephone.
    Phone,
    /// The same electronic mail address.
    Email,
    /// The same insurance policy.
    PolicyNo,
    /// The deposit came from the same account.
    Account,
    /// The bid was made on the same machine.
    Machine,
}

/// What follows from a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RelationConsequence)]
pub enum Consequence {
    /// The committee must look at it.
    Flag,
    /// Both bids are invalid.
    Excluded,
}

/// The signs with what follows from each.
static SIGNS: LazyLock<Result<Policy<BTreeMap<Sign, Consequence>>, Fault>> =
    LazyLock::new(|| Policy::from_json(include_str!("../../policy/related_signs.json")));

/// What follows from a sign on a day; at least a look.
#[must_use]
pub fn consequence(sign: Sign, day: Day) -> Consequence {
    let row = SIGNS.as_ref().ok().and_then(|policy| policy.at(day));
    row.and_then(|row| row.value.get(&sign).copied()).unwrap_or(Consequence::Flag)
}

/// What a bidder declares of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Its registered name, by which another may name it as its controller.
    #[serde(default)]
    pub name: Option<String>,
    /// The person in charge: name and document number, or either.
    #[serde(default)]
    pub legal_representative: Option<String>,
    /// The contact address.
    #[serde(default)]
    pub address: Option<String>,
    /// The telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// The electronic mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Who directly controls or manages it: codes where there are, else names.
    #[serde(default)]
    pub controllers: Vec<String>,
    /// The insurance policy.
    #[serde(default)]
    pub policy_no: Option<String>,
    /// The account from which the deposit came.
    #[serde(default)]
    pub account: Option<String>,
    /// What identifies the machine on which the bid was made.
    #[serde(default)]
    pub machine: Option<String>,
}

impl Declared {
    /// Every text with its sign and its place.
    pub fn texts(&self) -> impl Iterator<Item = (Sign, String, &str)> {
        let single = [
            (Sign::LegalRepresentative, "legal_representative", &self.legal_representative),
            (Sign::Address, "address", &self.address),
            (Sign::Phone, "phone", &self.phone),
            (Sign::Email, "email", &self.email),
            (Sign::PolicyNo, "policy_no", &self.policy_no),
            (Sign::Account, "account", &self.account),
            (Sign::Machine, "machine", &self.machine),
        ];
        let single = single.into_iter().filter_map(|(sign, name, text)| Some((sign, format!("/{name}"), text.as_deref()?)));
        let controllers = self.controllers.iter().enumerate();
        single.chain(controllers.map(|(place, text)| (Sign::Control, format!("/controllers/{place}"), text.as_str())))
    }
}

/// The form in which declared texts are compared; `None` where nothing of it is left.
#[must_use]
pub fn normalised(sign: Sign, text: &str) -> Option<String> {
    let form = match sign {
        Sign::Phone => phone(text),
        Sign::Email => text.trim().chars().map(half_width).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect(),
        Sign::LegalRepresentative | Sign::Address | Sign::Control | Sign::Member => search_key(text),
        Sign::PolicyNo | Sign::Account | Sign::Machine => search_key(&compact(text)),
    };
    (!form.is_empty()).then_some(form)
}

/// The digits of a number in China, without the country code and the trunk zero.
fn phone(text: &str) -> String {
    let digits: String = text.chars().map(half_width).filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let national = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")).unwrap_or(&digits);
    national.trim_start_matches('0').chars().filter(char::is_ascii_digit).collect()
}

/// A bidder as it is compared: who it is, and the hashes of what it declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Who bids.
    pub bidder: Uscc,
    /// Sign and salted hash of each declared text, its own codes among the controllers and members.
    pub marks: BTreeSet<(Sign, String)>,
    /// The hashes of its own codes and names, by which another may name it as its controller.
    pub own: BTreeSet<String>,
}

/// SHA-256 over the salt of this check, the sign's family and the normalised text: comparable within one check, and nowhere else.
fn hashed(salt: &str, family: &str, text: &str) -> String {
    receipt::digest(format!("{salt}\n{family}\n{text}").as_bytes())
}

const fn family(sign: Sign) -> &'static str {
    match sign {
        Sign::Member => "member",
        Sign::LegalRepresentative => "legal_representative",
        Sign::Control => "control",
        Sign::Address => "address",
        Sign::Phone => "phone",
        Sign::Email => "email",
        Sign::PolicyNo => "policy_no",
        Sign::Account => "account",
        Sign::Machine => "machine",
    }
}

impl Marks {
    /// Takes the marks of a bidder; the texts themselves are not kept.
    #[must_use]
    pub fn take(salt: &str, bidder: &Uscc, members: &[Uscc], declared: &Declared) -> Self {
        let mut marks: BTreeSet<(Sign, String)> =
            members.iter().map(|member| (Sign::Member, hashed(salt, family(Sign::Member), member.as_str()))).collect();
        for (sign, _, text) in declared.texts() {
            marks.extend(normalised(sign, text).map(|form| (sign, hashed(salt, family(sign), &form))));
        }
        let own = members.iter().map(Uscc::as_str).chain(declared.name.as_deref());
        let own = own.filter_map(|text| normalised(Sign::Control, text)).map(|form| hashed(salt, family(Sign::Control), &form));
        Self { bidder: bidder.clone(), marks, own: own.collect() }
    }
}

/// Two bidders and what they have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The two, in the order of their codes.
    #[schema(value_type = Vec<String>)]
    pub between: [Uscc; 2],
    /// What they have in common, with what follows from each.
    pub signs: BTreeMap<Sign, Consequence>,
    /// The gravest of these.
    pub consequence: Consequence,
}

/// Every pair of bidders with something in common, in the order of their codes; the order in which bidders are given does not show.
#[must_use]
pub fn related(bidders: &[Marks], day: Day) -> Vec<Relation> {
    // By hash, so that only those who share something are ever paired.
    let mut holders: BTreeMap<(Sign, &str), BTreeSet<&Uscc>> = BTreeMap::new();
    for one in bidders {
        for (sign, hash) in &one.marks {
            holders.entry((*sign, hash)).or_default().insert(&one.bidder);
        }
        for hash in &one.own {
            holders.entry((Sign::Control, hash)).or_default().insert(&one.bidder);
        }
    }
    let mut pairs: BTreeMap<[&Uscc; 2], BTreeSet<Sign>> = BTreeMap::new();
    for ((sign, _), bidders) in holders {
        for (place, one) in bidders.iter().enumerate() {
            for other in bidders.iter().skip(place.saturating_add(1)) {
                pairs.entry([one, other]).or_default().insert(sign);
            }
        }
    }
    let relations = pairs.into_iter().map(|(between, signs)| {
        let signs: BTreeMap<Sign, Consequence> = signs.into_iter().map(|sign| (sign, consequence(sign, day))).collect();
        let gravest = signs.values().max().copied().unwrap_or(Consequence::Flag);
        Relation { between: between.map(Clone::clone), signs, consequence: gravest }
    });
    relations.collect()
}

/// The bidders for whom a relation excludes a bidder.
#[must_use]
pub fn excluded_by(relations: &[Relation], bidder: &Uscc) -> Vec<Uscc> {
    let of = relations.iter().filter(|relation| relation.consequence == Consequence::Excluded && relation.between.contains(bidder));
    of.flat_map(|relation| relation.between.iter().filter(|other| *other != bidder).cloned()).collect()
}
