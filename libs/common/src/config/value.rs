//! How one value of the settings is read. Not here: which settings there are; that is the parent.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
};

use ipnet::IpNet;
use reqwest::Url;
use tracing_subscriber::EnvFilter;

const NO_TLS: &str = "this build has no TLS towards other hosts; use http:// inside a private network or a TLS proxy beside this process";

pub(super) fn unquoted(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

pub(super) fn address(value: &str) -> Result<SocketAddr, String> {
    value.parse().map_err(|_ignored| format!("`{value}` is not an address such as 127.0.0.1:8080 or [::1]:8080"))
}

pub(super) fn positive(value: &str) -> Result<u32, String> {
    value.parse().ok().filter(|number| *number > 0).ok_or_else(|| format!("`{value}` is not a whole number from 1 to {}", u32::MAX))
}

/// A whole number of seconds, at most a century either way.
pub(super) fn seconds(value: &str) -> Result<i64, String> {
    const CENTURY: i64 = 100 * 366 * 86_400;
    let read = value.parse().ok().filter(|number| (-CENTURY..=CENTURY).contains(number));
    read.ok_or_else(|| format!("`{value}` is not a whole number of seconds within a century"))
}

pub(super) fn log_filter(value: &str) -> Result<String, String> {
    EnvFilter::builder().parse(value).map(|_| value.to_owned()).map_err(|error| format!("`{value}`: {error}"))
}

/// An exact decimal fraction from 0 to 1 with at most six digits.
pub(super) fn millionths(value: &str) -> Result<u32, String> {
    let (whole, part) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = (digits(whole) && digits(part) && part.len() <= 6).then(|| format!("{whole}{part:0<6}").parse::<u32>().ok());
    parsed
        .flatten()
        .filter(|ppm| *ppm <= 1_000_000)
        .ok_or_else(|| format!("`{value}` is not a fraction from 0 to 1 with at most six digits"))
}

pub(super) fn networks(value: &str) -> Result<Vec<IpNet>, String> {
    let one = |text: &str| text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    value.split(',').map(str::trim).map(|text| one(text).ok_or_else(|| format!("`{text}` is not a network such as 10.0.0.0/8"))).collect()
}

/// A plain HTTP address, without a slash at the end.
pub(super) fn http_url(value: &str) -> Result<String, String> {
    let url = Url::parse(value).map_err(|error| format!("`{value}` is not an address: {error}"))?;
    match url.scheme() {
        "http" => {}
        "https" => return Err(NO_TLS.to_owned()),
        other => return Err(format!("`{other}` is not a scheme that is spoken here; use http")),
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("the address must not hold a user, a query or a fragment".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn upstreams(value: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, url) = part.split_once('=').ok_or_else(|| format!("`{part}` is not of the form credit=http://…"))?;
        let (name, url) = (name.trim(), http_url(url.trim()).map_err(|problem| format!("{name}: {problem}"))?);
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return Err(format!("`{name}` is not the name of a service"));
        }
        if Url::parse(&url).is_ok_and(|parsed| parsed.path() != "/") {
            return Err(format!("{name}: an address without a path is needed, paths are the same everywhere"));
        }
        if found.insert(name.to_owned(), url).is_some() {
            return Err(format!("{name} is named twice"));
        }
    }
    Ok(found)
}

/// Never shows the value: it may hold a password.
pub(super) fn database_url(value: &str) -> Result<(), String> {
    if !value.starts_with("postgres://") && !value.starts_with("postgresql://") {
        return Err("not an address such as postgres://user@host/database; without one SQLite is used".to_owned());
    }
    let query = value.split_once('?').map_or("", |(_, query)| query);
    let mode = query.split('&').filter_map(|pair| pair.strip_prefix("sslmode=")).next_back();
    match mode {
        None | Some("disable" | "allow" | "prefer") => Ok(()),
        Some("require" | "verify-ca" | "verify-full") => Err("sslmode: this build has no TLS towards PostgreSQL".to_owned()),
        Some(_) => Err("sslmode: there is no such mode".to_owned()),
    }
}

/// Never shows the value: it may hold a password.
pub(super) fn redis_url(value: &str) -> Result<(), String> {
    if value.starts_with("rediss://") {
        return Err("rediss: this build has no TLS towards Redis".to_owned());
    }
    redis::Client::open(value).map(|_| ()).map_err(|_ignored| "not an address such as redis://host:6379/0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_exact() {
        for (text, ppm) in [("0", 0), ("1", 1_000_000), ("1.0", 1_000_000), ("0.01", 10_000), ("0.000001", 1), ("00.5", 500_000)] {
            assert_eq!(millionths(text), Ok(ppm), "{text}");
        }
        for text in ["", ".", ".5", "1.", "1.000001", "2", "-0.1", "+0.1", "1e-2", "0.0000001", "0,5", "99999999999"] {
            assert!(millionths(text).is_err(), "{text}");
        }
    }

    #[test]
    fn upstreams_lose_their_slash_and_keep_no_path() {
        let found = upstreams("gateway=http://127.0.0.1:8080/, credit=http://credit").unwrap();
        assert_eq!(found.get("gateway").map(String::as_str), Some("http://127.0.0.1:8080"));
        assert_eq!(found.get("credit").map(String::as_str), Some("http://credit"));
        for text in
            ["credit", "credit=", "=http://x", "credit=http://x/y", "credit=http://a,credit=http://b", "Credit=http://a", "c=http://u:p@h"]
        {
            assert!(upstreams(text).is_err(), "{text}");
        }
        assert!(upstreams("credit=https://x").unwrap_err().contains("TLS"));
    }

    #[test]
    fn networks_may_be_single_addresses() {
        assert_eq!(networks("10.0.0.0/8, ::1").unwrap().len(), 2);
        assert!(networks("10.0.0.0/8,").is_err());
    }

    #[test]
    fn databases_without_tls_only() {
        assert_eq!(database_url("postgres:///touchstone?host=/run/postgresql"), Ok(()));
        assert_eq!(database_url("postgresql://a:1,b:2/x?sslmode=prefer"), Ok(()));
        for text in
            ["mysql://x", "postgres://x/y?sslmode=verify-full", "postgres://x/y?sslmode=disable&sslmode=require", "postgres://x?sslmode=on"]
        {
            assert!(database_url(text).is_err(), "{text}");
        }
        assert_eq!(redis_url("redis://:p@host:6379/1"), Ok(()));
        assert!(redis_url("rediss://host").is_err() && redis_url("host:6379").is_err());
    }

    #[test]
    fn other_values() {
        assert!(address("[::1]:0").is_ok() && address("localhost:80").is_err());
        assert!(positive("1").is_ok() && positive("0").is_err() && positive("-1").is_err());
        assert!(log_filter("info,credit=debug").is_ok() && log_filter("info,credit=loud").is_err());
        assert_eq!(unquoted("'a'"), "a");
        assert_eq!(unquoted("'a"), "'a");
    }
}
