//! Deadlines that a fact sets: recorded also where the calendar of the year is missing, and counted when the operator adds the year.

use serde_json::{Value, json};
use testkit::{Backend, Folder, Mode, Stack, eventually, fact, sample_enterprise};

/// The public holidays of 2027 that this test needs; the count is checked against them, not against the real calendar.
const YEAR: &str = r#"{"year": 2027, "days": [{"name": "示例假日", "date": "2027-03-09", "isOffDay": true}]}"#;

/// No notice of the State Council is known yet for the day that it is then.
const HALF_A_YEAR: &str = "17280000";

async fn a_missing_year_is_said_and_counted_when_it_is_added(backend: &Backend) {
    let calendars = Folder::new();
    let folder = calendars.path().to_string_lossy().into_owned();
    let stack = Stack::start(Mode::AllInOne, backend, &[("TOUCHSTONE_CALENDARS", &folder), ("TOUCHSTONE_CLOCK_AHEAD_S", HALF_A_YEAR)]);
    let officer = stack.officer().await;
    let sample = sample_enterprise();
    officer.put(&sample.path(), &sample.body).await.expect_status(201);

    let mut penalty = fact(&sample.code, "penalty");
    penalty["detail"] = json!({"types": ["fine"], "fine": {"amount": "5000.00", "currency": "CNY"}});
    penalty["decided_on"] = json!("2024-09-09");
    penalty["valid_from"] = json!("2024-09-09");
    let known = officer.post("/credit/v1/facts", &penalty).await.expect_status(201);
    // SAMR Order 45 Art 9: twenty working days; the holidays of 2024 are built in.
    assert_eq!(known.field("/deadlines/0/due_on"), &json!("2024-10-12"));
    assert_eq!(known.field("/deadlines/0/rule"), &json!("penalty_publicity"));

    penalty["decided_on"] = json!("2027-03-02");
    penalty["valid_from"] = json!("2027-03-02");
    penalty.as_object_mut().unwrap().remove("external_id");
    let open = officer.post("/credit/v1/facts", &penalty).await.expect_status(201);
    let (due, reason) = (open.field("/deadlines/0/due_on"), open.field("/deadlines/0/reason"));
    assert_eq!((due, reason), (&Value::Null, &json!("calendar_missing")));

    std::fs::write(calendars.path().join("cn_holidays_2027.json"), YEAR).unwrap();
    let path = format!("/credit/v1/facts/{}", open.text_at("/id"));
    let counted = eventually("the deadline is counted with the new year", || {
        let (officer, path) = (officer.clone(), path.clone());
        async move {
            let fact = officer.get(&path).await.expect_status(200);
            let due = fact.field("/deadlines/0/due_on").clone();
            (!due.is_null()).then_some(due)
        }
    });
    assert_eq!(counted.await, json!("2027-03-31"));
}

#[tokio::test]
async fn sqlite() {
    a_missing_year_is_said_and_counted_when_it_is_added(&Backend::Sqlite).await;
}

#[tokio::test]
async fn postgres() {
    let Some(backend) = Backend::postgres() else { return };
    a_missing_year_is_said_and_counted_when_it_is_added(&backend).await;
}
