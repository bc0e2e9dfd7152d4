//! Sets side by side; comparisons that follow their clauses, on both databases. All numbers and limits are invented.

use common::{
    db::{Db, Tx},
    service::Service,
    token::Role,
};
use model::{instant::parse_day, uscc::Uscc};
use proptest::prelude::*;
use testkit::{Folder, backends};

use super::{actions, rules::*, store};
use crate::{
    Standards,
    author::actions::Author,
    clause::{
        self,
        actions::{Expected, mandatory_for},
        rules::{Clause, TestMethod},
        tests::{clause, entry},
    },
    edition::{self, rules::RelationKind},
    indicator::rules::Amount,
    method_conversion::{self, rules::MethodConversion},
};

fn clauses(texts: &[&str]) -> Vec<Clause> {
    texts.iter().map(|text| clause(text, &[])).collect()
}

fn overall(ours: &[&str], theirs: &[&str]) -> Overall {
    side_by_side(&clauses(ours), &clauses(theirs), &[]).overall
}

#[test]
fn the_whole_follows_from_its_lines() {
    use Overall::{Equal, Looser, Mixed, Stricter, Undecided};
    let cases: [(&[&str], &[&str], Overall); 12] = [
        (&["a max 1 1"], &["a max 1 1"], Equal),
        (&["a max 1 1"], &["a max 2 1"], Stricter),
        (&["a max 1 1", "b min 5 1"], &["a max 2 1", "b min 5 1"], Stricter),
        (&["a max 1 1", "b min 5 1"], &["a max 2 1"], Stricter),
        (&["a max 1 1"], &["a max 2 1", "b min 5 1"], Mixed),
        (&["a max 1 1", "b min 5 1"], &["a max 2 1", "b min 6 1"], Mixed),
        (&["a max 1 1", "b min 5 1"], &["a max 1 1"], Mixed),
        (&["a max 1 1"], &["b max 1 1"], Mixed),
        (&["a max 1 m", "b max 1 1"], &["a max 1 g", "b max 2 1"], Undecided),
        (&["a max 1 m", "b max 1 1", "c max 2 1"], &["a max 1 g", "b max 2 1", "c max 1 1"], Mixed),
        (&[], &["a max 1 1"], Undecided),
        (&["a max 3 1"], &["a max 2 1"], Looser),
    ];
    for (ours, theirs, expected) in cases {
        let turned = match expected {
            Stricter => Looser,
            Looser => Stricter,
            same => same,
        };
        assert_eq!((overall(ours, theirs), overall(theirs, ours)), (expected, turned), "{ours:?} {theirs:?}");
    }
}

#[test]
fn clauses_meet_where_their_scopes_do() {
    let ours = [clause("a max 1 1", &["97.190"]), clause("a max 5 1", &["59"])];
    let verdicts = |theirs: &[Clause]| side_by_side(&ours, theirs, &[]).lines.into_iter().map(|line| line.verdict).collect::<Vec<_>>();
    use LineVerdict::{Equal, Looser, MissingHere, MissingThere, Stricter};
    assert_eq!(verdicts(&[clause("a max 2 1", &["59"]), clause("a max 1 1", &["97.190"])]), [Equal, Looser]);
    assert_eq!(verdicts(&[clause("a max 2 1", &[])]), [Stricter, Looser], "one without classes is about all");
    assert_eq!(verdicts(&[clause("a max 2 1", &["97"])]), [Stricter, MissingThere]);
    assert_eq!(verdicts(&[clause("a max 2 1", &["13"])]), [MissingThere, MissingThere, MissingHere]);
}

fn set() -> impl Strategy<Value = Vec<Clause>> {
    let properties = prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4);
    let limit = (1_u8..4, prop::sample::select(vec!["m", "cm", "g"]), prop::sample::select(vec!["max", "min"]));
    (properties, prop::collection::vec(limit, 4)).prop_map(|(properties, limits)| {
        let made = properties.into_iter().zip(limits);
        made.map(|(property, (limit, unit, direction))| clause(&format!("{property} {direction} {limit} {unit}"), &[])).collect()
    })
}

proptest! {
    #[test]
    fn turned_round_the_counts_turn(ours in set(), theirs in set()) {
        let (one, other) = (side_by_side(&ours, &theirs, &[]), side_by_side(&theirs, &ours, &[]));
        let Counts { stricter, equal, looser, missing_here, missing_there, not_comparable } = other.counts;
        let turned = Counts { stricter: looser, equal, looser: stricter, missing_here: missing_there, missing_there: missing_here, not_comparable };
        prop_assert_eq!(&one.counts, &turned);
        prop_assert_eq!(one.overall == Overall::Stricter, other.overall == Overall::Looser);
        prop_assert_eq!(one.overall == Overall::Equal, other.overall == Overall::Equal);
        let same = side_by_side(&ours, &ours, &[]);
        prop_assert_eq!(same.overall, if ours.is_empty() { Overall::Undecided } else { Overall::Equal });
    }
}

fn author() -> Author {
    let organisation = Uscc::with_check("11440000100000000").unwrap();
    Author { client: "test".to_owned(), organisation, role: Role::Authority }
}

async fn edition(db: &Db, number: &'static str) -> String {
    db.write(move |tx| edition::actions::record(tx, &entry(number, None), "test")).await.unwrap().0.id
}

fn write(tx: &mut Tx<'_>, id: &str, clauses: &[Clause]) -> common::error::Result<i64> {
    let version = clause::store::of_edition(tx.conn, id)?.map(|set| common::http::precondition::IfMatch::Versions(vec![set.version]));
    let expected = Expected { version, nothing: false };
    clause::actions::put(tx, id, clauses, &expected, &author()).map(|(_, set, _)| set.version)
}

