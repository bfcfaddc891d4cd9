//! A drawing surface of 1200 x 900 units whatever the picture's size, in the light of one hour.
//!
//! Shapes are plain; what makes them look photographed is the light over all colours, soft shadows, and the grain
//! and the dark corners that [`Canvas::develop`] adds at the end.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tiny_skia::{
    Color, FillRule, FilterQuality, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path,
    PathBuilder, Pattern, Pixmap, Point, RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

use super::Pixels;
use super::light::Light;

/// Width of the surface in its own units.
pub(super) const WIDTH: f32 = 1200.0;
/// Height of the surface in its own units.
pub(super) const HEIGHT: f32 = 900.0;

/// A colour of a thing in white light, `0xRRGGBB`, and how much it covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ink {
    rgb: u32,
    cover: f32,
}

/// A colour that covers fully.
pub(super) const fn ink(rgb: u32) -> Ink {
    Ink { rgb, cover: 1.0 }
}

impl Ink {
    /// The same colour, covering only in part (0 to 1).
    pub(super) const fn thin(self, cover: f32) -> Self {
        Self { cover, ..self }
    }

    /// Darker (below 1) or lighter (above 1).
    pub(super) fn shaded(self, factor: f32) -> Self {
        let rgb = self.channels().map(|channel| to_byte(channel * 255.0 * factor));
        Self {
            rgb: rgb
                .into_iter()
                .fold(0, |sum, channel| sum << 8 | u32::from(channel)),
            ..self
        }
    }

    fn channels(self) -> [f32; 3] {
        let [_, r, g, b] = self.rgb.to_be_bytes();
        [r, g, b].map(|channel| f32::from(channel) / 255.0)
    }
}

fn to_byte(value: f32) -> u8 {
    // Saturates at both ends, which is what a colour shall do.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates"
    )]
    let byte = value as u8;
    byte
}

/// The surface.
pub(super) struct Canvas {
    pixmap: Pixmap,
    transform: Transform,
    light: Light,
    /// Whatever varies from picture to picture is drawn from here.
    pub(super) rng: StdRng,
}

impl Canvas {
    /// A surface for a picture of this size; 4 : 3 shows all of it, other shapes lose some at two sides.
    pub(super) fn new(width_px: u16, height_px: u16, light: Light, seed: u64) -> Self {
        let (width, height) = (f32::from(width_px), f32::from(height_px));
        let scale = (width / WIDTH).max(height / HEIGHT);
        let transform = Transform::from_row(
            scale,
            0.0,
            0.0,
            scale,
            (width - WIDTH * scale) / 2.0,
            (height - HEIGHT * scale) / 2.0,
        );
        let pixmap =
            Pixmap::new(width_px.into(), height_px.into()).expect("sizes are above zero and of 16 bits");
        Self {
            pixmap,
            transform,
            light,
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// The light over everything.
    pub(super) const fn light(&self) -> Light {
        self.light
    }

    /// A number between `from` and `to`.
    pub(super) fn between(&mut self, from: f32, to: f32) -> f32 {
        self.rng.random_range(from..to)
    }

    /// One of these.
    pub(super) fn one_of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.rng.random_range(0..choice.len())]
    }

    /// Draws with another origin, scale and turn (degrees clockwise).
    pub(super) fn at(&mut self, x: f32, y: f32, scale: f32, turn_deg: f32, draw: impl FnOnce(&mut Self)) {
        let before = self.transform;
        self.transform = before
            .pre_concat(Transform::from_translate(x, y))
            .pre_concat(Transform::from_rotate(turn_deg))
            .pre_concat(Transform::from_scale(scale, scale));
        draw(self);
        self.transform = before;
    }

