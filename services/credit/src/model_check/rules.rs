//! The checks of a scoring model: sums, unique codes, bins, directions, decay. Not here: whether its grades are wanted; a shadow run tells that.

use std::collections::BTreeSet;

use contracts::credit::Grade;
use model::{fault::Fault, text::Text};

use crate::scoring_model::rules::{Bin, Calc, Condition, Decay, Deduction, Direction, Family, Indicator, ScoringModel};
use crate::selector::rules::{Only, Select, has_outcome};

/// The points that all families make together (domain.md 3.3).
const TOTAL_POINTS: u32 = 1000;

/// The grades that levels must give, best first.
const GRADES: [Grade; 6] = [Grade::Aaa, Grade::Aa, Grade::A, Grade::B, Grade::C, Grade::D];

/// A timeline remembers vetoes in 64 bits.
const MAX_VETOES: usize = 64;

/// Halving more often would leave the integers that decay is counted in.
const MAX_HALVINGS: u32 = 20;

/// A look-back or a window of a hundred years is a slip of the pen.
const MAX_MONTHS: u32 = 1200;

/// Everything that is wrong with a model, all at once; empty where it can be published.
#[must_use]
pub fn validate(model: &ScoringModel) -> Vec<Fault> {
    let mut faults = Vec::new();
    check_head(model, &mut faults);
    check_codes(model, &mut faults);
    check_levels(model, &mut faults);
    for (name, decay) in &model.decays {
        check_decay(name, decay, &mut faults);
    }
    check_vetoes(model, &mut faults);
    check_sums(model, &mut faults);
    for indicator in model.indicators() {
        check_indicator(model, indicator, &mut faults);
    }
    faults
}

fn fault(code: &'static str, place: &str, zh: &str, en: &str) -> Fault {
    Fault::new(code, format!("{place}：{zh}"), format!("{place}: {en}"))
}

fn check_head(model: &ScoringModel, faults: &mut Vec<Fault>) {
    if model.id.trim().is_empty() || model.version == 0 {
        faults.push(fault("model_without_name", "id", "模型需要名称和从 1 起的版本号。", "A model needs a name and a version from 1 on."));
    }
    if model.source.trim().is_empty() || model.min_data.source.trim().is_empty() {
        faults.push(fault("source_missing", "source", "缺少依据。", "It does not say where its numbers come from."));
    }
    if model.min_data.months > MAX_MONTHS {
        faults.push(fault("months_out_of_range", "min_data", "月数过大。", "That many months are a mistake."));
    }
}

fn check_codes(model: &ScoringModel, faults: &mut Vec<Fault>) {
    let families = model.families.iter().map(|family| family.code.as_str());
    let indicators = model.indicators().map(|indicator| indicator.code.as_str());
    let vetoes = model.vetoes.iter().map(|veto| veto.code.as_str());
    for codes in [families.collect::<Vec<_>>(), indicators.collect(), vetoes.collect()] {
        let mut seen = BTreeSet::new();
        for code in codes {
            if code.trim().is_empty() || !seen.insert(code) {
                faults.push(fault("code_not_unique", code, "代码为空或重复。", "The code is empty or used twice."));
            }
        }
    }
    let titles = model.families.iter().map(|family| (&family.code, &family.title));
    let texts = model
        .indicators()
        .flat_map(|i| [Some(&i.title), Some(&i.reason), i.missing_reason.as_ref()].into_iter().flatten().map(|text| (&i.code, text)));
    for (code, text) in titles.chain(texts).chain(model.vetoes.iter().map(|veto| (&veto.code, &veto.text))) {
        if is_blank(text) {
            faults.push(fault("text_missing", code, "缺少中文或英文文本。", "A text lacks one of its languages."));
        }
    }
}

fn is_blank(text: &Text) -> bool {
    text.zh.trim().is_empty() || text.en.trim().is_empty()
}

fn check_levels(model: &ScoringModel, faults: &mut Vec<Fault>) {
    let falling = model.levels.iter().zip(model.levels.iter().skip(1)).all(|(better, worse)| better.at_least > worse.at_least);
    let grades = model.levels.iter().map(|level| level.grade).eq(GRADES);
    let ends = model.levels.last().is_some_and(|level| level.at_least == 0)
        && model.levels.first().is_some_and(|level| u32::from(level.at_least) <= TOTAL_POINTS);
    if !(falling && grades && ends) {
        faults.push(fault(
            "levels_out_of_order",
            "levels",
            "等级须从 AAA 到 D 逐级下降并以 0 结束。",
            "Levels run from AAA to D, each lower than the one before, and end at 0.",
        ));
    }
}

