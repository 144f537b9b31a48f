package io.mooring.schemas;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AsyncApiDocumentTest {

  @Test
  void committedDocumentMatchesTheCatalogue() throws Exception {
    CommittedFiles.check(Path.of("../docs/asyncapi.yaml"), new AsyncApiDocument().render());
  }
}
