//! What happens along a street: a banner where none may hang, a dark lamp, a heap of rubbish, a stall on the road.

use super::Phase;
use super::canvas::{Canvas, Ink, ink};
use super::light::Light;
use super::person::{SERVING, STANDING, person};
use super::place::{ROAD_Y, street, tree, wall};

/// Strokes of 办, in a square of 100.
const BAN: &[&[(f32, f32)]] = &[
    &[(18.0, 36.0), (72.0, 36.0), (66.0, 86.0), (54.0, 80.0)],
    &[(46.0, 12.0), (43.0, 52.0), (18.0, 90.0)],
    &[(17.0, 50.0), (9.0, 66.0)],
    &[(80.0, 48.0), (90.0, 66.0)],
];
/// Strokes of 证.
const ZHENG: &[&[(f32, f32)]] = &[
    &[(16.0, 14.0), (25.0, 25.0)],
    &[(8.0, 42.0), (25.0, 42.0), (25.0, 82.0), (38.0, 70.0)],
    &[(44.0, 20.0), (94.0, 20.0)],
    &[(69.0, 20.0), (69.0, 86.0)],
    &[(69.0, 52.0), (89.0, 52.0)],
    &[(53.0, 46.0), (53.0, 86.0)],
    &[(40.0, 86.0), (98.0, 86.0)],
];
/// The strokes of each digit on a field of 2 x 4, as corners: 0 1 above, 2 3 in the middle, 4 5 below.
const DIGITS: [&[usize]; 10] = [
    &[0, 1, 5, 4, 0],
    &[1, 3, 5],
    &[0, 1, 3, 2, 4, 5],
    &[0, 1, 3, 2, 3, 5, 4],
    &[0, 2, 3, 1, 3, 5],
    &[1, 0, 2, 3, 5, 4],
    &[1, 0, 4, 5, 3, 2],
    &[0, 1, 5],
    &[0, 1, 5, 4, 0, 2, 3],
    &[3, 2, 0, 1, 5, 4],
];

pub(super) fn banner(c: &mut Canvas, phase: Phase) {
    let color = c.one_of(&[ink(0xE6_DFD0), ink(0xDC_DAD6), ink(0xE8_D9C0), ink(0xD3_DAD6)]);
    wall(c, color);
    tree(c, 36.0, 800.0, 1.5);
    let (y, sag) = (c.between(190.0, 270.0), c.between(8.0, 22.0));
    let (left, right) = (c.between(130.0, 190.0), c.between(1010.0, 1070.0));
    for x in [left, right] {
        c.rect(x - 6.0, y - 60.0, 12.0, 26.0, ink(0x55_5A5E));
    }
    if phase == Phase::After {
        // The plaster under a banner stays cleaner than around it.
        c.poly(
            &[
                (left + 30.0, y),
                (right - 30.0, y + 4.0),
                (right - 34.0, y + 128.0),
                (left + 34.0, y + 132.0),
            ],
            ink(0xFF_FFFF).thin(0.25),
        );
    } else {
        banner_cloth(c, (left, right), y, sag);
        handbills(c);
    }
    if c.light() != Light::Overcast {
        c.poly(
            &[(820.0, 0.0), (1200.0, 0.0), (1200.0, 720.0), (1090.0, 720.0)],
            ink(0x10_1830).thin(0.12),
        );
    }
}

