//! What is wrong with the ground or with what lies in it: a manhole without its cover, a pipe that leaks.

use super::Phase;
use super::canvas::{Canvas, HEIGHT, Ink, WIDTH, ink};
use super::place::{asphalt, wall};

pub(super) fn manhole(c: &mut Canvas, phase: Phase) {
    asphalt(c, 0.0);
    c.poly(
        &[(0.0, 0.0), (WIDTH, 0.0), (WIDTH, 96.0), (0.0, 130.0)],
        ink(0xC1_BCB2),
    );
    c.poly(
        &[(0.0, 130.0), (WIDTH, 96.0), (WIDTH, 124.0), (0.0, 160.0)],
        ink(0x8A_867E),
    );
    let mut x = c.between(-60.0, 0.0);
    while x < WIDTH {
        c.line(&[(x, 128.0), (x + 30.0, 0.0)], 2.0, ink(0x98_938A));
        x += 150.0;
    }
    let (x, y) = (c.between(500.0, 680.0), c.between(480.0, 560.0));
    c.oval(x, y, 262.0, 156.0, ink(0x8E_8C86));
    c.oval(x, y, 236.0, 138.0, ink(0x45_4441));
    if phase == Phase::Before {
        open_hole(c, x, y);
    } else {
        cover(c, x, y);
    }
    cone(c, x - 380.0, y + 150.0, 1.0);
    if phase == Phase::After {
        return;
    }
    cone(c, x + 370.0, y - 30.0, 0.85);
    leaves(c, 60);
}

fn open_hole(c: &mut Canvas, x: f32, y: f32) {
    c.oval(x, y + 4.0, 214.0, 122.0, ink(0x0B_0C0E));
    for step in 0..9_u8 {
        let depth = f32::from(step);
        c.bow(
            (x - 206.0 + depth * 8.0, y - 22.0 + depth * 12.0),
            (x, y - 152.0 + depth * 15.0),
            (x + 206.0 - depth * 8.0, y - 22.0 + depth * 12.0),
            13.0,
            ink(0x70_675C).shaded(1.0 - depth * 0.1),
        );
    }
    for rung in [-46.0, -8.0, 34.0] {
        c.line(
            &[(x - 52.0, y + rung), (x + 18.0, y + rung + 4.0)],
            8.0,
            ink(0x5F_4A3A),
        );
    }
    c.oval(x - 10.0, y + 84.0, 110.0, 20.0, ink(0x2B_3A40));
    // Somebody has put a branch with a red rag in it, as people do.
    let tip = (x + c.between(90.0, 150.0), y - 330.0);
    c.line(
        &[(x + 40.0, y + 60.0), (x + 70.0, y - 130.0), tip],
        11.0,
        ink(0x6B_4F36),
    );
    c.line(
        &[(x + 74.0, y - 150.0), (x + 10.0, y - 240.0)],
        7.0,
        ink(0x6B_4F36),
    );
    c.line(
        &[(x + 86.0, y - 200.0), (x + 150.0, y - 250.0)],
        5.0,
        ink(0x6B_4F36),
    );
    c.soft(
        &[
            (tip.0 - 8.0, tip.1 + 8.0),
            (tip.0 + 96.0, tip.1 - 12.0),
            (tip.0 + 74.0, tip.1 + 44.0),
            (tip.0 + 98.0, tip.1 + 76.0),
            (tip.0 - 4.0, tip.1 + 58.0),
        ],
        ink(0xD2_2B2B),
    );
    c.bow(
        (x - 214.0, y + 20.0),
        (x, y + 160.0),
        (x + 214.0, y + 20.0),
        6.0,
        ink(0xB0_ADA6),
    );
}

