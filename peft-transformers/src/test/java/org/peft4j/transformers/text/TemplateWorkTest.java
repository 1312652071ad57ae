package org.peft4j.transformers.text;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.transformers.text.internal.JinjaException;
import org.peft4j.transformers.text.internal.JinjaTemplate;

/** Whatever a template does with long texts and lists, it ends soon, with a text or our error. */
final class TemplateWorkTest {

    /** Far more than it takes, for busy machines; without a bound it would take hours. */
    private static final Duration SOON = Duration.ofMinutes(2);

    private static final int GENERATED = 20;

    private static final List<String> TEXTS =
            List.of(
                    "'a'*400000",
                    "('a'*200000~'c')",
                    "'ab '*300000",
                    "'🙂'*500000",
                    "'a\\n'*400000",
                    "'{}'*50000",
                    "'1'*4000");

    private static final List<String> LISTS =
            List.of("range(100000)", "[1]*500000", "['a'*400000]*3000", "[{'a': 1}]*100000");

    private static final List<String> USES =
            List.of(
                    "T.find(T)",
                    "T.rfind(T)",
                    "T.count(T)",
                    "T.replace('a', T) | length",
                    "T.split(T) | length",
                    "T.rsplit() | length",
                    "T in T",
                    "T.strip(T) | length",
                    "T.partition(T) | length",
                    "T | wordcount",
                    "T.isalpha()",
                    "T.title() | length",
                    "T | list | length",
                    "T | indent(T) | length",
                    "T | e | length",
                    "T.center(9000000) | length",
                    "T.expandtabs(9000000)",
                    "T.format(*L) | length",
                    "T % T",
                    "T.join(L) | length",
                    "L | join(T) | length",
                    "L | sort | length",
                    "L | unique | list | length",
                    "L | map('string') | join | length",
                    "L == L",
                    "L | tojson(indent=90) | length",
                    "L | batch(2) | list | length",
                    "{T: 1} | length",
                    "'{:>9000000}'.format(1)",
                    "7 ** 99999 | string | length",
                    "T | wordwrap(3) | length",
                    "T | striptags | length",
                    "T ~ T | length");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ('a'*400000).find('a'*200000 ~ 'c') }}",
                "{{ ('a'*2000000 ~ 'c') in ('a'*4000000) }}",
                "{{ ('a '*4000000).split() | length }}",
                "{{ ('a'*4000000).strip('b'*4000000 ~ 'a') | length }}"
            })
    void searchesAndCutsInTimeThatGrowsWithTheText(String template) {
        assertTimeoutPreemptively(SOON, () -> ends(template));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% set a='a'*8000000 %}{% for i in range(100000) %}{{ a.isalpha() and '' }}{% endfor %}",
                "{% set a='a'*8000000 %}{% for c in a %}{% break %}{% endfor %}",
                "{% set n = namespace(l=[]) %}{% for i in range(100000) %}"
                        + "{% set n.l = n.l + ['中' * 4000000] %}{% endfor %}"
            })
    void workAndMemoryAreBounded(String template) {
        assertTimeoutPreemptively(
                SOON, () -> assertThrows(JinjaException.class, () -> render(template)));
    }

    @Test
    void whateverIsGeneratedEnds() {
        Random random = new Random(5);
        for (int i = 0; i < GENERATED; i++) {
            String use = filled(filled(USES.get(random.nextInt(USES.size())), random), random);
            String template =
                    random.nextBoolean()
                            ? "{{ " + use + " }}"
                            : "{% for i in range(100000) %}{{ " + use + " }}{% endfor %}";
            assertTimeoutPreemptively(SOON, () -> ends(template), template);
        }
    }

    private static String filled(String use, Random random) {
        return use.replaceFirst("T", "(" + TEXTS.get(random.nextInt(TEXTS.size())) + ")")
                .replaceFirst("L", "(" + LISTS.get(random.nextInt(LISTS.size())) + ")");
    }

    private static void ends(String template) {
        try {
            render(template);
        } catch (JinjaException e) {
            assertTrue(String.valueOf(e.getMessage()).length() < 600);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ raise_exception('x' * 5000000) }}",
                "{{ {}['x' * 5000000].y }}",
                "{{ '{:' ~ 'q' * 100000 ~ '}' }}{{ ('{:' ~ 'q' * 100000 ~ '}').format(1) }}",
                "{{ [] | map('f' * 100000) | list }}{{ [1] | map('f' * 100000) | list }}"
            })
    void messagesAreBounded(String template) {
        JinjaException refused = assertThrows(JinjaException.class, () -> render(template));
        assertTrue(String.valueOf(refused.getMessage()).length() < 600);
    }

    @Test
    void messagesOfWrongTemplatesAreBounded() {
        for (String begin : List.of("{% ", "{{ 'a", "{{ ", "{% set ")) {
            JinjaException refused =
                    assertThrows(JinjaException.class, () -> render(begin + "x".repeat(900_000)));
            assertTrue(String.valueOf(refused.getMessage()).length() < 600);
        }
    }

    private static void render(String template) {
        new JinjaTemplate(template, ChatGolden.CLOCK).render(new JsonObject());
    }
}
