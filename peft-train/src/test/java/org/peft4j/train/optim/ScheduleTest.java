package org.peft4j.train.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.peft4j.fixtures.Fixtures;

final class ScheduleTest {

    @Test
    void equalsTransformers() {
        JsonArray cases = Fixtures.goldenJson("optim").getAsJsonArray("schedules");
        assertEquals(8, cases.size());
        for (JsonElement element : cases) {
            JsonObject facts = element.getAsJsonObject();
            String name = facts.get("name").getAsString();
            Schedule schedule = Schedule.valueOf(name.toUpperCase(Locale.ROOT));
            long warmup = facts.get("num_warmup_steps").getAsLong();
            long total = facts.get("num_training_steps").getAsLong();
            JsonArray multipliers = facts.getAsJsonArray("multipliers");
            for (int step = 0; step < multipliers.size(); step++) {
                assertEquals(
                        multipliers.get(step).getAsDouble(),
                        schedule.factor(step, warmup, total),
                        1e-12,
                        name + ", warm-up " + warmup + ", step " + step);
            }
        }
    }
}
