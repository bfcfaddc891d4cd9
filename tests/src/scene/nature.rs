//! What grows and what drifts: a tree across the road, rubbish on a river.

use super::Phase;
use super::canvas::{Canvas, HEIGHT, WIDTH, ink};
use super::place::{PAVEMENT_Y, ROAD_Y, sky, street, tree};

/// A tree that the wind has laid across the village road; afterwards the road is clear and the sawn stump stands.
pub(super) fn fallen_tree(c: &mut Canvas, phase: Phase) {
    street(c);
    let x = c.between(120.0, 220.0);
    let bark = c.one_of(&[ink(0x6A_4E35), ink(0x5B_4A3C), ink(0x77_5A40)]);
    c.oval(x + 10.0, ROAD_Y - 22.0, 110.0, 26.0, ink(0x5A_4632));
    if phase == Phase::After {
        c.rect(x - 30.0, ROAD_Y - 110.0, 70.0, 92.0, bark);
        c.oval(x + 5.0, ROAD_Y - 110.0, 36.0, 12.0, ink(0xD9_B98A));
        c.oval(x + 5.0, ROAD_Y - 110.0, 20.0, 6.0, ink(0xB9_9263));
        for _ in 0..50 {
            let (at, y) = (c.between(x - 60.0, x + 500.0), c.between(ROAD_Y, HEIGHT - 60.0));
            c.dot(at, y, 3.0, ink(0xD8_BE95));
        }
        return;
    }
    // The roots stand up out of the ground.
    for _ in 0..16 {
        let (dx, dy) = (c.between(-120.0, 10.0), c.between(-150.0, 60.0));
        let from = (x + 10.0, ROAD_Y - 60.0);
        c.bow(
            from,
            (x + dx * 0.4, ROAD_Y - 60.0 + dy),
            (x + dx, ROAD_Y - 60.0 + dy),
            9.0,
            bark.shaded(0.8),
        );
    }
    let crown = (c.between(820.0, 900.0), c.between(742.0, 780.0));
    c.shadow(crown.0 - 120.0, crown.1 + 60.0, 480.0, 46.0);
    c.line(&[(x, ROAD_Y - 60.0), (x + 340.0, ROAD_Y), crown], 66.0, bark);
    c.line(
        &[
            (x, ROAD_Y - 78.0),
            (x + 340.0, ROAD_Y - 18.0),
            (crown.0, crown.1 - 18.0),
        ],
        14.0,
        bark.shaded(1.25),
    );
    for _ in 0..22 {
        let (dx, dy) = (c.between(-160.0, 330.0), c.between(-210.0, 110.0));
        c.line(
            &[(crown.0 - 90.0, crown.1), (crown.0 + dx, crown.1 + dy)],
            8.0,
            bark.shaded(0.85),
        );
    }
    for _ in 0..150 {
        let (dx, dy) = (c.between(-210.0, 360.0), c.between(-240.0, 120.0));
        let size = c.between(16.0, 44.0);
        let color = c.one_of(&[ink(0x3F_7A3A), ink(0x4F_8F42), ink(0x2F_6330), ink(0x6A_A04C)]);
        c.oval(crown.0 + dx, crown.1 + dy, size, size * 0.7, color);
    }
}

/// Bottles, bags and water plants that drift under the bank; afterwards the water is clean.
pub(super) fn river(c: &mut Canvas, phase: Phase) {
    sky(c);
    for index in 0..5_u8 {
        let x = c.between(60.0, 180.0) + f32::from(index) * 230.0;
        tree(c, x, PAVEMENT_Y - 190.0, 0.55);
    }
    c.blend(0.0, 400.0, WIDTH, HEIGHT - 400.0, ink(0x7F_A9A6), ink(0x3D_6667));
    c.poly(
        &[(0.0, 390.0), (WIDTH, 378.0), (WIDTH, 420.0), (0.0, 440.0)],
        ink(0x6F_8B4A),
    );
    for _ in 0..40 {
        let (x, y, length) = (
            c.between(0.0, WIDTH),
            c.between(450.0, HEIGHT),
            c.between(30.0, 140.0),
        );
        c.line(&[(x, y), (x + length, y + 2.0)], 2.5, ink(0xDD_EEEA).thin(0.4));
    }
    // The near bank with its stones.
    c.poly(
        &[(0.0, 800.0), (420.0, 850.0), (760.0, HEIGHT), (0.0, HEIGHT)],
        ink(0x8B_8374),
    );
    for _ in 0..24 {
        let (x, y) = (c.between(0.0, 560.0), c.between(840.0, HEIGHT));
        c.oval(x, y, 26.0, 14.0, ink(0xA9_A294));
    }
    if phase == Phase::After {
        return;
    }
    let (x, y) = (c.between(480.0, 640.0), c.between(600.0, 660.0));
    for _ in 0..120 {
        let (dx, dy) = (c.between(-330.0, 380.0), c.between(-80.0, 100.0));
        let color = c.one_of(&[ink(0x4E_8A3C), ink(0x6A_A548), ink(0x3C_7034)]);
        let lean = c.between(-25.0, 25.0);
        c.at(x + dx, y + dy, 1.0, lean, |c| c.oval(0.0, 0.0, 30.0, 12.0, color));
    }
    for _ in 0..16 {
        let (dx, dy, lean) = (
            c.between(-300.0, 340.0),
            c.between(-70.0, 90.0),
            c.between(0.0, 180.0),
        );
        let color = c.one_of(&[ink(0xE9_F2F5), ink(0xB7_DCE8), ink(0x9C_D7A8)]);
        c.at(x + dx, y + dy, 1.0, lean, |c| {
            c.rect(-34.0, -11.0, 58.0, 22.0, color);
            c.rect(24.0, -6.0, 12.0, 12.0, color.shaded(0.9));
            c.rect(36.0, -7.0, 8.0, 14.0, ink(0x2C_6FB7));
        });
    }
    for _ in 0..7 {
        let (dx, dy) = (c.between(-280.0, 320.0), c.between(-60.0, 80.0));
        let color = c.one_of(&[ink(0xE8_E4DA), ink(0xD0_4A42), ink(0xF2_F2F0)]);
        c.soft(
            &[
                (x + dx - 40.0, y + dy),
                (x + dx - 10.0, y + dy - 30.0),
                (x + dx + 44.0, y + dy - 8.0),
                (x + dx + 20.0, y + dy + 20.0),
            ],
            color,
        );
    }
}
