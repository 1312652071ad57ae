package org.peft4j.transformers.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Resolves the model of {@link FakeHub} in a process of its own. */
final class ResolveProcess {

    private ResolveProcess() {}

    /** Endpoint and cache are the arguments. */
    public static void main(String[] arguments) {
        Map<String, String> environment =
                Map.of(
                        "HF_ENDPOINT", arguments[0],
                        "HF_HUB_CACHE", arguments[1],
                        "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
        Hub.resolve(FakeHub.REPOSITORY, HubOptions.fromEnvironment(environment), HubTest.PATIENCE);
    }

    static Process start(HubOptions options, Path cache) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ResolveProcess.class.getName(),
                        options.endpoint().toString(),
                        cache.toString())
                .inheritIO()
                .start();
    }
}
