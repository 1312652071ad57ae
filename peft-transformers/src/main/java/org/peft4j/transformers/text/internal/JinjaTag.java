package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.output.OutputNode;
import org.jspecify.annotations.Nullable;

/** A tag for the library's registry, by what it renders. */
class JinjaTag implements Tag {

    private static final long serialVersionUID = 1L;

    /** What a tag does. */
    @FunctionalInterface
    interface Behaviour {
        Rendered render(TagNode node, ChatInterpreter interpreter);
    }

    private final String name;
    private final boolean block;
    private final transient Behaviour behaviour;

    private JinjaTag(String name, boolean block, Behaviour behaviour) {
        this.name = name;
        this.block = block;
        this.behaviour = behaviour;
    }

    /** A tag with a body and an end. */
    static JinjaTag block(String name, Behaviour behaviour) {
        return new JinjaTag(name, true, behaviour);
    }

    /** A tag that stands alone. */
    static JinjaTag single(String name, Behaviour behaviour) {
        return new JinjaTag(name, false, behaviour);
    }

    @Override
    public OutputNode interpretOutput(TagNode node, JinjavaInterpreter interpreter) {
        return behaviour.render(node, (ChatInterpreter) interpreter);
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
        return interpretOutput(node, interpreter).getValue();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    @SuppressWarnings("NullAway") // The library's word for "no end" is null.
    public @Nullable String getEndTagName() {
        return block ? "end" + name : null;
    }
}
