//! A grid's coverage as a small PNG: what a phone shows without a map and a terminal writes to a file.
//!
//! Colours differ in brightness first, so that they are told apart by colour-blind eyes, in the sun and on black-and-white paper: seen is
//! dark, unknown is in between and striped, unseen is white, excluded is grey and striped the other way.

use png::{BitDepth, ColorType, Encoder};

use super::day::DayCoverage;
use super::ground::GridGround;
use super::set::CellSet;
use crate::grid::edges;
use crate::patrol::Segment;
use crate::place::Position;

/// The longest side that is drawn, in pixels.
const SIDE_PX_MAX: u32 = 4_096;

/// Ground around the grid, in metres.
const MARGIN_M: f64 = 40.0;

/// A degree of latitude in metres, near enough for a picture.
const LAT_M: f64 = 111_195.0;

/// The height of the scale bar and its distance from the corner, in pixels.
const BAR_PX: u32 = 8;

/// The colours of a picture, by their place in its palette.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Swatch {
    /// Outside the grid.
    Outside = 0,
    /// Ground that was not seen.
    Unseen = 1,
    /// Ground of which nobody can tell.
    Unknown = 2,
    /// Ground that was seen.
    Seen = 3,
    /// Ground that does not count.
    Excluded = 4,
    /// The outline, and rings around places.
    Line = 5,
    /// The own track.
    Track = 6,
    /// A key place that is due.
    Due = 7,
}

impl Swatch {
    /// All colours, by their place in the palette.
    pub const ALL: [Self; 8] = [
        Self::Outside,
        Self::Unseen,
        Self::Unknown,
        Self::Seen,
        Self::Excluded,
        Self::Line,
        Self::Track,
        Self::Due,
    ];

    /// Red, green and blue.
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Self::Outside => [0xe4, 0xe7, 0xea],
            Self::Unseen => [0xff, 0xff, 0xff],
            Self::Unknown => [0xdd, 0xaa, 0x33],
            Self::Seen => [0x00, 0x44, 0x88],
            Self::Excluded => [0x9a, 0xa0, 0xa6],
            Self::Line => [0x00, 0x00, 0x00],
            Self::Track => [0xff, 0x9d, 0xae],
            Self::Due => [0xbb, 0x33, 0x44],
        }
    }

    /// How bright it is, 0..=255 (Rec. 709 weights).
    pub fn brightness(self) -> u8 {
        let [red, green, blue] = self.rgb().map(u32::from);
        let weighted = (red * 2_126 + green * 7_152 + blue * 722) / 10_000;
        u8::try_from(weighted).unwrap_or(u8::MAX)
    }

    /// What it stands for, in Chinese and in English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Outside => ("网格外", "outside the grid"),
            Self::Unseen => ("未见", "not seen"),
            Self::Unknown => ("无法确定", "unknown"),
            Self::Seen => ("已见", "seen"),
            Self::Excluded => ("不计入", "does not count"),
            Self::Line => ("边界", "outline"),
            Self::Track => ("本人轨迹", "own track"),
            Self::Due => ("到期的重点场所", "key place due"),
        }
    }

    /// What it looks like, in Chinese and in English.
    fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Outside => ("浅灰", "light grey"),
            Self::Unseen => ("白", "white"),
            Self::Unknown => ("黄条纹", "yellow stripes"),
            Self::Seen => ("深蓝", "dark blue"),
            Self::Excluded => ("灰条纹", "grey stripes"),
            Self::Line => ("黑线", "black line"),
            Self::Track => ("粉线", "pink line"),
            Self::Due => ("红点", "red dot"),
        }
    }

    /// The legend of a picture as one line, in Chinese and in English; the own track only where one may be drawn.
    pub fn legend(with_track: bool) -> (String, String) {
        let shown = Self::ALL.into_iter().filter(|swatch| match swatch {
            Self::Outside | Self::Line => false,
            Self::Track => with_track,
            _ => true,
        });
        let entry = |swatch: Self| {
            let ((look_zh, look_en), (zh, en)) = (swatch.look(), swatch.words());
            (format!("{look_zh} {zh}"), format!("{look_en}: {en}"))
        };
        let (zh, en): (Vec<String>, Vec<String>) = shown.map(entry).unzip();
        (
            format!("图例：{}；左下角的尺一格 100 米，上北", zh.join("，")),
            format!(
                "Legend: {}; each block of the bar is 100 m, north is up",
                en.join(", ")
            ),
        )
    }
}

