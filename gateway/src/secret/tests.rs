//! What a check of a secret promises.

use super::*;

#[tokio::test]
async fn a_secret_is_proven_once_and_then_known() {
    let chance = Chance::seeded(1);
    let (old, new) = (hash(&chance, "old-secret-of-16").unwrap(), hash(&chance, "new-secret-of-16").unwrap());
    let secrets = Secrets::new(&chance).unwrap();
    let both = vec![old.clone(), new];
    assert!(!secrets.is_known("old-secret-of-16", &both));
    assert!(secrets.check("old-secret-of-16", both.clone()).await.unwrap());
    assert!(secrets.check("new-secret-of-16", both.clone()).await.unwrap());
    assert!(secrets.is_known("old-secret-of-16", &both));
    assert!(!secrets.check("other-secret-of-16", both.clone()).await.unwrap());
    assert!(!secrets.check("old-secret-of-16", Vec::new()).await.unwrap());
    assert!(!secrets.is_known("old-secret-of-16", &both[1..]), "a hash that is gone is not remembered");
}

#[test]
fn hashes_from_outside_are_checked() {
    let good = hash(&Chance::seeded(2), "a").unwrap();
    check_hash(&good).unwrap();
    for (bad, why) in [
        ("hunter2".to_owned(), "PHC"),
        (good.replace("argon2id", "argon2i"), "not argon2id"),
        (good.replace("m=19456", "m=1048576"), "more than"),
        ("$argon2id$v=19$m=19456,t=2,p=1".to_owned(), "no salt"),
    ] {
        let said = check_hash(&bad).unwrap_err();
        assert!(said.contains(why), "{bad}: {said}");
    }
}
