//! Statements that the generated backend cannot type, such as upserts, on both databases without a `match`. Not here: any SQL of our own.

use diesel::{
    QueryResult, RunQueryDsl,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::Text,
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

/// Rows of two texts put into a table by one statement; a row that stands already is left alone. The generated backend cannot write many rows at once.
pub struct TextPairs<'a> {
    /// The table.
    pub table: &'static str,
    /// Its two columns.
    pub columns: [&'static str; 2],
    /// The rows; at least one.
    pub rows: &'a [[&'a str; 2]],
}

impl QueryFragment<MultiBackend> for TextPairs<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let [first, second] = self.columns;
        pass.push_sql("INSERT INTO ");
        pass.push_identifier(self.table)?;
        pass.push_sql(" (");
        pass.push_identifier(first)?;
        pass.push_sql(", ");
        pass.push_identifier(second)?;
        pass.push_sql(") VALUES ");
        for (index, [first, second]) in self.rows.iter().enumerate() {
            pass.push_sql(if index == 0 { "(" } else { ", (" });
            pass.push_bind_param::<Text, str>(first)?;
            pass.push_sql(", ");
            pass.push_bind_param::<Text, str>(second)?;
            pass.push_sql(")");
        }
        pass.push_sql(" ON CONFLICT DO NOTHING");
        Ok(())
    }
}

impl QueryId for TextPairs<'_> {
    type QueryId = ();
    // How many rows there are differs.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for TextPairs<'_> {}
