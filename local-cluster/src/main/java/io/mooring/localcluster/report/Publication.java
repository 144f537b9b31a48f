package io.mooring.localcluster.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where what a story has shown goes: to the terminal, a page and, if wanted, a file.
 *
 * @param page HTML report
 * @param json the result for programs
 */
public record Publication(Path page, @Nullable Path json) {

  private static final int BROKEN = 1;

  /**
   * Publishes it.
   *
   * @param held whether every check held
   * @param result written as JSON
   * @return exit status: 0 only if every check held
   */
  public int publish(boolean held, String text, HtmlReport report, Object result)
      throws IOException {
    System.out.println(text);
    report.write(page);
    System.out.println("report: " + page);
    if (json != null) {
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(json.toFile(), result);
      System.out.println("json:   " + json);
    }
    System.out.println(held ? "every check held" : "A CHECK IS BROKEN");
    return held ? 0 : BROKEN;
  }
}
