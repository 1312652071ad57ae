package org.peft4j.transformers;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;

/**
 * What a base's head is to do, where that is not what its checkpoint says.
 *
 * <p>A head that the checkpoint does not hold is made fresh: small random weights and no biases, as
 * {@code transformers} makes them. Every adapter on the base then trains and saves a copy of it.
 *
 * @param task the task
 * @param labels the names of its classes in the order of the logits; null takes those of {@code
 *     config.json}. One alone means a regression
 * @param problem what SEQ_CLS computes; null decides by the config and the number of labels
 * @param replace whether the head is fresh even if the checkpoint holds one
 * @param seed decides the values of a fresh head
 */
public record HeadOptions(
        TaskType task,
        @Nullable List<String> labels,
        @Nullable Problem problem,
        boolean replace,
        long seed) {

    /** What a sequence classifier computes: {@code problem_type} of a {@code config.json}. */
    public enum Problem {
        /** One number a label, by the mean squared error. */
        REGRESSION,
        /** One of the labels, by the cross entropy. */
        SINGLE_LABEL_CLASSIFICATION,
        /** Any of the labels, each by the binary cross entropy. */
        MULTI_LABEL_CLASSIFICATION
    }

    /** Checks the labels. */
    public HeadOptions {
        labels = labels == null ? null : List.copyOf(labels);
        if (labels != null && labels.isEmpty()) {
            throw new PeftException("a head needs at least one label. Name its labels.");
        }
        if (labels != null && new LinkedHashSet<>(labels).size() < labels.size()) {
            throw new PeftException("the labels of a head must differ, but are " + labels + ".");
        }
    }

    /** A head for a task, with the labels of the checkpoint's config. */
    public static HeadOptions of(TaskType task) {
        return new HeadOptions(task, null, null, false, 0);
    }

    /** Puts a text into one of several classes, by name. */
    public static HeadOptions sequenceClassification(String... labels) {
        Problem problem = Problem.SINGLE_LABEL_CLASSIFICATION;
        return new HeadOptions(TaskType.SEQ_CLS, List.of(labels), problem, false, 0);
    }

    /** Gives a text any of several labels, by name. */
    public static HeadOptions multiLabelClassification(String... labels) {
        Problem problem = Problem.MULTI_LABEL_CLASSIFICATION;
        return new HeadOptions(TaskType.SEQ_CLS, List.of(labels), problem, false, 0);
    }

    /** Gives a text a number. */
    public static HeadOptions regression() {
        List<String> labels = List.of("LABEL_0");
        return new HeadOptions(TaskType.SEQ_CLS, labels, Problem.REGRESSION, false, 0);
    }

    /** Puts every token into one of several classes, by name. */
    public static HeadOptions tokenClassification(String... labels) {
        return new HeadOptions(TaskType.TOKEN_CLS, List.of(labels), null, false, 0);
    }

    /** Names numbered labels as {@code transformers} does: LABEL_0, LABEL_1 …. */
    public static List<String> numbered(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("LABEL_" + i);
        }
        return names;
    }

    /** The same with a fresh head even if the checkpoint holds one. */
    public HeadOptions replaced() {
        return new HeadOptions(task, labels, problem, true, seed);
    }

    /** The same with other initial values. */
    public HeadOptions withSeed(long other) {
        return new HeadOptions(task, labels, problem, replace, other);
    }
}
