//! Statements that the generated backend cannot type, such as upserts, on both databases without a `match`. Not here: any SQL of our own.

use diesel::{
    QueryResult, RunQueryDsl,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sqlite::Sqlite,
};

use super::{Conn, MultiBackend};

/// Wraps a statement that both backends can write, for example `insert_into(t).values(v).on_conflict(id).do_update()..`.
pub struct Portable<T>(
    /// The statement.
    pub T,
);

impl<T> QueryFragment<MultiBackend> for Portable<T>
where
    T: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<T: QueryId> QueryId for Portable<T> {
    type QueryId = Portable<T::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID;
}

impl<T: Query> Query for Portable<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<Conn> for Portable<T> {}
