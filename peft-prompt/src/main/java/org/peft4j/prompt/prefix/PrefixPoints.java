package org.peft4j.prompt.prefix;

import java.util.List;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.PeftException;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.InputPoint;

/**
 * Where a base takes prefixes.
 *
 * @param input whose positions move: the decoder's, or that of an encoder that stands alone
 * @param self the self attentions behind that input, layer by layer
 * @param cross the attentions to an encoder, layer by layer; empty where there is none
 * @param encoder the self attentions of that encoder, layer by layer; empty where there is none
 */
record PrefixPoints(
        InputPoint input,
        List<AttentionPoint> self,
        List<AttentionPoint> cross,
        List<AttentionPoint> encoder) {

    static PrefixPoints of(InjectionPoints points) {
        List<InputPoint> inputs = points.of(InputPoint.class);
        InputPoint input =
                inputs.stream()
                        .filter(point -> point.kind() == InputPoint.Kind.DECODER)
                        .findFirst()
                        .or(() -> inputs.stream().findFirst())
                        .orElseThrow(PrefixPoints::nowhere);
        List<AttentionPoint> self = inside(points, input, AttentionPoint.Kind.SELF);
        if (self.isEmpty()) {
            throw nowhere();
        }
        List<AttentionPoint> encoder =
                points.of(AttentionPoint.class).stream()
                        .filter(point -> point.kind() == AttentionPoint.Kind.SELF)
                        .filter(point -> !self.contains(point))
                        .toList();
        return new PrefixPoints(
                input, self, inside(points, input, AttentionPoint.Kind.CROSS), encoder);
    }

    private static List<AttentionPoint> inside(
            InjectionPoints points, InputPoint input, AttentionPoint.Kind kind) {
        String root = input.path().isEmpty() ? "" : input.path() + ".";
        return points.of(AttentionPoint.class).stream()
                .filter(point -> point.kind() == kind && point.path().startsWith(root))
                .toList();
    }

    private static PeftException nowhere() {
        return new PeftException(
                "this base has no attention that could take a prefix. Choose a transformer.");
    }

    /** Whether an encoder stands before the decoder. */
    boolean isEncoderDecoder() {
        return !cross.isEmpty();
    }
}