fn banner_cloth(c: &mut Canvas, (left, right): (f32, f32), y: f32, sag: f32) {
    let cloth = c.one_of(&[ink(0xC9_1F26), ink(0xD4_2A1E), ink(0x1D_5FB0)]);
    c.line(&[(left, y - 46.0), (left + 44.0, y)], 4.0, ink(0x3B_3B3B));
    c.line(&[(right, y - 46.0), (right - 44.0, y)], 4.0, ink(0x3B_3B3B));
    let (from, to) = (left + 40.0, right - 40.0);
    let middle = (from + to) / 2.0;
    c.soft(
        &[
            (from, y + 22.0),
            (to, y + 22.0),
            (to, y + 166.0),
            (middle, y + 172.0 + sag),
            (from, y + 166.0),
        ],
        ink(0).thin(0.2),
    );
    c.poly(
        &[
            (from, y),
            (middle, y + sag),
            (to, y),
            (to, y + 146.0),
            (middle, y + 146.0 + sag),
            (from, y + 146.0),
        ],
        cloth,
    );
    for fold in [0.14, 0.33, 0.52, 0.71, 0.88] {
        let x = from + (to - from) * (fold + c.between(-0.04, 0.04));
        c.line(
            &[(x, y + sag / 2.0 + 3.0), (x + 5.0, y + 142.0 + sag / 2.0)],
            9.0,
            cloth.shaded(0.8).thin(0.5),
        );
    }
    let paint = ink(0xFF_E45C);
    let scale = (to - from - 64.0) / 742.0;
    c.at(from + 32.0, y + 26.0, scale, 0.6, |c| {
        for (index, glyph) in [BAN, ZHENG].into_iter().enumerate() {
            c.at([0.0, 122.0][index], 0.0, 1.0, 0.0, |c| {
                glyph.iter().for_each(|stroke| c.line(stroke, 11.0, paint));
            });
        }
        // Two leading zeros: no such number can be called.
        for place in 0..8_u8 {
            let digit = if place < 2 {
                0
            } else {
                c.one_of(&[1, 2, 3, 4, 5, 6, 7, 8, 9_usize])
            };
            let corners = [
                (0.0, 6.0),
                (38.0, 6.0),
                (0.0, 48.0),
                (38.0, 48.0),
                (0.0, 92.0),
                (38.0, 92.0_f32),
            ];
            let strokes: Vec<_> = DIGITS[digit].iter().map(|corner| corners[*corner]).collect();
            c.at(270.0 + f32::from(place) * 62.0, 0.0, 1.0, 0.0, |c| {
                c.line(&strokes, 10.0, paint)
            });
        }
    });
}

fn handbills(c: &mut Canvas) {
    for _ in 0..5 {
        let (x, y, turn) = (
            c.between(300.0, 1080.0),
            c.between(480.0, 590.0),
            c.between(-9.0, 9.0),
        );
        let paper = c.one_of(&[ink(0xF5_F1E2), ink(0xF3_E08A), ink(0xE9_B8B0)]);
        c.at(x, y, 1.0, turn, |c| {
            c.rect(0.0, 0.0, 62.0, 44.0, paper);
            c.rect(7.0, 7.0, 40.0, 8.0, ink(0xB0_2A2A));
            c.rect(7.0, 21.0, 48.0, 4.0, ink(0x55_5555));
            c.rect(7.0, 30.0, 34.0, 4.0, ink(0x55_5555));
        });
    }
}

pub(super) fn lamp(c: &mut Canvas, phase: Phase) {
    street(c);
    let (near_x, far_x) = (c.between(330.0, 480.0), c.between(880.0, 1020.0));
    c.at(far_x, ROAD_Y - 14.0, 0.72, 0.0, |c| lamp_post(c, true, 0.0));
    let tilt = if phase == Phase::Before {
        c.between(2.0, 5.0)
    } else {
        0.0
    };
    c.at(near_x, ROAD_Y + 4.0, 1.22, 0.0, |c| {
        lamp_post(c, phase == Phase::After, tilt)
    });
}

