//! Where the record is: in the local stack, or in an account.

use std::time::Duration;

use clap::Args;
use inbox::Inbox;
use intake::{Cloud, Confirmer, Settings, Trust};
use sandbox::Pki;
use sandbox::dynamo::Tables;
use sns_webhook::{Https, Roots};

use crate::cli::Context;
use crate::commands::serve::DEFAULT_URL;
use crate::failure::Failure;
use crate::local::LocalStack;
use crate::stack::RETENTION;

/// Where the record is.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// The local stack to ask.
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    stack: String,
    /// Ask the tables of an account instead, through the ordinary AWS configuration; their names come from the environment
    /// variables NOTIFICATIONS_TABLE and TRUST_TABLE.
    #[arg(long, conflicts_with = "stack")]
    deployed: bool,
}

/// The record, opened.
#[derive(Debug)]
pub(crate) struct Record {
    /// The notifications.
    pub(crate) inbox: Inbox,
    /// The topics and certificates.
    pub(crate) trust: Trust,
    /// How subscriptions are confirmed there.
    pub(crate) confirmer: Confirmer,
}

impl Place {
    /// The options that name this place, behind a blank, for a command that is suggested; nothing for the default.
    pub(crate) fn options(&self) -> String {
        options(&self.stack, self.deployed)
    }

    /// Opens the record.
    pub(crate) async fn open(&self, context: &Context) -> Result<Record, Failure> {
        if self.deployed {
            deployed(context).await
        } else {
            local(&self.stack).await
        }
    }
}

/// The options that name a stack, or a deployment.
pub(crate) fn options(stack: &str, deployed: bool) -> String {
    match stack {
        _ if deployed => " --deployed".to_owned(),
        DEFAULT_URL => String::new(),
        url => format!(" --stack {url}"),
    }
}

async fn local(url: &str) -> Result<Record, Failure> {
    let stack = LocalStack::at(url).describe().await?;
    let dynamodb = sandbox::dynamo::client_at(&stack.dynamodb);
    let tables = Tables::default();
    // The sandbox answers on its own endpoint; nothing of it is believed to be Amazon's.
    let roots = Roots::from_pem(Pki::fixed().root_pem())?;
    Ok(Record {
        inbox: Inbox::new(dynamodb.clone(), tables.notifications, RETENTION),
        trust: Trust::new(dynamodb, tables.trust),
        confirmer: Confirmer::new(sandbox::sns_api::client_at(&stack.sns), Https::new(&roots, FETCH_DEADLINE)),
    })
}

async fn deployed(context: &Context) -> Result<Record, Failure> {
    let settings = Settings::read(context.variable)?;
    let cloud = Cloud::new(&cloud::terminal_config(settings.ca_bundle.as_ref()).await);
    let https = Https::new(&cloud::tls_roots(settings.ca_bundle.as_ref()), FETCH_DEADLINE);
    Ok(Record {
        inbox: Inbox::new(cloud.dynamodb.clone(), settings.notifications_table, settings.retention),
        trust: Trust::new(cloud.dynamodb, settings.trust_table),
        confirmer: Confirmer::new(cloud.sns, https),
    })
}

/// Time for confirming a subscription.
const FETCH_DEADLINE: Duration = Duration::from_secs(3);
