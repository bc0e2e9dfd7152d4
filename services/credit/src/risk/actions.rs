//! Keeps the class current: after every fact, and when time alone has changed it. Not here: how it is found, `rules.rs`.

use std::{sync::LazyLock, time::Duration};

use common::{
    db::{Db, Tx},
    error::{Error, Result},
    stop::stopping,
};
use contracts::{
    credit::{Fact, RiskClassified},
    event::tell,
};
use model::{fault::Fault, instant::Day, policy::Policy, uscc::Uscc};

use super::{
    rules::{RiskPolicy, changes_on, classify, policy},
    store::{self, Told},
};
use crate::fact;

/// Enterprises in one closure of the write lane.
const CHUNK: i64 = 200;
/// Whether a day has changed a class is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The policy of this installation.
static POLICY: LazyLock<std::result::Result<Policy<RiskPolicy>, Fault>> = LazyLock::new(policy);

/// The policy of a day and the day from which it holds.
///
/// # Errors
/// When there is none.
pub(super) fn policy_at(day: Day) -> Result<(&'static RiskPolicy, Day)> {
    let policy = POLICY.as_ref().map_err(|fault| Error::internal(fault.clone()))?;
    let row = policy.at(day).ok_or_else(|| Error::internal("no policy says how risk is classified on this day"))?;
    Ok((&row.value, row.effective_from))
}

/// Finds the class anew and tells it where it has changed.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx<'_>, enterprise: &Uscc, facts: &[Fact], by: &str) -> Result<()> {
    let today = tx.now().day();
    let (policy, policy_from) = policy_at(today)?;
    let found = classify(policy, facts, today).ok_or_else(|| Error::internal("the policy has no levels"))?;
    let now = Told {
        enterprise: enterprise.to_string(),
        class: found.level.class.as_str().to_owned(),
        points: found.points,
        classified_on: today,
        next_on: changes_on(policy, facts, today),
        policy_from,
    };
    let before = store::told(tx.conn, enterprise.as_str())?;
    if before.as_ref().is_some_and(|before| Told { classified_on: before.classified_on, ..now.clone() } == *before) {
        return Ok(());
    }
    // Where nothing was told yet, a follower knows that it is what an enterprise without facts has.
    let silent = classify(policy, &[], today).map(|blank| blank.level.class.as_str().to_owned());
    if before.map(|before| before.class).or(silent).as_deref() != Some(now.class.as_str()) {
        tell(tx, &RiskClassified { uscc: enterprise.clone(), risk_class: found.level.class, from: today, policy_from }, by)?;
    }
    store::remember(tx.conn, &now)
}

/// Finds those classes anew that time has changed, for as long as the process lives.
pub async fn follow(db: Db) {
    while !stopping() {
        match pass(&db).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(LOOK_EVERY).await,
            Err(error) => {
                tracing::warn!(cause = %error, "what time has changed cannot be worked off right now");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// One chunk; `false` when nothing is left.
async fn pass(db: &Db) -> Result<bool> {
    let today = db.clock().now().day();
    if db.read(move |conn| store::due(conn, today, 1)).await?.is_empty() {
        return Ok(false);
    }
    db.write(|tx| {
        let today = tx.now().day();
        for code in store::due(tx.conn, today, CHUNK)? {
            let enterprise = Uscc::parse(&code)?;
            let facts = fact::store::known(tx.conn, &enterprise, tx.now())?;
            refresh(tx, &enterprise, &facts, "touchstone")?;
        }
        Ok(true)
    })
    .await
}
