package org.peft4j.transformers.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.transformers.text.internal.JinjaException;
import org.peft4j.transformers.text.internal.JinjaTemplate;

/** A template from outside reaches no Java and ends in bounded time and memory. */
final class HostileTemplateTest {

    private static final String LOOP = "{% for i in range(100000) %}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.getClass().forName('java.lang.Runtime') }}",
                "{{ ''.class.forName('java.lang.Runtime') }}",
                "{{ messages.getClass() }}",
                "{{ messages.stream().count() }}",
                "{{ ____int3rpr3t3r____.config }}",
                "{{ ____int3rpr3t3r____.getContext() }}",
                "{{ 'java.lang.System'|attr('exit')(1) }}",
                "{{ range.__globals__.os }}",
                "{{ namespace().getClass().x }}",
                "{% do messages.add(1) %}",
                "{% import 'file:///etc/passwd' as x %}",
                "{% include '/etc/passwd' %}",
                "{% extends 'x' %}",
                "{% from 'x' import y %}",
                "{{ include_file('x') }}",
                "{{ 'x' | render }}",
                "{{ 'x' | fromyaml }}",
                "{{ today() }}",
                "{% unless x %}{% endunless %}"
            })
    void reachesNoJava(String template) {
        assertThrows(JinjaException.class, () -> render(template));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LOOP + LOOP + LOOP + "{% endfor %}{% endfor %}{% endfor %}",
                LOOP + LOOP + "x{% endfor %}{% endfor %}",
                LOOP + "{{ 'x' * 10000 }}{% endfor %}",
                "{{ 'x' * 100000000000 }}",
                "{{ [1] * 100000000000 }}",
                "{{ range(100000000000) }}",
                "{{ 'a'.ljust(100000000000) }}",
                "{{ 'a'.center(9999999999) }}",
                "{{ '7'.zfill(9999999999) }}",
                "{{ 'a\\nb' | indent(9999999999) }}",
                "{{ [[[[1]]]] | tojson(indent=9999999999) }}",
                "{{ [1] | batch(9999999999, 0) }}",
                "{{ 2 ** 1000000 }}",
                "{% set ns = namespace(s='xxxxxxxxxx') %}"
                        + LOOP
                        + "{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s='xxxxxxxxxx') %}"
                        + LOOP
                        + "{% set ns.s = ns.s.replace('x', ns.s) %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}"
                        + LOOP
                        + "{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(60) %}"
                        + "{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}"
                        + "{{ ns.a == ns.b }}",
                "{% set ns = namespace(s=[1]) %}"
                        + LOOP
                        + "{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s | tojson }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f() %}{{ caller() }}{% endmacro %}"
                        + "{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}"
            })
    void isStopped(String template) {
        assertThrows(JinjaException.class, () -> render(template));
    }

    @Test
    void maybeNestedTooDeeplyToParse() {
        for (String[] part :
                new String[][] {
                    {"{{ ", "(", "1", ")", " }}"},
                    {"{{ ", "[", "1", "]", " }}"},
                    {"{{ ", "not ", "1", "", " }}"},
                    {"{{ ", "-", "1", "", " }}"},
                    {"{{ ", "1 if 1 else ", "1", "", " }}"},
                    {"", "{% if 1 %}", "x", "{% endif %}", ""},
                    {"", "{% if 1 %}", "x", "", ""}
                }) {
            String template =
                    part[0] + part[1].repeat(50_000) + part[2] + part[3].repeat(50_000) + part[4];
            assertThrows(JinjaException.class, () -> render(template), part[1]);
        }
        assertThrows(JinjaException.class, () -> render("x".repeat(2_000_000)));
    }

    @Test
    void cannotBeInjectedByAChat() {
        JsonObject variables = new JsonObject();
        variables.addProperty("content", "{{ 1 + 1 }}{% if 1 %}x{% endif %}{# y #}");
        assertEquals(
                "{{ 1 + 1 }}{% if 1 %}x{% endif %}{# y #}",
                new JinjaTemplate("{{ content }}", ChatGolden.CLOCK).render(variables).text());
    }

    private static void render(String template) {
        JsonObject variables = new JsonObject();
        variables.add("messages", new com.google.gson.JsonArray());
        new JinjaTemplate(template, ChatGolden.CLOCK).render(variables);
    }
}
