//! The job that takes back: it follows the own feed and the calendar, looks again at every enterprise of whom something was told or whose day has
//! come, and writes only where something is to be taken back. Not here: which facts those are, `rules.rs`.

use std::{collections::BTreeSet, time::Duration};

use common::{
    clock::Clock,
    db::{Conn, Db, Tx},
    error::Result,
    feed::{Told, subjects, withdraw},
    stop,
};
use contracts::{
    credit::{Fact, FactWithdrawn, WithdrawnBecause},
    event::tell,
};
use model::{
    instant::{Day, Instant},
    uscc::Uscc,
};

use super::{rules, store};
use crate::fact;

/// Events, and enterprises, that are looked at together.
const CHUNK: i64 = 200;
/// The calendar is looked at this often, and the place in the feed is remembered.
const LOOK: Duration = Duration::from_secs(60);
/// After a change of the feed others are waited for so long.
const GATHER: Duration = Duration::from_millis(200);
/// Who acts.
const ACTOR: &str = "credit";

/// Where the job is, and which place it has written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    position: i64,
    day: Day,
    saved: i64,
}

/// Takes back for as long as the process lives: after every change of the feed, and every minute because days pass.
pub async fn follow(db: Db, clock: Clock) {
    let (mut changes, mut place) = (db.changes(), None);
    loop {
        changes.borrow_and_update();
        match catch_up(&db, &clock, &mut place).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "facts are no longer public; what was told of them is withdrawn"),
            Err(error) => tracing::warn!(cause = %error, "what is no longer public cannot be withdrawn right now"),
        }
        tokio::select! {
            changed = changes.changed() => {
                if changed.is_err() {
                    return;
                }
                tokio::time::sleep(GATHER).await;
            }
            () = tokio::time::sleep(LOOK) => {}
            () = stop::stopped() => return,
        }
    }
}

/// Looks at everything that was told and every day that has come since the last time; gives how many facts were taken back.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn catch_up(db: &Db, clock: &Clock, kept: &mut Option<Place>) -> Result<usize> {
    let today = clock.now().day();
    let mut place = match *kept {
        Some(place) => place,
        None => place_of(db.read(store::cursor).await?),
    };
    let (mut count, mut is_new) = (0_usize, false);
    if place.day < today {
        count = count.saturating_add(days(db, (place.day, today)).await?);
        (place.day, is_new) = (today, true);
    }
    loop {
        let from = place.position;
        let (told, next) = db.read(move |conn| subjects(conn, from, CHUNK)).await?;
        if next == from {
            break;
        }
        count = count.saturating_add(look_again(db, told, today).await?);
        place.position = next;
    }
    // The place is written down seldom: what is looked at twice is taken back once.
    if is_new || count > 0 || place.position.saturating_sub(place.saved) >= CHUNK {
        db.write(move |tx| store::save_cursor(tx.conn, place.position, place.day)).await?;
        place.saved = place.position;
    }
    *kept = Some(place);
    Ok(count)
}

/// Before the first time every window that ever ended is due.
fn place_of(cursor: Option<(i64, Day)>) -> Place {
    let (position, day) = cursor.unwrap_or_else(|| (0, Day::from_ymd_opt(1900, 1, 1).unwrap_or_default()));
    Place { position, day, saved: position }
}

/// Looks at every enterprise for whom a day changes something.
async fn days(db: &Db, days: (Day, Day)) -> Result<usize> {
    let (mut after, mut count) = (String::new(), 0_usize);
    loop {
        let from = after.clone();
        let due = db.read(move |conn| store::due(conn, days, &from, CHUNK)).await?;
        let Some(last) = due.last().cloned() else { return Ok(count) };
        count = count.saturating_add(look_again(db, due, days.1).await?);
        after = last;
    }
}

