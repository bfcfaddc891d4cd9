//! What walkers do, and that the same seed does it again.

use rand::SeedableRng;

use super::*;

/// About 800 m by 700 m near 28.3° N.
fn outline() -> Coordinates {
    let (south, west) = (28.300, 120.900);
    vec![vec![vec![
        [west, south],
        [west + 0.008, south],
        [west + 0.008, south + 0.0065],
        [west, south + 0.0065],
        [west, south],
    ]]]
}

#[test]
fn the_same_seed_walks_the_same_way() {
    let walk = |seed| {
        let mut rng = StdRng::seed_from_u64(seed);
        walk_through(&outline(), 1_800_000, &Faults::USUAL, &mut rng)
    };
    assert_eq!(walk(7), walk(7));
    assert_ne!(walk(7), walk(8));
}

#[test]
fn a_walk_without_faults_stays_in_the_grid_at_walking_speed() {
    let mut rng = StdRng::seed_from_u64(3);
    let walk = walk_through(&outline(), 3_600_000, &Faults::NONE, &mut rng);
    assert!(walk.len() > 700, "an hour at five seconds: {}", walk.len());
    for reading in &walk {
        let Position { lat_deg, lon_deg } = reading.position;
        assert!((28.2998..28.3067).contains(&lat_deg), "{lat_deg}");
        assert!((120.8998..120.9082).contains(&lon_deg), "{lon_deg}");
    }
    let way_m: f64 = walk
        .windows(2)
        .map(|pair| pair[0].position.distance_m(&pair[1].position))
        .sum();
    let seconds = walk.len() as f64 * 5.0;
    assert!(
        (0.9..1.8).contains(&(way_m / seconds)),
        "{way_m} m in {seconds} s"
    );
}

#[test]
fn every_fault_of_a_usual_phone_happens_in_a_day_of_walks() {
    let mut rng = StdRng::seed_from_u64(5);
    let mut walks = Vec::new();
    for _ in 0..12 {
        walks.push(walk_through(&outline(), 3_600_000, &Faults::USUAL, &mut rng));
    }
    let any = |holds: &dyn Fn(&[Reading]) -> bool| walks.iter().any(|walk| walk.windows(2).any(holds));
    assert!(any(&|pair| pair[0] == pair[1]), "a reading twice");
    assert!(
        any(&|pair| pair[1].after_ms - pair[0].after_ms > 30_000),
        "silence"
    );
    assert!(
        any(&|pair| pair[0].position.distance_m(&pair[1].position) > 200.0),
        "a leap"
    );
    assert!(
        any(&|pair| pair[0].provider == Provider::Network),
        "the mobile network"
    );
    assert!(
        any(&|pair| pair[0].provider == Provider::Satellite && pair[0].accuracy_m > 24.0),
        "a narrow lane"
    );
    assert!(any(&|pair| pair[0].speed_mps < 0.1), "a stop");
}
