package org.peft4j.core;

import java.nio.file.Path;
import java.util.List;

/**
 * The way in which another library than {@code peft} stores adapters. Found by {@link
 * java.util.ServiceLoader}, so that {@link PeftModel#load} opens its directories too.
 */
public interface AdapterFormat {

    /**
     * Returns whether a directory is in this format and not in {@code peft}'s.
     *
     * @param directory an existing directory
     */
    boolean recognises(Path directory);

    /**
     * Reads a directory of this format.
     *
     * @param directory holds the adapter
     * @param base the base that it is to be loaded on
     * @throws BadFileException if a file is bad, or asks for what this library does not do
     */
    ForeignAdapter read(Path directory, BaseModel base);

    /**
     * Writes an adapter in this format, as a whole or not at all.
     *
     * @param directory created if needed
     * @param base the base of the adapter
     * @param adapter what to write; its parameters are finite
     * @throws PeftException if this format has no words for the adapter
     */
    void write(Path directory, BaseModel base, Adapter adapter);

    /**
     * Writes adapters that act together as one in this format, as a whole or not at all.
     *
     * @param directory created if needed
     * @param base the base of the adapters
     * @param name of all together
     * @param parts what to write, the one nearest to the base first; their parameters are finite
     * @throws PeftException if this format has no words for them
     */
    default void writeUnion(Path directory, BaseModel base, String name, List<Adapter> parts) {
        throw new PeftException(
                getClass().getSimpleName()
                        + " keeps one adapter in a directory, not "
                        + parts
                        + ". Save each to a directory of its own.");
    }
}
