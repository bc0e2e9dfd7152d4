//! `touchstone import`: its exit codes and what it prints. Not here: which rows are refused; the service tests that.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use testkit::{Backend, Stack, next_code};

use super::served::programs;

const HEADER: &str = "uscc,name,division,status,established_on";

fn import(stack: &Stack, secret: &str, files: &[&Path]) -> Output {
    let (id, _) = stack.credentials("authority");
    let mut command = Command::new(programs().join("touchstone"));
    command.arg("import").args(files).env_clear().env("TS_URL", stack.base()).env("TS_CLIENT_ID", id).env("TS_CLIENT_SECRET", secret);
    command.output().unwrap()
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn files_are_imported_and_refused_rows_are_named() {
    let stack = Stack::all_in_one(&Backend::Sqlite);
    let (_, secret) = stack.credentials("authority");
    let file = |name: &str, text: &str| {
        let path = stack.folder().path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let row = |code: &str| format!("{code},示例导入有限公司,440305,active,2011-05-04");
    let (first, second) = (next_code(), next_code());
    let good = file("good.csv", &format!("{HEADER}\n{}\n", row(&first)));
    let line =
        format!(r#"{{"uscc":"{second}","name":"示例导入有限公司","division":"440305","status":"active","established_on":"2011-05-04"}}"#);
    let more = file("more.ndjson", &format!("{line}\n"));
    let (code, out, err) = told(&import(&stack, &secret, &[&good, &more]));
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let created = "1 rows: 1 created, 0 replaced, 0 unchanged, 0 refused";
    assert_eq!(out.lines().filter(|line| line.ends_with(created)).count(), 2, "{out}");

    let bad = file("bad.csv", &format!("{HEADER}\n{}\n{}\n", row(&first), row("914403050000000000")));
    let (code, out, err) = told(&import(&stack, &secret, &[&bad]));
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    let wanted = ["row 2: uscc_check_character: /uscc uscc_check_character: ", "2 rows: 0 created, 0 replaced, 1 unchanged, 1 refused"];
    assert!(out.lines().zip(wanted).all(|(line, wanted)| line.contains(wanted)) && out.lines().count() == 2, "{out}");

    let headless = file("headless.csv", "code,name\n");
    let unknown = file("list.txt", "");
    let missing = stack.folder().path().join("missing.csv");
    let wrong = "wrong-secret-000000000";
    let cannot = [
        (secret.as_str(), good.as_path(), &missing, "missing.csv: "),
        (&secret, &good, &headless, "headless.csv: 400 Bad Request: "),
        (&secret, &unknown, &good, "list.txt: neither .csv nor .ndjson"),
        (wrong, &good, &good, "invalid_client"),
        ("", &good, &good, "TS_CLIENT_SECRET is missing"),
    ];
    for (secret, one, other, why) in cannot {
        let (code, out, err) = told(&import(&stack, secret, &[one, other]));
        assert!(code == Some(2) && err.contains(why), "{why}: {code:?} {out} {err}");
    }
}
