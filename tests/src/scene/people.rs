//! What happens between people or indoors: a dispute over a fence, an escape route that is blocked.

use super::Phase;
use super::canvas::{Canvas, Ink, WIDTH, ink};
use super::person::{GREETING, PROTESTING, SCOLDING, STANDING, person};
use super::place::street;

pub(super) fn dispute(c: &mut Canvas, phase: Phase) {
    street(c);
    let middle = c.between(540.0, 660.0);
    let shirts = [
        ink(0xB2_3F35),
        ink(0x3C_6E9E),
        ink(0x5A_8A52),
        ink(0xC7_9A3C),
        ink(0x7B_5A8C),
        ink(0xE0_DDD4),
    ];
    let (left, right) = (c.one_of(&shirts[..3]), c.one_of(&shirts[3..]));
    if phase == Phase::Before {
        fence(c, middle, true);
        let onlooker = c.one_of(&[ink(0x8A_8F94), ink(0x6B_7F5E)]);
        person(c, middle + 420.0, 770.0, 1.0, -1.0, onlooker, STANDING);
        person(c, middle - 190.0, 850.0, 1.38, 1.0, left, SCOLDING);
        person(c, middle + 200.0, 850.0, 1.34, -1.0, right, PROTESTING);
        angry_words(c, middle - 250.0, 330.0, 1.0);
        angry_words(c, middle + 290.0, 320.0, -1.0);
    } else {
        fence(c, middle + 330.0, false);
        person(c, middle, 815.0, 1.28, 1.0, ink(0xF0_EEE8), STANDING);
        // The mediator wears the red waistcoat of the village's volunteers.
        c.soft(
            &[
                (middle - 46.0, 510.0),
                (middle + 46.0, 510.0),
                (middle + 48.0, 600.0),
                (middle + 42.0, 672.0),
                (middle - 42.0, 672.0),
                (middle - 48.0, 600.0),
            ],
            ink(0xC8_2B2B),
        );
        c.poly(
            &[(middle - 12.0, 512.0), (middle + 12.0, 512.0), (middle, 560.0)],
            ink(0xF0_EEE8),
        );
        person(c, middle - 142.0, 856.0, 1.36, 1.0, left, GREETING);
        person(c, middle + 142.0, 856.0, 1.36, -1.0, right, GREETING);
    }
}

/// What is quarrelled over: a fence across the yard, torn down or mended.
fn fence(c: &mut Canvas, x: f32, is_torn: bool) {
    for post in 0..6_u8 {
        let y = 690.0 + f32::from(post) * 34.0;
        let (at, scale) = (x - 30.0 + f32::from(post) * 12.0, 0.7 + f32::from(post) * 0.09);
        let turn = if is_torn && post % 2 == 1 {
            38.0 + f32::from(post) * 6.0
        } else {
            0.0
        };
        c.at(at, y, scale, turn, |c| {
            c.rect(-10.0, -130.0, 20.0, 134.0, ink(0x9B_7B52));
            c.rect(4.0, -130.0, 6.0, 134.0, ink(0x73_5937));
            c.poly(&[(-10.0, -130.0), (0.0, -148.0), (10.0, -130.0)], ink(0xAE_8D62));
        });
    }
    if !is_torn {
        for lift in [44.0, 92.0] {
            c.line(
                &[(x - 30.0, 690.0 - lift * 0.7), (x + 30.0, 860.0 - lift * 1.15)],
                12.0,
                ink(0xAE_8D62),
            );
        }
    }
}

fn angry_words(c: &mut Canvas, x: f32, y: f32, facing: f32) {
    let points: Vec<(f32, f32)> = (0..18_u8)
        .map(|corner| {
            let angle = f32::from(corner) * std::f32::consts::TAU / 18.0;
            let reach = if corner % 2 == 0 { 1.0 } else { 0.74 };
            (x + angle.cos() * 92.0 * reach, y + angle.sin() * 66.0 * reach)
        })
        .collect();
    c.poly(
        &[
            (x + 10.0 * facing, y + 40.0),
            (x + 60.0 * facing, y + 40.0),
            (x + 66.0 * facing, y + 96.0),
        ],
        ink(0xFF_FBEA),
    );
    c.poly(&points, ink(0xFF_FBEA));
    for mark in [-26.0, 0.0, 26.0] {
        c.line(&[(x + mark, y - 26.0), (x + mark, y + 6.0)], 11.0, ink(0xC8_2B2B));
        c.dot(x + mark, y + 24.0, 6.5, ink(0xC8_2B2B));
    }
}

