package org.peft4j.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** Runs the same work here and in Python, in turn, and prints a table of both. */
@Command(
        name = "side-by-side",
        mixinStandardHelpOptions = true,
        description = "The same work in peft4j and in its Python peers, side by side.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TrainComparison.class,
            DecodeComparison.class,
            Sst2Comparison.class,
            HelpCommand.class
        })
final class SideBySide {

    private SideBySide() {}

    /** Runs a command; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new SideBySide()).execute(args));
    }
}
