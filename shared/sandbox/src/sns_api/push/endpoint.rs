//! CreatePlatformEndpoint, GetEndpointAttributes, SetEndpointAttributes, DeleteEndpoint and ListEndpointsByPlatformApplication.

use super::{
    CreateOnDisabled, TakenToken,
    application::{list, normalised},
    arn::{self, EndpointArn, endpoint_arn},
    attributes::{self, Wanted},
    event::Event,
    fleet::Kept,
};
use crate::{
    ids,
    sns_api::{Action, Call, SnsApi, refusal::Refusal},
};

impl SnsApi {
    /// "If the platform endpoint already exists, do not create it again": the ARN of the one with this token, if its attributes are
    /// those that are asked for. User data that is not given is none, and `Enabled` that is not given is what
    /// [`CreateOnDisabled`] says.
    pub(in crate::sns_api) fn create_endpoint(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, now) = self.admit(Action::CreatePlatformEndpoint, call)?;
        let application_arn = arn::application_arn(call)?;
        let wanted = Wanted::for_creation(call)?;
        let token = normalised(application_arn, call.required("Token")?)?;
        let user_data = wanted.user_data.unwrap_or_default();
        let on_disabled = state.push.undocumented.create_on_disabled;
        let fleet = &mut state.push.application(application_arn)?.fleet;

        if let Some(place) = fleet.holder(&token, None) {
            let kept = fleet.get(place);
            let arn = endpoint_arn(application_arn, kept.id);
            let is_as_wanted = match wanted.is_enabled {
                Some(is_enabled) => is_enabled == kept.is_enabled,
                None => kept.is_enabled || on_disabled == CreateOnDisabled::Succeeds,
            };
            return match is_as_wanted && *kept.user_data == *user_data {
                true => Ok(made(&arn)),
                false => Err(Refusal::different_attributes(&arn)),
            };
        }
        let id = ids::endpoint_id(application_arn, &token);
        if fleet.find(id).is_some() {
            return Err(Refusal::different_token());
        }
        fleet.add(id, &token, &user_data, wanted.is_enabled.unwrap_or(true));
        let arn = endpoint_arn(application_arn, id);
        self.tell(&mut state, application_arn, &arn, &Event::Created, now);
        Ok(made(&arn))
    }

    pub(in crate::sns_api) fn endpoint_attributes(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, _) = self.admit(Action::GetEndpointAttributes, call)?;
        let words = state.push.spelling.words();
        let (_, fleet, place) = state.push.endpoint(&EndpointArn::of(call, "EndpointArn")?)?;
        Ok(element(fleet.get(place), words))
    }

    /// Changes what is given, all in one.
    pub(in crate::sns_api) fn set_endpoint_attributes(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, now) = self.admit(Action::SetEndpointAttributes, call)?;
        let named = EndpointArn::of(call, "EndpointArn")?;
        let wanted = Wanted::for_change(call)?;
        let taken_token = state.push.undocumented.taken_token;
        let (application_arn, fleet, place) = state.push.endpoint(&named)?;

        let token = match &wanted.token {
            Some(token) => Some(normalised(application_arn, token)?).filter(|token| token != fleet.get(place).token()),
            None => None,
        };
        let holder = token.as_ref().and_then(|token| fleet.holder(token, Some(place)));
        if let (Some(holder), TakenToken::Refused) = (holder, taken_token) {
            let arn = endpoint_arn(application_arn, fleet.get(holder).id);
            return Err(Refusal::different_attributes(&arn));
        }
        let mut is_changed = token.is_some();
        if let Some(token) = token {
            fleet.set_token(place, &token);
        }
        let kept = fleet.get_mut(place);
        if let Some(is_enabled) = wanted.is_enabled {
            is_changed |= is_enabled != kept.is_enabled;
            kept.is_enabled = is_enabled;
        }
        if let Some(user_data) = wanted.user_data {
            is_changed |= *user_data != *kept.user_data;
            kept.user_data = user_data.into();
        }
        if is_changed {
            let arn = call.required("EndpointArn")?;
            self.tell(&mut state, &named.application_arn, arn, &Event::Updated, now);
        }
        Ok(String::new())
    }

    /// "This action is idempotent. When you delete an endpoint that is also subscribed to a topic, then you must also unsubscribe
    /// the endpoint from the topic."
    pub(in crate::sns_api) fn delete_endpoint(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, now) = self.admit(Action::DeleteEndpoint, call)?;
        let named = EndpointArn::of(call, "EndpointArn")?;
        if let Ok((_, fleet, place)) = state.push.endpoint(&named) {
            fleet.delete(place, now);
            let arn = call.required("EndpointArn")?;
            self.tell(&mut state, &named.application_arn, arn, &Event::Deleted, now);
        }
        Ok(String::new())
    }

    pub(in crate::sns_api) fn list_endpoints(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, now) = self.admit(Action::ListEndpointsByPlatformApplication, call)?;
        let mobile = &mut state.push;
        let application_arn = arn::application_arn(call)?;
        let len = mobile.application(application_arn)?.fleet.places();
        let (places, next) = mobile.pages.turn(application_arn, call.parameter("NextToken"), len, now)?;
        let (since, words) = (now - mobile.list_lag, mobile.spelling.words());
        let seen = mobile.application(application_arn)?.fleet.seen(places, since);
        let members: String = seen.map(|kept| member(application_arn, kept, words)).collect();
        Ok(list("Endpoints", &members, next))
    }
}

fn made(endpoint_arn: &str) -> String {
    format!("    <EndpointArn>{endpoint_arn}</EndpointArn>\n")
}

fn member(application_arn: &str, kept: &Kept, words: [&str; 2]) -> String {
    let arn = endpoint_arn(application_arn, kept.id);
    format!("<member><EndpointArn>{arn}</EndpointArn>{}</member>\n", element(kept, words))
}

/// User data that is not there is not shown.
fn element(kept: &Kept, words: [&str; 2]) -> String {
    let user_data = Some(("CustomUserData", &*kept.user_data)).filter(|(_, text)| !text.is_empty());
    let enabled = words[usize::from(kept.is_enabled)];
    attributes::element([("Enabled", enabled), ("Token", kept.token())].into_iter().chain(user_data))
}
