package org.peft4j.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.peft4j.core.points.AdapterPlace;
import org.peft4j.core.points.SublayerPoint;

/** A module belongs to the layer whose number is in its path. */
final class InjectionPointsTest {

    private static SublayerPoint sublayer(String path, int layer) {
        return new SublayerPoint(
                path,
                SublayerPoint.Kind.FEED_FORWARD,
                4,
                new AdapterPlace("", path, layer),
                SublayerPoint.Sum.OWN,
                null);
    }

    @Test
    void modulesHaveTheNumberOfTheirLayer() {
        InjectionPoints points =
                new InjectionPoints(
                        List.of(
                                sublayer("encoder.block.0.layer.0.SelfAttention", 0),
                                sublayer("encoder.block.0.layer.1.DenseReluDense", 0),
                                sublayer("encoder.block.1.layer.1.DenseReluDense", 1),
                                sublayer("encoder.block.10.layer.1.DenseReluDense", 10),
                                sublayer("decoder.block.0.layer.2.DenseReluDense", 11)));
        assertEquals(OptionalInt.of(0), points.layer("encoder.block.0.layer.0.SelfAttention.q"));
        assertEquals(OptionalInt.of(1), points.layer("encoder.block.1.layer.0.SelfAttention.q"));
        assertEquals(OptionalInt.of(10), points.layer("encoder.block.10.layer.1.wi"));
        assertEquals(OptionalInt.of(11), points.layer("decoder.block.0.layer.1.EncDecAttention"));
        assertEquals(OptionalInt.empty(), points.layer("encoder.embed_tokens"));
        assertEquals(OptionalInt.empty(), points.layer("decoder.block.7.layer.0"));
        assertEquals(OptionalInt.empty(), points.layer("lm_head"));
    }
}
