//! A fleet with one device for each kind of work, and what is wrong with a fleet.

use registry::State;

use super::{APP, World, key};

/// Those that are to be well in the end.
pub(crate) const WANTING: [&str; 5] = ["cube", "phone", "show", "stick", "tablet"];

impl World {
    /// Two plans have been made before.
    pub(crate) async fn sick_fleet(&self) {
        for n in 0..3 {
            self.healthy(&format!("healthy-{n}"), &format!("token-{n}")).await;
        }
        self.small_fleet().await;
        // Disabled on record, and not confirmed since.
        let arn = self.healthy("silent", "silent-token").await;
        self.push.enable(&arn, false);
        self.disabled("silent").await;
        // Its endpoint is gone.
        let arn = self.healthy("cube", "cube-token").await;
        self.push.delete(&arn);
        // Another user data.
        self.healthy("stick", "stick-token").await;
        self.push.put(APP, "stick-token", true, "somebody").unwrap();
        // Another token, since.
        self.healthy("show", "show-token").await;
        self.pass(1);
        self.confirm("show", "show-token-2").await;
        // Nobody's.
        self.push.put(APP, "nobodys", true, "").unwrap();
        self.pass(60);
    }

    /// An endpoint to delete, one to enable, one to make and one to disable.
    pub(crate) async fn small_fleet(&self) {
        // It wants no pushes, and that was long ago.
        let arn = self.healthy("leaver", "leaver-token").await;
        self.push.enable(&arn, false);
        self.pass(1);
        let _ = self
            .registry
            .opt_out(&key("leaver"), self.now(), &self.attempt())
            .await
            .unwrap();
        self.pass(1);
        self.baseline().await;
        self.baseline().await;
        // Disabled, put on record, and confirmed since.
        let arn = self.healthy("phone", "phone-token").await;
        self.push.enable(&arn, false);
        self.disabled("phone").await;
        self.pass(60);
        self.confirm("phone", "phone-token").await;
        // Without an endpoint.
        self.confirm("tablet", "tablet-token").await;
        // It wants no pushes, since a minute ago.
        self.healthy("guest", "guest-token").await;
        self.pass(1);
        let _ = self
            .registry
            .opt_out(&key("guest"), self.now(), &self.attempt())
            .await
            .unwrap();
        self.pass(60);
    }

    /// A tablet's token, and endpoint, are a phone's now, and news still go to it that the tablet's owner wanted.
    pub(crate) async fn inherited_subscription(&self) {
        let arn = self.healthy("tablet", "token").await;
        let topic = "arn:aws:sns:us-east-1:123456789012:news";
        self.api.create_topic(topic);
        let subscribe = self.sns.client().subscribe().topic_arn(topic).protocol("application");
        let subscribed = subscribe.endpoint(&arn).return_subscription_arn(true).send().await.unwrap();
        let row = self.row("tablet").await;
        let subscriptions = [subscribed.subscription_arn.unwrap()].into();
        let noted = self.registry.subscriptions(&row, subscriptions, &self.attempt()).await;
        let _ = noted.unwrap();
        self.pass(60);
        let row = self.confirm("phone", "token").await;
        self.bind(&row, &arn).await;
        self.push.put(APP, "token", true, &row.user_data()).unwrap();
    }

    pub(crate) async fn disabled(&self, device: &str) {
        let noted = self.registry.disabled(&key(device), self.now(), &self.attempt()).await;
        let _ = noted.unwrap();
    }

    /// Whatever is wrong: a live device that wants pushes has the only endpoint with its token, enabled, and with its user data; one that has
    /// opted out has none that is enabled, and no two endpoints have one token.
    pub(crate) async fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let endpoints = self.push.endpoints(APP);
        for endpoint in &endpoints {
            if endpoints.iter().filter(|other| other.token == endpoint.token).count() > 1 {
                wrong.push(format!("two endpoints have {}", endpoint.token));
            }
        }
        for id in WANTING {
            let Some(row) = self.registry.get(&key(id), self.now()).await.unwrap() else {
                // It is not of this fleet.
                continue;
            };
            let own = row.endpoint.as_ref().and_then(|arn| self.push.endpoint(arn.as_str()));
            match own {
                None => wrong.push(format!("{id} has no endpoint")),
                Some(own) if own.token != row.token.as_str() => wrong.push(format!("{id} has the endpoint of {}", own.token)),
                Some(own) if !own.is_enabled => wrong.push(format!("the endpoint of {id} is disabled")),
                Some(own) if own.user_data != row.user_data() => wrong.push(format!("the endpoint of {id} says another's name")),
                Some(_) => {}
            }
        }
        for token in ["leaver-token", "guest-token", "silent-token"] {
            let of_token = endpoints.iter().filter(|one| one.token == token && one.is_enabled);
            wrong.extend(of_token.map(|one| format!("{} is enabled", one.token)));
        }
        wrong
    }

    /// Everything at SNS and in the registry but times and versions, one in a line.
    pub(crate) async fn state(&self) -> String {
        let mut lines: Vec<_> = self
            .push
            .endpoints(APP)
            .iter()
            .map(|one| {
                format!(
                    "{} {} enabled={} {}",
                    short(&one.arn),
                    one.token,
                    one.is_enabled,
                    one.user_data
                )
            })
            .collect();
        for id in ["cube", "guest", "leaver", "phone", "show", "silent", "stick", "tablet"] {
            let Some(row) = self.registry.get(&key(id), self.now()).await.unwrap() else {
                lines.push(format!("{id} is gone"));
                continue;
            };
            let endpoint = row.endpoint.as_ref().map(|arn| short(arn.as_str()).to_owned());
            let known = row.disabled_at.is_some();
            lines.push(format!(
                "{id} {} {endpoint:?} disabled={known} enables={} again={}",
                State::as_str(row.state),
                row.enables_since_confirm,
                row.disabled_again
            ));
        }
        lines.sort();
        lines.join("\n")
    }
}

/// The first digits of an endpoint's id.
fn short(arn: &str) -> &str {
    &arn.rsplit('/').next().unwrap()[..8]
}
