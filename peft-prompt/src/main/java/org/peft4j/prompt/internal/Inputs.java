package org.peft4j.prompt.internal;

import java.util.Optional;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.PeftException;
import org.peft4j.core.points.InputPoint;

/** Where virtual tokens go. */
public final class Inputs {

    private Inputs() {}

    /**
     * Returns the input of the encoder, or of the decoder where there is no encoder.
     *
     * @throws PeftException if the base publishes none
     */
    public static InputPoint first(InjectionPoints points) {
        return find(points, InputPoint.Kind.ENCODER)
                .or(() -> find(points, InputPoint.Kind.DECODER))
                .orElseThrow(
                        () ->
                                new PeftException(
                                        "this base has no input that virtual tokens could be put"
                                                + " before. Choose a method that acts elsewhere."));
    }

    /** Returns the input of an encoder or a decoder. */
    public static Optional<InputPoint> find(InjectionPoints points, InputPoint.Kind kind) {
        return points.of(InputPoint.class).stream()
                .filter(point -> point.kind() == kind)
                .findFirst();
    }
}
