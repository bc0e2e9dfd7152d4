//! On which days an exclusion holds.

use model::{
    instant::{Instant, parse_day},
    uscc::Uscc,
};

use super::rules::{ExclusionGround, Lifted, RankingExclusion};

#[test]
fn it_holds_from_its_first_day_until_it_ends_or_is_lifted() {
    let day = |text: &str| parse_day(text).unwrap();
    let whole = RankingExclusion {
        id: "rkx_1".to_owned(),
        enterprise: Uscc::with_check("91440300XY0000010").unwrap(),
        declaration: None,
        ground: ExclusionGround::SeriousViolation,
        document_no: "示例〔2026〕1号".to_owned(),
        from: day("2026-02-01"),
        until: None,
        lifted: None,
        recorded_at: Instant::from_micros(0),
    };
    let ended = RankingExclusion { until: Some(day("2026-03-31")), ..whole.clone() };
    let lifted = Lifted { on: day("2026-03-01"), document_no: "示例〔2026〕2号".to_owned() };
    let lifted = RankingExclusion { lifted: Some(lifted), ..ended.clone() };
    for (exclusion, on, holds) in [
        (&whole, "2026-01-31", false),
        (&whole, "2026-02-01", true),
        (&whole, "2036-02-01", true),
        (&ended, "2026-03-31", true),
        (&ended, "2026-04-01", false),
        (&lifted, "2026-02-28", true),
        (&lifted, "2026-03-01", false),
    ] {
        assert_eq!(exclusion.holds_on(day(on)), holds, "{on}");
        assert_eq!(exclusion.keeps_out("dcl_1", day(on)), holds, "all declarations of the enterprise");
    }
    let of_one = RankingExclusion { declaration: Some("dcl_1".to_owned()), ..whole };
    assert!(of_one.keeps_out("dcl_1", day("2026-02-01")));
    assert!(!of_one.keeps_out("dcl_2", day("2026-02-01")));
}