    pub(super) fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, color: Ink) {
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            self.fill(&PathBuilder::from_rect(rect), self.lit(color));
        }
    }

    /// A rectangle that changes from one colour at the top to another at the bottom.
    pub(super) fn blend(&mut self, x: f32, y: f32, width: f32, height: f32, top: Ink, bottom: Ink) {
        let stops = vec![
            GradientStop::new(0.0, self.lit_color(top)),
            GradientStop::new(1.0, self.lit_color(bottom)),
        ];
        let (from, to) = (Point::from_xy(x, y), Point::from_xy(x, y + height));
        let shader = LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity());
        if let (Some(rect), Some(shader)) = (Rect::from_xywh(x, y, width, height), shader) {
            self.fill(&PathBuilder::from_rect(rect), shader);
        }
    }

    pub(super) fn poly(&mut self, points: &[(f32, f32)], color: Ink) {
        let mut path = PathBuilder::new();
        for (index, (x, y)) in points.iter().enumerate() {
            if index == 0 {
                path.move_to(*x, *y)
            } else {
                path.line_to(*x, *y)
            }
        }
        path.close();
        self.fill_built(path, color);
    }

    /// A closed shape with soft corners: the points pull the outline without being on it.
    pub(super) fn soft(&mut self, points: &[(f32, f32)], color: Ink) {
        let middle = |a: (f32, f32), b: (f32, f32)| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
        let count = points.len();
        let mut path = PathBuilder::new();
        let start = middle(points[count - 1], points[0]);
        path.move_to(start.0, start.1);
        for (index, point) in points.iter().enumerate() {
            let end = middle(*point, points[(index + 1) % count]);
            path.quad_to(point.0, point.1, end.0, end.1);
        }
        path.close();
        self.fill_built(path, color);
    }

    pub(super) fn oval(&mut self, x: f32, y: f32, radius_x: f32, radius_y: f32, color: Ink) {
        let rect = Rect::from_ltrb(x - radius_x, y - radius_y, x + radius_x, y + radius_y);
        if let Some(path) = rect.and_then(PathBuilder::from_oval) {
            self.fill(&path, self.lit(color));
        }
    }

    pub(super) fn dot(&mut self, x: f32, y: f32, radius: f32, color: Ink) {
        self.oval(x, y, radius, radius, color);
    }

    /// A line through points, with round ends.
    pub(super) fn line(&mut self, points: &[(f32, f32)], width: f32, color: Ink) {
        let mut path = PathBuilder::new();
        for (index, (x, y)) in points.iter().enumerate() {
            if index == 0 {
                path.move_to(*x, *y)
            } else {
                path.line_to(*x, *y)
            }
        }
        self.stroke(path, width, color);
    }

    /// A bow from `from` to `to`, pulled towards `by`.
    pub(super) fn bow(&mut self, from: (f32, f32), by: (f32, f32), to: (f32, f32), width: f32, color: Ink) {
        let mut path = PathBuilder::new();
        path.move_to(from.0, from.1);
        path.quad_to(by.0, by.1, to.0, to.1);
        self.stroke(path, width, color);
    }

    /// Light of its own, fading outwards; the hour does not darken it.
    pub(super) fn glow(&mut self, x: f32, y: f32, radius: f32, color: Ink) {
        let [r, g, b] = color.channels();
        let strong = Color::from_rgba(r, g, b, color.cover).unwrap_or(Color::WHITE);
        let none = Color::from_rgba(r, g, b, 0.0).unwrap_or(Color::TRANSPARENT);
        let stops = vec![GradientStop::new(0.0, strong), GradientStop::new(1.0, none)];
        let center = Point::from_xy(x, y);
        let shader = RadialGradient::new(
            center,
            0.0,
            center,
            radius,
            stops,
            SpreadMode::Pad,
            Transform::identity(),
        );
        let around = Rect::from_ltrb(x - radius, y - radius, x + radius, y + radius);
        if let (Some(path), Some(shader)) = (around.and_then(PathBuilder::from_oval), shader) {
            self.fill(&path, shader);
        }
    }

    /// A soft shadow on the ground, around `x`, `y`.
    pub(super) fn shadow(&mut self, x: f32, y: f32, radius_x: f32, radius_y: f32) {
        for step in 0..5_u8 {
            let grow = 1.0 - f32::from(step) * 0.16;
            self.oval(x, y, radius_x * grow, radius_y * grow, ink(0x14_1820).thin(0.09));
        }
    }

    /// Adds what a small camera adds, grain and dark corners, and gives the pixels away. All of it is left to
    /// tiny-skia, which is optimised in every profile.
    pub(super) fn develop(mut self) -> Pixels {
        self.corners();
        let tile = self.grain();
        let (across, down) = (self.between(0.0, 255.0).floor(), self.between(0.0, 255.0).floor());
        let offset = Transform::from_translate(across, down);
        let shader = Pattern::new(
            tile.as_ref(),
            SpreadMode::Repeat,
            FilterQuality::Nearest,
            1.0,
            offset,
        );
        let (width_px, height_px) = (narrow(self.pixmap.width()), narrow(self.pixmap.height()));
        if let Some(all) = Rect::from_xywh(0.0, 0.0, width_px.into(), height_px.into()) {
            let paint = Paint {
                shader,
                ..Paint::default()
            };
            self.pixmap.fill_rect(all, &paint, Transform::identity(), None);
        }
        Pixels {
            rgba: self.pixmap.take(),
            width_px,
            height_px,
        }
    }

    /// The corners of a small lens lose about a seventh of their light.
    fn corners(&mut self) {
        let middle = Point::from_xy(WIDTH / 2.0, HEIGHT / 2.0);
        let black = |cover| Color::from_rgba(0.0, 0.0, 0.0, cover).unwrap_or(Color::TRANSPARENT);
        let stops = vec![
            GradientStop::new(0.4, black(0.0)),
            GradientStop::new(1.0, black(0.15)),
        ];
        let radius = WIDTH.hypot(HEIGHT) / 2.0;
        let shader = RadialGradient::new(
            middle,
            0.0,
            middle,
            radius,
            stops,
            SpreadMode::Pad,
            Transform::identity(),
        );
        let all = Rect::from_xywh(-WIDTH, -HEIGHT, WIDTH * 3.0, HEIGHT * 3.0);
        if let (Some(all), Some(shader)) = (all, shader) {
            self.fill(&PathBuilder::from_rect(all), shader);
        }
    }

    /// A tile of faint noise, lighter and darker by up to 3 of 255.
    fn grain(&mut self) -> Pixmap {
        let mut tile = Pixmap::new(256, 256).expect("the tile has a size");
        for pixel in tile.data_mut().chunks_exact_mut(4) {
            let noise: u8 = self.rng.random();
            let cover = noise & 3;
            let light = if noise & 4 == 0 { 0 } else { cover };
            pixel.copy_from_slice(&[light, light, light, cover]);
        }
        tile
    }

    fn fill_built(&mut self, path: PathBuilder, color: Ink) {
        if let Some(path) = path.finish() {
            self.fill(&path, self.lit(color));
        }
    }

    fn fill(&mut self, path: &Path, shader: Shader<'static>) {
        let paint = Paint {
            shader,
            anti_alias: true,
            ..Paint::default()
        };
        self.pixmap
            .fill_path(path, &paint, FillRule::Winding, self.transform, None);
    }

    fn stroke(&mut self, path: PathBuilder, width: f32, color: Ink) {
        let paint = Paint {
            shader: self.lit(color),
            anti_alias: true,
            ..Paint::default()
        };
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        if let Some(path) = path.finish() {
            self.pixmap
                .stroke_path(&path, &paint, &stroke, self.transform, None);
        }
    }

    fn lit(&self, color: Ink) -> Shader<'static> {
        Shader::SolidColor(self.lit_color(color))
    }

    fn lit_color(&self, color: Ink) -> Color {
        let [r, g, b] = color.channels();
        let [by_r, by_g, by_b] = self.light.tint();
        let bound = |value: f32| value.clamp(0.0, 1.0);
        Color::from_rgba(
            bound(r * by_r),
            bound(g * by_g),
            bound(b * by_b),
            bound(color.cover),
        )
        .unwrap_or(Color::BLACK)
    }
}

fn narrow(side: u32) -> u16 {
    u16::try_from(side).expect("the surface was made from sides of 16 bits")
}
