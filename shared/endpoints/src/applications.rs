//! The platform applications that this deployment serves, and how SNS is reached for each.
//!
//! Promises that no call is made for another application: there is no way to SNS but from here. An application is known in its own region
//! only, so each has a client of its region.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_sdk_sns::Client;
use aws_sdk_sns::config::{Builder, Region};
use cloud::{BadSetting, Variables};
use registry::Application;

use crate::sns::Sns;

/// The platform applications that are served.
#[derive(Clone)]
pub struct Applications {
    clients: BTreeMap<Application, Client>,
}

impl Applications {
    /// These, each with a client of its region, and no other.
    pub fn new(clients: impl IntoIterator<Item = (Application, Client)>) -> Self {
        Self {
            clients: clients.into_iter().collect(),
        }
    }

    /// These, each with a client like `base` in its region.
    pub fn connect(applications: impl IntoIterator<Item = Application>, base: &Builder) -> Self {
        Self::new(applications.into_iter().map(|application| {
            let region = Region::new(application.region().to_owned());
            let client = Client::from_conf(base.clone().region(region).build());
            (application, client)
        }))
    }

    /// All of them, in the order of their ARNs.
    pub fn all(&self) -> impl Iterator<Item = &Application> {
        self.clients.keys()
    }

    /// The way to SNS for an application; `None` for one that is not served.
    pub fn sns(&self, application: &Application) -> Option<Sns<'_>> {
        let (application, client) = self.clients.get_key_value(application)?;
        Some(Sns { application, client })
    }
}

/// The variable `PLATFORM_APPLICATIONS`: the allow-list of a deployment.
///
/// # Errors
/// [`BadSetting`] if it is not a list of ARNs, or an empty one.
pub fn platform_applications<V: Fn(&str) -> Option<String>>(
    variables: &Variables<V>,
) -> Result<BTreeSet<Application>, BadSetting> {
    let text = variables.text(APPLICATIONS).unwrap_or_default();
    let arns = text.split(',').map(str::trim).filter(|arn| !arn.is_empty());
    let applications: Result<BTreeSet<_>, _> = arns.map(Application::parse).collect();
    let applications = applications.ok().filter(|applications| !applications.is_empty());
    applications.ok_or_else(|| {
        BadSetting::new(
            APPLICATIONS,
            "be a comma-separated list of ARNs of platform applications (arn:aws:sns:<region>:<account>:app/<platform>/<name>) of ADM, \
             APNS, APNS_SANDBOX or GCM",
        )
    })
}

const APPLICATIONS: &str = "PLATFORM_APPLICATIONS";

impl fmt::Debug for Applications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.clients.keys().map(Application::arn)).finish()
    }
}
