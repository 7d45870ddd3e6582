//! The master key: made once, kept apart from the database, never written anywhere else.
//!
//! Beside it stands a sealed word. When the key at hand does not open it, the server stops instead of writing what
//! nobody could read again.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use services::ports::Keys;

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
        key.check(&data.join("master.check"))?;
        Ok(key)
    }

    fn check(&self, file: &Path) -> Result<()> {
        match fs::read(file) {
            Ok(sealed) => {
                ensure!(
                    self.open(&sealed, KNOWN.1).as_deref() == Some(KNOWN.0),
                    "This is not the key that the data in {} was written with. Put back the right key file, or the right \
                     key in EARSHOT_KEYS_MASTER.",
                    file.parent().unwrap_or(file).display()
                );
                Ok(())
            }
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {
                let sealed = self.seal(KNOWN.0, KNOWN.1);
                fs::write(file, sealed).with_context(|| format!("The file {} cannot be written.", file.display()))
            }
            Err(error) => Err(error).with_context(|| format!("The file {} cannot be read.", file.display())),
        }
    }
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

/// Writes a new key that only this user may read, and waits until it is on disk.
fn make(file: &Path) -> io::Result<[u8; KEY_BYTES]> {
    let bytes: [u8; KEY_BYTES] = rand::random();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);

    let mut written = options.open(file)?;
    writeln!(written, "{}", STANDARD.encode(bytes))?;
    written.sync_all()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn m14_a_wrong_missing_or_short_key_stops_the_server() {
        let data = tempfile::tempdir().unwrap();
        let stopped = |settings: &str| MasterKey::of(data.path(), settings, true).err().unwrap().to_string();

        assert!(stopped("").contains("missing"), "{}", stopped(""));
        MasterKey::of(data.path(), "", false).unwrap();
        MasterKey::of(data.path(), "", true).unwrap();

        let other = STANDARD.encode([7; 32]);
        assert!(stopped(&other).contains("not the key"), "{}", stopped(&other));
        assert!(stopped("c2hvcnQ=").contains("32 bytes"));
        fs::write(data.path().join("master.key"), "c2hvcnQ=").unwrap();
        assert!(stopped("").contains("damaged"), "{}", stopped(""));
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
