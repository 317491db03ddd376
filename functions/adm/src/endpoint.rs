//! Where Amazon is: `ADM_ENDPOINT` and `LWA_ENDPOINT`.
//!
//! Promises TLS for everything that leaves the machine: "You cannot make a connection over HTTP" ("Topic Based Messaging"). Plain HTTP
//! is for a sandbox on a loopback address only, because every request holds a token or a secret.

use std::fmt;

use http::Uri;

/// Scheme, host and port of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    origin: String,
}

/// A text that is no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an endpoint is https://<host>, or http://127.0.0.1:<port> for a sandbox, without a path")]
pub struct BadEndpoint;

impl Endpoint {
    /// `https://api.amazon.com`, both for tokens and for messages.
    pub fn amazon() -> Self {
        Self {
            origin: "https://api.amazon.com".into(),
        }
    }

    /// Reads an endpoint; a slash at its end is overlooked.
    ///
    /// # Errors
    /// [`BadEndpoint`]
    pub fn parse(text: &str) -> Result<Self, BadEndpoint> {
        let origin = text.strip_suffix('/').unwrap_or(text);
        let uri: Uri = origin.parse().map_err(|_| BadEndpoint)?;
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(BadEndpoint);
        };
        let is_loopback = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
        let has_only_an_origin = uri
            .authority()
            .is_some_and(|authority| format!("{scheme}://{authority}") == origin && !authority.as_str().contains('@'));
        match scheme == "https" || (scheme == "http" && is_loopback) {
            true if has_only_an_origin => Ok(Self { origin: origin.into() }),
            _ => Err(BadEndpoint),
        }
    }

    /// The address of a path on it.
    pub(crate) fn at(&self, path: &'static str) -> Uri {
        let address = format!("{}{path}", self.origin);
        address.parse().expect("an origin that was parsed and a path of ours")
    }
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::amazon()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_an_origin_with_tls_or_on_loopback() {
        for text in [
            "https://api.amazon.com",
            "https://api.amazon.com/",
            "https://localhost:8443",
            "http://127.0.0.1:4000",
            "http://localhost:4000/",
            "http://[::1]:4000",
        ] {
            let endpoint = Endpoint::parse(text).expect(text);
            assert_eq!(endpoint.to_string(), text.strip_suffix('/').unwrap_or(text));
        }
        assert_eq!(Endpoint::parse("https://api.amazon.com"), Ok(Endpoint::default()));
        assert_eq!(Endpoint::amazon().at("/a/b").to_string(), "https://api.amazon.com/a/b");
    }

    #[test]
    fn a_token_is_never_sent_in_clear_over_a_network() {
        for text in [
            "http://api.amazon.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1:80",
            "ftp://127.0.0.1",
            "https://user:pass@api.amazon.com",
            "https://api.amazon.com/v1",
            "https://api.amazon.com?x",
            "api.amazon.com",
            "https://",
            "/",
            "",
        ] {
            assert_eq!(Endpoint::parse(text), Err(BadEndpoint), "{text}");
        }
    }
}
