package org.peft4j.transformers.text.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.text.Tokenizer;

/** Each of these ended the process, or could have, when the library read it or worked with it. */
class TokenizerCheckTest {

    private static final Path FILE = Path.of("tokenizer.json");

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"decoder\":{",
                "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{},\"unk_token\":\"\"},"
                        + "\"decoder\":{\"type\":\"Fuse\",\"x\":\"\\ud83d\"}}",
                "{\"decoder\":{\"type\":\"Fuse\",\"x\":1e309}}"
            })
    void damagedText(String json) throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), json);

        BadFileException refused =
                assertThrows(BadFileException.class, () -> Tokenizer.open(directory));

        assertTrue(String.valueOf(refused.getMessage()).length() < 1_000, refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "decoder.stop must be | 'decoder':{'type':'Strip','content':'a','start':0,'stop':1}",
                "decoder.content must be | 'decoder':{'type':'Strip','content':'','start':0,'stop':0}",
                "is not known here | 'decoder':{'type':'Fold'}",
                "times longer | 'decoder':{'type':'Sequence','decoders':[{'type':'Replace',"
                        + "'pattern':{'String':'a'},'content':'aaaaaaaaaaaaaaaaaaaa'},{'type':'Replace',"
                        + "'pattern':{'String':'a'},'content':'aaaaaaaaaaaaaaaaaaaa'}]}",
                "length must be | 'pre_tokenizer':{'type':'FixedLength','length':0}",
                "behavior must be one of | 'pre_tokenizer':{'type':'Punctuation','behavior':'X'}",
                "could take for ever | 'pre_tokenizer':{'type':'Split','pattern':{'Regex':'(a+)+$'},"
                        + "'behavior':'Isolated','invert':false}",
                "at its beginning | 'normalizer':{'type':'Precompiled','precompiled_charsmap':''}",
                "base64 | 'normalizer':{'type':'Precompiled','precompiled_charsmap':'AAA'}",
                "its own bounds | 'normalizer':{'type':'Precompiled',"
                        + "'precompiled_charsmap':'BAAAAAAAAAA='}",
                "special_tokens does not have | 'post_processor':{'type':'TemplateProcessing',"
                        + "'single':[{'SpecialToken':{'id':'[CLS]','type_id':0}}],"
                        + "'pair':[],'special_tokens':{}}",
                "one text has not | 'post_processor':{'type':'TemplateProcessing','single':"
                        + "[{'Sequence':{'id':'B','type_id':0}}],'pair':[],'special_tokens':{}}",
                "as many ids | 'post_processor':{'type':'TemplateProcessing','single':[],'pair':[],"
                        + "'special_tokens':{'x':{'id':'x','ids':[1,2],'tokens':['x']}}}",
                "more than one template | 'post_processor':{'type':'Sequence','processors':[TWO,TWO]}",
                "a field that a Sequence has not | 'post_processor':{'type':'Sequence',"
                        + "'processors':[],'single':[],'pair':[],'special_tokens':{}}",
                "stride must be less | 'truncation':{'max_length':8,'stride':8,"
                        + "'strategy':'LongestFirst','direction':'Right'}",
                "pad_id must be | 'padding':{'strategy':'BatchLongest','direction':'Left',"
                        + "'pad_to_multiple_of':null,'pad_id':-1,'pad_type_id':0,'pad_token':''}",
                "at most 512 are allowed | 'model':{'type':'Unigram','unk_id':0,'vocab':[['LONG',0.0]]}",
                "unk_id must be | 'model':{'type':'Unigram','unk_id':1,'vocab':[['a',0.0]]}",
                "the vocabulary has not | 'model':{'type':'BPE','vocab':{'a':0},'merges':['a b']}",
                "shorter than the subword prefix | 'model':{'type':'BPE','vocab':{'a':0,'b':1},"
                        + "'continuing_subword_prefix':'##','merges':[['a','b']]}",
                "dropout must be | 'model':{'type':'BPE','vocab':{},'merges':[],'dropout':1.5}",
                "its ids must be | 'model':{'type':'WordLevel','unk_token':'a','vocab':{'a':4294967296}}",
                "max_input_chars_per_word must be | 'model':{'type':'WordPiece','unk_token':'a',"
                        + "'continuing_subword_prefix':'','max_input_chars_per_word':1e9,'vocab':{}}",
                "of spaces alone | 'added_tokens':[TOKEN<a>',0,false,true],TOKEN ',1,true,false]]"
            })
    void refused(String why, String part) {
        JsonObject tokenizer = JsonFiles.parse(FILE, json(part));

        BadFileException refused =
                assertThrows(BadFileException.class, () -> TokenizerCheck.check(FILE, tokenizer));

        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
    }

    /** A small tokenizer with one part replaced. */
    private static String json(String part) {
        String template =
                "{'type':'TemplateProcessing','single':[{'Sequence':{'id':'A','type_id':0}}],"
                        + "'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B',"
                        + "'type_id':0}}],'special_tokens':{}}";
        String whole =
                part.contains("'model'")
                        ? part
                        : "'model':{'type':'WordLevel','vocab':{'a':0},'unk_token':'a'}," + part;
        return ("{'version':'1.0'," + whole + "}")
                .replace("TWO", template)
                .replace("LONG", "x".repeat(513))
                .replaceAll(
                        "TOKEN(.*?)',(\\d),(\\w+),(\\w+)\\]",
                        "{'id':$2,'content':'$1','single_word':false,'lstrip':$3,'rstrip':$4,"
                                + "'normalized':false,'special':false}")
                .replace('\'', '"');
    }

    static Stream<Path> fixtures() {
        return Stream.of(
                Fixtures.tokenizer(),
                Fixtures.chatTokenizer(),
                Fixtures.tokenizer("bert"),
                Fixtures.tokenizer("roberta"),
                Fixtures.tokenizer("t5"));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void tokenizersInUsePass(Path tokenizer) {
        Path file = tokenizer.resolve("tokenizer.json");

        TokenizerCheck.check(file, JsonFiles.read(file));
    }

    /** Files of 2020 name no kind of model, and have no more fields than these. */
    @Test
    void oldFilesPass() throws IOException {
        Files.writeString(
                directory.resolve("tokenizer.json"),
                json("'model':{'vocab':{'a':0,'b':1,'ab':2},'merges':['#version: 0.2','a b']}"));

        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertArrayEquals(new long[] {2, 0}, tokenizer.encode("aba"));
        }
    }

    /** As many values as a vocabulary of 262,144 tokens with its merges has. */
    @Test
    void largeVocabulariesPass() {
        StringBuilder json = new StringBuilder("{'model':{'type':'BPE','vocab':{'a':0,'aa':1");
        for (int i = 2; i < 262_144; i++) {
            json.append(",'t").append(i).append("':").append(i);
        }
        json.append("},'merges':[['a','a']").append(",['a','a']".repeat(515_000)).append("]}}");
        String text = json.toString().replace('\'', '"');

        TokenizerCheck.check(FILE, JsonFiles.parse(FILE, text, TokenizerCheck.MOST_VALUES));

        assertThrows(BadFileException.class, () -> JsonFiles.parse(FILE, text));
    }

    /** What the tokenizers of well-known models search for. */
    static List<String> patternsInUse() {
        return List.of(
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}"
                        + "\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+"
                        + "[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?"
                        + "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "[一-龥぀-ゟ゠-ヿ]+",
                "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}&&[^\\p{Han}]]+",
                "[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}",
                "\\d{1,3}(?=(?:\\d{3})*\\b)",
                "(?=(\\d{3})+(?!\\d))",
                " ?[^(\\s|[.,!?…。，、।۔،])]+",
                " {2,}",
                "(?<!\\n)^",
                "\\s+",
                "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+");
    }

    @ParameterizedTest
    @MethodSource("patternsInUse")
    void patternsInUsePass(String regex) throws BadRegexException {
        RegexParser.parse(regex).accepted();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+b",
                "(a|a)*b",
                "(?:a?){50}b",
                "a*a*a*b",
                "(?:a{0,99}){0,99}b",
                "((a{1000}){1000}){1000}",
                "(?<x>a)\\k<x>",
                "\\g<0>",
                "(?~a)",
                "(?(1)a|b)",
                "(?<=a*)b",
                "(",
                "a)",
                "[a",
                "\\"
            })
    void patternsThatCouldTakeForEver(String regex) {
        assertThrows(BadRegexException.class, () -> RegexParser.parse(regex).accepted());
    }
}
