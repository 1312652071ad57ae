package org.peft4j.examples;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A block of Java in a document. What it uses and does not make, a comment before it declares, as
 * members of a class: {@code <!-- given: PeftModel model; Path out; -->}. Imports are left out.
 *
 * @param given the members
 * @param code the block
 */
record ReadmeBlock(String given, String code) {

    private static final Pattern BLOCK =
            Pattern.compile(
                    "(?:<!-- given: ([^\\n]*) -->\\n)?```java\\n(.*?)\\n```", Pattern.DOTALL);

    private static final String IMPORTS =
            Stream.of(
                            "ai.djl.inference",
                            "ai.djl.modality",
                            "ai.djl.translate",
                            "java.nio.file",
                            "java.util",
                            "org.peft4j.adapter.bottleneck",
                            "org.peft4j.adapter.ia3",
                            "org.peft4j.adapter.selective",
                            "org.peft4j.core",
                            "org.peft4j.lora",
                            "org.peft4j.prompt",
                            "org.peft4j.prompt.prefix",
                            "org.peft4j.train",
                            "org.peft4j.train.data",
                            "org.peft4j.train.metrics",
                            "org.peft4j.transformers",
                            "org.peft4j.transformers.djl",
                            "org.peft4j.transformers.embedding",
                            "org.peft4j.transformers.generation",
                            "org.peft4j.transformers.text")
                    .map(name -> "import " + name + ".*;\n")
                    .collect(Collectors.joining());

    /** Finds the blocks of a document. */
    static List<ReadmeBlock> of(String document) {
        return BLOCK.matcher(document).results().map(ReadmeBlock::of).toList();
    }

    private static ReadmeBlock of(MatchResult found) {
        return new ReadmeBlock(found.group(1) == null ? "" : found.group(1), found.group(2));
    }

    /**
     * Compiles it against this process's class path; returns what is wrong.
     *
     * @param classes where class files go
     */
    List<String> errors(Path classes) {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        List<String> options =
                List.of(
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"));
        ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, diagnostics, options, null, List.of(source()))
                .call();
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
                .toList();
    }

    private JavaFileObject source() {
        String text =
                IMPORTS
                        + "class Block {\n"
                        + given
                        + "\nvoid block() throws Exception {\n"
                        + code
                        + "\n}\n}\n";
        return new SimpleJavaFileObject(
                URI.create("string:///Block.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
