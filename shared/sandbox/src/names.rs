//! Host names for tests: `sns.us-east-1.amazonaws.com` leads to a loopback port, and everything else leads nowhere.

use std::{
    collections::HashMap,
    future::{Ready, ready},
    io,
    net::SocketAddr,
    task::{Context, Poll},
};

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

/// A resolver for `hyper_util`'s `HttpConnector::new_with_resolver`. It gives the port too, so a URL needs none, and it never
/// asks the network: a host that is not listed does not exist.
#[derive(Clone, Debug, Default)]
pub struct Names(HashMap<String, SocketAddr>);

impl Names {
    /// Knows no host.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leads a host to an address.
    pub fn with(mut self, host: &str, addr: SocketAddr) -> Self {
        self.0.insert(host.to_owned(), addr);
        self
    }
}

impl Service<Name> for Names {
    type Response = std::option::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        ready(match self.0.get(name.as_str()) {
            Some(addr) => Ok(Some(*addr).into_iter()),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("the sandbox has no host {name}"),
            )),
        })
    }
}
