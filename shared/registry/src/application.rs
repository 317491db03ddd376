//! The platform application that a device belongs to, and the endpoints that SNS keeps for it.
//!
//! Both are ARNs, checked where they come in: an application of one of the four platforms that
//! <https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html> names, and an endpoint of such an application.
//! No part of either has a `#`, which is what separates the parts of a key.

use std::fmt;

/// A platform application, by its ARN.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Application {
    arn: String,
    platform: Platform,
}

/// The push service behind an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Amazon Device Messaging.
    Adm,
    /// Apple's push service.
    Apns,
    /// Apple's push service for development.
    ApnsSandbox,
    /// Firebase Cloud Messaging.
    Gcm,
}

/// An endpoint of a platform application, by its ARN. It names neither device nor token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointArn {
    arn: String,
    application: Application,
}

/// Why a text is no ARN of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidArn {
    /// It is of another form.
    #[error("not an ARN of this kind: it is arn:aws:sns:<region>:<account>:{0}")]
    Form(&'static str),
    /// The platform is none of those that are kept here.
    #[error("the platform is none of ADM, APNS, APNS_SANDBOX and GCM")]
    Platform,
}

impl Application {
    /// Reads the ARN of a platform application.
    ///
    /// # Errors
    /// [`InvalidArn`]
    pub fn parse(arn: &str) -> Result<Self, InvalidArn> {
        let form = InvalidArn::Form("app/<platform>/<name>");
        let (_, resource) = head_and_resource(arn).ok_or(form)?;
        let [kind, platform, name] = parts(resource).ok_or(form)?;
        if kind != "app" || !is_name(name) {
            return Err(form);
        }
        Ok(Self {
            arn: arn.to_owned(),
            platform: Platform::parse(platform).ok_or(InvalidArn::Platform)?,
        })
    }

    /// As SNS writes it.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The region that knows it.
    pub fn region(&self) -> &str {
        self.arn.split(':').nth(3).expect("an ARN with six parts was read")
    }

    /// One of its endpoints, by the last part of its ARN, as it was read from one.
    ///
    /// # Panics
    /// If `id` is no such part: letters, digits and hyphens of ASCII, one at least.
    pub fn endpoint(&self, id: &str) -> EndpointArn {
        assert!(is_endpoint_id(id), "the id of an endpoint is letters, digits and hyphens");
        EndpointArn {
            arn: format!("{}{id}", self.endpoint_prefix()),
            application: self.clone(),
        }
    }

    /// What the ARNs of its endpoints begin with, and no others.
    pub fn endpoint_prefix(&self) -> String {
        let (head, resource) = head_and_resource(&self.arn).expect("an ARN with six parts was read");
        let resource = resource.strip_prefix("app").expect("the ARN of an application was read");
        format!("{head}endpoint{resource}/")
    }

    /// Its push service.
    pub fn platform(&self) -> Platform {
        self.platform
    }
}

impl Platform {
    /// As SNS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adm => "ADM",
            Self::Apns => "APNS",
            Self::ApnsSandbox => "APNS_SANDBOX",
            Self::Gcm => "GCM",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Adm, Self::Apns, Self::ApnsSandbox, Self::Gcm];
        all.into_iter().find(|platform| platform.as_str() == text)
    }
}

impl EndpointArn {
    /// Reads the ARN of an endpoint.
    ///
    /// # Errors
    /// [`InvalidArn`]
    pub fn parse(arn: &str) -> Result<Self, InvalidArn> {
        let form = InvalidArn::Form("endpoint/<platform>/<name>/<id>");
        let (head, resource) = head_and_resource(arn).ok_or(form)?;
        let [kind, platform, name, id] = parts(resource).ok_or(form)?;
        if kind != "endpoint" || !is_endpoint_id(id) {
            return Err(form);
        }
        let application = Application::parse(&format!("{head}app/{platform}/{name}")).map_err(|error| match error {
            InvalidArn::Form(_) => form,
            InvalidArn::Platform => error,
        })?;
        Ok(Self {
            arn: arn.to_owned(),
            application,
        })
    }

    /// As SNS writes it.
    pub fn as_str(&self) -> &str {
        &self.arn
    }

    /// The application that it is of.
    pub fn application(&self) -> &Application {
        &self.application
    }
}

impl fmt::Display for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

impl fmt::Display for EndpointArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

