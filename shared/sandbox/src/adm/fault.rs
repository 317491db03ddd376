//! What goes wrong with a call, on demand.

/// What a call meets. Retry-After is given as it is to stand in the header: seconds or an HTTP-date, both of which "Topic Based
/// Messaging" allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Any status and body, such as a 502 of a proxy. Not on the page.
    Answer(u16, &'static str),
    /// A reason that repeats the whole request, headers and all, as a careless service might; not on the page.
    Echo,
    /// The request is read, and no answer ever comes.
    Hang,
    /// The request is read and not performed, and the connection ends.
    HangUp,
    /// 500, with Retry-After if given.
    Internal(Option<&'static str>),
    /// The request is performed, and the connection ends before the answer: the sender cannot know.
    LoseResponse,
    /// 200 and half a JSON object, whatever was asked for.
    Malformed,
    /// None: the request is performed. For scripts such as "the first one passes, the second is lost".
    Pass,
    /// Any status with a reason, which is a code or an English sentence.
    Reason(u16, &'static str),
    /// 429 `MaxRateExceeded`, with Retry-After if given.
    TooMany(Option<&'static str>),
    /// 503, with Retry-After if given.
    Unavailable(Option<&'static str>),
}
