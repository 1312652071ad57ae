package org.peft4j.transformers.text.files;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.peft4j.core.PeftException;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.fuzz.Fuzz;
import org.peft4j.fixtures.fuzz.JsonMutations;
import org.peft4j.fixtures.fuzz.Mutations;
import org.peft4j.transformers.text.Chat;
import org.peft4j.transformers.text.ChatMessage;
import org.peft4j.transformers.text.EncodedText;
import org.peft4j.transformers.text.TextStream;
import org.peft4j.transformers.text.Tokenizer;

/**
 * Damages {@code tokenizer.json}, opens it and works with it, in a process of its own: where the
 * native library ends it, the last line says which case it was. Arguments: the seed, the first case
 * and how many; more tokenizers may follow, as directories.
 */
public final class TokenizerFuzz {

    private static final List<String> TEXTS =
            List.of(
                    "",
                    " ",
                    "Hello, world! 123 don't",
                    "a",
                    "aaaaaaaa bbbb  cc\n\n d",
                    "naïve café ﬁ ﷺ Å 中文字 🙂👩‍👩‍👧 é",
                    "<s> </s> [CLS] <a> x y ##x ▁a",
                    "\u0000\u200b\ufeff\ufffd\u0301",
                    "a".repeat(3_000),
                    " ".repeat(2_000) + "x",
                    "ab ".repeat(700));

    private TokenizerFuzz() {}

    /** Runs the cases. */
    public static void main(String[] args) throws IOException {
        List<Path> tokenizers =
                new ArrayList<>(
                        List.of(
                                Fixtures.tokenizer(),
                                Fixtures.chatTokenizer(),
                                Fixtures.tokenizer("bert"),
                                Fixtures.tokenizer("roberta"),
                                Fixtures.tokenizer("t5")));
        List.of(args).subList(3, args.length).forEach(path -> tokenizers.add(Path.of(path)));
        long seed = Long.parseLong(args[0]);
        int first = Integer.parseInt(args[1]);
        int end = first + Integer.parseInt(args[2]);
        int wrong = 0;
        int accepted = 0;
        for (int i = first; i < end; i++) {
            System.out.println("case " + i);
            int[] opened = new int[1];
            Optional<String> failure =
                    Fuzz.failure(
                            seed,
                            i,
                            (random, directory) -> one(random, directory, tokenizers, opened));
            accepted += opened[0];
            if (failure.isPresent()) {
                System.out.println("wrong " + i + ": " + failure.get());
                wrong++;
            }
        }
        System.out.println(accepted + " accepted, " + wrong + " wrong");
        System.exit(wrong == 0 ? 0 : 1);
    }

    private static void one(Random random, Path directory, List<Path> tokenizers, int[] opened)
            throws IOException {
        Fixtures.copy(tokenizers.get(random.nextInt(tokenizers.size())), directory);
        Path file = directory.resolve("tokenizer.json");
        String text = Files.readString(file);
        byte[] damaged;
        if (random.nextInt(3) > 0) {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            new RandomParts(random).replace(json);
            damaged =
                    (random.nextInt(3) > 0
                                    ? json.toString()
                                    : new JsonMutations(random).damage(json))
                            .getBytes(StandardCharsets.UTF_8);
        } else {
            damaged = Mutations.damage(random, text.getBytes(StandardCharsets.UTF_8));
        }
        Files.delete(file);
        Files.write(file, damaged);
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            opened[0] = 1;
            use(random, tokenizer);
        }
    }

    private static void use(Random random, Tokenizer tokenizer) {
        for (int i = 0; i < 6; i++) {
            String text = TEXTS.get(random.nextInt(TEXTS.size()));
            String other = TEXTS.get(random.nextInt(TEXTS.size()));
            attempt(() -> decode(tokenizer, tokenizer.encode(text)));
            attempt(() -> tokenizer.encodeText(text, random.nextBoolean()).ids());
            attempt(
                    () ->
                            tokenizer
                                    .encodePair(text, other)
                                    .truncated(
                                            random.nextInt(30),
                                            EncodedText.Truncation.LONGEST_FIRST));
            attempt(() -> tokenizer.encodePair(text, other, random.nextInt(30)));
            attempt(() -> tokenizer.encodeWords(List.of(text.split(" "))).words());
        }
        attempt(() -> decode(tokenizer, new long[0]));
        attempt(() -> decode(tokenizer, random.longs(5, 0, 300).toArray()));
        attempt(() -> decode(tokenizer, new long[] {random.nextLong(), 0xffff_ffffL}));
        attempt(() -> decode(tokenizer, new long[] {-1}));
        attempt(() -> tokenizer.chats().encode(Chat.of(ChatMessage.user("Hi <s> there"))));
    }

    private static void decode(Tokenizer tokenizer, long[] ids) {
        tokenizer.decode(ids);
        tokenizer.decode(ids, false);
        TextStream stream = tokenizer.textStream();
        for (int i = 0; i < Math.min(ids.length, 20); i++) {
            stream.push(ids[i]);
        }
    }

    /** Each use may be refused; the others are tried all the same. */
    private static void attempt(Runnable use) {
        try {
            use.run();
        } catch (PeftException | IllegalArgumentException e) {
            int length = String.valueOf(e.getMessage()).length();
            if (length > 2_000) {
                throw new AssertionError("a message of " + length, e);
            }
        }
    }
}