/// A stretch of a track without a gap.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TrackLine {
    /// Its fixes in order.
    pub points: Vec<Position>,
}

/// The stretches of a track, broken at every gap. Segments in order; for the worker's own eyes.
pub fn track_lines<'a>(segments: impl IntoIterator<Item = &'a Segment>) -> Vec<TrackLine> {
    let mut lines: Vec<TrackLine> = Vec::new();
    for segment in segments {
        let mut is_broken = segment.lead.is_none();
        for fix in &segment.fixes {
            if is_broken || fix.gap_before.is_some() || lines.is_empty() {
                lines.push(TrackLine::default());
            }
            is_broken = false;
            let line = lines.last_mut().expect("a line was just begun");
            line.points.push(fix.position.to_position());
        }
    }
    lines
}

/// Why no picture was made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The ground has no cell.
    #[error("the grid has no ground to draw")]
    NoGround,
    /// The encoder failed.
    #[error("the picture could not be encoded")]
    Encoding(#[source] png::EncodingError),
}

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// The grid's ground.
    pub ground: &'a GridGround,
    /// Its outline as `[lon, lat]` degrees; none is drawn where there is none.
    pub outline: Option<&'a Vec<Vec<Vec<[f64; 2]>>>>,
    /// What was seen in the period.
    pub coverage: &'a DayCoverage,
    /// Key places, and whether each is due.
    pub places: &'a [(Position, bool)],
    /// The worker's own track.
    pub track: &'a [TrackLine],
    /// The long side in pixels, 64..=4096.
    pub long_side_px: u32,
}

impl Picture<'_> {
    /// Draws the picture as PNG with a palette of [`Swatch::ALL`].
    pub fn png(&self) -> Result<Vec<u8>, PictureError> {
        let sheet = self.draw().ok_or(PictureError::NoGround)?;
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, sheet.width, sheet.height);
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_palette(Swatch::ALL.map(Swatch::rgb).concat());
        let mut writer = encoder.write_header().map_err(PictureError::Encoding)?;
        writer
            .write_image_data(&sheet.pixels)
            .map_err(PictureError::Encoding)?;
        writer.finish().map_err(PictureError::Encoding)?;
        Ok(out)
    }

    fn draw(&self) -> Option<Sheet> {
        let mut sheet = Sheet::over(&self.ground.cells, self.long_side_px.clamp(64, SIDE_PX_MAX))?;
        let reachable = &self.ground.reachable;
        sheet.fill(reachable, Swatch::Unseen, |_, _| true);
        // Stripes leave every third diagonal as it was underneath.
        sheet.fill(
            &self.coverage.unknown().common(reachable),
            Swatch::Unknown,
            |x, y| (x + y) % 6 < 4,
        );
        sheet.fill(&self.coverage.seen.common(reachable), Swatch::Seen, |_, _| true);
        let excluded = self.ground.excluded_cells();
        sheet.fill(&excluded, Swatch::Excluded, |x, y| (x + 4096 - y % 4096) % 6 < 4);
        for ring in self.outline.into_iter().flatten().flatten() {
            for (from, to) in edges(ring) {
                sheet.line(sheet.at(from), sheet.at(to), 1.0, Swatch::Line);
            }
        }
        for line in self.track {
            for pair in line.points.windows(2) {
                let [from, to] = [pair[0], pair[1]].map(|at| sheet.at(at.to_geojson()));
                sheet.line(from, to, 1.0, Swatch::Track);
            }
        }
        for (position, is_due) in self.places {
            let middle = sheet.at(position.to_geojson());
            sheet.dot(middle, 6.0, Swatch::Line);
            let fill = if *is_due { Swatch::Due } else { Swatch::Unseen };
            sheet.dot(middle, 4.0, fill);
        }
        sheet.scale_bar();
        Some(sheet)
    }
}

struct Sheet {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    west: f64,
    north: f64,
    /// Pixels in a degree of longitude and of latitude.
    scale: [f64; 2],
}

