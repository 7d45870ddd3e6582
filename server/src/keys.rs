//! The master key: made once, kept apart from the database, never written anywhere else.
//!
//! A word that it sealed stands in the database. When the key at hand does not open that, or nothing else that was sealed
//! there, the server stops instead of writing what nobody could read again.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result, anyhow, ensure};
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

    /// The key of a data folder: the one from the settings if they give one, else the file. It is made at the first start,
    /// but never for a database in which something was sealed already.
    pub fn of(data: &Path, from_settings: &str, needed: bool) -> Result<Self> {
        if !from_settings.is_empty() {
            let bytes = parse(from_settings).context("The setting keys.master is wrong: give 32 bytes in base64.")?;
            return Ok(Self::new(&bytes));
        }

        let file = data.join("master.key");
        if !file.exists() {
            ensure!(
                !needed,
                "The key file {} is missing, and without it no message can be read. Put back the copy from your backup, \
                 or give the key in EARSHOT_KEYS_MASTER.",
                file.display()
            );
            make(&file).with_context(|| format!("The key file {} cannot be written.", file.display()))?;
        }
        let text = fs::read_to_string(&file)
            .with_context(|| format!("The key file {} cannot be read. Check its permissions.", file.display()))?;
        let bytes = parse(&text).with_context(|| {
            format!("The key file {} is damaged. Put back the copy from your backup.", file.display())
        })?;
        Ok(Self::new(&bytes))
    }

    /// Proves the key by what is stored, and leaves a word there by which the key is known again, whichever node asks.
    pub async fn prove(&self, store: &dyn Store) -> Result<()> {
        let unavailable = |error| anyhow!("The store does not work: {error}.");

        let opens = services::sealing::key_opens_what_is_stored(store, self).await.map_err(unavailable)?;
        ensure!(opens, WRONG);
        let known = store.key_check(&self.seal(KNOWN.0, KNOWN.1)).await.map_err(|error| unavailable(error.into()))?;
        ensure!(self.open(&known, KNOWN.1).as_deref() == Some(KNOWN.0), WRONG);
        Ok(())
    }
}

const WRONG: &str = "This is not the key that the messages in the database were written with. Put back the right key file, \
                     or the right key in EARSHOT_KEYS_MASTER. All nodes need the same.";

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

/// Writes a new key into a file that only this user may read. After a crash it is there as a whole or not at all, and of
/// several nodes that share the folder one makes it.
fn make(file: &Path) -> io::Result<()> {
    let (bytes, draft): ([u8; KEY_BYTES], u64) = rand::random();
    let draft = file.with_extension(format!("draft-{draft:x}"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);

    let mut written = options.open(&draft)?;
    written.write_all(format!("{}\n", STANDARD.encode(bytes)).as_bytes())?;
    written.sync_all()?;
    let linked = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    if let Err(error) = linked
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        return Err(error);
    }

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
        let (data, store) = (tempfile::tempdir().unwrap(), MemoryStore::default());
        let stopped = |settings: &str| MasterKey::of(data.path(), settings, true).err().unwrap().to_string();

        assert!(stopped("").contains("missing"), "{}", stopped(""));
        MasterKey::of(data.path(), "", false).unwrap().prove(&store).await.unwrap();
        MasterKey::of(data.path(), "", true).unwrap().prove(&store).await.unwrap();

        let other = MasterKey::of(data.path(), &STANDARD.encode([7; 32]), true).unwrap();
        let wrong = other.prove(&store).await.err().unwrap().to_string();
        assert!(wrong.contains("not the key"), "{wrong}");
        assert!(stopped("c2hvcnQ=").contains("32 bytes"));
        fs::write(data.path().join("master.key"), "c2hvcnQ=").unwrap();
        assert!(stopped("").contains("damaged"), "{}", stopped(""));
    }

    #[tokio::test]
    async fn m14_a_key_that_opens_nothing_stored_stops_the_server_and_is_not_noted() {
        let world = World::new().await;
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        let conversation = world.contacts(&ana, &bo).await;
        let id = MessageId(world.services.fresh_id());
        world.services.send(&ana, id, conversation, MessageBody::Text("good night".into())).await.unwrap();

        let wrong = MasterKey::new(&[8; 32]).prove(&*world.store).await.err().unwrap().to_string();
        assert!(wrong.contains("not the key"), "{wrong}");

        // The key of every world.
        MasterKey::new(&[7; 32]).prove(&*world.store).await.unwrap();
    }

    #[tokio::test]
    async fn m14_where_nobody_has_written_the_age_of_a_child_proves_the_key() {
        let world = World::new().await;
        world.young_member("ana").await;

        let wrong = MasterKey::new(&[8; 32]).prove(&*world.store).await.err().unwrap().to_string();
        assert!(wrong.contains("not the key"), "{wrong}");

        // The key of every world.
        MasterKey::new(&[7; 32]).prove(&*world.store).await.unwrap();
    }

    #[test]
    fn m14_nodes_that_share_a_folder_make_one_key() {
        let data = tempfile::tempdir().unwrap();

        let keys: Vec<_> = std::thread::scope(|scope| {
            let made: Vec<_> = (0..8).map(|_| scope.spawn(|| MasterKey::of(data.path(), "", false).unwrap())).collect();
            made.into_iter().map(|key| key.join().unwrap()).collect()
        });

        let sealed = keys[0].seal(b"word", b"");
        assert!(keys.iter().all(|key| key.open(&sealed, b"").as_deref() == Some(b"word")));
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1, "nothing else is left");
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
