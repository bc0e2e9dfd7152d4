//! Tables in Markdown, and the machine that they were made on. Not here: the figures.

use std::{fs, process::Command};

/// A table that grows row by row.
pub(crate) struct Table {
    lines: Vec<String>,
}

impl Table {
    /// A table with these columns; all but the first are figures.
    pub(crate) fn new(columns: &[&str]) -> Self {
        let rule: String = columns.iter().enumerate().map(|(place, _)| if place == 0 { "|---|" } else { "---:|" }).collect();
        Self { lines: vec![row(columns), rule] }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, cells: &[&str]) {
        self.lines.push(row(cells));
    }

    /// Prints it.
    pub(crate) fn print(&self, title: &str) {
        println!("\n### {title}\n\n{}", self.lines.join("\n"));
    }
}

fn row(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// A figure as people read it: whole with separators from 100 on, else with up to three digits.
pub(crate) fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "not measured".to_owned();
    }
    if value.abs() < 100.0 {
        let places = if value.abs() < 1.0 {
            3
        } else if value.abs() < 10.0 {
            2
        } else {
            1
        };
        return format!("{value:.places$}");
    }
    let whole = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

/// The middle one of some values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One line about the machine and the state of the repository.
pub(crate) fn machine() -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "{} cores ({}), Linux {}, commit {}, load {} before the run",
        std::thread::available_parallelism().map_or(0, usize::from),
        model.trim_start_matches([' ', '\t', ':']),
        said("uname", &["-r"]),
        said("git", &["rev-parse", "--short", "HEAD"]),
        load.split(' ').next().unwrap_or_default(),
    )
}
