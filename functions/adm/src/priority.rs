//! Whether a message may wake a device that dozes.

/// The two priorities of "Topic Based Messaging"; `normal` is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Priority {
    /// Delivered at once, even to a device in doze mode; an app may receive few of these a day.
    High,
    /// May wait for the device's next maintenance window.
    #[default]
    Normal,
}

impl Priority {
    /// The priority that Amazon spells so; in another case it is another word.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "high" => Some(Self::High),
            "normal" => Some(Self::Normal),
            _ => None,
        }
    }

    /// Amazon's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
        }
    }
}
