package org.peft4j.core.points;

/**
 * Where the {@code adapters} library (AdapterHub, Poth et al. 2023) keeps the adapters of a
 * sublayer, so that files mean the same in both.
 *
 * @param root the path of the transformer itself under a head: {@code bert}, or nothing
 * @param path the path of the module that holds them, as {@code bert.encoder.layer.0.output}
 * @param layer the number of the layer; a decoder's layers count on from its encoder's
 */
public record AdapterPlace(String root, String path, int layer) {}