/// A post whose foot is at the origin, 440 high, its lamp to the right.
fn lamp_post(c: &mut Canvas, is_lit: bool, tilt_deg: f32) {
    c.shadow(8.0, 0.0, 46.0, 9.0);
    c.rect(-15.0, -34.0, 30.0, 36.0, ink(0x50_565C));
    c.at(0.0, 0.0, 1.0, tilt_deg, |c| {
        c.poly(
            &[(-9.0, 0.0), (-5.0, -420.0), (5.0, -420.0), (9.0, 0.0)],
            ink(0x8B_9196),
        );
        c.poly(
            &[(-9.0, 0.0), (-5.0, -420.0), (-2.0, -420.0), (-4.0, 0.0)],
            ink(0xC2_C7CB),
        );
        c.bow(
            (0.0, -416.0),
            (10.0, -462.0),
            (120.0, -452.0),
            9.0,
            ink(0x8B_9196),
        );
        if is_lit {
            for (spread, cover) in [(250.0, 0.10), (190.0, 0.14), (120.0, 0.16)] {
                let glow = [
                    (96.0, -436.0),
                    (150.0, -436.0),
                    (122.0 + spread, 10.0),
                    (122.0 - spread, 10.0),
                ];
                c.poly(&glow, ink(0xFF_FFFF).thin(cover));
            }
            c.glow(122.0, 0.0, 190.0, ink(0xFF_D88A).thin(0.30));
            c.glow(122.0, -438.0, 150.0, ink(0xFF_DF9C).thin(0.8));
        }
        let turn = if is_lit { 2.0 } else { 24.0 };
        c.at(122.0, -448.0, 1.0, turn, |c| {
            c.soft(
                &[(-46.0, -12.0), (44.0, -14.0), (62.0, 6.0), (-44.0, 10.0)],
                ink(0x5A_6167),
            );
            if is_lit {
                c.glow(4.0, 8.0, 44.0, ink(0xFF_FBE8));
            } else {
                c.soft(
                    &[
                        (-30.0, 4.0),
                        (42.0, 2.0),
                        (30.0, 20.0),
                        (4.0, 12.0),
                        (-22.0, 22.0),
                    ],
                    ink(0x9B_A3A8),
                );
                c.line(&[(-6.0, 4.0), (2.0, 14.0), (-4.0, 22.0)], 2.5, ink(0x22_2222));
                c.line(&[(18.0, 4.0), (10.0, 18.0)], 2.5, ink(0x22_2222));
            }
        });
        if !is_lit {
            c.bow(
                (112.0, -440.0),
                (96.0, -380.0),
                (118.0, -352.0),
                3.0,
                ink(0x1A_1A1A),
            );
        }
    });
}

pub(super) fn rubbish(c: &mut Canvas, phase: Phase) {
    street(c);
    let x = c.between(430.0, 620.0);
    if phase == Phase::Before {
        for (index, color) in [ink(0x2F_8A55), ink(0x66_6B70)].into_iter().enumerate() {
            c.at(x + [210.0, 318.0][index], 730.0, 1.1, [0.0, 9.0][index], |c| {
                bin(c, color, index == 0)
            });
        }
        heap(c, x);
    } else {
        for (index, color) in [ink(0x2F_8A55), ink(0x2B_6CB0), ink(0xC4_3B36), ink(0x66_6B70)]
            .into_iter()
            .enumerate()
        {
            let at = x - 150.0 + [0.0, 112.0, 224.0, 336.0][index];
            c.at(at, 726.0, 1.1, 0.0, |c| bin(c, color, false));
        }
        c.oval(x + 20.0, 770.0, 210.0, 22.0, ink(0x30_3438).thin(0.16));
    }
}

fn heap(c: &mut Canvas, x: f32) {
    c.shadow(x, 770.0, 330.0, 44.0);
    for row in 0..4_u8 {
        let (spread, lift) = (
            [270.0, 215.0, 150.0, 70.0][usize::from(row)],
            f32::from(row) * 46.0,
        );
        for _ in 0..(9 - row * 2) {
            let (at, turn) = (x + c.between(-spread, spread), c.between(-22.0, 22.0));
            let y = 768.0 - lift + c.between(-8.0, 12.0);
            match c.one_of(&[0, 0, 0, 1, 1, 2_u8]) {
                0 => c.at(at, y, 1.0, turn, bag),
                1 => c.at(at, y, 1.0, turn, carton),
                _ => c.at(at, y - 20.0, 1.0, turn * 2.0, plank),
            }
        }
    }
    for _ in 0..26 {
        let (at, y) = (x + c.between(-360.0, 340.0), c.between(768.0, 832.0));
        let color = c.one_of(&[
            ink(0xE9_E6DC),
            ink(0xC8_4C3E),
            ink(0x3F_7FB8),
            ink(0xD9_B44A),
            ink(0x8F_7A5A),
        ]);
        let size = c.between(4.0, 12.0);
        c.soft(
            &[
                (at, y),
                (at + size * 1.8, y - size * 0.4),
                (at + size * 1.4, y + size),
                (at - size * 0.4, y + size * 0.7),
            ],
            color,
        );
    }
}

