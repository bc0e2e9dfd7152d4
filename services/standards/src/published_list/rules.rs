//! How a row of two real lists is read: what it says of an edition, and every fault it has. Not here: our own form, `import`.

use model::{
    fault::FieldFault,
    instant::{Day, parse_day},
    normalise::{is_dash, line},
    standard_no::{Level, StandardNo},
};
use serde_json::Value;

use crate::{
    classification::rules::is_ics,
    edition::rules::{Entry, Relation, RelationKind, Stated},
    import::rules::{Listed, Row, RowFault, TITLE_MAX, fault},
};

/// What a row of a foreign list holds at a name, as text; `null` and empty text are nothing.
fn text<'a>(row: &'a Value, name: &str) -> Option<&'a str> {
    row.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

fn unreadable(field: &str, why: &str) -> Vec<FieldFault> {
    vec![FieldFault::rule(
        format!("/{field}"),
        "row_unreadable",
        format!("{field} 缺失或无法读取：{why}"),
        format!("{field} is missing or cannot be read: {why}"),
    )]
}

/// A day of a foreign list; a month or a year stands for its first day, and both that and nonsense are faults.
fn day(row: &Value, name: &str, faults: &mut Vec<RowFault>) -> Option<Day> {
    let written = text(row, name)?;
    if let Ok(day) = parse_day(written) {
        return Some(day);
    }
    let whole = match written.len() {
        7 => parse_day(&format!("{written}-01")).ok(),
        4 => parse_day(&format!("{written}-01-01")).ok(),
        _ => None,
    };
    if let Some(day) = whole {
        faults.push(fault(name, "day_missing", written, &day.to_string()));
        return Some(day);
    }
    faults.push(fault(name, "date_malformed", written, "left out"));
    None
}

/// A title of a foreign list: without line breaks and invisible characters; where there is none, the number.
fn title(row: &Value, name: &str, number: &StandardNo, faults: &mut Vec<RowFault>) -> String {
    let written = text(row, name).unwrap_or_default();
    if let Ok(title) = line(written, TITLE_MAX) {
        return title;
    }
    let plain = |c: char| if line(c.encode_utf8(&mut [0; 4]), 1).is_ok() { c } else { ' ' };
    let words: Vec<String> = written.chars().map(plain).collect::<String>().split_whitespace().map(str::to_owned).collect();
    match line(&words.join(" "), TITLE_MAX) {
        Ok(title) => {
            faults.push(fault(name, "title_not_one_line", written.escape_default(), "cleaned"));
            title
        }
        Err(_) => {
            faults.push(fault(name, "title_missing", written.escape_default(), "the number"));
            number.to_string()
        }
    }
}

/// Reads a row of the public Chinese list.
///
/// # Errors
/// Where number, title or status cannot be read at all.
pub fn cn_list(row: &Value, listed: &Listed<'_>) -> Result<Row, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let code = text(row, "code").ok_or_else(|| unreadable("code", "-"))?;
    let number = StandardNo::parse(code).map_err(|fault| vec![FieldFault::of("/code", fault)])?;
    if code.chars().any(|c| is_dash(c) && c != '-') {
        faults.push(fault("code", "dash_form", code, number.as_str()));
    }
    faults.extend(number.warnings().into_iter().map(|warning| fault("code", warning.code, code, number.as_str())));
    let title = title(row, "title", &number, &mut faults);
    let stated = match text(row, "status") {
        Some("现行") => Stated::Current,
        Some("即将实施") => Stated::Upcoming,
        Some("废止" | "被代替") => Stated::Withdrawn,
        other => return Err(unreadable("status", other.unwrap_or("-"))),
    };
    let level = match number.level() {
        Level::National => "国家标准",
        Level::Industry => "行业标准",
        Level::Local => "地方标准",
        Level::Group => "团体标准",
        _ => "企业标准",
    };
    if let Some(other) = text(row, "type").filter(|kind| *kind != level) {
        faults.push(fault("type", "level_differs", other, level));
    }
    let mandatory = number.mandatory();
    if let Some(other) = row.get("isMandatory").and_then(Value::as_bool).filter(|said| *said != mandatory) {
        faults.push(fault("isMandatory", "mandatory_differs", other, "by the number"));
    }
    if row.get("category").is_some_and(Value::is_array) {
        faults.push(fault("category", "category_not_text", "[…]", "left out"));
    }
    let [published_on, effective_on, withdrawn_on] = cn_days(row, (stated, listed.on), &mut faults);
    let relations = replaced_by(row, &number, listed, &mut faults);
    let publisher = text(row, "issuedBy").and_then(|publisher| line(publisher, TITLE_MAX).ok());
    let entry = Entry {
        number,
        title,
        title_en: None,
        published_on,
        effective_on,
        withdrawn_on,
        transition_until: None,
        stated,
        stated_on: listed.on,
        mandatory,
        publisher,
        association: None,
        ics: Vec::new(),
        ccs: Vec::new(),
        stage: None,
        scope: None,
        text_digest: None,
        source: listed.source.to_owned(),
    };
    Ok(Row { entry, relations, is_whole: false, faults })
}

