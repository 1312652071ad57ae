package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.FileBody;
import org.peft4j.examples.Program;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How the accuracy depends on the number of virtual tokens, as in figure 3 of Lester et al. 2021
 * and figure 4 of Li and Liang 2021. It can be stopped and started again.
 */
@Command(
        name = "length-sweep",
        mixinStandardHelpOptions = true,
        description = "Trains prompts and prefixes of several lengths on SST-2 and draws the plot.")
final class LengthSweep implements Callable<Integer> {

    @Mixin private Sst2Runs runs = new Sst2Runs();

    @Option(
            names = "--methods",
            split = ",",
            defaultValue = "prompt-tuning,prefix-tuning",
            description = "methods with virtual tokens (${DEFAULT-VALUE})")
    private List<String> methods = List.of();

    @Option(
            names = "--lengths",
            split = ",",
            defaultValue = "1,5,20,50,100,150",
            description = "numbers of virtual tokens (${DEFAULT-VALUE})")
    private List<Integer> lengths = List.of();

    @Option(
            names = "--results",
            defaultValue = "benchmarks/results/sst2-lengths.jsonl",
            description = "a line for each finished run (${DEFAULT-VALUE})")
    private Path results = Path.of("");

    @Option(
            names = "--plot",
            defaultValue = "benchmarks/results/sst2-lengths.png",
            description = "where the plot goes (${DEFAULT-VALUE})")
    private Path plot = Path.of("");

    private LengthSweep() {}

    /** Runs the command; see {@code --help}. */
    public static void main(String[] args) {
        Program.run(new LengthSweep(), args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RunLog log = RunLog.open(results);
        int failures =
                runs.runAll(log, methods, lengths.stream().map(LengthSweep::option).toList());
        draw(log);
        System.out.println(plot + (failures == 0 ? "" : "; failed runs: " + failures));
        return failures == 0 ? 0 : 1;
    }

    private static Map<String, Object> option(int length) {
        return Map.of("virtual-tokens", length);
    }

    private void draw(RunLog log) throws IOException {
        XYChart chart =
                new XYChartBuilder()
                        .width(900)
                        .height(520)
                        .title("SST-2: accuracy by the number of virtual tokens")
                        .xAxisTitle("virtual tokens")
                        .yAxisTitle("accuracy, %")
                        .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideSE);
        for (String method : methods) {
            List<Integer> x = new ArrayList<>();
            List<Double> means = new ArrayList<>();
            List<Double> deviations = new ArrayList<>();
            for (int length : lengths) {
                List<JsonObject> found = runs.finished(log, method, option(length));
                if (!found.isEmpty()) {
                    Statistics accuracy = Statistics.of(found, "dev_accuracy");
                    x.add(length);
                    means.add(100 * accuracy.mean());
                    deviations.add(100 * accuracy.deviation());
                }
            }
            if (!x.isEmpty()) {
                chart.addSeries(method, x, means, deviations);
            }
        }
        AtomicFiles.writeFile(plot, FileBody.of(ChartEncoder.getBytes(chart, "png")));
    }
}
