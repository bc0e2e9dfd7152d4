//! Signed decisions and their statuses on both databases, by a clock that is moved by hand. Not here: the lists over HTTP, `tests/it/flows`.

use common::clock::Clock;
use model::instant::{Instant, parse_day};
use testkit::{Folder, backends};

use super::{
    actions::{Signed, step, take_up},
    store,
};
use crate::{
    decision::{actions::DecisionView, store as decisions},
    delivery::tests::app,
    reconsideration::tests::{ban, decided_with, heard, told_by_credit},
    standing::tests::standing,
    status::store::marks,
};

#[actix_web::test]
async fn a_status_says_whether_the_outcome_still_stands() {
    for backend in backends() {
        let (folder, clock) = (Folder::new(), Clock::fixed(Instant::start_of(parse_day("2026-06-01").unwrap())));
        let app = app(&backend, &folder, &clock);
        while step(&app).await.unwrap() {}
        told_by_credit(&app, standing(&[]), 1).await;
        let supplier = standing(&[]).uscc.to_string();
        let mut ids = Vec::new();
        for receipt in [Some("eyJ"), None] {
            let row = decided_with(&app, &supplier, receipt).await;
            ids.push(row.id.clone());
            let view: DecisionView = serde_json::from_str(&row.body).unwrap();
            let write = app.db.write(move |tx| {
                decisions::insert(tx.conn, &row)?;
                Signed::of(&view).map_or(Ok(()), |signed| take_up(tx, &signed))
            });
            write.await.unwrap();
        }
        let said = || async {
            while step(&app).await.unwrap() {}
            let ids = ids.clone();
            let read = app.db.read(move |conn| ids.iter().map(|id| marks(conn, id)).collect::<Result<Vec<_>, _>>());
            read.await
                .unwrap()
                .into_iter()
                .map(|marks| marks.into_iter().filter_map(|mark| mark.outcome).collect())
                .collect::<Vec<Vec<String>>>()
        };
        let nothing = vec![Vec::<String>::new(), Vec::new()];
        assert_eq!(said().await, nothing);
        told_by_credit(&app, standing(&[ban(None)]), 2).await;
        assert_eq!(said().await, [vec!["ineligible".to_owned()], Vec::new()], "what is not signed has no status");
        told_by_credit(&app, standing(&[ban(Some("2026-01-02"))]), 3).await;
        assert_eq!(said().await, nothing, "it is again what was signed");
        // After the weeks of the policy nobody asks any more.
        clock.advance_millis(91 * 86_400_000);
        told_by_credit(&app, standing(&[ban(None)]), 4).await;
        assert_eq!(said().await, nothing);
        heard(&app, 4).await;
        let left = app.db.read(|conn| store::due(conn, Instant::from_micros(i64::MAX), 10)).await.unwrap();
        assert_eq!(left, []);
    }
}
