//! Tests of unified social credit codes: the vectors of domain 1.1 and real codes.

use proptest::prelude::*;

use super::*;

const VALID: &str = include_str!("../../../../tests/data/enterprises/cn_uscc_valid.txt");
const NAMED: &str = include_str!("../../../../tests/data/enterprises/cn_uscc_named.csv");
const CASES: &str = include_str!("../../../../tests/data/enterprises/cn_uscc_cases.csv");

fn verdict(text: &str) -> Result<String, &'static str> {
    Uscc::parse(text).map(|code| code.to_string()).map_err(|fault| fault.code)
}

#[test]
fn the_vectors_of_gb_32100() {
    for (code, citation) in [
        ("91350100M000100Y43", "the standard's own example"),
        ("91110108551385082Q", "remainder 7"),
        ("914403001922038216", "remainder 25"),
        ("9144030071526726XG", "the inner check is X"),
        ("91440400192548256N", "remainder 9"),
        ("91100000100003962T", "division 100000, centrally registered"),
        ("914404001000000590", "remainder 0 gives 0"),
        ("91440400100000171Y", "remainder 1 gives Y"),
        ("914404001000000403", "the inner check 11 gives 0"),
    ] {
        let check = Uscc::check(code);
        assert!(check.is_valid() && check.warnings.is_empty(), "{code}: {citation}: {check:?}");
        assert_eq!(Uscc::with_check(&code[..17]).unwrap().as_str(), code);
    }
    for (code, fault) in [
        ("91110000600037342L", "uscc_check_character"),
        ("91350100M000100Y4Z", "uscc_alphabet"),
        ("911103025621349160", "uscc_check_character"),
        ("A1110000600037341L", "uscc_check_character"),
        ("9135O100M000100Y43", "uscc_alphabet"),
        ("91350100I000100Y43", "uscc_alphabet"),
        ("91350100S000100Y43", "uscc_alphabet"),
        ("91350100V000100Y43", "uscc_alphabet"),
        ("91350100M000100Ý43", "uscc_alphabet"),
        ("91A50100M000100Y43", "uscc_division"),
        ("91350100M000100Y4", "uscc_length"),
        ("91350100M000100Y433", "uscc_length"),
        ("", "uscc_length"),
    ] {
        assert_eq!(verdict(code), Err(fault), "{code}");
    }
    assert_eq!(verdict("91110302562134916R"), Ok("91110302562134916R".to_owned()));
    assert_eq!(verdict("９１３５０１００-m000100y 43"), Ok("91350100M000100Y43".to_owned()));
}

#[test]
fn department_and_kind() {
    for (prefix, kind) in [
        ("11", OrganisationKind::GovernmentOrgan),
        ("12", OrganisationKind::PublicInstitution),
        ("31", OrganisationKind::LawFirm),
        ("51", OrganisationKind::Association),
        ("53", OrganisationKind::Foundation),
        ("91", OrganisationKind::Enterprise),
        ("92", OrganisationKind::SoleTrader),
        ("93", OrganisationKind::Cooperative),
        ("A1", OrganisationKind::Military),
        ("N2", OrganisationKind::VillageCollective),
        ("Y1", OrganisationKind::Other),
        ("Q7", OrganisationKind::Unknown),
    ] {
        let code = Uscc::with_check(&format!("{prefix}440400100000059")).unwrap();
        assert_eq!(code.kind(), kind, "{prefix}");
        assert_eq!(code.is_association(), prefix == "51");
        assert_eq!(code.is_sole_trader(), prefix == "92");
    }
}

#[test]
fn oddities_are_warnings_and_no_refusals() {
    for (body, expected) in [
        ("91440400100000059", vec![]),
        ("91440400100000058", vec!["uscc_organisation_code"]),
        ("91999999100000059", vec!["uscc_division_unknown"]),
        ("17440400100000059", vec!["uscc_kind_unknown"]),
    ] {
        let code = Uscc::with_check(body).unwrap();
        assert_eq!(code.warnings().iter().map(|w| w.code).collect::<Vec<_>>(), expected, "{body}");
        assert_eq!(Uscc::check(code.as_str()).verdict, Verdict::Valid);
    }
    let code = Uscc::parse("91350100M000100Y43").unwrap();
    assert_eq!((code.division(), code.organisation_code()), ("350100", "M000100Y4"));
    assert_eq!(serde_json::from_str::<Uscc>("\"91350100m000100y43\"").unwrap(), code);
    assert!(serde_json::from_str::<Uscc>("\"1\"").is_err());
}

#[test]
fn every_real_code_is_accepted() {
    for code in VALID.lines() {
        assert_eq!(verdict(code), Ok(code.to_owned()));
    }
    assert_eq!(VALID.lines().count(), 92);
}

#[test]
fn exactly_the_pilot_code_fails_its_check() {
    let mut failing = Vec::new();
    for row in NAMED.lines().skip(1) {
        let (code, rest) = row.split_once(',').unwrap();
        let stated = rest.split(',').nth(1).unwrap();
        assert_eq!(verdict(code).is_ok(), stated == "yes", "{row}");
        if stated == "no" {
            failing.push((code, verdict(code).unwrap_err()));
        }
    }
    assert_eq!(failing, [("91350211M0000XUF46", "uscc_check_character")]);
}

#[test]
fn every_case_is_judged_as_stated() {
    for row in CASES.lines().skip(1) {
        let input = row.split(',').next().unwrap();
        let normalised = row.rsplit(',').next().unwrap();
        if row.contains("invalid") {
            assert!(verdict(input).is_err(), "{row}");
        } else {
            assert_eq!(verdict(input), Ok(if normalised.is_empty() { input } else { normalised }.to_owned()), "{row}");
        }
    }
    assert_eq!(CASES.lines().count(), 7);
}

proptest! {
    #[test]
    fn one_substituted_character_is_always_refused(body in "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}", place in 0_usize..18, other in "[0-9A-Z]") {
        let code = Uscc::with_check(&body).unwrap();
        prop_assert_eq!(Uscc::parse(code.as_str()).unwrap(), code.clone());
        let mut changed = code.as_str().to_owned();
        changed.replace_range(place..=place, &other);
        prop_assert_eq!(Uscc::parse(&changed).is_ok(), changed == code.as_str());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = (Uscc::check(&text), Uscc::with_check(&text));
    }
}
