//! What a plan must be, and in which band a value is, case by case (domain 2.4; domain-updates A20).

use common::service::Service;
use model::instant::parse_day;
use testkit::{Folder, backends};

use super::{
    actions::floors,
    rules::{Band, Floor, Graded, GradedKind, PlanState, RankingPlan, RankingTerms, below, faults, incomplete, policy},
};
use crate::{
    Standards,
    author::actions::Author,
    clause::{
        self,
        actions::Expected,
        tests::{clause, entry},
    },
    edition,
    indicator::rules::{Amount, Direction, Indicator, IndicatorKind, Reason},
};

fn amount(text: &str) -> Option<Amount> {
    (text != "-").then(|| Amount::parse(text).unwrap())
}

/// An indicator whose bands are written `lower..upper`, `-` for a bound that is not there.
pub(crate) fn graded(property: &str, kind: GradedKind, direction: Direction, unit: &str, bands: &[(&str, &str)]) -> Graded {
    let bands = bands.iter().map(|(lower, upper)| Band { lower: amount(lower), upper: amount(upper) }).collect();
    let title = "示例".to_owned();
    Graded { property: property.to_owned(), title, kind, direction, unit: unit.to_owned(), test_method: None, bands }
}

pub(crate) fn declared(property: &str, direction: Direction, unit: &str, (lower, upper): (&str, &str)) -> Indicator {
    Indicator {
        property: property.to_owned(),
        title: "示例".to_owned(),
        direction,
        lower: amount(lower),
        upper: amount(upper),
        unit: unit.to_owned(),
        test_method: None,
        kind: IndicatorKind::Performance,
    }
}

#[test]
fn the_shipped_terms_are_three_core_indicators_in_several_bands() {
    let row = policy().unwrap();
    let terms = &row.at(model::instant::parse_day("2026-11-25").unwrap()).unwrap().value;
    assert_eq!(*terms, RankingTerms { core_indicators: 3, bands: 2, declarations: 5_000 });
}

#[test]
fn a_value_is_in_the_best_band_that_it_keeps_to() {
    let at_least = graded("wear", GradedKind::Core, Direction::Min, "mm", &[("100", "-"), ("80", "-"), ("60", "-")]);
    let at_most = graded("lead", GradedKind::Core, Direction::Max, "mg/kg", &[("-", "10"), ("-", "50")]);
    let between = graded("width", GradedKind::Core, Direction::Range, "mm", &[("9", "11"), ("8", "12")]);
    for (plan, direction, unit, bounds, expected) in [
        (&at_least, Direction::Min, "mm", ("100", "-"), Ok(Some(1))),
        (&at_least, Direction::Min, "mm", ("99.999", "-"), Ok(Some(2))),
        // Another unit of the same kind is the same value.
        (&at_least, Direction::Min, "cm", ("8", "-"), Ok(Some(2))),
        (&at_least, Direction::Min, "m", ("0.06", "-"), Ok(Some(3))),
        (&at_least, Direction::Min, "mm", ("59.9", "-"), Ok(None)),
        // What is bounded on both sides keeps to one of them.
        (&at_least, Direction::Range, "mm", ("100", "200"), Ok(Some(1))),
        (&at_least, Direction::Range, "mm", ("10", "200"), Ok(None)),
        (&at_least, Direction::Min, "kg", ("100", "-"), Err(Reason::Unit)),
        (&at_most, Direction::Max, "mg/kg", ("-", "10"), Ok(Some(1))),
        (&at_most, Direction::Max, "ug/kg", ("-", "10001"), Ok(Some(2))),
        (&at_most, Direction::Max, "mg/kg", ("-", "50.1"), Ok(None)),
        (&between, Direction::Range, "mm", ("9.5", "10.5"), Ok(Some(1))),
        (&between, Direction::Range, "mm", ("8", "12"), Ok(Some(2))),
        // It reaches out of the best band on one side and lies in the next one.
        (&between, Direction::Range, "mm", ("9.5", "11.5"), Ok(Some(2))),
        (&between, Direction::Range, "mm", ("9.5", "12.5"), Ok(None)),
    ] {
        let value = declared(&plan.property, direction, unit, bounds);
        assert_eq!(plan.band_of(&value, &[]), expected, "{} {bounds:?} {unit}", plan.property);
    }
}