fn cover(c: &mut Canvas, x: f32, y: f32) {
    c.oval(x, y + 4.0, 218.0, 126.0, ink(0x23_2426));
    c.oval(x, y, 214.0, 122.0, ink(0x57_5B60));
    for ring in [190.0, 150.0, 96.0, 44.0] {
        c.oval(x, y, ring, ring * 0.57, ink(0x3A_3D41));
        c.oval(x, y - 1.5, ring - 6.0, (ring - 6.0) * 0.57, ink(0x63_686D));
    }
    for spoke in 0..16_u8 {
        let angle = f32::from(spoke) * std::f32::consts::TAU / 16.0;
        let at = |radius: f32| (x + angle.cos() * radius, y + angle.sin() * radius * 0.57);
        c.line(&[at(104.0), at(142.0)], 11.0, ink(0x43_474B));
        c.line(&[at(158.0), at(184.0)], 9.0, ink(0x43_474B));
    }
    c.oval(x - 118.0, y, 12.0, 7.0, ink(0x14_1516));
    c.oval(x + 118.0, y, 12.0, 7.0, ink(0x14_1516));
    c.oval(x - 70.0, y - 60.0, 90.0, 26.0, ink(0xFF_FFFF).thin(0.10));
}

fn cone(c: &mut Canvas, x: f32, y: f32, scale: f32) {
    c.shadow(x + 10.0, y + 4.0, 80.0 * scale, 20.0 * scale);
    c.at(x, y, scale, 0.0, |c| {
        c.poly(
            &[(-66.0, -6.0), (66.0, -6.0), (76.0, 12.0), (-76.0, 12.0)],
            ink(0xC9_4A1C),
        );
        c.poly(
            &[(-46.0, -4.0), (-9.0, -176.0), (9.0, -176.0), (46.0, -4.0)],
            ink(0xF0_622A),
        );
        c.poly(
            &[(-35.0, -56.0), (-24.0, -106.0), (24.0, -106.0), (35.0, -56.0)],
            ink(0xF6_F4EE),
        );
        c.poly(
            &[(-16.0, -140.0), (-12.0, -158.0), (12.0, -158.0), (16.0, -140.0)],
            ink(0xF6_F4EE),
        );
        c.poly(
            &[(14.0, -176.0), (9.0, -176.0), (12.0, -4.0), (46.0, -4.0)],
            ink(0).thin(0.15),
        );
    });
}

fn leaves(c: &mut Canvas, count: u8) {
    for _ in 0..count {
        let (x, y, turn) = (
            c.between(0.0, WIDTH),
            c.between(170.0, HEIGHT),
            c.between(0.0, 180.0),
        );
        let color = c.one_of(&[ink(0x9A_6B2F), ink(0xB8_8A3A), ink(0x6E_7A3A), ink(0x84_4F2A)]);
        c.at(x, y, 0.6 + y / 1500.0, turn, |c| {
            c.soft(&[(-16.0, 0.0), (0.0, -9.0), (18.0, 0.0), (0.0, 9.0)], color)
        });
    }
}

pub(super) fn leak(c: &mut Canvas, phase: Phase) {
    let color = c.one_of(&[ink(0xD9_D4C6), ink(0xC9_CEC8), ink(0xDC_CDB8)]);
    wall(c, color);
    let x = c.between(430.0, 640.0);
    let metal = c.one_of(&[ink(0x8E_979C), ink(0x6F_8F8A), ink(0xA5_8A5C)]);
    if phase == Phase::Before {
        puddle(c, x);
        c.soft(
            &[
                (x - 20.0, 400.0),
                (x + 260.0, 470.0),
                (x + 470.0, 722.0),
                (x - 60.0, 722.0),
            ],
            color.shaded(0.66).thin(0.42),
        );
    } else {
        c.oval(x + 30.0, 800.0, 170.0, 26.0, ink(0x50_504C).thin(0.3));
    }
    pipe(c, x, metal);
    if phase == Phase::Before {
        spray(c, x);
    } else {
        c.rect(x - 44.0, 396.0, 88.0, 64.0, ink(0x2A_6DB5));
        c.rect(x - 44.0, 396.0, 88.0, 10.0, ink(0x5A_97D6));
        for bolt in [410.0, 446.0] {
            c.dot(x - 36.0, bolt, 6.0, ink(0xD8_DDE0));
            c.dot(x + 36.0, bolt, 6.0, ink(0xD8_DDE0));
        }
    }
}