fn bag(c: &mut Canvas) {
    let color = c.one_of(&[
        ink(0x24_272B),
        ink(0x31_3439),
        ink(0x3E_6EA5),
        ink(0xE4_E4E0),
        ink(0xB6_3A44),
    ]);
    c.soft(
        &[
            (-46.0, 4.0),
            (-56.0, -40.0),
            (-14.0, -78.0),
            (12.0, -82.0),
            (54.0, -44.0),
            (46.0, 6.0),
        ],
        color,
    );
    c.soft(
        &[(-30.0, -14.0), (-34.0, -44.0), (-10.0, -60.0), (-16.0, -24.0)],
        ink(0xFF_FFFF).thin(0.16),
    );
    c.soft(
        &[(10.0, 2.0), (20.0, -50.0), (44.0, -40.0), (40.0, 2.0)],
        ink(0).thin(0.22),
    );
    c.poly(
        &[
            (-10.0, -70.0),
            (-18.0, -94.0),
            (0.0, -84.0),
            (18.0, -96.0),
            (10.0, -70.0),
        ],
        color.shaded(0.85),
    );
}

fn carton(c: &mut Canvas) {
    let color = c.one_of(&[ink(0xB8_8B58), ink(0xA9_7C4C), ink(0xC6_9C68)]);
    c.poly(&[(-50.0, -56.0), (34.0, -60.0), (38.0, 4.0), (-48.0, 8.0)], color);
    c.poly(
        &[(34.0, -60.0), (62.0, -72.0), (64.0, -14.0), (38.0, 4.0)],
        color.shaded(0.75),
    );
    c.poly(
        &[(-50.0, -56.0), (-24.0, -72.0), (62.0, -72.0), (34.0, -60.0)],
        color.shaded(1.15),
    );
    c.rect(-14.0, -58.0, 12.0, 64.0, ink(0xD9_C39A).thin(0.8));
}

fn plank(c: &mut Canvas) {
    c.poly(
        &[(-110.0, -6.0), (104.0, -16.0), (106.0, -4.0), (-108.0, 8.0)],
        ink(0x9A_7A52),
    );
    c.line(&[(-90.0, 1.0), (90.0, -9.0)], 1.5, ink(0x73_5A3B));
}

/// A bin on wheels whose foot is at the origin.
fn bin(c: &mut Canvas, color: Ink, is_full: bool) {
    c.shadow(4.0, 2.0, 52.0, 10.0);
    c.dot(-26.0, -4.0, 9.0, ink(0x1C_1C1C));
    c.dot(28.0, -4.0, 9.0, ink(0x1C_1C1C));
    if is_full {
        c.at(-8.0, -112.0, 0.8, -8.0, bag);
        c.at(18.0, -108.0, 0.7, 14.0, bag);
    }
    c.poly(
        &[(-42.0, -122.0), (42.0, -122.0), (34.0, -4.0), (-34.0, -4.0)],
        color,
    );
    c.poly(
        &[(20.0, -122.0), (42.0, -122.0), (34.0, -4.0), (18.0, -4.0)],
        color.shaded(0.8),
    );
    c.rect(-16.0, -86.0, 30.0, 34.0, ink(0xF4_F4EE).thin(0.85));
    c.poly(&[(-1.0, -80.0), (9.0, -62.0), (-11.0, -62.0)], color);
    if is_full {
        c.poly(
            &[(40.0, -120.0), (58.0, -196.0), (66.0, -192.0), (48.0, -118.0)],
            color.shaded(0.9),
        );
    } else {
        c.soft(
            &[(-50.0, -120.0), (-44.0, -140.0), (44.0, -140.0), (50.0, -120.0)],
            color.shaded(1.12),
        );
    }
}

