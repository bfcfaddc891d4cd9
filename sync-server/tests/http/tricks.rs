//! Paths, headers and addresses that try to reach what is not theirs, and answers that must not tell what there is.

use std::io::Write;
use std::net::TcpStream;

use xunge_core::directory::Role;

use super::browser::{Browser, form, page, people};
use super::client::{Reply, read_reply};
use super::town::{Town, picture};

/// What was written to the connection as it stands, byte for byte, and what came back.
fn raw(town: &Town, request: &str) -> Reply {
    let mut stream = TcpStream::connect(town.at).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    read_reply(&mut stream, false)
}

/// An answer without what differs from request to request.
fn bare(reply: &Reply) -> (u16, String) {
    let request = reply.header("x-request-id").unwrap_or("none").to_owned();
    let text = String::from_utf8_lossy(&reply.body).replace(&request, "");
    (reply.status, text)
}

#[test]
fn no_path_leads_out_of_what_the_server_gives() {
    let town = Town::open();
    people(&town);
    let install = town.install("w1");
    let clerk = Browser::signed_in(&town, "k1");
    for path in [
        "/console/assets/../../../etc/passwd",
        "/console/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/console/assets/%2e%2e/%2e%2e/etc/passwd",
        "/console/assets/console.css%00.png",
        "/v1/blobs/../../xunge.db",
        "/v1/blobs/..%2f..%2fxunge.db",
        "/v1/blobs/%2e%2e%2f%2e%2e%2fkeys",
        "/v1/uploads/../../keys",
        "/v1/uploads/..%2fkeys",
        "//etc/passwd",
        "/console/reports/..%2f..%2fkeep",
        "/console//keep/people",
        "/console/keep/hand/..%2funit",
    ] {
        for (name, value) in [
            ("authorization", &install.bearer),
            ("cookie", &clerk.cookie_line()),
        ] {
            let reply = town.send("GET", path, &[(name, value)], b"");
            assert!(
                matches!(reply.status, 303 | 400 | 401 | 403 | 404 | 405),
                "{path}: {}",
                reply.status
            );
            assert!(!String::from_utf8_lossy(&reply.body).contains("root:"), "{path}");
        }
    }
}

#[test]
fn headers_that_name_another_host_client_or_path_change_nothing() {
    let town = Town::open_with(|config| config.limits.sign_in_failures_max = 2);
    people(&town);
    let mut clerk = Browser::signed_in(&town, "k1");
    let plain = bare(&clerk.get("/console/queue")).0;
    let cookie = clerk.cookie_line();
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=10.0.0.1;host=evil.example"),
        ("x-original-url", "/console/keep"),
        ("x-rewrite-url", "/console/keep"),
        ("x-http-method-override", "DELETE"),
    ] {
        let reply = town.send(
            "GET",
            "/console/queue",
            &[("cookie", &cookie), (name, value)],
            b"",
        );
        assert_eq!(reply.status, plain, "{name}");
        assert!(
            !String::from_utf8_lossy(&reply.body).contains("evil.example"),
            "{name}"
        );
        assert!(!format!("{:?}", reply.headers).contains("evil.example"), "{name}");
    }
    // Tries are counted by name, so that another address each time wins nobody a try, and keeps nobody else waiting.
    let guess = |name: &str, from: &str| {
        let body = format!("{{\"name\":\"{name}\",\"password\":\"wrong\"}}");
        let headers = [("content-type", "application/json"), ("x-forwarded-for", from)];
        town.send("POST", "/v1/session", &headers, body.as_bytes()).status
    };
    let answers = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(|from| guess("k1", from));
    assert_eq!(answers, [401, 401, 429]);
    assert_eq!(guess("s1", "10.0.0.1"), 401);
}

#[test]
fn requests_that_two_readers_would_read_differently_are_refused() {
    let town = Town::open();
    let json =
        "POST /v1/enrol HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    for tricks in [
        "content-length: 2\r\ncontent-length: 40\r\n\r\n{}",
        "content-length: 2\r\ntransfer-encoding: chunked, identity\r\n\r\n{}",
        "content-length: +2\r\n\r\n{}",
        "content-length: 2\r\n bad: folded\r\n\r\n{}",
    ] {
        let reply = raw(&town, &format!("{json}{tricks}"));
        assert_eq!(reply.status, 400, "{tricks:?}");
    }
    let many = "x: y\r\n".repeat(10_000);
    let reply = raw(&town, &format!("GET /health HTTP/1.1\r\nhost: x\r\n{many}\r\n"));
    assert_eq!(reply.status, 431);
}

#[test]
fn no_log_in_leads_to_another_site() {
    let town = Town::open();
    people(&town);
    for next in [
        "https://evil.example/console",
        "//evil.example/console",
        "/\\evil.example",
        "/console/../../evil",
        "/console\r\nset-cookie: a=b",
        "javascript:alert(1)",
    ] {
        let mut browser = Browser::new(&town);
        let asked = browser.get(&format!("/console/login?next={}", percent(next)));
        let log_in = form(&page(&asked), "/console/login").unwrap();
        let log_in = log_in
            .with("name", "k1")
            .with("password", super::browser::PASSWORD)
            .with("next", next);
        let reply = browser.send(&log_in);
        assert_eq!(reply.status, 303, "{next}");
        let to = reply.header("location").unwrap();
        assert!(
            to == "/console" || to.starts_with("/console/") && !to.contains("evil.example"),
            "{next}: {to}"
        );
        assert_eq!(
            reply
                .headers
                .iter()
                .filter(|(name, value)| name == "set-cookie" && value.starts_with("a="))
                .count(),
            0,
            "{next}"
        );
    }
}

