//! The tables of this service, written by hand from `migrations/`; a test selects every table, so drift fails.

diesel::table! {
    standing_row (source, uscc, kind, item, from_position) {
        source -> Text,
        uscc -> Text,
        kind -> Text,
        item -> Text,
        from_position -> BigInt,
        to_position -> Nullable<BigInt>,
        body -> Text,
    }
}

diesel::table! {
    ruleset (id, version) {
        id -> Text,
        version -> Integer,
        state -> Text,
        digest -> Text,
        body -> Text,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        published_at -> Nullable<Timestamp>,
        revision -> BigInt,
    }
}

diesel::table! {
    decision (id) {
        id -> Text,
        supplier -> Text,
        ruleset -> Text,
        ruleset_version -> Integer,
        outcome -> Text,
        decided_at -> Timestamp,
        client -> Text,
        body -> Text,
        organisation -> Text,
        tender -> Nullable<Text>,
    }
}

diesel::table! {
    decision_batch (id) {
        id -> Text,
        ruleset -> Text,
        ruleset_version -> Integer,
        suppliers -> BigInt,
        decided_at -> Timestamp,
        client -> Text,
        digest -> Text,
        body -> Text,
    }
}

diesel::table! {
    standing_merger (absorbed) {
        absorbed -> Text,
        survivor -> Text,
        from_position -> BigInt,
    }
}

diesel::table! {
    log_entry (number) {
        number -> BigInt,
        id -> Text,
        digest -> Text,
        position -> BigInt,
        leaf -> Text,
    }
}

diesel::table! {
    log_node (level, number) {
        level -> Integer,
        number -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    log_head (one) {
        one -> Integer,
        size -> BigInt,
        note -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    tender (id) {
        id -> Text,
        organisation -> Text,
        state -> Text,
        version -> Integer,
        title -> Text,
        cut_off -> Timestamp,
        published_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    tender_version (id, version) {
        id -> Text,
        version -> Integer,
        state -> Text,
        digest -> Text,
        ruleset_version -> Nullable<Integer>,
        body -> Text,
        rationale -> Nullable<Text>,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        client -> Text,
    }
}

diesel::table! {
    tender_source (id, digest) {
        id -> Text,
        digest -> Text,
        form -> Text,
        body -> Text,
        notes -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    decision_round (id) {
        id -> Text,
        tender -> Text,
        tender_version -> Integer,
        state -> Text,
        body -> Text,
        after_supplier -> Text,
        done -> BigInt,
        total -> BigInt,
        recorded_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        recorded_by -> Text,
        client -> Text,
    }
}

diesel::table! {
    decision_round_supplier (round, supplier) {
        round -> Text,
        supplier -> Text,
        codes -> Text,
    }
}

diesel::table! {
    decision_round_line (round, number) {
        round -> Text,
        number -> BigInt,
        last -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    status_block (one) {
        one -> Integer,
        next -> BigInt,
    }
}

diesel::table! {
    status_mark (id, purpose) {
        id -> Text,
        purpose -> Text,
        list -> Nullable<BigInt>,
        bit -> Nullable<BigInt>,
        reason -> Text,
        outcome -> Nullable<Text>,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    webhook (id) {
        id -> Text,
        client -> Text,
        org -> Text,
        url -> Text,
        events -> Nullable<Text>,
        description -> Nullable<Text>,
        secret -> Text,
        old_secret -> Nullable<Text>,
        old_until -> Nullable<Timestamp>,
        active -> Bool,
        disabled_because -> Nullable<Text>,
        failing_since -> Nullable<Timestamp>,
        version -> BigInt,
        recorded_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    delivery (id) {
        id -> Text,
        webhook -> Text,
        kind -> Text,
        body -> Text,
        state -> Text,
        tries -> Integer,
        due_at -> Nullable<Timestamp>,
        leased_until -> Nullable<Timestamp>,
        lease -> Nullable<Text>,
        recorded_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    delivery_attempt (delivery, number) {
        delivery -> Text,
        number -> Integer,
        at -> Timestamp,
        latency_ms -> BigInt,
        status -> Nullable<Integer>,
        error -> Nullable<Text>,
        next_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    watch (id) {
        id -> Text,
        client -> Text,
        org -> Text,
        decision -> Text,
        supplier -> Text,
        tender -> Nullable<Text>,
        until_at -> Nullable<Timestamp>,
        moving -> Bool,
        webhook -> Nullable<Text>,
        state -> Text,
        ended_because -> Nullable<Text>,
        ended_at -> Nullable<Timestamp>,
        outcome -> Text,
        findings -> Text,
        position -> BigInt,
        considered_at -> Nullable<Timestamp>,
        flips -> BigInt,
        due -> Bool,
        due_position -> BigInt,
        turn -> BigInt,
        leased_until -> Nullable<Timestamp>,
        version -> BigInt,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    watch_supplier (uscc, watch) {
        uscc -> Text,
        watch -> Text,
    }
}

diesel::table! {
    watch_flip (watch, number) {
        watch -> Text,
        number -> BigInt,
        at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    watch_cursor (one) {
        one -> Integer,
        position -> BigInt,
        day -> Date,
    }
}

diesel::table! {
    evaluation (id) {
        id -> Text,
        tender -> Text,
        lot -> Text,
        number -> BigInt,
        organisation -> Text,
        outcome -> Text,
        conclusive -> Bool,
        recorded_at -> Timestamp,
        client -> Text,
        digest -> Text,
        inputs -> Text,
        body -> Text,
    }
}

diesel::table! {
    deadline (matter, rule) {
        matter -> Text,
        rule -> Text,
        place -> Integer,
        tender -> Text,
        lot -> Nullable<Text>,
        buyer -> Text,
        due_on -> Nullable<Date>,
        open -> Bool,
        uncounted -> Bool,
        told -> Bool,
        body -> Text,
    }
}

diesel::table! {
    challenge (id) {
        id -> Text,
        tender -> Text,
        lot -> Nullable<Text>,
        supplier -> Text,
        buyer -> Text,
        state -> Text,
        suspended_until -> Nullable<Date>,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    award (id) {
        id -> Text,
        tender -> Text,
        lot -> Text,
        buyer -> Text,
        winner -> Text,
        state -> Text,
        public -> Bool,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    performance (id) {
        id -> Text,
        tender -> Text,
        lot -> Text,
        award -> Text,
        buyer -> Text,
        supplier -> Text,
        external_id -> Text,
        withdrawn -> Bool,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    performance_report (performance) {
        performance -> Text,
        position -> BigInt,
        version -> BigInt,
        sent -> BigInt,
        state -> Text,
        fact -> Nullable<Text>,
        attempts -> Integer,
        next_at -> Timestamp,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    recheck (decision) {
        decision -> Text,
        decided_at -> Timestamp,
        due -> Bool,
        due_position -> BigInt,
        leased_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    recheck_supplier (uscc, decision) {
        uscc -> Text,
        decision -> Text,
    }
}

diesel::table! {
    recheck_cursor (one) {
        one -> Integer,
        position -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(tender, tender_version, watch, watch_supplier);