/// Looks at these enterprises, and writes only for those where something has changed.
async fn look_again(db: &Db, enterprises: Vec<String>, today: Day) -> Result<usize> {
    let changed = db.read(move |conn| {
        let mut changed = Vec::new();
        for uscc in enterprises.iter().filter_map(|text| Uscc::parse(text).ok()) {
            // The clock of the lane may be ahead of ours: what is known is known.
            let plan = plan(conn, &uscc, Instant::end_of(Day::MAX), today)?;
            if !plan.is_empty() {
                changed.push(uscc);
            }
        }
        Ok(changed)
    });
    let mut count = 0_usize;
    for uscc in changed.await? {
        count = count.saturating_add(db.write(move |tx| settle(tx, &uscc, today)).await?);
    }
    Ok(count)
}

/// What is to be done about an enterprise.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plan {
    /// Facts that are taken back, with what to tell; corrections and annulments were told as such.
    take: Vec<(String, Option<WithdrawnBecause>)>,
    /// Facts that are public again.
    free: Vec<String>,
}

impl Plan {
    const fn is_empty(&self) -> bool {
        self.take.is_empty() && self.free.is_empty()
    }
}

fn plan(conn: &mut Conn, uscc: &Uscc, known_at: Instant, today: Day) -> Result<Plan> {
    let facts = fact::store::known(conn, uscc, known_at)?;
    let all: Vec<&Fact> = facts.iter().collect();
    let taken = store::taken_back(conn, uscc.as_str())?;
    let known: BTreeSet<&str> = taken.iter().map(|(fact, _)| fact.as_str()).collect();
    let mut plan = Plan::default();
    for fact in &facts {
        match (rules::withdrawn(fact, &all, today), known.contains(fact.id.as_str())) {
            (Some(because), false) => plan.take.push((fact.id.clone(), Some(because))),
            (None, true) => plan.free.push(fact.id.clone()),
            _ => {}
        }
    }
    let done: BTreeSet<&str> = taken.iter().filter(|(_, for_good)| *for_good).map(|(fact, _)| fact.as_str()).collect();
    let ended = store::ended(conn, uscc.as_str())?;
    plan.take.extend(ended.into_iter().filter(|fact| !done.contains(fact.as_str())).map(|fact| (fact, None)));
    Ok(plan)
}

/// Takes back and frees what the plan says, in one transaction; gives how many facts were taken back.
fn settle(tx: &mut Tx<'_>, uscc: &Uscc, today: Day) -> Result<usize> {
    let plan = plan(tx.conn, uscc, tx.now(), today)?;
    for fact in &plan.free {
        store::forget(tx.conn, fact)?;
    }
    let mut count = 0_usize;
    for (fact, because) in plan.take {
        let for_good = because.is_none();
        if for_good {
            // It may have been taken back before it was corrected.
            store::forget(tx.conn, &fact)?;
        }
        if take_back(tx, &fact, uscc, for_good)? {
            count = count.saturating_add(1);
            if let Some(because) = because {
                tell(tx, &FactWithdrawn { enterprise: uscc.clone(), fact, because }, ACTOR)?;
            }
        }
    }
    Ok(count)
}

fn take_back(tx: &mut Tx<'_>, fact: &str, uscc: &Uscc, for_good: bool) -> Result<bool> {
    let now = tx.now();
    if !store::remember(tx.conn, (fact, uscc.as_str()), for_good, now)? {
        return Ok(false);
    }
    for at in store::told_at(tx.conn, fact)? {
        withdraw(tx, Told { subject: uscc.as_str(), at }, |_kind, data| rules::holds(data, fact))?;
    }
    Ok(true)
}

/// Takes back a fact whose window was over before it was told, in the transaction that tells it: nobody below internal ever reads it.
///
/// # Errors
/// When the database fails.
pub fn at_once(tx: &mut Tx<'_>, fact: &Fact) -> Result<()> {
    if rules::over_already(fact, tx.now().day()) {
        take_back(tx, &fact.id, &fact.enterprise, false)?;
    }
    Ok(())
}