pub(super) fn stall(c: &mut Canvas, phase: Phase) {
    street(c);
    let x = c.between(420.0, 700.0);
    if phase == Phase::After {
        let officer = ink(0x2D_4E7C);
        person(c, x + 330.0, 716.0, 0.85, -1.0, officer, STANDING);
        notice(c, x - 40.0, 716.0);
        return;
    }
    let shirt = c.one_of(&[ink(0xB7_5B3A), ink(0x4C_7A5A), ink(0x8A_5C8E), ink(0xC9_9A3A)]);
    person(c, x + 40.0, 800.0, 0.98, -1.0, shirt, SERVING);
    umbrella(c, x - 60.0);
    c.shadow(x - 40.0, 858.0, 270.0, 26.0);
    for leg in [-270.0, 160.0] {
        c.rect(x + leg, 770.0, 12.0, 86.0, ink(0x5A_4630));
    }
    c.poly(
        &[
            (x - 290.0, 752.0),
            (x + 190.0, 752.0),
            (x + 214.0, 782.0),
            (x - 314.0, 782.0),
        ],
        ink(0x9C_7B50),
    );
    c.rect(x - 314.0, 782.0, 528.0, 16.0, ink(0x7A_5D3A));
    for (index, color) in [
        ink(0xE0_7B1F),
        ink(0xC6_2F2C),
        ink(0x6F_A33A),
        ink(0xE3_C53B),
        ink(0x7A_3E78),
    ]
    .into_iter()
    .enumerate()
    {
        let crate_x = x - 292.0 + [0.0, 98.0, 196.0, 294.0, 392.0][index];
        fruit(c, crate_x, color);
    }
    person(c, x + 340.0, 836.0, 1.0, -1.0, ink(0x5C_7FA3), STANDING);
}

fn umbrella(c: &mut Canvas, x: f32) {
    let (one, other) = c.one_of(&[
        (ink(0xD3_3B33), ink(0xF4_F0E6)),
        (ink(0x2C_74B8), ink(0xF0_E04E)),
        (ink(0x2F_8A55), ink(0xF4_F0E6)),
    ]);
    c.rect(x - 4.0, 420.0, 8.0, 360.0, ink(0xB8_BCC0));
    let ribs = [-290.0, -180.0, -62.0, 62.0, 180.0, 290.0];
    for (index, pair) in ribs.windows(2).enumerate() {
        let color = if index % 2 == 0 { one } else { other };
        c.poly(
            &[
                (x, 348.0),
                (x + pair[0], 468.0),
                (x + (pair[0] + pair[1]) / 2.0, 484.0),
                (x + pair[1], 468.0),
            ],
            color,
        );
    }
    c.poly(
        &[(x, 348.0), (x + 62.0, 468.0), (x + 290.0, 468.0)],
        ink(0).thin(0.12),
    );
    c.line(&[(x, 348.0), (x, 330.0)], 7.0, ink(0xB8_BCC0));
}

fn fruit(c: &mut Canvas, x: f32, color: Ink) {
    c.poly(
        &[(x, 728.0), (x + 86.0, 728.0), (x + 92.0, 770.0), (x - 6.0, 770.0)],
        ink(0x6A_5233),
    );
    for row in 0..3_u8 {
        for column in 0..5_u8 {
            let at = x + 9.0 + f32::from(column) * 17.0 + f32::from(row % 2) * 5.0;
            let y = 738.0 - f32::from(row) * 11.0 + c.between(-2.0, 2.0);
            c.dot(at, y, 10.5, color.shaded(0.82));
            c.dot(at - 2.0, y - 2.0, 8.0, color);
            c.dot(at - 4.0, y - 4.0, 2.4, ink(0xFF_FFFF).thin(0.6));
        }
    }
    c.rect(x - 6.0, 752.0, 98.0, 18.0, ink(0x8A_6C45));
    c.rect(x + 30.0, 700.0, 26.0, 18.0, ink(0xF6_F2E4));
    c.rect(x + 35.0, 706.0, 16.0, 5.0, ink(0xC0_3030));
}

fn notice(c: &mut Canvas, x: f32, y: f32) {
    c.shadow(x, y, 60.0, 9.0);
    c.rect(x - 4.0, y - 150.0, 8.0, 150.0, ink(0x9A_9FA3));
    c.rect(x - 66.0, y - 232.0, 132.0, 90.0, ink(0xF3_F3EF));
    c.dot(x, y - 190.0, 34.0, ink(0xC8_2A2A));
    c.dot(x, y - 190.0, 24.0, ink(0xF3_F3EF));
    c.line(
        &[(x - 18.0, y - 208.0), (x + 18.0, y - 172.0)],
        9.0,
        ink(0xC8_2A2A),
    );
}
