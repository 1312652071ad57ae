package org.peft4j.transformers.hub;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where an address leads: only who has the endpoint's origin may see the token.
 *
 * @param scheme {@code http} or {@code https}
 * @param host the host, lower case
 * @param port the port, the scheme's own where the address names none
 */
record Origin(String scheme, String host, int port) {

    static Origin of(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
    }

    /** Returns whether this is an absolute address of a web server. */
    static boolean isWeb(URI uri) {
        @Nullable String scheme = uri.getScheme();
        return uri.getHost() != null
                && uri.getUserInfo() == null
                && scheme != null
                && (scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http"));
    }

    boolean isEncrypted() {
        return scheme.equals("https");
    }
}
