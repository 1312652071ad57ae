package org.peft4j.transformers.text.internal;

import java.util.List;

/** A parsed part of a template. */
@FunctionalInterface
interface Node {

    /** How a part ends: with the next one, or with its loop or its turn in the loop. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow render(Evaluation evaluation, Rendered.Builder out);

    /** Parts one behind the other. */
    static Node sequence(List<Node> nodes) {
        List<Node> parts = List.copyOf(nodes);
        return (e, out) -> {
            for (Node part : parts) {
                e.budget().spend(1);
                Flow flow = part.render(e, out);
                if (flow != Flow.NEXT) {
                    return flow;
                }
            }
            return Flow.NEXT;
        };
    }

    /** Renders a part into a text of its own. */
    static String text(Node node, Evaluation evaluation) {
        Rendered.Builder out = new Rendered.Builder();
        node.render(evaluation, out);
        return out.build().text();
    }
}
