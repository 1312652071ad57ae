package org.peft4j.transformers.hub;

import java.util.OptionalLong;

/**
 * A file on the hub.
 *
 * @param name its name, folders separated by slashes
 * @param etag the hash of its content
 * @param size its length in bytes, empty if the hub does not say
 */
record RemoteFile(String name, Etag etag, OptionalLong size) {}
