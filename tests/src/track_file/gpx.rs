//! GPX 1.0 and 1.1: the track points, in the order of the file.

use super::{FileFix, TrackFileError, bad, instant, number};

/// Metres of error for each unit of dilution, where a file gives no more than that.
const M_PER_HDOP: f64 = 5.0;

/// A point that was begun.
struct Point {
    line: usize,
    lat_deg: f64,
    lon_deg: f64,
    fix: Option<FileFix>,
    hdop: Option<f64>,
    accuracy_m: Option<f64>,
    speed_mps: Option<f64>,
    bearing_deg: Option<f64>,
}

pub(super) fn read(text: &str) -> Result<Vec<FileFix>, TrackFileError> {
    let mut fixes = Vec::new();
    let mut point: Option<Point> = None;
    let mut rest = text;
    let mut line = 1;
    // What stands between the last tag and this one.
    while let Some(begin) = rest.find('<') {
        let inner = &rest[..begin];
        line += lines(inner);
        rest = &rest[begin..];
        let (tag, length) = tag(rest, line)?;
        if let Some(name) = tag.strip_prefix('/') {
            let name = local(name);
            if name == "trkpt" {
                fixes.extend(point.take().map(finish).transpose()?);
            } else if let Some(point) = &mut point {
                value(point, name, inner, line)?;
            }
        } else if local(tag.split([' ', '\t', '\n', '\r', '/']).next().unwrap_or(tag)) == "trkpt" {
            point = Some(begin_point(tag, line)?);
            if tag.ends_with('/') {
                fixes.extend(point.take().map(finish).transpose()?);
            }
        }
        line += lines(&rest[..length]);
        rest = &rest[length..];
    }
    match point {
        Some(point) => Err(bad(point.line, "the point has no end")),
        None => Ok(fixes),
    }
}

fn lines(text: &str) -> usize {
    text.matches('\n').count()
}

/// A name without its namespace.
fn local(name: &str) -> &str {
    name.trim().rsplit(':').next().unwrap_or(name)
}

/// What stands within the brackets, and how long all of it is. Comments and declarations are passed over.
fn tag(text: &str, line: usize) -> Result<(&str, usize), TrackFileError> {
    for (begin, end) in [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")] {
        if text.starts_with(begin) {
            let length = text
                .find(end)
                .ok_or_else(|| bad(line, format!("`{begin}` has no end")))?;
            return Ok(("", length + end.len()));
        }
    }
    if text.starts_with("<!") {
        return Err(bad(line, "declarations are not taken"));
    }
    let length = text.find('>').ok_or_else(|| bad(line, "the tag has no end"))?;
    Ok((&text[1..length], length + 1))
}

fn begin_point(tag: &str, line: usize) -> Result<Point, TrackFileError> {
    let attribute = |name: &str| {
        let found = tag
            .split_once(&format!(" {name}="))
            .or_else(|| tag.split_once(&format!("\n{name}=")));
        let (_, value) = found.ok_or_else(|| bad(line, format!("the point has no `{name}`")))?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = quote
            .and_then(|quote| value[1..].split_once(quote))
            .map(|(value, _)| value);
        number(
            value.ok_or_else(|| bad(line, format!("`{name}` is not quoted")))?,
            line,
        )
    };
    Ok(Point {
        line,
        lat_deg: attribute("lat")?,
        lon_deg: attribute("lon")?,
        fix: None,
        hdop: None,
        accuracy_m: None,
        speed_mps: None,
        bearing_deg: None,
    })
}

fn value(point: &mut Point, name: &str, text: &str, line: usize) -> Result<(), TrackFileError> {
    let place = match name {
        "time" => {
            let at = instant(text, line)?;
            point.fix = Some(FileFix::at(at, point.lat_deg, point.lon_deg));
            return Ok(());
        }
        "hdop" => &mut point.hdop,
        "accuracy" => &mut point.accuracy_m,
        "speed" => &mut point.speed_mps,
        "course" => &mut point.bearing_deg,
        _ => return Ok(()),
    };
    *place = Some(number(text, line)?);
    Ok(())
}

fn finish(point: Point) -> Result<FileFix, TrackFileError> {
    let fix = point
        .fix
        .ok_or_else(|| bad(point.line, "the point has no `time`"))?;
    Ok(FileFix {
        accuracy_m: point.accuracy_m.or(point.hdop.map(|hdop| hdop * M_PER_HDOP)),
        speed_mps: point.speed_mps,
        bearing_deg: point.bearing_deg,
        ..fix
    })
}
