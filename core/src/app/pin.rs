//! The PIN of a profile: a lock on the screen, so that a colleague who borrows the phone does not act in another's name.
//!
//! It is no encryption: who has the phone's storage can try all PINs. The data are protected by the database key from the platform's
//! keystore. Here wrong tries only become slow, and the PIN itself does not lie there in the clear.

use std::sync::PoisonError;

use serde::{Deserialize, Serialize};

use super::Device;
use super::phone::ProfileInfo;
use crate::error::Error;
use crate::json;
use crate::signature::sha256;
use crate::store::{durable_write, read_file, remove_file};

/// How often the salted hash is hashed again: some 50 ms on an old phone.
const ROUNDS: u32 = 50_000;
/// Tries before the first wait.
const TRIES_FREE: u32 = 3;
/// The first wait in ms; it doubles with every further wrong try, to an hour.
const WAIT_MS_MIN: i64 = 5_000;
const WAIT_MS_MAX: i64 = 3_600_000;

/// Where wrong tries are counted in this process; the file counts them over restarts.
#[derive(Default, Debug)]
pub(super) struct PinGate {
    last_try_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct PinFile {
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    #[serde(with = "hex::serde")]
    hash: [u8; 32],
    wrong: u32,
    wrong_at_ms: i64,
}

impl Device {
    /// Sets the PIN, changes it, or takes it away (`None`). Anybody who is past the lock may.
    pub fn set_pin(&self, pin: Option<&str>) -> Result<(), Error> {
        let path = self.folder.join("pin.json");
        match pin {
            None => remove_file(&path)?,
            Some(pin) => {
                let mut salt = [0u8; 16];
                rand::Rng::fill_bytes(&mut self.lock()?.rng, &mut salt);
                let file = PinFile {
                    salt,
                    hash: stretched(&salt, pin),
                    wrong: 0,
                    wrong_at_ms: 0,
                };
                let json = serde_json::to_vec(&file).expect("a PIN file is plain JSON");
                durable_write(&path, &json)?;
            }
        }
        let info = ProfileInfo {
            has_pin: pin.is_some(),
            ..self.info.clone()
        };
        let json = serde_json::to_vec_pretty(&info).expect("a profile is plain JSON");
        Ok(durable_write(&self.profile_file, &json)?)
    }

    /// Checks a PIN; a profile without one takes any.
    ///
    /// # Errors
    /// [`Error::PinWrong`], also for a right PIN that comes before the wait after wrong ones is over.
    pub fn check_pin(&self, pin: &str) -> Result<(), Error> {
        let mut gate = self.pin.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.join("pin.json");
        let Some(bytes) = read_file(&path)? else {
            return Ok(());
        };
        let Ok(mut file) = json::read_bytes::<PinFile>(&bytes) else {
            return Err(Error::PinWrong {
                retry_after_ms: u64::try_from(WAIT_MS_MAX).unwrap_or(0),
            });
        };
        let now_ms = self.now().as_millis();
        // A clock that was set back waits from the start again; one that was set forward gains a try at most.
        let since_ms = now_ms - file.wrong_at_ms.max(gate.last_try_ms);
        let left_ms = wait_ms(file.wrong) - since_ms.max(0);
        if left_ms > 0 {
            return Err(Error::PinWrong {
                retry_after_ms: u64::try_from(left_ms).unwrap_or(0),
            });
        }
        let is_right = stretched(&file.salt, pin) == file.hash;
        file.wrong = if is_right { 0 } else { file.wrong.saturating_add(1) };
        file.wrong_at_ms = now_ms;
        gate.last_try_ms = if is_right { 0 } else { now_ms };
        let json = serde_json::to_vec(&file).expect("a PIN file is plain JSON");
        durable_write(&path, &json)?;
        if is_right {
            return Ok(());
        }
        Err(Error::PinWrong {
            retry_after_ms: u64::try_from(wait_ms(file.wrong)).unwrap_or(0),
        })
    }
}

fn wait_ms(wrong: u32) -> i64 {
    match wrong.checked_sub(TRIES_FREE) {
        None => 0,
        Some(over) => WAIT_MS_MIN.saturating_mul(1 << over.min(20)).min(WAIT_MS_MAX),
    }
}

fn stretched(salt: &[u8; 16], pin: &str) -> [u8; 32] {
    let mut hash = sha256(&[salt.as_slice(), pin.as_bytes()].concat());
    for _ in 0..ROUNDS {
        hash = sha256(&[salt.as_slice(), &hash].concat());
    }
    hash
}
