//! What a condition may say and what it may not. Not here: what it means for a supplier (`condition`).

use crate::condition::rules::Condition;

fn codes(source: &str) -> Vec<&'static str> {
    Condition::compile(source).map_or_else(|faults| faults.into_iter().map(|fault| fault.code).collect(), |_| Vec::new())
}

#[test]
fn allowed() {
    for source in [
        "score >= 742",
        "grade in ['AAA', 'AA', 'A']",
        "grade_rank >= 4 && !on_serious_list && open_ordered_recalls == 0",
        "fines_36m_fen < 2000000 * 100",
        "-score < 0 || status == 'active'",
        "established_on <= '2020-01-01'",
        "status.startsWith('act') && size(status) == 6 && status.contains('v') && status.endsWith('e')",
        "(banned ? 0 : 1) == 1",
        "spot_check_failures_24m * 10 <= spot_checks_24m",
        "days_since_established / 365 >= 3 && penalties_36m % 2 == 0",
        "true",
        "on_trustworthy_list == true",
    ] {
        assert_eq!(codes(source), Vec::<&str>::new(), "{source}");
    }
}

#[test]
fn refused() {
    for (source, code) in [
        ("score == '742'", "condition_type"),
        ("grade > 3", "condition_type"),
        ("score + grade == 1", "condition_type"),
        ("'a' + 'b' == 'ab'", "condition_type"),
        ("banned < true", "condition_type"),
        ("score && true", "condition_type"),
        ("!score", "condition_type"),
        ("-grade == 'x'", "condition_type"),
        ("grade in [1, 2]", "condition_type"),
        ("grade in ['A', 1]", "condition_type"),
        ("[1] == [1]", "condition_type"),
        ("banned ? 1 : 'x'", "condition_type"),
        ("score ? true : false", "condition_type"),
        ("score", "condition_not_boolean"),
        ("'yes'", "condition_not_boolean"),
        ("[true]", "condition_not_boolean"),
        ("[1, 2].all(x, x > 0)", "condition_forbidden"),
        ("[1, 2].exists(x, x > 0)", "condition_forbidden"),
        ("[1, 2].exists_one(x, x > 0)", "condition_forbidden"),
        ("[1, 2].map(x, x) == [1]", "condition_forbidden"),
        ("[1, 2].filter(x, x > 1) == [1]", "condition_forbidden"),
        ("has(score.x)", "condition_forbidden"),
        ("score.x == 1", "condition_forbidden"),
        ("{'a': 1} == {'a': 1}", "condition_forbidden"),
        ("[1][0] == 1", "condition_forbidden"),
        ("score > 1.5", "condition_forbidden"),
        ("score > 1u", "condition_forbidden"),
        ("grade == null", "condition_forbidden"),
        ("grade == b'A'", "condition_forbidden"),
        ("grade.matches('A+')", "condition_forbidden"),
        ("matches(grade, 'A+')", "condition_forbidden"),
        ("double(score) > 1.0", "condition_function"),
        ("timestamp('2026-01-01T00:00:00Z') > timestamp('2025-01-01T00:00:00Z')", "condition_function"),
        ("duration('1h') == duration('1h')", "condition_function"),
        ("now() == 1", "condition_function"),
        ("established_on.getFullYear() > 2000", "condition_function"),
        ("int(grade) > 1", "condition_function"),
        ("string(score) == '1'", "condition_function"),
        ("type(score) == int", "condition_function"),
        ("dyn(score) == 'x'", "condition_function"),
        ("nope == 1", "condition_name"),
        ("region == '4403'", "condition_name"),
        ("division == '440300'", "condition_name"),
        ("brand == 'x'", "condition_name"),
        ("turnover > 1", "condition_name"),
        ("score / 0 > 1", "condition_divisor"),
        ("score % 0 == 1", "condition_divisor"),
        ("score / spot_checks_24m > 1", "condition_divisor"),
        ("score >", "condition_syntax"),
        ("", "condition_syntax"),
        ("score > 99999999999999999999", "condition_syntax"),
        ("score = 1", "condition_syntax"),
        ("grade in []", "condition_list"),
    ] {
        assert!(codes(source).contains(&code), "{source}: {:?}", codes(source));
    }
}

#[test]
fn bounds() {
    assert_eq!(codes(&format!("true{}", " ".repeat(996))), Vec::<&str>::new());
    assert_eq!(codes(&format!("true{}", " ".repeat(997))), ["condition_too_long"]);
    let list = |items: usize| format!("score in [{}]", vec!["1"; items].join(","));
    assert_eq!(codes(&list(100)), Vec::<&str>::new());
    assert_eq!(codes(&list(101)), ["condition_list"]);
    let not = |depth: usize| format!("{}(banned)", "!(".repeat(depth)) + &")".repeat(depth);
    assert_eq!(codes(&not(14)), Vec::<&str>::new());
    assert_ne!(codes(&not(16)), Vec::<&str>::new());
    for deep in ["(", "[", "!(", "-(", "true?", "{1:", "1+", "a.", "1<", "!", "-", "'a'+", "f(", "has("] {
        for tail in ["", "1", "true"] {
            let source = deep.repeat(999 / deep.len()) + tail;
            assert_ne!(codes(&source[..source.len().min(1000)]), Vec::<&str>::new(), "{deep}");
        }
    }
    assert_eq!(codes(&vec!["score > 1"; 70].join(" && ")), Vec::<&str>::new(), "a chain is not deep");
    assert_eq!(codes(&vec!["banned"; 80].join(" || ")), Vec::<&str>::new());
}

#[test]
fn every_fault_is_told() {
    let mut found = codes("score == '1' && nope && grade.matches('x')");
    found.sort_unstable();
    assert_eq!(found, ["condition_forbidden", "condition_name", "condition_type"]);
}

proptest::proptest! {
    /// The parser is foreign: no text may end the process, and what is refused gives a reason.
    #[test]
    fn any_text_is_answered(text in "[ -~]{0,60}|(score|grade|banned|[0-9]{1,3}|[-+*/%!<>=&|?:.,'\\[\\](){}]| ){0,30}") {
        if let Err(faults) = Condition::compile(&text) {
            proptest::prop_assert!(!faults.is_empty());
        }
    }
}
