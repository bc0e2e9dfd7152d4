//! A department's file becomes facts: by a mapping, in every form and encoding, row by row, once, and through a restart.

use std::{
    io::{Cursor, Write},
    time::Duration,
};

use serde_json::{Value, json};
use testkit::{Client, Reply, Sample, Stack, eventually_within, sample_enterprise};
use zip::{ZipWriter, write::SimpleFileOptions};

on_both_databases!(a_file_of_penalties_becomes_facts);
on_both_databases!(a_mapping_is_data_with_versions);
on_both_databases!(an_import_survives_a_restart);
on_both_databases!(a_broken_upload_leaves_nothing);

/// A chunk on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const CSV: &str = "text/csv";
const HEADER: &str =
    "行政相对人名称,统一社会信用代码,法定代表人,行政处罚决定书文号,处罚类别,处罚依据,罚款金额（万元）,处罚决定日期,处罚机关";

async fn register(officer: &Client) -> Sample {
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);
    sample
}

fn name(sample: &Sample) -> &str {
    sample.body["name"].as_str().unwrap()
}

async fn send(client: &Client, mapping: &str, kind: &str, body: impl Into<Vec<u8>>) -> Reply {
    client.call("POST", "/credit/v1/imports").query("mapping", mapping).body(kind, body).send().await
}

/// Follows an import to its end; a long file takes more than one wait.
async fn ended(client: &Client, accepted: Reply) -> Value {
    let path = accepted.expect_status(202).header("location").unwrap().to_owned();
    let mut last = 0;
    loop {
        let moved = eventually_within(PATIENCE, "an import that moves", || async {
            let reply = client.get(&path).await.expect_status(200);
            let is_over = ["done", "failed"].contains(&reply.text_at("/state").as_str());
            let read = reply.field("/rows/read").as_i64().unwrap();
            (is_over || read > last).then_some((is_over, read, reply.json))
        })
        .await;
        if moved.0 {
            return moved.2;
        }
        last = moved.1;
    }
}

