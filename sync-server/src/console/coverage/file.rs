//! Coverage as a file: the shares as CSV (with a mark for Excel), the cells as GeoJSON, the picture as PNG. Places alone, nobody's name.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{Query, State as Shared};
use axum::response::Response;

use super::super::desk::Desk;
use super::super::export::attachment;
use super::Asked;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::service::coverage_csv;

/// The kinds of files: their names in addresses and on the page.
pub(crate) const KINDS: [(&str, &str); 3] = [("csv", "CSV"), ("geojson", "GeoJSON"), ("png", "PNG")];

/// The file of what the page shows.
pub(crate) async fn get_file(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    if !desk.sees_coverage() {
        return Err(Problem::plain(ErrorCode::Forbidden));
    }
    let asked = Asked::parse(&given)?;
    let format = given.get("format").map(String::as_str).unwrap_or_default();
    let (extension, media_type) = match format {
        "csv" => ("csv", "text/csv; charset=utf-8"),
        "geojson" => ("geojson", "application/geo+json"),
        "png" => ("png", "image/png"),
        _ => return Err(Problem::field("format", "csv, geojson or png")),
    };
    let (caller, query, layer) = (desk.caller.clone(), asked.query, asked.layer);
    let bytes = app
        .blocking(move |service| -> Result<Vec<u8>, crate::ServiceError> {
            Ok(match extension {
                "csv" => {
                    format!("\u{feff}{}", coverage_csv(&service.coverage(&caller, &query)?)).into_bytes()
                }
                "geojson" => service
                    .coverage_cells(&caller, &query, layer)?
                    .to_string()
                    .into_bytes(),
                _ => service.coverage_picture(&caller, &query)?,
            })
        })
        .await?;
    let day = desk.now.day_in(desk.moments(None).zone);
    let name = format!("xunge-coverage-{day}.{extension}");
    Ok(attachment(Body::from(bytes), &name, media_type))
}
