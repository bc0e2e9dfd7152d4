//! Recording an assessment body; finding the one that acts. Not here: what it finds, `ranking`.

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Result},
};
use model::{text::Text, uscc::Uscc};
use serde_json::json;

use super::{rules::Assessor, store};
use crate::author::actions::Author;

/// A body as it is handed in.
#[derive(Clone, Debug)]
pub struct Named {
    /// The organisation.
    pub organisation: Uscc,
    /// Its name.
    pub name: String,
    /// The fields of products.
    pub fields: Vec<String>,
    /// Under which number it is accredited.
    pub accreditation: Option<String>,
}

/// Records a body.
///
/// # Errors
/// `duplicate` where the organisation is one already.
pub fn record(tx: &mut Tx<'_>, named: &Named) -> Result<Assessor> {
    if let Some(stands) = store::of_organisation(tx.conn, named.organisation.as_str())? {
        let detail = Text::new("该机构已登记为评估机构。", "The organisation is recorded as an assessment body already.");
        return Err(Error::conflict(Code::DUPLICATE, detail).with_member("assessor", json!(stands.id)));
    }
    let Named { organisation, name, fields, accreditation } = named.clone();
    let made = Assessor { id: tx.id("asr"), organisation, name, fields, accreditation, recorded_at: tx.now() };
    store::insert(tx.conn, &made)?;
    Ok(made)
}

/// One by its id.
///
/// # Errors
/// `not_found`.
pub fn found(conn: &mut Conn, id: &str) -> Result<Assessor> {
    store::find(conn, id)?.ok_or_else(|| Error::not_found("assessor", id))
}

/// The body that acts: the author's own one; an authority names it.
///
/// # Errors
/// `not_found`, `not_your_organisation`, `assessor_missing` where the author is none.
pub fn acting(conn: &mut Conn, said: Option<&str>, author: &Author) -> Result<Assessor> {
    if let Some(id) = said {
        let assessor = found(conn, id)?;
        author.owns(assessor.organisation.as_str())?;
        return Ok(assessor);
    }
    let detail = Text::new("请先登记为评估机构，或写明评估机构。", "Be recorded as an assessment body first, or name the one that acts.");
    store::of_organisation(conn, author.organisation.as_str())?.ok_or_else(|| Error::rule("assessor_missing", detail))
}
