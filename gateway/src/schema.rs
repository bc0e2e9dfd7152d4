//! The tables of the gateway, written by hand from `migrations/`. Not here: the tables that every service has.

diesel::table! {
    client (client_id) {
        client_id -> Text,
        org -> Text,
        role -> Text,
        scopes -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    client_secret (client_id, slot) {
        client_id -> Text,
        slot -> Integer,
        hash -> Text,
        added_at -> Timestamp,
    }
}
