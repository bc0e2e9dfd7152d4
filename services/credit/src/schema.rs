//! The tables of this service, written by hand from `migrations/`; a test selects every table, so drift fails.

diesel::table! {
    enterprise (uscc) {
        uscc -> Text,
        name -> Text,
        short_name -> Nullable<Text>,
        name_en -> Nullable<Text>,
        division -> Text,
        industry -> Nullable<Text>,
        status -> Text,
        established_on -> Date,
        version -> BigInt,
        recorded_at -> Timestamp,
        merged_into -> Nullable<Text>,
        merged_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    enterprise_version (uscc, version) {
        uscc -> Text,
        version -> BigInt,
        body -> Text,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    enterprise_name (uscc, number) {
        uscc -> Text,
        number -> Integer,
        kind -> Text,
        name -> Text,
        until -> Nullable<Date>,
    }
}

diesel::table! {
    fact (id) {
        id -> Text,
        enterprise -> Text,
        kind -> Text,
        external_id -> Nullable<Text>,
        asserted_by -> Text,
        asserted_through -> Text,
        self_declared -> Bool,
        authority -> Text,
        document_no -> Nullable<Text>,
        decided_on -> Nullable<Date>,
        published_on -> Nullable<Date>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        degree -> Nullable<Text>,
        detail -> Text,
        recorded_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
        superseded_by -> Nullable<Text>,
        annulled -> Bool,
        ended_because -> Nullable<Text>,
        supersedes -> Nullable<Text>,
        publicity -> Nullable<Text>,
        public_until -> Nullable<Date>,
        origin_region -> Nullable<Text>,
        origin_fact -> Nullable<Text>,
        origin_position -> Nullable<BigInt>,
    }
}

diesel::table! {
    score_timeline (enterprise) {
        enterprise -> Text,
        model -> Text,
        model_version -> Integer,
        segments -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    fact_deadline (fact, rule) {
        fact -> Text,
        rule -> Text,
        rule_from -> Date,
        period -> Text,
        event_on -> Date,
        due_on -> Nullable<Date>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    fact_mark (id) {
        id -> Text,
        fact -> Text,
        enterprise -> Text,
        kind -> Text,
        from_on -> Date,
        to_on -> Nullable<Date>,
        ground -> Text,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    proceeding (id) {
        id -> Text,
        kind -> Text,
        fact -> Text,
        enterprise -> Text,
        state -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    query_log (id) {
        id -> Text,
        asked_at -> Timestamp,
        asked_on -> Date,
        client -> Text,
        organisation -> Text,
        role -> Text,
        enterprise -> Text,
        operation -> Text,
        purpose -> Nullable<Text>,
        trace_id -> Text,
        status -> Integer,
    }
}

diesel::table! {
    fact_withdrawal (fact) {
        fact -> Text,
        enterprise -> Text,
        for_good -> Bool,
        withdrawn_at -> Timestamp,
    }
}

diesel::table! {
    withdrawal_cursor (one) {
        one -> Integer,
        position -> BigInt,
        day -> Date,
    }
}

diesel::table! {
    export (id) {
        id -> Text,
        state -> Text,
        as_of -> Date,
        known_at -> Timestamp,
        position -> BigInt,
        epoch -> Text,
        requested_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    export_part (export, number) {
        export -> Text,
        number -> Integer,
        after -> Text,
        up_to -> Text,
        enterprises -> BigInt,
        facts -> BigInt,
        listings -> BigInt,
        bytes -> BigInt,
        sha256 -> Text,
    }
}

diesel::table! {
    listing (id) {
        id -> Text,
        list -> Text,
        enterprise -> Text,
        authority -> Text,
        level -> Text,
        organisation -> Text,
        ground -> Text,
        year -> Nullable<Integer>,
        circumstances -> Text,
        fact_ids -> Text,
        rule_from -> Date,
        state -> Text,
        listed_from -> Nullable<Date>,
        listed_to -> Nullable<Date>,
        fact -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    listing_step (listing, number) {
        listing -> Text,
        number -> Integer,
        step -> Text,
        happened_on -> Date,
        state -> Text,
        document_no -> Nullable<Text>,
        statement -> Nullable<Text>,
        reason -> Nullable<Text>,
        authority -> Nullable<Text>,
        organisation -> Text,
        client -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    measure_told (enterprise) {
        enterprise -> Text,
        intervals -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    measure_record (id) {
        id -> Text,
        enterprise -> Text,
        code -> Text,
        ground_fact -> Nullable<Text>,
        department -> Text,
        document_no -> Text,
        from_on -> Date,
        to_on -> Nullable<Date>,
        organisation -> Text,
        client -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    scoring_model (id, version) {
        id -> Text,
        version -> Integer,
        state -> Text,
        revision -> BigInt,
        effective_from -> Date,
        body -> Text,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        published_at -> Nullable<Timestamp>,
        published_by -> Nullable<Text>,
    }
}

diesel::table! {
    shadow_run (id) {
        id -> Text,
        model -> Text,
        version -> Integer,
        revision -> BigInt,
        as_of -> Date,
        one_in -> BigInt,
        state -> Text,
        last -> Text,
        done -> BigInt,
        total -> BigInt,
        report -> Text,
        started_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    score_run (id) {
        id -> Text,
        model -> Text,
        version -> Integer,
        state -> Text,
        last -> Text,
        done -> BigInt,
        told -> BigInt,
        total -> BigInt,
        started_at -> Timestamp,
        moved_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    work_lease (name) {
        name -> Text,
        holder -> Text,
        until -> Timestamp,
    }
}

diesel::table! {
    import_mapping (organisation, name, version) {
        organisation -> Text,
        name -> Text,
        version -> BigInt,
        body -> Text,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::table! {
    fact_import (id) {
        id -> Text,
        organisation -> Text,
        client -> Text,
        role -> Text,
        mapping -> Text,
        mapping_version -> BigInt,
        mapping_body -> Text,
        form -> Text,
        encoding -> Nullable<Text>,
        bytes -> BigInt,
        sha256 -> Text,
        state -> Text,
        row_cursor -> BigInt,
        progress -> Integer,
        created -> BigInt,
        same -> BigInt,
        refused -> BigInt,
        failure -> Nullable<Text>,
        received_at -> Timestamp,
        started_at -> Nullable<Timestamp>,
        finished_at -> Nullable<Timestamp>,
        worker -> Nullable<Text>,
        alive_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    import_part (import, number) {
        import -> Text,
        number -> Integer,
        body -> Text,
        received_at -> Timestamp,
    }
}

diesel::table! {
    import_refusal (import, row_number) {
        import -> Text,
        row_number -> BigInt,
        status -> Integer,
        zh -> Text,
        en -> Text,
        cells -> Text,
    }
}

diesel::table! {
    risk_class (enterprise) {
        enterprise -> Text,
        class -> Text,
        points -> Integer,
        classified_on -> Date,
        next_on -> Nullable<Date>,
        policy_from -> Date,
    }
}

diesel::table! {
    name_key (key, subject) {
        key -> Text,
        subject -> Text,
    }
}

diesel::table! {
    foreign_producer (lei) {
        lei -> Text,
        country -> Text,
        represented_by -> Nullable<Text>,
        body -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        recorded_by -> Text,
    }
}

diesel::joinable!(enterprise_name -> enterprise (uscc));
diesel::allow_tables_to_appear_in_same_query!(fact, fact_mark);
diesel::allow_tables_to_appear_in_same_query!(enterprise, enterprise_name, name_key, risk_class);
