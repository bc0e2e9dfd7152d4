//! Bodies, good and bad.

use std::{collections::BTreeMap, fs, path::Path};

use actix_web::{App, HttpResponse, test as web_test, test::TestRequest, web};
use serde::Deserialize;

use super::*;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Degree {
    Minor,
    General,
}

#[derive(Debug, Deserialize, PartialEq, ToSchema)]
#[serde(deny_unknown_fields)]
struct Source {
    authority: String,
    document_no: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    Add { points: u32 },
    Drop { fact: String },
}

#[derive(Debug, Deserialize, PartialEq, ToSchema)]
#[serde(deny_unknown_fields)]
struct Fact {
    enterprise: String,
    count: Option<u8>,
    degree: Option<Degree>,
    source: Source,
    #[serde(default)]
    second: Option<Source>,
    #[serde(default)]
    items: Vec<String>,
    #[serde(default)]
    changes: Vec<Change>,
    #[serde(default)]
    decided_on: Option<chrono::NaiveDate>,
    #[serde(default)]
    more: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, PartialEq, ToSchema)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
enum Detail {
    Recall(Source),
    Award(Change),
}

#[derive(Debug, Deserialize, PartialEq, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
enum Step {
    File(Source),
    Close,
}

#[derive(Debug, Deserialize, PartialEq, ToSchema)]
struct Flat {
    enterprise: String,
    #[serde(flatten)]
    detail: Detail,
    #[serde(default)]
    steps: Vec<Step>,
}

const GOOD: &str = r#"{"enterprise":"x","source":{"authority":"a"}}"#;

fn told<T: DeserializeOwned + ToSchema + std::fmt::Debug + 'static>(text: &str) -> Vec<String> {
    let error = parse::<T>(text.as_bytes()).unwrap_err();
    assert_eq!(error.status(), 400, "{error}");
    let mut told: Vec<String> = error.errors().iter().map(|field| format!("{} {}", field.pointer, field.code)).collect();
    told.sort();
    told
}

#[test]
fn a_good_body_is_read() {
    let fact: Fact = parse(GOOD.as_bytes()).unwrap();
    assert_eq!((fact.enterprise.as_str(), fact.count), ("x", None));
    let full = r#"{"enterprise":"x","count":null,"degree":"minor","source":{"authority":"a","document_no":"n"},"second":null,
        "items":["i"],"changes":[{"kind":"add","points":3}],"decided_on":"2026-05-11","more":{"a":[1,{}]}}"#;
    assert_eq!(parse::<Fact>(full.as_bytes()).unwrap().changes, [Change::Add { points: 3 }]);
}

#[test]
fn every_error_of_shape_is_told_at_once() {
    let body = r#"{"count":"many","degree":"terrible","source":{"document_no":5,"x/y":1},"items":["a",2],"zz":0,"decided_on":"yesterday"}"#;
    assert_eq!(
        told::<Fact>(body),
        [
            "/count wrong_type",
            "/decided_on wrong_type",
            "/degree wrong_type",
            "/enterprise missing_field",
            "/items/1 wrong_type",
            "/source/authority missing_field",
            "/source/document_no wrong_type",
            "/source/x~1y unknown_field",
            "/zz unknown_field",
        ]
    );
    let error = parse::<Fact>(body.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "malformed");
    let degree = error.errors().iter().find(|field| field.pointer == "/degree").unwrap();
    assert!(degree.detail.en.contains("minor, general"), "{}", degree.detail.en);
}

#[test]
fn errors_inside_optional_and_tagged_parts_keep_their_place() {
    let body = r#"{"enterprise":"x","source":{"authority":"a"},"second":{"authority":7,"odd":1},
        "changes":[{"kind":"add"},{"kind":"drop","fact":1},{"kind":"move"},{"points":1},{"kind":"drop","fact":"f","points":2},5]}"#;
    assert_eq!(
        told::<Fact>(body),
        [
            "/changes/0/points missing_field",
            "/changes/1/fact wrong_type",
            "/changes/2/kind wrong_type",
            "/changes/3/kind missing_field",
            "/changes/4/points unknown_field",
            "/changes/5 wrong_type",
            "/second/authority wrong_type",
            "/second/odd unknown_field",
        ]
    );
}

