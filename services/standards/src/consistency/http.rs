//! The consistency figure on HTTP, its gaps, and the marks of applicability. Not here: what counts, `rules.rs`.

use actix_web::{
    HttpRequest, HttpResponse, get, put,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page},
        param,
        precondition::{ETag, IfMatch},
        query::Query,
    },
    token::Caller,
};
use model::{division, fault::FieldFault, instant::Day, policy::Evidence};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    actions,
    rules::{ApplicabilityMark, ConsistencyGap, FieldFigure, Share, Verdict, figure, is_applicable},
    store::{self, Class},
};
use crate::{
    Standards,
    author::actions::Author,
    edition::{self, http::edition_id},
    said::rules::{Fields, TEXT_MAX},
};

/// How many of how many, exactly and as a percentage.
#[derive(Serialize, ToSchema)]
pub struct ConsistencyShare {
    /// International editions that a Chinese one in force takes over, IDT or MOD.
    numerator: u64,
    /// International editions in force that are applicable.
    denominator: u64,
    /// The exact value.
    #[schema(example = "19/20")]
    fraction: String,
    /// Rounded half up to two decimals; null without a denominator.
    #[schema(example = "95.00")]
    percent: Option<String>,
}

impl From<Share> for ConsistencyShare {
    fn from(share: Share) -> Self {
        let Share { numerator, denominator } = share;
        Self { numerator, denominator, fraction: format!("{numerator}/{denominator}"), percent: share.ratio().percent(2) }
    }
}

/// The figure of a group of the ICS.
#[derive(Serialize, ToSchema)]
pub struct ConsistencyGroup {
    #[schema(example = "97.190")]
    code: String,
    #[serde(flatten)]
    share: ConsistencyShare,
}

/// The figure of a field of the ICS.
#[derive(Serialize, ToSchema)]
pub struct ConsistencyField {
    /// Two digits; null for those without a class.
    #[schema(example = "97")]
    code: Option<String>,
    #[serde(flatten)]
    share: ConsistencyShare,
    groups: Vec<ConsistencyGroup>,
}

fn field((code, FieldFigure { share, groups }): (String, FieldFigure)) -> ConsistencyField {
    let groups = groups.into_iter().map(|(code, share)| ConsistencyGroup { code, share: share.into() }).collect();
    ConsistencyField { code: Some(code).filter(|code| !code.is_empty()), share: share.into(), groups }
}

/// What is to be reached.
#[derive(Serialize, ToSchema)]
pub struct ConsistencyTarget {
    at_least_percent: u32,
    /// Whether the figure reaches it; null without a denominator.
    reached: Option<bool>,
    #[schema(value_type = String, format = Date)]
    effective_from: Day,
    source: String,
    #[schema(value_type = String, example = "S2")]
    evidence: Evidence,
}

/// The consistency of a class on a day.
#[derive(Serialize, ToSchema)]
pub struct ConsistencyFigureView {
    #[schema(value_type = String, format = Date)]
    as_of: Day,
    ics: Option<String>,
    ccs: Option<String>,
    division: Option<String>,
    #[serde(flatten)]
    share: ConsistencyShare,
    /// Of the numerator: identical (IDT).
    identical: u64,
    /// Of the numerator: modified (MOD).
    modified: u64,
    /// Left out of the denominator by a mark.
    not_applicable: u64,
    target: Option<ConsistencyTarget>,
    /// By field and group of the ICS; an edition of several classes counts in each.
    fields: Vec<ConsistencyField>,
    /// How it is counted.
    counting: &'static [&'static str],
}

const COUNTING: &[&str] = &[
    "分母：当日有效的国际标准版本，修改单不单独计，标记为不适用的除外。 Denominator: international editions in force on the day; amendments are not counted by themselves, those marked as not applicable are left out.",
    "分子：其中被当日有效的国家标准或行业标准等同（IDT）或修改（MOD）采用的；给出行政区划时，当地的地方标准一并计入。 Numerator: those that a national or industry standard in force adopts, IDT or MOD; with a division, its local standards as well.",
    "非等效（NEQ）不计；关系未注日期或所注为其他版本的不计。 NEQ never counts; nor does a relation that names no edition, or another one.",
];

/// Which standards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyQuery {
    /// Of this class of the International Classification for Standards, or one below it.
    #[param(example = "97.190")]
    ics: Option<String>,
    /// Of this class of the Chinese Classification for Standards, or of its first letter.
    #[param(example = "Y57")]
    ccs: Option<String>,
    /// Where local standards of this division count as well, GB/T 2260.
    #[param(example = "440300")]
    division: Option<String>,
    /// On which day; today where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    as_of: Option<String>,
}

