//! Which classes say less than another one.

use super::rules::coarser;

#[test]
fn classes_that_say_less() {
    for (code, expected) in
        [("97", &[][..]), ("97.190", &["97"][..]), ("59.080.30", &["59", "59.080", "59.080.01"]), ("59.080.01", &["59", "59.080"])]
    {
        assert_eq!(coarser(code), expected, "{code}");
    }
}
