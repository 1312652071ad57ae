package org.peft4j.core;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the holders of something native and frees it with the last one, so that deleting an
 * adapter never pulls it from under a running pass, and no pass takes a lock.
 */
final class Lease {

    private final AtomicInteger holders = new AtomicInteger(1);
    private final Runnable free;

    Lease(Runnable free) {
        this.free = free;
    }

    /** Adds a holder, unless the last one is gone already. */
    boolean tryAcquire() {
        while (true) {
            int now = holders.get();
            if (now == 0) {
                return false;
            }
            if (holders.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Adds a holder to each, or to none if the last holder of one is gone already. */
    static boolean tryAcquireAll(List<Lease> leases) {
        for (int i = 0; i < leases.size(); i++) {
            if (!leases.get(i).tryAcquire()) {
                leases.subList(0, i).forEach(Lease::release);
                return false;
            }
        }
        return true;
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            free.run();
        }
    }
}
