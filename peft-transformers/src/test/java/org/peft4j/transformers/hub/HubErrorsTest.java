package org.peft4j.transformers.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.fixtures.Fixtures;

/** Errors name what, where, and how to mend it; hostile hubs get nowhere. */
@Timeout(60)
final class HubErrorsTest {

    @TempDir Path directory;
    private Path cache;
    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        cache = directory.resolve("deep").resolve("down").resolve("cache");
        hub = new FakeHub().with(Fixtures.base("llama"));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void anUnknownRepository() {
        HubRefused.because(
                "There is no model org/none at http://127.0.0.1",
                () -> Hub.resolve("org/none", options(), HubTest.PATIENCE));
        HubRefused.because(
                "use a token whose account may read it",
                () ->
                        Hub.resolve(
                                "org/none", options().withToken(FakeHub.TOKEN), HubTest.PATIENCE));
        assertEquals(2, hub.requests.size(), "no second attempt");
    }

    @Test
    void anUnknownRevision() {
        HubRefused.because("has no revision \"v9\"", () -> resolve(options().withRevision("v9")));
        resolve(options());
        HubRefused.because("has no revision \"v9\"", () -> resolve(options().withRevision("v9")));
    }

    @Test
    void aGatedRepository() {
        hub.gated = true;
        HubRefused.because("set HF_TOKEN to a token of that account", () -> resolve(options()));
        hub.hubFault = FakeHub.status(1, 403, Map.of("X-Error-Code", "GatedRepo"));
        HubRefused.because(
                "with the account that the token belongs to",
                () -> resolve(options().withToken(FakeHub.TOKEN)));
    }

    @Test
    void aTokenThatIsNotAccepted() {
        hub.hubFault =
                FakeHub.status(
                        1,
                        401,
                        Map.of("X-Error-Message", "Invalid credentials in Authorization header"));
        HubRefused.because(
                "does not accept the token", () -> resolve(options().withToken(FakeHub.TOKEN)));
        hub.hubFault = FakeHub.status(1, 403, Map.of("X-Error-Message", "No way"));
        HubRefused.because(
                "status 403, \"No way\"", () -> resolve(options().withToken(FakeHub.TOKEN)));
        hub.hubFault = FakeHub.status(1, 418, Map.of());
        HubRefused.because("status 418", () -> resolve(options()));
    }

    @Test
    void aFileThatIsListedButNotThere() {
        hub.furtherNames.add("tokenizer.json");
        HubRefused.because("tokenizer.json of org/tiny", () -> resolve(options()));
    }

    @Test
    void offlineAndNotCached() {
        HubRefused.because(
                "models--org--tiny, and offline mode forbids",
                () -> resolve(options().withOffline(true)));
        assertEquals(List.of(), hub.requests);
    }

    @Test
    void offlineAndOnlyPartlyCached() throws IOException {
        Path snapshot = resolve(options());
        Files.delete(snapshot.resolve("model.safetensors"));
        HubRefused.because("not completely", () -> resolve(options().withOffline(true)));
    }

    @Test
    void offlineAndAShardIsMissing() throws IOException {
        hub.files.clear();
        hub.with(Fixtures.base("llama-sharded"));
        Path snapshot = resolve(options());
        assertEquals(snapshot, resolve(options().withOffline(true)));
        Files.delete(snapshot.resolve("model-00003-of-00005.safetensors"));
        HubRefused.because("not completely", () -> resolve(options().withOffline(true)));
    }

    @Test
    void aHubThatIsNotThere() {
        hub.close();
        HubRefused.because("could not be fetched", () -> resolve(options()));
    }

    @Test
    void picklesOnly() {
        hub.files.remove("model.safetensors");
        hub.with("pytorch_model.bin", "pickle");
        HubRefused.because(
                "AutoModel as M; M.from_pretrained('org/tiny')", () -> resolve(options()));
        hub.files.remove("config.json");
        hub.with("adapter_config.json", "{}");
        HubRefused.because("from peft import AutoPeftModel", () -> resolve(options()));
    }

    @Test
    void noWeightsOrNoConfig() {
        hub.files.remove("model.safetensors");
        hub.with("model.gguf", "GGUF");
        HubRefused.because("no weights in safetensors format", () -> resolve(options()));
        hub.files.clear();
        hub.with("README.md", "x");
        HubRefused.because("neither a config.json nor an", () -> resolve(options()));
    }

    @Test
    void namesThatLeadOutOfTheFolder() {
        for (String name :
                List.of(
                        "../config.json",
                        "a/../../x",
                        "/etc/passwd",
                        "..",
                        "\\\\host\\x",
                        "..\\x",
                        "a\\..\\x",
                        "C:\\x")) {
            hub.furtherNames.clear();
            hub.furtherNames.add(name);
            HubRefused.because("leads out of its folder", () -> resolve(options()));
        }
        assertFalse(Files.exists(cache));
    }

    @Test
    void anIndexThatLeadsOutOfTheFolder() {
        for (String shard : List.of("../../x.safetensors", "x.bin", "a/b.safetensors", "")) {
            hub.files.remove("model.safetensors");
            hub.commit = Integer.toHexString(shard.length() + 16).repeat(20);
            hub.with(
                    "model.safetensors.index.json", "{\"weight_map\": {\"a\": \"" + shard + "\"}}");
            HubRefused.because("not a safetensors file beside it", () -> resolve(options()));
        }
    }

    @Test
    void anIndexOfShardsThatAreNotThere() {
        hub.files.remove("model.safetensors");
        hub.with(
                "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\"}}");
        HubRefused.because("which org/tiny lacks", () -> resolve(options()));
    }

    @Test
    void hashesThatAreNone() {
        for (String hash : List.of("../../../x", "d41d8cd98f00b204e9800998ecf8427e-3", "")) {
            hub.announcedHashes.put("model.safetensors", hash);
            HubRefused.because("without the hash", () -> resolve(options()));
        }
    }

    @Test
    void commitsThatAreNone() {
        hub.commit = "../../x";
        HubRefused.because("sha must be a commit", () -> resolve(options()));
    }

    @Test
    void answersThatAreNoList() {
        hub.hubFault =
                (exchange, content) -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write("<html>".getBytes(US_ASCII));
                    return true;
                };
        HubRefused.because("list of files of org tiny", () -> resolve(options()));
    }

    @Test
    void redirectsThatLeadNowhereOrInCircles() {
        hub.hubFault = FakeHub.status(99, 307, Map.of("Location", "file:///etc/passwd"));
        HubRefused.because("not a safe address", () -> resolve(options()));
        hub.hubFault = FakeHub.status(99, 307, Map.of("Location", "/again"));
        HubRefused.because("from one redirect to the next", () -> resolve(options()));
    }

    @Test
    void namesThatAreNeitherDirectoryNorRepository() {
        for (String name :
                List.of(
                        "",
                        "./none",
                        "/none/none",
                        "a/b/c",
                        "a--b",
                        "a/../b",
                        "x.git",
                        "a b",
                        "~/x")) {
            HubRefused.because(
                    "neither a directory nor the name",
                    () -> Hub.resolve(name, options(), HubTest.PATIENCE));
        }
        assertEquals(List.of(), hub.requests);
    }

    @Test
    void aCacheThatIsAFile() throws IOException {
        Files.createDirectories(cache.getParent());
        Files.writeString(cache, "a file");
        HubRefused.because("could not be written", () -> resolve(options()));
    }

    private HubOptions options() {
        return hub.options(cache);
    }

    private static Path resolve(HubOptions options) {
        return Hub.resolve(FakeHub.REPOSITORY, options, HubTest.PATIENCE);
    }
}
