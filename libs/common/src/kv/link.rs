//! The link to Redis: connects in the background, gives up on a command quickly, and comes back by itself. Not here: what to do while it is
//! down; the parent counts in memory then.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt;
use redis::{AsyncConnectionConfig, Client, RedisError, Script, aio::MultiplexedConnection};
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
    time::{sleep, timeout},
};

use super::{Memory, Window};
use crate::metrics::Metrics;

/// A command that takes longer counts as failed.
const COMMAND: Duration = Duration::from_millis(250);
/// How long one attempt to connect may take.
const CONNECT: Duration = Duration::from_millis(800);
/// How long a request waits for the very first connection.
const FIRST: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(400);
const HEARTBEAT: Duration = Duration::from_secs(1);
const CHANNELS: &str = "touchstone:wake:";
const COUNT: &str = "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return n";

/// A link to Redis that mends itself.
pub struct Link {
    client: Client,
    script: Script,
    state: watch::Sender<State>,
    wakes: mpsc::Sender<String>,
    pending: Mutex<Option<mpsc::Receiver<String>>>,
    listeners: Mutex<HashMap<String, watch::Sender<u64>>>,
    listening: AtomicBool,
    runtime: Option<Handle>,
    /// What is counted here while Redis is away.
    pub(super) local: Memory,
}

#[derive(Clone)]
enum State {
    Starting,
    Up(MultiplexedConnection),
    Down,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match *self.state.borrow() {
            State::Starting => "Starting",
            State::Up(_) => "Up",
            State::Down => "Down",
        };
        f.debug_tuple("Link").field(&state).finish()
    }
}

impl Link {
    pub(super) fn open(url: &str) -> Result<Arc<Self>, RedisError> {
        let (wakes, pending) = mpsc::channel(1024);
        let link = Arc::new(Self {
            client: Client::open(url)?,
            script: Script::new(COUNT),
            state: watch::Sender::new(State::Starting),
            wakes,
            pending: Mutex::new(Some(pending)),
            listeners: Mutex::default(),
            listening: AtomicBool::new(false),
            runtime: Handle::try_current().ok(),
            local: Memory::default(),
        });
        link.start();
        Ok(link)
    }

    /// Starts the keeper of the connection, once, as soon as there is a runtime.
    fn start(self: &Arc<Self>) {
        let Some(runtime) = self.runtime.clone().or_else(|| Handle::try_current().ok()) else { return };
        if let Some(wakes) = self.pending.lock().unwrap_or_else(PoisonError::into_inner).take() {
            runtime.spawn(keep(Arc::downgrade(self), self.client.clone(), wakes));
        }
    }

    /// The number of takes of this key in this window, with this one; none where Redis does not answer.
    pub(super) async fn count(self: &Arc<Self>, key: &str, window: Window) -> Option<u64> {
        let mut connection = self.connection().await?;
        let name = format!("touchstone:take:{key}:{}:{}", window.length_ms, window.index);
        // Twice the window: clocks of replicas differ a little.
        let mut invocation = self.script.prepare_invoke();
        invocation.key(name).arg(window.length_ms.saturating_mul(2));
        match timeout(COMMAND, invocation.invoke_async::<u64>(&mut connection)).await {
            Ok(Ok(count)) => Some(count),
            Ok(Err(error)) => self.lost(&error.to_string()),
            Err(_) => self.lost("no answer in time"),
        }
    }

    async fn connection(self: &Arc<Self>) -> Option<MultiplexedConnection> {
        self.start();
        let state = self.state.borrow().clone();
        match state {
            State::Up(connection) => Some(connection),
            State::Down => None,
            State::Starting => {
                let mut watching = self.state.subscribe();
                let settled = timeout(FIRST, watching.wait_for(|state| !matches!(state, State::Starting))).await;
                match settled {
                    Ok(Ok(state)) => match &*state {
                        State::Up(connection) => Some(connection.clone()),
                        _ => None,
                    },
                    _ => self.lost("not reached at the start"),
                }
            }
        }
    }

    fn lost<T>(&self, cause: &str) -> Option<T> {
        let was_down = matches!(self.state.send_replace(State::Down), State::Down);
        Metrics::global().redis_up(false);
        if !was_down {
            tracing::warn!(cause, "Redis does not answer; this process counts for itself until it does");
        }
        None
    }

    pub(super) fn wake(self: &Arc<Self>, name: &str) {
        self.start();
        // A full queue loses a wake-up; whoever waits looks by itself now and then.
        let _ = self.wakes.try_send(name.to_owned());
    }

