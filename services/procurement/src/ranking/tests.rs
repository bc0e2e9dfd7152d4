//! The worked example of domain 6.2, the chain link by link, fewer than three, and what holds for any bids.

use contracts::credit::Grade;
use model::{
    instant::{Day, parse_day},
    money::{Currency, Money},
    uscc::Uscc,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::{Entry, Question, evaluate, place_of};
use crate::assessment::rules::{Link, Outcome, Ranking};
use crate::bid::rules::{Bid, Known};
use crate::decision::rules::Outcome as Eligibility;
use crate::deduction::rules::{Party, ProofKind, Size};
use crate::draw::rules::Disclosed;
use crate::evaluation::rules::{Method, Terms};
use crate::scoring::rules::Hundredths;
use crate::tender::rules::{Category, Method as Procedure};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn day() -> Day {
    parse_day("2026-06-01").unwrap()
}

fn code(number: u32) -> Uscc {
    Uscc::with_check(&format!("91440300XY{number:07}")).unwrap()
}

fn terms(value: &Value) -> Terms {
    let mut faults = Vec::new();
    let terms = Terms::read(value, "", &mut faults);
    assert_eq!(faults, []);
    terms.unwrap()
}

fn scored() -> Value {
    json!({"method": "comprehensive", "weights": {"price": "30", "technical": "70"},
        "small_business": {"whole": "10", "part": "4"}, "draw": {"commitment": receipt::digest(SECRET.as_bytes())}})
}

fn lowest() -> Value {
    json!({"method": "lowest_price", "small_business": {"whole": "10"},
        "draw": {"commitment": receipt::digest(SECRET.as_bytes())}})
}

fn bid(number: u32, price: &str, technical: Option<&str>) -> Entry {
    let party = Party { size: Size::Large, proof: None, share: Hundredths::HUNDRED };
    Entry {
        bid: Bid {
            bidder: code(number),
            members: vec![code(number)],
            price: Money::parse(price, Currency::parse("CNY").unwrap()).unwrap(),
            technical: technical.map(|text| Hundredths::parse(text).unwrap()),
            parties: vec![party],
            subcontractors: Vec::new(),
            linked: false,
            domestic_share: None,
            goods_price: None,
            brand: None,
            nonconformity: None,
        },
        known: Known { outcome: Eligibility::Eligible, grade: Grade::A, traceability: 1, related: Vec::new() },
    }
}

fn micro(mut entry: Entry) -> Entry {
    entry.bid.parties = vec![Party { size: Size::Micro, proof: Some(ProofKind::Declaration), share: Hundredths::HUNDRED }];
    entry
}

fn disclosed() -> Disclosed {
    Disclosed { secret: SECRET.to_owned(), beacon: None }
}

fn evaluated(terms: &Value, entries: &[Entry]) -> Ranking {
    bought_by(Procedure::Open, terms, entries)
}

fn bought_by(bought: Procedure, terms: &Value, entries: &[Entry]) -> Ranking {
    let disclosed = disclosed();
    let terms = self::terms(terms);
    let announced = terms.draw.is_some().then_some(&disclosed);
    let (category, tender, lot) = (Category::Goods, "T-1", "L-1");
    evaluate(Question { tender, lot, terms: &terms, category, bought, day: day(), entries, disclosed: announced }).unwrap()
}

/// The numbers of the bidders in the order of their ranks.
fn order(ranking: &Ranking, entries: &[Entry]) -> Vec<usize> {
    let ranked = ranking.bids.iter().filter(|bid| bid.rank.is_some());
    ranked.map(|bid| entries.iter().position(|entry| entry.bid.bidder == bid.bidder).unwrap()).collect()
}

#[test]
fn the_worked_example() {
    let entries = [micro(bid(1, "1000000.00", Some("50"))), bid(2, "950000.00", Some("50")), bid(3, "1200000.00", Some("50"))];
    let ranking = evaluated(&scored(), &entries);
    assert_eq!((ranking.outcome, ranking.valid_bids, ranking.lowest_evaluated_price.as_deref()), (Outcome::Ranked, 3, Some("900000.00")));
    let told: Vec<_> = ranking
        .bids
        .iter()
        .map(|bid| {
            let score = bid.score.as_ref().unwrap();
            (bid.price.amount(), bid.evaluated_price.clone().unwrap(), score.price.text(), score.total.text(), bid.rank)
        })
        .collect();
    let row = |price: &str, evaluated: &str, points: &str, total: &str, rank| {
        (price.to_owned(), evaluated.to_owned(), points.to_owned(), total.to_owned(), Some(rank))
    };
    assert_eq!(
        told,
        [
            row("1000000.00", "900000.00", "30.00", "80.00", 1),
            row("950000.00", "950000.00", "28.42", "78.42", 2),
            row("1200000.00", "1200000.00", "22.50", "72.50", 3),
        ]
    );
    let steps: Vec<_> = ranking.bids[0].steps.iter().map(|step| &*step.text.en).collect();
    assert_eq!(
        steps[1..],
        [
            "Evaluated price = 1000000.00 - 1000000.00 × 10.00 % = 900000.00; the price of the contract stays 1000000.00.",
            "Price score = 900000.00 / 900000.00 × 30.00 = 30.00 (half up, two decimals).",
            "Total = 30.00 + 50.00 = 80.00."
        ]
    );
    assert_eq!(ranking.bids[0].ahead.as_ref().unwrap().by, Some(Link::Score));
}

/// Each row makes the first bid differ from two that are alike by one link only.
#[test]
fn the_chain_link_by_link() {
    type Change = fn(&mut Entry);
    let rows: [(&str, Value, Change, Link); 6] = [
        ("price decides", lowest(), |one| one.bid.price = Money::new(99_99, one.bid.price.currency()), Link::EvaluatedPrice),
        ("then credit", lowest(), |one| one.known.grade = Grade::Aa, Link::CreditGrade),
        ("then traceability", lowest(), |one| one.known.traceability = 2, Link::Traceability),
        ("credit before traceability", scored(), |one| (one.known.grade, one.known.traceability) = (Grade::Aa, 0), Link::CreditGrade),
        ("traceability", scored(), |one| one.known.traceability = 4, Link::Traceability),
        // 30.00 + 40 = 27.00 + 43: the same score, and the lower price comes first.
        ("score alike, price first", scored(), |_| {}, Link::EvaluatedPrice),
    ];
    for (name, terms, change, link) in rows {
        let is_scored = terms["method"] == "comprehensive";
        let points = |text| if is_scored { Some(text) } else { None };
        let mut entries = [bid(1, "100.00", points("40")), bid(2, "100.00", points("40")), bid(3, "100.00", points("40"))];
        if name.starts_with("score alike") {
            entries[1..].iter_mut().for_each(|one| *one = bid(if one.bid.bidder == code(2) { 2 } else { 3 }, "111.11", Some("43")));
        }
        change(&mut entries[0]);
        let ranking = evaluated(&terms, &entries);
        assert_eq!(order(&ranking, &entries)[0], 0, "{name}");
        assert_eq!(ranking.bids[0].ahead.as_ref().unwrap().by, Some(link), "{name}");
        assert_eq!(ranking.bids[1].ahead.as_ref().unwrap().by, Some(Link::Draw), "{name}: the other two are level");
        assert_eq!(ranking.draw.unwrap().tickets.len(), 2, "{name}");
    }
}

/// Points that are made up for by an announced preference: the same score and price, and the preference itself tells them apart before the technical score,
/// which stands in the chain (domain 6.2) and can never be the first to tell: score, price and preferences alike leave it no room.
#[test]
fn the_preference_is_met_before_the_technical_score() {
    let mut value = scored();
    value["weights"] = json!({"price": "30", "technical": "65", "preference": "5"});
    value["preferences"] = json!([{"code": "traceability", "steps": [{"least": 2, "points": "5"}]}]);
    let mut entries = [bid(1, "100.00", Some("45")), bid(2, "100.00", Some("40")), bid(3, "200.00", Some("0"))];
    entries[1].known.traceability = 2;
    let ranking = evaluated(&value, &entries);
    assert_eq!(order(&ranking, &entries), [1, 0, 2]);
    assert_eq!(ranking.bids[0].ahead.as_ref().unwrap().by, Some(Link::Traceability));
    assert_eq!(Link::chain(Method::Comprehensive)[4..], [Link::TechnicalScore, Link::Draw]);
}

#[test]
fn unrated_is_neither_good_nor_bad() {
    let places: Vec<_> =
        [Grade::Aaa, Grade::Aa, Grade::A, Grade::B, Grade::Unrated, Grade::C, Grade::D].map(|grade| place_of(grade, day())).to_vec();
    assert_eq!(places, [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn fewer_than_three_valid_bids_are_void() {
    type Change = fn(&mut Entry);
    let mut value = scored();
    value["ceiling"] = json!({"amount": "100.00", "currency": "CNY"});
    value["technical_minimum"] = json!("36");
    let rows: [(&str, Change); 7] = [
        ("ineligible", |one| one.known.outcome = Eligibility::Ineligible),
        ("eligibility_indeterminate", |one| one.known.outcome = Eligibility::Indeterminate),
        ("related_bidder", |one| one.known.related = vec![code(2)]),
        ("price_above_ceiling", |one| one.bid.price = Money::new(10_001, one.bid.price.currency())),
        ("technical_minimum", |one| one.bid.technical = Hundredths::parse("35.99")),
        ("not_responsive", |one| one.bid.nonconformity = Some("示例".to_owned())),
        ("", |one| one.known.outcome = Eligibility::EligibleWithConditions),
    ];
    for (expected, change) in rows {
        let mut entries = [bid(1, "100.00", Some("36")), bid(2, "100.00", Some("40")), bid(3, "100.00", Some("70"))];
        change(&mut entries[0]);
        let ranking = evaluated(&value, &entries);
        let codes: Vec<_> = ranking.bids.iter().flat_map(|bid| &bid.objections).map(|objection| &*objection.code).collect();
        if expected.is_empty() {
            assert_eq!((ranking.outcome, codes.len()), (Outcome::Ranked, 0));
            continue;
        }
        assert_eq!((ranking.outcome, ranking.valid_bids, codes), (Outcome::Void, 2, vec![expected]));
        assert!(ranking.bids.iter().all(|bid| bid.rank.is_none() && bid.score.is_none() && bid.evaluated_price.is_none()));
    }
}

/// 2020/46: what is reserved for small and medium businesses is theirs alone, and nothing is deducted.
#[test]
fn a_reserved_procurement() {
    let mut value = lowest();
    value["small_business"] = json!({"reserved": true});
    let mut entries = [micro(bid(1, "100.00", None)), micro(bid(2, "90.00", None)), micro(bid(3, "95.00", None)), bid(4, "10.00", None)];
    entries[1].bid.parties[0].size = Size::Medium;
    let ranking = evaluated(&value, &entries);
    assert_eq!(order(&ranking, &entries), [1, 2, 0]);
    assert!(ranking.bids.iter().all(|bid| bid.deductions.is_empty()));
    assert_eq!(ranking.bids[3].objections[0].code, "reserved_for_small_business");
}

/// Order 87 Art 31: those of one brand count once, and one of them is a candidate.
#[test]
fn one_brand_counts_once() {
    let branded = |number, price, points| {
        let mut entry = bid(number, price, points);
        entry.bid.brand = Some("示例".to_owned());
        entry
    };
    let entries = [branded(1, "100.00", None), branded(2, "90.00", None), bid(3, "95.00", None)];
    assert_eq!((evaluated(&lowest(), &entries).outcome, evaluated(&lowest(), &entries).valid_bids), (Outcome::Void, 2));
    // By the lowest tendered price, although the dearer one is evaluated lower; by the score where bids are scored.
    let entries = [micro(branded(1, "99.00", None)), branded(2, "90.00", None), bid(3, "95.00", None), bid(4, "96.00", None)];
    let ranking = evaluated(&lowest(), &entries);
    assert_eq!(order(&ranking, &entries), [1, 2, 3]);
    assert_eq!(ranking.bids[3].set_aside.as_ref().unwrap().code, "same_brand");
    let entries =
        [branded(1, "100.00", Some("70")), branded(2, "90.00", Some("20")), bid(3, "95.00", Some("60")), bid(4, "96.00", Some("1"))];
    assert_eq!(order(&evaluated(&scored(), &entries), &entries), [0, 2, 3]);
}

/// Two of one brand that nothing tells apart: only a draw says which of them goes first, as for any two.
#[test]
fn a_tie_inside_one_brand_is_no_ranking() {
    let mut entries = [bid(1, "90.00", None), bid(2, "90.00", None), bid(3, "95.00", None), bid(4, "96.00", None)];
    entries[0].bid.brand = Some("示例".to_owned());
    entries[1].bid.brand = Some("示例".to_owned());
    let mut undrawn = lowest();
    undrawn.as_object_mut().unwrap().remove("draw");
    assert_eq!(evaluated(&undrawn, &entries).outcome, Outcome::Undecided);
}

/// Law Art 36 speaks of tenders, Art 39 of a single source: there one bid is what there is.
#[test]
fn a_single_source_is_one() {
    let entries = [bid(1, "90.00", None)];
    assert_eq!(evaluated(&lowest(), &entries).outcome, Outcome::Void);
    assert_eq!(bought_by(Procedure::SingleSource, &lowest(), &entries).outcome, Outcome::Ranked);
}

#[test]
fn domestic_products_are_preferred_where_others_compete() {
    let mut entries = [bid(1, "100.00", None), bid(2, "110.00", None), bid(3, "120.00", None)];
    entries[1].bid.domestic_share = Hundredths::parse("80");
    assert_eq!(order(&evaluated(&lowest(), &entries), &entries), [1, 0, 2]);
    let mut treaty = lowest();
    treaty["treaty"] = json!("示例协定");
    assert_eq!(order(&evaluated(&treaty, &entries), &entries), [0, 1, 2]);
    for entry in &mut entries {
        entry.bid.domestic_share = Some(Hundredths::HUNDRED);
    }
    let ranking = evaluated(&lowest(), &entries);
    assert!(ranking.bids.iter().all(|bid| bid.deductions.is_empty()), "nobody else competes");
}

#[test]
fn a_draw_needs_what_was_committed_to() {
    let entries = [bid(1, "100.00", None), bid(2, "100.00", None), bid(3, "120.00", None)];
    let asked = |terms: &Terms, disclosed: Option<&Disclosed>| {
        let answer = evaluate(Question {
            tender: "T-1",
            lot: "",
            terms,
            category: Category::Goods,
            bought: Procedure::Open,
            day: day(),
            entries: &entries,
            disclosed,
        });
        answer.map_err(|faults| faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect::<Vec<_>>())
    };
    let (announced, mut silent) = (terms(&lowest()), lowest());
    silent.as_object_mut().unwrap().remove("draw");
    let silent = terms(&silent);
    let mut beacon = lowest();
    beacon["draw"]["beacon"] = json!("drand, the first round after the opening");
    let beacon = terms(&beacon);
    let other = Disclosed { secret: "another".to_owned(), beacon: None };
    assert_eq!(asked(&announced, None).unwrap_err(), ["/draw draw_secret_missing"]);
    assert_eq!(asked(&announced, Some(&other)).unwrap_err(), ["/draw/secret draw_secret"]);
    assert_eq!(asked(&beacon, Some(&disclosed())).unwrap_err(), ["/draw/beacon draw_beacon"]);
    assert_eq!(asked(&silent, Some(&disclosed())).unwrap_err(), ["/draw draw_not_announced"]);
    let undecided = asked(&silent, None).unwrap();
    assert_eq!(undecided.outcome, Outcome::Undecided);
    assert_eq!(undecided.bids.iter().map(|bid| bid.rank).collect::<Vec<_>>(), [Some(1), Some(1), Some(3)]);
    assert_eq!(undecided.bids[0].ahead.as_ref().unwrap().by, None);
}

type SomeBid = (u32, u32, bool, usize, u8, Option<u32>, u32);

fn some_bids() -> impl Strategy<Value = Vec<Entry>> {
    let one = (1_u32..6, 0_u32..4, any::<bool>(), 0_usize..4, 0_u8..3, prop::option::of(0_u32..2), 0_u32..12);
    prop::collection::vec(one, 1..9).prop_map(|rows| {
        let entry = |(place, (price, technical, small, grade, level, brand, fate)): (usize, SomeBid)| {
            let number = u32::try_from(place).unwrap() + 1;
            let mut entry = bid(number, &format!("{}.00", 90 + price), Some(&(technical * 10).to_string()));
            if small {
                entry = micro(entry);
            }
            entry.known.grade = [Grade::Aa, Grade::B, Grade::Unrated, Grade::C][grade];
            entry.known.traceability = level;
            entry.bid.brand = brand.map(|brand| format!("示例{brand}"));
            entry.bid.domestic_share = (fate % 3 == 0).then_some(Hundredths::HUNDRED);
            if fate == 11 {
                entry.known.outcome = Eligibility::Indeterminate;
            }
            entry
        };
        rows.into_iter().enumerate().map(entry).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_bids_does_not_show(entries in some_bids(), turn in 0_usize..9) {
        let mut turned = entries.clone();
        turned.rotate_left(turn % entries.len());
        turned.reverse();
        prop_assert_eq!(evaluated(&scored(), &turned), evaluated(&scored(), &entries));
    }

    #[test]
    fn ranks_follow_scores_and_scores_their_weights(entries in some_bids()) {
        let ranking = evaluated(&scored(), &entries);
        prop_assert_ne!(ranking.outcome, Outcome::Undecided);
        let ranked: Vec<_> = ranking.bids.iter().filter(|bid| bid.rank.is_some()).collect();
        for (place, bid) in ranked.iter().enumerate() {
            let score = bid.score.as_ref().unwrap();
            prop_assert_eq!(bid.rank, u32::try_from(place + 1).ok());
            prop_assert!(score.price <= Hundredths::parse("30").unwrap() && score.total <= Hundredths::HUNDRED);
            prop_assert_eq!(score.price.plus(score.technical), score.total, "the parts add up");
        }
        prop_assert!(ranked.windows(2).all(|pair| pair[0].score.as_ref().unwrap().total >= pair[1].score.as_ref().unwrap().total));
        prop_assert_eq!(ranked.is_empty(), ranking.outcome == Outcome::Void);
        prop_assert_eq!(ranking.outcome == Outcome::Void, ranking.valid_bids < 3);
        prop_assert!(ranking.bids.iter().all(|bid| bid.rank.is_none() || bid.valid));
        prop_assert_eq!(ranking.bids.len(), entries.len());
        prop_assert!(ranking.bids.iter().all(|bid| bid.ahead.as_ref().is_none_or(|ahead| ahead.by != Some(Link::TechnicalScore))));
    }

    /// A bid that is dearer than all, unbranded, as domestic as some that is there and of a large business changes no order but that of a draw.
    #[test]
    fn a_worse_bid_moves_nobody(entries in some_bids()) {
        let before = evaluated(&scored(), &entries);
        let foreign = entries.iter().any(|one| one.bid.domestic_share.is_none() && one.known.outcome != Eligibility::Indeterminate);
        if before.outcome == Outcome::Ranked && before.draw.is_none() && foreign {
            let mut more = entries.clone();
            more.push(bid(99, "9999.00", Some("0")));
            let after = evaluated(&scored(), &more);
            let mut expected = order(&before, &entries);
            expected.push(entries.len());
            prop_assert_eq!(order(&after, &more), expected);
            for (old, new) in before.bids.iter().zip(&after.bids).filter(|(old, _)| old.rank.is_some()) {
                prop_assert_eq!((&old.score, old.rank), (&new.score, new.rank));
            }
        }
    }

    /// The answer is plain data: it comes back from its JSON.
    #[test]
    fn it_can_be_stored(entries in some_bids()) {
        let ranking = evaluated(&scored(), &entries);
        let text = serde_json::to_string(&ranking).unwrap();
        prop_assert_eq!(serde_json::from_str::<Ranking>(&text).unwrap(), ranking);
    }
}

#[test]
#[ignore = "prints a figure; run with --release --nocapture"]
fn speed() {
    let entries: Vec<Entry> = (1..=200).map(|number| bid(number, &format!("{}.00", 1_000 + number % 50), Some("50"))).collect();
    let start = std::time::Instant::now();
    for _ in 0..100 {
        assert_eq!(std::hint::black_box(evaluated(&scored(), std::hint::black_box(&entries))).outcome, Outcome::Ranked);
    }
    eprintln!("{:?} for 200 bids with ties that are drawn", start.elapsed() / 100);
}
