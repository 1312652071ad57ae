package org.peft4j.examples;

import java.util.concurrent.Callable;
import org.peft4j.core.PeftException;
import picocli.CommandLine;

/** How the example programs run: exit code 0 when all is well, 1 and one clear message when not. */
public final class Program {

    private Program() {}

    /**
     * Runs a command and ends the process.
     *
     * @param command a picocli command
     * @param args its arguments
     */
    public static void run(Callable<Integer> command, String... args) {
        System.exit(execute(command, args));
    }

    /**
     * Runs a command.
     *
     * @return 0 when all is well, 1 when something failed, 2 for arguments that cannot be
     *     understood
     */
    static int execute(Callable<Integer> command, String... args) {
        return new CommandLine(command)
                .setExecutionExceptionHandler(
                        (e, line, parsed) -> {
                            if (!(e instanceof PeftException)) {
                                throw e;
                            }
                            line.getErr().println("error: " + e.getMessage());
                            return 1;
                        })
                .execute(args);
    }
}