/// Which gaps.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyGapsQuery {
    /// Of this class of the International Classification for Standards, or one below it.
    #[param(example = "97.190")]
    ics: Option<String>,
    /// Of this class of the Chinese Classification for Standards, or of its first letter.
    #[param(example = "Y57")]
    ccs: Option<String>,
    /// Where local standards of this division count as well, GB/T 2260.
    #[param(example = "440300")]
    division: Option<String>,
    /// On which day; today where nothing is said.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    as_of: Option<String>,
    /// At most so many, 1 to 500.
    #[param(value_type = Option<i64>, example = 50)]
    limit: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What is asked, as far as it can be read.
struct Asked {
    class: Class,
    division: Option<String>,
    day: Day,
}

fn asked(app: &Standards, query: ConsistencyQuery, bad: &mut Vec<FieldFault>) -> Asked {
    let ConsistencyQuery { ics, ccs, division, as_of } = query;
    let is_class =
        |text: &String| !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    for (name, code) in [("?ics", &ics), ("?ccs", &ccs)] {
        if code.as_ref().is_some_and(|text| !is_class(text)) {
            bad.push(FieldFault::shape(name, "bad_parameter", "应为分类号。", "Must be a code of the classification."));
        }
    }
    if division.as_ref().is_some_and(|code| !division::is_listed(code)) {
        bad.push(FieldFault::shape("?division", "bad_parameter", "行政区划代码未列入 GB/T 2260。", "Must be a division of GB/T 2260."));
    }
    let day = param::day("as_of", as_of.as_deref(), bad).unwrap_or_else(|| app.clock.now().day());
    Asked { class: Class { ics, ccs: ccs.map(|code| code.to_ascii_uppercase()) }, division, day }
}

/// Read how many international standards are taken over by Chinese ones, of how many, by class.
#[utoipa::path(params(ConsistencyQuery), responses((status = OK, body = ConsistencyFigureView, description = "The figure and how it is counted."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/consistency")]
pub(crate) async fn read_consistency_figure(app: Data<Standards>, db: Data<Db>, query: Query<ConsistencyQuery>) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let Asked { class, division, day } = asked(&app, query, &mut bad);
    param::refuse(bad)?;
    let (wanted, place) = (class.clone(), division.clone());
    let judged = db.read(move |conn| actions::judged(conn, &wanted, place.as_deref(), day)).await?;
    let figure = figure(&judged.editions, class.ics.as_deref());
    let target = app.consistency_target.at(day).map(|row| ConsistencyTarget {
        at_least_percent: row.value.target_percent,
        reached: figure.share.reaches(row.value.target_percent),
        effective_from: row.effective_from,
        source: row.source.clone(),
        evidence: row.evidence,
    });
    Ok(HttpResponse::Ok().json(ConsistencyFigureView {
        as_of: day,
        ics: class.ics,
        ccs: class.ccs,
        division,
        share: figure.share.into(),
        identical: figure.identical,
        modified: figure.modified,
        not_applicable: judged.not_applicable,
        target,
        fields: figure.fields.into_iter().map(field).collect(),
        counting: COUNTING,
    }))
}

/// An international edition that no Chinese one takes over.
#[derive(Serialize, ToSchema)]
pub struct ConsistencyGapView {
    /// `edn_…`.
    edition: String,
    #[schema(example = "ISO 99001:2020")]
    number: String,
    title: String,
    ics: Vec<String>,
    gap: ConsistencyGap,
    /// The numbers of what comes nearest.
    nearest: Vec<String>,
}

