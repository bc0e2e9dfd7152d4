//! The clocks of awards and the bounds of contracts, dated; and whether numbers keep to them, exactly. Not here: when they are asked, `award`.

use model::{
    fault::{Fault, FieldFault},
    money::Money,
    period::Period,
    policy::Policy,
};
use serde::{Deserialize, Serialize};

use crate::deadline::rules::Clock;

const CLOCKS: &str = include_str!("../../policy/award_clocks.json");

/// The clocks of awards and the bounds of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The clocks.
    pub clocks: Vec<Clock>,
    /// For how long the result is shown.
    pub notice: Period,
    /// A performance bond is at most so many percent of the contract.
    pub performance_bond_percent: u32,
    /// Supplementary purchases together are at most so many percent of the contract.
    pub supplement_percent: u32,
    /// For how long an evaluation of performance counts.
    pub performance_counts: Period,
}

/// The shipped terms by day.
///
/// # Errors
/// As [`Policy::from_json`]; a test keeps it from happening.
pub fn policy() -> Result<Policy<Terms>, Fault> {
    Policy::from_json(CLOCKS)
}

/// Whether `part` is at most so many percent of `whole`, exactly; amounts of two currencies cannot be compared.
#[must_use]
pub fn within_percent(part: Money, whole: Money, percent: u32) -> bool {
    let scaled = |money: Money, by: u32| i128::from(money.minor()).checked_mul(i128::from(by));
    part.currency() == whole.currency() && scaled(part, 100).zip(scaled(whole, percent)).is_some_and(|(part, most)| part <= most)
}

/// What is wrong with the numbers of a contract.
#[must_use]
pub fn contract_faults(price: Money, amount: Money, bond: Option<Money>, terms: &Terms) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if amount != price {
        let en = "The contract is for the price that was awarded (Law 46).";
        faults.push(FieldFault::rule("/amount", "contract_differs", "合同金额应与中标、成交金额一致（政府采购法第四十六条）。", en));
    }
    let percent = terms.performance_bond_percent;
    if let Some(bond) = bond {
        if bond.is_negative() {
            faults.push(FieldFault::rule("/performance_bond/amount", "money_negative", "保证金不得为负。", "A bond must not be negative."));
        } else if !within_percent(bond, amount, percent) {
            let zh = format!("履约保证金不得超过合同金额的 {percent}%（实施条例第四十八条）。");
            let en = format!("A performance bond is at most {percent} % of the contract (Regulation 48).");
            faults.push(FieldFault::rule("/performance_bond", "bond_too_large", zh, en));
        }
    }
    faults
}

/// What is wrong with a purchase beyond a contract, after those that there were.
#[must_use]
pub fn supplement_faults(contract: Money, bought: &[Money], amount: Money, terms: &Terms) -> Vec<FieldFault> {
    let percent = terms.supplement_percent;
    let before = bought.iter().try_fold(amount, |sum, one| sum.checked_add(*one).ok());
    let mut faults = Vec::new();
    if !amount.is_positive() {
        faults.push(FieldFault::rule("/amount", "amount_not_positive", "金额须大于零。", "The amount must be above zero."));
    } else if before.is_none_or(|sum| !within_percent(sum, contract, percent)) {
        let zh = format!("补充合同金额累计不得超过原合同金额的 {percent}%（政府采购法第四十九条）。");
        let en = format!("Supplementary purchases together are at most {percent} % of the contract (Law 49).");
        faults.push(FieldFault::rule("/amount", "supplement_too_large", zh, en));
    }
    faults
}
