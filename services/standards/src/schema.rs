//! The tables of this service that several rooms read, and most of the others, written by hand from `migrations/`. Some rooms keep theirs in `store.rs`.

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
    clause_set (edition) {
        edition -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    clause_set_version (edition, version) {
        edition -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        body -> Text,
    }
}

diesel::table! {
    clause_property (edition, property) {
        edition -> Text,
        property -> Text,
    }
}

diesel::table! {
    method_conversion (id) {
        id -> Text,
        property -> Text,
        from_method -> Text,
        to_method -> Text,
        is_withdrawn -> Bool,
        version -> BigInt,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        body -> Text,
    }
}

diesel::table! {
    comparison (id) {
        id -> Text,
        ours -> Text,
        theirs -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    comparison_version (comparison, version) {
        comparison -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        body -> Text,
    }
}

diesel::table! {
    declaration (id) {
        id -> Text,
        enterprise -> Text,
        product -> Text,
        main -> Text,
        ics -> Nullable<Text>,
        state -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    declaration_version (declaration, version) {
        declaration -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        recorded_by -> Text,
        body -> Text,
    }
}

diesel::table! {
    declaration_edition (edition, declaration) {
        edition -> Text,
        declaration -> Text,
    }
}

diesel::table! {
    check_plan (id) {
        id -> Text,
        state -> Text,
        version -> BigInt,
        recorded_at -> Timestamp,
        body -> Text,
        urn -> Text,
    }
}

diesel::table! {
    declaration_check (id) {
        id -> Text,
        plan -> Nullable<Text>,
        declaration -> Nullable<Text>,
        enterprise -> Text,
        state -> Text,
        outcome -> Nullable<Text>,
        found_on -> Nullable<Date>,
        publicised_on -> Nullable<Date>,
        version -> BigInt,
        recorded_at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    credit_report (declaration_check) {
        declaration_check -> Text,
        position -> BigInt,
        version -> BigInt,
        sent -> BigInt,
        state -> Text,
        fact -> Nullable<Text>,
        in_doubt -> Bool,
        attempts -> Integer,
        next_at -> Timestamp,
        failure -> Nullable<Text>,
        standard -> Nullable<Text>,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    ranking_plan (id) {
        id -> Text,
        assessor -> Text,
        ics -> Text,
        year -> Integer,
        state -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    ranking_exclusion (id) {
        id -> Text,
        enterprise -> Text,
        declaration -> Nullable<Text>,
        ground -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    ranking (id) {
        id -> Text,
        plan -> Text,
        version -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    leader (id) {
        id -> Text,
        ranking -> Text,
        declaration -> Text,
        enterprise -> Text,
        edition -> Text,
        state -> Text,
        valid_until -> Nullable<Date>,
        version -> BigInt,
        body -> Text,
    }
}

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
    association_member (association, member, term) {
        association -> Text,
        member -> Text,
        term -> BigInt,
        since -> Date,
        left_on -> Nullable<Date>,
        version -> BigInt,
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

diesel::allow_tables_to_appear_in_same_query!(leader, edition);
diesel::allow_tables_to_appear_in_same_query!(edition_class, declaration);
diesel::allow_tables_to_appear_in_same_query!(edition, edition_class, standard);
diesel::allow_tables_to_appear_in_same_query!(clause_property, comparison, edition);
diesel::allow_tables_to_appear_in_same_query!(declaration, declaration_edition);
diesel::allow_tables_to_appear_in_same_query!(edition, relation);
diesel::allow_tables_to_appear_in_same_query!(edition, edition_drafter);