/// List the applicable international editions that are not taken over, by number, with what comes nearest.
#[utoipa::path(params(ConsistencyGapsQuery), responses((status = OK, body = Page<ConsistencyGapView>, description = "One page."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/consistency/gaps")]
pub(crate) async fn list_consistency_gaps(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    query: Query<ConsistencyGapsQuery>,
) -> Result<HttpResponse> {
    let (query, mut bad) = query.into_parts();
    let ConsistencyGapsQuery { ics, ccs, division, as_of, limit, cursor } = query;
    let Asked { class, division, day } = asked(&app, ConsistencyQuery { ics, ccs, division, as_of }, &mut bad);
    let (limit, after) = page::asked(limit.as_deref(), cursor.as_deref(), bad)?;
    let found = db.read(move |conn| {
        let judged = actions::judged(conn, &class, division.as_deref(), day)?;
        let gaps = judged.editions.into_iter().filter_map(|(one, verdict)| match verdict {
            Verdict::Gap(gap, nearest) if after.as_ref().is_none_or(|after| one.number > *after) => Some((one, gap, nearest)),
            _ => None,
        });
        let most = usize::try_from(limit.saturating_add(1)).unwrap_or(1);
        let gaps: Vec<_> = gaps.take(most).collect();
        let numbers: Vec<String> = gaps.iter().map(|(one, _, _)| one.number.clone()).collect();
        Ok((gaps, edition::store::by_numbers(conn, &numbers)?))
    });
    let (gaps, editions) = found.await?;
    let title = |id: &str| editions.iter().find(|stored| stored.id == id).map(|stored| stored.entry.title.clone()).unwrap_or_default();
    let views = gaps.into_iter().map(|(one, gap, nearest)| ConsistencyGapView {
        title: title(&one.id),
        edition: one.id,
        number: one.number,
        ics: one.ics,
        gap,
        nearest,
    });
    Ok(Page::cut(views.collect(), limit, |view: &ConsistencyGapView| Cursor::after([view.number.clone()])).respond(&req))
}

/// Whether an international edition is applicable here, and what was said of that.
#[derive(Serialize, ToSchema)]
pub struct ApplicabilityView {
    /// `edn_…`.
    edition: String,
    applicable: bool,
    /// All marks, oldest first.
    marks: Vec<ApplicabilityMark>,
    /// Counted from 1, 0 where nothing was said; also the `ETag`.
    version: i64,
}

/// What is said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplicability {
    /// Whether it is applicable here.
    applicable: bool,
    /// Why.
    #[schema(example = "示例：国内无此类产品。")]
    reason: String,
}

/// Read whether an international edition is applicable here.
#[utoipa::path(params(("edition" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000")), responses((status = OK, body = ApplicabilityView, description = "As it stands."), Problems), security(("oauth2" = ["standards:read"])))]
#[get("/consistency/applicability/{edition}")]
pub(crate) async fn read_applicability(app: Data<Standards>, db: Data<Db>, path: Path<String>) -> Result<HttpResponse> {
    let id = edition_id(&path)?;
    let found = db.read(move |conn| {
        let edition = edition::actions::found(conn, &id)?.id;
        Ok((store::find(conn, &edition)?, edition))
    });
    let (stands, edition) = found.await?;
    let (marks, version) = stands.unwrap_or_default();
    let view = ApplicabilityView { edition, applicable: is_applicable(&marks, app.clock.now().day()), marks, version };
    let mut answer = HttpResponse::Ok();
    if version > 0 {
        answer.insert_header(ETag(version).header());
    }
    Ok(answer.json(view))
}

/// Mark an international edition as applicable or not, from today; for authorities.
#[utoipa::path(
    request_body = NewApplicability,
    params(
        ("edition" = String, Path, description = "The id of the edition.", example = "edn_01JD0000000000000000000000"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read; required where something was said before."),
    ),
    responses((status = OK, body = ApplicabilityView, description = "It was changed."), (status = CREATED, body = ApplicabilityView, description = "It is the first mark."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[put("/consistency/applicability/{edition}")]
pub(crate) async fn update_applicability(
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewApplicability>,
) -> Result<HttpResponse> {
    let author = Author::with_role(&caller, &[])?;
    let (id, tag) = (edition_id(&path)?, IfMatch::of(&req)?);
    let mut fields = Fields::default();
    let (applicable, reason) = (body.applicable, fields.line("/reason", &body.reason, TEXT_MAX));
    if !fields.bad.is_empty() {
        return Err(fields.bad.into());
    }
    let answer = db.write(move |tx| {
        let (marks, version) = actions::mark(tx, &id, (applicable, &reason), tag.as_ref(), &author)?;
        let view = ApplicabilityView { edition: id.clone(), applicable, marks, version };
        let location = (version == 1).then(|| format!("/standards/v1/consistency/applicability/{id}"));
        let body = serde_json::to_string(&view).map_err(Error::internal)?;
        Ok(Answer { status: if version == 1 { 201 } else { 200 }, etag: Some(ETag(version).to_string()), location, body })
    });
    Ok(once::respond(&answer.await?))
}
