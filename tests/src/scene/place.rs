//! Places that the scenes happen in: a street of a small town in the hills, a wall, the ground, a staircase.

use super::canvas::{Canvas, HEIGHT, Ink, WIDTH, ink};
use super::light::Light;

/// Where the pavement begins, where it ends and the road begins.
pub(super) const PAVEMENT_Y: f32 = 600.0;
pub(super) const ROAD_Y: f32 = 705.0;

/// A street seen across the road: sky, hills, white houses with grey roofs, trees, pavement, road.
pub(super) fn street(c: &mut Canvas) {
    sky(c);
    hills(c);
    let mut x = c.between(-120.0, -20.0);
    while x < WIDTH {
        let width = c.between(190.0, 300.0);
        let height = c.between(200.0, 330.0);
        house(c, x, width, height);
        x += width + c.between(0.0, 26.0);
    }
    let mut x = c.between(40.0, 200.0);
    while x < WIDTH {
        let scale = c.between(0.8, 1.15);
        tree(c, x, PAVEMENT_Y + 16.0, scale);
        x += c.between(360.0, 520.0);
    }
    pavement(c);
    road(c);
}

/// Sky down to behind the houses, with clouds or stars.
pub(super) fn sky(c: &mut Canvas) {
    let (top, horizon) = c.light().sky();
    c.blend(0.0, 0.0, WIDTH, 620.0, top, horizon);
    if c.light() == Light::Night {
        for _ in 0..40 {
            let (x, y, size) = (c.between(0.0, WIDTH), c.between(0.0, 260.0), c.between(2.0, 4.0));
            c.glow(x, y, size, ink(0xFF_FFFF).thin(0.7));
        }
        return;
    }
    for _ in 0..4 {
        let (x, y, size) = (c.between(0.0, WIDTH), c.between(50.0, 230.0), c.between(0.6, 1.5));
        for (dx, dy, rx, ry) in [
            (0.0, 0.0, 90.0, 20.0),
            (-40.0, -12.0, 46.0, 20.0),
            (30.0, -18.0, 52.0, 24.0),
        ] {
            c.oval(
                x + dx * size,
                y + dy * size,
                rx * size,
                ry * size,
                ink(0xFF_FFFF).thin(0.45),
            );
        }
    }
}

fn hills(c: &mut Canvas) {
    for (base, color) in [(330.0, ink(0x9F_B4BE)), (400.0, ink(0x74_9480))] {
        let mut points = vec![(-60.0, 640.0)];
        let mut x = -60.0;
        while x < WIDTH + 120.0 {
            points.push((x, base + c.between(-90.0, 60.0)));
            x += c.between(110.0, 220.0);
        }
        points.push((WIDTH + 120.0, 640.0));
        c.soft(&points, color);
    }
}

fn house(c: &mut Canvas, x: f32, width: f32, height: f32) {
    let top = PAVEMENT_Y - height;
    let wall = c.one_of(&[ink(0xF0_EEE6), ink(0xE9_E2D3), ink(0xF3_F1EC), ink(0xDD_D9CF)]);
    c.rect(x, top, width, height, wall);
    c.rect(x, top, width * 0.06, height, wall.shaded(0.86));
    c.rect(x, PAVEMENT_Y - 26.0, width, 26.0, ink(0x9A_978F));
    c.poly(
        &[
            (x - 14.0, top + 4.0),
            (x + 22.0, top - 46.0),
            (x + width - 22.0, top - 46.0),
            (x + width + 14.0, top + 4.0),
        ],
        ink(0x4A_4E55),
    );
    let mut tile = x + 2.0;
    while tile < x + width {
        c.line(
            &[
                (tile, top + 1.0),
                (tile + (x + width / 2.0 - tile) * 0.12, top - 43.0),
            ],
            2.0,
            ink(0x33_373D),
        );
        tile += 13.0;
    }
    c.rect(x - 14.0, top + 2.0, width + 28.0, 6.0, ink(0x2C_2F34));
    c.rect(x, top + 8.0, width, 12.0, ink(0x00_0000).thin(0.18));
    let upper = top + 38.0;
    let columns = if width > 240.0 { 3_u8 } else { 2 };
    for column in 0..columns {
        let pitch = width / f32::from(columns);
        window(c, x + pitch * (f32::from(column) + 0.5), upper, height > 250.0);
    }
    shop(c, x + 16.0, width - 32.0);
}

