//! The tables of this service, written by hand from `migrations/`; a test selects every table, so drift fails.

diesel::table! {
    standard (id) {
        id -> Text,
        number -> Text,
        level -> Text,
        body -> Text,
        sequence -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    edition (id) {
        id -> Text,
        standard -> Text,
        number -> Text,
        year -> Nullable<Integer>,
        level -> Text,
        publisher -> Nullable<Text>,
        folded -> Text,
        current_from -> Nullable<Date>,
        superseded_from -> Nullable<Date>,
        ended_from -> Nullable<Date>,
        ended -> Nullable<Text>,
        version -> BigInt,
        recorded_at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    edition_version (edition, version) {
        edition -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        body -> Text,
    }
}

diesel::table! {
    edition_class (edition, scheme, code) {
        edition -> Text,
        scheme -> Text,
        code -> Text,
    }
}

diesel::table! {
    relation (from_number, kind, to_number) {
        from_number -> Text,
        kind -> Text,
        to_number -> Text,
        degree -> Nullable<Text>,
        source -> Text,
        note -> Nullable<Text>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    import (id) {
        id -> Text,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        body -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(edition, edition_class, standard);

diesel::table! {
    association (code) {
        code -> Text,
        uscc -> Text,
        ended_on -> Nullable<Date>,
        version -> BigInt,
        recorded_at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    association_member (association, member) {
        association -> Text,
        member -> Text,
        since -> Date,
        left_on -> Nullable<Date>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    group_standard (id) {
        id -> Text,
        association -> Text,
        sequence -> Text,
        number -> Nullable<Text>,
        state -> Text,
        is_open -> Bool,
        consult_until -> Nullable<Date>,
        review_due_on -> Nullable<Date>,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    consultation_comment (id) {
        id -> Text,
        standard -> Text,
        organisation -> Text,
        is_answered -> Bool,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    supervision (id) {
        id -> Text,
        number -> Text,
        association -> Nullable<Text>,
        complainant -> Nullable<Text>,
        state -> Text,
        is_public -> Bool,
        due_on -> Nullable<Date>,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    edition_applicability (edition) {
        edition -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    edition_finding (id) {
        id -> Text,
        edition -> Text,
        clause -> Text,
        outcome -> Text,
        source -> Text,
        found_on -> Date,
        recorded_by -> Text,
        recorded_at -> Timestamp,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    edition_feedback (id) {
        id -> Text,
        edition -> Text,
        clause -> Text,
        subject -> Text,
        organisation -> Text,
        given_on -> Date,
        recorded_at -> Timestamp,
        words -> Text,
    }
}

diesel::table! {
    edition_confirmation (edition, confirmed_on) {
        edition -> Text,
        confirmed_on -> Date,
        document_no -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    promotion (id) {
        id -> Text,
        edition -> Text,
        association -> Text,
        state -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    edition_drafting (edition) {
        edition -> Text,
        version -> BigInt,
        recorded_by -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    edition_drafter (edition, organisation) {
        edition -> Text,
        organisation -> Text,
        part -> Text,
        place -> Integer,
    }
}

diesel::table! {
    alliance (id) {
        id -> Text,
        folded -> Text,
        lead -> Text,
        dissolved -> Bool,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    alliance_member (alliance, organisation) {
        alliance -> Text,
        organisation -> Text,
    }
}

diesel::table! {
    green_standard (id) {
        id -> Text,
        edition -> Text,
        category -> Text,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    green_mark (certificate) {
        certificate -> Text,
        enterprise -> Text,
        standard -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    disclosure_duty (id) {
        id -> Text,
        category -> Text,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    disclosure (enterprise, product) {
        enterprise -> Text,
        product -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    disclosure_version (enterprise, product, version) {
        enterprise -> Text,
        product -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(edition, relation);
diesel::allow_tables_to_appear_in_same_query!(edition, edition_drafter);
diesel::allow_tables_to_appear_in_same_query!(alliance, alliance_member);
