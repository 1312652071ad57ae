package org.peft4j.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.FileBody;

/** Draws the loss of a training, step by step, with its running mean. */
public final class LossChart {

    private static final int WINDOW = 20;

    private LossChart() {}

    /**
     * Draws a PNG.
     *
     * @param losses the loss of each step
     * @param title what was trained
     * @param file where to write; replaced as a whole
     */
    public static void write(List<Double> losses, String title, Path file) {
        List<Integer> steps = new ArrayList<>();
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < losses.size(); i++) {
            steps.add(i + 1);
            List<Double> window = losses.subList(Math.max(0, i + 1 - WINDOW), i + 1);
            means.add(window.stream().mapToDouble(Double::doubleValue).average().orElse(0));
        }
        XYChart chart =
                new XYChartBuilder()
                        .width(900)
                        .height(520)
                        .title(title)
                        .xAxisTitle("step")
                        .yAxisTitle("loss")
                        .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
        chart.addSeries("loss of a step", steps, losses)
                .setMarker(SeriesMarkers.NONE)
                .setLineWidth(1);
        chart.addSeries("mean of " + WINDOW, steps, means)
                .setMarker(SeriesMarkers.NONE)
                .setLineWidth(3);
        try {
            AtomicFiles.writeFile(file, FileBody.of(ChartEncoder.getBytes(chart, "png")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
