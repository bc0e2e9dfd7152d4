//! The codes that every service shares, with status and title. Not here: the codes of domain rules, which stand in `model` and in the services.

use super::FieldError;

/// A stable, machine-readable code with the status it is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The word on the wire.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A short title in English.
    pub title_en: &'static str,
    /// A short title in Chinese.
    pub title_zh: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal $status:literal $en:literal $zh:literal;)*) => {
        impl Code {
            $(#[doc = $en] pub const $name: Code = Code { code: $code, status: $status, title_en: $en, title_zh: $zh };)*
        }
        /// Every shared code, for the pages under `/problems/`.
        pub const CODES: &[Code] = &[$(Code::$name),*];
    };
}

codes! {
    MALFORMED = "malformed" 400 "The request cannot be read" "请求无法读取";
    MALFORMED_JSON = "malformed_json" 400 "The body is not JSON" "请求体不是合法的 JSON";
    UNKNOWN_FIELD = "unknown_field" 400 "There is no such field" "没有这个字段";
    MISSING_FIELD = "missing_field" 400 "A required field is missing" "缺少必填字段";
    WRONG_TYPE = "wrong_type" 400 "A field has the wrong type" "字段类型不对";
    BAD_PARAMETER = "bad_parameter" 400 "A parameter cannot be read" "参数无法读取";
    BAD_CURSOR = "bad_cursor" 400 "The cursor is not one of ours" "游标无效";
    BAD_HEADER = "bad_header" 400 "A header cannot be read" "请求头无法读取";
    INVALID_CLIENT = "invalid_client" 401 "The client is unknown or its secret is wrong" "客户端未知或密钥不对";
    TOKEN_MISSING = "token_missing" 401 "A token is needed" "需要访问令牌";
    TOKEN_INVALID = "token_invalid" 401 "The token is not valid" "访问令牌无效";
    TOKEN_EXPIRED = "token_expired" 401 "The token has expired" "访问令牌已过期";
    TOKEN_REVOKED = "token_revoked" 401 "The token was revoked" "访问令牌已被撤销";
    SCOPE_MISSING = "scope_missing" 403 "The token lacks a scope" "访问令牌缺少权限范围";
    NOT_YOUR_ORGANISATION = "not_your_organisation" 403 "A caller writes only for its own organisation" "只能代表本单位写入";
    NOT_YOUR_FACT = "not_your_fact" 403 "This caller may not assert such a fact" "无权申报这类事实";
    NOT_YOUR_FIELD = "not_your_field" 403 "This caller may not say this of a register entry" "无权登记这项内容";
    NOT_FOUND = "not_found" 404 "There is no such thing" "没有这个资源";
    ENTERPRISE_UNKNOWN = "enterprise_unknown" 404 "The enterprise is not registered here" "这里没有登记该企业";
    METHOD_NOT_ALLOWED = "method_not_allowed" 405 "The method is not allowed here" "此处不允许该方法";
    NOT_ACCEPTABLE = "not_acceptable" 406 "No acceptable form" "没有可接受的格式";
    REQUEST_TIMEOUT = "request_timeout" 408 "The request took too long to arrive" "请求接收超时";
    IDEMPOTENCY_CONFLICT = "idempotency_conflict" 409 "The key was used with another body" "同一个幂等键用于不同的内容";
    ILLEGAL_TRANSITION = "illegal_transition" 409 "That step is not allowed from this state" "当前状态不允许这一步";
    DUPLICATE = "duplicate" 409 "It exists already with other content" "已存在且内容不同";
    VERSION_FROZEN = "version_frozen" 409 "A published version cannot be changed" "已发布的版本不可更改";
    MERGED = "merged" 410 "The enterprise was merged into another" "该企业已并入其他企业";
    ETAG_MISMATCH = "etag_mismatch" 412 "It has changed since you read it" "读取之后已被更改";
    BODY_TOO_LARGE = "body_too_large" 413 "The body is too large" "请求体太大";
    BATCH_TOO_LARGE = "batch_too_large" 413 "Too many items in one request" "一次请求的条目太多";
    URI_TOO_LONG = "uri_too_long" 414 "The address is too long" "地址太长";
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type" 415 "The body has a form that is not read here" "不支持的内容类型";
    INVALID = "invalid" 422 "A rule is broken" "不符合规则";
    IF_MATCH_REQUIRED = "if_match_required" 428 "If-Match is required here" "此处必须带 If-Match";
    RATE_LIMITED = "rate_limited" 429 "Too many requests" "请求太频繁";
    HEADERS_TOO_LARGE = "headers_too_large" 431 "The headers are too large" "请求头太大";
    INTERNAL = "internal" 500 "Something went wrong on our side" "内部错误";
    UPSTREAM_UNAVAILABLE = "upstream_unavailable" 503 "A part that is needed does not answer" "所需的服务没有应答";
    OVERLOADED = "overloaded" 503 "Too busy right now" "当前过载";
}

impl Code {
    /// The code of a domain rule, answered with 422.
    #[must_use]
    pub const fn rule(code: &'static str) -> Self {
        Self { code, status: 422, title_en: Self::INVALID.title_en, title_zh: Self::INVALID.title_zh }
    }

    /// The code for a list of bad fields: their own where they agree, else the general one.
    #[must_use]
    pub fn of_fields(errors: &[FieldError], general: Self, status: u16) -> Self {
        match errors.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other.code == first.code) => {
                let known = CODES.iter().find(|known| known.code == first.code);
                let titles = known.unwrap_or(&general);
                Self { code: first.code, status, title_en: titles.title_en, title_zh: titles.title_zh }
            }
            _ => general,
        }
    }
}
