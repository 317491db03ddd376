//! One bounded request for one small document.
//!
//! Every request has a deadline and a size limit, and no redirect is followed: what answers is the host that was asked.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;

use crate::{FetchFault, Roots};

/// A client for small documents on AWS's hosts: a new connection for every request.
#[derive(Debug, Clone)]
pub struct Https {
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Empty<Bytes>>,
    deadline: Duration,
}

impl Https {
    /// A client that trusts `roots` for TLS and gives each request `deadline` in all.
    pub fn new(roots: &Roots, deadline: Duration) -> Self {
        Self::with_addresses(roots, deadline, HashMap::new())
    }

    /// The same, with addresses given for some hosts, as `curl --resolve` does. TLS still checks the host's name.
    pub fn with_addresses(roots: &Roots, deadline: Duration, addresses: HashMap<String, SocketAddr>) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Resolver {
            addresses: Arc::new(addresses),
        });
        // Issuers publish their certificates over plain HTTP; which scheme is used is the caller's decision, never a message's.
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(roots.client_tls())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        // Requests are months apart, and a connection kept while Lambda freezes the process is dead when it is needed.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        Self { client, deadline }
    }

    /// Gets a document of at most `limit_bytes` over TLS.
    ///
    /// # Errors
    /// [`FetchFault`]: anything but status 200 and a whole document within the deadline.
    pub async fn get(&self, host: &str, path_and_query: &str, limit_bytes: usize) -> Result<Bytes, FetchFault> {
        self.document("https", host, path_and_query, limit_bytes).await
    }

    /// Gets a document of at most `limit_bytes` over plain HTTP: only for documents that carry their own signature.
    pub(crate) async fn get_unencrypted(&self, host: &str, path: &str, limit_bytes: usize) -> Result<Bytes, FetchFault> {
        self.document("http", host, path, limit_bytes).await
    }

    /// Gets an answer of at most `limit_bytes` over TLS whatever its status: for a service that explains its refusals.
    ///
    /// # Errors
    /// [`FetchFault`]: anything but a whole answer within the deadline.
    pub async fn ask(&self, host: &str, path_and_query: &str, limit_bytes: usize) -> Result<(StatusCode, Bytes), FetchFault> {
        let whole = async {
            let answer = self.request("https", host, path_and_query).await?;
            Ok((answer.status(), body(answer, limit_bytes).await?))
        };
        self.within_deadline(whole).await.unwrap_or(Err(FetchFault::Deadline))
    }

    async fn document(&self, scheme: &str, host: &str, path: &str, limit_bytes: usize) -> Result<Bytes, FetchFault> {
        let whole = async {
            let answer = self.request(scheme, host, path).await?;
            match answer.status() {
                StatusCode::OK => body(answer, limit_bytes).await,
                status => Err(FetchFault::Status(status.as_u16())),
            }
        };
        self.within_deadline(whole).await.unwrap_or(Err(FetchFault::Deadline))
    }

    async fn request(
        &self,
        scheme: &str,
        host: &str,
        path: &str,
    ) -> Result<Response<impl BodyExt<Data = Bytes> + Unpin + use<>>, FetchFault> {
        let uri = Uri::builder()
            .scheme(scheme)
            .authority(host)
            .path_and_query(path)
            .build()
            .map_err(|_| FetchFault::Connect)?;
        let request = Request::get(uri).body(Empty::new()).map_err(|_| FetchFault::Connect)?;
        self.client.request(request).await.map_err(|error| match error.is_connect() {
            true => FetchFault::Connect,
            false => FetchFault::Interrupted,
        })
    }

    /// What `work` gives, unless it takes longer than one request may.
    pub(crate) async fn within_deadline<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(self.deadline, work).await.ok()
    }
}

async fn body(answer: Response<impl BodyExt<Data = Bytes> + Unpin>, limit_bytes: usize) -> Result<Bytes, FetchFault> {
    let mut body = answer.into_body();
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| FetchFault::Interrupted)?;
        let Some(data) = frame.data_ref() else { continue };
        if whole.len() + data.len() > limit_bytes {
            return Err(FetchFault::TooLarge(limit_bytes));
        }
        whole.extend_from_slice(data);
    }
    Ok(whole.freeze())
}

/// The system's name resolution, behind a table of given addresses.
#[derive(Debug, Clone)]
struct Resolver {
    addresses: Arc<HashMap<String, SocketAddr>>,
}

impl tower_service::Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        if let Some(address) = self.addresses.get(name.as_str()) {
            return Box::pin(std::future::ready(Ok(vec![*address].into_iter())));
        }
        // Port 0: the connector puts the port of the URL in its place.
        let lookup =
            tokio::task::spawn_blocking(move || Ok((name.as_str(), 0).to_socket_addrs()?.collect::<Vec<_>>().into_iter()));
        Box::pin(async { lookup.await.map_err(io::Error::other)? })
    }
}
