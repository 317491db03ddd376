//! What is told about one file: a finding for each step of the road, and the verdict.

use std::fmt;

use serde::Serialize;
use sns_webhook::{Message, Refusal, Unverified};

use super::step::Step;

/// The road of one delivery, as far as it has been walked.
#[derive(Debug)]
pub(super) struct Road {
    file: String,
    message_type: Option<&'static str>,
    topic_arn: Option<String>,
    message_id: Option<String>,
    steps: Vec<Finding>,
}

/// The report on one file. As JSON it is one line.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    file: String,
    verdict: Verdict,
    reason: Option<&'static str>,
    #[serde(rename = "type")]
    message_type: Option<&'static str>,
    topic_arn: Option<String>,
    message_id: Option<String>,
    steps: Vec<Finding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Authentic,
    Refused,
    Transient,
}

#[derive(Debug, Serialize)]
struct Finding {
    step: Step,
    result: Outcome,
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Ok,
    Refused,
    NotDecided,
    NotAsked,
}

/// Where the road of a delivery ends before its end, and why.
#[derive(Debug)]
pub(super) enum Stop {
    /// There is no certificate to verify with.
    NoCertificate,
    /// A check of the verification refused it, or could not be made now.
    Refused { step: Step, refusal: Refusal, detail: String },
}

impl Road {
    /// A road on which nothing is decided yet.
    pub(super) fn new(file: &str) -> Self {
        let unreached = |step| Finding {
            step,
            result: Outcome::NotDecided,
            detail: "not reached".to_owned(),
        };
        let (message_type, topic_arn, message_id) = (None, None, None);
        Self {
            file: file.to_owned(),
            message_type,
            topic_arn,
            message_id,
            steps: Step::ALL.map(unreached).into(),
        }
    }

    /// The message has a name from here on.
    pub(super) fn name(&mut self, envelope: &Unverified<'_>) {
        self.message_type = Some(envelope.message_type().as_str());
        self.topic_arn = Some(envelope.topic_arn().to_string());
        self.message_id = Some(envelope.message_id().to_owned());
    }

    /// A step was passed.
    pub(super) fn ok(&mut self, step: Step, detail: impl Into<String>) {
        self.find(step, Outcome::Ok, detail.into());
    }

    /// A step has nothing to check.
    pub(super) fn not_asked(&mut self, step: Step, detail: impl Into<String>) {
        self.find(step, Outcome::NotAsked, detail.into());
    }

    /// A step could not be decided, and the road goes on without it.
    pub(super) fn not_decided(&mut self, step: Step, detail: impl Into<String>) {
        self.find(step, Outcome::NotDecided, detail.into());
    }

    /// The end of the road: a message that can be believed, or the step that it ends at.
    pub(super) fn end(mut self, outcome: Result<Message<'_>, Stop>) -> Report {
        let (verdict, reason) = match outcome {
            Ok(_) => (Verdict::Authentic, None),
            Err(Stop::Refused { step, refusal, detail }) => {
                let (verdict, result) = match refusal {
                    Refusal::Rejected(_) | Refusal::Policy(_) => (Verdict::Refused, Outcome::Refused),
                    Refusal::Transient(_) => (Verdict::Transient, Outcome::NotDecided),
                };
                self.find(step, result, detail);
                (verdict, Some(refusal.reason()))
            }
            Err(Stop::NoCertificate) => {
                self.find(Step::CertificateDocument, Outcome::NotDecided, HOW_TO_GIVE_IT.to_owned());
                (Verdict::Transient, Some("cert_not_given"))
            }
        };
        let Self {
            file,
            message_type,
            topic_arn,
            message_id,
            steps,
        } = self;
        Report {
            file,
            verdict,
            reason,
            message_type,
            topic_arn,
            message_id,
            steps,
        }
    }

    fn find(&mut self, step: Step, result: Outcome, detail: String) {
        if let Some(finding) = self.steps.iter_mut().find(|finding| finding.step == step) {
            (finding.result, finding.detail) = (result, detail);
        }
    }
}

impl Report {
    /// Whether SNS signed the message, and nothing that was asked speaks against it.
    pub(super) fn is_authentic(&self) -> bool {
        self.verdict == Verdict::Authentic
    }
}

impl Stop {
    /// A refusal at a step, in its own words.
    pub(super) fn at(step: Step, refusal: impl Into<Refusal>) -> Self {
        let refusal = refusal.into();
        let detail = refusal.to_string();
        Self::Refused { step, refusal, detail }
    }

    /// The same with a further explanation.
    pub(super) fn and(self, more: impl fmt::Display) -> Self {
        match self {
            Self::Refused { step, refusal, detail } => Self::Refused {
                step,
                refusal,
                detail: format!("{detail}; {more}"),
            },
            Self::NoCertificate => Self::NoCertificate,
        }
    }
}

/// For people: a line for each step, then the verdict.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.file)?;
        for Finding { step, result, detail } in &self.steps {
            writeln!(f, "  {:<21} {:<12} {detail}", step.name(), result.name())?;
        }
        match (self.verdict, self.reason.unwrap_or_default()) {
            (Verdict::Authentic, _) => write!(f, "  => authentic: SNS signed this message"),
            (Verdict::Refused, reason) => write!(f, "  => refused: {reason}"),
            (Verdict::Transient, reason) => write!(f, "  => transient: {reason}; nothing is decided"),
        }
    }
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "REFUSED",
            Self::NotDecided => "not decided",
            Self::NotAsked => "not asked",
        }
    }
}

const HOW_TO_GIVE_IT: &str =
    "the certificate is not at hand: give the document found at the certificate URL with --cert, or let --fetch get it";
