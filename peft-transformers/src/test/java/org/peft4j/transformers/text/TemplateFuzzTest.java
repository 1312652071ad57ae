package org.peft4j.transformers.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.fuzz.Fuzz;
import org.peft4j.fixtures.fuzz.Mutations;

/** Damaged chat templates render, or are refused in a sentence. */
class TemplateFuzzTest {

    private static final List<String> SIGNS =
            List.of(
                    "{{", "}}", "{%", "%}", "{#", "-%}", "'", "|", "~", "(", "[", "for", "endif",
                    "\n");

    @Test
    void templates() {
        Fuzz.run(
                "chat template",
                150,
                (random, directory) -> {
                    List<String> names = List.of("llama-3.1", "qwen3", "gemma", "smollm3");
                    Path file = Fixtures.chatTemplate(names.get(random.nextInt(names.size())));
                    String source = Files.readString(file);
                    int times = 1 + random.nextInt(3);
                    for (int i = 0; i < times; i++) {
                        source = Mutations.text(random, source, SIGNS);
                    }
                    ChatTemplate.of(source, Map.of("bos_token", "<s>"))
                            .render(Chat.of(ChatMessage.user("Hi")));
                });
    }
}
