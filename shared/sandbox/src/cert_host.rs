//! The hosts that certificates come from, over real TLS and real sockets.
//!
//! `https://sns.<region>.amazonaws.com/SimpleNotificationService-<id>.pem` serves the signing certificate as PEM ("Verifying the
//! signatures of Amazon SNS messages"), and 404 once AWS has removed it; `http://crt.….amazontrust.com/….cer` serves its issuer
//! as DER, named by the certificate's Authority Information Access (RFC 5280, section 4.2.2.1). Every path can be made to
//! misbehave, and the whole host can be taken down.

mod body;

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, Response, header};
use rustls::ServerConfig;

use self::body::{Endless, Unannounced};
use crate::{
    Pki, Signer, SnsApi,
    listener::{Handler, HangUp, Listener, response},
};

/// A host of certificates on a loopback port of its own.
pub struct CertHost {
    listener: Listener,
    shelf: Shelf,
}

/// How a path behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 200 and no body.
    Empty,
    /// 200 and a body that never ends.
    Endless,
    /// Closes the connection instead of answering.
    HangUp,
    /// 200 and a web page, as a captive portal would answer.
    Html,
    /// A redirection, 302, to this address.
    Redirect(String),
    /// The published document, or 404.
    Serve,
    /// Takes the request and never answers.
    Silent,
    /// This status, with a short text.
    Status(u16),
    /// The published document under a Content-Length that promises this many bytes, and then the end of the connection.
    Truncated(u64),
}

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The Host header.
    pub host: String,
    /// The name in the TLS handshake.
    pub sni: Option<String>,
    /// The path, without the query.
    pub path: String,
    /// The method.
    pub method: Method,
}

impl CertHost {
    /// The regional SNS hosts, over TLS under the test root, on a free port; no API behind them.
    pub async fn start(pki: &Pki, hosts: &[&str]) -> io::Result<Self> {
        Self::open(Some(pki.server_tls(hosts)), None, 0).await
    }

    /// The same with the SNS API at `/`, as in reality, on a port of choice (0 takes a free one).
    pub async fn start_with_api(pki: &Pki, hosts: &[&str], api: &SnsApi, port: u16) -> io::Result<Self> {
        Self::open(Some(pki.server_tls(hosts)), Some(api.clone()), port).await
    }

    /// The issuer's host, plain HTTP as Amazon Trust Services has it, with the intermediate at `/intermediate.cer`.
    pub async fn start_issuer(pki: &Pki) -> io::Result<Self> {
        let host = Self::open(None, None, 0).await?;
        host.publish("/intermediate.cer", pki.intermediate_der().to_vec());
        Ok(host)
    }

    async fn open(tls: Option<ServerConfig>, api: Option<SnsApi>, port: u16) -> io::Result<Self> {
        let shelf = Shelf::default();
        let served = shelf.clone();
        let handler: Handler = Arc::new(move |request, sni| {
            let (shelf, api) = (served.clone(), api.clone());
            Box::pin(async move {
                shelf.note(&request, sni);
                match api {
                    Some(api) if request.uri().path() == "/" => api.answer(request).await,
                    _ => shelf.answer(request.uri().path()).await,
                }
            })
        });
        Ok(Self {
            listener: Listener::start(port, tls, handler).await?,
            shelf,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Puts a document at a path.
    pub fn publish(&self, path: &str, document: impl Into<Bytes>) {
        self.shelf.lock().documents.insert(path.to_owned(), document.into());
    }

    /// Puts a signer's certificate where its messages say it is.
    pub fn publish_signer(&self, signer: &Signer) {
        self.publish(&signer.certificate_path(), signer.certificate_pem().to_owned());
    }

    /// Makes a path behave in a certain way from the next request on.
    pub fn script(&self, path: &str, mode: Mode) {
        self.shelf.lock().modes.insert(path.to_owned(), mode);
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Seen> {
        self.shelf.lock().requests.clone()
    }

    /// Stops listening: from here on a connection is refused.
    pub async fn down(&mut self) {
        self.listener.down().await;
    }

    /// Listens again on the same port.
    pub async fn up(&mut self) -> io::Result<()> {
        self.listener.up().await
    }
}

/// What a host has, how it behaves, and what was asked of it.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Contents>>);

#[derive(Default)]
struct Contents {
    documents: HashMap<String, Bytes>,
    modes: HashMap<String, Mode>,
    requests: Vec<Seen>,
}

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note<B>(&self, request: &Request<B>, sni: Option<String>) {
        let host = request
            .headers()
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let (path, method) = (request.uri().path().to_owned(), request.method().clone());
        self.lock().requests.push(Seen {
            host: host.to_owned(),
            sni,
            path,
            method,
        });
    }

    async fn answer(&self, path: &str) -> Result<Response<Body>, HangUp> {
        let (document, mode) = {
            let contents = self.lock();
            (
                contents.documents.get(path).cloned(),
                contents.modes.get(path).cloned().unwrap_or(Mode::Serve),
            )
        };
        match mode {
            Mode::Empty => Ok(response(200, DOCUMENT, Body::empty())),
            Mode::Endless => Ok(response(200, DOCUMENT, Body::new(Endless))),
            Mode::HangUp => Err(HangUp),
            Mode::Html => Ok(response(200, "text/html", PAGE)),
            Mode::Redirect(address) => {
                let mut answer = response(302, "text/plain", Body::empty());
                let address = address.try_into().expect("redirections in scripts are valid header values");
                answer.headers_mut().insert(header::LOCATION, address);
                Ok(answer)
            }
            Mode::Serve => match document {
                Some(document) => Ok(response(200, DOCUMENT, document)),
                None => Ok(response(404, "text/plain", "no such certificate")),
            },
            Mode::Silent => std::future::pending().await,
            Mode::Status(status) => Ok(response(status, "text/plain", "scripted")),
            Mode::Truncated(promised) => {
                let mut answer = response(200, DOCUMENT, Body::new(Unannounced(document)));
                answer.headers_mut().insert(header::CONTENT_LENGTH, promised.into());
                Ok(answer)
            }
        }
    }
}

/// The page does not say what type the certificate is served as.
const DOCUMENT: &str = "application/octet-stream";
const PAGE: &str = "<!DOCTYPE html><html><body>Please sign in to the network.</body></html>";

#[cfg(test)]
mod tests;
