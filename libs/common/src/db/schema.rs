//! The tables that every service has, written by hand from `migrations/`. Not here: a service's own tables.

diesel::table! {
    feed_head (one) {
        one -> Integer,
        epoch -> Text,
        position -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    outbox (position) {
        position -> BigInt,
        id -> Text,
        kind -> Text,
        subject -> Text,
        audience -> Text,
        recorded_at -> Timestamp,
        actor -> Text,
        data -> Text,
    }
}

diesel::table! {
    withdrawal (position) {
        position -> BigInt,
        withdrawn_at -> Timestamp,
    }
}

diesel::table! {
    follower (source) {
        source -> Text,
        epoch -> Text,
        position -> BigInt,
        head -> BigInt,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    parked_event (source, position) {
        source -> Text,
        position -> BigInt,
        subject -> Text,
        event -> Text,
        reason -> Text,
        parked_at -> Timestamp,
    }
}

diesel::table! {
    idempotency (client, method, path, key) {
        client -> Text,
        method -> Text,
        path -> Text,
        key -> Text,
        body_sha256 -> Text,
        status -> Integer,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        body -> Text,
        recorded_at -> Timestamp,
    }
}
