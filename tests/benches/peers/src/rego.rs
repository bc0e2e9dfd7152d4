//! regorus with the policy `supplier.rego`, compiled for its virtual machine. Not here: the conditions.

use regorus::{Engine as Policies, Rc, Value, languages::rego::compiler::Compiler, rvm::RegoVM};

use crate::Engine;

const RULES: &str = include_str!("supplier.rego");
const QUESTION: &str = "data.supplier.may_take_part";

/// The engine.
pub(crate) struct Rego(RegoVM);

impl Engine for Rego {
    const PACKAGE: &'static str = "regorus";
    const NOTE: &'static str = "";
    type Asked = Value;

    fn new() -> Self {
        let mut policies = Policies::new();
        policies.add_policy("supplier.rego".to_owned(), RULES.to_owned()).unwrap();
        let compiled = policies.compile_with_entrypoint(&Rc::from(QUESTION)).unwrap();
        let program = Compiler::compile_from_policy(&compiled, &[QUESTION]).unwrap();
        let mut machine = RegoVM::new_with_policy(compiled);
        machine.load_program(program);
        Self(machine)
    }

    fn asked(&self, document: &str) -> Value {
        Value::from_json_str(document).unwrap()
    }

    fn allows(&mut self, asked: &Value) -> bool {
        self.0.set_input(asked.clone());
        self.0.execute().unwrap() == Value::from(true)
    }
}
