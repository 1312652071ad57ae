package org.peft4j.transformers.text.files;

import java.util.List;

/**
 * A regular expression as far as its cost goes. The library gives up after ten million steps back
 * in one match, and takes the process with it, so what counts is in how many ways a part can be
 * tried before a match fails.
 */
sealed interface RegexNode {

    /** What stands for the length of a text: how often something unbounded can be tried. */
    double TEXT = 10_000;

    /** Returns how many characters it matches at least. */
    int shortest();

    /** Returns whether it can fail where it stands. */
    boolean canFail();

    /** Returns how large it is when all its repeats are written out. */
    double size();

    /**
     * Returns in how many ways it can be tried.
     *
     * @param before whether something behind it can fail, so that the search comes back
     */
    double tries(boolean before);

    /** One character, or a place such as the end of a word. */
    record Single(int shortest) implements RegexNode {

        @Override
        public boolean canFail() {
            return true;
        }

        @Override
        public double size() {
            return 1;
        }

        @Override
        public double tries(boolean before) {
            return 1;
        }
    }

    /** A part that is left for good once it has matched: a look-around or an atomic group. */
    record Atomic(RegexNode body, boolean consumes) implements RegexNode {

        @Override
        public int shortest() {
            return consumes ? body.shortest() : 0;
        }

        @Override
        public boolean canFail() {
            return !consumes || body.canFail();
        }

        @Override
        public double size() {
            return 1 + body.size();
        }

        @Override
        public double tries(boolean before) {
            return body.tries(false);
        }
    }

    /** Parts one behind the other. */
    record Chain(List<RegexNode> parts) implements RegexNode {

        @Override
        public int shortest() {
            return (int)
                    Math.min(
                            Integer.MAX_VALUE, parts.stream().mapToLong(RegexNode::shortest).sum());
        }

        @Override
        public boolean canFail() {
            return parts.stream().anyMatch(RegexNode::canFail);
        }

        @Override
        public double size() {
            return 1 + parts.stream().mapToDouble(RegexNode::size).sum();
        }

        @Override
        public double tries(boolean before) {
            double tries = 1;
            boolean failing = before;
            for (int i = parts.size() - 1; i >= 0; i--) {
                tries *= parts.get(i).tries(failing);
                failing |= parts.get(i).canFail();
            }
            return tries;
        }
    }

    /** One of several. */
    record Choice(List<RegexNode> parts) implements RegexNode {

        @Override
        public int shortest() {
            return parts.stream().mapToInt(RegexNode::shortest).min().orElse(0);
        }

        @Override
        public boolean canFail() {
            return parts.stream().allMatch(RegexNode::canFail);
        }

        @Override
        public double size() {
            return 1 + parts.stream().mapToDouble(RegexNode::size).sum();
        }

        @Override
        public double tries(boolean before) {
            double most = parts.stream().mapToDouble(part -> part.tries(before)).max().orElse(1);
            return before ? most * parts.size() : most;
        }
    }

    /**
     * A part several times.
     *
     * @param most the most times, infinite if there is no limit
     */
    record Repeat(RegexNode body, int least, double most) implements RegexNode {

        @Override
        public int shortest() {
            return (int) Math.min(Integer.MAX_VALUE, (long) body.shortest() * least);
        }

        @Override
        public boolean canFail() {
            return least > 0 && body.canFail();
        }

        @Override
        public double size() {
            return 1 + body.size() * Math.max(1, Double.isInfinite(most) ? least + 1 : most);
        }

        @Override
        public double tries(boolean before) {
            boolean failing = before || least > 1;
            double once = body.tries(failing);
            double counts = most == least ? 1 : Math.min(TEXT, most - least + 1);
            if (once <= 1) {
                return before ? counts : 1;
            }
            return failing ? counts * Math.pow(once, most) : once * Math.min(TEXT, most);
        }
    }
}
