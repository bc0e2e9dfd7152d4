//! Joining, changing, leaving and joining again, on both databases. Not here: who may, the flow tests.

use actix_web::test::TestRequest;
use common::{db::Db, http::precondition::IfMatch, service::Service};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use model::{
    instant::{Day, parse_day},
    uscc::Uscc,
};
use testkit::{Folder, backends};

use super::actions::{end, record};
use crate::{Standards, schema};

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn member() -> Uscc {
    Uscc::with_check("91440300XY0000016").unwrap()
}

/// The version and whether it is new, or the code of the refusal.
async fn join(db: &Db, since: &'static str, version: Option<i64>) -> Result<(i64, bool), String> {
    let tag = version.map(|version| {
        let request = TestRequest::default().insert_header(("If-Match", format!("\"{version}\""))).to_http_request();
        IfMatch::of(&request).unwrap().unwrap()
    });
    let joined = db.write(move |tx| record(tx, ("SLXH", &member()), day(since), tag.as_ref())).await;
    joined.map(|(member, is_new)| (member.version, is_new)).map_err(|error| error.code().to_owned())
}

#[actix_web::test]
async fn whoever_joins_again_keeps_what_was_before() {
    for backend in backends() {
        let folder = Folder::new();
        let db = testkit::open(&backend, folder.path(), "standards", Standards::migrations());
        let reserved = db.write(|tx| {
            use schema::association as row;
            let values = (
                row::code.eq("SLXH"),
                row::uscc.eq("51440300XY0000016G"),
                row::version.eq(1_i64),
                row::recorded_at.eq(tx.now().naive_utc()),
                row::body.eq("{}"),
            );
            diesel::insert_into(row::table).values(values).execute(tx.conn).map(|_| ()).map_err(Into::into)
        });
        reserved.await.unwrap();
        assert_eq!(join(&db, "2025-03-01", None).await, Ok((1, true)));
        assert_eq!(join(&db, "2025-03-02", None).await, Err("if_match_required".to_owned()));
        assert_eq!(join(&db, "2025-03-02", Some(1)).await, Ok((2, false)));
        assert_eq!(join(&db, "2025-03-03", Some(1)).await, Err("etag_mismatch".to_owned()));
        db.write(|tx| end(tx, "SLXH", &member())).await.unwrap();
        assert!(db.write(|tx| end(tx, "SLXH", &member())).await.is_err(), "it is no member any more");
        assert_eq!(join(&db, "2025-03-02", Some(3)).await, Err("etag_mismatch".to_owned()), "nothing stands");
        assert_eq!(join(&db, "2025-03-02", None).await, Err("date_order".to_owned()));
        assert_eq!(join(&db, "2136-01-01", None).await, Ok((4, true)));
        let terms = db.read(|conn| {
            use schema::association_member as row;
            let query = row::table.select((row::term, row::since, row::left_on.is_null())).order(row::term.asc());
            Ok(query.load::<(i64, Day, bool)>(conn)?)
        });
        assert_eq!(terms.await.unwrap(), [(1, day("2025-03-02"), false), (2, day("2136-01-01"), true)]);
    }
}
