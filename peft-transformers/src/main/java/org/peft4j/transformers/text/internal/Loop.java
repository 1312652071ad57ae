package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code {% for %}}.
 *
 * @param target the loop's variables
 * @param items what it goes through
 * @param condition which items count
 * @param recursive whether its body may call it
 * @param body what is done for each item
 * @param otherwise what is done if there are none
 */
record Loop(
        Target target,
        Expression items,
        Expression condition,
        boolean recursive,
        Node body,
        Node otherwise)
        implements Node {

    @Override
    public Flow render(Evaluation e, Rendered.Builder out) {
        return run(e, items.evaluate(e), 0, out);
    }

    private Flow run(Evaluation e, Object over, int depth, Rendered.Builder out) {
        List<Object> kept = new ArrayList<>();
        for (Object item : Values.items(over, e.budget())) {
            e.budget().spend(1);
            Evaluation each = e.inner();
            target.assign(each, item);
            if (Values.truth(condition.evaluate(each))) {
                kept.add(item);
            }
        }
        if (kept.isEmpty()) {
            return otherwise.render(e.inner(), out);
        }
        LoopState loop = new LoopState(kept, depth, recursion(e, depth));
        for (int i = 0; i < kept.size(); i++) {
            e.budget().spend(1);
            loop.moveTo(i);
            Evaluation inside = e.inner();
            inside.scope().set("loop", loop);
            target.assign(inside, kept.get(i));
            if (body.render(inside, out) == Flow.BREAK) {
                break;
            }
        }
        return Flow.NEXT;
    }

    private @Nullable Callable recursion(Evaluation e, int depth) {
        if (!recursive) {
            return null;
        }
        return (arguments, budget) -> {
            budget.enterCall();
            try {
                Rendered.Builder out = new Rendered.Builder();
                run(e, arguments.count(1, 1).get(0), depth + 1, out);
                return out.build().text();
            } finally {
                budget.leaveCall();
            }
        };
    }
}
