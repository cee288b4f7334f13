package io.quatrain.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What this machine is. */
final class Machine {
    private Machine() {
    }

    /** The model's name of the first processor. */
    static String processor() {
        return processorLine("model name");
    }

    /** Of the processor: AVX-512, AVX2, … */
    static List<String> features() {
        return Arrays.asList(processorLine("flags").split(" "));
    }

    /** ND4J's library for this processor; the wrong one dies of an illegal instruction. */
    static String nd4jExtension() {
        return features().contains("avx512f") ? "-avx512" : features().contains("avx2") ? "-avx2" : "";
    }

    private static String processorLine(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith(key)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).trim()).orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
