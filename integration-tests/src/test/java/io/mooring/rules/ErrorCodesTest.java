package io.mooring.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A code in a message leads to a row in {@code docs/errors}, and no row outlives its code. */
class ErrorCodesTest {

  private static final Pattern CODE =
      Pattern.compile("\\b(VOL|CFG|REP|NBD|EVT|CSI|DET|LCL|AGT|LNX|AUT|CLI|MIG|SNP)-(\\d{3})\\b");

  @Test
  void everyCodeIsDocumentedAndEveryDocumentedCodeIsUsed() {
    var used = new TreeSet<String>();
    for (Path file : SourceTree.javaFiles()) {
      if (file.toString().contains("/src/main/java/")) {
        collect(SourceTree.read(file), used);
      }
    }
    var documented = new TreeSet<String>();
    for (Path page : SourceTree.files(".md")) {
      if (page.toString().contains("/docs/errors/")) {
        SourceTree.read(page)
            .lines()
            .filter(line -> line.startsWith("|"))
            .forEach(row -> collect(row.split("\\|", 3)[1], documented));
      }
    }
    assertThat(documented).isEqualTo(used);
  }

  private static void collect(String text, TreeSet<String> into) {
    Matcher matcher = CODE.matcher(text);
    while (matcher.find()) {
      into.add(matcher.group());
    }
  }
}