impl Sheet {
    /// An empty sheet over these cells with a margin; `None` where there is no cell.
    fn over(cells: &CellSet, long_side_px: u32) -> Option<Self> {
        let mut bounds: Option<[f64; 4]> = None;
        for span in cells.spans() {
            let [low, high] = span.corners();
            let [west, south, east, north] =
                bounds.unwrap_or([low.lon_deg, low.lat_deg, high.lon_deg, high.lat_deg]);
            bounds = Some([
                west.min(low.lon_deg),
                south.min(low.lat_deg),
                east.max(high.lon_deg),
                north.max(high.lat_deg),
            ]);
        }
        let [west, south, east, north] = bounds?;
        let lat_m = LAT_M;
        let lon_m = lat_m * libm::cos(f64::midpoint(south, north).to_radians());
        let (west, east) = (west - MARGIN_M / lon_m, east + MARGIN_M / lon_m);
        let (south, north) = (south - MARGIN_M / lat_m, north + MARGIN_M / lat_m);
        let (width_m, height_m) = ((east - west) * lon_m, (north - south) * lat_m);
        let per_m = f64::from(long_side_px) / width_m.max(height_m);
        let (width, height) = (pixel(width_m * per_m).max(1), pixel(height_m * per_m).max(1));
        Some(Self {
            width,
            height,
            pixels: vec![Swatch::Outside as u8; width as usize * height as usize],
            west,
            north,
            scale: [lon_m * per_m, lat_m * per_m],
        })
    }

    /// Where a `[lon, lat]` lies on the sheet, from its upper left corner.
    fn at(&self, [lon, lat]: [f64; 2]) -> (f64, f64) {
        (
            (lon - self.west) * self.scale[0],
            (self.north - lat) * self.scale[1],
        )
    }

    fn set(&mut self, x: u32, y: u32, swatch: Swatch) {
        if x < self.width && y < self.height {
            self.pixels[y as usize * self.width as usize + x as usize] = swatch as u8;
        }
    }

    /// Fills cells where the pattern says so.
    fn fill(&mut self, cells: &CellSet, swatch: Swatch, is_filled: impl Fn(u32, u32) -> bool) {
        for span in cells.spans() {
            let [low, high] = span.corners();
            let (left, top) = self.at([low.lon_deg, high.lat_deg]);
            let (right, bottom) = self.at([high.lon_deg, low.lat_deg]);
            for y in pixel(top)..pixel(bottom).max(pixel(top) + 1) {
                for x in pixel(left)..pixel(right).max(pixel(left) + 1) {
                    if is_filled(x, y) {
                        self.set(x, y, swatch);
                    }
                }
            }
        }
    }

    /// Draws a bar of blocks of 100 m, black and white in turn, into the lower left corner: five, or as many as fit a third of the sheet.
    fn scale_bar(&mut self) {
        const BLOCK_M: f64 = 100.0;
        let block = self.scale[1] / LAT_M * BLOCK_M;
        let count = pixel((f64::from(self.width) / 3.0 / block).floor()).clamp(1, 5);
        let (left, bottom) = (BAR_PX, self.height.saturating_sub(BAR_PX));
        let right = left + pixel(block * f64::from(count));
        for y in bottom.saturating_sub(BAR_PX)..=bottom {
            for x in left..=right.min(self.width.saturating_sub(2)) {
                let is_edge = x == left || x == right || y == bottom || y + BAR_PX == bottom;
                let number = pixel((f64::from(x - left) / block).floor());
                let swatch = if is_edge || number.is_multiple_of(2) {
                    Swatch::Line
                } else {
                    Swatch::Unseen
                };
                self.set(x, y, swatch);
            }
        }
    }

    fn dot(&mut self, (x, y): (f64, f64), radius: f64, swatch: Swatch) {
        for row in pixel(y - radius)..=pixel(y + radius) {
            for column in pixel(x - radius)..=pixel(x + radius) {
                let (dx, dy) = (f64::from(column) - x, f64::from(row) - y);
                if dx * dx + dy * dy <= radius * radius {
                    self.set(column, row, swatch);
                }
            }
        }
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), radius: f64, swatch: Swatch) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let steps = dx.abs().max(dy.abs()).ceil().clamp(1.0, 20_000.0);
        let mut step = 0.0;
        while step <= steps {
            let part = step / steps;
            self.dot((from.0 + dx * part, from.1 + dy * part), radius, swatch);
            step += 1.0;
        }
    }
}

/// The nearest pixel; 0 below the sheet's edge.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts saturate, and what is beyond the sheet is not set"
)]
fn pixel(value: f64) -> u32 {
    value.round() as u32
}

#[cfg(test)]
mod tests;
