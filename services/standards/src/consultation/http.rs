//! Comments on HTTP: make, answer; and the public pages of what comments are asked for. Not here: opening a consultation, `group_standard_step`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use common::{
    db::{Answer, Db},
    error::{Error, Problems, Result},
    http::{
        json::Body,
        once,
        page::{self, Cursor, Page, PageQuery},
        precondition::ETag,
        query::Query,
        step::{Part, Place},
    },
    token::{Caller, Role},
};
use model::{fault::FieldFault, id::Id, instant::Day};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    actions::{self, asks_until},
    rules::{Comment, CommentReply, ReplyVerdict},
    store::{self, Stored},
};
use crate::{
    Standards,
    association::http::text,
    author::{
        actions::Author,
        http::{Sent, judged, today},
    },
    group_standard::{
        self,
        http::{TEXT_MAX, group_standard_id},
        rules::GroupStandard,
        store::Search,
    },
    group_standard_step::http::day_of_step,
    group_standard_word::rules::State,
};

const CLAUSE_MAX: usize = 60;

/// A comment in a path.
pub(crate) struct OfComment;

impl Place for OfComment {
    fn parts() -> Vec<Part> {
        vec![
            Part::new("id", "The id of the group standard.", "gst_01JD0000000000000000000000"),
            Part::new("comment", "The id of the comment.", "cmt_01JD0000000000000000000000"),
        ]
    }
}

/// A comment on a draft, in the name of the caller's organisation. It is public.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDraftComment {
    /// On which clause.
    #[serde(default)]
    #[schema(example = "5.2.1")]
    clause: Option<String>,
    /// What is said.
    #[schema(example = "示例：该指标缺少试验方法。")]
    text: String,
    /// What should stand there instead.
    #[serde(default)]
    #[schema(example = "示例：补充试验方法。")]
    proposal: Option<String>,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// What the association answers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommentReply {
    /// What becomes of the comment.
    verdict: ReplyVerdict,
    /// Why.
    #[schema(example = "示例：采纳，已补充试验方法。")]
    text: String,
    /// On which day; an authority may record one of the past, for others it is today.
    #[serde(default)]
    #[schema(format = Date)]
    on: Option<String>,
}

/// A comment and what was answered.
#[derive(Serialize, ToSchema)]
pub struct DraftCommentView {
    /// `cmt_…`.
    id: String,
    /// Who comments; the code of a sole trader is that of a person and is not shown.
    organisation: Option<String>,
    clause: Option<String>,
    text: String,
    proposal: Option<String>,
    #[schema(value_type = String, format = Date)]
    on: Day,
    reply: Option<CommentReply>,
    /// Counted from 1; also the `ETag`.
    version: i64,
}

impl From<&Stored> for DraftCommentView {
    fn from(stored: &Stored) -> Self {
        let Comment { id, organisation, clause, text, proposal, on, reply, .. } = stored.comment.clone();
        let organisation = (!organisation.is_sole_trader()).then(|| organisation.to_string());
        Self { id, organisation, clause, text, proposal, on, reply, version: stored.version }
    }
}

fn answer(status: u16, stored: &Stored) -> Result<Answer> {
    let body = serde_json::to_string(&DraftCommentView::from(stored)).map_err(Error::internal)?;
    let location = (status == 201).then(|| format!("/standards/v1/public/consultations/{}", stored.comment.standard));
    Ok(Answer { status, etag: Some(ETag(stored.version).to_string()), location, body })
}

/// Comment on a draft while comments are asked for; comment and reply are public.
#[utoipa::path(
    request_body = NewDraftComment,
    params(("id" = String, Path, description = "The id of the group standard.", example = "gst_01JD0000000000000000000000"), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body gives the first answer again.")),
    responses((status = CREATED, body = DraftCommentView, description = "It is recorded, and the association owes a reply."), Problems),
    security(("oauth2" = ["standards:write"]))
)]
#[post("/group_standards/{id}/comments")]
pub(crate) async fn comment_standard(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    path: Path<String>,
    body: Body<NewDraftComment>,
) -> Result<HttpResponse> {
    let (author, standard) = (Author::of(&caller)?, group_standard_id(&path)?);
    let key = once::key(&req, &caller, &body.sha256)?;
    let mut faults = Vec::new();
    let said = Comment {
        id: String::new(),
        standard,
        organisation: author.organisation.clone(),
        clause: body.clause.as_deref().map(|clause| text(clause, CLAUSE_MAX, "/clause", &mut faults)),
        text: text(&body.text, TEXT_MAX, "/text", &mut faults),
        proposal: body.proposal.as_deref().map(|proposal| text(proposal, TEXT_MAX, "/proposal", &mut faults)),
        on: day_of_step(body.on.as_deref(), app.clock.now().day(), author.role, &mut faults),
        reply: None,
    };
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let answer = db.write_once(key, move |tx| answer(201, &actions::comment(tx, &said)?)).await?;
    Ok(once::respond(&answer))
}

