//! The order of the feed and the write lane, where several processes share a schema. Not here: what events mean.

mod followers;
mod lane;

use common::db::Db;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use testkit::{Backend, Folder, open};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("it/feed/migrations");

diesel::table! {
    counter (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    outbox (position) {
        position -> BigInt,
        subject -> Text,
    }
}

/// Two processes of one service, as far as the database can tell.
struct Replicas {
    one: Db,
    other: Db,
    // Dropped last.
    _folder: Folder,
}

impl Replicas {
    fn of(backend: &Backend) -> Self {
        let folder = Folder::new();
        let [one, other] = [(); 2].map(|()| open(backend, folder.path(), "feedtest", MIGRATIONS));
        Self { one, other, _folder: folder }
    }

    fn each(&self, number: usize) -> Db {
        if number.is_multiple_of(2) { self.one.clone() } else { self.other.clone() }
    }
}
