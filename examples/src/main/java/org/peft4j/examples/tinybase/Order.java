package org.peft4j.examples.tinybase;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * An order that somebody gives to a small shop, and the many ways to say it in English.
 *
 * @param name who wants it
 * @param count how many, 2 to 10
 * @param colour of the things
 * @param item the things, in the plural
 * @param day when they must be there
 */
public record Order(String name, int count, String colour, String item, String day) {

    private static final List<String> NAMES =
            List.of(
                    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Iris",
                    "Jack", "Kate", "Leo", "Mia", "Noah", "Olga", "Paul", "Quinn", "Rosa", "Sam",
                    "Tina", "Uma", "Victor", "Wendy", "Xavier", "Yara", "Zoe", "Amir", "Bella",
                    "Carlos", "Dina", "Erik", "Fatima", "Georg", "Hana", "Ivan", "Julia", "Karim",
                    "Lena", "Marco", "Nadia", "Omar", "Petra", "Ravi", "Sofia", "Tomas", "Ulla",
                    "Vera", "Walter", "Yusuf", "Zara");

    private static final List<String> COLOURS =
            List.of(
                    "red", "blue", "green", "yellow", "black", "white", "brown", "orange", "purple",
                    "grey", "pink", "silver");

    private static final List<String> ITEMS =
            List.of(
                    "apples", "boxes", "candles", "chairs", "cups", "dresses", "flowers", "glasses",
                    "gloves", "hats", "jackets", "kites", "lamps", "mugs", "pears", "pencils",
                    "plates", "ribbons", "rings", "roses", "scarves", "shirts", "shoes", "socks",
                    "spoons", "tables", "tickets", "towels", "toys", "vases");

    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    private static final List<String> NUMBERS =
            List.of(
                    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
                    "ten");

    private static final List<String> SENTENCES =
            List.of(
                    "{name} wants {count} {colour} {item} by {day}.",
                    "{name} needs {count} {colour} {item} on {day}.",
                    "Please send {count} {colour} {item} to {name} by {day}.",
                    "By {day}, {name} would like to have {count} {colour} {item}.",
                    "{count} {colour} {item} for {name}, please, on {day}.",
                    "On {day} {name} is going to fetch {count} {colour} {item}.",
                    "Keep {count} {colour} {item} for {name} until {day}.",
                    "{name} asked for {count} {item} in {colour}, ready on {day}.",
                    "It is for {day}: {count} {colour} {item}, and the name is {name}.",
                    "The {colour} {item} are for {name}, who wants {count} of them by {day}.");

    private static final List<String> FOLLOW_UPS =
            List.of(
                    "The {item} for {name} are {colour}.",
                    "So {name} gets {count} {item} on {day}.",
                    "It was {name} who wanted the {colour} {item}.",
                    "Who wanted {item}? It was {name}.",
                    "How many {item}? There are {count}.",
                    "Which colour? The {item} are {colour}.",
                    "When does {name} come? On {day}.",
                    "{name} said thank you for the {count} {colour} {item}.");

    /** Draws an order. */
    public static Order draw(RandomGenerator random) {
        return new Order(
                pick(NAMES, random),
                2 + random.nextInt(9),
                pick(COLOURS, random),
                pick(ITEMS, random),
                pick(DAYS, random));
    }

    /** Says the order in one of ten ways. */
    public String sentence(RandomGenerator random) {
        return fill(pick(SENTENCES, random));
    }

    /** Says something that follows from the order. */
    public String followUp(RandomGenerator random) {
        return fill(pick(FOLLOW_UPS, random));
    }

    /** Returns the order as the YAML record that a shop's computer wants. */
    public String record() {
        return "name: %s\ncount: %d\ncolour: %s\nitem: %s\nday: %s"
                .formatted(name, count, colour, item, day);
    }

    /** Returns every word that an order can hold. */
    static List<String> words() {
        return Stream.of(NAMES, COLOURS, ITEMS, DAYS, NUMBERS).flatMap(List::stream).toList();
    }

    private String fill(String template) {
        String filled =
                template.replace("{name}", name)
                        .replace("{count}", NUMBERS.get(count))
                        .replace("{colour}", colour)
                        .replace("{item}", item)
                        .replace("{day}", day);
        return Character.toUpperCase(filled.charAt(0)) + filled.substring(1);
    }

    private static String pick(List<String> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
