//! The state machine has the function do what it does by itself otherwise: the same steps, each until it is done, and nothing that is not due.

mod machine;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::machine::{End, play, resource};
use super::parts::Template;

const APPLICATIONS: [&str; 2] = [
    "arn:aws:sns:us-east-1:123456789012:app/ADM/Fire",
    "arn:aws:sns:eu-west-1:123456789012:app/APNS/Stargazer",
];

#[test]
fn started_by_the_schedule_it_starts_itself_once_for_each_application() {
    let mut started = Vec::new();
    let event = json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});

    let end = play(&definition(), event, &context(), &mut |resource, parameters| {
        assert_eq!(
            (resource, &parameters["StateMachineArn"]),
            ("states:startExecution", &json!("itself"))
        );
        started.push(parameters["Input"]["application"].clone());
        Ok(json!({"executionArn": "..."}))
    });

    assert!(matches!(end, End::Done(_)));
    assert_eq!(started, APPLICATIONS);
}

#[test]
fn a_sweep_goes_through_its_steps_each_until_it_is_done_and_mends_part_by_part() {
    let mut function = Function::new(|step, times| match (step, times) {
        ("join", _) => json!({"isDone": true, "chunks": [0, 1, 7]}),
        // The time of an invocation ends before the work does.
        ("list", 0 | 1) | ("mend", 1) => json!({"isDone": false}),
        _ => json!({"isDone": true}),
    });

    let end = function.sweep();

    assert!(matches!(end, End::Done(_)));
    assert_eq!(
        function.asked,
        [
            "begin", "list", "list", "list", "join", "mend 0", "mend 1", "mend 1", "mend 7", "finish"
        ]
    );
}

#[test]
fn a_plan_has_nothing_to_mend_and_is_finished_all_the_same() {
    let mut function = Function::new(|step, _| match step {
        "join" => json!({"isDone": true, "chunks": []}),
        _ => json!({"isDone": true}),
    });

    assert!(matches!(function.sweep(), End::Done(_)));
    assert_eq!(function.asked, ["begin", "list", "join", "finish"]);
}

#[test]
fn a_sweep_of_which_a_part_was_left_out_is_joined_again_and_not_taken_for_over() {
    let mut function = Function::new(|step, times| match (step, times) {
        ("join", 0) => json!({"isDone": true, "chunks": [0, 1]}),
        ("join", 1) => json!({"isDone": true, "chunks": [1]}),
        ("finish", 0) => json!({"isDone": false}),
        _ => json!({"isDone": true}),
    });

    assert!(matches!(function.sweep(), End::Done(_)));
    assert_eq!(
        function.asked,
        [
            "begin", "list", "join", "mend 0", "mend 1", "finish", "join", "mend 1", "finish"
        ]
    );
}

#[test]
fn a_sweep_that_is_stopped_by_a_person_half_way_is_done_and_has_not_failed() {
    let idle = json!({"isDone": true, "phase": "idle", "run": null, "fence": null});
    let mut function = Function::new(|step, times| match (step, times) {
        ("join", _) => json!({"isDone": true, "chunks": [0, 1]}),
        ("mend", 1) | ("finish", _) => idle.clone(),
        _ => json!({"isDone": true}),
    });

    assert!(matches!(function.sweep(), End::Done(_)));
    assert_eq!(function.asked, ["begin", "list", "join", "mend 0", "mend 1", "finish"]);
}

#[test]
fn nothing_is_begun_that_is_not_due() {
    let mut function = Function::new(|_, _| json!({"isDone": true, "phase": "idle", "run": null, "fence": null}));

    assert!(matches!(function.sweep(), End::Done(_)));
    assert_eq!(function.asked, ["begin"]);
}

#[test]
fn a_step_that_fails_for_good_fails_the_execution_wherever_it_is() {
    for failing in ["begin", "list", "join", "mend", "finish"] {
        let mut function = Function::new(|step, _| match step {
            "join" => json!({"isDone": true, "chunks": [0]}),
            _ => json!({"isDone": true}),
        });
        function.failing = Some(failing);

        assert_eq!(function.sweep(), End::Failed, "{failing}");
        let last = function.asked.pop().expect("something was asked");
        assert!(last.starts_with(failing), "{last}");
    }
}

