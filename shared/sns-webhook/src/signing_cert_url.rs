//! Which URLs a signing certificate may be fetched from.
//!
//! The URL is not signed, so it is not trusted to say anything but a document's name: its host must be the one SNS host of the
//! region that the (signed) TopicArn names, and the rest must have the one form that SNS uses. The host that is then asked is
//! the host derived from the region, never text taken from the message.

use std::fmt;

use crate::{Region, Rejection};

/// The checked URL of a signing certificate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SigningCertUrl {
    host: String,
    path: String,
}

impl SigningCertUrl {
    /// Reads a `SigningCertURL` and binds it to the region of the message's topic.
    ///
    /// # Errors
    /// [`Rejection::CertHost`] for another host, [`Rejection::CertUrl`] for anything else that SNS's URLs do not have.
    ///
    /// Source: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages". The regular expression that AWS's
    /// own libraries use admits `sns.s3-us-west-2.amazonaws.com`, which is a public S3 bucket; the exact host does not.
    pub fn parse(url: &str, region: &Region) -> Result<Self, Rejection> {
        let rest = url
            .strip_prefix("https://")
            .ok_or(Rejection::CertUrl("the scheme is not https"))?;
        let (authority, path) = rest.split_once('/').ok_or(Rejection::CertUrl("it has no path"))?;
        if authority.contains('@') {
            return Err(Rejection::CertHost("it carries user information"));
        }
        let host = match authority.split_once(':') {
            None => authority,
            Some((host, "443")) => host,
            Some(_) => return Err(Rejection::CertHost("the port is not 443")),
        };
        if host != region.sns_host() {
            return Err(Rejection::CertHost("another host"));
        }
        let id = path
            .strip_prefix("SimpleNotificationService-")
            .and_then(|rest| rest.strip_suffix(".pem"))
            .ok_or(Rejection::CertUrl("the path is not that of a signing certificate"))?;
        if id.len() != 32 || !id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(Rejection::CertUrl("the path is not that of a signing certificate"));
        }
        Ok(Self {
            host: host.to_owned(),
            path: format!("/{path}"),
        })
    }

    /// The host to ask.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The document to ask for, from its leading slash.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for SigningCertUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.host, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";

    fn parse(url: &str) -> Result<SigningCertUrl, Rejection> {
        SigningCertUrl::parse(url, &Region::parse("us-east-1").unwrap())
    }

    #[test]
    fn the_url_of_the_topics_region_is_accepted_with_and_without_its_port() {
        for port in ["", ":443"] {
            let url = parse(&format!("https://sns.us-east-1.amazonaws.com{port}{PATH}")).unwrap();
            assert_eq!(url.to_string(), format!("https://sns.us-east-1.amazonaws.com{PATH}"));
        }
        let china = Region::parse("cn-north-1").unwrap();
        assert!(SigningCertUrl::parse(&format!("https://sns.cn-north-1.amazonaws.com.cn{PATH}"), &china).is_ok());
    }

    #[test]
    fn hosts_that_only_look_like_the_regions_sns_host_are_refused() {
        for host in [
            "sns.us-west-2.amazonaws.com",
            "sns.s3-us-west-2.amazonaws.com",
            "sns.us-east-1.amazonaws.com.evil.example",
            "sns---us-east-1.amazonaws.com.rproxy.goskope.com",
            "evil.example",
            "evil-sns.us-east-1.amazonaws.com",
            "sns.us-east-1.amazonaws.com.cn",
            "sns.us-east-1.amazonaws.com.",
            "SNS.us-east-1.amazonaws.com",
            "sns.us-east-1.amazonaws.com:8443",
            "sns.us-east-1.amazonaws.com:443:443",
            "sns.us-east-1.amazonaws.com:0443",
            "sns.us-east-1.amazonaws.com:",
            "user@sns.us-east-1.amazonaws.com",
            "sns.us-east-1.amazonaws.com@evil.example",
            "sns.us-east-1.amazonaws.com:443@evil.example",
            "sns.us-east-1.amazonaws.com\\@evil.example",
            "sns.us-east-1.amazonaws.com#.evil.example",
            "sns.us-east-1.amazonaws.com?.evil.example",
            "sns.us-east-1.amazonaws.com%2eevil.example",
            " sns.us-east-1.amazonaws.com",
            "sns.us-east-1\u{3002}amazonaws.com",
            "",
        ] {
            let refused = parse(&format!("https://{host}{PATH}"));
            assert!(matches!(refused, Err(Rejection::CertHost(_))), "{host:?}: {refused:?}");
        }
    }

    #[test]
    fn anything_but_the_plain_path_of_a_certificate_is_refused() {
        for url in [
            "",
            "sns.us-east-1.amazonaws.com",
            "https://sns.us-east-1.amazonaws.com",
            &format!("http://sns.us-east-1.amazonaws.com{PATH}"),
            &format!("HTTPS://sns.us-east-1.amazonaws.com{PATH}"),
            &format!("//sns.us-east-1.amazonaws.com{PATH}"),
            "https://sns.us-east-1.amazonaws.com/",
            &format!("https://sns.us-east-1.amazonaws.com/{PATH}"),
            &format!("https://sns.us-east-1.amazonaws.com{PATH}?x"),
            &format!("https://sns.us-east-1.amazonaws.com{PATH}#x"),
            &format!("https://sns.us-east-1.amazonaws.com{PATH}\n"),
            "https://sns.us-east-1.amazonaws.com/a/../SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-7506A1E35B36EF5A444DD1A8E7CC3ED8.pem",
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed.pem",
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem.txt",
        ] {
            assert!(matches!(parse(url), Err(Rejection::CertUrl(_))), "{url:?}");
        }
    }
}
