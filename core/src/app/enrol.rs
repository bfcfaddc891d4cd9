//! Enrolment: a code becomes a profile.

use super::identity::{Identity, Mark, setting};
use super::phone::{Phone, ProfileId, ProfileInfo};
use crate::enrolment::{EnrolAnswer, EnrolRequest, EnrolmentCode, RootPin};
use crate::error::Error;
use crate::json;
use crate::signature::{PublicKey, SigningKey};
use crate::store::{Store, StoreError};
use crate::sync::failure::SyncFailure;
use crate::sync::http;
use crate::sync::transport::{HttpRequest, Method, Transport, TransportError};

/// The longest wait for the answer to an enrolment, in ms.
const ENROL_MS_MAX: u64 = 60_000;

impl Phone {
    /// Enrols a profile with the text of a QR code. The install's key is durable before the request leaves, so that an answer that was
    /// lost is given again to the same key when the same code is scanned again.
    ///
    /// # Errors
    /// [`Error::EnrolmentCode`] for other codes, [`Error::EnrolmentRefused`] for a used-up or expired one, [`Error::Sync`] where the
    /// server cannot be reached.
    pub fn enrol(&self, code: &str, transport: &dyn Transport) -> Result<ProfileId, Error> {
        self.enrol_with_key(code, None, transport)
    }

    /// As [`enrol`](Self::enrol), with the database key from the platform's keystore: the profile's database lies under it from its
    /// first byte, and the key is laid down for the township.
    ///
    /// # Errors
    /// As [`enrol`](Self::enrol), and [`StoreError::NoCipher`] where a key is given and this build has no cipher.
    pub fn enrol_with_key(
        &self,
        code: &str,
        database_key: Option<[u8; 32]>,
        transport: &dyn Transport,
    ) -> Result<ProfileId, Error> {
        let code: EnrolmentCode = code.parse()?;
        let root_pem = transport.pinned_root().map(str::to_owned);
        if root_pem.as_ref().map(|pem| RootPin::of(pem.as_bytes())) != code.root {
            let why = "the way to the server is not under the root that the code names";
            return Err(SyncFailure::from(TransportError::Certificate(why.to_owned())).into());
        }
        let (id, mut store) = self.pending_profile(&code, database_key.as_ref())?;
        let key = store
            .read(|tx| tx.setting(setting::KEY))?
            .and_then(|bytes| bytes.as_slice().try_into().ok())
            .and_then(|bytes: [u8; 32]| SigningKey::from_bytes(&bytes).ok())
            .ok_or(StoreError::Unreadable { what: "key" })?;
        let answer = self.ask_to_enrol(&code, &key, transport)?;
        let identity = usable(&answer, key)?;
        store.write(|tx| {
            identity.save(tx)?;
            tx.unset(setting::PENDING_CODE)?;
            tx.make_current(answer.actor, Some(&answer.tag))?;
            for (ordinal, spare) in (1..).zip(&answer.spares) {
                tx.add_spare(spare.actor, &spare.tag, ordinal)?;
            }
            for feed in &answer.feeds {
                tx.add_feed(feed)?;
            }
            tx.add_feed(&answer.township)?;
            tx.set_int(setting::BACKUP_COUNT, 1)
        })?;
        if let Some(database_key) = database_key {
            let mut rng = self.config.rng(id.as_str());
            identity.lay_down(database_key, store.folder(), &mut rng)?;
        }
        Mark::new(&self.identity_folder(), id.as_str()).write(1)?;
        drop(store);
        self.note_profile(&ProfileInfo {
            id: id.clone(),
            person: answer.person,
            name: answer.name,
            label: self.config.device_label.clone(),
            township: answer.township,
            base_url: code.base_url,
            root_pem,
            has_pin: false,
        })?;
        tracing::info!("a profile was enrolled");
        Ok(id)
    }

    /// The profile in which this code was begun before, or a new one with a new key.
    fn pending_profile(
        &self,
        code: &EnrolmentCode,
        database_key: Option<&[u8; 32]>,
    ) -> Result<(ProfileId, Store), Error> {
        let now_ms = self.config.clock.read().wall_at.as_millis();
        let text = code.to_string();
        for id in self.profile_folders()? {
            if self.profile(&id)?.is_none() {
                let store = match Store::open(&self.profile_folder(&id), database_key, now_ms) {
                    Ok(store) => store,
                    // Begun under a key that is lost by now: nothing but a question to the server lies in it.
                    Err(StoreError::WrongKey | StoreError::KeyMissing) => continue,
                    Err(error) => return Err(error.into()),
                };
                if store
                    .read(|tx| tx.setting_text(setting::PENDING_CODE))?
                    .as_deref()
                    == Some(&text)
                {
                    return Ok((id, store));
                }
            }
        }
        let mut rng = self.config.rng(&text);
        let id = ProfileId::random(&mut rng);
        let mut store = Store::open(&self.profile_folder(&id), database_key, now_ms)?;
        let key = SigningKey::random(&mut rng);
        store.write(|tx| {
            tx.set(setting::PENDING_CODE, text.as_bytes())?;
            tx.set(setting::KEY, &key.to_bytes())
        })?;
        Ok((id, store))
    }

    fn ask_to_enrol(
        &self,
        code: &EnrolmentCode,
        key: &SigningKey,
        transport: &dyn Transport,
    ) -> Result<EnrolAnswer, Error> {
        let request = EnrolRequest {
            code: code.secret.clone(),
            public_key: hex::encode(key.public().0),
            app_version: self.config.app_version.clone(),
            device_label: self.config.device_label.clone(),
        };
        let response = transport
            .send(&HttpRequest {
                method: Method::Post,
                path: "/v1/enrol".into(),
                headers: vec![("content-type".into(), "application/json".into())],
                body: serde_json::to_vec(&request).expect("an enrolment is plain JSON"),
                timeout_ms: ENROL_MS_MAX,
            })
            .map_err(SyncFailure::from)?;
        if (400..500).contains(&response.status)
            && let Some(code) = http::error_code(&response)
        {
            return Err(Error::EnrolmentRefused(code));
        }
        http::check_status(&response)?;
        json::read_bytes(&response.body).map_err(|_| SyncFailure::NotTheServer.into())
    }
}

fn usable(answer: &EnrolAnswer, key: SigningKey) -> Result<Identity, Error> {
    let unusable = Error::EnrolmentUnusable;
    let server = hex::decode(&answer.server_public_key).map_err(|_| unusable("the server's key"))?;
    let recovery = hex::decode(&answer.recovery_public_key).map_err(|_| unusable("the recovery key"))?;
    Ok(Identity {
        install: answer.install,
        person: answer.person.clone(),
        township: answer.township.clone(),
        key,
        token: answer.token.clone(),
        server_key: PublicKey::from_slice(&server).map_err(|_| unusable("the server's key"))?,
        recovery_key: recovery.try_into().map_err(|_| unusable("the recovery key"))?,
    })
}
