//! Message encryption at rest (rule M14): a data key per (conversation, sender), wrapped by the master key,
//! XChaCha20-Poly1305.
//!
//! A sealed body is one byte of version, 24 bytes of nonce and the encrypted body with its tag. It opens only in the row
//! that it was made for: conversation, sender and message id are bound to it. A new master key needs to wrap the data keys
//! again, not the messages. Destroying a data key destroys what its sender wrote there.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use domain::{ConversationId, MemberId, MessageId, messages::MessageBody};

use crate::{
    Error, Result, Services,
    accounts::gates,
    ports::{Keys, Store},
};

/// The layout that this build writes.
const VERSION: u8 = 1;
/// Damaged messages that are remembered. When there are more, all are forgotten, and logged again when they are read.
const DAMAGED_IN_MEMORY: usize = 4_096;
/// Data keys, and sealed days, that are tried before a master key counts as wrong: one may be damaged, not all.
const KEYS_TO_TRY: u32 = 16;
/// Unwrapped keys that are kept in memory. When there are more, all are forgotten and unwrapped again as needed.
const KEYS_IN_MEMORY: usize = 4_096;

type DataKey = [u8; 32];

/// The data keys in use.
#[derive(Default)]
pub struct Sealer {
    keys: Mutex<HashMap<(ConversationId, MemberId), DataKey>>,
    /// Messages that did not open and of which the log knows.
    damaged: Mutex<HashSet<MessageId>>,
}

impl Sealer {
    fn known(&self, of: (ConversationId, MemberId)) -> Option<DataKey> {
        self.keys.lock().expect("nothing panics while it holds the keys").get(&of).copied()
    }

    fn remember(&self, of: (ConversationId, MemberId), key: DataKey) {
        let mut keys = self.keys.lock().expect("nothing panics while it holds the keys");
        if keys.len() >= KEYS_IN_MEMORY {
            keys.clear();
        }
        keys.insert(of, key);
    }

    /// Whether nobody was told yet that this message does not open.
    pub(crate) fn is_news(&self, message: MessageId) -> bool {
        let mut damaged = self.damaged.lock().expect("nothing panics while it holds the damaged messages");
        if damaged.len() >= DAMAGED_IN_MEMORY {
            damaged.clear();
        }
        damaged.insert(message)
    }
}

/// Whether this master key opens what is stored: at least one data key or sealed day of those that are there, if there are
/// any.
pub async fn key_opens_what_is_stored(store: &dyn Store, keys: &dyn Keys) -> Result<bool> {
    let stored = store.some_data_keys(KEYS_TO_TRY).await?;
    let opens = |(conversation, sender, sealed): &(ConversationId, MemberId, Vec<u8>)| {
        keys.open(sealed, &wrapping(*conversation, *sender)).is_some()
    };

    let ages = store.some_sealed_ages(KEYS_TO_TRY).await?;
    let shows = |(member, sealed): &(MemberId, Vec<u8>)| keys.open(sealed, &gates::context(*member)).is_some();

    Ok(stored.is_empty() && ages.is_empty() || stored.iter().any(opens) || ages.iter().any(shows))
}

/// Why stored content could not be read. It names no content.
#[derive(Debug, thiserror::Error)]
enum SealError {
    #[error("there is no key for the messages of {1} in conversation {0}")]
    NoKey(ConversationId, MemberId),
    #[error("the master key does not open the key for the messages of {1} in conversation {0}")]
    KeySealed(ConversationId, MemberId),
    #[error("message {0} does not open: it was changed, moved or made with another key")]
    BodySealed(MessageId),
}

impl From<SealError> for Error {
    fn from(error: SealError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl Error {
    /// Whether a single message or key is at fault, and not the store.
    pub(crate) fn is_sealed(&self) -> bool {
        matches!(self, Self::Unavailable(error) if error.is::<SealError>())
    }
}

impl Services {
    /// Encrypts a body for one row.
    pub(crate) async fn seal_body(
        &self,
        conversation: ConversationId,
        sender: MemberId,
        message: MessageId,
        body: &MessageBody,
    ) -> Result<Vec<u8>> {
        let key = self.data_key_for_writing(conversation, sender).await?;
        let nonce = *self.ports.random.secret().first_chunk::<24>().expect("a secret is longer than a nonce");

        let plain = postcard::to_allocvec(body).expect("bodies hold nothing that postcard cannot write");
        let binding = binding(conversation, sender, message);
        let payload = Payload { msg: &plain, aad: &binding };
        let sealed =
            cipher(key).encrypt(&XNonce::from(nonce), payload).expect("messages are far below the cipher's limit");
        Ok([&[VERSION], &nonce[..], &sealed].concat())
    }

    /// The body of a row again. Fails when the row was changed or is not the one that the body was sealed for.
    pub(crate) async fn open_body(
        &self,
        conversation: ConversationId,
        sender: MemberId,
        message: MessageId,
        sealed: &[u8],
    ) -> Result<MessageBody> {
        let key = self.data_key(conversation, sender).await?.ok_or(SealError::NoKey(conversation, sender))?;

        let opened = open(key, &binding(conversation, sender, message), sealed);
        Ok(opened.ok_or(SealError::BodySealed(message))?)
    }

    /// The key of a sender, made at their first message.
    async fn data_key_for_writing(&self, conversation: ConversationId, sender: MemberId) -> Result<DataKey> {
        if let Some(key) = self.data_key(conversation, sender).await? {
            return Ok(key);
        }

        // Two nodes may both make one: the store keeps the first and answers it to both.
        let wrapped = self.ports.keys.seal(&self.ports.random.secret(), &wrapping(conversation, sender));
        let stored = self.ports.store.add_data_key(conversation, sender, &wrapped).await?;
        self.unwrap_key(conversation, sender, &stored)
    }

    async fn data_key(&self, conversation: ConversationId, sender: MemberId) -> Result<Option<DataKey>> {
        if let Some(key) = self.sealer.known((conversation, sender)) {
            return Ok(Some(key));
        }

        let stored = self.ports.store.data_key(conversation, sender).await?;
        stored.map(|stored| self.unwrap_key(conversation, sender, &stored)).transpose()
    }

    fn unwrap_key(&self, conversation: ConversationId, sender: MemberId, wrapped: &[u8]) -> Result<DataKey> {
        let key = self.ports.keys.open(wrapped, &wrapping(conversation, sender));
        let key = key.and_then(|key| DataKey::try_from(key).ok()).ok_or(SealError::KeySealed(conversation, sender))?;

        self.sealer.remember((conversation, sender), key);
        Ok(key)
    }
}

fn cipher(key: DataKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(key))
}

fn open(key: DataKey, binding: &[u8], sealed: &[u8]) -> Option<MessageBody> {
    let (&[VERSION], sealed) = sealed.split_first_chunk()? else { return None };
    let (nonce, sealed) = sealed.split_first_chunk::<24>()?;

    let plain = cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: binding }).ok()?;
    postcard::from_bytes(&plain).ok()
}