#[test]
fn parts_that_are_put_together_know_each_others_fields() {
    let good =
        r#"{"enterprise":"x","kind":"recall","detail":{"authority":"a"},"steps":[{"verb":"file","authority":"a"},{"verb":"close"}]}"#;
    assert_eq!(parse::<Flat>(good.as_bytes()).unwrap().steps.len(), 2);
    let bad =
        r#"{"enterprise":1,"kind":"recall","detail":{"authority":2,"odd":3},"steps":[{"verb":"file","odd":1},{"verb":"open"}],"more":1}"#;
    assert_eq!(
        told::<Flat>(bad),
        [
            "/detail/authority wrong_type",
            "/detail/odd unknown_field",
            "/enterprise wrong_type",
            "/more unknown_field",
            "/steps/0/authority missing_field",
            "/steps/0/odd unknown_field",
            "/steps/1/verb wrong_type",
        ]
    );
    let unknown = r#"{"enterprise":"x","kind":"recall","detail":{"authority":"a"},"more":1}"#;
    assert_eq!(told::<Flat>(unknown), ["/more unknown_field"]);
    assert_eq!(parse_value::<Flat>(serde_json::from_str(unknown).unwrap(), "/items/0").unwrap_err().errors()[0].pointer, "/items/0/more");
    let other = r#"{"enterprise":"x","kind":"penalty","detail":{}}"#;
    assert_eq!(told::<Flat>(other), ["/kind wrong_type"]);
    assert_eq!(told::<Flat>(r#"{"enterprise":"x","kind":"award"}"#), ["/detail missing_field"]);
    assert_eq!(told::<Flat>(r#"{"enterprise":"x"}"#), ["/detail missing_field", "/kind missing_field"]);
}

#[test]
fn what_the_schema_does_not_know_is_told_by_serde() {
    assert_eq!(told::<Fact>(r#"{"enterprise":"x","source":{"authority":"a"},"count":256}"#), ["/count wrong_type"]);
    assert_eq!(told::<Fact>(r#"{"enterprise":"x","source":{"authority":"a"},"count":1.0}"#), ["/count wrong_type"]);
    assert_eq!(told::<Fact>(r#"{"enterprise":"x","source":{"authority":"a"},"count":-1}"#), ["/count wrong_type"]);
    assert_eq!(told::<Fact>("[]"), [" wrong_type"]);
    assert_eq!(told::<Vec<Fact>>(&format!("[{GOOD},3]")), ["/1 wrong_type"]);
    let value = serde_json::json!({"authority": 1});
    assert_eq!(parse_value::<Source>(value, "/detail").unwrap_err().errors()[0].pointer, "/detail/authority");
}

#[test]
fn keys_stand_once_and_nothing_lies_too_deep() {
    assert_eq!(told::<Fact>(r#"{"enterprise":"x","enterprise":"y","source":{"authority":"a"}}"#), ["/enterprise malformed_json"]);
    let nested = r#"{"enterprise":"x","source":{"authority":"a"},"more":{"a":[{"b~":1,"\u0062~":2}]}}"#;
    assert_eq!(told::<Fact>(nested), ["/more/a/0/b~0 malformed_json"]);
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(parse::<Value>(deep(64).as_bytes()).is_ok());
    for levels in [65, 127, 128, 500_000] {
        assert_eq!(told::<Value>(&deep(levels)), [" malformed_json"], "{levels}");
        assert_eq!(told::<Value>(&"[{\"\":".repeat(levels)), [" malformed_json"], "{levels}");
    }
}

#[test]
fn what_is_no_json_is_told_by_place() {
    let error = parse::<Fact>(b"{\n  \"enterprise\": xyz\n}").unwrap_err();
    assert_eq!(error.code(), "malformed_json");
    assert!(error.detail().en.contains("line 2, column"), "{}", error.detail().en);
    for bad in [&b""[..], b"\xff", b"{\"a\":\"\xc3\"}", b"\xef\xbb\xbf{}", b"{} {}", b"NaN", b"1e400", b"\"\\ud800\""] {
        assert_eq!(parse::<Value>(bad).unwrap_err().code(), "malformed_json", "{bad:?}");
    }
}

#[test]
fn a_caller_cannot_make_the_answer_long() {
    let fields: Vec<String> = (0..10_000).map(|number| format!("\"{number}{}\":1", "x".repeat(500))).collect();
    let error = parse::<Fact>(format!("{{{}}}", fields.join(",")).as_bytes()).unwrap_err();
    assert!(error.errors().len() <= 100);
    assert!(error.errors().iter().all(|field| field.pointer.len() < 250 && field.detail.en.len() < 400));
}

/// The texts of JSONTestSuite that are no JSON, where they were copied into the repository.
#[test]
fn nothing_that_is_no_json_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/text/json_parsing");
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&entry).unwrap();
        match name.get(..2) {
            Some("n_") => {
                assert_eq!(parse::<Value>(&bytes).unwrap_err().code(), "malformed_json", "{name}");
                assert_eq!(parse::<Fact>(&bytes).unwrap_err().status(), 400, "{name}");
            }
            Some("y_") if !name.contains("duplicated_key") => assert!(parse::<Value>(&bytes).is_ok(), "{name}"),
            _ => drop(parse::<Value>(&bytes)),
        }
    }
}

async fn show(body: Body<Fact>) -> HttpResponse {
    HttpResponse::Ok().body(format!("{} {:02x}", body.enterprise, body.sha256[0]))
}

#[actix_web::test]
async fn bodies_over_http() {
    let app = App::new().app_data(Data::new(BodyLimit(200))).route("/", web::post().to(show));
    let app = web_test::init_service(app).await;
    let post = |kind: &'static str, body: String| TestRequest::post().uri("/").insert_header(("Content-Type", kind)).set_payload(body);
    for kind in ["application/json", "application/json; charset=UTF-8", "Application/JSON;charset=\"utf-8\""] {
        let answer = web_test::call_service(&app, post(kind, GOOD.to_owned()).to_request()).await;
        assert_eq!(answer.status(), 200, "{kind}");
        let expected = format!("x {:02x}", Sha256::digest(GOOD)[0]);
        assert_eq!(web_test::read_body(answer).await, expected);
    }
    for kind in ["text/plain", "application/jsonp", "application/json; charset=gbk", ""] {
        assert_eq!(web_test::call_service(&app, post(kind, GOOD.to_owned()).to_request()).await.status(), 415, "{kind}");
    }
    let packed = post("application/json", GOOD.to_owned()).insert_header(("Content-Encoding", "gzip"));
    assert_eq!(web_test::call_service(&app, packed.to_request()).await.status(), 415);
    let long = post("application/json", format!("{GOOD}{}", " ".repeat(200)));
    assert_eq!(web_test::call_service(&app, long.to_request()).await.status(), 413);
    let told_long = post("application/json", GOOD.to_owned()).insert_header(("Content-Length", "1000"));
    assert_eq!(web_test::call_service(&app, told_long.to_request()).await.status(), 413);
    let answer = web_test::call_service(&app, post("application/json", String::new()).to_request()).await;
    assert_eq!(answer.status(), 400);
}
