//! Counts again what could not be counted, whenever the calendar has changed. Not here: what is recorded with a fact, `fact::actions`.

use common::{calendar::Calendars, db::Db, error::Result};

use super::store;

/// Deadlines in one closure of the write lane.
const CHUNK: i64 = 500;

/// Counts at start and after every change of the calendar, for as long as the process lives.
pub async fn follow(db: Db, calendars: Calendars) {
    let mut changes = calendars.changes();
    loop {
        changes.borrow_and_update();
        match count_again(&db, &calendars).await {
            Ok(0) => {}
            Ok(counted) => tracing::info!(counted, "deadlines counted with the new calendar"),
            Err(error) => tracing::warn!(cause = %error, "deadlines cannot be counted right now"),
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

async fn count_again(db: &Db, calendars: &Calendars) -> Result<usize> {
    let (mut after, mut total) = (String::new(), 0_usize);
    loop {
        let (calendar, from) = (calendars.current(), after.clone());
        let (last, counted) = db
            .write(move |tx| {
                let open = store::uncounted(tx.conn, &from, CHUNK)?;
                let last = open.last().map(|(fact, _)| fact.clone());
                let mut counted = 0_usize;
                for (fact, deadline) in open {
                    let again = deadline.counted(&calendar);
                    if again.due_on.is_some() {
                        store::count(tx.conn, &fact, &again)?;
                        counted = counted.saturating_add(1);
                    }
                }
                Ok((last, counted))
            })
            .await?;
        total = total.saturating_add(counted);
        let Some(last) = last else { return Ok(total) };
        after = last;
    }
}
