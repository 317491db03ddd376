//! Where the endpoints are: in the local stack, or in an account.

use clap::Args;
use reconcile::{Applications, Clock, Parts, Rules, Settings, Sweep, Wait};
use registry::{Application, Registry};
use sandbox::dynamo::Tables;

use crate::cli::Context;
use crate::commands::serve::DEFAULT_URL;
use crate::failure::Failure;
use crate::local::LocalStack;
use crate::place;
use crate::stack::{PUSH_APPLICATION, ROW_RETENTION};

/// Where the endpoints are.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// The local stack to ask.
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    stack: String,
    /// Asks SNS and the table of an account instead, through the ordinary AWS configuration, with the variables of the deployed function:
    /// DEVICES_TABLE and PLATFORM_APPLICATIONS at least. AWS_ENDPOINT_URL_SNS and AWS_ENDPOINT_URL_DYNAMODB lead elsewhere.
    #[arg(long, conflicts_with = "stack")]
    deployed: bool,
    /// The platform application, if there are several.
    #[arg(long, value_name = "ARN")]
    application: Option<String>,
}

/// The way to the endpoints.
pub(super) struct Opened {
    pub(super) sweep: Sweep,
    pub(super) applications: Vec<Application>,
}

impl Place {
    pub(super) async fn open(&self, context: &Context) -> Result<Opened, Failure> {
        let mut opened = match self.deployed {
            true => deployed(context).await?,
            false => self.local(context).await?,
        };
        if let Some(arn) = &self.application {
            opened.applications.retain(|application| application.arn() == arn);
            if opened.applications.is_empty() {
                return Err(Failure::new(format!(
                    "{arn} is not one of the platform applications that are served: see PLATFORM_APPLICATIONS"
                )));
            }
        }
        Ok(opened)
    }

    /// The options that name this place, behind a blank, for a command that is suggested; nothing for the default.
    pub(super) fn options(&self) -> String {
        let mut options = place::options(&self.stack, self.deployed);
        if let Some(application) = &self.application {
            options += &format!(" --application {application}");
        }
        options
    }

    async fn local(&self, context: &Context) -> Result<Opened, Failure> {
        let stack = LocalStack::at(&self.stack).describe().await?;
        let application = Application::parse(PUSH_APPLICATION)?;
        let sns = sandbox::sns_api::client_at(&stack.sns);
        let dynamodb = sandbox::dynamo::client_at(&stack.dynamodb);
        let sweep = Sweep::new(Parts {
            registry: Registry::new(dynamodb, Tables::default().devices, ROW_RETENTION.unsigned_abs()),
            applications: Applications::new([(application.clone(), sns)]),
            rules: Rules::default(),
            clock: Clock::new(context.clock),
            wait: Wait::new(context.wait),
        });
        Ok(Opened {
            sweep,
            applications: vec![application],
        })
    }
}

impl Opened {
    /// The one application, for what is about one.
    pub(super) fn one(&self) -> Result<&Application, Failure> {
        match &self.applications[..] {
            [application] => Ok(application),
            several => {
                let arns = several.iter().map(Application::arn).collect::<Vec<_>>().join(", ");
                Err(Failure::new(format!("say which with --application: {arns}")))
            }
        }
    }
}

async fn deployed(context: &Context) -> Result<Opened, Failure> {
    let settings = Settings::read(context.variable)?;
    let applications = settings.applications.iter().cloned().collect();
    let sdk = cloud::terminal_config(settings.ca_bundle.as_ref()).await;
    let sweep = Sweep::connect(settings, &sdk, Clock::new(context.clock), Wait::new(context.wait));
    Ok(Opened { sweep, applications })
}
