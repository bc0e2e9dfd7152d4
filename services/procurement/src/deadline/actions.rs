//! What becomes of clocks by themselves: counted again when the calendar changes, told once when a duty was missed. Not here: what starts them.

use std::{sync::Arc, time::Duration};

use common::{calendar::Calendars, error::Result, stop::stopping};
use contracts::{event::tell, procurement::DeadlineMissed};

use super::{
    rules::{Party, counted},
    store,
};
use crate::Procurement;

/// Clocks in one closure of the write lane.
const CHUNK: i64 = 200;
/// Days pass slowly.
const LOOK: Duration = Duration::from_secs(2);
/// Who tells what nobody did.
const ACTOR: &str = "procurement";

/// Counts at start and after every change of the calendar, and tells what was missed, for as long as the process lives.
pub async fn follow(app: Arc<Procurement>, calendars: Calendars) {
    let mut changes = calendars.changes();
    let mut recount = true;
    while !stopping() {
        if changes.has_changed().unwrap_or(false) {
            changes.borrow_and_update();
            recount = true;
        }
        if recount {
            match count_again(&app).await {
                Ok(()) => recount = false,
                Err(error) => tracing::warn!(cause = %error, "deadlines cannot be counted right now"),
            }
        }
        if let Err(error) = tell_missed(&app).await {
            tracing::warn!(cause = %error, "missed deadlines cannot be told right now");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Counts again what could not be counted.
///
/// # Errors
/// When the database fails.
pub async fn count_again(app: &Arc<Procurement>) -> Result<()> {
    let mut after = String::new();
    loop {
        let (inner, from) = (Arc::clone(app), after.clone());
        let last = app.db.write(move |tx| {
            let matters = store::uncounted(tx.conn, &from, CHUNK)?;
            for matter in &matters {
                let stands = store::of(tx.conn, std::slice::from_ref(&matter.id))?;
                let again = counted(stands.into_iter().map(|(_, deadline)| deadline).collect(), &inner.calendars.current());
                store::save(tx.conn, matter, &again)?;
            }
            Ok(matters.last().map(|matter| matter.id.clone()))
        });
        let Some(last) = last.await? else { return Ok(()) };
        after = last;
    }
}

/// Tells each duty that was missed, once.
///
/// # Errors
/// When the database fails.
pub async fn tell_missed(app: &Arc<Procurement>) -> Result<()> {
    let today = app.clock.now().day();
    // Looked at outside of the write lane first: mostly there is nothing.
    while !app.db.read(move |conn| store::missed(conn, today, 1)).await?.is_empty() {
        let tell_some = app.db.write(move |tx| {
            for missed in store::missed(tx.conn, today, CHUNK)? {
                let (store::Matter { id, tender, lot, buyer }, deadline) = (missed.matter, missed.deadline);
                let Some(due_on) = deadline.due_on else { continue };
                let of = match deadline.of {
                    Party::Supplier => "supplier",
                    Party::Buyer => "buyer",
                    Party::Authority => "authority",
                };
                let rule = deadline.rule;
                let told = DeadlineMissed { matter: id, tender, lot, buyer: buyer.to_string(), rule, of: of.to_owned(), due_on };
                tell(tx, &told, ACTOR)?;
                store::told(tx.conn, &told.matter, &told.rule)?;
            }
            Ok(())
        });
        tell_some.await?;
    }
    Ok(())
}
