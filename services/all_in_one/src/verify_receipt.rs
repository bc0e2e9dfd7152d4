//! `touchstone verify-receipt`: offline, with the keys and nothing else. Not here: the check itself, the crate `receipt`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use receipt::{InHand, JwkSet, LineProof, Report, Statement, check};
use serde_json::Value;

use crate::published_keys::{PublishedKeys, text};

const NOT_VALID: u8 = 1;
const UNREADABLE: u8 = 2;

/// Verify a receipt with the published keys and nothing else. Exit code 0: valid; 1: not valid, or withdrawn; 2: a file cannot be read.
#[derive(Args)]
pub(crate) struct VerifyReceipt {
    /// The receipt of a decision or a batch as a compact JWS, a credential, or an answer that holds a receipt: a decision, a batch, a line of a batch.
    file: PathBuf,
    /// A status list that was fetched from the address in the receipt; without it, whether it was withdrawn is not looked at.
    #[arg(long)]
    status: Vec<PathBuf>,
    /// All lines of a batch, as they were answered.
    #[arg(long)]
    lines: Option<PathBuf>,
    #[command(flatten)]
    keys: PublishedKeys,
}

impl VerifyReceipt {
    pub(crate) fn run(self) -> ExitCode {
        let (text, code) = match self.read() {
            Err(why) => (format!("unreadable: {why}"), ExitCode::from(UNREADABLE)),
            Ok((in_hand, beside, keys)) => match check(&in_hand, &keys) {
                Ok(checked) => match differing(&checked.payload, beside.as_ref()) {
                    differing if differing.is_empty() => (shown(&checked.report), ExitCode::SUCCESS),
                    differing => (
                        format!("not valid: the file says otherwise than its receipt: {}", differing.join(", ")),
                        ExitCode::from(NOT_VALID),
                    ),
                },
                Err(error) => (format!("not valid: {}: {error}", error.code()), ExitCode::from(NOT_VALID)),
            },
        };
        match writeln!(io::stdout(), "{text}") {
            Ok(()) => code,
            Err(_closed) => ExitCode::from(UNREADABLE),
        }
    }

    fn read(&self) -> Result<(InHand, Option<Value>, JwkSet), String> {
        let said = text(&self.file)?;
        let status = self.status.iter().map(text).collect::<Result<Vec<_>, _>>()?;
        let lines = self.lines.as_ref().map(text).transpose()?;
        let mut in_hand = InHand { receipt: said.trim().to_owned(), status, lines, line: None };
        let Ok(answer) = serde_json::from_str::<Value>(&said) else { return Ok((in_hand, None, self.keys.read()?)) };
        let receipt =
            answer.get("receipt").and_then(Value::as_str).ok_or_else(|| format!("{}: JSON without a receipt", self.file.display()))?;
        in_hand.receipt = receipt.to_owned();
        if answer.get("path").is_some() {
            let line: LineProof = serde_json::from_value(answer).map_err(|error| format!("{}: {error}", self.file.display()))?;
            in_hand.line = Some(line);
            return Ok((in_hand, None, self.keys.read()?));
        }
        Ok((in_hand, Some(answer), self.keys.read()?))
    }
}

/// Which members of a decision file differ from what was signed: only the receipt is proof, and nobody should read the file for it.
fn differing(signed: &Value, file: Option<&Value>) -> Vec<String> {
    const WORDS: [&str; 12] = [
        "/id",
        "/supplier",
        "/outcome",
        "/as_of",
        "/known_at",
        "/facts_digest",
        "/evaluator",
        "/ruleset/id",
        "/ruleset/digest",
        "/lines",
        "/root",
        "/status",
    ];
    let Some(file) = file else { return Vec::new() };
    let mut differing: Vec<String> = WORDS.into_iter().filter(|at| file.pointer(at) != signed.pointer(at)).map(str::to_owned).collect();
    let results = |document: &Value| -> Vec<(Value, Value)> {
        let of = |criterion: &Value, name: &str| criterion.get(name).cloned().unwrap_or_default();
        let criteria = document.get("criteria").and_then(Value::as_array).into_iter().flatten();
        criteria.map(|criterion| (of(criterion, "code"), of(criterion, "result"))).collect()
    };
    if results(file) != results(signed) {
        differing.push("/criteria".to_owned());
    }
    differing
}

fn shown(report: &Report) -> String {
    let chinese = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    let chinese = chinese.is_some_and(|value| value.starts_with("zh"));
    let list = |statements: &[Statement]| -> String {
        let text = |statement: &Statement| if chinese { statement.text.zh.clone() } else { statement.text.en.clone() };
        statements.iter().map(|statement| format!("  - [{}] {}\n", statement.code, text(statement))).collect()
    };
    let word = |zh: &'static str, en: &'static str| if chinese { zh } else { en };
    let lines = report.lines.map(|lines| lines.to_string());
    let head = [
        (word("密钥", "key"), Some(&report.kid)),
        (if report.lines.is_some() { word("批次", "batch") } else { word("决定", "decision") }, Some(&report.id)),
        (word("供应商", "supplier"), report.supplier.as_ref()),
        (word("结果", "outcome"), report.outcome.as_ref()),
        (word("行数", "lines"), lines.as_ref()),
        (word("判断时点", "as of"), Some(&report.as_of)),
        (word("已知截至", "known at"), Some(&report.known_at)),
        (word("签发时间", "issued at"), Some(&report.issued_at)),
    ];
    let head: String = head.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}\n", value?))).collect();
    let (valid, yes, no) = (word("有效", "valid"), word("已证明", "established"), word("未证明", "not established"));
    format!("{valid}\n{head}{yes}:\n{}{no}:\n{}", list(&report.established), list(&report.not_established))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn signed() -> Value {
        json!({
            "iss": "touchstone/procurement", "id": "dec_1", "issued_at": "t", "supplier": "914404001000000590", "outcome": "ineligible",
            "as_of": "a", "known_at": "k", "ruleset": {"id": "r", "version": 1, "digest": "sha256:1"}, "evaluator": "1", "sources": [],
            "facts_digest": "sha256:2", "criteria": [{"code": "EXC.INACTIVE", "result": "fail"}], "conditions": []
        })
    }

    /// The decision file is what people read; a receipt that is valid beside other words must not lend them its weight.
    #[test]
    fn a_decision_file_must_say_what_its_receipt_says() {
        let mut file = signed();
        assert!(differing(&signed(), Some(&file)).is_empty());
        assert!(differing(&signed(), None).is_empty(), "a bare receipt has nothing beside it");
        file["outcome"] = json!("eligible");
        file["criteria"][0]["result"] = json!("pass");
        assert_eq!(differing(&signed(), Some(&file)), ["/outcome", "/criteria"]);
    }
}
