//! The endpoints' part of the tour: SNS disables one, a sweep leaves it alone, its device comes back, and a sweep heals it.
//!
//! Each step tells what the function answered or the sweep decided, and how the endpoint is afterwards.

use bytes::Bytes;
use http::{Request, Response};
use jiff::SignedDuration;
use reconcile::{Asked, Now, Order, Ran};
use registry::{Application, DeviceId};
use sandbox::sns_api::{Action, Fault};
use serde_json::{Value, json};

use super::{Step, Tour};
use crate::failure::Failure;
use crate::local::LocalStack;
use crate::stack::{PUSH_APPLICATION, RECONCILE_TIMEOUT};

impl Tour<'_> {
    pub(super) async fn registration(&self) -> Step {
        Step {
            came: self.registered().await,
            ..self.step(
                "a device registers its push token: SNS has an endpoint for it",
                "200 new; the endpoint is enabled",
            )
        }
    }

    /// The push service refuses the token of an app that is not there, and SNS disables the endpoint with the next message.
    pub(super) async fn removal(&self) -> Step {
        self.stack.push.uninstall(PUSH_APPLICATION, &self.token());
        let mut step = self.step(
            "the app is removed: SNS disables the endpoint, and says so",
            "DeliveryFailure is on record; the endpoint is disabled",
        );
        step.came = match self.push_message().await {
            Ok(()) => format!("DeliveryFailure is on record{}", self.endpoint()),
            Err(failure) => failure.to_string(),
        };
        step
    }

    /// The first sweep over an application changes nothing; here one may have been before.
    pub(super) async fn sweep_without_evidence(&self) -> Step {
        let mut step = self.step(
            "a sweep knows no more than a stored token: it is left alone",
            "not_confirmed_since; the endpoint is disabled",
        );
        let first = self.swept(Asked::Plan).await;
        step.came = match first {
            Ok(_) => self.came_of_sweep().await,
            Err(failure) => failure.to_string(),
        };
        step
    }

    pub(super) async fn return_in_an_outage(&self) -> Step {
        self.stack.push.reinstall(PUSH_APPLICATION, &self.token());
        self.stack
            .api
            .script_for(Action::GetEndpointAttributes, [Fault::Throttled; 3]);
        Step {
            came: self.registered().await,
            ..self.step(
                "the app is back and registers, while SNS is out: it is kept",
                "503 unavailable; the endpoint is disabled",
            )
        }
    }

    pub(super) async fn sweep_with_evidence(&self) -> Step {
        Step {
            came: self.came_of_sweep().await,
            ..self.step(
                "the next sweep has evidence, and heals it",
                "confirmed_since_disabled: enable; the endpoint is enabled",
            )
        }
    }

    pub(super) async fn sweep_again(&self) -> Step {
        let before = self.stack.api.mutating_calls();
        let mut step = self.step(
            "a sweep after that finds nothing to do",
            "healthy; 0 calls change anything in SNS",
        );
        let came = self.swept(Asked::Apply).await;
        let calls = self.stack.api.mutating_calls() - before;
        step.came = match came {
            Ok(came) => format!("{came}; {calls} calls change anything in SNS"),
            Err(failure) => failure.to_string(),
        };
        step
    }

    async fn registered(&self) -> String {
        match self.register().await {
            Ok(answer) => format!("{}{}", in_brief(&answer), self.endpoint()),
            Err(failure) => failure.to_string(),
        }
    }

    async fn register(&self) -> Result<Response<Bytes>, Failure> {
        let body = json!({ "application": PUSH_APPLICATION, "token": self.token() }).to_string();
        let request = Request::put(format!("/devices/{}", self.device())).body(Bytes::from(body))?;
        LocalStack::at(&self.stack.url).ask(request).await
    }

    /// As the app's server sends to one device.
    async fn push_message(&self) -> Result<(), Failure> {
        let endpoint = self.arn().ok_or_else(|| Failure::new("no endpoint has the token"))?;
        let sns = self.stack.sns_client();
        sns.publish().target_arn(endpoint).message("hello").send().await?;
        self.stack.endpoint_events_now().await?;
        Ok(())
    }

    async fn came_of_sweep(&self) -> String {
        match self.swept(Asked::Apply).await {
            Ok(came) => format!("{came}{}", self.endpoint()),
            Err(failure) => failure.to_string(),
        }
    }

    /// A sweep, and what it has decided about the tour's device.
    async fn swept(&self, asked: Asked) -> Result<String, Failure> {
        let application = Application::parse(PUSH_APPLICATION)?;
        let order = Order::Now(Now {
            asked: Some(asked),
            plan_hash: None,
        });
        let ends_at = self.now.saturating_add(RECONCILE_TIMEOUT + SignedDuration::from_hours(1))?;
        let sweep = &self.stack.reconcile;
        let device = self.device();
        let invoked = inbox::Invoked::untraced(&device);
        let ran = sweep.run(&application, &order, ends_at, invoked, &mut |_| {}).await?;
        let Ran::Finished(summary) = ran else {
            return Err(Failure::new(format!("the sweep did not come to its end: {ran:?}")));
        };
        let run = summary.run.as_deref().map(registry::RunId::parse).transpose()?;
        let report = sweep.report(&application, run.as_ref()).await?;
        let short = DeviceId::parse(&self.device())?.short();
        let lines = report.map(|report| report.lines).unwrap_or_default();
        let mut lines = lines.iter().filter(|line| line.device.as_deref() == Some(&short));
        Ok(match lines.next() {
            None => "healthy".to_owned(),
            Some(line) => match &line.action {
                Some(action) => format!("{}: {action}", line.code),
                None => line.code.to_string(),
            },
        })
    }

    fn endpoint(&self) -> String {
        let endpoint = self.arn().and_then(|arn| self.stack.push.endpoint(&arn));
        match endpoint {
            None => "; there is no endpoint".to_owned(),
            Some(endpoint) if endpoint.is_enabled => "; the endpoint is enabled".to_owned(),
            Some(_) => "; the endpoint is disabled".to_owned(),
        }
    }

    fn arn(&self) -> Option<String> {
        let endpoints = self.stack.push.endpoints(PUSH_APPLICATION).into_iter();
        let mut its = endpoints.filter(|endpoint| endpoint.token == self.token());
        its.next().map(|endpoint| endpoint.arn)
    }

    /// Another one in every tour.
    fn device(&self) -> String {
        self.seed.replace(' ', "-")
    }

    fn token(&self) -> String {
        format!("token-of-{}", self.device())
    }
}

/// `200 new`
fn in_brief(answer: &Response<Bytes>) -> String {
    let status = answer.status().as_u16();
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let said = body["registration"]
        .as_str()
        .or_else(|| body["type"].as_str()?.rsplit('/').next());
    format!("{status} {}", said.unwrap_or("(not an answer of Firepost)"))
}