#[test]
fn every_step_is_tried_again_whatever_the_error_and_outlasts_the_function() {
    let template = Template::read();
    let timeout = template.at("Resources/Reconcile/Properties/Timeout").as_u64();
    let definition = definition();
    let mut steps = 0;
    for (name, state) in states(&definition) {
        if state["Type"] != "Task" || resource(state) != "lambda:invoke" {
            continue;
        }
        let [retrier] = state["Retry"].as_array().map_or(&[][..], Vec::as_slice) else {
            unreachable!("{name} has one retrier")
        };
        // Any error but a timeout, and that: Step Functions Developer Guide, "Handling errors in Step Functions workflows".
        assert_eq!(
            retrier["ErrorEquals"],
            json!(["States.TaskFailed", "States.Timeout"]),
            "{name}"
        );
        assert!(
            retrier["MaxAttempts"].as_u64() > Some(3) && retrier["BackoffRate"].as_u64() > Some(1),
            "{name}"
        );
        assert!(state["TimeoutSeconds"].as_u64() > timeout, "{name}");
        steps += 1;
    }
    assert_eq!(steps, 5);
}

#[test]
fn every_state_leads_to_states_that_there_are_and_is_led_to() {
    let definition = definition();
    for machine in machines(&definition) {
        let states = machine["States"].as_object().expect("there are states");
        let names = states.keys().map(String::as_str).collect::<BTreeSet<_>>();
        let mut led_to = BTreeSet::from([machine["StartAt"].as_str().expect("a start")]);
        for state in states.values() {
            let lists = ["Catch", "Choices"].map(|list| state[list].as_array());
            let listed = lists.into_iter().flatten().flatten().map(|choice| &choice["Next"]);
            let next = listed.chain([&state["Default"], &state["Next"]]);
            led_to.extend(next.filter_map(Value::as_str));
        }
        assert_eq!(led_to, names);
    }
}

#[test]
fn it_may_do_its_steps_and_start_itself_and_nothing_else() {
    let template = Template::read();
    let role = template.at("Resources/LargeSweepRole/Properties");
    let allowed = |statement: &Value| (statement["Action"].clone(), statement["Resource"].clone());
    let [policy] = role["Policies"].as_array().map_or(&[][..], Vec::as_slice) else {
        unreachable!("one policy")
    };
    let invoke = policy["PolicyDocument"]["Statement"].as_array().expect("statements");
    assert_eq!(
        invoke.iter().map(allowed).collect::<Vec<_>>(),
        [(json!("lambda:InvokeFunction"), json!({"Fn::GetAtt": "Reconcile.Arn"}))]
    );
    let parts = template.at("Resources/LargeSweepParts/Properties");
    assert_eq!(parts["Roles"], json!([{"Ref": "LargeSweepRole"}]));
    let parts = parts["PolicyDocument"]["Statement"].as_array().expect("statements");
    let executions = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${LargeSweep.Name}*:*";
    assert_eq!(
        parts.iter().map(allowed).collect::<Vec<_>>(),
        [
            (json!("states:StartExecution"), json!({"Ref": "LargeSweep"})),
            (
                json!(["states:DescribeExecution", "states:StopExecution"]),
                json!({"Fn::Sub": executions})
            ),
        ]
    );
}

#[test]
fn either_the_function_s_schedule_or_the_state_machine_s_is_on_and_both_tick_alike() {
    let template = Template::read();
    let tick = template.at("Resources/Reconcile/Properties/Events/Tick/Properties");
    assert_eq!(
        tick["State"],
        json!({"Fn::If": ["SweepsByStateMachine", "DISABLED", "ENABLED"]})
    );
    let large = template.at("Resources/LargeSweepTick");
    assert_eq!(large["Condition"], "SweepsByStateMachine");
    assert_eq!(large["Properties"]["ScheduleExpression"], tick["Schedule"]);
    let [target] = large["Properties"]["Targets"].as_array().map_or(&[][..], Vec::as_slice) else {
        unreachable!("one target")
    };
    assert_eq!(
        (&target["Arn"], &target["RoleArn"]),
        (
            &json!({"Ref": "LargeSweep"}),
            &json!({"Fn::GetAtt": "LargeSweepTickRole.Arn"})
        )
    );
    let role = template.at("Resources/LargeSweepTickRole/Properties/Policies");
    assert_eq!(
        role[0]["PolicyDocument"]["Statement"],
        json!([{"Sid": "Start", "Effect": "Allow", "Action": "states:StartExecution", "Resource": {"Ref": "LargeSweep"}}])
    );
}

