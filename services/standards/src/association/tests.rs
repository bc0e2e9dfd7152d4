//! Which codes an association may have, its kind, and the threshold of its votes.

use common::{service::Service, token::Role};
use model::{
    instant::{Day, parse_day},
    uscc::Uscc,
};
use testkit::{Folder, backends};

use super::{actions::not_in_use, rules::*};
use crate::{Standards, author::actions::Author, clause::tests::entry, edition, group_standard::actions::is_of_another};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

/// domain 2.3: upper-case letters, or letters and digits; no mark of another kind of standard.
#[test]
fn a_code_must_not_be_taken_for_another_mark() {
    let fault = |code: &str| code_fault(code).map(|fault| fault.code);
    for good in ["CAQ", "XZYC", "PCA", "ZZB2", "SLXH", "AB", "ABCDEFGHIJKL", "A1", "GBX", "ISOX", "DBX"] {
        assert_eq!(fault(good), None, "{good}");
    }
    for bad in ["", "A", "ABCDEFGHIJKLM", "caq", "1AB", "A-B", "A B", "协会", "T/AB", "ＡＢ"] {
        assert_eq!(fault(bad), Some("association_code_invalid"), "{bad}");
    }
    for level in ["GB", "GBT", "GBZ", "DB", "DB44", "DB4404", "GB1234", "XG", "TS", "GUIDE"] {
        assert_eq!(fault(level), Some("code_is_level"), "{level}");
    }
    for industry in ["QB", "YY", "HB", "JB", "SN"] {
        assert_eq!(fault(industry), Some("code_is_industry"), "{industry}");
    }
    for foreign in ["ISO", "IEC", "EN", "DIN", "BS", "IEEE", "ISO9001", "CEN"] {
        assert_eq!(fault(foreign), Some("code_is_foreign"), "{foreign}");
    }
}

fn association(kind: &str, threshold: Share) -> Association {
    let published = |on: &str| Published { title: "示例".into(), digest: DIGEST.into(), published_on: day(on) };
    Association {
        uscc: Uscc::with_check(&format!("{kind}440300XY0000016")).unwrap(),
        code: "SLXH".into(),
        name: "示例协会".into(),
        standardisation_body: "示例".into(),
        procedure_digest: DIGEST.into(),
        ipr_policy: published("2026-01-05"),
        norms: vec![published("2026-01-04"), published("2026-01-06")],
        voting: Voting { threshold, base: VoteBase::Present },
        ended_on: None,
    }
}

/// Standardization Law 18; domain-updates A21: three quarters is the floor.
#[test]
fn what_is_wrong_is_named_by_its_field() {
    let floor = Share { numerator: 3, denominator: 4 };
    let found = |said: &Association, on: &str| -> Vec<(String, &'static str)> {
        faults(said, floor, day(on)).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    };
    assert_eq!(found(&association("51", floor), "2026-01-06"), []);
    let bad = Association { code: "QB".into(), ..association("91", Share { numerator: 74, denominator: 100 }) };
    let expected = [
        ("/code", "code_is_industry"),
        ("/uscc", "not_an_association"),
        ("/voting/threshold", "threshold_below_floor"),
        ("/norms/1/published_on", "date_in_future"),
    ];
    assert_eq!(found(&bad, "2026-01-05"), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    for (numerator, denominator, is_good) in
        [(3, 4, true), (75, 100, true), (1, 1, true), (4, 5, true), (5, 4, false), (0, 0, false), (2, 3, false)]
    {
        let said = association("51", Share { numerator, denominator });
        assert_eq!(found(&said, "2026-01-06").is_empty(), is_good, "{numerator}/{denominator}");
    }
    assert!(!Share { numerator: 1, denominator: 1 }.is_reached(0, 0), "of nobody there is no share");
}

/// Standards that were imported under a code are whose an authority says they are, not whose claims the code first.
#[actix_web::test]
async fn a_code_of_the_catalogue_is_given_by_an_authority() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "standards", Standards::migrations());
        for number in ["T/SLQY 005-2024", "T/SLQY 001-2020", "GB/T 99001-2024"] {
            db.write(move |tx| edition::actions::record(tx, &entry(number, None), "test")).await.unwrap();
        }
        for (code, role, expected) in [
            ("SLQY", Role::Association, Some("association_code_in_use")),
            ("SLQY", Role::Authority, None),
            ("SLXH", Role::Association, None),
            ("SLQ", Role::Association, None),
            ("GB", Role::Association, None),
        ] {
            let organisation = Uscc::with_check("51440300XY0000016").unwrap();
            let author = Author { client: "test".to_owned(), organisation, role };
            let refused = db.read(move |conn| Ok(not_in_use(conn, code, &author).err())).await.unwrap();
            assert_eq!(refused.as_ref().map(|error| error.code()), expected, "{code} {role:?}");
            let detail = refused.map(|error| error.errors()[0].detail.en.clone());
            assert!(detail.is_none_or(|text| text.contains("T/SLQY 001-2020")));
        }
    }
}

#[test]
fn an_edition_of_another_association_is_not_revised() {
    let own = association("51", Share { numerator: 3, denominator: 4 });
    let other = Uscc::with_check("51440300XY0000026").unwrap();
    for (issuer, expected) in [(None, false), (Some(&own.uscc), false), (Some(&other), true)] {
        assert_eq!(is_of_another(&entry("T/SLXH 001-2026", issuer), &own), expected, "{issuer:?}");
    }
}
