//! `touchstone verify-receipt`: offline, with the keys and nothing else. Not here: the check itself, the crate `receipt`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use receipt::{JwkSet, Payload, Report, Statement};
use serde_json::Value;

use crate::published_keys::{PublishedKeys, text};

const NOT_VALID: u8 = 1;
const UNREADABLE: u8 = 2;

/// Verify a receipt with the published keys and nothing else. Exit code 0: valid; 1: not valid; 2: a file cannot be read.
#[derive(Args)]
pub(crate) struct VerifyReceipt {
    /// The receipt as a compact JWS, or a decision that holds one.
    file: PathBuf,
    #[command(flatten)]
    keys: PublishedKeys,
}

impl VerifyReceipt {
    pub(crate) fn run(self) -> ExitCode {
        let (text, code) = match self.read() {
            Err(why) => (format!("unreadable: {why}"), ExitCode::from(UNREADABLE)),
            Ok((jws, beside, keys)) => match receipt::verify(&jws, &keys) {
                Ok(verified) => match differing(&verified.payload, beside.as_ref()) {
                    differing if differing.is_empty() => (shown(&receipt::report(&verified)), ExitCode::SUCCESS),
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

    fn read(&self) -> Result<(String, Option<Value>, JwkSet), String> {
        let text = text(&self.file)?;
        let (jws, beside) = match serde_json::from_str::<Value>(&text) {
            Ok(decision) => {
                let inside = decision.get("receipt").and_then(|receipt| receipt.as_str()).map(str::to_owned);
                (inside.ok_or_else(|| format!("{}: JSON without a receipt", self.file.display()))?, Some(decision))
            }
            Err(_not_json) => (text.trim().to_owned(), None),
        };
        Ok((jws, beside, self.keys.read()?))
    }
}

/// Which members of a decision file differ from what was signed: only the receipt is proof, and nobody should read the file for it.
fn differing(signed: &Payload, file: Option<&Value>) -> Vec<String> {
    let Some(file) = file else { return Vec::new() };
    let said = |pointer: &str| file.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let words = [
        ("/id", signed.id.clone()),
        ("/supplier", signed.supplier.clone()),
        ("/outcome", signed.outcome.clone()),
        ("/as_of", signed.as_of.clone()),
        ("/known_at", signed.known_at.clone()),
        ("/facts_digest", signed.facts_digest.clone()),
        ("/evaluator", signed.evaluator.clone()),
        ("/ruleset/id", signed.ruleset.id.clone()),
        ("/ruleset/digest", signed.ruleset.digest.clone()),
    ];
    let mut differing: Vec<String> = words.into_iter().filter(|(at, word)| said(at) != *word).map(|(at, _)| at.to_owned()).collect();
    let results = |criterion: &Value| {
        let word = |name: &str| criterion.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        (word("code"), word("result"))
    };
    let in_file: Vec<_> = file.get("criteria").and_then(Value::as_array).into_iter().flatten().map(results).collect();
    let in_receipt: Vec<_> = signed.criteria.iter().map(|criterion| (criterion.code.clone(), criterion.result.clone())).collect();
    if in_file != in_receipt {
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
    let [valid, by, decision, supplier, outcome, as_of, known_at, issued_at, yes, no] = if chinese {
        ["有效", "密钥", "决定", "供应商", "结果", "判断时点", "已知截至", "签发时间", "已证明", "未证明"]
    } else {
        ["valid", "key", "decision", "supplier", "outcome", "as of", "known at", "issued at", "established", "not established"]
    };
    let Report { kid, id, supplier: whom, outcome: how, as_of: at, known_at: known, issued_at: issued, established, not_established } =
        report;
    format!(
        "{valid}\n{by}: {kid}\n{decision}: {id}\n{supplier}: {whom}\n{outcome}: {how}\n{as_of}: {at}\n{known_at}: {known}\n{issued_at}: {issued}\n\
         {yes}:\n{}{no}:\n{}",
        list(established),
        list(not_established)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn signed() -> Payload {
        serde_json::from_value(json!({
            "iss": "touchstone/procurement", "id": "dec_1", "issued_at": "t", "supplier": "914404001000000590", "outcome": "ineligible",
            "as_of": "a", "known_at": "k", "ruleset": {"id": "r", "version": 1, "digest": "sha256:1"}, "evaluator": "1", "sources": [],
            "facts_digest": "sha256:2", "criteria": [{"code": "EXC.INACTIVE", "result": "fail"}], "conditions": []
        }))
        .unwrap()
    }

    /// The decision file is what people read; a receipt that is valid beside other words must not lend them its weight.
    #[test]
    fn a_decision_file_must_say_what_its_receipt_says() {
        let mut file = serde_json::to_value(signed()).unwrap();
        assert!(differing(&signed(), Some(&file)).is_empty());
        assert!(differing(&signed(), None).is_empty(), "a bare receipt has nothing beside it");
        file["outcome"] = json!("eligible");
        file["criteria"][0]["result"] = json!("pass");
        assert_eq!(differing(&signed(), Some(&file)), ["/outcome", "/criteria"]);
    }
}
