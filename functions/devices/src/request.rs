//! What is asked of the function, read to its end: everything that is wrong is told at once, and nothing is asked of anybody before.
//!
//! A device id in a path is of characters that never need an escape (RFC 3986, section 2.3), so that it has one spelling, whatever a gateway
//! does with paths, and one in the policies that allow a path. No value and no name of a request is repeated.

use std::collections::BTreeSet;

use endpoints::Sns;
use http::Request;
use jiff::Timestamp;
use registry::{Application, DeviceId, DeviceKey, LONGEST_TOKEN, Owner, Platform, Registration, Token};
use serde_json::Value;

use crate::fault::fault;
use crate::object::Object;
use crate::{Applications, Fault, FaultName};

/// A device of an application that is served.
#[derive(Clone, Debug)]
pub(crate) struct Named<'a> {
    pub(crate) key: DeviceKey,
    pub(crate) sns: Sns<'a>,
}

/// The device in a path and in the query `application`.
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn named<'a, B>(id: &str, request: &Request<B>, served: &'a Applications) -> Result<Named<'a>, Vec<Fault>> {
    let mut faults = Vec::new();
    let id = kept(device(id), &mut faults);
    let query = request.uri().query().unwrap_or_default();
    let mut given = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == APPLICATION)
        .map(|(_, value)| value);
    let sns = kept(application(given.next().as_deref(), served), &mut faults);
    if given.next().is_some() {
        faults.push(fault(FaultName::DuplicateField, APPLICATION, TWICE));
    }
    match (id, sns) {
        (Some(id), Some(sns)) if faults.is_empty() => Ok(named_in(sns, id)),
        _ => Err(faults),
    }
}

/// What a device says of itself: its id in the path, all else in the body. A moment that is not given is `now`.
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn registration<'a>(
    id: &str,
    body: &[u8],
    served: &'a Applications,
    now: Timestamp,
) -> Result<(Registration, Sns<'a>), Vec<Fault>> {
    let mut faults = Vec::new();
    let id = kept(device(id), &mut faults);
    let mut fields = match object(body) {
        Ok(object) => Fields::sort(object, &mut faults),
        Err(fault) => {
            faults.push(fault);
            return Err(faults);
        }
    };
    let arn = fields.take(APPLICATION);
    let sns = kept(application(arn.as_ref().map(text), served), &mut faults);
    let platform = sns.map(|sns| sns.application.platform());
    let token = fields.take(TOKEN);
    let token = kept(token_of(platform, token.as_ref().map_or("", text)), &mut faults);
    let owner = match fields.take(OWNER) {
        Some(owner) => kept(owner_of(text(&owner)), &mut faults),
        None => None,
    };
    let home = sns.map(|sns| sns.application);
    let subscriptions = match fields.take(SUBSCRIPTIONS) {
        Some(list) => kept(subscriptions_of(&list, home), &mut faults),
        None => None,
    };
    let confirmed_at = match fields.take(CONFIRMED_AT) {
        Some(moment) => kept(moment_of(text(&moment)), &mut faults),
        None => Some(now),
    };
    match (id, sns, token, confirmed_at) {
        (Some(id), Some(sns), Some(token), Some(confirmed_at)) if faults.is_empty() => {
            let registration = Registration {
                device: named_in(sns, id).key,
                token,
                owner,
                subscriptions,
                confirmed_at,
            };
            Ok((registration, sns))
        }
        _ => Err(faults),
    }
}

fn named_in(sns: Sns<'_>, id: DeviceId) -> Named<'_> {
    let application = sns.application.clone();
    let key = DeviceKey { application, id };
    Named { key, sns }
}

fn kept<T>(read: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}

/// Two segments are no name: a path loses them on its way (RFC 3986, section 5.2.4).
fn device(segment: &str) -> Result<DeviceId, Fault> {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let is_id = segment.bytes().all(is_unreserved) && !matches!(segment, "." | "..");
    let id = is_id.then(|| DeviceId::parse(segment).ok()).flatten();
    id.ok_or_else(|| {
        let detail = "a device id is 1 to 128 of a-z A-Z 0-9 - . _ ~, new with each installation; a random UUID is best";
        fault(FaultName::InvalidDevice, "id", detail)
    })
}

fn application<'a>(arn: Option<&str>, served: &'a Applications) -> Result<Sns<'a>, Fault> {
    let not_so = |detail: String| fault(FaultName::InvalidApplication, APPLICATION, detail);
    let arn = arn.ok_or_else(|| not_so("give the ARN of a platform application".to_owned()))?;
    let application = Application::parse(arn).map_err(|error| not_so(error.to_string()))?;
    let sns = served.sns(&application);
    sns.ok_or_else(|| not_so("this application is not served here: see PLATFORM_APPLICATIONS".to_owned()))
}

/// Without a platform as much is told as is true of all.
fn token_of(platform: Option<Platform>, text: &str) -> Result<Token, Fault> {
    let token = Token::parse(platform.unwrap_or(Platform::Gcm), text);
    token.map_err(|error| fault(FaultName::InvalidToken, TOKEN, error.to_string()))
}

