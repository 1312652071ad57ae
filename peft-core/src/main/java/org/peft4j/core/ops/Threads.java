package org.peft4j.core.ops;

import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many threads an operator of libtorch uses. Left alone, libtorch counts the processors of the
 * machine, also where a container or {@code -XX:ActiveProcessorCount} grants fewer; threads beyond
 * these wait for each other.
 */
final class Threads {

    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    private static final String PROPERTY = "ai.djl.pytorch.num_threads";
    private static final List<String> VARIABLES = List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS");

    private Threads() {}

    /** Takes no more threads than Java may use processors, unless somebody has said how many. */
    static void settle() {
        int granted = Runtime.getRuntime().availableProcessors();
        int usual = JniUtils.getNumThreads();
        if (usual > granted && !isChosen()) {
            JniUtils.setNumThreads(granted);
            LOG.debug("libtorch uses {} threads instead of {}", granted, usual);
        }
    }

    private static boolean isChosen() {
        return System.getProperty(PROPERTY) != null
                || VARIABLES.stream().anyMatch(name -> System.getenv(name) != null);
    }
}
