//! A call of the AWS query protocol, from a query string or from a form.

use std::collections::BTreeMap;

use http::{Method, Request, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;

use super::{action::Action, refusal::Refusal};
use crate::listener::HangUp;

/// A call as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// GET for a visited SubscribeURL, POST for an SDK.
    pub method: Method,
    /// The parameters by name; the last one counts.
    pub parameters: BTreeMap<String, String>,
    /// It bore an AWS signature. The sandbox has no account to check it against: to be there is enough.
    pub signed: bool,
    /// The region it was meant for, by its host or by the scope of its signature.
    pub region: Option<String>,
}

impl Call {
    pub(super) async fn read(request: Request<Incoming>) -> Result<Self, HangUp> {
        let (parts, body) = request.into_parts();
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let authorization = header(header::AUTHORIZATION).filter(|value| value.starts_with("AWS4-HMAC-SHA256 "));
        let mut call = Self {
            method: parts.method.clone(),
            parameters: form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
            signed: authorization.is_some(),
            region: header(header::HOST)
                .and_then(region_of_host)
                .or(authorization.and_then(region_of_scope))
                .map(str::to_owned),
        };
        if call.method == Method::POST {
            let form = Limited::new(body, FORM_LIMIT_BYTES)
                .collect()
                .await
                .map_err(|_| HangUp)?
                .to_bytes();
            call.parameters.extend(form_urlencoded::parse(&form).into_owned());
        }
        call.signed |= call.parameters.contains_key("X-Amz-Signature");
        Ok(call)
    }

    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.parameter(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::missing(name))
    }

    /// The parameters of a list begin with these: `prefix1.`, `prefix2.` and so on, as long as there are any.
    pub(super) fn numbered(&self, prefix: &str) -> impl Iterator<Item = String> {
        (1..)
            .map(move |number: usize| format!("{prefix}{number}."))
            .take_while(|item| {
                let mut from_here = self.parameters.range(item.clone()..);
                from_here.next().is_some_and(|(name, _)| name.starts_with(item.as_str()))
            })
    }

    /// An address that a person visits bears no version; an SDK always sends the one there is.
    pub(super) fn action(&self) -> Result<Action, Refusal> {
        let (action, version) = (self.parameter("Action"), self.parameter("Version").unwrap_or(VERSION));
        let known = |action: &&str| Action::ALL.into_iter().find(|known| known.name() == *action);
        match action {
            None => Err(Refusal::missing_action()),
            Some(name) => match known(&name) {
                Some(action) if version == VERSION => Ok(action),
                _ => Err(Refusal::unknown_action(name, version)),
            },
        }
    }

    /// Nobody publishes without credentials; whose they are is not looked at.
    pub(super) fn check_signature(&self) -> Result<(), Refusal> {
        match self.signed {
            true => Ok(()),
            false => Err(Refusal::unsigned()),
        }
    }

    /// What an ARN names is known in its own region only.
    pub(super) fn check_region(&self, parameter: &str, arn: &str) -> Result<(), Refusal> {
        let parts: Vec<&str> = arn.split(':').collect();
        match (parts.as_slice(), &self.region) {
            (["arn", _, "sns", region, _, _], Some(asked)) if region == asked => Ok(()),
            (["arn", _, "sns", _, _, _], None) => Ok(()),
            _ => Err(Refusal::invalid(parameter)),
        }
    }
}

/// `sns.<region>.amazonaws.com`, with or without a port.
fn region_of_host(host: &str) -> Option<&str> {
    let (region, domain) = host.strip_prefix("sns.")?.split_once('.')?;
    domain.starts_with("amazonaws.").then_some(region)
}

/// `Credential=<key>/<date>/<region>/sns/aws4_request`.
fn region_of_scope(authorization: &str) -> Option<&str> {
    authorization.split("Credential=").nth(1)?.split('/').nth(2)
}

/// Ten messages of the largest size, each byte escaped: SNS is to say itself that a batch is too long.
const FORM_LIMIT_BYTES: usize = 8 * 1024 * 1024;
const VERSION: &str = "2010-03-31";
