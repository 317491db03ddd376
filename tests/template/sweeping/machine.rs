//! As much of the Amazon States Language as the state machine uses, played through: what it asks of whom, in which order, and how it ends.
//!
//! By the specification at <https://states-language.net/spec.html>, for states that speak JSONPath. What is not known here panics, so that a new
//! field is not passed over.

use serde_json::{Map, Value, json};

/// How a run through the states ended.
#[derive(Debug, PartialEq)]
pub(super) enum End {
    /// With this output.
    Done(Value),
    Failed,
}

/// Whoever does the work: is given the resource of a task and its parameters, and answers, or fails.
pub(super) type Worker<'w> = dyn FnMut(&str, &Value) -> Result<Value, ()> + 'w;

/// Plays a definition, or the inner one of a Map. `context` is the context object.
pub(super) fn play(definition: &Value, input: Value, context: &Value, worker: &mut Worker<'_>) -> End {
    let mut name = text(&definition["StartAt"]);
    let mut data = input;
    // A state machine that goes round for ever would never end the test.
    for _ in 0..1_000 {
        let state = &definition["States"][name];
        let next = match text(&state["Type"]) {
            "Choice" => Some(chosen(state, &data)),
            "Fail" => return End::Failed,
            "Map" => match mapped(state, &data, context, worker) {
                Ok(result) => {
                    data = put(state, data, result);
                    next(state)
                }
                Err(()) => caught(state),
            },
            "Pass" => {
                if !state["Parameters"].is_null() {
                    data = built(&state["Parameters"], &data, context);
                }
                next(state)
            }
            "Succeed" => return End::Done(data),
            "Task" => match worker(resource(state), &built(&state["Parameters"], &data, context)) {
                Ok(result) => {
                    let result = selected(state, result, context);
                    data = put(state, data, result);
                    next(state)
                }
                // Retried in vain.
                Err(()) => caught(state),
            },
            other => unreachable!("{name} is a {other}"),
        };
        if let Some(path) = state["OutputPath"].as_str() {
            data = at(path, &data, context);
        }
        match next {
            Some(next) => name = next,
            None if state["End"] == true => return End::Done(data),
            None => return End::Failed,
        }
    }
    unreachable!("it does not end")
}

/// The resource of a task, without its partition.
pub(super) fn resource(state: &Value) -> &str {
    let resource = text(&state["Resource"]["Fn::Sub"]);
    resource.strip_prefix("arn:${AWS::Partition}:states:::").expect("a service")
}

fn mapped(state: &Value, data: &Value, context: &Value, worker: &mut Worker<'_>) -> Result<Value, ()> {
    if let Some(path) = state["MaxConcurrencyPath"].as_str() {
        assert!(at(path, data, context).as_u64() > Some(0), "a number, and not unlimited");
    } else {
        assert!(state["MaxConcurrency"].as_u64() > Some(0), "not unlimited");
    }
    let items = at(text(&state["ItemsPath"]), data, context);
    let items = items.as_array().expect("a list").iter();
    let results = items.map(|item| {
        let mut context = context.clone();
        context["Map"] = json!({"Item": {"Value": item}});
        let input = built(&state["ItemSelector"], data, &context);
        match play(&state["ItemProcessor"], input, &context, worker) {
            End::Done(output) => Ok(output),
            End::Failed => Err(()),
        }
    });
    let results = results.collect::<Result<Value, ()>>()?;
    Ok(selected(state, results, context))
}

fn chosen<'s>(state: &'s Value, data: &Value) -> &'s str {
    let choices = state["Choices"].as_array().expect("choices");
    let choice = choices.iter().find(|choice| {
        let found = pointer(text(&choice["Variable"]), data);
        match (&choice["IsPresent"], &choice["BooleanEquals"], &choice["StringEquals"]) {
            (Value::Bool(wanted), Value::Null, Value::Null) => found.is_some() == *wanted,
            (Value::Null, Value::Bool(wanted), Value::Null) => found.and_then(Value::as_bool).expect("a truth value") == *wanted,
            (Value::Null, Value::Null, Value::String(wanted)) => found.and_then(Value::as_str).expect("a text") == wanted,
            _ => unreachable!("{choice}"),
        }
    });
    choice.map_or_else(|| text(&state["Default"]), |choice| text(&choice["Next"]))
}

fn next(state: &Value) -> Option<&str> {
    state["Next"].as_str()
}

fn caught(state: &Value) -> Option<&str> {
    let catcher = state["Catch"].get(0)?;
    assert_eq!(catcher["ErrorEquals"], json!(["States.ALL"]));
    catcher["Next"].as_str()
}

fn selected(state: &Value, result: Value, context: &Value) -> Value {
    match &state["ResultSelector"] {
        Value::Null => result,
        selector => built(selector, &result, context),
    }
}

/// The data with the result where it belongs.
fn put(state: &Value, data: Value, result: Value) -> Value {
    let Some(path) = state["ResultPath"].as_str() else {
        return result;
    };
    let name = path.strip_prefix("$.").filter(|name| !name.contains('.')).expect("one name");
    let mut data = data;
    data[name] = result;
    data
}

/// A payload template: of a name that ends in `.$` the value is looked up.
fn built(template: &Value, data: &Value, context: &Value) -> Value {
    let Value::Object(fields) = template else {
        return template.clone();
    };
    let fields = fields.iter().map(|(name, value)| match name.strip_suffix(".$") {
        Some(name) => (name.to_owned(), at(text(value), data, context)),
        None => (name.clone(), built(value, data, context)),
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

fn at(path: &str, data: &Value, context: &Value) -> Value {
    if let Some((function, arguments)) = path.strip_suffix(')').and_then(|call| call.split_once('(')) {
        return intrinsic(function, arguments, data);
    }
    let (path, root) = match path.strip_prefix("$$") {
        Some(path) => (format!("${path}"), context),
        None => (path.to_owned(), data),
    };
    pointer(&path, root)
        .unwrap_or_else(|| unreachable!("{path} is not in {root}"))
        .clone()
}

fn intrinsic(function: &str, arguments: &str, data: &Value) -> Value {
    let quoted = arguments.split('\'').skip(1).step_by(2).collect::<Vec<_>>();
    match (function, &quoted[..]) {
        ("States.ArrayLength", []) => {
            let list = pointer(arguments, data).and_then(Value::as_array);
            json!(list.expect("a list").len())
        }
        ("States.StringSplit", [text, separator]) => text.split(separator).collect(),
        ("States.StringToJson", [text]) => serde_json::from_str(text).expect("JSON"),
        _ => unreachable!("{function}({arguments})"),
    }
}

fn pointer<'v>(path: &str, root: &'v Value) -> Option<&'v Value> {
    let mut names = path.strip_prefix('$').expect("a path").split('.').skip(1);
    names.try_fold(root, |value, name| value.get(name))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| unreachable!("{value} is no text"))
}
