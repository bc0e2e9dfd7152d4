//! Recording an exclusion and lifting it. Not here: on which days it holds, `rules.rs`.

use common::{
    db::Tx,
    error::{Code, Error, Result},
    http::precondition::mismatch,
};
use model::{instant::Day, text::Text, uscc::Uscc};
use serde_json::json;

use super::{
    rules::{ExclusionGround, Lifted, RankingExclusion},
    store::{self, Stored},
};

/// An exclusion as it is told.
#[derive(Clone, Debug)]
pub struct Told {
    /// Whom it is about.
    pub enterprise: Uscc,
    /// Which declaration.
    pub declaration: Option<String>,
    /// Why.
    pub ground: ExclusionGround,
    /// The number of the decision or report.
    pub document_no: String,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Option<Day>,
}

/// Records an exclusion.
///
/// # Errors
/// `duplicate` where the same document says the same already.
pub fn record(tx: &mut Tx<'_>, told: &Told) -> Result<Stored> {
    let same = |stored: &Stored| {
        let stands = &stored.exclusion;
        (stands.ground, &stands.document_no, &stands.declaration) == (told.ground, &told.document_no, &told.declaration)
    };
    if let Some(stands) = store::of_enterprise(tx.conn, told.enterprise.as_str())?.into_iter().find(same) {
        let detail = Text::new("同一文书已登记。", "The same document is recorded already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("exclusion", json!(stands.exclusion.id)));
    }
    let Told { enterprise, declaration, ground, document_no, from, until } = told.clone();
    let made = RankingExclusion {
        id: tx.id("rkx"),
        enterprise,
        declaration,
        ground,
        document_no,
        from,
        until,
        lifted: None,
        recorded_at: tx.now(),
    };
    store::insert(tx.conn, &made)
}

/// Lifts an exclusion from today on.
///
/// # Errors
/// `not_found`, `etag_mismatch`, `illegal_transition` where it is lifted already.
pub fn lift(tx: &mut Tx<'_>, (id, version): (&str, i64), document_no: &str) -> Result<Stored> {
    let Stored { mut exclusion, version: stands } = store::find(tx.conn, id)?.ok_or_else(|| Error::not_found("ranking exclusion", id))?;
    if stands != version {
        return Err(mismatch(stands));
    }
    if exclusion.lifted.is_some() {
        let detail = Text::new("该项已解除。", "It is lifted already.");
        return Err(Error::conflict(Code::ILLEGAL_TRANSITION, detail).with_member("allowed", json!([])));
    }
    exclusion.lifted = Some(Lifted { on: tx.now().day(), document_no: document_no.to_owned() });
    store::save(tx.conn, exclusion, version)
}
