//! What may happen in an alliance, as a table and over any path. Not here: who may do it; the flows show that.

use model::{
    instant::{Day, parse_day},
    uscc::Uscc,
};
use proptest::prelude::*;

use super::rules::*;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn codes() -> [Uscc; 3] {
    [(); 3].map(|()| Uscc::parse(&testkit::next_code()).unwrap())
}

fn founded(lead: &Uscc) -> Alliance {
    Alliance {
        id: "all".to_owned(),
        name: "示例联盟".to_owned(),
        lead: lead.clone(),
        charter: String::new(),
        founded_on: day("2026-01-01"),
        invited: Vec::new(),
        members: vec![AllianceMember { organisation: lead.clone(), joined_on: day("2026-01-01"), left_on: None }],
        standards: Vec::new(),
        dissolved_on: None,
    }
}

/// Special-zone regulation on consumer goods, Art 4: alliances with standards as their link.
#[test]
fn members_join_by_invitation_and_keep_what_they_undertook() {
    let [lead, one, other] = codes();
    let take_up = || Act::TakeUp("edn_1".to_owned(), "T/SLXH 1-2026".to_owned());
    let adopt = |who: &Uscc, on: &str| Act::Adopt(who.clone(), "edn_1".to_owned(), day(on));
    let cases: [(Act, Option<Refusal>); 17] = [
        (Act::Join(one.clone()), Some(Refusal::NotInvited)),
        (Act::Leave(one.clone()), Some(Refusal::NotAMember)),
        (Act::Invite(one.clone()), None),
        (Act::Invite(one.clone()), Some(Refusal::Already)),
        (Act::Join(one.clone()), None),
        (Act::Join(one.clone()), Some(Refusal::Already)),
        (adopt(&one, "2026-02-01"), Some(Refusal::NotOfTheAlliance)),
        (take_up(), None),
        (take_up(), Some(Refusal::Already)),
        (adopt(&one, "2026-01-31"), Some(Refusal::TooEarly)),
        (adopt(&other, "2026-02-01"), Some(Refusal::NotAMember)),
        (adopt(&one, "2026-02-01"), None),
        (Act::Leave(lead.clone()), Some(Refusal::LeadStays)),
        (Act::HandOver(other.clone()), Some(Refusal::NotAMember)),
        (Act::HandOver(one.clone()), None),
        (Act::Leave(lead.clone()), None),
        (Act::Dissolve, None),
    ];
    let mut alliance = founded(&lead);
    for (number, (act, refusal)) in cases.into_iter().enumerate() {
        match alliance.clone().after(act, day("2026-02-01")) {
            Ok(next) => {
                assert_eq!(refusal, None, "case {number}");
                alliance = next;
            }
            Err(found) => assert_eq!(Some(found), refusal, "case {number}"),
        }
    }
    assert_eq!(alliance.members_on(day("2026-01-31")).collect::<Vec<_>>(), [&lead]);
    assert_eq!(alliance.members_on(day("2026-02-01")).collect::<Vec<_>>(), [&one]);
    assert_eq!(alliance.after(Act::Invite(other), day("2026-03-01")), Err(Refusal::Dissolved));
}

proptest! {
    /// On every path: the lead is a member, nobody is a member twice, and only members keep standards.
    #[test]
    fn an_alliance_stays_whole(path in proptest::collection::vec((0..6_u8, 0..3_usize), 0..25)) {
        let codes = codes();
        let mut alliance = founded(&codes[0]);
        for (act, who) in path {
            let who = codes[who].clone();
            let act = match act {
                0 => Act::Invite(who),
                1 => Act::Join(who),
                2 => Act::Leave(who),
                3 => Act::HandOver(who),
                4 => Act::TakeUp(format!("edn_{}", who.as_str()), String::new()),
                _ => Act::Adopt(who, format!("edn_{}", codes[1].as_str()), day("2026-02-01")),
            };
            if let Ok(next) = alliance.clone().after(act, day("2026-02-01")) {
                alliance = next;
            }
            prop_assert!(alliance.has(&alliance.lead));
            for code in &codes {
                let running = alliance.members.iter().filter(|member| member.organisation == *code && member.left_on.is_none());
                prop_assert!(running.count() <= 1);
            }
            let known = |who: &Uscc| alliance.members.iter().any(|member| member.organisation == *who);
            prop_assert!(alliance.standards.iter().flat_map(|standard| &standard.adopted).all(|adoption| known(&adoption.organisation)));
        }
    }
}
