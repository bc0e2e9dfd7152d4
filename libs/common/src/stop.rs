//! Whether the process was told to stop, so that long polls end at once and followers keep quiet. Not here: draining; the server does that.

use std::sync::atomic::{AtomicBool, Ordering};

static STOPPING: AtomicBool = AtomicBool::new(false);

/// Whether the process was told to stop.
#[must_use]
pub(crate) fn stopping() -> bool {
    STOPPING.load(Ordering::Acquire)
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
    STOPPING.store(true, Ordering::Release);
}
