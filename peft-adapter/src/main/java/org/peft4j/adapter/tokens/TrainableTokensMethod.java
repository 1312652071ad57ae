package org.peft4j.adapter.tokens;

import java.util.List;
import java.util.Set;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TokenRows;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.targets.TargetModule.Kind;
import org.peft4j.core.targets.TargetReport;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.core.targets.Targets;

/** Trains the embeddings of chosen tokens. */
public final class TrainableTokensMethod implements PeftMethod {

    @Override
    public String peftType() {
        return TrainableTokensConfig.PEFT_TYPE;
    }

    @Override
    public TrainableTokensConfig readConfig(JsonFields json) {
        return TrainableTokensConfig.read(json);
    }

    /**
     * Names the input embedding, as peft does: by its path, which stands in the file as a string.
     */
    @Override
    public TrainableTokensConfig resolve(PeftConfig config, BaseModel base) {
        TrainableTokensConfig tokens = require(config);
        if (tokens.targetModules() instanceof TargetSpec.Default) {
            String path = TokenRows.inputEmbedding(base.points(), base.info()).path();
            return tokens.withTargetModules(TargetSpec.Regex.of(path));
        }
        if (tokens.targetModules() instanceof TargetSpec.AllLinear) {
            throw new PeftException(
                    "trainable tokens act on embeddings, but target_modules is all-linear. Name"
                            + " embeddings, or leave it out for the input embedding.");
        }
        return tokens;
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        TrainableTokensConfig tokens = require(config);
        TargetReport report =
                builder.select(
                        Targets.of(tokens.targetModules()),
                        kinds(tokens, builder),
                        tokens.modulesToSave());
        List<String> selected = report.selected();
        for (EmbeddingPoint point : builder.points().of(EmbeddingPoint.class)) {
            if (selected.contains(point.path())) {
                TokenRows rows =
                        new TokenRows(tokens.tokenIndices(), "", tokens.initWeights(), true);
                builder.train(point, rows, builder.tiedTo(point));
            }
        }
        for (LinearPoint point : builder.points().of(LinearPoint.class)) {
            if (selected.contains(point.path()) && !builder.isTaken(point)) {
                builder.train(
                        point,
                        new TokenRows(tokens.tokenIndices(), "", tokens.initWeights(), true));
            }
        }
    }

    /** Linears hold tokens only where they lead to the vocabulary. */
    private static Set<Kind> kinds(TrainableTokensConfig tokens, AdapterBuilder builder) {
        boolean all =
                tokens.targetModules() instanceof TargetSpec.ModulePattern pattern
                        && builder.points().of(LinearPoint.class).stream()
                                .filter(point -> pattern.matches(point.path()))
                                .allMatch(p -> p.role() == LinearRole.OUTPUT_EMBEDDING);
        return all ? Set.of(Kind.EMBEDDING, Kind.LINEAR) : Set.of(Kind.EMBEDDING);
    }

    private static TrainableTokensConfig require(PeftConfig config) {
        if (config instanceof TrainableTokensConfig tokens) {
            return tokens;
        }
        throw new PeftException(
                "a TRAINABLE_TOKENS adapter needs a TrainableTokensConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }
}
