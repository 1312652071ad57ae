package org.peft4j.transformers.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Does the same to several things at a time, and stops all when one fails. */
final class Parallel {

    /** Enough to fill a line: the hub limits single connections. */
    private static final int THREADS = 4;

    private final Cancellation cancellation;

    /**
     * @param cancellation ends the work when this thread is interrupted or one of the things fails
     */
    Parallel(Cancellation cancellation) {
        this.cancellation = cancellation;
    }

    /**
     * Maps each item.
     *
     * @param items the items
     * @param work what to do with one
     * @return the results, in the order of the items
     * @throws RuntimeException the first that the work has thrown; no work goes on then
     */
    <T, R> List<R> map(List<T> items, Function<? super T, ? extends R> work) {
        ExecutorService pool =
                Executors.newFixedThreadPool(
                        THREADS,
                        task -> {
                            Thread thread = new Thread(task, "peft4j-download");
                            thread.setDaemon(true);
                            return thread;
                        });
        boolean done = false;
        try {
            CompletionService<R> finished = new ExecutorCompletionService<>(pool);
            List<Future<R>> futures = new ArrayList<>();
            items.forEach(item -> futures.add(finished.submit(() -> work.apply(item))));
            for (int i = 0; i < futures.size(); i++) {
                finished.take().get();
            }
            List<R> results = new ArrayList<>();
            for (Future<R> future : futures) {
                results.add(future.get());
            }
            done = true;
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Cancellation.interrupted(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (!done) {
                cancellation.cancel();
            }
            end(pool);
        }
    }

    /** Waits, because a thread that still writes would disturb the next attempt. */
    private static void end(ExecutorService pool) {
        pool.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (pool.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