pub(super) fn fire_exit(c: &mut Canvas, phase: Phase) {
    let lower = c.one_of(&[ink(0x7F_A58C), ink(0x8F_9FB0), ink(0xA8_9A7C)]);
    corridor(c, lower);
    let x = 600.0;
    door(c, x, phase);
    if phase == Phase::After {
        floor_marking(c, x);
        extinguisher(c, x + 330.0);
        return;
    }
    extinguisher(c, x + 360.0);
    for (dx, y, scale) in [
        (-170.0, 740.0, 1.5),
        (-20.0, 752.0, 1.7),
        (-120.0, 640.0, 1.4),
        (20.0, 632.0, 1.2),
        (-64.0, 540.0, 1.1),
    ] {
        let turn = c.between(-4.0, 4.0);
        c.at(x + dx, y, scale, turn, carton);
    }
    scooter(c, x + 130.0, 850.0);
}

fn corridor(c: &mut Canvas, lower: Ink) {
    c.blend(0.0, 0.0, WIDTH, 470.0, ink(0xD8_D6CE), ink(0xEA_E8E0));
    c.rect(0.0, 430.0, WIDTH, 290.0, lower);
    c.rect(0.0, 424.0, WIDTH, 8.0, lower.shaded(0.7));
    c.blend(0.0, 720.0, WIDTH, 180.0, ink(0x8D_8983), ink(0xB5_B1AA));
    c.rect(0.0, 708.0, WIDTH, 14.0, ink(0x5F_5B55));
    for y in [752.0, 800.0, 862.0] {
        c.rect(0.0, y, WIDTH, 2.0, ink(0x77_736C));
    }
    let mut x = -600.0;
    while x < WIDTH + 600.0 {
        c.line(
            &[(600.0 + (x - 600.0) * 0.62, 722.0), (x, 900.0)],
            2.0,
            ink(0x77_736C),
        );
        x += 130.0;
    }
    for side in [(0.0, 150.0), (1050.0, 1200.0)] {
        c.rect(side.0, 0.0, side.1 - side.0, 900.0, ink(0).thin(0.12));
    }
    c.glow(600.0, 40.0, 420.0, ink(0xFF_FFF2).thin(0.55));
    c.rect(480.0, 26.0, 240.0, 18.0, ink(0xFF_FFFF));
}

fn door(c: &mut Canvas, x: f32, phase: Phase) {
    c.rect(x - 214.0, 226.0, 428.0, 494.0, ink(0x6E_7276));
    for side in [-1.0, 1.0] {
        let from = if side < 0.0 { x - 200.0 } else { x + 3.0 };
        c.blend(from, 240.0, 197.0, 480.0, ink(0xB9_4438), ink(0x96_3229));
        c.rect(from + 24.0, 270.0, 150.0, 118.0, ink(0x70_8894));
        c.line(
            &[(from + 40.0, 372.0), (from + 110.0, 282.0)],
            10.0,
            ink(0xFF_FFFF).thin(0.22),
        );
        c.rect(from + 14.0, 470.0, 168.0, 20.0, ink(0xC9_CDD0));
    }
    let is_lit = phase == Phase::After || c.between(0.0, 1.0) < 0.5;
    if is_lit {
        c.glow(x, 160.0, 250.0, ink(0x58_E08A).thin(0.45));
    }
    c.rect(x - 122.0, 116.0, 244.0, 88.0, ink(0xF2_F4F2));
    c.rect(
        x - 114.0,
        124.0,
        228.0,
        72.0,
        if is_lit { ink(0x12_9A4E) } else { ink(0x2F_6A48) },
    );
    let white = ink(0xFF_FFFF);
    // Somebody running to an open door, and where to.
    c.dot(x - 44.0, 138.0, 8.0, white);
    c.line(
        &[
            (x - 50.0, 150.0),
            (x - 58.0, 168.0),
            (x - 44.0, 178.0),
            (x - 52.0, 190.0),
        ],
        7.0,
        white,
    );
    c.line(
        &[(x - 58.0, 168.0), (x - 74.0, 182.0), (x - 88.0, 180.0)],
        7.0,
        white,
    );
    c.line(
        &[(x - 50.0, 152.0), (x - 34.0, 162.0), (x - 24.0, 156.0)],
        6.0,
        white,
    );
    c.line(
        &[(x - 52.0, 152.0), (x - 70.0, 152.0), (x - 76.0, 164.0)],
        6.0,
        white,
    );
    c.line(
        &[
            (x + 2.0, 190.0),
            (x + 2.0, 132.0),
            (x + 34.0, 132.0),
            (x + 34.0, 190.0),
        ],
        6.0,
        white,
    );
    c.line(&[(x + 54.0, 160.0), (x + 100.0, 160.0)], 9.0, white);
    c.poly(&[(x + 88.0, 142.0), (x + 108.0, 160.0), (x + 88.0, 178.0)], white);
}

