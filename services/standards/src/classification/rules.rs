//! The tables of the ICS and of the CCS. Not here: editions.

use std::{collections::BTreeMap, sync::LazyLock};

/// `code` and `title_en` of every class, as isoics publishes them.
const TABLE: &str = include_str!("../../data/ics.tsv");

static CLASSES: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| TABLE.lines().skip(1).filter_map(|line| line.split_once('\t')).collect());

/// The letters of the CCS with their fields (GB/T national classification, from memory [M-h]).
pub const CCS: [(&str, &str, &str); 24] = [
    ("A", "综合", "Generalities"),
    ("B", "农业、林业", "Agriculture and forestry"),
    ("C", "医药、卫生、劳动保护", "Medicine, health and labour protection"),
    ("D", "矿业", "Mining"),
    ("E", "石油", "Petroleum"),
    ("F", "能源、核技术", "Energy and nuclear technology"),
    ("G", "化工", "Chemicals"),
    ("H", "冶金", "Metallurgy"),
    ("J", "机械", "Machinery"),
    ("K", "电工", "Electrical engineering"),
    ("L", "电子元器件与信息技术", "Electronic components and information technology"),
    ("M", "通信、广播", "Communication and broadcasting"),
    ("N", "仪器、仪表", "Instruments and meters"),
    ("P", "工程建设", "Engineering and construction"),
    ("Q", "建材", "Building materials"),
    ("R", "公路、水路运输", "Road and water transport"),
    ("S", "铁路", "Railways"),
    ("T", "车辆", "Vehicles"),
    ("U", "船舶", "Ships"),
    ("V", "航空、航天", "Aviation and space"),
    ("W", "纺织", "Textiles"),
    ("X", "食品", "Food"),
    ("Y", "轻工、文化与生活用品", "Light industry, culture and daily goods"),
    ("Z", "环境保护", "Environmental protection"),
];

/// Whether the ICS has this class.
#[must_use]
pub fn is_ics(code: &str) -> bool {
    CLASSES.contains_key(code)
}

/// The title of a class of the ICS.
#[must_use]
pub fn ics_title(code: &str) -> Option<&'static str> {
    CLASSES.get(code).copied()
}

/// The classes right below a class of the ICS; of none the fields.
#[must_use]
pub fn ics_below(parent: Option<&str>) -> Vec<(&'static str, &'static str)> {
    let dots = parent.map_or(0, |parent| parent.matches('.').count().saturating_add(1));
    let prefix = parent.map(|parent| format!("{parent}.")).unwrap_or_default();
    let is_child = |code: &str| code.starts_with(&prefix) && code.matches('.').count() == dots;
    CLASSES.iter().filter(|(code, _)| is_child(code)).map(|(code, title)| (*code, *title)).collect()
}

/// The classes of the ICS that say less than one: those above it, and what is general in its group (`59.080.01` beside `59.080.30`).
#[must_use]
pub fn coarser(code: &str) -> Vec<String> {
    let mut all: Vec<String> = code.match_indices('.').filter_map(|(at, _)| code.get(..at)).map(str::to_owned).collect();
    let general = all.last().filter(|group| group.contains('.')).map(|group| format!("{group}.01"));
    all.extend(general.filter(|general| general != code));
    all
}
