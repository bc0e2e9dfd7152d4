//! The work calendar of the process: the built-in years and the files of `TOUCHSTONE_CALENDARS`, read again when they change. Not here: how a
//! period is counted, `model::period`.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use model::calendar::Calendar;

use crate::error::{Error, Result};

/// The folder is looked at this often.
const LOOK: Duration = Duration::from_secs(2);

/// The calendar in use.
#[derive(Clone)]
pub struct Calendars {
    current: Arc<ArcSwap<Calendar>>,
    changed: Arc<tokio::sync::watch::Sender<()>>,
    folder: Option<PathBuf>,
}

impl Calendars {
    /// The built-in years and those of the folder.
    ///
    /// # Errors
    /// When a file of the folder cannot be read as a calendar.
    pub fn load(folder: Option<PathBuf>) -> Result<Self> {
        let calendar = read(folder.as_ref())?;
        Ok(Self { current: Arc::new(ArcSwap::from_pointee(calendar)), changed: Arc::new(tokio::sync::watch::channel(()).0), folder })
    }

    /// The calendar as of now.
    #[must_use]
    pub fn current(&self) -> Arc<Calendar> {
        self.current.load_full()
    }

    /// Told after every change of the calendar.
    #[must_use]
    pub fn changes(&self) -> tokio::sync::watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Follows the folder for as long as the process lives; a file that cannot be read leaves what stood.
    pub async fn follow(self) {
        let Some(folder) = self.folder.clone() else { return };
        let mut seen = stamp(&folder);
        loop {
            tokio::time::sleep(LOOK).await;
            let now = stamp(&folder);
            if now == seen {
                continue;
            }
            seen = now;
            match read(Some(&folder)) {
                Ok(calendar) => {
                    tracing::info!(years = ?calendar.years().collect::<Vec<_>>(), "the work calendar was read again");
                    self.current.store(Arc::new(calendar));
                    self.changed.send_replace(());
                }
                Err(error) => tracing::error!(cause = %error, "the work calendar is left as it was"),
            }
        }
    }
}

fn stamp(folder: &PathBuf) -> Vec<(PathBuf, Option<SystemTime>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<_> = entries.map(|entry| (entry.path(), entry.metadata().and_then(|meta| meta.modified()).ok())).collect();
    all.sort();
    all
}

fn read(folder: Option<&PathBuf>) -> Result<Calendar> {
    let mut calendar = Calendar::built_in();
    let Some(folder) = folder else { return Ok(calendar) };
    let failed = |path: &PathBuf, error: &dyn std::fmt::Display| Error::internal(format!("{}: {error}", path.display()));
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|error| failed(folder, &error))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        calendar = calendar.and_year(&text).map_err(|fault| failed(&path, &fault))?;
    }
    Ok(calendar)
}
