//! Finding the compiled release in a document and reading a tender from it. Not here: the merge (`ocds_merge`), keeping the document (`source`).

use model::{
    fault::FieldFault,
    instant::Instant,
    money::{Currency, Money},
};
use serde_json::{Map, Value};

use crate::criterion::rules::Wording;
use crate::ocds_merge::rules::{OCDS_1_1, compiled};
use crate::parameter::rules::escaped;
use crate::source::rules::{Imported, Note};
use crate::tender::rules::{Amendment, Category, Method, NewLot, NewTender, Requirement};

type Fields = Map<String, Value>;

/// Reads a release, a release package, a record or a record package.
///
/// # Errors
/// `ocds_shape`, `ocds_several`, `ocds_missing`: what is wrong, each with its place.
pub fn read(document: &Value) -> Result<Imported, Vec<FieldFault>> {
    let release = release(document)?;
    let mut faults = Vec::new();
    let Some(tender) = release.get("tender").and_then(Value::as_object) else {
        return Err(vec![missing("/tender", "招标信息", "a tender")]);
    };
    let mut reading = Reading { tender, english: release.get("language").and_then(Value::as_str) == Some("en"), notes: Vec::new() };
    let imported = reading.tender(&mut faults);
    for name in
        release.keys().filter(|name| !["tender", "ocid", "id", "date", "tag", "language", "initiationType"].contains(&name.as_str()))
    {
        reading.note(format!("/{}", escaped(name)), "not_mapped", "采购项目不含此项。", "A tender here has no such part.");
    }
    match imported {
        Some(tender) if faults.is_empty() => Ok(Imported { tender, notes: reading.notes }),
        _ => Err(faults),
    }
}

/// The compiled release of a document.
fn release(document: &Value) -> Result<Fields, Vec<FieldFault>> {
    if let Some(records) = document.get("records") {
        let at = "/records";
        return match records.as_array().map(Vec::as_slice) {
            Some([record]) => of_record(record, "/records/0"),
            Some([]) | None => Err(vec![shape(at)]),
            Some(_) => Err(vec![several(at)]),
        };
    }
    if document.get("compiledRelease").is_some() {
        return of_record(document, "");
    }
    if let Some(releases) = document.get("releases") {
        return merged(releases, "/releases");
    }
    merged(&Value::Array(vec![document.clone()]), "")
}

fn of_record(record: &Value, at: &str) -> Result<Fields, Vec<FieldFault>> {
    // Linked releases are only addresses.
    let whole =
        record.get("releases").filter(|releases| releases.as_array().is_some_and(|all| all.iter().all(|one| one.get("url").is_none())));
    match (whole, record.get("compiledRelease").and_then(Value::as_object)) {
        (Some(releases), _) if releases.as_array().is_some_and(|all| !all.is_empty()) => merged(releases, &format!("{at}/releases")),
        (_, Some(compiled)) => Ok(compiled.clone()),
        _ => Err(vec![shape(at)]),
    }
}