fn floor_marking(c: &mut Canvas, x: f32) {
    let yellow = ink(0xF2_C62B);
    let corners = [
        (x - 230.0, 734.0),
        (x + 230.0, 734.0),
        (x + 300.0, 872.0),
        (x - 300.0, 872.0),
        (x - 230.0, 734.0),
    ];
    c.line(&corners, 9.0, yellow);
    for step in 1..7_u8 {
        let at = -220.0 + f32::from(step) * 72.0;
        c.line(
            &[(x + at, 738.0), (x + at * 1.3 - 60.0, 868.0)],
            6.0,
            yellow.thin(0.8),
        );
    }
}

fn extinguisher(c: &mut Canvas, x: f32) {
    c.shadow(x, 732.0, 50.0, 10.0);
    c.rect(x - 70.0, 590.0, 140.0, 142.0, ink(0xA3_2A24));
    c.rect(x - 60.0, 600.0, 120.0, 122.0, ink(0xE9_E6DF));
    for side in [-28.0, 28.0] {
        c.rect(x + side - 18.0, 632.0, 36.0, 84.0, ink(0xD0_2A22));
        c.rect(x + side - 18.0, 632.0, 10.0, 84.0, ink(0xE8_5A50));
        c.rect(x + side - 7.0, 612.0, 14.0, 22.0, ink(0x22_2222));
        c.rect(x + side - 12.0, 660.0, 24.0, 20.0, ink(0xF4_F0E4));
    }
}

fn carton(c: &mut Canvas) {
    let color = c.one_of(&[ink(0xB8_8B58), ink(0xA9_7C4C), ink(0xC6_9C68), ink(0xBE_9466)]);
    c.shadow(0.0, 4.0, 62.0, 8.0);
    c.rect(-54.0, -72.0, 108.0, 76.0, color);
    c.rect(30.0, -72.0, 24.0, 76.0, color.shaded(0.85));
    c.rect(-54.0, -72.0, 108.0, 8.0, color.shaded(1.15));
    c.rect(-8.0, -72.0, 16.0, 76.0, ink(0xDB_C7A0).thin(0.8));
    c.rect(-44.0, -30.0, 26.0, 22.0, ink(0x5A_3F24).thin(0.6));
}

/// An electric scooter, the most usual of all things in staircases.
fn scooter(c: &mut Canvas, x: f32, y: f32) {
    let paint = c.one_of(&[
        ink(0xC9_3A32),
        ink(0x2C_66A8),
        ink(0x2B_2E33),
        ink(0xE8_E6E0),
        ink(0x3C_8A70),
    ]);
    c.shadow(x + 30.0, y, 220.0, 20.0);
    c.at(x, y, 1.25, 0.0, |c| {
        for wheel in [-96.0, 142.0] {
            c.dot(wheel, -42.0, 42.0, ink(0x1B_1C1E));
            c.dot(wheel, -42.0, 26.0, ink(0x9A_A0A4));
            c.dot(wheel, -42.0, 8.0, ink(0x33_3638));
        }
        c.line(&[(142.0, -42.0), (104.0, -200.0)], 12.0, ink(0x3A_3D41));
        c.soft(
            &[
                (-150.0, -92.0),
                (-120.0, -150.0),
                (-20.0, -152.0),
                (10.0, -96.0),
                (-30.0, -58.0),
                (-60.0, -86.0),
                (-130.0, -84.0),
            ],
            paint,
        );
        c.soft(
            &[
                (-10.0, -70.0),
                (70.0, -72.0),
                (112.0, -180.0),
                (132.0, -176.0),
                (120.0, -60.0),
                (60.0, -46.0),
                (-10.0, -48.0),
            ],
            paint.shaded(0.9),
        );
        c.soft(
            &[(-140.0, -142.0), (-130.0, -170.0), (10.0, -168.0), (16.0, -144.0)],
            ink(0x22_2427),
        );
        c.line(&[(104.0, -200.0), (78.0, -222.0)], 9.0, ink(0x2A_2C2E));
        c.line(&[(104.0, -200.0), (120.0, -226.0)], 7.0, ink(0x2A_2C2E));
        c.dot(126.0, -178.0, 14.0, ink(0xF4_F0D8));
        c.line(&[(120.0, -226.0), (126.0, -262.0)], 4.0, ink(0x2A_2C2E));
        c.oval(128.0, -268.0, 14.0, 10.0, ink(0x8F_A3AE));
    });
}