fn owner_of(text: &str) -> Result<Owner, Fault> {
    Owner::parse(text).map_err(|error| fault(FaultName::InvalidOwner, OWNER, error.to_string()))
}

/// Without an application as much is told as is true of all.
fn subscriptions_of(list: &Value, application: Option<&Application>) -> Result<BTreeSet<String>, Fault> {
    // `arn:aws:sns:<region>:<account>:`, as the application's own ARN begins: only those could be ended.
    let home = application.map_or("arn:", |application| {
        application.arn().split_once("app/").map_or("", |(home, _)| home)
    });
    let is_subscription = |arn: &str| match arn.split(':').collect::<Vec<_>>()[..] {
        ["arn", partition, "sns", region, account, topic, id] => {
            let is_filled = [partition, region, account, topic, id].iter().all(|part| !part.is_empty());
            is_filled && arn.starts_with(home) && arn.len() <= LONGEST_ARN && arn.bytes().all(|byte| byte.is_ascii_graphic())
        }
        _ => false,
    };
    let arns = list.as_array().filter(|list| list.len() <= MOST_SUBSCRIPTIONS);
    let arns = arns.and_then(|list| {
        list.iter()
            .map(|arn| arn.as_str().filter(|arn| is_subscription(arn)))
            .collect()
    });
    let arns: Option<BTreeSet<&str>> = arns;
    arns.map(|arns| arns.into_iter().map(str::to_owned).collect()).ok_or_else(|| {
        let detail = format!(
            "give the ARNs of the subscriptions of the device's endpoint, {MOST_SUBSCRIPTIONS} at most: \
             arn:aws:sns:<region>:<account>:<topic>:<id>, in the account and region of the application"
        );
        fault(FaultName::InvalidSubscriptions, SUBSCRIPTIONS, detail)
    })
}

fn moment_of(text: &str) -> Result<Timestamp, Fault> {
    reading::moment(text.to_owned()).ok_or_else(|| {
        let detail =
            "give the moment when the app had the token from its system, such as 2026-03-06T20:00:00Z, or leave it out for now";
        fault(FaultName::InvalidConfirmedAt, CONFIRMED_AT, detail)
    })
}

/// What is no text is as wrong as an empty one.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn object(body: &[u8]) -> Result<Object, Fault> {
    if body.len() > LONGEST_BODY_BYTES {
        let detail = format!("the request has {} bytes; at most {LONGEST_BODY_BYTES} are read", body.len());
        return Err(fault(FaultName::RequestTooLarge, "", detail));
    }
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let detail = format!("the request must be a JSON object: it breaks off at line {line}, column {column}");
        fault(FaultName::InvalidJson, "", detail)
    })
}

/// The known fields that say something; `null` says the same as nothing.
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn sort(object: Object, faults: &mut Vec<Fault>) -> Self {
        let (mut seen, mut twice) = (Vec::new(), Vec::new());
        let (mut fields, mut unknown) = (Vec::new(), 0);
        for (name, value) in object.0 {
            let Some(known) = KNOWN.into_iter().find(|known| *known == name) else {
                unknown += 1;
                continue;
            };
            if seen.contains(&known) {
                if !twice.contains(&known) {
                    twice.push(known);
                    faults.push(fault(FaultName::DuplicateField, known, TWICE));
                }
                continue;
            }
            seen.push(known);
            if !value.is_null() {
                fields.push((known, value));
            }
        }
        if unknown > 0 {
            let detail = format!("{unknown} of the fields are none of {}", KNOWN.join(", "));
            faults.push(fault(FaultName::UnknownField, "", detail));
        }
        Self(fields)
    }

    fn take(&mut self, field: &'static str) -> Option<Value> {
        let at = self.0.iter().position(|(name, _)| *name == field)?;
        Some(self.0.swap_remove(at).1)
    }
}

const APPLICATION: &str = "application";
const CONFIRMED_AT: &str = "confirmedAt";
const OWNER: &str = "owner";
const SUBSCRIPTIONS: &str = "subscriptions";
const TOKEN: &str = "token";
const KNOWN: [&str; 5] = [APPLICATION, TOKEN, OWNER, CONFIRMED_AT, SUBSCRIPTIONS];
const TWICE: &str = "stands twice; say it once";
/// A row may have 400 KB, and a page of rows 1 MB; no device is subscribed to that much.
const MOST_SUBSCRIPTIONS: usize = 100;
/// A topic's name has 256 characters at most (CreateTopic); the rest of a subscription's ARN is less than that.
const LONGEST_ARN: usize = 512;
/// The longest token and the longest owner may be written in escapes of six bytes each, and so may ARNs, but nobody does; the rest is small.
const LONGEST_BODY_BYTES: usize = 6 * (LONGEST_TOKEN + 1_024) + MOST_SUBSCRIPTIONS * (LONGEST_ARN + 4) + 4_096;

#[cfg(test)]
mod tests;