#[test]
fn bands_stand_from_the_best_to_the_lowest_and_a_property_once() {
    let good = graded("wear", GradedKind::Core, Direction::Min, "1", &[("3", "-"), ("2", "-"), ("1", "-")]);
    let equal = graded("grip", GradedKind::Core, Direction::Min, "1", &[("3", "-"), ("3", "-")]);
    let turned = graded("lead", GradedKind::Core, Direction::Max, "1", &[("-", "1"), ("-", "3"), ("-", "2")]);
    let apart = graded("width", GradedKind::Core, Direction::Range, "1", &[("1", "3"), ("2", "4")]);
    assert!(faults(std::slice::from_ref(&good)).is_empty());
    let all = [good.clone(), equal, turned, apart, good];
    let told: Vec<_> = faults(&all).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
    let expected = [
        ("/indicators/1/bands/1", "band_order"),
        ("/indicators/2/bands/2", "band_order"),
        ("/indicators/3/bands/1", "band_order"),
        ("/indicators/4/property", "property_twice"),
    ];
    assert_eq!(told, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
}

#[test]
fn the_lowest_band_is_not_below_the_standard() {
    let floor = |property: &str, direction: Direction, unit: &str, bounds: (&str, &str)| Floor {
        number: "GB/T 99001-2024".to_owned(),
        clause: "5.1".to_owned(),
        required: declared(property, direction, unit, bounds),
    };
    let wear = graded("wear", GradedKind::Core, Direction::Min, "mm", &[("3", "-"), ("1", "-")]);
    for (required, expected) in [
        (floor("wear", Direction::Min, "mm", ("1", "-")), None),
        (floor("wear", Direction::Min, "um", ("1000", "-")), None),
        (floor("wear", Direction::Min, "mm", ("1.001", "-")), Some("band_below_standard")),
        (floor("wear", Direction::Min, "kg", ("1", "-")), Some("band_not_comparable")),
        (floor("grip", Direction::Min, "mm", ("9", "-")), None),
    ] {
        let found = below(std::slice::from_ref(&wear), std::slice::from_ref(&required), &[]);
        assert_eq!(found.first().map(|fault| fault.code), expected, "{required:?}");
        if let Some(fault) = found.first() {
            assert_eq!(fault.pointer, "/indicators/0/bands/1");
            assert!(fault.detail.en.contains("clause 5.1 of GB/T 99001-2024"), "{}", fault.detail.en);
        }
    }
}

#[test]
fn a_plan_has_three_core_indicators_in_two_bands_each() {
    let two = [("2", "-"), ("1", "-")];
    let of = |property: &str, kind: GradedKind, bands: &[(&str, &str)]| graded(property, kind, Direction::Min, "1", bands);
    let terms = RankingTerms { core_indicators: 3, bands: 2, declarations: 5_000 };
    let whole = ["a", "b", "c"].map(|property| of(property, GradedKind::Core, &two));
    assert!(incomplete(&whole, &terms).is_empty());
    let short = [
        of("a", GradedKind::Core, &two),
        of("b", GradedKind::Core, &[("1", "-")]),
        of("c", GradedKind::Basic, &[("1", "-")]),
        of("d", GradedKind::Innovative, &two),
    ];
    let told: Vec<_> = incomplete(&short, &terms).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
    assert_eq!(told, [("/indicators".to_owned(), "core_too_few"), ("/indicators/1/bands".to_owned(), "band_too_few")]);
}

/// What is mandatory is a floor whether a plan names it or not, and a plan names a baseline wherever there is one (domain-updates A20).
#[actix_web::test]
async fn no_plan_is_without_the_floor_that_there_is() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "standards", Standards::migrations());
        for (number, text) in
            [("GB 99001-2024", "wear min 60 1"), ("GB/T 99002-2024", "grip min 10 1"), ("T/SLXH 001-2026", "bounce min 5 1")]
        {
            let made = db.write(move |tx| edition::actions::record(tx, &entry(number, None), "test")).await.unwrap().0;
            let organisation = model::uscc::Uscc::with_check("11440000100000000").unwrap();
            let author = Author { client: "test".to_owned(), organisation, role: common::token::Role::Authority };
            let nothing = Expected { version: None, nothing: false };
            let put = db.write(move |tx| clause::actions::put(tx, &made.id, &[clause(text, &[])], &nothing, &author).map(|_| ()));
            put.await.unwrap();
        }
        let of = |property: &str| graded(property, GradedKind::Core, Direction::Min, "1", &[("200", "-"), ("1", "-")]);
        for (property, ics, named, required, faults) in [
            ("wear", "97.190", &[][..], &["GB 99001-2024"][..], &["baseline_missing"][..]),
            ("wear", "97.190", &["GB 99001-2024"], &["GB 99001-2024"], &[]),
            ("wear", "97.190", &["GB/T 99002-2024"], &["GB/T 99002-2024", "GB 99001-2024"], &[]),
            ("wear", "13.120", &[], &[], &[]),
            ("grip", "97.190", &[], &[], &["baseline_missing"]),
            ("grip", "97.190", &["GB/T 99002-2024"], &["GB/T 99002-2024"], &[]),
            ("bounce", "97.190", &[], &[], &[]),
        ] {
            let (baseline, indicators): (Vec<String>, _) = (named.iter().map(|number| (*number).to_owned()).collect(), [of(property)]);
            let found = db.read(move |conn| {
                let mut bad = Vec::new();
                let floors = floors(conn, (&baseline, ics, &indicators), parse_day("2026-05-11").unwrap(), &mut bad)?;
                Ok((floors, bad))
            });
            let (found, bad) = found.await.unwrap();
            let numbers: Vec<&str> = found.iter().map(|floor| floor.number.as_str()).collect();
            let codes: Vec<&str> = bad.iter().map(|fault| fault.code).collect();
            assert_eq!((numbers.as_slice(), codes.as_slice()), (required, faults), "{property} {ics} {named:?}");
        }
    }
}

#[test]
fn a_plan_ranks_in_its_year_alone() {
    let plan = RankingPlan {
        id: "rkp_1".to_owned(),
        assessor: "asr_1".to_owned(),
        title: "示例".to_owned(),
        ics: "97.190".to_owned(),
        scope: None,
        year: 2026,
        baseline: Vec::new(),
        indicators: Vec::new(),
        state: PlanState::Approved,
        decision: None,
        recorded_at: model::instant::Instant::from_micros(0),
    };
    for (day, expected) in [("2025-12-31", false), ("2026-01-01", true), ("2026-12-31", true), ("2027-01-01", false)] {
        assert_eq!(plan.is_of(parse_day(day).unwrap()), expected, "{day}");
    }
}