async fn put(db: &Db, id: &str, clauses: Vec<Clause>) -> common::error::Result<i64> {
    let id = id.to_owned();
    db.write(move |tx| write(tx, &id, &clauses)).await
}

async fn stricter_than(db: &Db, number: &'static str) -> Vec<String> {
    db.read(move |conn| edition::store::targets(conn, &[number.to_owned()], RelationKind::StricterThan)).await.unwrap()
}

fn by(method: &str, text: &str) -> Clause {
    let mut clause = clause(text, &[]);
    clause.indicator.test_method = Some(TestMethod { standard: method.to_owned(), clause: None });
    clause
}

#[actix_web::test]
async fn a_comparison_follows_the_clauses() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "standards", Standards::migrations());
        let (ours, theirs) = (edition(&db, "T/SLXH 001-2026").await, edition(&db, "GB/T 99001-2024").await);
        let pair = |one: &str, other: &str| {
            let (one, other) = (one.to_owned(), other.to_owned());
            db.write(move |tx| actions::record(tx, (&one, &other), &author()))
        };
        let missing = pair(&ours, "GB/T 99001").await.unwrap_err();
        let faults: Vec<_> = missing.errors().iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        assert_eq!(faults, [("/ours", "clauses_missing"), ("/theirs", "clauses_missing")]);

        assert_eq!(put(&db, &ours, clauses(&["a max 1 1"])).await.unwrap(), 1);
        assert_eq!(put(&db, &theirs, clauses(&["a max 2 1"])).await.unwrap(), 1);
        assert_eq!(put(&db, &theirs, clauses(&["a max 2 1"])).await.unwrap(), 1, "the same set is no new version");
        assert_eq!(pair(&ours, "T/SLXH 001").await.unwrap_err().code(), "edition_same");
        assert_eq!(pair(&ours, "nonsense").await.unwrap_err().code(), "edition_unknown");
        let kept = pair("T/SLXH 001-2026", "GB/T 99001").await.unwrap();
        let turned = pair(&theirs, &ours).await.unwrap();
        assert_eq!((kept.comparison.report.overall, turned.comparison.report.overall), (Overall::Stricter, Overall::Looser));
        assert_eq!(stricter_than(&db, "T/SLXH 001-2026").await, ["GB/T 99001-2024"]);
        assert_eq!(pair(&ours, &theirs).await.unwrap_err().code(), "duplicate");

        // They change places: what held is taken back before the other is said.
        assert_eq!(put(&db, &ours, clauses(&["a max 3 1"])).await.unwrap(), 2);
        assert!(stricter_than(&db, "T/SLXH 001-2026").await.is_empty());
        assert_eq!(stricter_than(&db, "GB/T 99001-2024").await, ["T/SLXH 001-2026"]);
        let id = kept.comparison.id.clone();
        let now = db.read(move |conn| store::find(conn, &id)).await.unwrap().unwrap();
        assert_eq!((now.version, now.comparison.ours.version, now.comparison.report.overall), (2, 2, Overall::Looser));

        // Two methods are not compared, until somebody records how values by the one become values by the other.
        put(&db, &ours, vec![by("GB/T 99901-2020", "a max 3 1")]).await.unwrap();
        put(&db, &theirs, vec![by("GB/T 99901-2010", "a max 2 1")]).await.unwrap();
        assert!(stricter_than(&db, "GB/T 99001-2024").await.is_empty());
        let method = |year: &str| TestMethod { standard: format!("GB/T 99901-{year}"), clause: None };
        let (factor, offset) = (Amount::parse("2").unwrap(), Amount::ZERO);
        let conversion =
            MethodConversion { property: "a".to_owned(), from: method("2010"), to: method("2020"), factor, offset, unit: "1".to_owned() };
        let record = || {
            let conversion = conversion.clone();
            db.write(move |tx| method_conversion::actions::record(tx, &conversion, "示例", &author()))
        };
        record().await.unwrap();
        assert_eq!(record().await.unwrap_err().code(), "duplicate");
        assert_eq!(stricter_than(&db, "T/SLXH 001-2026").await, ["GB/T 99001-2024"], "2 by the older method are 4 by the newer one");
    }
}

#[actix_web::test]
async fn nothing_is_below_a_mandatory_standard_in_force() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "standards", Standards::migrations());
        let (ours, law) = (edition(&db, "T/SLXH 001-2026").await, edition(&db, "GB 99002-2024").await);
        assert_eq!(put(&db, &ours, clauses(&["a max 3 1"])).await.unwrap(), 1);
        put(&db, &law, clauses(&["a max 2 1"])).await.unwrap();
        let refused = put(&db, &ours, clauses(&["b max 1 1", "a max 3 1"])).await.unwrap_err();
        let faults: Vec<_> = refused.errors().iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        assert_eq!((faults, refused.code()), (vec![("/clauses/1/indicator", "below_mandatory")], "below_mandatory"));
        put(&db, &ours, clauses(&["a max 2 1"])).await.unwrap();
        put(&db, &law, clauses(&["a max 9 1"])).await.unwrap();
        let asked = |ics: &'static str, day: &'static str| {
            db.read(move |conn| mandatory_for(conn, &["a".to_owned()], &[ics.to_owned()], &[], parse_day(day).unwrap()))
        };
        assert_eq!(asked("97", "2026-01-01").await.unwrap().len(), 1);
        assert!(asked("59", "2026-01-01").await.unwrap().is_empty());
        assert!(asked("97", "2019-12-31").await.unwrap().is_empty(), "not in force yet");
    }
}
