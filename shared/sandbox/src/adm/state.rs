//! The two services themselves: what a call is answered, and what stays of it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;

use super::{Call, Delivered, Fault, Target, message, profile::Profile, reply::Reply};
use crate::ids;

/// What both services know, and everything that happened to them.
#[derive(Default)]
pub(super) struct State {
    pub(super) profiles: BTreeMap<String, Profile>,
    pub(super) tokens: HashMap<String, Token>,
    given: usize,
    pub(super) faults: HashMap<Target, VecDeque<Fault>>,
    pub(super) calls: Vec<Call>,
    pub(super) delivered: Vec<Delivered>,
}

pub(super) struct Token {
    client_id: String,
    ends_at: Timestamp,
}

impl State {
    /// The client credentials grant of "Request an Access Token"; errors as in RFC 6749, section 5.2.
    pub(super) fn give_token(&mut self, call: &Call, now: Timestamp) -> Reply {
        let form = call.form();
        let field = |name: &str| form.get(name).map(String::as_str);
        let is_form = call
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let (Some(client_id), Some(client_secret), true) = (field("client_id"), field("client_secret"), is_form) else {
            return Reply::oauth_error(400, "invalid_request");
        };
        if field("grant_type") != Some("client_credentials") {
            return Reply::oauth_error(400, "unsupported_grant_type");
        }
        let Some(profile) = self
            .profiles
            .get(client_id)
            .filter(|profile| profile.client_secret == client_secret)
        else {
            return Reply::oauth_error(401, "invalid_client");
        };
        if field("scope") != Some("messaging:push") || !profile.may_push {
            return Reply::oauth_error(400, "invalid_scope");
        }
        self.given += 1;
        let token = format!("Atc|{}", ids::opaque("access token", &format!("{client_id} {}", self.given)));
        let granted = Token {
            client_id: client_id.to_owned(),
            ends_at: now + TOKEN_LIFETIME,
        };
        self.tokens.insert(token.clone(), granted);
        Reply::token(&token, TOKEN_LIFETIME)
    }

    pub(super) fn register(&mut self, call: &Call, now: Timestamp) -> Reply {
        let Some(client_id) = self.client_of(call, now) else {
            return Reply::reason(401, "AccessTokenExpired");
        };
        let Some(profile) = self.profiles.get_mut(&client_id) else {
            return Reply::reason(401, "AccessTokenExpired");
        };
        let name = &profile.name;
        if call.json()["clientSecret"] != profile.client_secret.as_str() {
            let sentence = format!("The given clientSecret is not associated with the security profile {name}");
            return Reply::reason(400, &sentence);
        }
        profile.is_registered = true;
        Reply::message(&format!(
            "The security profile {name} is registered with TopicBasedMessaging."
        ))
    }

    pub(super) fn send(&mut self, call: &Call, now: Timestamp) -> Reply {
        let Some(client_id) = self.client_of(call, now) else {
            return Reply::reason(401, "AccessTokenExpired");
        };
        let Some(profile) = self.profiles.get(&client_id) else {
            return Reply::reason(401, "AccessTokenExpired");
        };
        if !profile.is_registered {
            let name = &profile.name;
            let sentence = format!("Security profile {name} is not registered for TopicBasedMessaging.");
            return Reply::reason(400, &sentence);
        }
        let message = match message::check(call) {
            Ok(message) => message,
            Err(refusal) => return refusal,
        };
        let instances = profile.instances_of(&message.topic);
        if instances == 0 {
            return Reply::reason(400, &format!("Topic {} has no active subscriptions.", message.topic));
        }
        let message_id = format!(
            "amzn1.adm-message.{}",
            ids::message_id(&format!("adm {}", self.delivered.len()))
        );
        let reply = Reply::message_id(&message_id);
        self.delivered.push(Delivered {
            message_id,
            instances,
            at: now,
            ..message
        });
        reply
    }

    /// Whose token a call bears, while it is good.
    fn client_of(&self, call: &Call, now: Timestamp) -> Option<String> {
        let token = call.header("authorization")?.strip_prefix("Bearer ")?;
        let token = self.tokens.get(token).filter(|token| now < token.ends_at)?;
        Some(token.client_id.clone())
    }
}

/// `"expires_in": 3600` in the sample of "Request an Access Token".
const TOKEN_LIFETIME: Duration = Duration::from_secs(60 * 60);
