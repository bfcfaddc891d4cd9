//! `GET /v1/reports/{report}` and `POST /v1/reports/{report}/acts`. A report is named by its id or by its code.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use xunge_core::command::{Action, Outcome, Reason};
use xunge_core::id::{CommandId, PostId, ReportId};

use crate::app::{App, require_account};
use crate::auth::Signed;
use crate::body::{JsonBody, Params};
use crate::problem::Problem;
use crate::service::{ActRequest, ReportRef, ReportStory};

/// How to read a report.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct StoryParams {
    /// Why names and telephones are to be read in full; recorded. Left out, they are masked.
    unmask: Option<String>,
}

/// A report's whole story: content, state, every act, refused ones too.
#[utoipa::path(
    get,
    path = "/v1/reports/{report}",
    params(("report" = String, Path, description = "The report's id or code"), StoryParams),
    responses((status = 200, body = Object), (status = 404, body = crate::problem::ErrorBody)),
    security(("install" = []), ("session" = []))
)]
pub(crate) async fn get_report(
    State(app): State<App>,
    Signed(caller): Signed,
    Path(report): Path<String>,
    Params(params): Params<StoryParams>,
) -> Result<Json<ReportStory>, Problem> {
    let story = app
        .blocking(move |service| {
            service.report_story(&caller, &ReportRef::parse(&report), params.unmask.as_deref())
        })
        .await?;
    Ok(Json(story))
}

/// One act at the console.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct ActBody {
    /// What is done: an object with `action` and the action's own fields.
    #[schema(value_type = Object)]
    action: Action,
    /// In which post; left out, any that may.
    #[schema(value_type = Option<String>)]
    post: Option<PostId>,
    /// Why.
    #[schema(value_type = Option<Object>)]
    reason: Option<Reason>,
    /// Text that goes with it.
    text: Option<String>,
    /// The last state-changing act on the screen that the person looked at.
    #[schema(value_type = Option<String>)]
    saw: Option<CommandId>,
    /// Names the act, so that a double click changes nothing.
    #[schema(value_type = Option<String>)]
    id: Option<CommandId>,
}

/// What became of an act.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct ActAnswer {
    /// The act's name.
    #[schema(value_type = String)]
    command: CommandId,
    /// The report's name.
    #[schema(value_type = String)]
    report: ReportId,
    /// `accepted`, `remark` or `proposal`, with why.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    outcome: Outcome,
    /// Its place in the township's order.
    seq: u64,
    /// The report's state afterwards.
    #[schema(value_type = Option<String>)]
    state: Option<xunge_core::command::State>,
}

/// Does an act. A refusal by the workflow is 422 with `refusal`.
#[utoipa::path(
    post,
    path = "/v1/reports/{report}/acts",
    params(("report" = String, Path, description = "The report's id or code")),
    request_body = ActBody,
    responses((status = 200, body = ActAnswer), (status = 422, body = crate::problem::ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn post_act(
    State(app): State<App>,
    Signed(caller): Signed,
    Path(report): Path<String>,
    JsonBody(body): JsonBody<ActBody>,
) -> Result<Json<ActAnswer>, Problem> {
    require_account(&caller)?;
    let request = ActRequest {
        report: ReportRef::parse(&report),
        action: body.action,
        post: body.post,
        reason: body.reason,
        text: body.text,
        saw: body.saw,
        heads: None,
        id: body.id,
    };
    let done = app
        .blocking(move |service| service.act(&caller, &request))
        .await?;
    if let Outcome::Refused(refusal) = done.outcome {
        return Err(Problem::refused(refusal));
    }
    Ok(Json(ActAnswer {
        command: done.command,
        report: done.report,
        outcome: done.outcome,
        seq: done.seq,
        state: done.state,
    }))
}