type Answer<'a> = dyn Fn(&str, usize) -> Value + 'a;

/// The function, as the state machine meets it.
struct Function<'a> {
    /// What it answers to a step that has been asked for so many times before.
    answer: Box<Answer<'a>>,
    failing: Option<&'static str>,
    asked: Vec<String>,
}

impl<'a> Function<'a> {
    fn new(answer: impl Fn(&str, usize) -> Value + 'a) -> Self {
        Self {
            answer: Box::new(answer),
            failing: None,
            asked: Vec::new(),
        }
    }

    fn sweep(&mut self) -> End {
        let input = json!({"application": APPLICATIONS[0]});
        play(&definition(), input, &context(), &mut |resource, parameters| {
            assert_eq!(
                (resource, &parameters["FunctionName"]),
                ("lambda:invoke", &json!("the function"))
            );
            self.invoke(&parameters["Payload"])
        })
    }

    fn invoke(&mut self, event: &Value) -> Result<Value, ()> {
        let read = serde_json::from_value::<reconcile::Invocation>(event.clone());
        assert!(matches!(read, Ok(reconcile::Invocation::Step(_))), "{event}: {read:?}");
        let step = &event["step"];
        assert_eq!(step["application"], APPLICATIONS[0]);
        let name = step["name"].as_str().expect("a step has a name");
        // The first is to see whether it is time; all others are told which sweep it is, and by which right.
        assert_eq!(step["scheduled"] == true, name == "begin");
        let told = (name != "begin").then(|| (json!("2026-03-06T20:00:00Z"), json!(7)));
        assert_eq!(
            (step["run"].clone(), step["fence"].clone()),
            told.unwrap_or_default(),
            "{name}"
        );
        let times = self.asked.iter().filter(|asked| asked.starts_with(name)).count();
        self.asked.push(match &step["chunk"] {
            Value::Null => name.to_owned(),
            chunk => format!("{name} {chunk}"),
        });
        if self.failing == Some(name) {
            return Err(());
        }
        let mut answer = json!({
            "application": APPLICATIONS[0], "run": "2026-03-06T20:00:00Z", "fence": 7, "phase": name, "chunks": []
        });
        for (name, value) in (self.answer)(name, times).as_object().expect("an answer") {
            answer[name] = value.clone();
        }
        Ok(json!({"Payload": answer, "StatusCode": 200}))
    }
}

fn context() -> Value {
    json!({"StateMachine": {"Id": "itself", "Name": "LargeSweep"}, "Execution": {"Id": "this execution"}})
}

/// The definition, with what CloudFormation puts into it.
fn definition() -> Value {
    let template = Template::read();
    let machine = template.at("Resources/LargeSweep/Properties");
    let substitutions = json!({
        "Applications": {"Fn::Join": [",", {"Ref": "PlatformApplications"}]},
        "PartsAtOnce": {"Ref": "SweepPartsAtOnce"},
        "Reconcile": {"Fn::GetAtt": "Reconcile.Arn"},
    });
    assert_eq!(machine["DefinitionSubstitutions"], substitutions);
    let parts_at_once = template.at("Parameters/SweepPartsAtOnce/Default").to_string();
    let text = machine["Definition"].to_string();
    let text = text.replace("${Applications}", &APPLICATIONS.join(","));
    let text = text
        .replace("${PartsAtOnce}", &parts_at_once)
        .replace("${Reconcile}", "the function");
    serde_json::from_str(&text).expect("still JSON")
}

/// A definition, and those inside of its Maps.
fn machines(definition: &Value) -> Vec<&Value> {
    let states = definition["States"].as_object().expect("there are states");
    let inner = states
        .values()
        .map(|state| &state["ItemProcessor"])
        .filter(|inner| !inner.is_null());
    [definition].into_iter().chain(inner.flat_map(machines)).collect()
}

/// All states, with their names.
fn states(definition: &Value) -> Vec<(&String, &Value)> {
    let machines = machines(definition).into_iter();
    machines
        .flat_map(|machine| machine["States"].as_object().expect("there are states"))
        .collect()
}
