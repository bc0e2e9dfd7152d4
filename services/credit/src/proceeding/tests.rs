//! Proceedings of both kinds in one table, on every database.

use common::{db::Db, service::Service};
use diesel::{RunQueryDsl, sql_query};
use serde_json::{Value, json};
use testkit::{Folder, backends};

use super::{
    rules::Proceeding,
    store::{self, Listing, Stored},
};
use crate::{Credit, enterprise, objection::rules::Objection, repair::rules::Repair};

const CODE: &str = "914404001000000590";

fn made<P: Proceeding>(id: &str, state: &str, more: Value) -> P {
    let mut told = json!({"id": id, "fact": "fct_1", "enterprise": CODE, "state": state, "deadlines": [], "history": []});
    for (name, value) in more.as_object().unwrap() {
        told[name] = value.clone();
    }
    serde_json::from_value(told).unwrap()
}

fn objection(id: &str, state: &str) -> Objection {
    made(id, state, json!({"ground": "other", "statement": "示例"}))
}

fn repair(id: &str, state: &str) -> Repair {
    made(id, state, json!({"basis": "ordinary", "commitment": "示例"}))
}

async fn insert<P: Proceeding + Send + 'static>(db: &Db, one: P) -> bool {
    db.write(move |tx| store::insert(tx.conn, &one)).await.is_ok()
}

async fn ids<P: Proceeding + Send + 'static>(db: &Db, listing: Listing) -> Vec<String> {
    let found: Vec<Stored<P>> = db.read(move |conn| store::list(conn, &listing)).await.unwrap();
    found.iter().map(|stored| stored.proceeding.head().id.to_owned()).collect()
}

async fn with_a_fact(db: &Db) {
    db.write(|tx| {
        let entry: enterprise::rules::Enterprise = serde_json::from_value(json!({
            "uscc": CODE, "name": "示例电器有限公司", "former_names": [], "division": "440305", "status": "active", "established_on": "1999-02-11",
        }))
        .unwrap();
        enterprise::store::save(tx.conn, &entry, None, 1, tx.now(), "test")?;
        let columns = "id, enterprise, kind, asserted_by, asserted_through, self_declared, authority, valid_from, detail, recorded_at, annulled";
        let values = format!("'fct_1', '{CODE}', 'penalty', 'x', 'x', FALSE, 'x', '2026-05-11', '{{}}', '2026-05-21 09:00:00', FALSE");
        Ok(sql_query(format!("INSERT INTO fact ({columns}) VALUES ({values})")).execute(tx.conn)?)
    })
    .await
    .unwrap();
}

#[actix_web::test]
async fn a_fact_has_one_open_proceeding_of_a_kind() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "credit", Credit::migrations());
        with_a_fact(&db).await;
        assert!(insert(&db, objection("obj_1", "open")).await && insert(&db, repair("rep_1", "applied")).await);
        assert!(!insert(&db, objection("obj_2", "open")).await, "one objection is open, {}", backend.name());
        assert!(!insert(&db, repair("rep_2", "accepted")).await, "one application is open, {}", backend.name());
        let open: Option<Stored<Repair>> = db.read(|conn| store::open(conn, "fct_1", &["applied", "accepted"])).await.unwrap();
        assert_eq!(open.map(|stored| stored.proceeding.id), Some("rep_1".to_owned()));

        db.write(|tx| store::save(tx.conn, &objection("obj_1", "dismissed"), 1)).await.unwrap();
        assert!(insert(&db, objection("obj_2", "open")).await, "the first is closed, {}", backend.name());
        assert!(!insert(&db, repair("rep_1", "withdrawn")).await, "one id, one proceeding, {}", backend.name());
        let state = "UPDATE proceeding SET state = 'applied' WHERE id = 'obj_2'";
        assert!(db.write(move |tx| Ok(sql_query(state).execute(tx.conn)?)).await.is_err(), "no state of an objection, {}", backend.name());
    }
}

#[actix_web::test]
async fn each_kind_is_found_and_listed_apart() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "credit", Credit::migrations());
        with_a_fact(&db).await;
        for (number, state) in ["upheld", "withdrawn", "open"].into_iter().enumerate() {
            assert!(insert(&db, objection(&format!("obj_{number}"), state)).await);
        }
        assert!(insert(&db, repair("rep_0", "withdrawn")).await);
        let none: Option<Stored<Repair>> = db.read(|conn| store::find(conn, "obj_0")).await.unwrap();
        assert!(none.is_none(), "an objection is no repair, {}", backend.name());
        let found: Option<Stored<Objection>> = db.read(|conn| store::find(conn, "obj_0")).await.unwrap();
        let found = found.unwrap();
        assert_eq!((found.proceeding, found.version), (objection("obj_0", "upheld"), 1));

        let all = Listing { enterprises: None, state: None, after: None, limit: 50 };
        assert_eq!(ids::<Objection>(&db, all.clone()).await, ["obj_0", "obj_1", "obj_2"], "{}", backend.name());
        assert_eq!(ids::<Repair>(&db, all.clone()).await, ["rep_0"], "{}", backend.name());
        let withdrawn = Listing { state: Some("withdrawn"), enterprises: Some(vec![CODE.to_owned()]), ..all.clone() };
        assert_eq!(ids::<Objection>(&db, withdrawn.clone()).await, ["obj_1"], "{}", backend.name());
        assert_eq!(ids::<Repair>(&db, Listing { after: Some("rep_0".to_owned()), ..withdrawn }).await, Vec::<String>::new());
        let page = Listing { after: Some("obj_0".to_owned()), limit: 0, ..all };
        assert_eq!(ids::<Objection>(&db, page).await, ["obj_1"], "one more than the limit, {}", backend.name());
    }
}
