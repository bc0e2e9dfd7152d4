//! Invented enterprises and facts in the proportions of published data (`tests/data/scale`), the same in every run. Not here: what is asked about them.

use chrono::Days;
use model::{instant::Day, uscc::Uscc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::kit::load::random;

const DISTRIBUTIONS: &str = include_str!("../../data/scale/distributions.json");
const TRADES: [&str; 12] = ["电器", "玩具", "服装", "家具", "食品", "日用品", "照明", "鞋业", "文具", "箱包", "厨具", "纺织"];
const FORMS: [&str; 4] = ["有限公司", "有限责任公司", "股份有限公司", "厂"];
const INDUSTRIES: [&str; 6] = ["C3854", "C2451", "C1811", "C2110", "C1421", "F5242"];

#[derive(Deserialize)]
struct Distributions {
    name_lengths: Vec<(u64, u64)>,
    characters: String,
    character_weights: Vec<u64>,
    spot_checks: Checks,
    divisions: Vec<String>,
}

#[derive(Deserialize)]
struct Checks {
    inspected: u64,
    failed: u64,
}

/// Makes enterprises and their facts.
pub(crate) struct World {
    distributions: Distributions,
    characters: Vec<char>,
    today: Day,
}

/// An invented enterprise.
pub(crate) struct Made {
    /// Its code.
    pub(crate) code: String,
    /// Its name as registered.
    pub(crate) name: String,
    /// Its name without place, trade and legal form.
    pub(crate) core: String,
    division: String,
    seed: u64,
}

impl World {
    /// A world as of a day.
    pub(crate) fn new(today: Day) -> Self {
        let distributions: Distributions = serde_json::from_str(DISTRIBUTIONS).unwrap();
        let characters = distributions.characters.chars().collect();
        Self { distributions, characters, today }
    }

    /// The enterprise of a number.
    pub(crate) fn enterprise(&self, number: usize) -> Made {
        let mut seed = number as u64 ^ 0x5eed;
        let divisions = &self.distributions.divisions;
        let division = divisions[random(&mut seed) as usize % divisions.len()].clone();
        let length = weighted(&self.distributions.name_lengths, &mut seed);
        let core: String = (0..length).map(|_| self.character(&mut seed)).collect();
        let core = format!("示例{core}");
        let trade = TRADES[random(&mut seed) as usize % TRADES.len()];
        let form = FORMS[(random(&mut seed) % 10).saturating_sub(6) as usize];
        let organisation = format!("XY{number:06}");
        let sum = organisation.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]).fold(0, |sum, (c, weight)| sum + c.to_digit(36).unwrap() * weight);
        let check = match 11 - sum % 11 {
            10 => "X".to_owned(),
            11 => "0".to_owned(),
            digit => digit.to_string(),
        };
        let code = Uscc::with_check(&format!("91{division}{organisation}{check}")).unwrap().to_string();
        Made { code, name: format!("{core}{trade}{form}"), core, division, seed }
    }

    fn character(&self, seed: &mut u64) -> char {
        let weights = &self.distributions.character_weights;
        let mut lot = random(seed) % weights.iter().sum::<u64>();
        for (place, weight) in weights.iter().enumerate() {
            if lot < *weight {
                return self.characters[place];
            }
            lot -= weight;
        }
        self.characters[0]
    }

    /// The line of an import.
    pub(crate) fn line(&self, made: &Made) -> String {
        let mut seed = made.seed;
        let days = random(&mut seed) % 9_000;
        json!({
            "uscc": made.code,
            "name": made.name,
            "division": made.division,
            "industry": INDUSTRIES[random(&mut seed) as usize % INDUSTRIES.len()],
            "status": if random(&mut seed) % 100 < 3 { "suspended" } else { "active" },
            "established_on": self.before(days + 30).to_string(),
        })
        .to_string()
    }

    /// The facts of an enterprise: five on average, none of many and dozens of a few.
    pub(crate) fn facts(&self, made: &Made) -> Vec<String> {
        let mut seed = made.seed ^ 0xfac7;
        let count = match random(&mut seed) % 100 {
            0..35 => 1,
            35..60 => 2,
            60..80 => 4,
            80..92 => 8,
            92..98 => 19,
            _ => 49,
        };
        (0..count).map(|place| self.fact(made, place, &mut seed).to_string()).collect()
    }

    fn fact(&self, made: &Made, place: usize, seed: &mut u64) -> Value {
        let on = self.before(random(seed) % 1_400);
        let Checks { inspected, failed } = self.distributions.spot_checks;
        let (kind, detail) = match random(seed) % 100 {
            0..35 => ("annual_report", json!({"year": 2025 - (random(seed) % 4), "on_time": random(seed) % 100 < 93})),
            35..60 => {
                let result = if random(seed) % inspected < failed { "fail" } else { "pass" };
                ("spot_check", json!({"result": result, "product": "电热水壶"}))
            }
            60..75 => ("complaint", json!({"resolved_on": on.to_string(), "on_time": random(seed) % 100 < 90})),
            75..83 => ("licence", json!({"number": format!("示例-{place}"), "name": "示例许可证"})),
            83..88 => ("inspection", json!({"result": if random(seed) % 100 < 95 { "pass" } else { "fail" }})),
            88..92 => ("insurance_cover", json!({"amount": {"amount": "1000000.00", "currency": "CNY"}})),
            92..97 => ("penalty", json!({"types": ["fine"], "fine": {"amount": "5000.00", "currency": "CNY"}})),
            97 => ("award", json!({"title": "示例"})),
            98 => ("recall", json!({"mode": "voluntary", "state": "completed"})),
            _ => ("traceability", json!({"level": random(seed) % 4})),
        };
        let degree = ["minor", "general", "general", "serious"][random(seed) as usize % 4];
        json!({
            "enterprise": made.code,
            "kind": kind,
            "external_id": format!("{}-{place}", made.code),
            "source": {"authority": "示例市场监督管理局"},
            "decided_on": on.to_string(),
            "valid_from": on.to_string(),
            "degree": degree,
            "detail": detail,
        })
    }

    fn before(&self, days: u64) -> Day {
        self.today.checked_sub_days(Days::new(days)).unwrap()
    }
}

fn weighted(table: &[(u64, u64)], seed: &mut u64) -> u64 {
    let mut lot = random(seed) % table.iter().map(|(_, weight)| weight).sum::<u64>();
    for (value, weight) in table {
        if lot < *weight {
            return *value;
        }
        lot -= weight;
    }
    2
}
