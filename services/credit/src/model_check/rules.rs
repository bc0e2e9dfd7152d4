//! The checks of a scoring model: sums, unique codes, bins, directions, decay; each fault with its JSON pointer into the model. Not here: whether its grades are wanted; a shadow run tells that.

use std::collections::BTreeSet;

use contracts::credit::Grade;
use model::{fault::FieldFault, text::Text};

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

/// Everything that is wrong with a model, all at once, each with its place; empty where it can be published.
#[must_use]
pub fn validate(model: &ScoringModel) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    check_head(model, &mut faults);
    check_codes(model, &mut faults);
    check_levels(model, &mut faults);
    for (name, decay) in &model.decays {
        check_decay(&format!("/decays/{}", name.replace('~', "~0").replace('/', "~1")), decay, &mut faults);
    }
    check_vetoes(model, &mut faults);
    check_sums(model, &mut faults);
    for (at, indicator) in placed(model) {
        check_indicator(model, &at, indicator, &mut faults);
    }
    faults
}

/// Every indicator with its place.
fn placed(model: &ScoringModel) -> impl Iterator<Item = (String, &Indicator)> {
    model.families.iter().enumerate().flat_map(|(family, found)| {
        let each = found.indicators.iter().enumerate();
        each.map(move |(place, indicator)| (format!("/families/{family}/indicators/{place}"), indicator))
    })
}

fn fault(code: &'static str, at: impl Into<String>, zh: &str, en: &str) -> FieldFault {
    FieldFault::rule(at, code, zh, en)
}

fn check_head(model: &ScoringModel, faults: &mut Vec<FieldFault>) {
    for (at, is_wrong) in [("/id", model.id.trim().is_empty()), ("/version", model.version == 0)] {
        if is_wrong {
            faults.push(fault(
                "model_without_name",
                at,
                "模型需要名称和从 1 起的版本号。",
                "A model needs a name and a version from 1 on.",
            ));
        }
    }
    for (at, source) in [("/source", &model.source), ("/min_data/source", &model.min_data.source)] {
        if source.trim().is_empty() {
            faults.push(fault("source_missing", at, "缺少依据。", "It does not say where its numbers come from."));
        }
    }
    if model.min_data.months > MAX_MONTHS {
        faults.push(fault("months_out_of_range", "/min_data/months", "月数过大。", "That many months are a mistake."));
    }
}

fn check_codes(model: &ScoringModel, faults: &mut Vec<FieldFault>) {
    let families: Vec<_> = model.families.iter().enumerate().map(|(place, family)| (format!("/families/{place}"), &family.code)).collect();
    let indicators: Vec<_> = placed(model).map(|(at, indicator)| (at, &indicator.code)).collect();
    let vetoes: Vec<_> = model.vetoes.iter().enumerate().map(|(place, veto)| (format!("/vetoes/{place}"), &veto.code)).collect();
    for codes in [families, indicators, vetoes] {
        let mut seen = BTreeSet::new();
        for (at, code) in codes {
            if code.trim().is_empty() || !seen.insert(code.as_str()) {
                faults.push(fault("code_not_unique", format!("{at}/code"), "代码为空或重复。", "The code is empty or used twice."));
            }
        }
    }
    let titles = model.families.iter().enumerate().map(|(place, family)| (format!("/families/{place}/title"), &family.title));
    let texts = placed(model).flat_map(|(at, i)| {
        let missing = i.missing_reason.as_ref().map(|text| (format!("{at}/missing_reason"), text));
        [(format!("{at}/title"), &i.title), (format!("{at}/reason"), &i.reason)].into_iter().chain(missing)
    });
    let vetoes = model.vetoes.iter().enumerate().map(|(place, veto)| (format!("/vetoes/{place}/text"), &veto.text));
    for (at, text) in titles.chain(texts).chain(vetoes) {
        if is_blank(text) {
            faults.push(fault("text_missing", at, "缺少中文或英文文本。", "A text lacks one of its languages."));
        }
    }
}

fn is_blank(text: &Text) -> bool {
    text.zh.trim().is_empty() || text.en.trim().is_empty()
}

fn check_levels(model: &ScoringModel, faults: &mut Vec<FieldFault>) {
    let falling = model.levels.iter().zip(model.levels.iter().skip(1)).all(|(better, worse)| better.at_least > worse.at_least);
    let grades = model.levels.iter().map(|level| level.grade).eq(GRADES);
    let ends = model.levels.last().is_some_and(|level| level.at_least == 0)
        && model.levels.first().is_some_and(|level| u32::from(level.at_least) <= TOTAL_POINTS);
    if !(falling && grades && ends) {
        faults.push(fault(
            "levels_out_of_order",
            "/levels",
            "等级须从 AAA 到 D 逐级下降并以 0 结束。",
            "Levels run from AAA to D, each lower than the one before, and end at 0.",
        ));
    }
}