async fn refusals(client: &Client, import: &Value) -> Vec<Value> {
    let path = format!("/credit/v1/imports/{}/refusals?limit=2", import["id"].as_str().unwrap());
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{cursor}")).await.expect_status(200);
        found.extend(page.field("/items").as_array().unwrap().clone());
        match page.field("/next_cursor").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

fn counts(import: &Value) -> Vec<i64> {
    ["read", "created", "same", "refused"].map(|name| import["rows"][name].as_i64().unwrap()).to_vec()
}

/// Pointer, code and column of every fault of a refused row.
fn faults(refusal: &Value) -> Vec<(String, String, String)> {
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    let all = refusal["problem"]["errors"].as_array().into_iter().flatten();
    let mut all: Vec<_> = all.map(|fault| (text(fault, "pointer"), text(fault, "code"), text(fault, "column"))).collect();
    all.sort();
    all
}

fn triple(pointer: &str, code: &str, column: &str) -> (String, String, String) {
    (pointer.to_owned(), code.to_owned(), column.to_owned())
}

async fn a_file_of_penalties_becomes_facts(stack: &mut Stack) {
    let officer = stack.officer().await;
    let (first, second, twin) = (register(&officer).await, register(&officer).await, sample_enterprise());
    let twin = twin.with("name", first.body["name"].clone());
    let row = |code: &str, name: &str, number: &str, kind: &str, fine: &str, on: &str| {
        format!("{name},{code},示例某,示例罚〔2026〕{number}号,{kind},示例法,{fine},{on},示例市场监督管理局\r\n")
    };
    let csv = format!(
        "\u{feff}{HEADER}\r\n{}{}{}{}{}",
        row(&first.code, "", "1", "罚款；没收违法所得", "0.5", "2026年5月11日"),
        row("/", name(&second), "2", "警告", "/", "2026/5/12"),
        row("914404001000000591", "", "3", "罚款、游街", "五千", "2026-13-01"),
        row("", "示例查无此名有限公司", "4", "警告", "", "20260511"),
        "少几列,x\r\n",
    );
    let import = ended(&officer, send(&officer, "double-publicity-penalty", CSV, csv.clone()).await).await;
    assert_eq!((&import["state"], &import["progress"], &import["encoding"]), (&json!("done"), &json!(1000), &json!("utf-8")), "{import}");
    assert_eq!(counts(&import), [5, 2, 0, 3], "{import}");
    let refused = refusals(&officer, &import).await;
    assert_eq!(refused.iter().map(|row| row["row"].as_i64().unwrap()).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(
        faults(&refused[0]),
        [
            triple("/decided_on", "date_invalid", "处罚决定日期"),
            triple("/detail/fine", "money_invalid", "罚款金额（万元）"),
            triple("/detail/types", "unknown_word", "处罚类别"),
            triple("/enterprise", "uscc_check_character", "统一社会信用代码"),
        ]
    );
    assert_eq!((&refused[0]["cells"]["罚款金额（万元）"], refused[0]["cells"].get("法定代表人")), (&json!("五千"), None), "{}", refused[0]);
    assert_eq!((&refused[1]["status"], &refused[1]["problem"]["code"]), (&json!(404), &json!("enterprise_unknown")), "{}", refused[1]);
    assert_eq!(faults(&refused[2]), [triple("", "wrong_type", "")]);

    let facts = officer.get(&format!("{}/facts", first.path())).await.expect_status(200);
    let fact = &facts.field("/items")[0];
    assert_eq!(
        fact["detail"],
        json!({"types": ["fine", "confiscation"], "fine": {"amount": "5000.00", "currency": "CNY"}, "law": "示例法"})
    );
    assert_eq!((&fact["decided_on"], &fact["asserted_by"]), (&json!("2026-05-11"), &json!(stack.code("authority"))));
    let score = officer.get(&format!("{}/score?as_of=2026-06-01", first.path())).await.expect_status(200);
    assert!(score.text.contains(fact["id"].as_str().unwrap()), "the score has seen it: {}", score.text);

    // The same rows again, now in the national encoding, as a workbook and as NDJSON: no row is recorded twice.
    let good = format!("{HEADER}\n{}", row(&first.code, "", "1", "罚款；没收违法所得", "0.5", "2026.5.11"));
    let (bytes, _, _) = encoding_rs::GB18030.encode(&good);
    let again = ended(&officer, send(&officer, "double-publicity-penalty", CSV, bytes.into_owned()).await).await;
    assert_eq!((counts(&again), &again["encoding"]), (vec![1, 0, 1, 0], &json!("gb18030")), "{again}");
    let sheet = workbook(&good);
    let again = ended(&officer, send(&officer, "double-publicity-penalty", SHEET, sheet).await).await;
    assert_eq!((counts(&again), &again["form"]), (vec![1, 0, 1, 0], &json!("xlsx")), "{again}");
    let line = json!({"统一社会信用代码": first.code, "行政处罚决定书文号": "示例罚〔2026〕1号", "处罚类别": "罚款；没收违法所得", "处罚依据": "示例法",
        "罚款金额": 0.5, "处罚决定日期": 46153, "处罚机关": "示例市场监督管理局"});
    let again = ended(&officer, send(&officer, "double-publicity-penalty", "application/x-ndjson", format!("{line}\n")).await).await;
    assert_eq!(counts(&again), [1, 0, 1, 0], "{again}");
    let changed = good.replace("0.5", "0.6");
    let clash = ended(&officer, send(&officer, "double-publicity-penalty", CSV, changed).await).await;
    assert_eq!(refusals(&officer, &clash).await[0]["problem"]["code"], "duplicate");

    // A name that two enterprises bear decides nothing.
    officer.put(&twin.path(), &twin.body).await.expect_status(201);
    let named = format!("{HEADER}\n{}", row("", name(&first), "9", "警告", "", "2026-05-11"));
    let ambiguous = ended(&officer, send(&officer, "double-publicity-penalty", CSV, named).await).await;
    let refused = refusals(&officer, &ambiguous).await;
    assert_eq!(faults(&refused[0]), [triple("/enterprise", "enterprise_ambiguous", "统一社会信用代码")], "{}", refused[0]);
    whole_files_that_are_refused(&officer).await;
    who_may(stack, &officer, &import, &first).await;
}

const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook of inline texts, as small as one can be.
fn workbook(csv: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const LINKS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let link = |kind: &str, target: &str| {
        format!(r#"<Relationships xmlns="{LINKS}"><Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#)
    };
    let book =
        format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="公示" sheetId="1" r:id="rId1"/></sheets></workbook>"#);
    let mut rows = String::new();
    for (row, line) in (1..).zip(csv.lines()) {
        let cells = (b'A'..).zip(line.split(','));
        let cells: String =
            cells.map(|(column, cell)| format!(r#"<c r="{}{row}" t="inlineStr"><is><t>{cell}</t></is></c>"#, char::from(column))).collect();
        rows.push_str(&format!(r#"<row r="{row}">{cells}</row>"#));
    }
    let sheet = format!(r#"<worksheet xmlns="{MAIN}"><dimension ref="A1:I9"/><sheetData>{rows}</sheetData></worksheet>"#);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

async fn whole_files_that_are_refused(officer: &Client) {
    let header = ended(officer, send(officer, "double-publicity-penalty", CSV, "统一社会信用代码,处罚类别\n").await).await;
    assert_eq!((&header["state"], &header["failure"]["code"]), (&json!("failed"), &json!("missing_field")), "{header}");
    assert_eq!(header["failure"]["errors"].as_array().unwrap().len(), 3, "all missing columns at once: {header}");
    let broken = ended(officer, send(officer, "double-publicity-penalty", SHEET, "PK").await).await;
    assert_eq!(broken["failure"]["code"], "workbook_unreadable", "{broken}");
    let refused = send(officer, "double-publicity-penalty", CSV, vec![0xFF, 0xFE, 0x3A, 0x79]).await;
    refused.expect_problem(400, "encoding_unknown");
    send(officer, "double-publicity-penalty", "application/json", "{}").await.expect_problem(415, "unsupported_media_type");
    send(officer, "nobody-has-this", CSV, "a").await.expect_problem(422, "mapping_unknown");
    send(officer, "Not A Name", CSV, "a").await.expect_problem(422, "character_not_allowed");
    officer.call("POST", "/credit/v1/imports").body(CSV, "a").send().await.expect_problem(400, "bad_parameter");
    let zh =
        officer.call("GET", &format!("/credit/v1/imports/{}", header["id"].as_str().unwrap())).header("Accept-Language", "zh").send().await;
    assert_eq!(zh.text_at("/failure/errors/0/detail"), "缺少这一列。");
}

async fn who_may(stack: &Stack, officer: &Client, import: &Value, about: &Sample) {
    let path = format!("/credit/v1/imports/{}", import["id"].as_str().unwrap());
    // An insurer may assert covers, so it may send files: each row is judged for itself, and its imports are its own.
    let insurer = stack.caller("insurer").await;
    let csv = format!("{HEADER}\n,{},,示例罚〔2026〕1号,警告,,,2026-05-11,示例机关\n", about.code);
    // So may a buyer, of performances of contracts.
    let buyer = stack.buyer().await;
    let refused = ended(&buyer, send(&buyer, "double-publicity-penalty", CSV, csv.clone()).await).await;
    assert_eq!(refusals(&buyer, &refused).await[0]["problem"]["code"], "not_your_fact");
    let own = ended(&insurer, send(&insurer, "double-publicity-penalty", CSV, csv).await).await;
    assert_eq!(counts(&own), [1, 0, 0, 1]);
    assert_eq!(refusals(&insurer, &own).await[0]["problem"]["code"], "not_your_fact");
    insurer.get(&path).await.expect_problem(404, "not_found");
    insurer.get(&format!("{path}/refusals")).await.expect_problem(404, "not_found");
    let listed = insurer.get("/credit/v1/imports").await.expect_status(200);
    let ids: Vec<&str> = listed.field("/items").as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [own["id"].as_str().unwrap()]);
    let all = officer.get("/credit/v1/imports?state=done&limit=500").await.expect_status(200);
    assert!(all.text.contains(own["id"].as_str().unwrap()) && all.text.contains(import["id"].as_str().unwrap()));
    let integrator = stack.caller("integrator").await;
    send(&integrator, "double-publicity-penalty", CSV, "a").await.expect_problem(403, "not_your_fact");
    officer.get("/credit/v1/imports/imp_01JD0000000000000000000000").await.expect_problem(404, "not_found");
    officer.get("/credit/v1/imports/nonsense").await.expect_problem(422, "id_malformed");
    officer.get("/credit/v1/imports?state=gone&limit=0&colour=red").await.expect_problem(400, "bad_parameter");
    officer.get(&format!("{path}/refusals?cursor=x")).await.expect_problem(400, "bad_cursor");
}

fn own_mapping() -> Value {
    json!({
        "title": {"zh": "示例荣誉表", "en": "Sample awards"},
        "kind": {"column": "类别", "words": {"荣誉": "award", "承诺": "commitment"}},
        "enterprise": {"code": "代码"},
        "external_id": {"prefix": "示例-", "columns": ["编号"]},
        "fields": [
            {"to": "source.authority", "constant": "示例质量协会"},
            {"to": "decided_on", "column": "日期", "read": {"as": "date", "formats": ["chinese"]}},
            {"to": "detail.title", "column": "标题"}
        ],
    })
}

async fn a_mapping_is_data_with_versions(stack: &mut Stack) {
    let (officer, association) = (stack.officer().await, stack.caller("association").await);
    let sample = register(&officer).await;
    let path = "/credit/v1/import_mappings/our-awards";
    let put = |body: Value, tag: Option<&str>| {
        let call = association.call("PUT", path).json(&body);
        tag.map_or(association.call("PUT", path).json(&body), |tag| call.header("If-Match", tag)).send()
    };
    association.get(path).await.expect_problem(404, "not_found");
    let made = put(own_mapping(), None).await.expect_status(201);
    assert_eq!((made.header("etag"), made.field("/version")), (Some("\"1\""), &json!(1)));
    put(own_mapping(), None).await.expect_problem(428, "if_match_required");
    put(own_mapping(), Some("\"7\"")).await.expect_problem(412, "etag_mismatch");
    let file = format!("类别,代码,编号,日期,标题\n荣誉,{0},1,2026年5月11日,示例奖\n承诺,{0},2,2026年5月11日,示例承诺\n", sample.code);
    let import = ended(&association, send(&association, "our-awards", CSV, file.clone()).await).await;
    assert_eq!((counts(&import), &import["mapping_version"]), (vec![2, 2, 0, 0], &json!(1)), "{import}");
    let mut next = own_mapping();
    next["fields"][1]["read"] = json!({"as": "date", "formats": ["slash"]});
    put(next.clone(), Some("\"1\"")).await.expect_status(200);
    assert_eq!(put(next.clone(), Some("\"2\"")).await.expect_status(200).field("/version"), &json!(2), "the same again is no version");
    let import = ended(&association, send(&association, "our-awards", CSV, file).await).await;
    assert_eq!((counts(&import), &import["mapping_version"]), (vec![2, 0, 0, 2], &json!(2)), "{import}");

    // A mapping is its organisation's own; what is shipped is everybody's.
    officer.get(path).await.expect_problem(404, "not_found");
    for (client, expected) in [
        (&association, vec!["double-publicity-penalty", "spot-check-results", "our-awards"]),
        (&officer, vec!["double-publicity-penalty", "spot-check-results"]),
    ] {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("/credit/v1/import_mappings?limit=1{cursor}")).await.expect_status(200);
            names.extend(page.field("/items").as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            match page.field("/next_cursor").as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(names, expected);
    }
    let reserved = association.put("/credit/v1/import_mappings/spot-check-results", &own_mapping()).await;
    reserved.expect_problem(422, "name_reserved");
    let mut bad = own_mapping();
    bad["kind"] = json!({});
    bad["fields"][2]["to"] = json!("detail.colour");
    let refused = put(bad, Some("\"2\"")).await.expect_status(422);
    assert!(refused.faults().contains(&("/kind".to_owned(), "column_or_constant".to_owned())), "{}", refused.text);
    let mut odd = own_mapping();
    odd["colour"] = json!("red");
    odd["fields"][1]["read"]["as"] = json!("runes");
    put(odd, Some("\"2\"")).await.expect_status(400);
    stack.caller("integrator").await.put(path, &own_mapping()).await.expect_problem(403, "not_your_fact");
}

async fn an_import_survives_a_restart(stack: &mut Stack) {
    const ROWS: i64 = 1_000;
    let officer = stack.officer().await;
    let mut samples = Vec::new();
    for _ in 0..25 {
        samples.push(register(&officer).await);
    }
    let mut csv = format!("{HEADER}\n");
    for (number, sample) in (0..ROWS).zip(samples.iter().cycle()) {
        csv.push_str(&format!(",{},,示例罚〔2026〕{number}号,警告,,,2026-05-11,示例市场监督管理局\n", sample.code));
    }
    let first = officer.call("POST", "/credit/v1/imports").query("mapping", "double-publicity-penalty").header("Idempotency-Key", "a-file");
    let first = first.body(CSV, csv.clone()).send().await.expect_status(202);
    let path = first.header("location").unwrap().to_owned();
    eventually_within(PATIENCE, "some rows", || async {
        let reply = officer.get(&path).await.expect_status(200);
        (reply.field("/rows/read").as_i64() > Some(0)).then_some(())
    })
    .await;
    let name = if stack.processes().len() == 1 { "touchstone" } else { "credit" };
    stack.restart(name);
    let officer = stack.officer().await;
    let again = officer.call("POST", "/credit/v1/imports").query("mapping", "double-publicity-penalty").header("Idempotency-Key", "a-file");
    let again = again.body(CSV, csv.clone()).send().await.expect_status(202);
    assert_eq!(again.text, first.text, "the first answer, byte for byte");
    let other = officer.call("POST", "/credit/v1/imports").query("mapping", "spot-check-results").header("Idempotency-Key", "a-file");
    other.body(CSV, csv).send().await.expect_problem(409, "idempotency_conflict");
    let import = ended(&officer, again).await;
    assert_eq!((counts(&import), &import["state"]), (vec![ROWS, ROWS, 0, 0], &json!("done")), "{import}");
    let mut facts = 0;
    for sample in samples {
        let mut cursor = String::new();
        loop {
            let page = officer.get(&format!("{}/facts?limit=500{cursor}", sample.path())).await.expect_status(200);
            facts += page.field("/items").as_array().unwrap().len();
            match page.field("/next_cursor").as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
    }
    assert_eq!(facts, usize::try_from(ROWS).unwrap(), "no row is lost and none recorded twice");
    let listed = officer.get("/credit/v1/imports?limit=500").await.expect_status(200);
    assert_eq!(listed.field("/items").as_array().unwrap().iter().filter(|item| item["rows"]["read"] == json!(ROWS)).count(), 1);
}

/// Half a body, and then the connection is cut.
async fn a_broken_upload_leaves_nothing(stack: &mut Stack) {
    use tokio::io::AsyncWriteExt;

    let officer = stack.officer().await;
    let before = officer.get("/credit/v1/imports").await.expect_status(200).text;
    let address = stack.base().trim_start_matches("http://").to_owned();
    let mut cut = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /credit/v1/imports?mapping=double-publicity-penalty HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: text/csv\r\nContent-Length: 4000000\r\n\r\n",
        officer.token().unwrap()
    );
    cut.write_all(head.as_bytes()).await.unwrap();
    cut.write_all(format!("{HEADER}\n").repeat(4_000).as_bytes()).await.unwrap();
    cut.flush().await.unwrap();
    drop(cut);
    // Whatever came after the cut has passed the same listener.
    let sample = register(&officer).await;
    let whole = format!("{HEADER}\n,{},,示例罚〔2026〕1号,警告,,,2026-05-11,示例机关\n", sample.code);
    let import = ended(&officer, send(&officer, "double-publicity-penalty", CSV, whole).await).await;
    assert_eq!(counts(&import), [1, 1, 0, 0]);
    let after = officer.get("/credit/v1/imports").await.expect_status(200);
    let known = serde_json::from_str::<Value>(&before).unwrap()["items"].as_array().unwrap().len();
    assert_eq!(after.field("/items").as_array().unwrap().len(), known + 1, "{}", after.text);
}
