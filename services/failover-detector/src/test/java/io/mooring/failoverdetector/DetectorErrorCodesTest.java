package io.mooring.failoverdetector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DetectorErrorCodesTest {

  @Test
  void everyCodeIsDocumentedAndEveryDocumentedCodeIsUsed() throws IOException {
    var used = new TreeSet<String>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        codes(Files.readString(source), "\"(DET-\\d{3})").forEach(used::add);
      }
    }

    assertThat(
            codes(Files.readString(Path.of("../../docs/errors/det.md")), "(?m)^\\| (DET-\\d{3}) "))
        .containsExactlyElementsOf(used);
  }

  private static Stream<String> codes(String text, String regex) {
    return Pattern.compile(regex).matcher(text).results().map(match -> match.group(1));
  }
}
