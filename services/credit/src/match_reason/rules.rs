//! The reasons why a name matched. Not here: when one holds, `matching`.

use model::text::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a name or a code matched, or what differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The code is the one asked for.
    SameCode,
    /// The code holds what is asked for.
    PartOfCode,
    /// The whole name, script, width and punctuation apart.
    SameName,
    /// What tells the name apart is the same.
    SameCore,
    /// Typed with other characters of the same sound.
    SameSound,
    /// Typed by its sound, almost.
    NearSound,
    /// Typed by its sound.
    Pinyin,
    /// Typed by its initials.
    Initials,
    /// The name begins like that.
    Begins,
    /// The name holds what is asked for.
    PartOfName,
    /// What is asked for holds the name.
    NameWithin,
    /// One character is missing.
    OneMissing,
    /// There is one character too many.
    OneExtra,
    /// One telling character differs.
    OneDiffers,
    /// Two characters changed places.
    TwoSwapped,
    /// The telling words are the same.
    SameWords,
    /// The words stand in another order.
    OtherOrder,
    /// A word differs.
    WordDiffers,
    /// Only one of them says its trade.
    TradeUnsaid,
    /// One says its trade shorter than the other.
    TradeShorter,
    /// The trades differ.
    TradeDiffers,
    /// Only one of them says its place.
    PlaceUnsaid,
    /// The places differ.
    PlaceDiffers,
    /// Only one of them says its legal form.
    FormUnsaid,
    /// The legal forms differ.
    FormDiffers,
    /// One is a branch, or a branch of another kind.
    BranchDiffers,
}

impl How {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::SameCode,
        Self::PartOfCode,
        Self::SameName,
        Self::SameCore,
        Self::SameSound,
        Self::NearSound,
        Self::Pinyin,
        Self::Initials,
        Self::Begins,
        Self::PartOfName,
        Self::NameWithin,
        Self::OneMissing,
        Self::OneExtra,
        Self::OneDiffers,
        Self::TwoSwapped,
        Self::SameWords,
        Self::OtherOrder,
        Self::WordDiffers,
        Self::TradeUnsaid,
        Self::TradeShorter,
        Self::TradeDiffers,
        Self::PlaceUnsaid,
        Self::PlaceDiffers,
        Self::FormUnsaid,
        Self::FormDiffers,
        Self::BranchDiffers,
    ];

    /// The same for people.
    #[must_use]
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Self::SameCode => ("代码相同", "same code"),
            Self::PartOfCode => ("代码包含所查内容", "the code holds it"),
            Self::SameName => ("全称相同", "same full name"),
            Self::SameCore => ("字号相同", "same distinctive part"),
            Self::SameSound => ("字号同音", "same sound, other characters"),
            Self::NearSound => ("读音相近", "almost the same sound"),
            Self::Pinyin => ("按拼音匹配", "matched by its pinyin"),
            Self::Initials => ("按拼音首字母匹配", "matched by its initials"),
            Self::Begins => ("名称以此开头", "the name begins like that"),
            Self::PartOfName => ("名称包含所查内容", "the name holds it"),
            Self::NameWithin => ("所查内容包含该名称", "it holds the name"),
            Self::OneMissing => ("少一个字", "one character is missing"),
            Self::OneExtra => ("多一个字", "one character too many"),
            Self::OneDiffers => ("有一个字不同", "one character differs"),
            Self::TwoSwapped => ("两个字颠倒", "two characters changed places"),
            Self::SameWords => ("关键词相同", "same telling words"),
            Self::OtherOrder => ("词序不同", "the words stand in another order"),
            Self::WordDiffers => ("有一个词不同", "a word differs"),
            Self::TradeUnsaid => ("一方未写行业", "only one says its trade"),
            Self::TradeShorter => ("行业表述详略不同", "one says its trade shorter"),
            Self::TradeDiffers => ("行业不同", "the trades differ"),
            Self::PlaceUnsaid => ("一方未写地名", "only one says its place"),
            Self::PlaceDiffers => ("地名不同", "the places differ"),
            Self::FormUnsaid => ("一方未写组织形式", "only one says its legal form"),
            Self::FormDiffers => ("组织形式不同", "the legal forms differ"),
            Self::BranchDiffers => ("一方是分支机构", "one of them is a branch"),
        };
        Text::new(zh, en)
    }
}

/// Several reasons as one text.
#[must_use]
pub fn explained(how: &[How]) -> Text {
    let texts: Vec<Text> = how.iter().map(|how| how.text()).collect();
    let join = |pick: fn(&Text) -> &str, with: &str| texts.iter().map(pick).collect::<Vec<_>>().join(with);
    Text::new(join(|text| &text.zh, "，"), join(|text| &text.en, "; "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_has_a_text_of_its_own() {
        let zh: BTreeSet<String> = How::ALL.into_iter().map(|how| how.text().zh).collect();
        let en: BTreeSet<String> = How::ALL.into_iter().map(|how| how.text().en).collect();
        assert_eq!((zh.len(), en.len()), (How::ALL.len(), How::ALL.len()));
        assert_eq!(explained(&[How::SameCore, How::PlaceUnsaid]).zh, "字号相同，一方未写地名");
    }
}
