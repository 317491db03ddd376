//! JSON whose members keep their order, addressed by a dotted path.
//!
//! A path names members, and items of a list by their number: `orderInfo.productInfo.0.quantity`. A name that has a dot in it
//! cannot be addressed.

use serde_json::{Map, Value};

/// A JSON value in the order in which it was built.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// Members by their names.
    Object(Vec<(String, Tree)>),
    /// Items.
    List(Vec<Tree>),
    /// A text, a number, a boolean or null.
    Leaf(Value),
}

/// An object of the given members.
pub(crate) fn object<const N: usize>(members: [(&str, Tree); N]) -> Tree {
    Tree::Object(members.map(|(name, tree)| (name.to_owned(), tree)).into())
}

/// A value that has no order of its own to keep.
pub(crate) fn leaf(value: impl Into<Value>) -> Tree {
    Tree::from(value.into())
}

impl Tree {
    /// What stands at a path.
    pub(crate) fn at(&self, path: &str) -> Option<&Tree> {
        steps(path).try_fold(self, |tree, step| match tree {
            Self::Object(members) => members.iter().find(|member| member.0 == step).map(|member| &member.1),
            Self::List(items) => items.get(step.parse::<usize>().ok()?),
            Self::Leaf(_) => None,
        })
    }

    fn at_mut(&mut self, path: &str) -> Option<&mut Tree> {
        steps(path).try_fold(self, |tree, step| match tree {
            Self::Object(members) => members.iter_mut().find(|member| member.0 == step).map(|member| &mut member.1),
            Self::List(items) => items.get_mut(step.parse::<usize>().ok()?),
            Self::Leaf(_) => None,
        })
    }

    /// Puts a value where the path leads, in place of what stood there; members on the way are added if absent, and an item
    /// behind the last one of a list becomes the last.
    pub(crate) fn set(&mut self, path: &str, tree: Tree) {
        *steps(path).fold(self, Self::step_in) = tree;
    }

    fn step_in(&mut self, step: &str) -> &mut Tree {
        if matches!(self, Self::Leaf(_)) {
            *self = Self::Object(Vec::new());
        }
        match self {
            Self::List(items) => {
                let at = step.parse().unwrap_or(items.len()).min(items.len());
                if at == items.len() {
                    items.push(Self::Leaf(Value::Null));
                }
                &mut items[at]
            }
            Self::Object(members) => {
                let at = members.iter().position(|member| member.0 == step).unwrap_or(members.len());
                if at == members.len() {
                    members.push((step.to_owned(), Self::Leaf(Value::Null)));
                }
                &mut members[at].1
            }
            Self::Leaf(_) => self,
        }
    }

    /// Takes out what stands at a path.
    pub(crate) fn take(&mut self, path: &str) -> Option<Tree> {
        let (parent, last) = path.rsplit_once('.').unwrap_or(("", path));
        match self.at_mut(parent)? {
            Self::Object(members) => {
                let at = members.iter().position(|member| member.0 == last)?;
                Some(members.remove(at).1)
            }
            Self::List(items) => {
                let at = last.parse().ok().filter(|at| *at < items.len())?;
                Some(items.remove(at))
            }
            Self::Leaf(_) => None,
        }
    }

    /// Gives a member another name, where there is one.
    pub(crate) fn rename(&mut self, path: &str, name: &str) {
        let (parent, last) = path.rsplit_once('.').unwrap_or(("", path));
        if let Some(Self::Object(members)) = self.at_mut(parent)
            && let Some(found) = members.iter_mut().find(|member| member.0 == last)
        {
            name.clone_into(&mut found.0);
        }
    }

    /// Changes every member of a name, however deep; a member that becomes nothing is left out.
    pub(crate) fn every(&mut self, name: &str, change: &impl Fn(Tree) -> Option<Tree>) {
        match self {
            Self::Object(members) => {
                let changed = std::mem::take(members).into_iter().filter_map(|(own, mut tree)| {
                    tree.every(name, change);
                    let tree = if own == name { change(tree)? } else { tree };
                    Some((own, tree))
                });
                *members = changed.collect();
            }
            Self::List(items) => items.iter_mut().for_each(|item| item.every(name, change)),
            Self::Leaf(_) => {}
        }
    }

    /// The JSON without white space.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Object(members) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, tree)| format!("{}:{}", Value::from(name.as_str()), tree.text()))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::text).collect();
                format!("[{}]", items.join(","))
            }
            Self::Leaf(value) => value.to_string(),
        }
    }

    /// The JSON on many lines, two spaces for each level, as AWS's pages print events; ends with a line feed.
    pub(crate) fn page(&self) -> String {
        format!("{}\n", self.lines("\n"))
    }

    fn lines(&self, margin: &str) -> String {
        let inner = format!("{margin}  ");
        let block = |open: &str, lines: Vec<String>, close: &str| match lines.is_empty() {
            true => format!("{open}{close}"),
            false => format!("{open}{inner}{}{margin}{close}", lines.join(&format!(",{inner}"))),
        };
        match self {
            Self::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, tree)| format!("{}: {}", Value::from(name.as_str()), tree.lines(&inner)));
                block("{", members.collect(), "}")
            }
            Self::List(items) => block("[", items.iter().map(|item| item.lines(&inner)).collect(), "]"),
            Self::Leaf(value) => value.to_string(),
        }
    }

    /// The same as a JSON value.
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Object(members) => {
                let members = members.iter().map(|(name, tree)| (name.clone(), tree.value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
            Self::List(items) => items.iter().map(Self::value).collect(),
            Self::Leaf(value) => value.clone(),
        }
    }
}

fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').filter(|step| !step.is_empty())
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, value.into()));
                Self::Object(members.collect())
            }
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Self::Leaf(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_can_be_put_anywhere_and_taken_out_again() {
        let mut tree = object([("b", leaf(json!([{"c": 1}]))), ("a", leaf("text"))]);
        tree.set("b.0.c", leaf(2));
        tree.set("b.9", leaf(true));
        tree.set("a.d.e", leaf(3));
        assert_eq!(tree.text(), r#"{"b":[{"c":2},true],"a":{"d":{"e":3}}}"#);
        assert_eq!(tree.at("b.0.c"), Some(&leaf(2)));
        assert_eq!(tree.take("b.0.c"), Some(leaf(2)));
        assert_eq!(tree.take("b.1"), Some(leaf(true)));
        assert_eq!((tree.take("b.7"), tree.take("a.x.y"), tree.at("b.x")), (None, None, None));
        assert_eq!(tree.text(), r#"{"b":[{}],"a":{"d":{"e":3}}}"#);
    }

    #[test]
    fn a_page_has_a_line_for_each_member_and_item() {
        let tree = object([("b", leaf(json!([{"c": 1}, [], {}]))), ("a", leaf("x"))]);
        let page = "{\n  \"b\": [\n    {\n      \"c\": 1\n    },\n    [],\n    {}\n  ],\n  \"a\": \"x\"\n}\n";
        assert_eq!(tree.page(), page);
    }

    #[test]
    fn members_are_renamed_and_changed_where_they_stand() {
        let mut tree = object([("b", leaf(json!([{"unit": 1}]))), ("unit", leaf(2)), ("a", leaf(3))]);
        tree.every("unit", &|_| Some(leaf("x")));
        tree.rename("b", "c");
        assert_eq!(tree.text(), r#"{"c":[{"unit":"x"}],"unit":"x","a":3}"#);
        tree.every("unit", &|_| None);
        tree.rename("nothing.there", "c");
        assert_eq!(tree.value(), json!({"c": [{}], "a": 3}));
    }
}