/// What ties a sealed body to its row.
fn binding(conversation: ConversationId, sender: MemberId, message: MessageId) -> Vec<u8> {
    [&[VERSION], &conversation.0.as_bytes()[..], sender.0.as_bytes(), message.0.as_bytes()].concat()
}

/// What ties a wrapped key to its conversation and sender, and to being such a key.
fn wrapping(conversation: ConversationId, sender: MemberId) -> Vec<u8> {
    [&b"data key"[..], conversation.0.as_bytes(), sender.0.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{contract::World, ports::store::MessageStore};

    /// A place for a message: conversation, sender, id.
    type Row = (ConversationId, MemberId, MessageId);

    fn row(numbers: (u8, u8, u8)) -> Row {
        let id = |number: u8| Uuid::from_u128(number.into());

        (ConversationId(id(numbers.0)), MemberId(id(numbers.1)), MessageId(id(numbers.2)))
    }

    async fn seal(world: &World, (conversation, sender, message): Row, body: &MessageBody) -> Vec<u8> {
        world.services.seal_body(conversation, sender, message, body).await.unwrap()
    }

    async fn open(world: &World, (conversation, sender, message): Row, sealed: &[u8]) -> Result<MessageBody> {
        world.services.open_body(conversation, sender, message, sealed).await
    }

    fn wait<T>(story: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(story)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn m14_a_sealed_body_opens_in_its_row_and_shows_nothing(text in "[a-z]{4,200}", at in any::<(u8, u8, u8)>()) {
            wait(async {
                let world = World::new().await;
                let body = MessageBody::Text(text.clone());

                let sealed = seal(&world, row(at), &body).await;

                assert!(!sealed.windows(4).any(|part| text.as_bytes().windows(4).any(|plain| plain == part)));
                assert_eq!(open(&world, row(at), &sealed).await.unwrap(), body);
            });
        }

        #[test]
        fn m14_a_moved_body_does_not_open(at in any::<(u8, u8, u8)>(), to in any::<(u8, u8, u8)>()) {
            prop_assume!(at != to);
            wait(async {
                let world = World::new().await;
                let sealed = seal(&world, row(at), &MessageBody::Text("for one row only".into())).await;

                // The other row may have a key of its own or none.
                if at.2 % 2 == 0 {
                    seal(&world, row(to), &MessageBody::Text("another".into())).await;
                }

                assert!(open(&world, row(to), &sealed).await.is_err());
            });
        }

        #[test]
        fn m14_a_changed_body_does_not_open(place in any::<prop::sample::Index>(), change in 1..=u8::MAX) {
            wait(async {
                let world = World::new().await;
                let mut sealed = seal(&world, row((1, 2, 3)), &MessageBody::Text("as it was written".into())).await;

                let place = place.index(sealed.len());
                sealed[place] ^= change;

                assert!(open(&world, row((1, 2, 3)), &sealed).await.is_err());
                assert!(open(&world, row((1, 2, 3)), &sealed[..place]).await.is_err());
            });
        }
    }

    #[tokio::test]
    async fn m14_the_same_words_are_sealed_differently_each_time() {
        let world = World::new().await;
        let body = MessageBody::Text("good night".into());

        assert_ne!(seal(&world, row((1, 2, 3)), &body).await, seal(&world, row((1, 2, 3)), &body).await);
    }

    #[tokio::test]
    async fn m14_a_restarted_server_opens_what_it_sealed_with_the_key_that_is_stored() {
        let mut world = World::new().await;
        let body = MessageBody::Text("still here".into());
        let sealed = seal(&world, row((1, 2, 3)), &body).await;

        world.restart();

        assert_eq!(open(&world, row((1, 2, 3)), &sealed).await.unwrap(), body);
    }

    #[tokio::test]
    async fn m14_a_data_key_works_for_its_conversation_and_sender_only() {
        let mut world = World::new().await;
        let (conversation, sender, _) = row((1, 2, 3));
        let sealed = seal(&world, row((1, 2, 3)), &MessageBody::Text("mine".into())).await;
        let wrapped = world.store.data_key(conversation, sender).await.unwrap().unwrap();

        let (other, _, _) = row((9, 2, 3));
        world.store.add_data_key(other, sender, &wrapped).await.unwrap();
        world.restart();

        assert!(open(&world, row((9, 2, 3)), &sealed).await.is_err());
    }
}
