//! What may happen in an alliance and after what; pure. Not here: who may do it, `actions.rs`.

use model::{instant::Day, uscc::Uscc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An organisation's time in an alliance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllianceMember {
    /// Which one.
    #[schema(value_type = String)]
    pub organisation: Uscc,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    pub joined_on: Day,
    /// From when no more.
    #[schema(value_type = Option<String>, format = Date)]
    pub left_on: Option<Day>,
}

/// A member's undertaking to keep a standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllianceAdoption {
    /// Which member.
    #[schema(value_type = String)]
    pub organisation: Uscc,
    /// From when.
    #[schema(value_type = String, format = Date)]
    pub on: Day,
}

/// A standard of an alliance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllianceStandard {
    /// The edition, `edn_…`.
    pub edition: String,
    /// Its number.
    pub number: String,
    /// Since when it is one of the alliance.
    #[schema(value_type = String, format = Date)]
    pub since: Day,
    /// Who has undertaken to keep it.
    pub adopted: Vec<AllianceAdoption>,
}

/// An alliance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alliance {
    /// `all_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who leads it.
    pub lead: Uscc,
    /// The digest of its charter, `sha256:…`.
    pub charter: String,
    /// Since when.
    pub founded_on: Day,
    /// Who may join.
    pub invited: Vec<Uscc>,
    /// Who is and was a member.
    pub members: Vec<AllianceMember>,
    /// Its standards.
    pub standards: Vec<AllianceStandard>,
    /// From when it is no more.
    pub dissolved_on: Option<Day>,
}

/// What may happen in an alliance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The lead invites an organisation.
    Invite(Uscc),
    /// An organisation that was invited joins.
    Join(Uscc),
    /// A member leaves; not the lead.
    Leave(Uscc),
    /// The lead hands over to a member.
    HandOver(Uscc),
    /// The alliance takes up a standard: its edition and number.
    TakeUp(String, String),
    /// A member undertakes to keep one of its standards, from a day.
    Adopt(Uscc, String, Day),
    /// It is no more.
    Dissolve,
}

/// Why something may not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The alliance is no more.
    Dissolved,
    /// The organisation was not invited.
    NotInvited,
    /// It is a member, was invited, or has adopted the standard already; or the standard is one of the alliance.
    Already,
    /// It is no member.
    NotAMember,
    /// The lead does not leave; it hands over or dissolves.
    LeadStays,
    /// The standard is none of the alliance.
    NotOfTheAlliance,
    /// The day lies before the organisation joined or the standard was taken up.
    TooEarly,
}

impl Alliance {
    /// Who is a member on a day.
    pub fn members_on(&self, day: Day) -> impl Iterator<Item = &Uscc> {
        let is_in = move |member: &&AllianceMember| member.joined_on <= day && member.left_on.is_none_or(|left| day < left);
        self.members.iter().filter(is_in).map(|member| &member.organisation)
    }

    /// The membership that runs, of an organisation.
    fn membership(&mut self, of: &Uscc) -> Option<&mut AllianceMember> {
        self.members.iter_mut().find(|member| member.organisation == *of && member.left_on.is_none())
    }

    /// Whether an organisation is a member.
    #[must_use]
    pub fn has(&self, organisation: &Uscc) -> bool {
        self.members.iter().any(|member| member.organisation == *organisation && member.left_on.is_none())
    }

    /// The alliance after something has happened in it.
    ///
    /// # Errors
    /// Why it may not happen.
    pub fn after(mut self, act: Act, today: Day) -> Result<Self, Refusal> {
        if self.dissolved_on.is_some() {
            return Err(Refusal::Dissolved);
        }
        match act {
            Act::Invite(who) if self.has(&who) || self.invited.contains(&who) => return Err(Refusal::Already),
            Act::Invite(who) => self.invited.push(who),
            Act::Join(who) if self.has(&who) => return Err(Refusal::Already),
            Act::Join(who) => {
                let place = self.invited.iter().position(|invited| *invited == who).ok_or(Refusal::NotInvited)?;
                self.invited.remove(place);
                self.members.push(AllianceMember { organisation: who, joined_on: today, left_on: None });
            }
            Act::Leave(who) if who == self.lead => return Err(Refusal::LeadStays),
            Act::Leave(who) => self.membership(&who).ok_or(Refusal::NotAMember)?.left_on = Some(today),
            Act::HandOver(who) if who == self.lead => return Err(Refusal::Already),
            Act::HandOver(who) if !self.has(&who) => return Err(Refusal::NotAMember),
            Act::HandOver(who) => self.lead = who,
            Act::TakeUp(edition, _) if self.standards.iter().any(|standard| standard.edition == edition) => return Err(Refusal::Already),
            Act::TakeUp(edition, number) => {
                self.standards.push(AllianceStandard { edition, number, since: today, adopted: Vec::new() });
            }
            Act::Adopt(who, edition, on) => self.adopt(who, &edition, on)?,
            Act::Dissolve => self.dissolved_on = Some(today),
        }
        Ok(self)
    }

    fn adopt(&mut self, who: Uscc, edition: &str, on: Day) -> Result<(), Refusal> {
        let joined = self.membership(&who).ok_or(Refusal::NotAMember)?.joined_on;
        let standard = self.standards.iter_mut().find(|standard| standard.edition == edition).ok_or(Refusal::NotOfTheAlliance)?;
        if standard.adopted.iter().any(|adoption| adoption.organisation == who) {
            return Err(Refusal::Already);
        }
        if on < joined || on < standard.since {
            return Err(Refusal::TooEarly);
        }
        standard.adopted.push(AllianceAdoption { organisation: who, on });
        Ok(())
    }
}