    pub(super) fn on_wake(self: &Arc<Self>, name: &str) -> watch::Receiver<u64> {
        self.start();
        let receiver = {
            let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
            listeners.entry(name.to_owned()).or_insert_with(|| watch::Sender::new(0)).subscribe()
        };
        let runtime = self.runtime.clone().or_else(|| Handle::try_current().ok());
        if let Some(runtime) = runtime
            && !self.listening.swap(true, Ordering::SeqCst)
        {
            runtime.spawn(listen(Arc::downgrade(self), self.client.clone(), self.state.subscribe()));
        }
        receiver
    }

    fn heard(&self, name: &str) {
        if let Some(sender) = self.listeners.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Something may have been missed: everybody looks for himself.
    fn heard_all(&self) {
        for sender in self.listeners.lock().unwrap_or_else(PoisonError::into_inner).values() {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

async fn connect(client: &Client) -> Result<MultiplexedConnection, String> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(CONNECT));
    let attempt = async {
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        redis::cmd("PING").exec_async(&mut connection).await?;
        Ok::<_, RedisError>(connection)
    };
    match timeout(CONNECT, attempt).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("no connection in time".to_owned()),
    }
}

/// Connects, sends wake-ups and looks every second whether Redis is still there, until the link is dropped.
async fn keep(link: Weak<Link>, client: Client, mut wakes: mpsc::Receiver<String>) {
    loop {
        let attempt = connect(&client).await;
        let Some(strong) = link.upgrade() else { return };
        let connection = match attempt {
            Ok(connection) => connection,
            Err(cause) => {
                strong.lost::<()>(&cause);
                drop(strong);
                sleep(PAUSE).await;
                continue;
            }
        };
        // Subscribed before it is told, so that a loss right after cannot be missed.
        let state = strong.state.subscribe();
        strong.state.send_replace(State::Up(connection.clone()));
        Metrics::global().redis_up(true);
        tracing::info!("Redis answers");
        drop(strong);
        if !serve(&link, connection, state, &mut wakes).await {
            return;
        }
        sleep(PAUSE).await;
    }
}

/// Serves one connection until it is lost; false when the link itself is gone.
async fn serve(
    link: &Weak<Link>,
    mut connection: MultiplexedConnection,
    mut state: watch::Receiver<State>,
    wakes: &mut mpsc::Receiver<String>,
) -> bool {
    loop {
        let command = tokio::select! {
            changed = state.changed() => match changed {
                Err(_) => return false,
                Ok(()) if matches!(*state.borrow_and_update(), State::Up(_)) => continue,
                Ok(()) => return true,
            },
            name = wakes.recv() => match name {
                None => return false,
                Some(name) => redis::cmd("PUBLISH").arg(format!("{CHANNELS}{name}")).arg(1).to_owned(),
            },
            () = sleep(HEARTBEAT) => redis::cmd("PING"),
        };
        let problem = match timeout(COMMAND, command.exec_async(&mut connection)).await {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        let Some(strong) = link.upgrade() else { return false };
        strong.lost::<()>(&problem);
        return true;
    }
}

/// Hears wake-ups for as long as the link lives, on a connection of its own.
async fn listen(link: Weak<Link>, client: Client, mut state: watch::Receiver<State>) {
    loop {
        if state.wait_for(|state| matches!(state, State::Up(_))).await.is_err() {
            return;
        }
        let subscribed = async {
            let mut channel = client.get_async_pubsub().await?;
            channel.psubscribe(format!("{CHANNELS}*")).await?;
            Ok::<_, RedisError>(channel.into_on_message())
        };
        let mut messages = match timeout(CONNECT, subscribed).await {
            Ok(Ok(messages)) => messages,
            _ => {
                sleep(PAUSE).await;
                continue;
            }
        };
        match link.upgrade() {
            Some(strong) => strong.heard_all(),
            None => return,
        }
        loop {
            tokio::select! {
                message = messages.next() => match (message, link.upgrade()) {
                    (_, None) => return,
                    (None, _) => break,
                    (Some(message), Some(strong)) => {
                        if let Some(name) = message.get_channel_name().strip_prefix(CHANNELS) {
                            strong.heard(name);
                        }
                    }
                },
                changed = state.changed() => match changed {
                    Err(_) => return,
                    Ok(()) if matches!(*state.borrow_and_update(), State::Up(_)) => {}
                    Ok(()) => break,
                },
            }
        }
        sleep(PAUSE).await;
    }
}
