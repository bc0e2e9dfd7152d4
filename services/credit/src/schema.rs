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

diesel::joinable!(enterprise_name -> enterprise (uscc));
diesel::allow_tables_to_appear_in_same_query!(enterprise, enterprise_name, name_key);

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
    objection (id) {
        id -> Text,
        fact -> Text,
        enterprise -> Text,
        state -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    repair (id) {
        id -> Text,
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
    name_key (key, subject) {
        key -> Text,
        subject -> Text,
    }
}

diesel::table! {
    withdrawal_cursor (one) {
        one -> Integer,
        position -> BigInt,
        day -> Date,
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
