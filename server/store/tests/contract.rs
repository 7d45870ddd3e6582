//! The contract of all stores, kept by this one: in memory, in a file with its separate readers, and in PostgreSQL.

use services::{presence_contract, store_contract};
use store::SqlStore;

mod in_memory {
    use super::*;

    store_contract!(SqlStore::memory().await.expect("memory can be opened"));

    mod presence {
        use super::*;

        presence_contract!(SqlStore::memory().await.expect("memory can be opened"));
    }
}

mod in_a_file {
    use std::ops::Deref;

    use super::*;

    store_contract!(*Filed::new().await);

    /// A store with the folder that goes when it goes.
    struct Filed {
        store: SqlStore,
        _folder: tempfile::TempDir,
    }

    impl Filed {
        async fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder for the test");
            let address = format!("sqlite:{}", folder.path().join("earshot.db").display());
            let store = SqlStore::open(&address).await.expect("the file can be made");
            Self { store, _folder: folder }
        }
    }

    impl Deref for Filed {
        type Target = SqlStore;

        fn deref(&self) -> &SqlStore {
            &self.store
        }
    }
}

mod in_postgres {
    use std::ops::Deref;

    use rig::Postgres;

    use super::*;

    store_contract!(*Served::new().await);

    mod presence {
        use super::*;

        presence_contract!(*Served::new().await);
    }

    /// A store with the server that goes when it goes.
    struct Served {
        store: SqlStore,
        _server: Postgres,
    }

    impl Served {
        async fn new() -> Self {
            let server = Postgres::start();
            let store = SqlStore::open(&server.url()).await.expect("the server runs");
            Self { store, _server: server }
        }
    }

    impl Deref for Served {
        type Target = SqlStore;

        fn deref(&self) -> &SqlStore {
            &self.store
        }
    }
}
