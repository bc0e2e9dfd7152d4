//! Whom an edition touches, on HTTP. Not here: the rows, which stand in their own rooms.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use common::{
    db::{Conn, Db},
    error::{Problems, Result},
    http::{param, query::Query},
};
use model::instant::{Day, Instant};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Standards,
    declaration::{
        self,
        rules::{DeclarationState, outdated},
    },
    edition::{
        actions::{found, holding},
        http::{OnDay, edition_id},
        rules::{RelationKind, Status},
        store,
    },
    tender_citation,
};

/// So many of each kind are named; the answer says where there are more.
const MOST: i64 = 1_000;

/// A declaration that cites the edition.
#[derive(Serialize, ToSchema)]
pub struct TouchedDeclaration {
    /// `dcl_…`.
    id: String,
    /// Whose, a Unified Social Credit Code.
    enterprise: String,
    product: String,
    version: i64,
    /// From when the claim of conformity by this edition is outdated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    outdated_from: Option<Day>,
    /// Until when the enterprise has time to declare anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    grace_until: Option<Day>,
}

/// An open tender that cites the edition, or its number without year.
#[derive(Serialize, ToSchema)]
pub struct TouchedTender {
    #[schema(example = "T-2026-1")]
    id: String,
    /// The buyer, a Unified Social Credit Code.
    organisation: String,
    title: String,
    #[schema(value_type = String, format = DateTime)]
    cut_off: Instant,
}

/// A standard that stands in a relation to the edition.
#[derive(Serialize, ToSchema)]
pub struct TouchedStandard {
    #[schema(example = "T/SLXH 001-2026")]
    number: String,
    kind: RelationKind,
    /// Its status on the day, where it is known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

/// Whom an edition touches.
#[derive(Serialize, ToSchema)]
pub struct ImpactView {
    #[schema(example = "edn_01JD0000000000000000000000")]
    edition: String,
    number: String,
    /// The status on the day.
    status: Status,
    #[schema(value_type = String, format = Date)]
    status_on: Day,
    /// The numbers of what replaces it.
    successors: Vec<String>,
    declarations: Vec<TouchedDeclaration>,
    /// Those behind the declarations, each once.
    enterprises: Vec<String>,
    tenders: Vec<TouchedTender>,
    standards: Vec<TouchedStandard>,
    /// There are more of a kind than are named here.
    truncated: bool,
}

fn standards(conn: &mut Conn, number: &str, day: Day) -> Result<Vec<TouchedStandard>> {
    let relations: Vec<(String, RelationKind)> =
        store::relations(conn, number)?.into_iter().filter(|one| one.to == number).map(|one| (one.from, one.kind)).collect();
    let numbers: Vec<String> = relations.iter().map(|(number, _)| number.clone()).collect();
    let known = store::by_numbers(conn, &numbers)?;
    let status = |number: &str| known.iter().find(|one| one.entry.number.as_str() == number).map(|one| one.windows.status_on(day));
    let shown = relations.into_iter().map(|(number, kind)| TouchedStandard { status: status(&number), number, kind });
    Ok(shown.collect())
}

/// List whom an edition touches: declarations, enterprises, open tenders, and standards that cite it.
#[utoipa::path(params(("id" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"), OnDay), responses((status = OK, body = ImpactView, description = "Whom it touches on the day."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/editions/{id}/impact")]
pub(crate) async fn read_impact(app: Data<Standards>, db: Data<Db>, path: Path<String>, query: Query<OnDay>) -> Result<HttpResponse> {
    let id = edition_id(&path)?;
    let (query, mut bad) = query.into_parts();
    let day = param::day("on", query.on.as_deref(), &mut bad).unwrap_or_else(|| app.clock.now().day());
    param::refuse(bad)?;
    let now = app.clock.now();
    let grace = app.declaration_terms.at(day).map(|row| row.value.conformity_grace);
    let read = db.read(move |conn| {
        let stored = found(conn, &id)?;
        let number = stored.entry.number.to_string();
        // An undated citation means the edition that holds: the others it does not touch.
        let editions = store::of_standard(conn, &stored.standard)?;
        let is_meant = holding(&editions, day).is_some_and(|holds| holds.id == stored.id);
        let undated = is_meant.then(|| stored.entry.number.undated().to_owned());
        let names: Vec<String> = [number.clone()].into_iter().chain(undated).collect();
        let mut declared = declaration::store::of_edition(conn, &id, None, MOST)?;
        let mut tenders = tender_citation::store::citing(conn, &names, now, MOST.saturating_add(1))?;
        let most = usize::try_from(MOST).unwrap_or(0);
        let truncated = declared.len() > most || tenders.len() > most;
        declared.truncate(most);
        declared.retain(|one| one.declaration.state == DeclarationState::Declared);
        tenders.truncate(most);
        let lapse = outdated(&number, &stored.windows, day, grace);
        let declarations: Vec<TouchedDeclaration> = declared
            .into_iter()
            .map(|one| TouchedDeclaration {
                id: one.declaration.id,
                enterprise: one.declaration.enterprise.to_string(),
                product: one.declaration.product.name,
                version: one.declaration.version,
                outdated_from: lapse.as_ref().map(|lapse| lapse.from),
                grace_until: lapse.as_ref().and_then(|lapse| lapse.grace_until),
            })
            .collect();
        let enterprises: BTreeSet<String> = declarations.iter().map(|one| one.enterprise.clone()).collect();
        Ok(ImpactView {
            edition: stored.id,
            status: stored.windows.status_on(day),
            status_on: day,
            successors: stored.windows.successors,
            declarations,
            enterprises: enterprises.into_iter().collect(),
            tenders: tenders
                .into_iter()
                .map(|one| TouchedTender { id: one.id, organisation: one.organisation, title: one.title, cut_off: one.cut_off })
                .collect(),
            standards: standards(conn, &number, day)?,
            number,
            truncated,
        })
    });
    Ok(HttpResponse::Ok().json(read.await?))
}
