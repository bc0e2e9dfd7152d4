//! Lists of drafters and their counts. Not here: who may put them; the flows show that.

use model::uscc::Uscc;
use proptest::prelude::*;

use super::rules::*;

fn codes(count: usize) -> Vec<Uscc> {
    (0..count).map(|_| Uscc::parse(&testkit::next_code()).unwrap()).collect()
}

#[test]
fn somebody_leads_and_nobody_stands_there_twice() {
    use DraftingPart::{Lead, Participating};
    let codes = codes(2);
    type Case = (&'static [(usize, DraftingPart)], &'static [(&'static str, &'static str)]);
    let cases: [Case; 4] = [
        (&[(0, Lead), (1, Participating)], &[]),
        (&[(0, Lead), (1, Lead)], &[]),
        (&[(0, Participating)], &[("/drafters", "lead_missing")]),
        (&[(0, Participating), (0, Participating)], &[("/drafters/1/organisation", "drafter_twice"), ("/drafters", "lead_missing")]),
    ];
    for (list, expected) in cases {
        let drafters: Vec<Drafter> =
            list.iter().map(|(place, part)| Drafter { organisation: codes[*place].clone(), part: *part }).collect();
        let found: Vec<(String, &str)> = faults(&drafters).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        let expected: Vec<(String, &str)> = expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), *code)).collect();
        assert_eq!(found, expected, "{list:?}");
    }
}

proptest! {
    /// Every part is counted once, whatever its order.
    #[test]
    fn nothing_is_lost_in_counting(rows in proptest::collection::vec((0..3_usize, 2020..2024_i32, any::<bool>()), 0..30)) {
        let level = |place: usize| ["national", "group", "local"][place].to_owned();
        let mut parts: Vec<Taken> = rows
            .iter()
            .map(|(place, year, lead)| {
                let part = if *lead { DraftingPart::Lead } else { DraftingPart::Participating };
                Taken { organisation: "A".to_owned(), level: level(*place), year: *year, part }
            })
            .collect();
        let first = counted(&parts);
        let (lead, all) = first.values().fold((0, 0), |(lead, all), one| (lead + one.lead, all + one.lead + one.participating));
        prop_assert_eq!(usize::try_from(all).unwrap(), rows.len());
        prop_assert_eq!(usize::try_from(lead).unwrap(), rows.iter().filter(|(_, _, lead)| *lead).count());
        parts.reverse();
        prop_assert_eq!(counted(&parts), first);
    }
}