/// Every byte that is no letter or digit, as addresses write it.
fn percent(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[test]
fn a_report_out_of_scope_answers_exactly_as_one_that_is_not_there_whatever_is_asked_of_it() {
    let town = Town::open();
    people(&town);
    let device = town.device("w1");
    let report = town.report(&device, "横幅", &[picture(1, 60)]);
    let content = device.report(report).unwrap().content.unwrap();
    let attachment = content.attachments.keys().next().unwrap().to_string();
    // Another township's clerk, and a department to which nothing was given.
    for who in ["k9", "d1"] {
        let mut stranger = Browser::signed_in(&town, who);
        let csrf = form(&page(&stranger.get("/console")), "/console/logout").unwrap();
        let csrf = csrf.field("csrf").to_owned();
        let absent = "00".repeat(16);
        let pairs = [
            (report.to_string(), absent.clone()),
            (content.code.clone(), "T1-0101-Z-999-X".to_owned()),
        ];
        for (hidden, absent) in pairs {
            for rest in [
                "",
                "/print",
                "/slip",
                "/compare",
                "/archive",
                &format!("/pictures/{attachment}"),
            ] {
                let ask = |browser: &mut Browser, name: &str| {
                    let (status, text) = bare(&browser.get(&format!("/console/reports/{name}{rest}")));
                    (status, text.replace(name, ""))
                };
                let answers = (ask(&mut stranger, &hidden), ask(&mut stranger, &absent));
                assert_eq!(answers.0.0, 404, "{who} {rest}");
                assert_eq!(answers.0, answers.1, "{who} {rest}");
            }
            let act = |browser: &mut Browser, name: &str| {
                let path = format!("/console/reports/{name}/acts/remark");
                let (status, text) = bare(&browser.post(&path, &[("csrf", &csrf), ("text", "?")]));
                (status, text.replace(name, ""))
            };
            let answers = (act(&mut stranger, &hidden), act(&mut stranger, &absent));
            assert_eq!(answers.0, answers.1, "{who}");
        }
    }
}

#[test]
fn a_spreadsheet_that_unfolds_without_end_is_refused_before_it_fills_the_memory() {
    let town = Town::open();
    people(&town);
    town.join("a1", Role::Administrator, "T1");
    let mut browser = Browser::signed_in(&town, "a1");
    let csrf = form(&page(&browser.get("/console")), "/console/logout").unwrap();
    let csrf = csrf.field("csrf").to_owned();
    let corners = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    for (what, sheet) in [
        // Two cells in opposite corners of the largest sheet there is: 17,179,869,184 cells between them.
        ("corners", workbook(corners, 0)),
        // A table of shared texts that says of itself that it is larger than any memory.
        (
            "counts",
            workbook("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>", 0),
        ),
        // Megabytes of blanks, which pack into nearly nothing.
        ("blanks", workbook("", 130)),
    ] {
        let boundary = "xxxxxxxx";
        let mut body = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--{boundary}\r\n\
             content-disposition: form-data; name=\"kind\"\r\n\r\nunits\r\n--{boundary}\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"units.xlsx\"\r\n\r\n"
        )
        .into_bytes();
        body.extend(sheet);
        body.extend(format!("\r\n--{boundary}--\r\n").bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        let headers = [("cookie", browser.cookie_line()), ("content-type", kind)];
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let reply = town.send("POST", "/console/keep/import", &headers, &body);
        assert!(matches!(reply.status, 413 | 422), "{what}: {}", reply.status);
    }
}

/// A workbook with one sheet that holds these rows and so many megabytes of blanks.
fn workbook(rows: &str, blanks_mb: usize) -> Vec<u8> {
    const SHEETS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let types = format!("<Types xmlns=\"{PACKAGE}/content-types\"/>");
    let relations = format!(
        "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{DOCUMENT}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{SHEETS}\" xmlns:r=\"{DOCUMENT}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/>\
         </sheets></workbook>"
    );
    let sheet = format!("<worksheet xmlns=\"{SHEETS}\"><sheetData>{rows}");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let packed = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        ("[Content_Types].xml", types),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/workbook.xml", book),
        (
            "xl/sharedStrings.xml",
            "<sst uniqueCount=\"9999999999999\"><si><t>a</t></si></sst>".to_owned(),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        zip.start_file(name, packed).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..blanks_mb {
        zip.write_all(&blanks).unwrap();
    }
    zip.write_all(b"</sheetData></worksheet>").unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_phone_that_asks_without_end_has_to_wait_and_keeps_no_other_waiting() {
    let town = Town::open_with(|config| config.limits.requests_per_minute_max = 10);
    let (busy, quiet) = (town.install("w1"), town.install("w2"));
    let ask = |bearer: &str, from: &str| {
        let headers = [("authorization", bearer), ("x-forwarded-for", from)];
        town.send("GET", "/v1/queue", &headers, b"")
    };
    // Whoever knows its name alone takes nothing away from it.
    let forged = format!("Bearer {}.{}", busy.answer.install, "00".repeat(32));
    for _ in 0..20 {
        assert_eq!(ask(&forged, "10.0.0.1").status, 401);
    }
    let answers: Vec<Reply> = (0..200)
        .map(|n| ask(&busy.bearer, &format!("10.0.{n}.1")))
        .collect();
    let (served, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|reply| reply.status == 200);
    assert!(answers[..10].iter().all(|reply| reply.status == 200));
    // One more every six seconds, however slow the machine.
    assert!(served.len() < 100, "{} of 200 were served", served.len());
    for reply in refused {
        assert_eq!((reply.status, reply.code().as_str()), (429, "too_many_requests"));
        let wait_s: u64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=6).contains(&wait_s), "{wait_s}");
    }
    // A neighbour behind the same proxy is served.
    assert_eq!(ask(&quiet.bearer, "10.1.0.1").status, 200);
}