fn merged(releases: &Value, at: &str) -> Result<Fields, Vec<FieldFault>> {
    let list = releases.as_array().filter(|list| !list.is_empty()).ok_or_else(|| vec![shape(at)])?;
    let place = |index: usize| if at.is_empty() { String::new() } else { format!("{at}/{index}") };
    let (mut faults, mut dated, mut ocid) = (Vec::new(), Vec::new(), None);
    for (index, release) in list.iter().enumerate() {
        let at = place(index);
        let Some(fields) = release.as_object() else {
            faults.push(shape(&at));
            continue;
        };
        match fields.get("ocid").and_then(Value::as_str) {
            Some(own) if ocid.is_none_or(|known| known == own) => ocid = Some(own),
            Some(_) => faults.push(several(&format!("{at}/ocid"))),
            None => faults.push(missing(&format!("{at}/ocid"), "OCID", "an OCID")),
        }
        match fields.get("date").and_then(Value::as_str).and_then(|text| Instant::parse(text).ok()) {
            Some(date) => dated.push((date, fields)),
            None => faults.push(missing(&format!("{at}/date"), "发布时间", "a date with time and offset")),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    dated.sort_by_key(|(date, _)| *date);
    let releases: Vec<&Fields> = dated.into_iter().map(|(_, fields)| fields).collect();
    Ok(compiled(&releases, OCDS_1_1))
}

struct Reading<'a> {
    tender: &'a Fields,
    english: bool,
    notes: Vec<Note>,
}

impl Reading<'_> {
    fn note(&mut self, place: String, code: &str, zh: &str, en: &str) {
        self.notes.push(Note::new(place, code, Wording::made(zh.to_owned(), en.to_owned())));
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.tender.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }

    fn tender(&mut self, faults: &mut Vec<FieldFault>) -> Option<NewTender> {
        let title = self.text("title_zh").or_else(|| self.text("title")).or_else(|| self.text("description")).map(joined);
        if title.is_none() {
            faults.push(missing("/tender/title", "名称", "a title"));
        }
        let title_en = self.text("title_en").or_else(|| self.text("title").filter(|_| self.english)).map(joined);
        let category = match self.text("mainProcurementCategory") {
            Some("goods") => Some(Category::Goods),
            Some("works") => Some(Category::Works),
            Some("services") => Some(Category::Services),
            _ => None,
        };
        if category.is_none() {
            faults.push(missing("/tender/mainProcurementCategory", "采购品类 goods、works 或 services", "goods, works or services"));
        }
        let method = self.method();
        if method.is_none() {
            faults.push(missing(
                "/tender/procurementMethod",
                "采购方式 open、selective、limited 或 direct",
                "open, selective, limited or direct",
            ));
        }
        let closes = self.tender.get("tenderPeriod").and_then(|period| period.get("endDate")).and_then(Value::as_str);
        if closes.is_none() {
            faults.push(missing("/tender/tenderPeriod/endDate", "投标截止时间", "the end of the tender period"));
        }
        let (cut_off, requirements) = (closes.map(str::to_owned), self.requirements());
        let (budget, lots) = (self.budget(self.tender, "/tender"), self.lots(faults));
        let criteria = self.grounds();
        self.rest();
        Some(NewTender {
            title: title?,
            title_en,
            category: category?,
            method: method?,
            ruleset: None,
            cut_off: cut_off?,
            delivery_on: None,
            budget,
            criteria,
            conditions: Vec::new(),
            preferences: Vec::new(),
            requirements,
            lots,
            evaluation: None,
            source: None,
            amendment: self.amendment(),
        })
    }

    /// The method by the words of our law where they stand there, else by the code.
    fn method(&mut self) -> Option<Method> {
        const WORDS: [(&str, Method); 7] = [
            ("公开招标", Method::Open),
            ("邀请招标", Method::Invited),
            ("竞争性谈判", Method::CompetitiveNegotiation),
            ("竞争性磋商", Method::CompetitiveConsultation),
            ("询价", Method::Inquiry),
            ("单一来源", Method::SingleSource),
            ("框架协议", Method::Framework),
        ];
        let details = self.text("procurementMethodDetails").unwrap_or_default();
        let named = WORDS.iter().find(|(word, _)| details.contains(word)).map(|(_, method)| *method);
        let coded = match self.text("procurementMethod") {
            Some("open") => Some(Method::Open),
            Some("selective") => Some(Method::Invited),
            Some("limited") => Some(Method::CompetitiveNegotiation),
            Some("direct") => Some(Method::SingleSource),
            _ => None,
        };
        if named.is_none() && matches!(coded, Some(Method::CompetitiveNegotiation | Method::Invited)) {
            self.note(
                "/tender/procurementMethod".to_owned(),
                "read_as",
                "没有说明我国采购方式，按代码推定，请核对。",
                "No method of Chinese law is named; it was taken from the code. Please check.",
            );
        }
        named.or(coded)
    }

    fn budget(&mut self, of: &Fields, at: &str) -> Option<Money> {
        let value = of.get("value")?;
        let read = || {
            let currency = Currency::parse(value.get("currency")?.as_str()?).ok()?;
            Money::parse(&amount(value.get("amount")?)?, currency).ok().filter(|money| money.is_positive())
        };
        let read = read();
        if read.is_none() {
            self.note(format!("{at}/value"), "not_mapped", "金额或币种无法读取。", "Amount or currency cannot be read.");
        }
        read
    }

    fn lots(&mut self, faults: &mut Vec<FieldFault>) -> Vec<NewLot> {
        let Some(lots) = self.tender.get("lots").and_then(Value::as_array) else { return Vec::new() };
        let mut found = Vec::with_capacity(lots.len());
        for (place, lot) in lots.iter().enumerate() {
            let at = format!("/tender/lots/{place}");
            let Some(lot) = lot.as_object() else {
                faults.push(shape(&at));
                continue;
            };
            let id = match lot.get("id") {
                Some(Value::String(id)) => id.clone(),
                Some(Value::Number(id)) => id.to_string(),
                _ => String::new(),
            };
            let title = ["title", "description"].into_iter().find_map(|name| lot.get(name).and_then(Value::as_str));
            let budget = self.budget(lot, &at);
            let title = joined(title.unwrap_or(&id));
            found.push(NewLot { title, id, budget, ..NewLot::default() });
            for name in lot.keys().filter(|name| !["id", "title", "value"].contains(&name.as_str())) {
                self.note(format!("{at}/{}", escaped(name)), "not_mapped", "包不含此项。", "A lot here has no such part.");
            }
        }
        found
    }

    /// What suppliers must be, in words: only people can judge it.
    fn requirements(&mut self) -> Vec<Requirement> {
        let mut found = Vec::new();
        if let Some(text) = self.text("eligibilityCriteria").map(joined) {
            found.push(Requirement { text, espd: None });
            self.kept("/tender/eligibilityCriteria".to_owned());
        }
        for (list, text) in self.listed("selectionCriteria") {
            found.push(Requirement { text, espd: None });
            self.kept(list);
        }
        found
    }

    fn kept(&mut self, place: String) {
        self.note(place, "kept_as_text", "作为文字要求保留，由人判断。", "Kept as a requirement in words, which people judge.");
    }

    /// The texts of the criteria of an extension, with their places.
    fn listed(&self, name: &str) -> Vec<(String, String)> {
        let criteria = self.tender.get(name).and_then(|group| group.get("criteria")).and_then(Value::as_array);
        let texts = criteria.into_iter().flatten().enumerate().map(|(place, criterion)| {
            let said = ["description", "type"].into_iter().find_map(|field| criterion.get(field).and_then(Value::as_str));
            (format!("/tender/{name}/criteria/{place}"), joined(said.unwrap_or("-")))
        });
        texts.collect()
    }

    /// Exclusion grounds are the law's: the ruleset has them, and what it lacks is noted.
    fn grounds(&mut self) -> Vec<Fields> {
        for (place, text) in self.listed("exclusionGrounds") {
            let (zh, en) = (format!("排除事由由规则集决定：{text}"), format!("The ruleset decides on grounds of exclusion: {text}"));
            self.note(place, "not_mapped", &zh, &en);
        }
        Vec::new()
    }

    fn amendment(&self) -> Option<Amendment> {
        let last = self.tender.get("amendments").and_then(Value::as_array).and_then(|all| all.last())?;
        let said = ["rationale", "description"].into_iter().find_map(|name| last.get(name).and_then(Value::as_str))?;
        Some(Amendment { rationale: joined(said), affects_bids: None })
    }

    fn rest(&mut self) {
        const READ: [&str; 14] = [
            "id",
            "title",
            "title_zh",
            "title_en",
            "mainProcurementCategory",
            "procurementMethod",
            "procurementMethodDetails",
            "value",
            "lots",
            "eligibilityCriteria",
            "selectionCriteria",
            "exclusionGrounds",
            "amendments",
            "tenderPeriod",
        ];
        for name in self.tender.keys().filter(|name| !READ.contains(&name.as_str())) {
            let place = format!("/tender/{}", escaped(name));
            self.notes.push(Note::new(place, "not_mapped", Wording::fixed("采购项目不含此项。", "A tender here has no such part.")));
        }
    }
}

/// An amount as it is written; never through floating point.
fn amount(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    Some(text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned))
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn missing(at: &str, zh: &str, en: &str) -> FieldFault {
    FieldFault::rule(at, "ocds_missing", format!("缺少{zh}。"), format!("It does not say {en}."))
}

fn several(at: &str) -> FieldFault {
    FieldFault::rule(
        at,
        "ocds_several",
        "文件含多个采购过程，一次只收一个。",
        "It holds several contracting processes; send one at a time.",
    )
}

fn shape(at: &str) -> FieldFault {
    FieldFault::rule(at, "ocds_shape", "不是 OCDS 1.1 的发布、发布包或记录。", "Not a release, a package or a record of OCDS 1.1.")
}
