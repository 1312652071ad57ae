package org.peft4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.peft4j.core.BadFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Saves and trains on a disk that becomes full. */
@Command(
        name = "full-disk",
        mixinStandardHelpOptions = true,
        description =
                "Saves on a small disk (tmpfs, which needs an administrator) until it is full.")
final class FullDiskRuns implements Callable<Integer> {

    private static final int BLOCK = 4096;

    @Option(
            names = "--kilobytes",
            defaultValue = "256",
            description = "the size of the disk (${DEFAULT-VALUE})")
    private int kilobytes;

    private FullDiskRuns() {}

    @Override
    public Integer call() throws Exception {
        try (TemporaryDirectory directory = new TemporaryDirectory("full-disk")) {
            Path disk = Files.createDirectory(directory.path().resolve("disk"));
            String size = "size=" + kilobytes + "k";
            if (command("mount", "-t", "tmpfs", "-o", size, "tmpfs", disk.toString()) != 0) {
                System.out.println("skipped: this user may not mount a small disk");
                return 0;
            }
            try {
                SmallModel.write(directory.path().resolve("base"));
                return fill(directory.path().resolve("base"), disk) ? 0 : 1;
            } finally {
                command("umount", disk.toString());
            }
        }
    }

    private static int command(String... words) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(words).start().waitFor();
        } catch (IOException e) {
            return 1; // there is no such command here
        }
    }

    private static boolean fill(Path base, Path disk) throws IOException {
        Path saved = disk.resolve("saved");
        Path checkpoints = disk.resolve("checkpoints");
        int refusals = 0;
        int bad = 0;
        try (SmallModel opened = SmallModel.open(base)) {
            opened.model().save("task", saved);
            String first = SmallModel.fingerprint(opened.model().adapter("task"));
            long step = opened.trainer(checkpoints, 1, () -> {}).train().steps();
            for (int free = 0; free <= 48 * 1024; free += BLOCK) {
                Path ballast = occupyAllBut(disk, free);
                try {
                    opened.model().save("task", saved);
                    first = SmallModel.fingerprint(opened.model().adapter("task"));
                } catch (BadFileException e) {
                    refusals++;
                    bad += String.valueOf(e.getMessage()).contains("no space left") ? 0 : 1;
                }
                bad += isSaved(opened, saved, first) ? 0 : 1;
                try {
                    step = opened.trainer(checkpoints, (int) step + 1, () -> {}).resume().steps();
                } catch (BadFileException e) {
                    refusals++;
                    bad += String.valueOf(e.getMessage()).contains("no space left") ? 0 : 1;
                }
                Files.delete(ballast);
                bad += leftOvers(saved) + leftOvers(checkpoints);
            }
            System.out.printf(
                    "%d refusals for want of space, %d steps, %d bad%n", refusals, step, bad);
        }
        return bad == 0 && refusals > 0;
    }

    private static boolean isSaved(SmallModel opened, Path saved, String wanted) {
        try {
            return SmallModel.fingerprint(opened.model().load("again", saved)).equals(wanted);
        } finally {
            opened.model().delete("again");
        }
    }

    private static Path occupyAllBut(Path disk, int free) throws IOException {
        Path ballast = disk.resolve("ballast");
        byte[] block = new byte[BLOCK];
        Files.write(ballast, block);
        while (Files.getFileStore(disk).getUsableSpace() >= free + BLOCK) {
            Files.write(ballast, block, StandardOpenOption.APPEND);
        }
        return ballast;
    }

    private static int leftOvers(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names = files.map(file -> file.getFileName().toString()).toList();
            return (int)
                    names.stream()
                            .filter(name -> name.endsWith(".tmp") || name.endsWith(".partial"))
                            .count();
        }
    }
}
