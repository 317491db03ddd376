//! Changing SNS. What is written is the row's own token and user data, as it was read last.

use registry::{Device, EndpointArn};
use upkeep::mend::Answer;
use upkeep::plan::{Action, Refusal as Refused, Trouble};
use upkeep::{EndpointId, NotAnEndpoint};

use super::{Failure, Hands};
use crate::{Changes, Refusal, UserData};

impl Hands<'_> {
    pub(super) async fn act(&mut self, action: &Action) -> Answer {
        if action.enables()
            && let Some(answer) = self.clear_of_others().await
        {
            return answer;
        }
        match action {
            Action::Condemn(id) => {
                let (arn, attempt) = (self.arn(*id), self.worker.attempt());
                let condemned = self.worker.registry.condemn(&arn, &attempt).await;
                condemned.map_or_else(|error| self.store_failed(error), |_| Answer::Done)
            }
            Action::Spare(id) => self.spare(*id).await,
            Action::Disable(id) => self.set(*id, |_| Some(disabled())).await,
            Action::MendUserData(id) => {
                let user_data = |device: &Device| Changes {
                    user_data: Some(UserData(device.user_data())),
                    ..Changes::default()
                };
                self.set(*id, |hands| hands.device.as_ref().map(user_data)).await
            }
            Action::Enable {
                endpoint,
                with_user_data,
            } => {
                let enabled = |device: &Device| Changes {
                    is_enabled: Some(true),
                    user_data: with_user_data.then(|| UserData(device.user_data())),
                    token: None,
                };
                self.set(*endpoint, |hands| hands.device.as_ref().map(enabled)).await
            }
            Action::Rekey(id) => {
                let all = |device: &Device| Changes {
                    token: Some(device.token.clone()),
                    is_enabled: Some(true),
                    user_data: Some(UserData(device.user_data())),
                };
                self.set(*id, |hands| hands.device.as_ref().map(all)).await
            }
            Action::Restore { endpoint, token } => {
                let with_token = |hands: &Self| {
                    let token = Some(hands.tokens.get(token)?.clone());
                    Some(Changes { token, ..disabled() })
                };
                self.set(*endpoint, with_token).await
            }
            Action::Create => self.create().await,
            Action::Delete(id) => self.delete(*id).await,
            // Not one to act on: a change is a call of its own.
            Action::Change(_) => Answer::Failed(Trouble::Refused),
        }
    }

    /// One call with all that is to be changed.
    async fn set(&mut self, id: EndpointId, changes: impl FnOnce(&Self) -> Option<Changes>) -> Answer {
        let Some(changes) = changes(self) else {
            return Answer::Failed(Trouble::Refused);
        };
        let arn = self.arn(id);
        if let Err(late) = self.turn().await {
            return late;
        }
        match self.worker.sns.set(&arn, changes).await {
            Ok(()) => Answer::Done,
            Err(Refusal::Missing(_)) => Answer::Gone,
            Err(refusal) => self.refused_token(refusal),
        }
    }

    async fn create(&mut self) -> Answer {
        if let Err(late) = self.turn().await {
            return late;
        }
        let Some(device) = &self.device else {
            return Answer::Failed(Trouble::Refused);
        };
        match self.worker.sns.create(device).await {
            Ok(arn) => match id_of(&arn) {
                Ok(id) => Answer::Created(id),
                // It was made, and nobody can name it: the next listing will end there.
                Err(NotAnEndpoint) => Answer::Failed(Trouble::Unanswered),
            },
            Err(refusal) => self.refused_token(refusal),
        }
    }

    /// Of a call that gives a token to an endpoint.
    fn refused_token(&mut self, refusal: Refusal) -> Answer {
        match &refusal {
            Refusal::Exists(endpoint) => {
                let id = endpoint.as_ref().and_then(|arn| id_of(arn).ok());
                Answer::Refused(Refused::AlreadyExists(id))
            }
            Refusal::OtherToken(_) => {
                self.failure = Some(Failure::Token(refusal));
                Answer::Refused(Refused::SlotTaken)
            }
            Refusal::Denied(_) | Refusal::Invalid(_) | Refusal::Missing(_) | Refusal::Throttled(_) | Refusal::Unavailable(_) => {
                let trouble = self.trouble(&refusal);
                self.failure = Some(Failure::Token(refusal));
                Answer::Failed(trouble)
            }
        }
    }

    /// The subscriptions of the device's own endpoint go first: who knows of them once the endpoint is gone?
    async fn delete(&mut self, id: EndpointId) -> Answer {
        let arn = self.arn(id);
        let own = self.device.clone().filter(|device| device.endpoint.as_ref() == Some(&arn));
        if let Some(own) = own {
            match self.end_subscriptions(&own).await {
                Ok(false) => {}
                // That takes a while, and the device may have come back: nothing is deleted but on a fresh look.
                Ok(true) => return Answer::Overtaken,
                Err(failure) => return self.failed(failure),
            }
        }
        if let Err(late) = self.turn().await {
            return late;
        }
        match self.worker.sns.delete(&arn).await {
            Ok(()) => self.spare(id).await,
            Err(refusal) => self.refused(refusal),
        }
    }

    async fn spare(&mut self, id: EndpointId) -> Answer {
        let arn = self.arn(id);
        let spared = self.worker.registry.spare(&arn).await;
        spared.map_or_else(|error| self.store_failed(error), |()| Answer::Done)
    }
}

fn disabled() -> Changes {
    Changes {
        is_enabled: Some(false),
        ..Changes::default()
    }
}

fn id_of(arn: &EndpointArn) -> Result<EndpointId, NotAnEndpoint> {
    EndpointId::of_arn(arn.as_str())
}
