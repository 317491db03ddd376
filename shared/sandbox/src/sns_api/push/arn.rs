//! The ARNs of platform applications and of their endpoints ("Amazon SNS API Reference", examples of CreatePlatformApplication and
//! CreatePlatformEndpoint): `arn:aws:sns:<region>:<account>:app/<platform>/<name>`, and the same with `endpoint` for `app` and the
//! endpoint's UUID at its end.

use crate::{
    ids,
    sns_api::{Call, refusal::Refusal},
};

/// Which endpoint of which application.
pub(super) struct EndpointArn {
    pub(super) application_arn: String,
    /// Nothing for an id that SNS would not have made: such an endpoint does not exist.
    pub(super) id: Option<u128>,
}

impl EndpointArn {
    /// What a parameter of a call names, in the region of the call.
    pub(super) fn of(call: &Call, parameter: &str) -> Result<Self, Refusal> {
        let arn = call.required(parameter)?;
        check(arn, parameter, "endpoint", 3)?;
        call.check_region(parameter, arn)?;
        Self::parse(arn).ok_or_else(|| wrong_slashes(parameter))
    }

    pub(super) fn parse(arn: &str) -> Option<Self> {
        let (application, id) = arn.rsplit_once('/')?;
        let number = u128::from_str_radix(&id.replace('-', ""), 16).ok();
        Some(Self {
            application_arn: application.replacen(":endpoint/", ":app/", 1),
            id: number.filter(|number| ids::uuid_text(*number) == id),
        })
    }
}

/// The ARN of an endpoint.
pub(super) fn endpoint_arn(application_arn: &str, id: u128) -> String {
    format!(
        "{}/{}",
        application_arn.replacen(":app/", ":endpoint/", 1),
        ids::uuid_text(id)
    )
}

/// The application that a call is about, in the region of the call.
pub(super) fn application_arn(call: &Call) -> Result<&str, Refusal> {
    let parameter = "PlatformApplicationArn";
    let arn = call.required(parameter)?;
    check(arn, parameter, "app", 2)?;
    call.check_region(parameter, arn)?;
    Ok(arn)
}

fn check(arn: &str, parameter: &str, kind: &str, slashes: usize) -> Result<(), Refusal> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [.., resource] = parts.as_slice() else {
        return Err(Refusal::invalid(parameter));
    };
    if parts.len() < 6 {
        let reason = format!(
            "{parameter} Reason: An ARN must have at least 6 elements, not {}",
            parts.len()
        );
        return Err(Refusal::invalid(&reason));
    }
    if resource.matches('/').count() != slashes || resource.split('/').next() != Some(kind) {
        return Err(wrong_slashes(parameter));
    }
    Ok(())
}

fn wrong_slashes(parameter: &str) -> Refusal {
    Refusal::invalid(&format!(
        "{parameter} Reason: Wrong number of slashes in relative portion of the ARN."
    ))
}