fn pipe(c: &mut Canvas, x: f32, metal: Ink) {
    c.rect(x + 26.0, 0.0, 20.0, 700.0, ink(0).thin(0.18));
    c.rect(x - 30.0, 0.0, 60.0, 700.0, metal);
    c.rect(x - 22.0, 0.0, 14.0, 700.0, metal.shaded(1.25));
    c.rect(x + 14.0, 0.0, 16.0, 700.0, metal.shaded(0.72));
    for y in [110.0, 428.0] {
        c.rect(x - 42.0, y - 26.0, 84.0, 52.0, metal.shaded(0.85));
        c.rect(x - 42.0, y - 26.0, 84.0, 9.0, metal.shaded(1.2));
    }
    for y in [240.0, 590.0] {
        c.rect(x - 62.0, y, 124.0, 16.0, ink(0x55_5A5C));
        c.dot(x - 54.0, y + 8.0, 5.0, ink(0xB5_B9BB));
        c.dot(x + 54.0, y + 8.0, 5.0, ink(0xB5_B9BB));
    }
    c.rect(x - 36.0, 690.0, 72.0, 40.0, metal.shaded(0.7));
    // The stop valve.
    c.rect(x + 28.0, 512.0, 46.0, 20.0, metal.shaded(0.8));
    c.oval(x + 84.0, 522.0, 14.0, 40.0, ink(0xC0_302C));
    c.oval(x + 84.0, 522.0, 6.0, 28.0, ink(0x8E_1F1E));
}

fn spray(c: &mut Canvas, x: f32) {
    c.line(
        &[(x + 8.0, 404.0), (x + 26.0, 420.0), (x + 14.0, 440.0)],
        5.0,
        ink(0x12_1416),
    );
    for _ in 0..46 {
        let (far, lift) = (c.between(90.0, 430.0), c.between(30.0, 190.0));
        let (width, cover) = (c.between(1.5, 5.0), c.between(0.25, 0.7));
        let from = (x + 20.0, 422.0 + c.between(-8.0, 8.0));
        let fall = 420.0 + c.between(180.0, 340.0);
        c.bow(
            from,
            (x + far * 0.6, 422.0 - lift),
            (x + far, fall),
            width,
            ink(0xE4_F3FC).thin(cover),
        );
    }
    for _ in 0..140 {
        let (dx, dy) = (c.between(20.0, 450.0), c.between(-130.0, 380.0));
        let size = c.between(1.5, 5.0);
        c.dot(x + dx, 420.0 + dy, size, ink(0xF2_FAFF).thin(0.7));
    }
    c.glow(x + 50.0, 420.0, 110.0, ink(0xFF_FFFF).thin(0.5));
}

fn puddle(c: &mut Canvas, x: f32) {
    let shape = |grow: f32, y: f32| {
        [
            (x - 300.0 * grow, y),
            (x - 140.0 * grow, y - 46.0 * grow),
            (x + 220.0 * grow, y - 40.0 * grow),
            (x + 560.0 * grow, y - 10.0 * grow),
            (x + 480.0 * grow, y + 56.0 * grow),
            (x + 60.0 * grow, y + 72.0 * grow),
            (x - 240.0 * grow, y + 54.0 * grow),
        ]
    };
    c.soft(&shape(1.0, 806.0), ink(0x55_5E62));
    c.soft(&shape(0.9, 806.0), ink(0x7C_98A8));
    c.soft(&shape(0.6, 800.0), ink(0xA9_C4D2).thin(0.6));
    for ring in [0.22, 0.34, 0.46] {
        c.oval(
            x + 250.0,
            812.0,
            300.0 * ring,
            60.0 * ring,
            ink(0xE8_F3F8).thin(0.35),
        );
    }
    for _ in 0..24 {
        let (at, y, length) = (
            x + c.between(-200.0, 420.0),
            c.between(778.0, 846.0),
            c.between(20.0, 80.0),
        );
        c.line(&[(at, y), (at + length, y)], 2.0, ink(0xF4_FAFD).thin(0.5));
    }
}
