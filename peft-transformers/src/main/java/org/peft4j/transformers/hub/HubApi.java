package org.peft4j.transformers.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Names;

/** The three questions that the hub is asked: what there is, what a file is, and its bytes. */
final class HubApi {

    private static final int LARGEST_LIST = 32 << 20;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final String LINKED_ETAG = "X-Linked-Etag";
    private static final String LINKED_SIZE = "X-Linked-Size";

    private final HubOptions options;
    private final RepositoryName repository;
    private final HttpDoor door;
    private final Refusal refusal;
    private final String endpoint;

    HubApi(
            HubOptions options,
            RepositoryName repository,
            Patience patience,
            Cancellation cancellation) {
        this.options = options;
        this.repository = repository;
        this.door =
                new HttpDoor(options.endpoint(), options.token(), patience.silence(), cancellation);
        this.refusal = new Refusal(options, repository);
        this.endpoint = options.endpoint().toString().replaceFirst("/+$", "");
    }

    /**
     * Lists the files of the revision.
     *
     * @throws IOException if another attempt may help
     * @throws PeftException if the hub refuses or answers nonsense
     */
    Listing list() throws IOException {
        URI uri =
                URI.create(
                        endpoint
                                + "/api/models/"
                                + repository
                                + "/revision/"
                                + encode(options.revision()));
        try (Answer answer = door.send("GET", uri, Map.of(), redirect -> false)) {
            refusal.check(answer, "The list of files of " + repository);
            byte[] json = answer.body().readNBytes(LARGEST_LIST);
            return Listing.parse(
                    Path.of("list of files of " + repository.name().replace('/', ' ')),
                    new String(json, StandardCharsets.UTF_8));
        }
    }

    /**
     * Asks for hash and size of a file, without its content.
     *
     * @throws IOException if another attempt may help
     * @throws PeftException if the hub refuses or gives no hash
     */
    RemoteFile describe(String commit, String name) throws IOException {
        String what = what(name);
        try (Answer answer =
                door.send(
                        "HEAD",
                        address(commit, name),
                        Map.of(),
                        redirect -> redirect.header(LINKED_ETAG).isPresent())) {
            refusal.check(answer, what);
            String header = answer.header(LINKED_ETAG).or(() -> answer.header("ETag")).orElse("");
            Etag etag = Etag.parse(header).orElseThrow(() -> noHash(what, header));
            Optional<String> size = answer.header(LINKED_SIZE);
            if (size.isEmpty() && !answer.isRedirect()) {
                size = answer.header("Content-Length");
            }
            return new RemoteFile(name, etag, number(size));
        }
    }

    /**
     * Asks for the content of a file.
     *
     * @param offset where to begin
     * @return an answer of status 200 (from the beginning), 206 (from the offset) or 416 (there is
     *     nothing at the offset); to be closed
     * @throws IOException if another attempt may help
     * @throws PeftException if the hub refuses
     */
    Answer read(String commit, String name, long offset) throws IOException {
        Answer answer =
                door.send(
                        "GET",
                        address(commit, name),
                        // The hash is checked at the end, so no If-Range: a storage host has
                        // another ETag than the hub and would send everything again.
                        offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-"),
                        redirect -> false);
        try {
            if (answer.status() != RANGE_NOT_SATISFIABLE) {
                refusal.check(answer, what(name));
            }
            return answer;
        } catch (IOException | RuntimeException e) {
            answer.close();
            throw e;
        }
    }

    /** Returns how a file is called in errors. */
    String what(String name) {
        return name + " of " + repository + " at " + options.endpoint();
    }

    private URI address(String commit, String name) {
        String path =
                Arrays.stream(name.split("/", -1))
                        .map(HubApi::encode)
                        .collect(Collectors.joining("/"));
        return URI.create(endpoint + "/" + repository + "/resolve/" + commit + "/" + path);
    }

    private PeftException noHash(String what, String etag) {
        return new PeftException(
                what
                        + " comes without the hash by which it could be checked (ETag "
                        + Names.quote(etag)
                        + "), so this is no hub. Check HF_ENDPOINT and the proxy.");
    }

    private static OptionalLong number(Optional<String> header) {
        return header.filter(text -> text.matches("\\d{1,15}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