/// Answer a comment; until the text is reviewed it may be answered otherwise.
#[utoipa::path(request_body = NewCommentReply, params(Sent<OfComment>), responses((status = OK, body = DraftCommentView, description = "It is answered."), Problems), security(("oauth2" = ["standards:write"])))]
#[post("/group_standards/{id}/comments/{comment}/reply")]
pub(crate) async fn reply_comment(sent: Sent<OfComment>, body: Body<NewCommentReply>) -> Result<HttpResponse> {
    let judged = judged(sent, &body.sha256, &[Role::Association])?;
    let standard = group_standard_id(&judged.part(0))?;
    let comment = Id::parse("cmt", &judged.part(1)).map_err(|fault| Error::invalid(vec![FieldFault::of("{comment}", fault)]))?;
    let mut faults = Vec::new();
    let text = text(&body.text, TEXT_MAX, "/text", &mut faults);
    let on = day_of_step(body.on.as_deref(), today(&judged), judged.by.role, &mut faults);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let said = CommentReply { verdict: body.verdict, text, on };
    let taken = judged.take(move |tx, judged| {
        let of = (standard.as_str(), comment.as_str(), judged.version);
        answer(200, &actions::reply(tx, of, &said, &judged.by)?)
    });
    taken.await
}

/// A draft about which comments are or were asked for.
#[derive(Serialize, ToSchema)]
pub struct ConsultationView {
    /// `gst_…`.
    id: String,
    association: String,
    title: String,
    scope: String,
    state: State,
    /// The digest of the text that was shown.
    text_digest: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// Whether comments may be made today.
    is_open: bool,
}

impl ConsultationView {
    fn of(standard: GroupStandard, today: Day) -> Self {
        let is_open = asks_until(&standard, today).is_some();
        let window = standard.consultation;
        Self {
            id: standard.id,
            association: standard.association,
            title: standard.proposal.title,
            scope: standard.proposal.scope,
            state: standard.state,
            from: window.as_ref().map(|window| window.from),
            until: window.as_ref().map(|window| window.until),
            text_digest: window.map(|window| window.text_digest),
            is_open,
        }
    }
}

/// A consultation with a page of its comments.
#[derive(Serialize, ToSchema)]
pub struct ConsultationPage {
    consultation: ConsultationView,
    comments: Page<DraftCommentView>,
}

/// List the drafts about which comments are asked for today, with their last day; without a token.
#[utoipa::path(params(PageQuery), responses((status = OK, body = Page<ConsultationView>, description = "One page."), Problems))]
#[get("/public/consultations")]
pub(crate) async fn list_consultations(
    app: Data<Standards>,
    db: Data<Db>,
    req: HttpRequest,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let today = app.clock.now().day();
    let search = Search { open_only: true, asks_on: Some(today), after, limit, ..Search::default() };
    let found = db.read(move |conn| group_standard::store::list(conn, &search)).await?;
    let page = Page::cut(found, limit, |stored| Cursor::after([stored.standard.id.clone()]));
    Ok(page.map(|stored| ConsultationView::of(stored.standard, today)).respond(&req))
}

/// Read a consultation with its comments and what was answered; without a token.
#[utoipa::path(params(("id" = String, Path, description = "The id of the group standard.", example = "gst_01JD0000000000000000000000"), PageQuery), responses((status = OK, body = ConsultationPage, description = "The consultation and one page of its comments."), Problems))]
#[get("/public/consultations/{id}")]
pub(crate) async fn read_consultation(
    app: Data<Standards>,
    db: Data<Db>,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let id = group_standard_id(&path)?;
    let (asked, bad) = query.into_parts();
    let (limit, after) = page::asked(asked.limit.as_deref(), asked.cursor.as_deref(), bad)?;
    let found = db.read(move |conn| {
        let standard = actions::opened(conn, &id)?;
        Ok((standard, store::list(conn, &id, after.as_deref(), limit)?))
    });
    let (standard, comments) = found.await?;
    let comments = Page::cut(comments, limit, |stored| Cursor::after([stored.comment.id.clone()]));
    let consultation = ConsultationView::of(standard, app.clock.now().day());
    Ok(HttpResponse::Ok().json(ConsultationPage { consultation, comments: comments.map(|stored| DraftCommentView::from(&stored)) }))
}
