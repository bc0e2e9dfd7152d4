//! A problem code as people read it. Not here: which codes there are.

use model::text::Lang;

/// One problem code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) code: String,
    pub(crate) status: u16,
    pub(crate) title_en: String,
    pub(crate) title_zh: String,
}

impl Entry {
    pub(crate) fn title(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.title_zh,
            Lang::En => &self.title_en,
        }
    }
}

/// Whether an `Accept` header would rather have HTML than JSON.
pub(crate) fn wants_html(accept: &str) -> bool {
    let place = |kind: &str| accept.split(',').position(|part| part.split(';').next().is_some_and(|first| first.trim() == kind));
    match (place("text/html"), place("application/json")) {
        (Some(html), Some(json)) => html < json,
        (Some(_), None) => true,
        _ => false,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page without anything from elsewhere.
fn page(lang: Lang, title: &str, body: &str) -> String {
    let code = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let title = escaped(title);
    format!(
        "<!doctype html><html lang=\"{code}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><h1>{title}</h1>{body}</html>"
    )
}

/// The page of one code.
pub(crate) fn entry_page(entry: &Entry, lang: Lang) -> String {
    let (status, all) = if lang == Lang::Zh { ("状态", "全部代码") } else { ("Status", "All codes") };
    let body = format!(
        "<p><code>{}</code></p><p>{status}: {}</p><p>{} / {}</p><p><a href=\"/problems\">{all}</a></p>",
        escaped(&entry.code),
        entry.status,
        escaped(&entry.title_zh),
        escaped(&entry.title_en)
    );
    page(lang, entry.title(lang), &body)
}

/// The page of all codes.
pub(crate) fn list_page<'a>(entries: impl Iterator<Item = &'a Entry>, lang: Lang) -> String {
    let rows: String = entries
        .map(|entry| {
            let (code, title) = (escaped(&entry.code), escaped(entry.title(lang)));
            format!("<tr><td>{}<td><a href=\"/problems/{code}\"><code>{code}</code></a><td>{title}", entry.status)
        })
        .collect();
    page(lang, if lang == Lang::Zh { "错误代码" } else { "Problem codes" }, &format!("<table>{rows}</table>"))
}
