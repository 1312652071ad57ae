package org.peft4j.transformers.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The environment means what it means to {@code huggingface_hub}. */
final class HubOptionsTest {

    private static final Path HOME = Path.of(System.getProperty("user.home"));

    @TempDir Path directory;

    @Test
    void theDefaults() {
        HubOptions options = of(Map.of("HF_TOKEN_PATH", directory.resolve("none").toString()));
        assertEquals("https://huggingface.co", options.endpoint().toString());
        assertEquals(HOME.resolve(".cache/huggingface/hub"), options.cache());
        assertEquals("main", options.revision());
        assertNull(options.token());
        assertFalse(options.offline());
        assertTrue(options.symbolicLinks());
    }

    @Test
    void theCache() {
        String home = directory.toString();
        assertEquals(directory.resolve("hub"), of(Map.of("HF_HOME", home)).cache());
        assertEquals(
                directory.resolve("huggingface").resolve("hub"),
                of(Map.of("XDG_CACHE_HOME", home)).cache());
        assertEquals(
                Path.of("c"), of(Map.of("HF_HOME", home, "HUGGINGFACE_HUB_CACHE", "c")).cache());
        assertEquals(
                Path.of("b"),
                of(Map.of("HF_HUB_CACHE", "b", "HUGGINGFACE_HUB_CACHE", "c")).cache());
        assertEquals(HOME.resolve("x"), of(Map.of("HF_HUB_CACHE", "~/x")).cache());
        assertEquals(
                Path.of("a/b/$D"),
                of(Map.of("HF_HUB_CACHE", "$A/${B}/$D", "A", "a", "B", "b")).cache());
    }

    @Test
    void theToken() throws IOException {
        Map<String, String> home = Map.of("HF_HOME", directory.toString());
        assertNull(of(home).token());
        Files.writeString(directory.resolve("token"), "\nhf_saved\n");
        assertEquals("hf_saved", of(home).token());
        Path other = Files.writeString(directory.resolve("other"), "hf_other");
        assertEquals("hf_other", of(Map.of("HF_TOKEN_PATH", other.toString())).token());
        assertEquals(
                "hf_given",
                of(Map.of("HF_HOME", directory.toString(), "HF_TOKEN", " hf_given\n")).token());
        assertNull(
                of(Map.of("HF_TOKEN", "hf_given", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "true"))
                        .token());
        assertFalse(of(home).toString().contains("hf_"), of(home).toString());
        HubRefused.because("no token has", () -> of(Map.of("HF_TOKEN", "a b")));
        HubRefused.because("no token has", () -> of(home).withToken(""));
    }

    @Test
    void offline() {
        for (String yes : List.of("1", "ON", "yes", "True")) {
            assertTrue(of(Map.of("HF_HUB_OFFLINE", yes)).offline());
            assertTrue(of(Map.of("TRANSFORMERS_OFFLINE", yes)).offline());
        }
        assertFalse(of(Map.of("HF_HUB_OFFLINE", "0", "TRANSFORMERS_OFFLINE", "1")).offline());
        assertFalse(of(Map.of("HF_HUB_OFFLINE", "")).offline());
    }

    @Test
    void theEndpoint() {
        assertEquals(
                "https://mirror.example/hf",
                of(Map.of("HF_ENDPOINT", "https://mirror.example/hf/")).endpoint().toString());
        for (String bad : List.of("mirror.example", "ftp://x", "https://", "https://a b", "a:b")) {
            HubRefused.because("https://huggingface.co", () -> of(Map.of("HF_ENDPOINT", bad)));
        }
    }

    @Test
    void links() {
        assertFalse(of(Map.of("HF_HUB_DISABLE_SYMLINKS", "1")).symbolicLinks());
    }

    @Test
    void revisionsThatAreNone() {
        for (String bad : List.of("", "..", "a/../b", "/a", "a//b", "a\\b", "-x", "a b", "a/")) {
            HubRefused.because("The revision", () -> of(Map.of()).withRevision(bad));
        }
    }

    @Test
    void theBarShowsNameAndEnd() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DownloadBar bar = new DownloadBar(new PrintStream(out, true, StandardCharsets.UTF_8));
        bar.onStart(progress(0));
        bar.onProgress(progress(1_500_000));
        bar.onProgress(progress(3_000_000));
        bar.onEnd(progress(3_000_000));
        String drawn = out.toString(StandardCharsets.UTF_8);
        assertTrue(drawn.contains("org/tiny") && drawn.contains("100%"), drawn);
    }

    private static DownloadProgress progress(long bytes) {
        return new DownloadProgress("org/tiny", List.of("config.json"), bytes, 3_000_000);
    }

    private static HubOptions of(Map<String, String> environment) {
        return HubOptions.fromEnvironment(environment);
    }
}
