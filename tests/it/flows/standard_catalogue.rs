//! The catalogue of standards over HTTP with the two real lists: what is read, every fault told, statuses on days, relations, and what citations mean.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{Client, Reply, Stack};

on_both_databases!(real_lists_are_read_and_their_citations_resolved);
on_both_databases!(what_an_edition_says_is_kept_in_versions);

const CN: &str = include_str!("../../data/standards/cn_sports_standards.ndjson");
const ISO: &str = include_str!("../../data/standards/iso_consumer_deliverables.ndjson");
const IMPORT: &str = "/standards/v1/standards/import";

/// Reads a list as an authority.
pub(super) async fn import(officer: &Client, form: &str, list: &str) -> Reply {
    let call = officer.call("POST", IMPORT).query("form", form).query("listed_on", "2026-08-18").query("source", "示例名录");
    call.body("application/x-ndjson", list.to_owned()).send().await.expect_status(200)
}

/// Reads editions of our own form; gives their ids in the order of the rows.
pub(super) async fn editions(officer: &Client, rows: &[Value]) -> Vec<String> {
    let list: Vec<String> = rows.iter().map(Value::to_string).collect();
    let reply = officer.call("POST", IMPORT).body("application/x-ndjson", list.join("\n")).send().await.expect_status(200);
    let id = |row: &Value| row["edition"].as_str().unwrap_or_else(|| panic!("{row}")).to_owned();
    reply.lines().iter().map(id).collect()
}