fn window(c: &mut Canvas, x: f32, y: f32, is_tall: bool) {
    let height = if is_tall { 74.0 } else { 52.0 };
    let is_lit = c.light() == Light::Night && c.between(0.0, 1.0) < 0.45;
    c.rect(x - 27.0, y - 4.0, 54.0, height + 8.0, ink(0x8A_6B4C));
    if is_lit {
        c.glow(x, y + height / 2.0, 90.0, ink(0xFF_D27A).thin(0.5));
        c.rect(x - 23.0, y, 46.0, height, ink(0xFF_FFFF));
        c.glow(x, y + height / 2.0, 60.0, ink(0xFF_CF70).thin(0.9));
    } else {
        c.blend(x - 23.0, y, 46.0, height, ink(0x3E_5566), ink(0x7C_97A6));
    }
    c.rect(x - 1.5, y, 3.0, height, ink(0x8A_6B4C));
    c.rect(x - 30.0, y + height + 4.0, 60.0, 5.0, ink(0xB9_B4A8));
}

fn shop(c: &mut Canvas, x: f32, width: f32) {
    let sign = c.one_of(&[
        ink(0xB8_3B32),
        ink(0x2E_6AA8),
        ink(0x2F_8A5B),
        ink(0xD9_8B2B),
        ink(0x6C_4A8C),
    ]);
    let top = PAVEMENT_Y - 124.0;
    c.rect(x, top, width, 26.0, sign);
    let mut mark = x + 18.0;
    while mark < x + width - 26.0 {
        c.rect(mark, top + 7.0, 13.0, 12.0, ink(0xFF_F6DE));
        mark += 25.0;
    }
    let is_open = c.between(0.0, 1.0) < 0.5;
    let (y, height) = (top + 30.0, 94.0);
    if is_open {
        c.blend(x + 6.0, y, width - 12.0, height, ink(0x2B_3238), ink(0x59_564E));
        for shelf in 0..3_u8 {
            let shelf_y = y + 22.0 + f32::from(shelf) * 24.0;
            c.rect(x + 14.0, shelf_y, width - 28.0, 3.0, ink(0x8B_7355));
            let mut at = x + 18.0;
            while at < x + width - 30.0 {
                let color = c.one_of(&[ink(0xC8_5A4A), ink(0xD8_B24C), ink(0x5C_86B0), ink(0x70_A06A)]);
                c.rect(at, shelf_y - 13.0, 9.0, 13.0, color);
                at += 13.0;
            }
        }
    } else {
        c.rect(x + 6.0, y, width - 12.0, height, ink(0xA8_ADB0));
        let mut slat = y + 6.0;
        while slat < y + height {
            c.rect(x + 6.0, slat, width - 12.0, 2.0, ink(0x86_8C90));
            slat += 9.0;
        }
    }
}

/// A street tree whose foot is at `x`, `y`.
pub(super) fn tree(c: &mut Canvas, x: f32, y: f32, scale: f32) {
    c.at(x, y, scale, 0.0, |c| {
        c.shadow(10.0, 4.0, 90.0, 12.0);
        c.poly(
            &[(-9.0, 4.0), (-6.0, -170.0), (6.0, -170.0), (11.0, 4.0)],
            ink(0x6B_5240),
        );
        c.line(&[(0.0, -130.0), (-40.0, -190.0)], 6.0, ink(0x6B_5240));
        c.line(&[(1.0, -140.0), (38.0, -200.0)], 6.0, ink(0x6B_5240));
        for (layer, color) in [ink(0x2F_5A35), ink(0x3F_7442), ink(0x5B_9150)]
            .into_iter()
            .enumerate()
        {
            let lift = [0.0, 14.0, 30.0][layer];
            for _ in 0..14 {
                let (dx, dy) = (c.between(-78.0, 78.0), c.between(-70.0, 52.0));
                let size = c.between(16.0, 34.0) - lift / 4.0;
                c.oval(
                    dx * (1.0 - lift / 120.0),
                    -210.0 - lift + dy,
                    size * 1.2,
                    size,
                    color,
                );
            }
        }
    });
}

