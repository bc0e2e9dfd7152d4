//! The clients file as a table of inputs and faults, and the choice of a slot.

use super::rules::{Checks, check, read, slot_for};

const CHECKS: Checks = Checks {
    role: |word| word == "buyer" || word == "authority",
    hash: |text| if text.starts_with("$argon2id$") { Ok(()) } else { Err("is not a PHC string".to_owned()) },
};

const GOOD: &str =
    r#"{"client_id":"a","client_secret":"0123456789abcdef","org":"914404001000000590","role":"buyer","scopes":["credit:read"]}"#;

fn faults(text: &str) -> Vec<String> {
    read(text, CHECKS).err().map(|faults| faults.0).unwrap_or_default()
}

#[test]
fn good_clients_are_read_whole() {
    let second = GOOD.replace(r#""a""#, r#""b""#).replace(r#""client_secret":"0123456789abcdef""#, r#""client_secret_hash":"$argon2id$x""#);
    let entries = read(&format!("[{GOOD},{second}]"), CHECKS).unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].client.scopes, ["credit:read"]);
    assert!(read("[]", CHECKS).unwrap().is_empty());
}

#[test]
fn each_fault_is_named() {
    for (from, to, said) in [
        (r#""role""#, r#""colour":1,"role""#, "no field \"colour\""),
        ("914404001000000590", "914404001000000591", "uscc_check_character"),
        ("buyer", "king", "no role \"king\""),
        ("credit:read", "credit", "service:right"),
        ("credit:read", "Credit:read", "service:right"),
        (r#"["credit:read"]"#, "[]", "scopes is empty"),
        (r#"["credit:read"]"#, r#"["a:b","a:b"]"#, "stands twice"),
        (r#"["credit:read"]"#, r#""credit:read""#, "no array"),
        ("0123456789abcdef", "0123456789abcde", "must have 16"),
        ("0123456789abcdef", "0123456789abcde+", "without % and +"),
        ("0123456789abcdef", "0123456789 abcdef", "visible ASCII"),
        (r#""client_secret""#, r#""client_secret_hash""#, "PHC"),
        (r#""client_secret":"0123456789abcdef","#, "", "give one of"),
        (r#""client_secret""#, r#""client_secret_hash":"$argon2id$x","client_secret""#, "give one of"),
        (r#""a""#, r#""a b""#, "letters, digits"),
        (r#""a""#, "7", "client_id is missing"),
    ] {
        let text = format!("[{}]", GOOD.replacen(from, to, 1));
        let found = faults(&text);
        assert!(found.len() == 1 && found[0].contains(said), "{text}\n{found:?}");
    }
    assert_eq!(faults("{").len(), 1);
    assert_eq!(faults("{}").len(), 1);
    assert_eq!(faults("[1]").len(), 1);
}

#[test]
fn all_faults_are_told_at_once_and_no_secret_with_them() {
    let bad = GOOD.replace("buyer", "king").replace("914404001000000590", "9144").replace("0123456789abcdef", "hunter2");
    let found = faults(&format!("[{GOOD},{bad}]"));
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().any(|fault| fault.contains("stands twice")));
    assert!(!found.concat().contains("hunter2"));
}

#[test]
fn a_typed_client_obeys_the_same_rules() {
    assert!(check("demo", "914404001000000590", "authority", &["credit:read".to_owned()], CHECKS).is_ok());
    let found = check("", "1", "x", &[], CHECKS).unwrap_err();
    assert_eq!(found.0.len(), 4);
}

#[test]
fn a_new_secret_takes_the_free_slot_or_that_of_the_older() {
    for (slots, slot) in [(vec![], 1), (vec![(1, 5)], 2), (vec![(2, 5)], 1), (vec![(1, 5), (2, 6)], 1), (vec![(1, 7), (2, 6)], 2)] {
        assert_eq!(slot_for(&slots), slot, "{slots:?}");
    }
}