fn check_decay(name: &str, decay: &Decay, faults: &mut Vec<Fault>) {
    let length = u32::try_from(decay.per_mille.len()).unwrap_or(u32::MAX);
    let falling = decay.per_mille.iter().zip(decay.per_mille.iter().skip(1)).all(|(now, later)| now > later);
    let ends = decay.per_mille.first() == Some(&1000) && decay.per_mille.last().is_some_and(|last| *last > 500);
    if length == 0 || length != decay.half_life_months || !falling || !ends {
        faults.push(fault(
            "decay_table_wrong",
            name,
            "衰减表须每月一项，从 1000 严格下降且高于 500。",
            "The table has one entry a month, starts at 1000, falls and stays above 500.",
        ));
        return;
    }
    let halvings = decay.look_back_months.checked_div(decay.half_life_months).unwrap_or(u32::MAX);
    if decay.look_back_months == 0 || decay.look_back_months > MAX_MONTHS || halvings > MAX_HALVINGS {
        faults.push(fault("months_out_of_range", name, "回溯期过短或过长。", "The look-back is too short or too long."));
    }
}

fn check_vetoes(model: &ScoringModel, faults: &mut Vec<Fault>) {
    if model.vetoes.len() > MAX_VETOES {
        faults.push(fault("too_many_vetoes", "vetoes", "否决项最多 64 个。", "There may be 64 vetoes at most."));
    }
    for veto in &model.vetoes {
        if veto.cap == Grade::Unrated {
            faults.push(fault("veto_cap_wrong", &veto.code, "否决项须给出等级上限。", "A veto names the best grade that is left."));
        }
        let empty = match &veto.when {
            Condition::Status { statuses } => statuses.is_empty(),
            other => other.select().is_empty(),
        };
        if empty {
            faults.push(fault("nothing_selected", &veto.code, "条件没有选中任何事实。", "The condition selects nothing."));
        }
        check_selects(&veto.code, veto.when.select(), faults);
        if let Condition::Count { window_months, at_least, .. } = veto.when {
            check_window(&veto.code, window_months, at_least, faults);
        }
    }
}

fn check_sums(model: &ScoringModel, faults: &mut Vec<Fault>) {
    let sum = |family: &Family| family.indicators.iter().map(|indicator| u32::from(indicator.max_points)).sum::<u32>();
    for family in &model.families {
        if sum(family) != u32::from(family.max_points) {
            faults.push(fault(
                "family_sum_wrong",
                &family.code,
                "指标分值之和不等于该类分值。",
                "Its indicators do not add up to its points.",
            ));
        }
    }
    if model.families.iter().map(|family| u32::from(family.max_points)).sum::<u32>() != TOTAL_POINTS {
        faults.push(fault("total_wrong", "families", "各类分值之和须为 1000。", "The families do not add up to 1000."));
    }
}

