package org.peft4j.core.ops;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.peft4j.core.NativeMemoryException;
import org.peft4j.core.PeftException;

/** Says in our words what libtorch could not do. */
final class NativeFailures {

    private static final int LONGEST_MESSAGE = 300;
    private static final int MOST_INPUTS = 12;

    /** As libtorch's allocators on the CPU and on CUDA say it, and where it maps files. */
    private static final Pattern AMOUNT =
            Pattern.compile(
                    "(?:tried to allocate|unable to mmap) (\\d+(?:\\.\\d+)?) ?(bytes|[KMGT]?i?B)",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern NO_MEMORY =
            Pattern.compile(
                    "can't allocate memory|not enough memory|out of memory|bad_alloc"
                            + "|cannot allocate memory|Storage size calculation overflowed"
                            + "|Cannot reserve .* direct buffer memory",
                    Pattern.CASE_INSENSITIVE);

    private NativeFailures() {}

    /**
     * @param failure what DJL threw
     * @param call what was asked of libtorch
     */
    static PeftException of(Throwable failure, Supplier<String> call) {
        String said = String.valueOf(failure.getMessage());
        if (!NO_MEMORY.matcher(said).find()) {
            return new PeftException(
                    "PyTorch could not compute " + call.get() + ": " + reason(said) + ".", failure);
        }
        Matcher amount = AMOUNT.matcher(said);
        long bytes = amount.find() ? bytes(amount.group(1), amount.group(2)) : -1;
        return new NativeMemoryException(
                "there is not enough memory outside Java's heap for "
                        + call.get()
                        + (bytes < 0 ? "" : String.format(Locale.ROOT, ": %,d bytes more", bytes))
                        + ". Take smaller batches or shorter texts, close models that are not"
                        + " needed, or give the process more memory.",
                bytes,
                failure);
    }

    /** Memory that Java could not get for libtorch; any other lack is the program's own. */
    static boolean isNative(OutOfMemoryError error) {
        return NO_MEMORY.matcher(String.valueOf(error.getMessage())).find();
    }

    static String describe(String method, Tensor... inputs) {
        List<String> shown = new ArrayList<>();
        for (Tensor input : inputs) {
            if (shown.size() == MOST_INPUTS) {
                shown.add("…");
                break;
            }
            if (input != input.door().absent()) {
                shown.add(input.toString());
            }
        }
        return method + shown.toString().replace('[', '(').replace(']', ')');
    }

    private static long bytes(String number, String unit) {
        int power = "BKMGT".indexOf(Character.toUpperCase(unit.charAt(0)));
        long factor = 1L << (10 * Math.max(0, power));
        return new BigDecimal(number).multiply(BigDecimal.valueOf(factor)).longValue();
    }

    /** TorchScript puts the reason last, below a traceback through its source. */
    private static String reason(String said) {
        List<String> lines = said.strip().lines().toList();
        String last = lines.isEmpty() ? "no reason given" : lines.get(lines.size() - 1).strip();
        for (String line : lines) {
            int at = line.indexOf("Error: ");
            last = at < 0 ? last : line.substring(at + "Error: ".length()).strip();
        }
        return last.length() > LONGEST_MESSAGE ? last.substring(0, LONGEST_MESSAGE) + "…" : last;
    }
}
