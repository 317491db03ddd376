//! The environment of a function's process.

use std::collections::BTreeMap;

/// Variables by name.
#[derive(Clone, Debug)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// What Lambda sets for a function on an OS-only runtime, in the Region us-east-1: AWS Lambda Developer Guide, "Working with
    /// Lambda environment variables". The credentials are those that stand-ins take.
    pub fn of(function: &str) -> Self {
        let group = format!("/aws/lambda/{function}");
        let variables = [
            ("_HANDLER", "bootstrap"),
            ("AWS_ACCESS_KEY_ID", "sandbox"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_NAME", function),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", &group),
            ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
            (
                "AWS_LAMBDA_LOG_STREAM_NAME",
                "2026/03/06/[$LATEST]0123456789abcdef0123456789abcdef",
            ),
            ("AWS_REGION", "us-east-1"),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_SESSION_TOKEN", SESSION),
            ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
            ("LAMBDA_TASK_ROOT", "/var/task"),
            (
                "LD_LIBRARY_PATH",
                "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
            ),
            ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
            ("TZ", ":UTC"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(variables.into())
    }

    /// The same with a variable more, or another value of one.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same with all of these.
    pub fn with_all<N: AsRef<str>, V: AsRef<str>>(self, variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let variables = variables.into_iter();
        variables.fold(self, |environment, (name, value)| {
            environment.with(name.as_ref(), value.as_ref())
        })
    }

    /// The same without a variable.
    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// All of them.
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

/// What no log line may have.
const SECRET: &str = "sandbox-secret-access-key";
const SESSION: &str = "sandbox-session-token";
