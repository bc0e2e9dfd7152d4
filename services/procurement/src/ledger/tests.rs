//! The log on both databases: in the order of the feed, each once, with proofs that hold over the borders of kept subtrees. Not here: the proofs
//! themselves, `libs/receipt`.

use std::collections::BTreeSet;

use common::{db::Db, service::Service};
use contracts::{
    event::tell,
    procurement::{BatchRecorded, DecisionRecorded},
};
use receipt::{Checkpoint, JwkSet, ORIGIN, SigningKey};
use testkit::{Folder, backends};

use super::{actions, store};
use crate::Procurement;

fn key() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

/// So many decisions, every seventh a batch.
async fn decided(db: &Db, numbers: std::ops::Range<usize>) {
    db.write(move |tx| {
        for number in numbers.clone() {
            let digest = receipt::digest(number.to_string().as_bytes());
            if number % 7 == 0 {
                let asked_by = "12440300XY90000318".to_owned();
                tell(tx, &BatchRecorded { id: format!("bat_{number}"), asked_by, suppliers: 2, digest }, "test")?;
            } else {
                let supplier = "914404001000000590".to_owned();
                tell(tx, &DecisionRecorded { id: format!("dec_{number}"), supplier, digest }, "test")?;
            }
        }
        Ok(())
    })
    .await
    .unwrap();
}

fn id(number: usize) -> String {
    if number.is_multiple_of(7) { format!("bat_{number}") } else { format!("dec_{number}") }
}

/// Appends until there is nothing left; gives how many closures that took.
async fn appended(db: &Db) -> usize {
    let mut rounds = 1;
    while db.write(|tx| actions::append_in(tx, &key())).await.unwrap() {
        rounds += 1;
    }
    rounds
}

#[actix_web::test]
async fn the_log_has_everything_once_and_in_order() {
    let keys = JwkSet::new(vec![key().public()]).unwrap();
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "procurement", Procurement::migrations());
        assert_eq!(appended(&db).await, 1);
        let (_, empty) = db.read(store::head).await.unwrap().unwrap();
        let mut known = vec![Checkpoint::verify(&empty, ORIGIN, &keys).unwrap()];
        assert_eq!(known[0].size, 0, "also the empty log is signed");

        for stretch in [0..1, 1..250, 250..256, 256..257, 257..700] {
            decided(&db, stretch.clone()).await;
            appended(&db).await;
            let (size, note) = db.read(store::head).await.unwrap().unwrap();
            let checkpoint = Checkpoint::verify(&note, ORIGIN, &keys).unwrap();
            assert_eq!((usize::try_from(size).unwrap(), checkpoint.size), (stretch.end, size), "{}", backend.name());
            for older in &known {
                let (from, to) = (older.size, checkpoint.size);
                let grown = db.read(move |conn| actions::consistent(conn, from, to)).await.unwrap().unwrap();
                assert_eq!(grown.verify(older, &checkpoint), Ok(()), "{from} {to}");
            }
            known.push(checkpoint);
        }
        for number in [0, 1, 6, 7, 127, 128, 254, 255, 256, 257, 511, 512, 698, 699] {
            let wanted = id(number);
            let proof = db.read(move |conn| actions::included(conn, &wanted)).await.unwrap().unwrap();
            assert_eq!((usize::try_from(proof.number).unwrap(), &proof.id), (number, &id(number)));
            assert_eq!(proof.digest, receipt::digest(number.to_string().as_bytes()));
            assert_eq!(proof.verify(&keys), Ok(known.last().unwrap().clone()), "{number}");
        }
        let (before, rounds) = (db.read(store::last).await.unwrap(), appended(&db).await);
        assert_eq!((db.read(store::last).await.unwrap(), rounds), (before, 1), "nothing is appended twice");
        assert_eq!(db.read(|conn| actions::included(conn, "dec_700")).await.unwrap(), None);
        for (from, to) in [(0, 701), (5, 4), (701, 701)] {
            assert_eq!(db.read(move |conn| actions::consistent(conn, from, to)).await.unwrap(), None, "{from} {to}");
        }
    }
}

/// Two replicas append at once: the write lane lets one after the other, and each goes on where the log stands.
#[actix_web::test]
async fn two_replicas_append_to_one_log() {
    for backend in backends() {
        let folder = Folder::new();
        let one = testkit::open(&backend, folder.path(), "procurement", Procurement::migrations());
        let other = testkit::open(&backend, folder.path(), "procurement", Procurement::migrations());
        decided(&one, 0..900).await;
        let (a, b) = tokio::join!(appended(&one), appended(&other));
        assert!(a + b >= 5, "{a} {b}");
        assert_eq!(one.read(store::last).await.unwrap().0, 900);
        let mut ids = BTreeSet::new();
        for number in 0..900 {
            let wanted = id(number);
            let entry = other.read(move |conn| store::find(conn, &wanted)).await.unwrap().unwrap();
            assert_eq!(usize::try_from(entry.number).unwrap(), number, "in the order of the feed");
            ids.insert(entry.number);
        }
        assert_eq!(ids.len(), 900);
    }
}
