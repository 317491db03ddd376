//! The platform applications that this deployment serves, and how SNS is reached for each.
//!
//! Promises that no call is made for another application: there is no way to SNS but from here. An application is known in its own region
//! only, so each has a client of its region.

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_sns::Client;
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

impl fmt::Debug for Applications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.clients.keys().map(Application::arn)).finish()
    }
}