/// The canonical numbers and the statuses of the rows of an import, by the row.
fn ended(reply: &Reply) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in reply.lines() {
        *counts.entry(row["status"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

async fn resolve(client: &Client, citations: &[String], on: &str) -> Vec<Value> {
    let mut items = Vec::new();
    for some in citations.chunks(1_000) {
        let reply = client.post("/standards/v1/standards/resolve", &json!({"citations": some, "on": on})).await.expect_status(200);
        items.extend(reply.field("/items").as_array().unwrap().iter().cloned());
    }
    items
}

/// Other ways to write the same number: an em dash, full width, no blanks, lower case.
fn spellings(number: &str) -> Vec<String> {
    let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c };
    vec![
        number.to_owned(),
        number.replace('-', "—"),
        number.replace('-', "－").replace(' ', ""),
        number.chars().map(wide).collect(),
        number.to_lowercase(),
        format!("  {}  ", number.replace(' ', "   ")),
    ]
}

async fn real_lists_are_read_and_their_citations_resolved(stack: &mut Stack) {
    let (officer, reader) = (stack.officer().await, stack.caller("integrator").await);
    reader.call("POST", IMPORT).body("application/x-ndjson", "{}").send().await.expect_problem(403, "not_your_organisation");
    let cn = import(&officer, "cn_list", CN).await;
    assert_eq!(ended(&cn), BTreeMap::from([("created".to_owned(), 910), ("refused".to_owned(), 7)]));
    let iso = import(&officer, "iso_list", ISO).await;
    assert_eq!(iso.lines().len(), 798);
    assert_eq!(ended(&iso).get("refused"), None);
    // Every fault is told in its row and kept in the report.
    let report = officer.get(cn.header("location").unwrap()).await.expect_status(200);
    assert_eq!((report.field("/faults/replaced_by_not_a_number"), report.field("/faults/dash_form")), (&json!(34), &json!(407)));
    assert_eq!(report.field("/faults/current_before_effective"), &json!(6));
    reader.get(cn.header("location").unwrap()).await.expect_problem(403, "not_your_organisation");
    // Read again, nothing changes.
    let again = import(&officer, "cn_list", CN).await;
    assert_eq!(ended(&again), BTreeMap::from([("unchanged".to_owned(), 910), ("refused".to_owned(), 7)]));

    // Every number of both lists resolves in every spelling, beyond 99 %.
    let numbers = |list: &str, name: &str| -> Vec<String> {
        list.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()[name].as_str().unwrap().to_owned()).collect()
    };
    let all: Vec<String> = numbers(CN, "code").into_iter().chain(numbers(ISO, "docid")).collect();
    let plain = resolve(&reader, &all, "2026-11-01").await;
    let misses: Vec<&Value> = plain.iter().filter(|item| item["result"] != "resolved").map(|item| &item["input"]).collect();
    eprintln!("resolved {} of {}; misses: {misses:?}", all.len() - misses.len(), all.len());
    assert_eq!((all.len(), misses.len()), (1_715, 7), "{misses:?}");
    let spelled: Vec<String> = all.iter().enumerate().map(|(place, number)| spellings(number).swap_remove(place % 6)).collect();
    let found = resolve(&reader, &spelled, "2026-11-01").await;
    let misses: Vec<(&Value, &Value)> = found
        .iter()
        .zip(&plain)
        .filter(|(one, other)| one["edition"]["id"] != other["edition"]["id"])
        .map(|(one, _)| (&one["input"], &one["number"]))
        .collect();
    eprintln!("other spellings: {} misses of {}: {misses:?}", misses.len(), all.len());
    assert!(misses.len() * 100 < all.len(), "{misses:?}");

    // Statuses on days: facts of the published lists.
    for (number, on, status, successor) in [
        ("GB/T 14833-2011", "2026-11-01", "replaced", Some("GB/T 14833-2020")),
        ("GB/T 14833-2020", "2026-11-01", "current", None),
        ("GB 19079.4-2025", "2026-11-01", "upcoming", None),
        ("TY/T 3702.7-2026", "2026-09-14", "upcoming", None),
        ("TY/T 3702.7-2026", "2026-09-15", "current", None),
        ("DB37/T 3682-2019", "2025-08-28", "current", None),
        ("DB37/T 3682-2019", "2025-08-29", "withdrawn", None),
        ("ISO 10001:2007", "2010-01-01", "current", Some("ISO 10001:2018")),
        ("ISO 10001:2007", "2018-07-01", "replaced", Some("ISO 10001:2018")),
        ("ISO 10001:2018", "2026-11-01", "current", None),
    ] {
        let item = resolve(&reader, &[number.to_owned()], on).await.remove(0);
        assert_eq!(
            (&item["edition"]["status"], &item["edition"]["successors"][0]),
            (&json!(status), &json!(successor)),
            "{number} {on} {item}"
        );
    }
    undated_and_unknown(&reader).await;
    searches(&reader).await;
}

async fn undated_and_unknown(reader: &Client) {
    for (citation, on, result, number) in [
        // Undated: what holds on the day.
        ("ISO 10001", "2010-01-01", "resolved", "ISO 10001:2007"),
        ("ISO 10001", "2026-11-01", "resolved", "ISO 10001:2018"),
        ("GB/T14833", "2026-11-01", "resolved", "GB/T 14833-2020"),
        ("GB/T 14833-20", "2026-11-01", "resolved", "GB/T 14833-2020"),
        // A year that there is not, and a mark that it does not have: candidates, never a guess.
        ("GB/T 14833-2010", "2026-11-01", "candidates", "GB/T 14833-2020"),
        ("GB 14833-2020", "2026-11-01", "candidates", "GB/T 14833-2020"),
        ("GB/T 14833-2020/XG1-2020", "2026-11-01", "resolved", "GB/T 14833-2020"),
    ] {
        let item = resolve(reader, &[citation.to_owned()], on).await.remove(0);
        let found = if result == "resolved" { &item["edition"]["number"] } else { &item["candidates"][0]["number"] };
        assert_eq!((&item["result"], found), (&json!(result), &json!(number)), "{citation} {item}");
        assert_eq!(item["amendment_unknown"] == json!(true), citation.contains("XG"), "{item}");
    }
    for (citation, result) in [("GB/T 999999-2020", "unknown"), ("标准一号", "unreadable")] {
        assert_eq!(resolve(reader, &[citation.to_owned()], "2026-11-01").await[0]["result"], result);
    }
    let bad = json!({"citations": [], "on": "yesterday"});
    let faults = reader.post("/standards/v1/standards/resolve", &bad).await.expect_problem(422, "invalid").faults();
    let faults: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(faults, ["/citations", "/on"]);
}

async fn searches(reader: &Client) {
    let list = |query: &str| format!("/standards/v1/standards?{query}");
    let page = reader.get(&list("level=international&ics=97.200.50&status=current&on=2026-11-01&limit=500")).await.expect_status(200);
    let toys = page.field("/items").as_array().unwrap();
    assert!(
        !toys.is_empty()
            && toys.iter().all(|one| one["status"] == "current" && one["ics"].as_array().unwrap().contains(&json!("97.200.50")))
    );
    let mut seen = Vec::new();
    let mut path = list("level=group&limit=100");
    loop {
        let page = reader.get(&path).await.expect_status(200);
        seen.extend(page.field("/items").as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap().to_owned()));
        let Some(cursor) = page.field("/next_cursor").as_str() else { break };
        path = list(&format!("level=group&limit=100&cursor={cursor}"));
    }
    assert!(seen.is_sorted() && seen.len() > 350, "{}", seen.len());
    let standard = reader.get(&list("number=ISO%2010001")).await.expect_status(200).text_at("/items/0/standard");
    let path = format!("/standards/v1/standards/{standard}");
    let whole = reader.get(&format!("{path}?on=2026-11-01")).await.expect_status(200);
    assert_eq!(
        (whole.field("/number"), whole.field("/holding/number"), whole.field("/editions")),
        (&json!("ISO 10001"), &json!("ISO 10001:2018"), &json!(2))
    );
    let editions = reader.get(&format!("{path}/editions?on=2026-11-01")).await.expect_status(200);
    let edition = editions.text_at("/items/0/id");
    let relations = reader.get(&format!("/standards/v1/editions/{edition}/relations")).await.expect_status(200);
    assert_eq!((relations.field("/items/0/kind"), relations.field("/items/0/from")), (&json!("replaces"), &json!("ISO 10001:2018")));
    let fields = reader.get("/standards/v1/classes/ics").await.expect_status(200);
    assert_eq!(fields.field("/items/0/code"), "01");
    assert!(!reader.get("/standards/v1/classes/ics?parent=97.220").await.expect_status(200).field("/items").as_array().unwrap().is_empty());
    assert_eq!(reader.get("/standards/v1/classes/ccs").await.expect_status(200).field("/items/22/code"), "Y");
    reader.get("/standards/v1/classes/ics?parent=98").await.expect_problem(404, "not_found");
    let bad = reader.get(&list("status=valid&level=x&ics=%25&on=x&limit=0")).await.expect_problem(400, "bad_parameter").faults();
    let bad: Vec<&str> = bad.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(bad, ["?ics", "?level", "?limit", "?on", "?status"]);
}