fn check_decay(at: &str, decay: &Decay, faults: &mut Vec<FieldFault>) {
    let length = u32::try_from(decay.per_mille.len()).unwrap_or(u32::MAX);
    let falling = decay.per_mille.iter().zip(decay.per_mille.iter().skip(1)).all(|(now, later)| now > later);
    let ends = decay.per_mille.first() == Some(&1000) && decay.per_mille.last().is_some_and(|last| *last > 500);
    if length == 0 || length != decay.half_life_months || !falling || !ends {
        faults.push(fault(
            "decay_table_wrong",
            format!("{at}/per_mille"),
            "衰减表须每月一项，从 1000 严格下降且高于 500。",
            "The table has one entry a month, starts at 1000, falls and stays above 500.",
        ));
        return;
    }
    let halvings = decay.look_back_months.checked_div(decay.half_life_months).unwrap_or(u32::MAX);
    if decay.look_back_months == 0 || decay.look_back_months > MAX_MONTHS || halvings > MAX_HALVINGS {
        faults.push(fault(
            "months_out_of_range",
            format!("{at}/look_back_months"),
            "回溯期过短或过长。",
            "The look-back is too short or too long.",
        ));
    }
}

fn check_vetoes(model: &ScoringModel, faults: &mut Vec<FieldFault>) {
    if model.vetoes.len() > MAX_VETOES {
        faults.push(fault("too_many_vetoes", "/vetoes", "否决项最多 64 个。", "There may be 64 vetoes at most."));
    }
    for (place, veto) in model.vetoes.iter().enumerate() {
        let at = format!("/vetoes/{place}");
        if veto.cap == Grade::Unrated {
            faults.push(fault(
                "veto_cap_wrong",
                format!("{at}/cap"),
                "否决项须给出等级上限。",
                "A veto names the best grade that is left.",
            ));
        }
        let empty = match &veto.when {
            Condition::Status { statuses } => statuses.is_empty(),
            other => other.select().is_empty(),
        };
        if empty {
            faults.push(fault("nothing_selected", format!("{at}/when"), "条件没有选中任何事实。", "The condition selects nothing."));
        }
        check_selects(&format!("{at}/when/select"), veto.when.select(), faults);
        if let Condition::Count { window_months, at_least, .. } = veto.when {
            check_window(&format!("{at}/when"), "at_least", window_months, at_least, faults);
        }
    }
}

fn check_sums(model: &ScoringModel, faults: &mut Vec<FieldFault>) {
    let sum = |family: &Family| family.indicators.iter().map(|indicator| u32::from(indicator.max_points)).sum::<u32>();
    for (place, family) in model.families.iter().enumerate() {
        if sum(family) != u32::from(family.max_points) {
            faults.push(fault(
                "family_sum_wrong",
                format!("/families/{place}/max_points"),
                "指标分值之和不等于该类分值。",
                "Its indicators do not add up to its points.",
            ));
        }
    }
    if model.families.iter().map(|family| u32::from(family.max_points)).sum::<u32>() != TOTAL_POINTS {
        faults.push(fault("total_wrong", "/families", "各类分值之和须为 1000。", "The families do not add up to 1000."));
    }
}

fn check_indicator(model: &ScoringModel, at: &str, indicator: &Indicator, faults: &mut Vec<FieldFault>) {
    let (calc, max) = (format!("{at}/calc"), indicator.max_points);
    let mut over = |place: &str, points: u16| {
        if points > max {
            let pointer = format!("{calc}/{place}");
            faults.push(fault("points_over_max", pointer, "得分超过该指标分值。", "More points than the indicator has."));
        }
    };
    for (place, points) in given(&indicator.calc) {
        over(&place, points);
    }
    match &indicator.calc {
        Calc::Deduct { decay, rules, .. } => {
            if decay.as_ref().is_some_and(|name| !model.decays.contains_key(name)) {
                faults.push(fault("decay_unknown", format!("{calc}/decay"), "没有这个衰减表。", "There is no decay of that name."));
            }
            check_deductions(&calc, rules, faults);
        }
        Calc::Ratio { kind, window_months, min_count, direction, bins, .. } => {
            check_outcome(&calc, has_outcome(*kind), faults);
            check_window(&calc, "min_count", *window_months, *min_count, faults);
            check_bins(&calc, bins, *direction, faults);
        }
        Calc::Share { kind, window_months, min_count, .. } => {
            check_outcome(&calc, has_outcome(*kind), faults);
            check_window(&calc, "min_count", *window_months, *min_count, faults);
        }
        Calc::Presence { select, held, lapsed, .. } => {
            if lapsed > held || select.is_empty() {
                faults.push(fault(
                    "against_direction",
                    format!("{calc}/lapsed"),
                    "失效得分高于有效得分，或没有选中事实。",
                    "What ended gives more than what holds, or nothing is selected.",
                ));
            }
            check_selects(&format!("{calc}/select"), select, faults);
        }
        Calc::Level { points, .. } => {
            if points.iter().zip(points.iter().skip(1)).any(|(lower, higher)| higher < lower) {
                let pointer = format!("{calc}/points");
                faults.push(fault("against_direction", pointer, "更高等级的得分更低。", "A higher level gives fewer points."));
            }
        }
    }
    if indicator.calc.missing().is_some_and(|points| points < max) && indicator.missing_reason.is_none() {
        let pointer = format!("{at}/missing_reason");
        faults.push(fault("text_missing", pointer, "缺少无数据时的说明。", "It does not say why points are lost without data."));
    }
}