fn check_indicator(model: &ScoringModel, indicator: &Indicator, faults: &mut Vec<Fault>) {
    let (code, max) = (indicator.code.as_str(), indicator.max_points);
    let over = |points: u16| points > max;
    let mut too_many = indicator.calc.missing().is_some_and(over);
    match &indicator.calc {
        Calc::Deduct { cap, decay, rules } => {
            too_many |= over(*cap);
            if decay.as_ref().is_some_and(|name| !model.decays.contains_key(name)) {
                faults.push(fault("decay_unknown", code, "没有这个衰减表。", "There is no decay of that name."));
            }
            check_deductions(code, rules, faults);
        }
        Calc::Ratio { kind, window_months, min_count, direction, bins, .. } => {
            too_many |= bins.iter().any(|bin| over(bin.points));
            check_outcome(code, has_outcome(*kind), faults);
            check_window(code, *window_months, *min_count, faults);
            check_bins(code, bins, *direction, faults);
        }
        Calc::Share { kind, window_months, min_count, .. } => {
            check_outcome(code, has_outcome(*kind), faults);
            check_window(code, *window_months, *min_count, faults);
        }
        Calc::Presence { select, held, lapsed, .. } => {
            too_many |= over(*held);
            if lapsed > held || select.is_empty() {
                faults.push(fault(
                    "against_direction",
                    code,
                    "失效得分高于有效得分，或没有选中事实。",
                    "What ended gives more than what holds, or nothing is selected.",
                ));
            }
            check_selects(code, select, faults);
        }
        Calc::Level { points, .. } => {
            too_many |= points.iter().any(|points| over(*points));
            if points.iter().zip(points.iter().skip(1)).any(|(lower, higher)| higher < lower) {
                faults.push(fault("against_direction", code, "更高等级的得分更低。", "A higher level gives fewer points."));
            }
        }
    }
    if too_many {
        faults.push(fault("points_over_max", code, "得分超过该指标分值。", "More points than the indicator has."));
    }
    if indicator.calc.missing().is_some_and(|points| points < max) && indicator.missing_reason.is_none() {
        faults.push(fault("text_missing", code, "缺少无数据时的说明。", "It does not say why points are lost without data."));
    }
}

fn check_deductions(code: &str, rules: &[Deduction], faults: &mut Vec<Fault>) {
    if rules.is_empty() {
        faults.push(fault("nothing_selected", code, "没有扣分规则。", "There is no rule that takes points."));
    }
    for rule in rules {
        let points = rule.points;
        if points.minor > points.general || points.general > points.serious {
            faults.push(fault("against_direction", code, "较重的情形扣分更少。", "A graver breach takes fewer points."));
        }
        check_selects(code, &[Select { kind: rule.kind, only: rule.only }], faults);
    }
}

fn check_selects(code: &str, selects: &[Select], faults: &mut Vec<Fault>) {
    if selects.iter().any(|select| select.only.is_some_and(|only: Only| !only.fits(select.kind))) {
        faults.push(fault("selector_does_not_fit", code, "该类事实没有这种情形。", "Facts of that kind can't meet that condition."));
    }
}

fn check_outcome(code: &str, has_outcome: bool, faults: &mut Vec<Fault>) {
    if !has_outcome {
        faults.push(fault("kind_without_outcome", code, "该类事实没有合格与否的结果。", "Facts of that kind have no good or bad outcome."));
    }
}

fn check_window(code: &str, months: u32, count: usize, faults: &mut Vec<Fault>) {
    if months == 0 || months > MAX_MONTHS || count == 0 {
        faults.push(fault(
            "months_out_of_range",
            code,
            "期间或次数须大于零。",
            "A window and a count are above zero, a window below a hundred years.",
        ));
    }
}

/// Bins cover 0 to 1000 without gap or overlap and run in the stated direction.
fn check_bins(code: &str, bins: &[Bin], direction: Direction, faults: &mut Vec<Fault>) {
    let starts = bins.first().is_some_and(|bin| bin.from_per_mille == 0);
    let ends = bins.last().is_some_and(|bin| bin.below_per_mille.is_none() && bin.from_per_mille <= 1000);
    if !starts || !ends {
        faults.push(fault("bins_gap", code, "分档须从 0 到 1000。", "The bins do not run from 0 to 1000."));
    }
    for (bin, next) in bins.iter().zip(bins.iter().skip(1)) {
        let end = bin.below_per_mille.unwrap_or(u16::MAX);
        if end > next.from_per_mille {
            faults.push(fault("bins_overlap", code, "分档重叠。", "Two bins overlap."));
        }
        if end < next.from_per_mille {
            faults.push(fault("bins_gap", code, "分档之间有空缺。", "There is a gap between two bins."));
        }
        let against = match direction {
            Direction::HigherIsBetter => next.points < bin.points,
            Direction::LowerIsBetter => next.points > bin.points,
        };
        if against {
            faults.push(fault(
                "bins_against_direction",
                code,
                "分档得分与方向相反。",
                "The points of the bins run against the stated direction.",
            ));
        }
    }
    if bins.iter().any(|bin| bin.below_per_mille.is_some_and(|end| end <= bin.from_per_mille)) {
        faults.push(fault("bins_empty", code, "有空的分档。", "A bin holds nothing."));
    }
}
