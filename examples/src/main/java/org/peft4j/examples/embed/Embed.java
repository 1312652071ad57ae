package org.peft4j.examples.embed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.FileBody;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorSource;
import org.peft4j.examples.Program;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;
import org.peft4j.transformers.embedding.EmbeddingConfig;
import org.peft4j.transformers.embedding.SentenceEmbedder;
import org.peft4j.transformers.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Embeds every line of a text file, with an adapter if one is given, and writes the vectors as
 * safetensors or CSV.
 */
@Command(
        name = "embed",
        mixinStandardHelpOptions = true,
        description = "Sentence embeddings of the lines of a file.")
public final class Embed implements Callable<Integer> {

    @Option(
            names = "--model",
            required = true,
            description = "a checkpoint directory, as of sentence-transformers")
    private Path directory = Path.of("");

    @Option(names = "--adapter", description = "an adapter directory to embed with")
    private @Nullable Path adapter;

    @Option(names = "--text", required = true, description = "a text a line")
    private Path text = Path.of("");

    @Option(
            names = "--column",
            description = "the column of tab-separated lines that holds the text, from 0")
    private @Nullable Integer column;

    @Option(names = "--limit", description = "embed this many lines only")
    private @Nullable Integer limit;

    @Option(
            names = "--out",
            required = true,
            description =
                    "a .safetensors file with \"embeddings\" [lines, width], or a .csv file with a"
                            + " vector a line")
    private Path out = Path.of("");

    private Embed() {}

    /** Runs the command; see {@code --help}. */
    public static void main(String[] args) {
        Program.run(new Embed(), args);
    }

    @Override
    public Integer call() throws IOException {
        List<String> texts = texts();
        EmbeddingConfig config = EmbeddingConfig.read(directory);
        LoadOptions options = LoadOptions.defaults().withTask(TaskType.FEATURE_EXTRACTION);
        try (BaseModel base = Checkpoints.open(config.transformer(), options);
                Tokenizer tokenizer = Tokenizer.open(config.transformer());
                PeftModel model = PeftModel.of(base)) {
            AdapterSelection selection = AdapterSelection.none();
            if (adapter != null) {
                model.load("default", adapter);
                selection = AdapterSelection.of("default");
            }
            SentenceEmbedder embedder = SentenceEmbedder.of(model, tokenizer, config);
            long started = System.nanoTime();
            float[][] vectors = embedder.embed(selection, texts);
            double seconds = (System.nanoTime() - started) / 1e9;
            write(vectors, embedder.width());
            System.out.printf(
                    Locale.ROOT,
                    "%d texts embedded in %.2f s, %d numbers each, written to %s%n",
                    vectors.length,
                    seconds,
                    embedder.width(),
                    out);
        }
        return 0;
    }

    private List<String> texts() throws IOException {
        List<String> lines = Files.readAllLines(text).stream().filter(l -> !l.isBlank()).toList();
        List<String> wanted =
                limit == null ? lines : lines.subList(0, Math.min(limit, lines.size()));
        Integer chosen = column;
        return chosen == null ? wanted : wanted.stream().map(line -> cell(line, chosen)).toList();
    }

    private String cell(String line, int number) {
        String[] cells = line.split("\t", -1);
        if (number < 0 || number >= cells.length) {
            throw new BadFileException(
                    text,
                    "has a line of " + cells.length + " columns, but --column is " + number,
                    "Complete the line, or name another column");
        }
        return cells[number];
    }

    private void write(float[][] vectors, int width) {
        if (out.toString().endsWith(".csv")) {
            StringBuilder csv = new StringBuilder();
            for (float[] vector : vectors) {
                for (int i = 0; i < vector.length; i++) {
                    csv.append(i == 0 ? "" : ",").append(vector[i]);
                }
                csv.append('\n');
            }
            AtomicFiles.writeFile(out, FileBody.of(csv.toString()));
            return;
        }
        long[] shape = {vectors.length, width};
        SafetensorsWriter.write(
                out,
                List.of(
                        TensorSource.of(
                                "embeddings", StoredType.F32, shape, () -> bytes(vectors, width))));
    }

    private static ByteBuffer bytes(float[][] vectors, int width) {
        int size = Math.multiplyExact(Float.BYTES, Math.multiplyExact(vectors.length, width));
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] vector : vectors) {
            bytes.asFloatBuffer().put(vector);
            bytes.position(bytes.position() + Float.BYTES * vector.length);
        }
        return bytes.flip();
    }
}
