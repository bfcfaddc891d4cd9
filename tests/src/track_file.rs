//! Tracks in files: GPX, NMEA sentences, and tables of fixes. Strict: what cannot be read is said with its line, and nothing is guessed.
//!
//! Order and times are taken as they stand; whether a fix is any good is for the patrol's filter to say.

mod gpx;
mod nmea;
mod table;

use xunge_core::place::Provider;
use xunge_core::time::Timestamp;

/// One fix as the file has it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FileFix {
    /// When, UTC.
    pub at: Timestamp,
    /// Degrees north, WGS 84.
    pub lat_deg: f64,
    /// Degrees east, WGS 84.
    pub lon_deg: f64,
    /// The error in metres, where the file says.
    pub accuracy_m: Option<f64>,
    /// Metres per second.
    pub speed_mps: Option<f64>,
    /// Degrees clockwise from north.
    pub bearing_deg: Option<f64>,
    /// Where it came from.
    pub provider: Provider,
    /// Whether it is said to be made up.
    pub is_mock: bool,
    /// The battery in percent.
    pub battery_percent: Option<u8>,
}

impl FileFix {
    fn at(at: Timestamp, lat_deg: f64, lon_deg: f64) -> Self {
        Self {
            at,
            lat_deg,
            lon_deg,
            accuracy_m: None,
            speed_mps: None,
            bearing_deg: None,
            provider: Provider::Satellite,
            is_mock: false,
            battery_percent: None,
        }
    }
}

/// Why a file is no track.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TrackFileError {
    /// A line cannot be read.
    #[error("line {line}: {what}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// There is no fix in it.
    #[error("the file has no fix")]
    Empty,
    /// It is no GPX, no NMEA, and no table with a heading.
    #[error("the file is neither GPX nor NMEA nor a table whose first line names time, lat and lon")]
    UnknownFormat,
}

fn bad(line: usize, what: impl Into<String>) -> TrackFileError {
    TrackFileError::Line {
        line,
        what: what.into(),
    }
}

/// Reads a track; the format is known by how it begins.
pub fn read(text: &str) -> Result<Vec<FileFix>, TrackFileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let begin = text.trim_start();
    let fixes = if begin.starts_with('<') {
        gpx::read(text)?
    } else if begin.starts_with('$') {
        nmea::read(text)?
    } else if table::is_heading(begin) {
        table::read(text)?
    } else {
        return Err(TrackFileError::UnknownFormat);
    };
    if fixes.is_empty() {
        return Err(TrackFileError::Empty);
    }
    Ok(fixes)
}

/// An instant like `2026-11-22T08:30:05.5Z`, or with an offset.
fn instant(text: &str, line: usize) -> Result<Timestamp, TrackFileError> {
    let at = chrono::DateTime::parse_from_rfc3339(text.trim());
    at.map(|at| Timestamp(at.timestamp_millis()))
        .map_err(|_| bad(line, format!("`{text}` is no time like 2026-11-22T08:30:05Z")))
}

fn number(text: &str, line: usize) -> Result<f64, TrackFileError> {
    text.trim()
        .parse()
        .map_err(|_| bad(line, format!("`{text}` is no number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(text: &str) -> usize {
        match read(text) {
            Err(TrackFileError::Line { line, .. }) => line,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_gpx_is_read_with_its_extensions_and_its_errors_have_their_lines() {
        let gpx = "<?xml version=\"1.0\"?>\n<gpx><trk><trkseg>\n\
            <trkpt lat=\"28.3\" lon='120.9'><ele>12</ele><time>2026-11-22T00:00:00Z</time><hdop>1.6</hdop></trkpt>\n\
            <!-- <trkpt lat=\"x\"> -->\n\
            <trkpt lon=\"120.9001\" lat=\"28.3\">\n<time>2026-11-22T08:00:05+08:00</time>\n\
            <extensions><gpxtpx:speed>1.2</gpxtpx:speed><accuracy>6</accuracy></extensions></trkpt>\n\
            </trkseg></trk></gpx>";
        let fixes = read(gpx).expect("it is good");
        assert_eq!(fixes.len(), 2);
        assert_eq!(fixes[1].at.ms_since(fixes[0].at), 5_000);
        assert_eq!(fixes[0].accuracy_m, Some(8.0));
        assert_eq!((fixes[1].accuracy_m, fixes[1].speed_mps), (Some(6.0), Some(1.2)));
        assert_eq!(line_of(&gpx.replace("08:00:05", "8 o'clock")), 6);
        assert_eq!(
            line_of(&gpx.replace("lat=\"28.3\" lon='", "lat=\"28,3\" lon='")),
            3
        );
        assert_eq!(line_of(&gpx.replace("<time>2026-11-22T00:00:00Z</time>", "")), 3);
        assert_eq!(line_of("<gpx>\n<trkpt lat=\"1\""), 2);
    }

    #[test]
    fn nmea_sentences_are_joined_by_their_time_and_checked_by_their_sum() {
        let nmea = "$GPGGA,000000.00,2818.000,N,12054.000,E,1,08,1.2,10.0,M,,M,,*49\n\
            $GPRMC,000000.00,A,2818.000,N,12054.000,E,2.0,90.0,221126,,,A*60\n\
            $GPGSV,1,1,00*79\n\
            $GPRMC,000001.00,V,2818.000,N,12054.000,E,2.0,90.0,221126,,,A*76\n";
        let fixes = read(nmea).expect("it is good");
        assert_eq!(fixes.len(), 1, "a void sentence is no fix");
        assert_eq!(fixes[0].at, Timestamp(1_795_305_600_000));
        assert!((fixes[0].lat_deg - 28.3).abs() < 1e-9 && (fixes[0].lon_deg - 120.9).abs() < 1e-9);
        assert_eq!(fixes[0].accuracy_m, Some(6.0));
        assert!((fixes[0].speed_mps.expect("it is there") - 1.029).abs() < 0.001);
        assert_eq!(line_of(&nmea.replace("*60", "*61")), 2);
        assert_eq!(line_of("$GPRMC,000000.00,A*57\n"), 1);
    }

    #[test]
    fn a_table_takes_its_columns_by_name() {
        let table = "lon,lat,time,accuracy_m,is_mock,provider,battery_percent\n\
            120.9,28.3,2026-11-22T00:00:00Z,7.5,false,satellite,80\n\
            120.9,28.3,1795305605000,,true,network,\n";
        let fixes = read(table).expect("it is good");
        assert_eq!(fixes[1].at.ms_since(fixes[0].at), 5_000);
        assert_eq!(
            (fixes[0].accuracy_m, fixes[0].battery_percent),
            (Some(7.5), Some(80))
        );
        assert!(fixes[1].is_mock && fixes[1].provider == Provider::Network);
        assert_eq!(line_of(&table.replace("120.9,28.3,1795", "120.9,x,1795")), 3);
        assert_eq!(line_of(&table.replace("7.5,false,satellite,80", "7.5")), 2);
        assert_eq!(line_of(&table.replace("provider", "colour")), 1);
        assert_eq!(read("hello"), Err(TrackFileError::UnknownFormat));
        assert_eq!(read("time,lat,lon\n"), Err(TrackFileError::Empty));
    }
}