/// Invented standards: a row that is wrong fails alone, a circle is left out, a successor ends its predecessor after the transition.
async fn what_an_edition_says_is_kept_in_versions(stack: &mut Stack) {
    let (officer, reader) = (stack.officer().await, stack.caller("integrator").await);
    let old = json!({"number": "GB/T 99101-2018", "title": "示例一", "published_on": "2018-01-01", "effective_on": "2018-07-01", "status": "current", "transition_until": "2025-06-30"});
    let new = json!({"number": "GB/T 99101-2024", "title": "示例一", "published_on": "2024-06-01", "effective_on": "2025-01-01", "status": "current",
        "ics": ["97.190"], "ccs": ["Y57"], "relations": [{"kind": "replaces", "to": "GB/T 99101-2018"}, {"kind": "adopts", "degree": "MOD", "to": "ISO 99101:2020"}]});
    let wrong = json!({"number": "GB/T 99102-2024", "title": "", "effective_on": "2024-13-01", "status": "current", "mandatory": true, "ics": ["99.99"], "ccs": ["9"],
        "text_digest": "md5:1", "relations": [{"kind": "adopts", "to": "x"}, {"kind": "stricter_than", "to": "GB/T 99101-2018"}]});
    let circle = json!({"number": "GB/T 99101-2018", "title": "示例一（改）", "published_on": "2018-01-01", "effective_on": "2018-07-01", "status": "current",
        "transition_until": "2025-06-30", "relations": [{"kind": "replaces", "to": "GB/T 99101-2024"}]});
    let list: Vec<String> = [&old, &new, &wrong, &circle, &json!({"number": 1})].iter().map(|row| row.to_string()).collect();
    let reply = officer.call("POST", IMPORT).body("application/x-ndjson", list.join("\n")).send().await.expect_status(200);
    let rows = reply.lines();
    let statuses: Vec<&str> = rows.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["created", "created", "refused", "replaced", "refused"]);
    let pointers: Vec<&str> =
        rows[2]["problem"]["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    let expected =
        ["/effective_on", "/title", "/text_digest", "/ics/0", "/ccs/0", "/relations/0/to", "/relations/0/degree", "/relations/1/kind"];
    let sorted = |mut all: Vec<&'static str>| {
        all.sort_unstable();
        all
    };
    let mut found = pointers.clone();
    found.sort_unstable();
    assert_eq!(found, sorted(expected.to_vec()));
    assert_eq!(rows[3]["faults"][0]["code"], "relation_circular");

    let edition = format!("/standards/v1/editions/{}", rows[0]["edition"].as_str().unwrap());
    for (on, status) in [
        ("2018-06-30", "upcoming"),
        ("2018-07-01", "current"),
        ("2024-12-31", "current"),
        ("2025-01-01", "current_transitional"),
        ("2025-06-30", "current_transitional"),
        ("2025-07-01", "replaced"),
    ] {
        let read = reader.get(&format!("{edition}?on={on}")).await.expect_status(200);
        assert_eq!((read.field("/status"), read.field("/status_on")), (&json!(status), &json!(on)));
    }
    let read = reader.get(&format!("{edition}?on=2026-01-01")).await.expect_status(200);
    let tag = read.header("etag").unwrap().to_owned();
    reader.call("GET", &format!("{edition}?on=2026-01-01")).header("If-None-Match", &tag).send().await.expect_status(304);
    // Who recorded what is for authorities; what was said is for all.
    let history = format!("/standards/v1/standards/{}/history", read.text_at("/standard"));
    let said = reader.get(&history).await.expect_status(200);
    assert!(said.field("/items").as_array().unwrap().len() >= 4 && said.field("/items/0/recorded_by").is_null());
    assert!(officer.get(&history).await.expect_status(200).field("/items/0/recorded_by").is_string());
    // The register tells others how each edition stands.
    let events = officer.get("/standards/v1/events?after=0&limit=100").await.expect_status(200);
    let last = events.field("/items").as_array().unwrap().iter().rfind(|event| event["subject"] == "GB/T 99101-2018").unwrap().clone();
    assert_eq!((&last["data"]["ended_from"], &last["data"]["successors"]), (&json!("2025-07-01"), &json!(["GB/T 99101-2024"])));
    // A row of our own form says all: the relation that it said before and says no more was a mistake, and its predecessor holds again.
    let mut mended = new.clone();
    mended["relations"] = json!([]);
    editions(&officer, &[mended]).await;
    assert_eq!(reader.get(&format!("{edition}?on=2026-01-01")).await.expect_status(200).field("/status"), "current");
    // A double number is that of its own edition, and an identical adoption (GB/T 20000.2).
    let double = json!({"number": "GB/T 99103-2024/ISO 99103:2020", "title": "示例", "published_on": "2024-01-01", "status": "current"});
    let id = editions(&officer, &[double]).await.remove(0);
    let adopted = reader.get(&format!("/standards/v1/editions/{id}/relations")).await.expect_status(200);
    assert_eq!((adopted.field("/items/0/from"), adopted.field("/items/0/degree")), (&json!("GB/T 99103-2024"), &json!("IDT")));
    assert_eq!(resolve(&reader, &["GB/T 99103-2024/ISO 99103:2020".to_owned()], "2026-11-01").await[0]["edition"]["id"], id);
    reader.get("/standards/v1/editions/edn_0").await.expect_problem(422, "id_malformed");
    reader.get("/standards/v1/editions/edn_01JD0000000000000000000000").await.expect_problem(404, "not_found");
}
