//! `POST /enterprises/import`. Not here: reading the rows, `actions.rs`; the columns, `rules.rs`.

use std::sync::Arc;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, post,
    web::{Data, Payload},
};
use common::{
    db::Db,
    error::{Code, Error, Problems, Result},
    http::param,
    token::{Caller, Role},
};
use futures_util::StreamExt;
use model::text::{Lang, Text};
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::actions::{self, Form, Row};
use crate::{
    Credit,
    enterprise::actions::{Author, Recorded},
    intake::http::unsupported,
};

/// So many refused rows are reported one by one; the rest is counted.
const REPORTED: usize = 10_000;

/// How an import ended.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ImportSummary {
    /// Rows read.
    rows: u64,
    created: u64,
    replaced: u64,
    unchanged: u64,
    refused: u64,
}

/// Import enterprises from a CSV or NDJSON file of any length.
///
/// The file is read as a stream; the answer is NDJSON: refused rows, then a summary.
#[utoipa::path(
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses((status = OK, content_type = "application/x-ndjson", body = ImportSummary, description = "One line per refused row, and the sums last."), Problems),
    security(("oauth2" = ["credit:write"]))
)]
#[post("/enterprises/import")]
pub(crate) async fn import_enterprises(
    app: Data<Credit>,
    db: Data<Db>,
    req: HttpRequest,
    caller: Caller,
    mut payload: Payload,
) -> Result<HttpResponse> {
    if caller.role() != Role::Authority {
        let detail = Text::new("只有主管部门可以批量导入。", "Only an authority may import.");
        return Err(Error::forbidden(Code::NOT_YOUR_ORGANISATION, detail));
    }
    let form = match req.content_type() {
        "text/csv" => Form::Csv,
        "application/x-ndjson" => Form::Lines,
        _ => return Err(unsupported()),
    };
    let (chunks, arriving) = mpsc::channel(8);
    let (rows, mut parsed) = mpsc::channel::<Vec<Row>>(2);
    let today = app.clock.now().day();
    let reading = tokio::task::spawn_blocking(move || actions::read_rows(form, arriving, &rows, today));
    let feeding = async move {
        while let Some(chunk) = payload.next().await {
            if chunks.send(chunk.map_err(|error| error.to_string())).await.is_err() {
                break;
            }
        }
    };
    let (app, by) =
        (app.into_inner(), Author { client: caller.client().to_owned(), organisation: caller.organisation()?, role: caller.role() });
    let (lang, trace_id) = (param::language(&req), param::trace_id(&req));
    let recording = async move {
        let mut report = Report { lang, trace_id, summary: ImportSummary::default(), lines: Vec::new() };
        while let Some(rows) = parsed.recv().await {
            report.take(&app, &db, rows, &by).await?;
        }
        Ok::<_, Error>(report)
    };
    let ((), report, read) = futures_util::join!(feeding, recording, reading);
    read.map_err(Error::internal)??;
    let mut report = report?;
    report.lines.push(json!({"summary": report.summary}).to_string());
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").body(report.lines.join("\n") + "\n"))
}

struct Report {
    lang: Lang,
    trace_id: String,
    summary: ImportSummary,
    lines: Vec<String>,
}

impl Report {
    async fn take(&mut self, app: &Arc<Credit>, db: &Db, rows: Vec<Row>, by: &Author) -> Result<()> {
        let (mut numbers, mut good) = (Vec::new(), Vec::new());
        for (number, row) in rows {
            self.summary.rows = self.summary.rows.saturating_add(1);
            match row {
                Ok(enterprise) => {
                    numbers.push(number);
                    good.push(enterprise);
                }
                Err(error) => self.refuse(number, &error),
            }
        }
        let outcomes = actions::record_enterprises(app, db, good, by.clone()).await?;
        for (number, outcome) in numbers.into_iter().zip(outcomes) {
            let count = match outcome {
                Ok(Recorded::Created) => &mut self.summary.created,
                Ok(Recorded::Replaced) => &mut self.summary.replaced,
                Ok(Recorded::Unchanged) => &mut self.summary.unchanged,
                Err(error) => {
                    self.refuse(number, &error);
                    continue;
                }
            };
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    fn refuse(&mut self, number: u64, error: &Error) {
        self.summary.refused = self.summary.refused.saturating_add(1);
        if self.lines.len() < REPORTED {
            self.lines.push(json!({"row": number, "status": error.status(), "problem": error.document(self.lang, "/credit/v1/enterprises/import", &self.trace_id)}).to_string());
        }
    }
}
