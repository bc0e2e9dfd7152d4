//! Making an export: what it holds is fixed when it is asked for, a job counts and hashes its parts, and a part is made again from the same knowledge
//! whenever it is read. Not here: the lines, `rules.rs`.

use std::{io::Write, sync::Arc, time::Duration};

use common::{
    db::{Conn, Tx},
    error::{Code, Error, Kind, Result},
    feed, stop,
};
use flate2::{Compression, write::GzEncoder};
use model::{
    instant::{Day, Instant},
    text::Text,
    uscc::Uscc,
};
use sha2::{Digest, Sha256};

use super::{
    rules::{Counts, add_lines},
    store::{self, Export, Part},
};
use crate::{Credit, enterprise, fact};

/// A part ends with the enterprise that reaches so many bytes before compression, or so many enterprises.
const PART_BYTES: usize = 4 * 1024 * 1024;
const PART_ENTERPRISES: i64 = 1_000;
/// Open exports and expired ones are looked for this often; one that is asked for here begins at once.
const LOOK: Duration = Duration::from_secs(10);

/// Asks for an export; where one is being made already it is given instead.
///
/// # Errors
/// When the database fails.
pub fn request(tx: &mut Tx<'_>, app: &Credit, epoch: &str, as_of: Day) -> Result<(Export, bool)> {
    if let Some(running) = store::running(tx.conn)? {
        return Ok((running, false));
    }
    let now = tx.now();
    // Whatever is written from now on has this time or a later one: what was known just before is known for good.
    let known_at = Instant::from_micros(now.micros().saturating_sub(1));
    let made = Export {
        id: tx.id("exp"),
        state: "running".to_owned(),
        as_of,
        known_at: known_at.naive_utc(),
        position: feed::position_at(tx.conn, known_at)?,
        epoch: epoch.to_owned(),
        requested_at: now.naive_utc(),
        expires_at: now.plus_millis(app.scope_on(now.day())?.export_hours.saturating_mul(3_600_000)).naive_utc(),
    };
    store::insert(tx.conn, &made)?;
    Ok((made, true))
}

/// A part as it is made: its bytes, what they hold, and the last code.
pub struct Made {
    /// Compressed NDJSON.
    pub bytes: Vec<u8>,
    /// What they hold.
    pub counts: Counts,
    /// The last code in it; `None` where there is nothing more.
    pub up_to: Option<String>,
}

/// Makes the part after a code: up to another one, or as much as a part holds.
///
/// # Errors
/// When the database fails.
pub fn make(conn: &mut Conn, app: &Credit, export: &Export, after: &str, up_to: Option<&str>) -> Result<Made> {
    let known_at = Instant::from_naive_utc(export.known_at);
    let scope = app.scope_on(Instant::from_naive_utc(export.requested_at).day())?;
    let (mut text, mut counts, mut last) = (String::new(), Counts::default(), None);
    for code in store::codes(conn, after, up_to, PART_ENTERPRISES)? {
        let uscc = Uscc::parse(&code)?;
        if let Some(entry) = enterprise::store::find_going_on_at(conn, &uscc, known_at)? {
            let facts = fact::store::known(conn, &uscc, known_at)?;
            counts = counts.plus(add_lines(&mut text, scope, (&entry.enterprise, &facts), export.as_of));
        }
        last = Some(code);
        if up_to.is_none() && text.len() >= PART_BYTES {
            break;
        }
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).map_err(Error::internal)?;
    Ok(Made { bytes: packed.finish().map_err(Error::internal)?, counts, up_to: last })
}

/// A part that is ready, made again; 410 where it cannot be what it was.
///
/// # Errors
/// `export_outdated`, or when the database fails.
pub fn remake(conn: &mut Conn, app: &Credit, export: &Export, part: &Part) -> Result<Vec<u8>> {
    let made = make(conn, app, export, &part.after, Some(&part.up_to))?;
    if sha256(&made.bytes) != part.sha256 {
        const OUTDATED: Code = Code {
            code: "export_outdated",
            status: 410,
            title_en: "The export can no longer be given as it was",
            title_zh: "导出内容已无法按原样提供",
        };
        let detail = Text::new("请重新申请导出。", "Ask for a new export.");
        return Err(Error::new(Kind::Gone, OUTDATED, detail));
    }
    Ok(made.bytes)
}

/// The SHA-256 of bytes in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    common::http::once::hex(&Sha256::digest(bytes))
}

/// Makes what was asked for, for as long as the process lives; an export that was begun before a restart goes on where it was.
pub async fn follow(app: Arc<Credit>) {
    loop {
        if let Err(error) = make_all(&app).await {
            tracing::warn!(cause = %error, "an export cannot be made right now");
        }
        tokio::select! {
            () = app.exports.asked.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = stop::stopped() => return,
        }
    }
}

async fn make_all(app: &Arc<Credit>) -> Result<()> {
    app.db
        .write(|tx| {
            let now = tx.now();
            store::remove_expired(tx.conn, now)
        })
        .await?;
    while let Some(export) = app.db.read(store::running).await? {
        let inner = Arc::clone(app);
        let next = app.db.read(move |conn| {
            let parts = store::parts(conn, &export.id)?;
            let (number, after) = parts.last().map_or((1, String::new()), |last| (last.number.saturating_add(1), last.up_to.clone()));
            let made = make(conn, &inner, &export, &after, None)?;
            let part = made.up_to.map(|up_to| Part {
                export: export.id.clone(),
                number,
                after,
                up_to,
                enterprises: made.counts.enterprises,
                facts: made.counts.facts,
                listings: made.counts.listings,
                bytes: i64::try_from(made.bytes.len()).unwrap_or(i64::MAX),
                sha256: sha256(&made.bytes),
            });
            Ok((export.id, part))
        });
        let (id, part) = next.await?;
        app.db
            .write(move |tx| match &part {
                Some(part) => store::insert_part(tx.conn, part),
                None => store::finish(tx.conn, &id),
            })
            .await?;
    }
    Ok(())
}
