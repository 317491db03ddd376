//! Where the function is.

use adm::{Service, Settings};
use bytes::Bytes;
use clap::Args;
use http::{Request, Response};

use super::Reply;
use crate::cli::Context;
use crate::commands::serve::DEFAULT_URL;
use crate::failure::Failure;
use crate::local::LocalStack;
use crate::place;
use crate::stack::ADM_TIMEOUT;

/// The function to ask.
#[derive(Debug, Clone, Args)]
pub(crate) struct Function {
    /// The local stack to ask.
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    stack: String,
    /// Runs the function in this process with the settings of a deployment, through the ordinary AWS configuration: set
    /// SENDS_TABLE and ADM_CREDENTIALS_SECRET, and ADM_SHARDS if topics are split there.
    #[arg(long, conflicts_with = "stack")]
    deployed: bool,
}

impl Function {
    /// Asks it, and gives its answer, whatever that is.
    pub(crate) async fn ask(&self, request: Request<Bytes>, context: &Context) -> Result<Reply, Failure> {
        if self.deployed {
            return Reply::of(&deployed(&request, context).await?);
        }
        let response = LocalStack::at(&self.stack).ask(request).await?;
        Reply::of(&response).map_err(|_| Failure::new(format!("what answers at {} is not a local stack", self.stack)))
    }

    /// The options that name it, behind a blank, for a command that is suggested; nothing for the default.
    pub(crate) fn options(&self) -> String {
        place::options(&self.stack, self.deployed)
    }
}

async fn deployed(request: &Request<Bytes>, context: &Context) -> Result<Response<Bytes>, Failure> {
    let settings = Settings::read(context.variable)?;
    let sdk = cloud::terminal_config(settings.ca_bundle.as_ref()).await;
    let service = Service::connect(settings, &sdk, context.pace());
    let id = format!("firepost-{:032x}", (context.random)());
    let ends_at = (context.clock)().saturating_add(ADM_TIMEOUT)?;
    Ok(service
        .respond(request, inbox::Invoked::untraced(&id), ends_at)
        .await
        .map(Bytes::from))
}
