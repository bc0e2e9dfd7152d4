//! Declarations as tables of cases.
