package org.peft4j.transformers.text.internal;

import java.util.List;

/** What is assigned to. */
sealed interface Target {

    void assign(Evaluation evaluation, Object value);

    /** A variable. */
    record Variable(String name) implements Target {
        @Override
        public void assign(Evaluation evaluation, Object value) {
            evaluation.scope().set(name, value);
        }
    }

    /** An attribute of a namespace. */
    record Attribute(String name, String attribute) implements Target {
        @Override
        public void assign(Evaluation evaluation, Object value) {
            if (!(evaluation.scope().get(name) instanceof Namespace namespace)) {
                throw new JinjaException("'" + name + "' is no namespace, so it cannot be changed");
            }
            namespace.set(attribute, value);
        }
    }

    /** Several, perhaps nested. */
    record Several(List<Target> targets) implements Target {
        @Override
        public void assign(Evaluation evaluation, Object value) {
            List<Object> values = Values.items(value, evaluation.budget());
            if (value instanceof Undefined undefined) {
                throw undefined.error();
            }
            if (values.size() != targets.size()) {
                throw new JinjaException(
                        values.size() + " values cannot be unpacked to " + targets.size());
            }
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).assign(evaluation, values.get(i));
            }
        }
    }
}
