//! Whether the process was told to stop, so that long polls end at once and followers keep quiet. Not here: draining; the server does that.

use std::sync::LazyLock;

use tokio::sync::watch;

static STOPPING: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::channel(false).0);

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
