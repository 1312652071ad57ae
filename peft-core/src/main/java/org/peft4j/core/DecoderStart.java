package org.peft4j.core;

import java.util.List;

/**
 * What the decoder of an encoder-decoder reads before its first own token, and behind its last.
 *
 * @param startId the token that it begins with, {@code decoder_start_token_id}
 * @param padId the token that fills, {@code pad_token_id}
 */
public record DecoderStart(long startId, long padId) {

    /**
     * The decoder's side of training an encoder-decoder: it reads each target one position late,
     * after the token that starts it, and is to predict the target itself.
     *
     * @param source what the encoder reads
     * @param targets the ids to predict, row by row, with their end token; {@link
     *     TokenBatch#IGNORED} within them is read as padding
     */
    public TokenBatch sourceToTarget(TokenBatch source, List<long[]> targets) {
        List<long[]> read = targets.stream().map(this::shifted).toList();
        return TokenBatch.padded(read, targets, padId, false).withSource(source);
    }

    /**
     * Returns a row one position late, after the start token.
     *
     * @param row ids or labels; {@link TokenBatch#IGNORED} within them is read as padding
     * @return as many ids; the last of the row is read by nobody
     */
    public long[] shifted(long... row) {
        long[] shifted = new long[row.length];
        for (int i = 0; i < row.length; i++) {
            long before = i == 0 ? startId : row[i - 1];
            shifted[i] = before == TokenBatch.IGNORED ? padId : before;
        }
        return shifted;
    }
}
