//! The master key: made once, kept apart from the database, never written anywhere else.
//!
//! Beside it stands a sealed word. When the key at hand does not open it, or none of the data keys in the database, the
//! server stops instead of writing what nobody could read again.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use services::ports::{Keys, Store};

/// Bytes of a master key.
const KEY_BYTES: usize = 32;
/// Bytes of a nonce, which stands in front of what was sealed.
const NONCE_BYTES: usize = 24;
/// What is sealed to know the key again, and its context.
const KNOWN: (&[u8], &[u8]) = (b"earshot", b"key check");

/// XChaCha20-Poly1305 under one master key, with the context as associated data.
pub struct MasterKey(XChaCha20Poly1305);

impl MasterKey {
    /// From its bytes.
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(*bytes)))
    }

    /// The key of a data folder: the one from the settings if they give one, else the file, made at the first start.
    pub fn of(data: &Path, from_settings: &str, database_exists: bool) -> Result<Self> {
        let file = data.join("master.key");
        let bytes = if !from_settings.is_empty() {
            parse(from_settings).context("The setting keys.master is wrong: give 32 bytes in base64.")?
        } else if file.exists() {
            let text = fs::read_to_string(&file)
                .with_context(|| format!("The key file {} cannot be read. Check its permissions.", file.display()))?;
            parse(&text).with_context(|| {
                format!("The key file {} is damaged. Put back the copy from your backup.", file.display())
            })?
        } else if database_exists {
            bail!(
                "The key file {} is missing, and without it no message can be read. Put back the copy from your backup, \
                 or give the key in EARSHOT_KEYS_MASTER.",
                file.display()
            );
        } else {
            make(&file).with_context(|| format!("The key file {} cannot be written.", file.display()))?
        };

        let key = Self::new(&bytes);
        match fs::read(check_file(data)) {
            Ok(sealed) => ensure!(key.open(&sealed, KNOWN.1).as_deref() == Some(KNOWN.0), wrong(data)),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| format!("The file {} cannot be read.", check_file(data).display()));
            }
        }
        Ok(key)
    }

    /// Proves the key by what is stored, whether or not there was a sealed word beside it, and leaves one there.
    pub async fn prove(&self, data: &Path, store: &dyn Store) -> Result<()> {
        let opens = services::sealing::key_opens_what_is_stored(store, self).await;
        ensure!(opens.map_err(|error| anyhow!("The store does not work: {error}."))?, wrong(data));

        let file = check_file(data);
        if !file.exists() {
            put(&file, &self.seal(KNOWN.0, KNOWN.1))
                .with_context(|| format!("The file {} cannot be written.", file.display()))?;
        }
        Ok(())
    }
}

fn check_file(data: &Path) -> PathBuf {
    data.join("master.check")
}

fn wrong(data: &Path) -> String {
    format!(
        "This is not the key that the data in {} was written with. Put back the right key file, or the right key in \
         EARSHOT_KEYS_MASTER.",
        data.display()
    )
}

impl Keys for MasterKey {
    fn seal(&self, secret: &[u8], context: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: context })
            .expect("a small secret is never too long for the cipher");

        [nonce.as_slice(), &sealed].concat()
    }

    fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;

        self.0.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context }).ok()
    }
}

fn parse(text: &str) -> Option<[u8; KEY_BYTES]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

/// Writes a new key.
fn make(file: &Path) -> io::Result<[u8; KEY_BYTES]> {
    let bytes: [u8; KEY_BYTES] = rand::random();

    put(file, format!("{}\n", STANDARD.encode(bytes)).as_bytes())?;
    Ok(bytes)
}

/// Writes a file that only this user may read. After a crash it is there as a whole or not at all.
fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = file.with_extension("draft");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);

    let mut written = options.open(&draft)?;
    written.write_all(bytes)?;
    written.sync_all()?;
    fs::rename(&draft, file)?;

    // The new name must be on disk as well. Elsewhere a folder cannot be opened as a file.
    if cfg!(unix) {
        File::open(file.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::{MessageId, messages::MessageBody};
    use services::contract::{MemoryStore, World};

    use super::*;

    #[test]
    fn m14_only_key_and_context_together_open_a_secret() {
        let (key, other) = (MasterKey::new(&[1; 32]), MasterKey::new(&[2; 32]));
        let sealed = key.seal(b"data key", b"conversation");

        assert_eq!(key.open(&sealed, b"conversation").as_deref(), Some(&b"data key"[..]));
        assert_eq!(key.open(&sealed, b"another"), None);
        assert_eq!(other.open(&sealed, b"conversation"), None);
        assert_eq!(key.open(&sealed[..10], b"conversation"), None);
        assert_ne!(key.seal(b"data key", b"conversation"), sealed, "no nonce is used twice");
    }

    #[tokio::test]
    async fn m14_a_wrong_missing_or_short_key_stops_the_server() {
        let data = tempfile::tempdir().unwrap();
        let stopped = |settings: &str| MasterKey::of(data.path(), settings, true).err().unwrap().to_string();

        assert!(stopped("").contains("missing"), "{}", stopped(""));
        let key = MasterKey::of(data.path(), "", false).unwrap();
        key.prove(data.path(), &MemoryStore::default()).await.unwrap();
        MasterKey::of(data.path(), "", true).unwrap();

        let other = STANDARD.encode([7; 32]);
        assert!(stopped(&other).contains("not the key"), "{}", stopped(&other));
        assert!(stopped("c2hvcnQ=").contains("32 bytes"));
        fs::write(data.path().join("master.key"), "c2hvcnQ=").unwrap();
        assert!(stopped("").contains("damaged"), "{}", stopped(""));
    }

    #[tokio::test]
    async fn m14_a_key_that_opens_nothing_stored_stops_the_server_without_a_check_file_too() {
        let (data, world) = (tempfile::tempdir().unwrap(), World::new().await);
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        let conversation = world.contacts(&ana, &bo).await;
        let id = MessageId(world.services.fresh_id());
        world.services.send(&ana, id, conversation, MessageBody::Text("good night".into())).await.unwrap();
        let check = data.path().join("master.check");

        let wrong = MasterKey::new(&[8; 32]).prove(data.path(), &*world.store).await.err().unwrap().to_string();
        assert!(wrong.contains("not the key"), "{wrong}");
        assert!(!check.exists(), "a wrong key is not noted as the right one");

        // The key of every world.
        MasterKey::new(&[7; 32]).prove(data.path(), &*world.store).await.unwrap();
        assert!(check.exists() && !data.path().join("master.draft").exists());
        MasterKey::of(data.path(), &STANDARD.encode([7; 32]), true).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_its_user_may_read_the_key_file() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();

        MasterKey::of(data.path(), "", false).unwrap();

        let mode = fs::metadata(data.path().join("master.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
