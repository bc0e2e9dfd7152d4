//! The write lane and the statements that both databases must understand. Not here: the feed that rests on it.

use std::time::Duration;

use common::db::Portable;
use diesel::{ExpressionMethods, QueryDsl, QueryableByName, RunQueryDsl, sql_types::Text};
use testkit::{Backend, Folder, open};

use super::{MIGRATIONS, Replicas, counter};

const TASKS: usize = 8;
const TIMES: usize = 25;

#[tokio::test]
async fn no_update_is_lost_sqlite() {
    no_update_is_lost(&Backend::Sqlite).await;
}

#[tokio::test]
async fn no_update_is_lost_postgres() {
    let Some(backend) = Backend::postgres() else { return };
    no_update_is_lost(&backend).await;
}

/// Reads, waits, writes: the pattern that loses updates wherever two may do it at once.
async fn no_update_is_lost(backend: &Backend) {
    let replicas = Replicas::of(backend);
    let begin = replicas.one.write(|tx| {
        diesel::insert_into(counter::table).values((counter::name.eq("one"), counter::value.eq(0_i64))).execute(tx.conn)?;
        Ok(())
    });
    begin.await.unwrap();
    let mut tasks = Vec::new();
    for task in 0..TASKS {
        let db = replicas.each(task);
        tasks.push(tokio::spawn(async move {
            for _ in 0..TIMES {
                let ran = db.write(|tx| {
                    let value: i64 = counter::table.find("one").select(counter::value).first(tx.conn)?;
                    std::thread::sleep(Duration::from_micros(300));
                    diesel::update(counter::table.find("one")).set(counter::value.eq(value + 1)).execute(tx.conn)?;
                    Ok(())
                });
                ran.await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    for db in [&replicas.one, &replicas.other] {
        let value: i64 = db.read(|conn| Ok(counter::table.find("one").select(counter::value).first(conn)?)).await.unwrap();
        assert_eq!(value, i64::try_from(TASKS * TIMES).unwrap());
    }
}

#[tokio::test]
async fn an_upsert_is_written_once_for_both_sqlite() {
    upserts(&Backend::Sqlite).await;
}

#[tokio::test]
async fn an_upsert_is_written_once_for_both_postgres() {
    let Some(backend) = Backend::postgres() else { return };
    upserts(&backend).await;
}

async fn upserts(backend: &Backend) {
    let replicas = Replicas::of(backend);
    let ran = replicas.one.write(|tx| {
        let values = |value: i64| (counter::name.eq("a"), counter::value.eq(value));
        let insert = |value: i64| diesel::insert_into(counter::table).values(values(value));
        let update = |value: i64| insert(value).on_conflict(counter::name).do_update().set(counter::value.eq(value));
        let mut found = vec![Portable(update(1)).execute(tx.conn)?, Portable(update(2)).execute(tx.conn)?];
        found.push(Portable(insert(3).on_conflict(counter::name).do_nothing()).execute(tx.conn)?);
        let returned: (String, i64) = Portable(update(4).returning((counter::name, counter::value))).get_result(tx.conn)?;
        Ok((found, returned))
    });
    assert_eq!(ran.await.unwrap(), (vec![1, 1, 0], ("a".to_owned(), 4)));
    let kept: Vec<(String, i64)> = replicas.other.read(|conn| Ok(counter::table.load(conn)?)).await.unwrap();
    assert_eq!(kept, [("a".to_owned(), 4)]);
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// With STAT4 SQLite parses a cached statement again whenever a bound value changes: half the speed of point reads.
#[tokio::test]
async fn sqlite_is_built_as_it_was_measured() {
    let folder = Folder::new();
    let db = open(&Backend::Sqlite, folder.path(), "feedtest", MIGRATIONS);
    let read = db.read(|conn| Ok(diesel::sql_query("SELECT compile_options AS word FROM pragma_compile_options").load::<Word>(conn)?));
    let options: Vec<String> = read.await.unwrap().into_iter().map(|word| word.word).collect();
    assert!(!options.iter().any(|option| option.starts_with("ENABLE_STAT4")), "{options:?}");
    assert!(options.iter().any(|option| option == "ENABLE_QPSG"), "{options:?}");
}