/// `arn:aws:sns:us-east-1:123456789012:` and the rest.
fn head_and_resource(arn: &str) -> Option<(&str, &str)> {
    let resource = arn.splitn(6, ':').nth(5)?;
    let head = arn.strip_suffix(resource)?;
    let mut fields = head.split(':');
    let is_word = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !text.is_empty() && text.bytes().all(allowed)
    };
    let is_ours = fields.next()? == "arn"
        && fields
            .next()
            .is_some_and(|partition| partition.starts_with("aws") && is_word(partition))
        && fields.next()? == "sns"
        && is_word(fields.next()?)
        && fields
            .next()
            .is_some_and(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    is_ours.then_some((head, resource))
}

fn parts<const N: usize>(resource: &str) -> Option<[&str; N]> {
    resource.split('/').collect::<Vec<_>>().try_into().ok()
}

fn is_endpoint_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// "Application names must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, hyphens, and periods, and must
/// be between 1 and 256 characters long" (CreatePlatformApplication).
fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=256).contains(&name.len()) && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_one_of_four_platforms() {
        for (arn, platform) in [
            ("arn:aws:sns:us-east-1:123456789012:app/ADM/Fire", Platform::Adm),
            ("arn:aws-cn:sns:cn-north-1:123456789012:app/APNS/a.b-c_D", Platform::Apns),
            (
                "arn:aws-us-gov:sns:us-gov-west-1:123456789012:app/APNS_SANDBOX/x",
                Platform::ApnsSandbox,
            ),
            ("arn:aws:sns:us-east-1:123456789012:app/GCM/Fire", Platform::Gcm),
        ] {
            let application = Application::parse(arn).unwrap();
            assert_eq!((application.arn(), application.platform()), (arn, platform));
            assert!(arn.contains(&format!(":sns:{}:123456789012:", application.region())));
        }
        let other = Application::parse("arn:aws:sns:us-east-1:123456789012:app/WNS/Fire");
        assert_eq!(other, Err(InvalidArn::Platform));
    }

    #[test]
    fn anything_else_is_no_application() {
        let long = format!("arn:aws:sns:us-east-1:123456789012:app/ADM/{}", "x".repeat(257));
        for arn in [
            "",
            "arn:aws:sns:us-east-1:123456789012:app/ADM/",
            "arn:aws:sns:us-east-1:123456789012:app/ADM/a#b",
            "arn:aws:sns:us-east-1:123456789012:app/ADM/a/b",
            "arn:aws:sns:us-east-1:123456789012:endpoint/ADM/a/b",
            "arn:aws:sns:us-east-1:12345678901:app/ADM/Fire",
            "arn:aws:sns::123456789012:app/ADM/Fire",
            "arn:aws:sqs:us-east-1:123456789012:app/ADM/Fire",
            "arn:evil:sns:us-east-1:123456789012:app/ADM/Fire",
            " arn:aws:sns:us-east-1:123456789012:app/ADM/Fire",
            &long,
        ] {
            let expected = Err(InvalidArn::Form("app/<platform>/<name>"));
            assert_eq!(Application::parse(arn), expected, "{arn}");
        }
    }

    #[test]
    #[should_panic(expected = "letters, digits and hyphens")]
    fn an_endpoint_is_not_made_of_anything() {
        let application = Application::parse("arn:aws:sns:us-east-1:123456789012:app/GCM/Fire").unwrap();
        let _ = application.endpoint("a#b");
    }

    #[test]
    fn an_endpoint_knows_its_application() {
        let arn = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/bdf172d4-f9b4-3b76-bc0b-f2aaaaaaaaaa";
        let endpoint = EndpointArn::parse(arn).unwrap();
        assert_eq!(endpoint.as_str(), arn);
        assert_eq!(
            endpoint.application().arn(),
            "arn:aws:sns:us-east-1:123456789012:app/GCM/Fire"
        );
        let application = endpoint.application();
        assert_eq!(application.endpoint("bdf172d4-f9b4-3b76-bc0b-f2aaaaaaaaaa"), endpoint);
        assert_eq!(
            application.endpoint_prefix(),
            "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/"
        );

        for arn in [
            "arn:aws:sns:us-east-1:123456789012:app/GCM/Fire",
            "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/",
            "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/a#b",
            "arn:aws:sns:us-east-1:123456789012:endpoint/GCM//a",
        ] {
            let expected = Err(InvalidArn::Form("endpoint/<platform>/<name>/<id>"));
            assert_eq!(EndpointArn::parse(arn), expected, "{arn}");
        }
        let other = EndpointArn::parse("arn:aws:sns:us-east-1:123456789012:endpoint/WNS/Fire/a");
        assert_eq!(other, Err(InvalidArn::Platform));
    }
}