/// Every number of points that a calculation may give, with its place in it.
fn given(calc: &Calc) -> Vec<(String, u16)> {
    let missing = calc.missing().map(|points| ("missing".to_owned(), points));
    let own: Vec<(String, u16)> = match calc {
        Calc::Deduct { cap, .. } => vec![("cap".to_owned(), *cap)],
        Calc::Ratio { bins, .. } => bins.iter().enumerate().map(|(place, bin)| (format!("bins/{place}/points"), bin.points)).collect(),
        Calc::Share { .. } => Vec::new(),
        Calc::Presence { held, .. } => vec![("held".to_owned(), *held)],
        Calc::Level { points, .. } => points.iter().enumerate().map(|(level, points)| (format!("points/{level}"), *points)).collect(),
    };
    own.into_iter().chain(missing).collect()
}

fn check_deductions(calc: &str, rules: &[Deduction], faults: &mut Vec<FieldFault>) {
    if rules.is_empty() {
        faults.push(fault("nothing_selected", format!("{calc}/rules"), "没有扣分规则。", "There is no rule that takes points."));
    }
    for (place, rule) in rules.iter().enumerate() {
        let (at, points) = (format!("{calc}/rules/{place}"), rule.points);
        if points.minor > points.general || points.general > points.serious {
            let pointer = format!("{at}/points");
            faults.push(fault("against_direction", pointer, "较重的情形扣分更少。", "A graver breach takes fewer points."));
        }
        check_select(&at, Select { kind: rule.kind, only: rule.only }, faults);
    }
}

fn check_selects(at: &str, selects: &[Select], faults: &mut Vec<FieldFault>) {
    for (place, select) in selects.iter().enumerate() {
        check_select(&format!("{at}/{place}"), *select, faults);
    }
}

fn check_select(at: &str, select: Select, faults: &mut Vec<FieldFault>) {
    if select.only.is_some_and(|only: Only| !only.fits(select.kind)) {
        let pointer = format!("{at}/only");
        faults.push(fault("selector_does_not_fit", pointer, "该类事实没有这种情形。", "Facts of that kind can't meet that condition."));
    }
}

fn check_outcome(calc: &str, has_outcome: bool, faults: &mut Vec<FieldFault>) {
    if !has_outcome {
        let pointer = format!("{calc}/kind");
        faults.push(fault(
            "kind_without_outcome",
            pointer,
            "该类事实没有合格与否的结果。",
            "Facts of that kind have no good or bad outcome.",
        ));
    }
}

fn check_window(at: &str, count_field: &str, months: u32, count: usize, faults: &mut Vec<FieldFault>) {
    for (field, is_wrong) in [("window_months", months == 0 || months > MAX_MONTHS), (count_field, count == 0)] {
        if is_wrong {
            faults.push(fault(
                "months_out_of_range",
                format!("{at}/{field}"),
                "期间或次数须大于零。",
                "A window and a count are above zero, a window below a hundred years.",
            ));
        }
    }
}

/// Bins cover 0 to 1000 without gap or overlap and run in the stated direction.
fn check_bins(calc: &str, bins: &[Bin], direction: Direction, faults: &mut Vec<FieldFault>) {
    let at = format!("{calc}/bins");
    let starts = bins.first().is_some_and(|bin| bin.from_per_mille == 0);
    let ends = bins.last().is_some_and(|bin| bin.below_per_mille.is_none() && bin.from_per_mille <= 1000);
    if !starts || !ends {
        faults.push(fault("bins_gap", at.clone(), "分档须从 0 到 1000。", "The bins do not run from 0 to 1000."));
    }
    for (place, (bin, next)) in bins.iter().zip(bins.iter().skip(1)).enumerate() {
        let here = format!("{at}/{}", place.saturating_add(1));
        let end = bin.below_per_mille.unwrap_or(u16::MAX);
        if end > next.from_per_mille {
            faults.push(fault("bins_overlap", format!("{here}/from_per_mille"), "分档重叠。", "Two bins overlap."));
        }
        if end < next.from_per_mille {
            faults.push(fault("bins_gap", format!("{here}/from_per_mille"), "分档之间有空缺。", "There is a gap between two bins."));
        }
        let against = match direction {
            Direction::HigherIsBetter => next.points < bin.points,
            Direction::LowerIsBetter => next.points > bin.points,
        };
        if against {
            faults.push(fault(
                "bins_against_direction",
                format!("{here}/points"),
                "分档得分与方向相反。",
                "The points of the bins run against the stated direction.",
            ));
        }
    }
    for (place, bin) in bins.iter().enumerate() {
        if bin.below_per_mille.is_some_and(|end| end <= bin.from_per_mille) {
            faults.push(fault("bins_empty", format!("{at}/{place}/below_per_mille"), "有空的分档。", "A bin holds nothing."));
        }
    }
}
