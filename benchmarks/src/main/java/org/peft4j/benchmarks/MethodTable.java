package org.peft4j.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.peft4j.examples.Program;
import org.peft4j.examples.sst2.Recipes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Every method on one real task: trains each with several seeds, a process a run, and writes a
 * table. Every finished run is kept in a file at once; a run that is there is not repeated, so that
 * the command can be stopped and started again.
 */
@Command(
        name = "method-table",
        mixinStandardHelpOptions = true,
        description = "Trains every method on SST-2 with several seeds and writes a table.")
final class MethodTable implements Callable<Integer> {

    @Mixin private Sst2Runs runs = new Sst2Runs();

    @Option(
            names = "--methods",
            split = ",",
            description = "only these; without, all: ${COMPLETION-CANDIDATES}",
            completionCandidates = MethodNames.class)
    private List<String> methods = List.of();

    @Option(
            names = "--results",
            defaultValue = "benchmarks/results/sst2-methods.jsonl",
            description = "a line for each finished run (${DEFAULT-VALUE})")
    private Path results = Path.of("");

    @Option(
            names = "--table",
            defaultValue = "benchmarks/results/sst2-methods.md",
            description = "where the table goes (${DEFAULT-VALUE})")
    private Path table = Path.of("");

    private MethodTable() {}

    /** The names as picocli shows them. */
    static final class MethodNames extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        MethodNames() {
            super(Recipes.names());
        }
    }

    /** Runs the command; see {@code --help}. */
    public static void main(String[] args) {
        Program.run(new MethodTable(), args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RunLog log = RunLog.open(results);
        List<String> chosen = methods.isEmpty() ? Recipes.names() : methods;
        int failures = runs.runAll(log, chosen, List.of(Map.of()));
        MethodReport.write(table, runs, log);
        System.out.println(table + (failures == 0 ? "" : "; failed runs: " + failures));
        return failures == 0 ? 0 : 1;
    }
}
