package org.peft4j.benchmarks;

import java.util.concurrent.Callable;
import org.peft4j.examples.Program;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * What the build tries in small, in large: processes that are killed, models that are closed while
 * they are used, disks that are full, memory over thousands of steps. Each command says what it
 * did, and ends with 1 if anything was not as it should be.
 */
@Command(
        name = "reliability",
        mixinStandardHelpOptions = true,
        description = "Tries what goes wrong in a long life: see the commands.",
        subcommands = {
            ClosingRuns.class,
            KillRuns.class,
            InterruptRuns.class,
            MemoryRuns.class,
            TenantRuns.class,
            FullDiskRuns.class
        })
final class Reliability implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // filled by picocli
    private Reliability() {}

    /** Runs a command; see {@code --help}. */
    public static void main(String[] args) {
        Program.run(new Reliability(), args);
    }

    @Override
    public Integer call() {
        CommandLine.usage(spec, System.out);
        return 2;
    }
}
