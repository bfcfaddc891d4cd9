//! People, drawn plainly and without faces, so that nobody is recognised in a drawing either.

use super::canvas::{Canvas, Ink, ink};

/// How somebody holds the arms: the hand of the far and of the near arm, from the shoulder, in units of a figure
/// 300 high that faces right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    pub(super) far_hand: (f32, f32),
    pub(super) near_hand: (f32, f32),
    pub(super) lean_deg: f32,
}

/// Arms down.
pub(super) const STANDING: Pose = Pose {
    far_hand: (14.0, 96.0),
    near_hand: (-8.0, 98.0),
    lean_deg: 0.0,
};
/// One arm pointing at somebody.
pub(super) const SCOLDING: Pose = Pose {
    far_hand: (92.0, -22.0),
    near_hand: (26.0, 60.0),
    lean_deg: 5.0,
};
/// Both arms thrown up.
pub(super) const PROTESTING: Pose = Pose {
    far_hand: (66.0, -70.0),
    near_hand: (60.0, -40.0),
    lean_deg: -4.0,
};
/// One hand held out.
pub(super) const GREETING: Pose = Pose {
    far_hand: (84.0, 44.0),
    near_hand: (-6.0, 96.0),
    lean_deg: 3.0,
};
/// Both hands busy in front.
pub(super) const SERVING: Pose = Pose {
    far_hand: (62.0, 52.0),
    near_hand: (50.0, 62.0),
    lean_deg: 3.0,
};

/// Somebody whose feet are at `x`, `y`; `scale` 1 is 300 units high, negative `facing` looks left.
pub(super) fn person(c: &mut Canvas, x: f32, y: f32, scale: f32, facing: f32, shirt: Ink, pose: Pose) {
    let skin = c.one_of(&[ink(0xE3_B48E), ink(0xD9_A57C), ink(0xEC_C19D)]);
    let hair = c.one_of(&[ink(0x20_1C1A), ink(0x3A_332E), ink(0x77_7370)]);
    let trousers = c.one_of(&[ink(0x34_3C4C), ink(0x4A_4640), ink(0x26_2B33)]);
    c.shadow(x, y, 78.0 * scale, 14.0 * scale);
    c.at(x, y, scale, 0.0, |c| {
        let flip = |point: (f32, f32)| (point.0 * facing, point.1);
        for side in [-1.0, 1.0] {
            c.line(
                &[(side * 13.0, -128.0), (side * 17.0, -66.0), (side * 19.0, -8.0)],
                27.0,
                trousers,
            );
            c.line(
                &[flip((side * 19.0, -4.0)), flip((side * 19.0 + 16.0, -2.0))],
                13.0,
                ink(0x1D_1D1F),
            );
        }
        c.at(0.0, -128.0, 1.0, pose.lean_deg * facing, |c| {
            let arm = |c: &mut Canvas, hand: (f32, f32), color: Ink, side: f32| {
                let shoulder = flip((side, -92.0));
                let hand = flip((hand.0 + side, hand.1 - 92.0));
                let drop = 12.0;
                let elbow = (
                    (shoulder.0 + hand.0) / 2.0 - 6.0 * facing,
                    (shoulder.1 + hand.1) / 2.0 + drop,
                );
                c.line(&[shoulder, elbow], 24.0, color);
                c.line(&[elbow, hand], 19.0, color);
                c.dot(hand.0, hand.1, 11.0, skin);
            };
            arm(c, pose.far_hand, shirt.shaded(0.78), 16.0);
            c.soft(
                &[
                    (-38.0, -112.0),
                    (38.0, -112.0),
                    (40.0, -40.0),
                    (34.0, 18.0),
                    (-34.0, 18.0),
                    (-40.0, -40.0),
                ],
                shirt,
            );
            c.rect(-9.0, -122.0, 18.0, 20.0, skin.shaded(0.9));
            c.oval(0.0, -143.0, 25.0, 29.0, skin);
            c.soft(
                &[
                    flip((-30.0, -140.0)),
                    flip((-28.0, -178.0)),
                    flip((24.0, -182.0)),
                    flip((30.0, -156.0)),
                    flip((2.0, -160.0)),
                    flip((-14.0, -128.0)),
                ],
                hair,
            );
            arm(c, pose.near_hand, shirt.shaded(0.92), -20.0);
        });
    });
}