/// Issue, effect and end of a row of the Chinese list; what contradicts itself is left out and told.
fn cn_days(row: &Value, (stated, listed_on): (Stated, Day), faults: &mut Vec<RowFault>) -> [Option<Day>; 3] {
    let published_on = day(row, "issueDate", faults);
    let mut effective_on = day(row, "implementDate", faults);
    let mut withdrawn_on = day(row, "abolishDate", faults);
    if let Some(withdrawn) = withdrawn_on.filter(|withdrawn| published_on.is_some_and(|published| *withdrawn < published)) {
        faults.push(fault("abolishDate", "date_order", withdrawn, "left out: over before it was issued"));
        withdrawn_on = None;
    }
    if let Some(effective) = effective_on.filter(|effective| published_on.is_some_and(|published| *effective < published)) {
        faults.push(fault("implementDate", "date_order", effective, "left out: in force before it was issued"));
        effective_on = None;
    }
    if effective_on.is_none() && text(row, "implementDate").is_none() {
        faults.push(fault(
            "implementDate",
            "effective_missing",
            "null",
            if stated == Stated::Upcoming { "unknown" } else { "the day of issue" },
        ));
    }
    if let Some(effective) = effective_on.filter(|effective| stated == Stated::Current && *effective > listed_on) {
        faults.push(fault("status", "current_before_effective", effective, "upcoming until that day"));
    }
    if stated == Stated::Withdrawn && withdrawn_on.is_none() {
        faults.push(fault("abolishDate", "end_unknown", "null", "in force on no day, unless a successor tells the day"));
    }
    [published_on, effective_on, withdrawn_on]
}

/// What replaces an edition of the Chinese list, which in many rows holds the number of a committee instead.
fn replaced_by(row: &Value, number: &StandardNo, listed: &Listed<'_>, faults: &mut Vec<RowFault>) -> Vec<Relation> {
    let mut found = Vec::new();
    for (name, is_successor) in [("replacedBy", true), ("replaces", false)] {
        let Some(written) = text(row, name) else { continue };
        // `TC291` is a committee, and would be read as number 291 of an industry `TC`: a successor has a year.
        let Some(other) = StandardNo::parse(written).ok().filter(|other| other.year().is_some()) else {
            faults.push(fault(name, "replaced_by_not_a_number", written, "left out"));
            continue;
        };
        if other == *number {
            faults.push(fault(name, "replaces_itself", written, "left out"));
            continue;
        }
        let (from, to) = if is_successor { (&other, number) } else { (number, &other) };
        let (from, to, source) = (from.to_string(), to.to_string(), listed.source.to_owned());
        found.push(Relation { from, kind: RelationKind::Replaces, to, degree: None, source, note: None });
    }
    found
}

/// Reads a row of the open ISO catalogue.
///
/// # Errors
/// Where number, title or stage cannot be read at all.
pub fn iso_list(row: &Value, listed: &Listed<'_>) -> Result<Row, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let docid = text(row, "docid").ok_or_else(|| unreadable("docid", "-"))?;
    let number = StandardNo::parse(docid).map_err(|fault| vec![FieldFault::of("/docid", fault)])?;
    faults.extend(number.warnings().into_iter().map(|warning| fault("docid", warning.code, docid, number.as_str())));
    let title = title(row, "title_en", &number, &mut faults);
    let stage = text(row, "stage").ok_or_else(|| unreadable("stage", "-"))?;
    let published_on = day(row, "published", &mut faults);
    // ISO stage codes (domain 2.5): 60.60 is published, 95.99 withdrawn, everything before 60.60 is not there yet.
    let stated = match stage {
        "95.99" => Stated::Withdrawn,
        stage if stage >= "60.60" => Stated::Current,
        _ => Stated::Upcoming,
    };
    if stated == Stated::Upcoming {
        faults.push(fault("stage", "stage_not_published", stage, "upcoming, without a day"));
    } else if published_on.is_none() {
        faults.push(fault("published", "date_missing", "null", "since ever"));
    }
    let mut ics = Vec::new();
    for code in row.get("ics").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if is_ics(code) {
            ics.push(code.to_owned());
        } else {
            faults.push(fault("ics", "ics_unknown", code, "left out"));
        }
    }
    let relations = iso_relations(row, &number, listed, &mut faults);
    if stated == Stated::Withdrawn && !relations.iter().any(|one| one.kind == RelationKind::Replaces && one.to == number.as_str()) {
        faults.push(fault("stage", "end_unknown", stage, "in force on no day, unless a successor tells the day"));
    }
    let entry = Entry {
        title: title.clone(),
        title_en: Some(title),
        published_on,
        effective_on: None,
        withdrawn_on: None,
        transition_until: None,
        stated,
        stated_on: listed.on,
        mandatory: false,
        publisher: Some(number.body().to_owned()),
        association: None,
        ics,
        ccs: Vec::new(),
        stage: Some(stage.to_owned()),
        scope: None,
        text_digest: None,
        source: listed.source.to_owned(),
        number,
    };
    Ok(Row { entry, relations, is_whole: false, faults })
}

/// ISO says "updated by" of amendments and of successors alike: an amendment of the same edition amends it.
fn iso_relations(row: &Value, number: &StandardNo, listed: &Listed<'_>, faults: &mut Vec<RowFault>) -> Vec<Relation> {
    let mut found = Vec::new();
    for (name, is_newer) in [("obsoletes", false), ("updated_by", true)] {
        for written in row.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let Ok(other) = StandardNo::parse(written) else {
                faults.push(fault(name, "relation_unreadable", written, "left out"));
                continue;
            };
            if other == *number {
                faults.push(fault(name, "replaces_itself", written, "left out"));
                continue;
            }
            let (newer, older) = if is_newer { (&other, number) } else { (number, &other) };
            let amends =
                newer.amendments().len() > older.amendments().len() && newer.undated() == older.undated() && newer.year() == older.year();
            let kind = if amends { RelationKind::Amends } else { RelationKind::Replaces };
            let (from, to, source) = (newer.to_string(), older.to_string(), listed.source.to_owned());
            found.push(Relation { from, kind, to, degree: None, source, note: None });
        }
    }
    found
}
