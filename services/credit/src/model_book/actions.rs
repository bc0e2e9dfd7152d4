//! The published models as this process knows them, never older than the transaction that asks. Not here: which of them is in force, `rules.rs`.

use std::sync::Arc;

use arc_swap::ArcSwap;
use common::{
    db::{Conn, Db},
    error::{Error, Result},
};

use super::{rules::Book, store};
use crate::scoring_model::rules::ScoringModel;

/// The published scoring models.
#[derive(Clone)]
pub struct Models {
    held: Arc<ArcSwap<Held>>,
}

struct Held {
    published: i64,
    book: Arc<Book>,
}

impl Models {
    /// The model that came with the platform and those published in this database.
    ///
    /// # Errors
    /// When a model cannot be read; a test keeps the shipped one from it.
    pub fn open(db: &Db) -> Result<Self> {
        let held = db.read_here(load)?;
        Ok(Self { held: Arc::new(ArcSwap::from_pointee(held)) })
    }

    /// The models as this transaction sees them: what this process holds, unless something was published since, here or by another replica.
    ///
    /// What was read anew is not kept: a transaction that publishes may still fail.
    ///
    /// # Errors
    /// When the database fails.
    pub fn here(&self, conn: &mut Conn) -> Result<Arc<Book>> {
        let held = self.held.load();
        if held.published == store::count(conn)? {
            return Ok(Arc::clone(&held.book));
        }
        Ok(load(conn)?.book)
    }

    /// Reads again what was published; after a publication, and every second for those of other replicas.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        let published = db.read(store::count).await?;
        if self.held.load().published != published {
            self.held.store(Arc::new(db.read(load).await?));
        }
        Ok(())
    }
}

fn load(conn: &mut Conn) -> Result<Held> {
    let first = ScoringModel::built_in().map_err(|faults| Error::internal(format!("{faults:?}")))?;
    let book = Book::new(first, store::published(conn)?);
    Ok(Held { published: store::count(conn)?, book: Arc::new(book) })
}
