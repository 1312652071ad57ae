package org.peft4j.core.targets;

import java.util.List;
import org.peft4j.core.PeftException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which modules were picked, and by what.
 *
 * @param selected the paths, in the order of the base
 * @param matches what every name or expression of {@code target_modules} picked
 * @param problems sentences about settings that pick nothing; empty if all is well
 * @param remark a sentence about an exclusion without effect, or empty
 */
public record TargetReport(
        List<String> selected, List<Match> matches, List<String> problems, String remark) {

    private static final Logger LOG = LoggerFactory.getLogger(TargetReport.class);
    private static final int PATHS_SHOWN = 3;

    /** Copies the lists. */
    public TargetReport {
        selected = List.copyOf(selected);
        matches = List.copyOf(matches);
        problems = List.copyOf(problems);
    }

    /**
     * What one name or expression picked.
     *
     * @param pattern the name or expression
     * @param paths the modules
     * @param setAside whether it matches more, which {@code exclude_modules} or {@code
     *     modules_to_save} took out
     */
    public record Match(String pattern, List<String> paths, boolean setAside) {

        /** Copies the list. */
        public Match {
            paths = List.copyOf(paths);
        }

        @Override
        public String toString() {
            int rest = paths.size() - PATHS_SHOWN;
            return pattern
                    + ": "
                    + paths.size()
                    + (paths.size() == 1 ? " module" : " modules")
                    + (paths.isEmpty()
                            ? ""
                            : " ("
                                    + String.join(
                                            ", ",
                                            paths.subList(0, paths.size() - Math.max(0, rest)))
                                    + (rest > 0 ? ", and " + rest + " more" : "")
                                    + ")")
                    + (setAside ? ", others excluded or saved as a whole" : "");
        }
    }

    /**
     * Insists that every setting picks something: right for a new adapter, where a name that
     * matches nothing is a typing error.
     *
     * @throws PeftException with the first problem
     */
    public void requireNoProblems() {
        if (!problems.isEmpty()) {
            throw new PeftException(problems.get(0));
        }
        warn(List.of());
    }

    /**
     * Logs every setting that picks nothing: right for an adapter from a file, where Python let it
     * pass.
     */
    public void warnOfProblems() {
        warn(problems);
    }

    private void warn(List<String> sentences) {
        sentences.forEach(LOG::warn);
        if (!remark.isEmpty()) {
            LOG.warn(remark);
        }
    }

    /** Returns one line for each name or expression, and one for each problem. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(selected.size()).append(" modules selected");
        matches.forEach(match -> text.append("\n  ").append(match));
        problems.forEach(problem -> text.append("\n  ").append(problem));
        return (remark.isEmpty() ? text : text.append("\n  ").append(remark)).toString();
    }
}
