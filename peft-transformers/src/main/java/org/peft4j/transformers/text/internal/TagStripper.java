package org.peft4j.transformers.text.internal;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filter {@code striptags}: no comments, no tags, single blanks, entities as characters. */
final class TagStripper {

    private static final Pattern ENTITY =
            Pattern.compile("&(#\\d{1,7}+|#[xX][\\da-fA-F]{1,6}+|\\w{1,32}+);?");
    private static final Map<String, String> NAMED =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00A0");

    private TagStripper() {}

    static Object apply(Object value, Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        String text = Values.text(value, budget);
        budget.make(4L * text.length());
        String stripped = cut(cut(text, "<!--", "-->", budget), "<", ">", budget);
        String words =
                Texts.join(
                        " ", Splits.split(stripped, Arguments.NONE, false, budget), true, budget);
        return ENTITY.matcher(words).replaceAll(TagStripper::character);
    }

    private static String cut(String text, String open, String close, Budget budget) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (true) {
            int start = text.indexOf(open, at);
            int end = start < 0 ? -1 : text.indexOf(close, start + (close.length() == 1 ? 1 : 0));
            if (end < 0) {
                return out.append(text, at, text.length()).toString();
            }
            budget.spend(1);
            out.append(text, at, start);
            at = end + close.length();
        }
    }

    private static String character(java.util.regex.MatchResult entity) {
        String name = entity.group(1);
        String plain = NAMED.get(name);
        if (name.startsWith("#")) {
            boolean hex = name.length() > 1 && "xX".indexOf(name.charAt(1)) >= 0;
            int code = Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10);
            boolean usual = code >= 32 && code < 0xD800 && (code < 127 || code > 160);
            plain = usual || code == 10 ? Character.toString(code) : null;
        }
        if (plain == null || !entity.group().endsWith(";")) {
            throw new JinjaException("striptags does not know the entity '" + name + "' here");
        }
        return Matcher.quoteReplacement(plain);
    }
}
