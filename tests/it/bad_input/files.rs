//! Files of enterprises and of facts whose fields are naughty strings: each bad row is refused alone, and the good ones are kept. Not here: good files.

use model::normalise::line;
use serde_json::{Value, json};
use testkit::{fact, sample_enterprise};

use super::{corpus::naughty, rows::Product};

on_both!(a_bad_row_of_lines_fails_alone);
on_both!(a_bad_row_of_csv_fails_alone);
on_both!(a_bad_fact_of_a_file_fails_alone);

const IMPORT: &str = "/credit/v1/enterprises/import";
const FREELY: [&str; 3] = ["credit.outbox", "credit.score_timeline", "credit.fact_deadline"];
/// The columns that are tried, and whether they take a name.
const COLUMNS: [(&str, bool); 6] =
    [("name", true), ("short_name", true), ("division", false), ("status", false), ("established_on", false), ("uscc", false)];

/// A row per string and column: the row, and whether it is good.
fn rows(csv: bool) -> Vec<(Value, String, bool)> {
    let mut rows = Vec::new();
    for (column, is_name) in COLUMNS {
        for text in naughty() {
            let sample = sample_enterprise();
            let mut row = sample.body;
            row["uscc"] = json!(sample.code);
            row["short_name"] = json!("示例");
            row[column] = json!(text);
            // An empty cell says nothing, and a short name may be left out.
            let empty = csv && column == "short_name" && text.trim().is_empty();
            // A cell is trimmed of every blank, also of those that a line would refuse.
            let good = is_name && (empty || line(if csv { text.trim() } else { &text }, 200).is_ok());
            rows.push((row, column.to_owned(), good));
        }
    }
    rows
}

async fn import(product: &Product, kind: &str, body: String, rows: &[(Value, String, bool)]) {
    let officer = product.stack.officer().await;
    let before = product.rows();
    let reply = officer.call("POST", IMPORT).body(kind, body).send().await.expect_status(200);
    let mut lines = reply.lines();
    let summary = lines.pop().unwrap()["summary"].clone();
    let good = rows.iter().filter(|(_, _, good)| *good).count();
    let refused: Vec<u64> = lines.iter().map(|line| line["row"].as_u64().unwrap()).collect();
    for (number, (row, column, good)) in (1_u64..).zip(rows) {
        assert_eq!(refused.contains(&number), !good, "{column}: {row}");
    }
    for line in &lines {
        let (row, column, _) = &rows[usize::try_from(line["row"].as_u64().unwrap()).unwrap() - 1];
        let pointers: Vec<&str> = line["problem"]["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, [format!("/{column}")], "{row}: {line}");
        assert!([400, 422].contains(&line["status"].as_u64().unwrap()), "{line}");
    }
    let (all, good_rows) = (rows.len(), i64::try_from(good).unwrap());
    assert_eq!(summary, json!({"rows": all, "created": good, "replaced": 0, "unchanged": 0, "refused": all - good}));
    let by = [("credit.enterprise", good_rows), ("credit.enterprise_version", good_rows)];
    product.grew(&before, &by, &["credit.enterprise_name", "credit.name_key", "credit.outbox", "credit.score_timeline"]);
}

async fn a_bad_row_of_lines_fails_alone(product: Product) {
    let rows = rows(false);
    let body = rows.iter().map(|(row, ..)| row.to_string()).collect::<Vec<_>>().join("\n");
    import(&product, "application/x-ndjson", body, &rows).await;
}

async fn a_bad_row_of_csv_fails_alone(product: Product) {
    const HEADER: [&str; 7] = ["uscc", "name", "short_name", "division", "industry", "status", "established_on"];
    let rows = rows(true);
    let cell = |value: &Value| format!("\"{}\"", value.as_str().unwrap().replace('"', "\"\""));
    let line = |row: &Value| HEADER.iter().map(|name| cell(&row[*name])).collect::<Vec<_>>().join(",");
    let lines = std::iter::once(HEADER.join(",")).chain(rows.iter().map(|(row, ..)| line(row)));
    import(&product, "text/csv", lines.collect::<Vec<_>>().join("\r\n"), &rows).await;
}

async fn a_bad_fact_of_a_file_fails_alone(product: Product) {
    let officer = product.stack.officer().await;
    let strings = naughty();
    let codes = product.enterprises(strings.len()).await;
    let mut facts = Vec::new();
    for (text, code) in strings.iter().zip(&codes) {
        let mut titled = fact(code, "award");
        titled["detail"]["title"] = json!(text);
        let mut dated = fact(code, "award");
        dated["decided_on"] = json!(text);
        facts.extend([(titled, line(text, 200).ok(), "/detail/title"), (dated, None, "/decided_on")]);
    }
    let before = product.rows();
    let body = facts.iter().map(|(fact, ..)| fact.to_string()).collect::<Vec<_>>().join("\n");
    let reply = officer.call("POST", "/credit/v1/facts/batch").body("application/x-ndjson", body).send().await.expect_status(200);
    let lines = reply.lines();
    assert_eq!(lines.len(), facts.len());
    for (line, (fact, title, pointer)) in lines.iter().zip(&facts) {
        match title {
            Some(title) => assert_eq!((&line["status"], &line["body"]["detail"]["title"]), (&json!(201), &json!(title)), "{fact}"),
            None => assert_eq!((&line["status"], &line["problem"]["errors"][0]["pointer"]), (&json!(422), &json!(pointer)), "{fact}"),
        }
    }
    let good = i64::try_from(facts.iter().filter(|(_, title, _)| title.is_some()).count()).unwrap();
    product.grew(&before, &[("credit.fact", good)], &FREELY);
}
