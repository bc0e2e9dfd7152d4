//! Whether the process was told to stop, so that long polls end at once and followers keep quiet. Not here: draining; the server does that.

use std::{
    future::Future,
    pin::Pin,
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

static STOPPING: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::channel(false).0);

/// What is still to be done may take so long, each.
const LAST_WITHIN: Duration = Duration::from_secs(5);

type Last = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

static LAST: Mutex<Vec<Last>> = Mutex::new(Vec::new());

/// Has something done when the last request was answered and before the process ends: writing down what only memory holds.
pub fn at_the_end<F>(last: impl FnOnce() -> F + Send + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    LAST.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(move || Box::pin(last())));
}

/// Does what was left for the end.
pub(crate) async fn end() {
    let all = std::mem::take(&mut *LAST.lock().unwrap_or_else(PoisonError::into_inner));
    for last in all {
        if tokio::time::timeout(LAST_WITHIN, last()).await.is_err() {
            tracing::error!("what was left for the end was not done in time");
        }
    }
}

/// Whether the process was told to stop.
#[must_use]
pub fn stopping() -> bool {
    *STOPPING.borrow()
}

/// Ends when the process is told to stop.
pub async fn stopped() {
    let mut told = STOPPING.subscribe();
    if told.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending().await
    }
}

/// Waits for the signal to stop, beside the server that waits for it too.
pub(crate) async fn listen() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        tracing::warn!("the signals to stop cannot be heard; long polls end by themselves");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    STOPPING.send_replace(true);
}
