/**
 * The training loop.
 *
 * <pre>{@code
 * model.add("summary", loraConfig);
 * TrainingConfig config = TrainingConfig.builder().epochs(3).learningRate(1e-3).build();
 * Trainer trainer =
 *         Trainer.builder()
 *                 .setModel(model)
 *                 .setSelection(AdapterSelection.of("summary"))
 *                 .setExamples(encoder.encodePairs(JsonLines.readPairs(file)))
 *                 .setConfig(config)
 *                 .build();
 * TrainingReport report = trainer.train();
 * }</pre>
 *
 * <p>{@link org.peft4j.train.Trainer} trains the adapters that a selection names, on whatever base
 * and by whatever method: it knows neither. What decides the numbers is in {@link
 * org.peft4j.train.TrainingConfig} and in the data; the same of both gives the same adapter,
 * whether the training ran in one go or was resumed from a checkpoint.
 */
@NullMarked
package org.peft4j.train;

import org.jspecify.annotations.NullMarked;
