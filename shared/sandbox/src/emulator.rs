//! A function's process under AWS's own Runtime Interface Emulator, to compare [`crate::bootstrap`] with.
//!
//! The emulator is a program of AWS's (github.com/aws/aws-lambda-runtime-interface-emulator), which is no part of this project. It
//! starts the process at the first event, takes one event at a time, and tells of a failure with the status 200 and the document of
//! the error, so that only its form says that it is one. A process that ends instead of answering is a 502 without a body.

use std::ffi::OsStr;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::bootstrap::{Environment, Log};
use crate::runtime_api::{Answer, FunctionError};

/// The emulator, and the process that it starts. Dropping it ends both.
pub struct Emulator {
    address: SocketAddr,
    api: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    _child: Child,
    log: Log,
}

/// Why the emulator gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmulatorError {
    /// The emulator does not answer, or not in HTTP.
    #[error("no answer from the emulator: {0}")]
    NoAnswer(String),
    /// The function's process could not be started, or has ended.
    #[error("the emulator answered {0}")]
    Status(StatusCode),
}

impl Emulator {
    /// Starts the emulator for an executable, which gets the same environment as with [`crate::Bootstrap`].
    ///
    /// # Errors
    /// What the system said; or that the emulator has ended.
    pub async fn start(emulator: &Path, executable: &Path, environment: &Environment) -> io::Result<Self> {
        Self::of(emulator, &[executable.as_os_str()], environment).await
    }

    /// The same for a command, with its arguments.
    ///
    /// # Errors
    /// The same.
    pub async fn of(emulator: &Path, command: &[&OsStr], environment: &Environment) -> io::Result<Self> {
        let (address, api) = (free_address().await?, free_address().await?);
        let mut child = Command::new(emulator)
            .args(["--runtime-interface-emulator-address", &address.to_string()])
            .args(["--runtime-api-address", &api.to_string()])
            .args(command)
            .env_clear()
            .envs(environment.variables())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let log = Log::of(&mut child);
        // It says nothing when it listens, so it is asked until it does.
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = child.try_wait()? {
                return Err(io::Error::other(format!("the emulator ended with {status}")));
            }
            tokio::task::yield_now().await;
        }
        Ok(Self {
            address,
            api,
            client: Client::builder(TokioExecutor::new()).build_http(),
            _child: child,
            log,
        })
    }

    /// Hands it an event, and waits for the answer.
    ///
    /// # Errors
    /// [`EmulatorError`]. That a function fails is an answer.
    pub async fn invoke(&mut self, event: Bytes) -> Result<Answer, EmulatorError> {
        let uri = format!("http://{}/2015-03-31/functions/function/invocations", self.address);
        let request = Request::post(uri).body(Full::new(event));
        let request = request.map_err(|error| EmulatorError::NoAnswer(error.to_string()))?;
        let answer = self.client.request(request).await;
        let (parts, body) = answer
            .map_err(|error| EmulatorError::NoAnswer(error.to_string()))?
            .into_parts();
        let body = body.collect().await;
        let body = body.map_err(|error| EmulatorError::NoAnswer(error.to_string()))?.to_bytes();
        match parts.status {
            StatusCode::OK => Ok(answered(body)),
            status => Err(EmulatorError::Status(status)),
        }
    }

    /// Where its Runtime API is.
    pub fn api(&self) -> SocketAddr {
        self.api
    }

    /// The lines that the process and the emulator have written.
    pub fn log(&self) -> Vec<String> {
        self.log.lines()
    }
}

/// An error is known by its two fields; no function answers anything like it.
fn answered(body: Bytes) -> Answer {
    let told: Value = serde_json::from_slice(&body).unwrap_or_default();
    match (told["errorType"].as_str(), told["errorMessage"].as_str()) {
        (Some(_), Some(_)) => Answer::Error(FunctionError::read(None, &body)),
        _ => Answer::Response(body),
    }
}

/// An address that nobody listens on, below the ports that systems give to outgoing connections: the emulator takes the second of
/// its addresses no sooner than with the first event, and until then such a connection could have it.
async fn free_address() -> io::Result<SocketAddr> {
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        // Other processes that run tests begin elsewhere.
        let place = std::process::id().wrapping_mul(200).wrapping_add(next) % PORTS;
        let port = FIRST_PORT + place;
        match TcpListener::bind((Ipv4Addr::LOCALHOST, u16::try_from(port).unwrap_or_default())).await {
            Ok(listener) => return listener.local_addr(),
            Err(_taken) if next < PORTS => {}
            Err(error) => return Err(error),
        }
    }
}

static NEXT: AtomicU32 = AtomicU32::new(0);
const FIRST_PORT: u32 = 20_000;
const PORTS: u32 = 10_000;
