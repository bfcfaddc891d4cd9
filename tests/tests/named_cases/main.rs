//! The cases that broke other systems, each as a test with a claim for its name.
//!
//! Sources: bug trackers of comparable field apps, and a review of this design. All run on the real device core, the real ledger and the
//! server's own router, in virtual time.

mod content;
mod decisions;
mod erasure;
mod losses;

use xunge_tests::world::World;

/// A world with phones for these people, one each, synced once.
fn world(seed: u64, people: &[&str]) -> World {
    let mut world = World::small(seed);
    for person in people {
        let phone = world.add_phone(&[person]);
        world.phones[phone].sync();
    }
    world
}

/// The grid of worker `w01` and chief `c01`.
const GRID: &str = "QH-YF-A1";
/// Another grid.
const OTHER_GRID: &str = "QH-YF-B1";