/// Paving from the houses to the kerb.
pub(super) fn pavement(c: &mut Canvas) {
    c.blend(
        0.0,
        PAVEMENT_Y,
        WIDTH,
        ROAD_Y - PAVEMENT_Y,
        ink(0xB3_AEA4),
        ink(0xC9_C4BA),
    );
    for row in [614.0, 636.0, 666.0] {
        c.rect(0.0, row, WIDTH, 1.6, ink(0x8F_8A80));
    }
    let mut x = -300.0;
    while x < WIDTH + 300.0 {
        c.line(
            &[(600.0 + (x - 600.0) * 0.86, PAVEMENT_Y), (x, ROAD_Y - 8.0)],
            1.4,
            ink(0x8F_8A80),
        );
        x += 62.0;
    }
    c.rect(0.0, ROAD_Y - 10.0, WIDTH, 12.0, ink(0xDD_DAD2));
    c.rect(0.0, ROAD_Y + 2.0, WIDTH, 8.0, ink(0x7B_7870));
}

fn road(c: &mut Canvas) {
    asphalt(c, ROAD_Y + 10.0);
    let mut x = c.between(-200.0, -40.0);
    while x < WIDTH {
        c.poly(
            &[
                (x, 846.0),
                (x + 120.0, 846.0),
                (x + 112.0, 860.0),
                (x - 10.0, 860.0),
            ],
            ink(0xEE_ECE2).thin(0.85),
        );
        x += 250.0;
    }
}

/// Asphalt from `top` to the lower edge, with its stones and cracks.
pub(super) fn asphalt(c: &mut Canvas, top: f32) {
    c.blend(0.0, top, WIDTH, HEIGHT - top, ink(0x5B_5D60), ink(0x74_7678));
    for _ in 0..420 {
        let depth = c.between(0.0, 1.0);
        let (x, y) = (c.between(0.0, WIDTH), top + (HEIGHT - top) * depth);
        let color = c.one_of(&[ink(0x8C_8E90), ink(0x47_494B), ink(0x9A_9A98)]);
        c.oval(x, y, 1.0 + 2.4 * depth, 0.6 + 1.4 * depth, color.thin(0.6));
    }
    for _ in 0..3 {
        let (mut x, mut y) = (c.between(0.0, WIDTH), top + c.between(10.0, HEIGHT - top));
        let mut points = vec![(x, y)];
        for _ in 0..6 {
            x += c.between(10.0, 46.0);
            y += c.between(-9.0, 10.0);
            points.push((x, y));
        }
        c.line(&points, 1.5, ink(0x3A_3C3E));
    }
}

/// A plastered wall of a house close by, with a plinth and a strip of ground.
pub(super) fn wall(c: &mut Canvas, color: Ink) {
    c.blend(0.0, 0.0, WIDTH, 720.0, color, color.shaded(0.93));
    for _ in 0..26 {
        let (x, y) = (c.between(0.0, WIDTH), c.between(0.0, 640.0));
        let (rx, ry) = (c.between(30.0, 120.0), c.between(14.0, 60.0));
        c.oval(x, y, rx, ry, color.shaded(0.9).thin(0.16));
    }
    for _ in 0..7 {
        let (x, y, length) = (
            c.between(0.0, WIDTH),
            c.between(0.0, 300.0),
            c.between(60.0, 240.0),
        );
        c.line(
            &[(x, y), (x + 3.0, y + length)],
            5.0,
            color.shaded(0.8).thin(0.25),
        );
    }
    c.rect(0.0, 640.0, WIDTH, 84.0, ink(0x8E_8B84));
    let mut x = c.between(-80.0, 0.0);
    while x < WIDTH {
        c.rect(x, 640.0, 2.5, 84.0, ink(0x6F_6C66));
        x += 108.0;
    }
    c.rect(0.0, 640.0, WIDTH, 5.0, ink(0xA8_A59D));
    c.blend(0.0, 722.0, WIDTH, 178.0, ink(0x9F_9A90), ink(0xC4_BFB4));
    for (y, width) in [(745.0, 1.5), (784.0, 2.0), (840.0, 2.6)] {
        c.rect(0.0, y, WIDTH, width, ink(0x7F_7A72));
    }
    let mut x = -500.0;
    while x < WIDTH + 500.0 {
        c.line(
            &[(600.0 + (x - 600.0) * 0.7, 722.0), (x, 900.0)],
            2.0,
            ink(0x7F_7A72),
        );
        x += 120.0;
    }
    c.rect(0.0, 722.0, WIDTH, 14.0, ink(0x00_0000).thin(0.22));
}
