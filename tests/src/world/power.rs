//! Power cuts in a world: what must be switched on again, and how.

use super::World;

impl World {
    /// Switches on whatever lost its power; says what did.
    pub fn switch_on_again(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        for phone in &mut self.phones {
            if !phone.drive.has_power() {
                phone.switch_on_again();
                said.push(format!("  phone {} lost its power and is on again", phone.index));
            }
        }
        if !self.drive.has_power() {
            self.restart_server();
            said.push("  the server lost its power and is on again".to_owned());
        }
        said
    }

    /// Lets no power go for the time being: what follows is not to be cut.
    pub fn keep_power(&self) {
        self.drive.cut_power_after(None);
        for phone in &self.phones {
            phone.drive.cut_power_after(None);
        }
    }

    /// How often some power was cut.
    pub fn power_cuts(&self) -> u64 {
        self.drive.cuts() + self.phones.iter().map(|phone| phone.drive.cuts()).sum::<u64>()
    }
}
