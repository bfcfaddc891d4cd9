//! Pixels made smaller by Lanczos' filter with three lobes, in two passes: columns, then rows.
//!
//! Plain loops over four lanes, which the compiler turns into the vectors of each processor, without a buffer between the passes that is
//! larger than one row. Crates for this bring a copy of their loops for each processor, kind of pixel and precision: a megabyte.

use std::f64::consts::PI;

/// How many lobes of the sinc are taken on each side.
const LOBES: f64 = 3.0;

/// The source pixels that make one target pixel, from `first` on, with the share of each. The shares add up to 1.
struct Window {
    first: usize,
    shares: Vec<f32>,
}

/// Makes `pixels` (`CHANNELS` bytes each, rows from the top without padding) smaller. Sides are in pixels, none is 0, and `pixels` has
/// what `from` says.
pub(super) fn shrink<const CHANNELS: usize>(
    pixels: &[u8],
    from: (usize, usize),
    to: (usize, usize),
) -> Vec<u8> {
    let (columns, rows) = (windows(from.0, to.0), windows(from.1, to.1));
    let stride = to.0 * CHANNELS;
    let mut small = vec![0; stride * to.1];
    let half = to.1 / 2;
    let (upper, lower) = small.split_at_mut(half * stride);
    // Both halves at once: even the oldest phones have a second processor.
    std::thread::scope(|scope| {
        scope.spawn(|| shrink_rows::<CHANNELS>(pixels, from.0, &columns, &rows[..half], upper));
        shrink_rows::<CHANNELS>(pixels, from.0, &columns, &rows[half..], lower);
    });
    small
}

/// Makes the target's rows of these windows. `width_px` is the source's.
fn shrink_rows<const CHANNELS: usize>(
    pixels: &[u8],
    width_px: usize,
    columns: &[Window],
    rows: &[Window],
    small: &mut [u8],
) {
    let stride = width_px * CHANNELS;
    let mut sums = vec![0.0; stride];
    let mut line = vec![[0.0; 4]; width_px];
    for (window, target) in rows.iter().zip(small.chunks_exact_mut(columns.len() * CHANNELS)) {
        sums.fill(0.0);
        add_rows(&mut sums, &pixels[window.first * stride..], &window.shares);
        for (pixel, channels) in line.iter_mut().zip(sums.chunks_exact(CHANNELS)) {
            pixel[..CHANNELS].copy_from_slice(channels);
        }
        for (window, target) in columns.iter().zip(target.chunks_exact_mut(CHANNELS)) {
            target.copy_from_slice(&average(&line[window.first..], &window.shares)[..CHANNELS]);
        }
    }
}

/// Adds the rows at the beginning of `pixels`, each by its share; four at a time, so that a sum is fetched and stored once for them.
fn add_rows(sums: &mut [f32], pixels: &[u8], shares: &[f32]) {
    let stride = sums.len();
    let mut rows = pixels.chunks_exact(stride);
    let mut next = || rows.next().expect("a window lies within the picture");
    let (fours, rest) = shares.as_chunks::<4>();
    for [a, b, c, d] in fours {
        let four = next().iter().zip(next()).zip(next()).zip(next());
        for (sum, (((w, x), y), z)) in sums.iter_mut().zip(four) {
            *sum += a * f32::from(*w) + b * f32::from(*x) + c * f32::from(*y) + d * f32::from(*z);
        }
    }
    for share in rest {
        for (sum, value) in sums.iter_mut().zip(next()) {
            *sum += share * f32::from(*value);
        }
    }
}

fn average(line: &[[f32; 4]], shares: &[f32]) -> [u8; 4] {
    let mut sum = [0.5; 4];
    for (pixel, share) in line.iter().zip(shares) {
        for (sum, value) in sum.iter_mut().zip(pixel) {
            *sum += share * value;
        }
    }
    sum.map(byte)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast stops at 0 and 255, which is what is wanted of a filter that overshoots"
)]
const fn byte(value: f32) -> u8 {
    value as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sides have at most 16 bits and stop at 0"
)]
fn windows(from: usize, to: usize) -> Vec<Window> {
    let scale = from as f64 / to as f64;
    let stretch = scale.max(1.0);
    let radius = LOBES * stretch;
    let window = |index: usize| {
        let centre = (index as f64 + 0.5) * scale;
        let first = (centre - radius).floor().max(0.0) as usize;
        let end = ((centre + radius).ceil() as usize).min(from);
        let weights = (first..end).map(|at| lanczos((at as f64 + 0.5 - centre) / stretch));
        let weights: Vec<f64> = weights.collect();
        let sum: f64 = weights.iter().sum();
        Window {
            first,
            shares: weights.into_iter().map(|weight| (weight / sum) as f32).collect(),
        }
    };
    (0..to).map(window).collect()
}

fn lanczos(x: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { x.sin() / x };
    if x.abs() < LOBES {
        sinc(x * PI) * sinc(x * PI / LOBES)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: every target pixel a sum over all source pixels, in double precision.
    fn slow(pixels: &[u8], channels: usize, from: (usize, usize), to: (usize, usize)) -> Vec<f64> {
        let weight = |from: usize, to: usize, target: usize, at: usize| {
            let scale = from as f64 / to as f64;
            lanczos((at as f64 + 0.5 - (target as f64 + 0.5) * scale) / scale.max(1.0))
        };
        let mut small = Vec::new();
        for y in 0..to.1 {
            for x in 0..to.0 {
                for channel in 0..channels {
                    let (mut sum, mut weights) = (0.0, 0.0);
                    for v in 0..from.1 {
                        for u in 0..from.0 {
                            let weight = weight(from.1, to.1, y, v) * weight(from.0, to.0, x, u);
                            sum += weight * f64::from(pixels[(v * from.0 + u) * channels + channel]);
                            weights += weight;
                        }
                    }
                    small.push((sum / weights).clamp(0.0, 255.0));
                }
            }
        }
        small
    }

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    }

    fn is_the_definition<const CHANNELS: usize>(from: (usize, usize), to: (usize, usize)) {
        let pixels = noise(from.0 * from.1 * CHANNELS);
        let made = shrink::<CHANNELS>(&pixels, from, to);
        let wanted = slow(&pixels, CHANNELS, from, to);
        assert_eq!(made.len(), wanted.len());
        for (made, wanted) in made.iter().zip(wanted) {
            assert!((f64::from(*made) - wanted).abs() <= 0.51, "{made} for {wanted}");
        }
    }

    #[test]
    fn every_pixel_is_what_the_definition_says() {
        is_the_definition::<3>((40, 30), (16, 12));
        is_the_definition::<1>((33, 47), (11, 16));
        is_the_definition::<4>((25, 9), (24, 9));
        is_the_definition::<3>((60, 1), (1, 1));
        is_the_definition::<3>((1, 50), (1, 7));
        is_the_definition::<1>((5, 5), (1, 1));
    }

    #[test]
    fn one_colour_stays_that_colour_and_edges_do_not_wrap_round() {
        assert_eq!(
            shrink::<3>(&[200; 90 * 70 * 3], (90, 70), (31, 23)),
            [200; 31 * 23 * 3]
        );
        let halves: Vec<u8> = (0..64 * 64).map(|i| if i % 64 < 32 { 0 } else { 255 }).collect();
        let small = shrink::<1>(&halves, (64, 64), (16, 16));
        for row in small.chunks_exact(16) {
            assert_eq!((row[0], row[4], row[11], row[15]), (0, row[4], row[11], 255));
            assert!(row[4] < 20 && row[11] > 235, "{row:?}");
        }
    }
}
