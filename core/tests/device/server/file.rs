//! Uploads by tus and downloads by range, as the little server has them.

use std::collections::BTreeMap;

use xunge_core::attachment::BlobHash;
use xunge_core::id::ReportId;
use xunge_core::sync::message::Payload;
use xunge_core::sync::transport::{HttpRequest, HttpResponse, Method};

use super::{Server, State, Upload, error, header, response};

impl Server {
    pub(super) fn upload(&self, state: &mut State, request: &HttpRequest) -> HttpResponse {
        if request.method == Method::Post {
            use base64::Engine;
            let meta: BTreeMap<String, String> = header(request, "upload-metadata")
                .unwrap_or_default()
                .split(',')
                .filter_map(|pair| {
                    let (name, value) = pair.split_once(' ')?;
                    let value = base64::engine::general_purpose::STANDARD.decode(value).ok()?;
                    Some((name.to_owned(), String::from_utf8(value).ok()?))
                })
                .collect();
            let report: ReportId = meta["report"].parse().unwrap();
            if !state.kept.reports.contains_key(&report) {
                return error(404, "not_found");
            }
            let url = format!("/v1/uploads/{}", state.kept.uploads.len() + 1);
            let size_bytes = header(request, "upload-length").unwrap().parse().unwrap();
            state.kept.uploads.insert(
                url.clone(),
                Upload {
                    meta,
                    size_bytes,
                    bytes: Vec::new(),
                },
            );
            let mut answer = response(201, "text/plain", Vec::new());
            answer
                .headers
                .push(("location".into(), format!("http://server{url}")));
            return answer;
        }
        let Some(upload) = state.kept.uploads.get_mut(&request.path) else {
            return error(404, "unknown_upload");
        };
        if request.method == Method::Patch {
            let offset: usize = header(request, "upload-offset").unwrap().parse().unwrap();
            if offset != upload.bytes.len() {
                return error(409, "wrong_offset");
            }
            upload.bytes.extend_from_slice(&request.body);
        }
        let mut answer = response(204, "text/plain", Vec::new());
        answer
            .headers
            .push(("upload-offset".into(), upload.bytes.len().to_string()));
        if upload.bytes.len() == upload.size_bytes && request.method == Method::Patch {
            let upload = upload.clone();
            let blob = BlobHash::of(&upload.bytes);
            assert_eq!(blob.to_string(), upload.meta["sha256"], "the whole has its hash");
            let report: ReportId = upload.meta["report"].parse().unwrap();
            state.kept.blobs.insert(blob, upload.bytes.clone());
            let held = state.kept.reports.entry(report).or_default();
            held.blobs.insert(blob, upload.bytes.len() as u64);
            state.kept.rows.push(Payload::Blob {
                report,
                blob,
                size_bytes: upload.bytes.len() as u64,
            });
        }
        answer
    }

    pub(super) fn blob(&self, state: &State, request: &HttpRequest) -> HttpResponse {
        let name = request.path.rsplit('/').next().unwrap();
        let blob: BlobHash = name.parse().unwrap();
        let Some(bytes) = state.kept.blobs.get(&blob) else {
            return error(404, "unknown_blob");
        };
        let range = header(request, "range").unwrap().trim_start_matches("bytes=");
        let (from, to) = range.split_once('-').unwrap();
        let from: usize = from.parse().unwrap();
        let to = to.parse::<usize>().unwrap().min(bytes.len() - 1);
        let mut answer = response(206, "image/jpeg", bytes[from..=to].to_vec());
        let total = format!("bytes {from}-{to}/{}", bytes.len());
        answer.headers.push(("content-range".into(), total));
        answer
    }
}
