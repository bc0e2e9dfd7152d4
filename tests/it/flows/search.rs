//! Search of the register as people type names: scripts, sounds, initials, slips, codes; every hit says why. Not here: how alike two names are, which
//! credit tests by labelled pairs.

use serde_json::{Value, json};
use testkit::{Client, Stack, sample_enterprise};

on_both_databases!(an_enterprise_is_found_as_people_type_it);

async fn search(client: &Client, q: &str) -> Vec<Value> {
    let reply = client.call("GET", "/credit/v1/enterprises").query("q", q).header("Accept-Language", "zh").send().await.expect_status(200);
    reply.field("/items").as_array().unwrap().clone()
}

async fn an_enterprise_is_found_as_people_type_it(stack: &mut Stack) {
    let officer = stack.officer().await;
    let wanted = sample_enterprise()
        .with("name", json!("深圳市示例优晶电子科技有限公司"))
        .with("short_name", json!("示例优晶"))
        .with("name_en", json!("Sample Youjing Electronics Co., Ltd."))
        .with("former_names", json!([{"name": "示例澄泓电子厂", "until": "2012-03-01"}]));
    let others = ["深圳市示例优品电子科技有限公司", "上海示例优晶食品有限公司", "示例格力电器有限公司", "示例华为技术有限公司"];
    let others: Vec<_> = others.iter().map(|name| sample_enterprise().with("name", json!(name))).collect();
    for sample in others.iter().chain([&wanted]) {
        officer.put(&sample.path(), &sample.body).await.expect_status(201);
    }
    let full_width: String = wanted.code.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
    for (q, kind, how) in [
        (wanted.code.as_str(), "code", "same_code"),
        (full_width.as_str(), "code", "same_code"),
        (&wanted.code.to_lowercase()[8..15], "code", "part_of_code"),
        ("深圳市示例优晶电子科技有限公司", "current", "same_name"),
        ("深圳市示例優晶電子科技有限公司", "current", "same_name"),
        ("示例优晶电子科技", "current", "same_core"),
        ("示例优晶", "short", "same_name"),
        ("示例優晶", "short", "same_name"),
        ("示例优精电子", "current", "same_sound"),
        ("示优晶电子科技", "current", "one_missing"),
        ("shili youjing dianzi keji", "current", "pinyin"),
        ("shìlì yōujīng", "short", "pinyin"),
        ("shiliyoujingdianzikeji", "current", "pinyin"),
        ("slyjdzkj", "current", "initials"),
        ("Sample Youjing", "english", "same_words"),
        ("示例澄泓电子", "former", "same_core"),
        ("示例呈泓电子", "former", "same_sound"),
        ("优晶电子", "current", "begins"),
    ] {
        let items = search(&officer, q).await;
        let first = items.first().unwrap_or_else(|| panic!("{q}: nothing"));
        assert_eq!(first["uscc"], json!(wanted.code), "{q}: {items:?}");
        let matched = first["matched"].as_array().unwrap();
        let reasons: Vec<(&str, &str)> = matched
            .iter()
            .flat_map(|one| one["how"].as_array().unwrap().iter().map(|how| (one["kind"].as_str().unwrap(), how.as_str().unwrap())))
            .collect();
        let found = reasons.contains(&(kind, how)) || (how == "begins" && reasons.contains(&(kind, "part_of_name")));
        assert!(found, "{q}: {matched:?}");
        assert!(matched.iter().all(|one| one["text"].as_str().is_some_and(|text| !text.is_ascii())), "{q}: {matched:?}");
    }
    // The best first, and a page goes on where the last one ended.
    let ranked = search(&officer, "示例优晶电子科技").await;
    let scores: Vec<i64> = ranked.iter().map(|item| item["score"].as_i64().unwrap()).collect();
    assert!(scores.len() >= 2 && scores.windows(2).all(|pair| pair[0] >= pair[1]), "{scores:?}");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = officer.get(&format!("/credit/v1/enterprises?q=%E7%A4%BA%E4%BE%8B&limit=2{cursor}")).await.expect_status(200);
        seen.extend(page.field("/items").as_array().unwrap().iter().map(|item| item["uscc"].as_str().unwrap().to_owned()));
        let Some(next) = page.field("/next_cursor").as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let once: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), once.len()), (5, 5), "{seen:?}");
    // A name that is no longer said finds nothing, and a wish that cannot be read is refused.
    let renamed = wanted.clone().with("short_name", Value::Null).with("former_names", json!([]));
    officer.call("PUT", &wanted.path()).header("If-Match", "\"1\"").json(&renamed.body).send().await.expect_status(200);
    assert!(search(&officer, "澄泓").await.is_empty());
    for q in ["", "%", "（）"] {
        officer.call("GET", "/credit/v1/enterprises").query("q", q).send().await.expect_problem(400, "bad_parameter");
    }
}
