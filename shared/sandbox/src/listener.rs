//! A server on loopback that can really be down.
//!
//! Connections and tasks end with the value: dropping it stops listening, so that a later call is refused by the kernel, not by
//! a pretence of ours.

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use axum::body::Body;
use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::TlsAcceptor;

/// One HTTP/1.1 server, with or without TLS.
pub(crate) struct Listener {
    addr: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
    handler: Handler,
    accepting: JoinHandle<()>,
}

/// Answers a request; the text is the name that the client asked TLS for (SNI).
pub(crate) type Handler = Arc<dyn Fn(Request<Incoming>, Option<String>) -> Answer + Send + Sync>;

/// What a handler does with a request in the end.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, HangUp>> + Send>>;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the script says to hang up")]
pub(crate) struct HangUp;

impl Listener {
    /// Listens on a port of 127.0.0.1; port 0 takes a free one.
    pub(crate) async fn start(port: u16, tls: Option<ServerConfig>, handler: Handler) -> io::Result<Self> {
        let tls = tls.map(Arc::new);
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let addr = socket.local_addr()?;
        let accepting = tokio::spawn(accept(socket, tls.clone(), handler.clone()));
        Ok(Self {
            addr,
            tls,
            handler,
            accepting,
        })
    }

    /// Where it listens.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Closes the socket and every connection; once this returns, connections are refused.
    pub(crate) async fn down(&mut self) {
        self.accepting.abort();
        if !self.accepting.is_finished() {
            let _aborted = (&mut self.accepting).await;
        }
    }

    /// Listens again where it listened before.
    pub(crate) async fn up(&mut self) -> io::Result<()> {
        self.down().await;
        let socket = TcpListener::bind(self.addr).await?;
        self.accepting = tokio::spawn(accept(socket, self.tls.clone(), self.handler.clone()));
        Ok(())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Runs until aborted; the connections are its children and end with it.
async fn accept(socket: TcpListener, tls: Option<Arc<ServerConfig>>, handler: Handler) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _peer)) = socket.accept().await else {
            continue;
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(greet(stream, tls.clone(), handler.clone()));
    }
}

async fn greet(stream: TcpStream, tls: Option<Arc<ServerConfig>>, handler: Handler) {
    match tls {
        None => serve(stream, None, handler).await,
        Some(config) => {
            // A client that does not like our certificate is that client's finding, not a fault here.
            let Ok(stream) = TlsAcceptor::from(config).accept(stream).await else {
                return;
            };
            let sni = stream.get_ref().1.server_name().map(str::to_owned);
            serve(stream, sni, handler).await;
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, sni: Option<String>, handler: Handler) {
    let service = service_fn(|request| handler(request, sni.clone()));
    let _closed_early = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// A response with a body of its own.
pub(crate) fn response(status: u16, content_type: &str, body: impl Into<Body>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(http::header::CONTENT_TYPE, content_type)
        .body(body.into())
        .expect("statuses and content types in scripts are valid")
}
