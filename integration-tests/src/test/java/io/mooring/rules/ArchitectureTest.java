package io.mooring.rules;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Dependencies point inwards, and the protocol core depends on nothing that varies from run to run.
 */
class ArchitectureTest {

  private static JavaClasses classes;

  @BeforeAll
  static void importMainClassesOfTheReactor() {
    List<Path> folders = new ArrayList<>();
    for (Path pom : SourceTree.files("pom.xml")) {
      Path output = pom.resolveSibling("target").resolve("classes");
      if (Files.isDirectory(output)) {
        folders.add(output);
      }
    }
    classes = new ClassFileImporter().importPaths(folders);
  }

  @Test
  void theProtocolCoreKnowsOnlyTheLanguage() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.storage.replication..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "io.mooring.storage.replication..",
            "java.lang..",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "org.jspecify..")
        .because("time, chance, threads and I/O are inputs and effects of the core")
        .check(classes);
  }

  @Test
  void theProtocolCoreStartsNoThreadAndReadsNoClock() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.storage.replication..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.Thread")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .check(classes);
  }

  @Test
  void theDataPlaneDoesNotKnowTheServices() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.schemas..",
            "io.mooring.csi..",
            "io.mooring.volumeagent..",
            "io.quarkus..",
            "jakarta..",
            "org.apache.kafka..")
        .check(classes);
  }

  @Test
  void theAutopilotDecidesWithoutClockChanceOrKafka() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.mooring.autopilot.decision",
            "io.mooring.autopilot.expression",
            "io.mooring.autopilot.whatif")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "io.mooring.autopilot.decision",
            "io.mooring.autopilot.expression",
            "io.mooring.autopilot.rule",
            "io.mooring.autopilot.whatif",
            "java.lang..",
            "java.math",
            "java.nio.charset",
            "java.time",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "org.jspecify..")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .because("the same measurements must lead to the same decisions whenever they are read")
        .check(classes);
  }

  @Test
  void theMigratorDecidesWithoutClockChanceOrKafka() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.migrator.decision")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "io.mooring.migrator.decision",
            "io.mooring.schedules",
            "io.mooring.schemas",
            "java.lang..",
            "java.time",
            "java.time.format",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "org.jspecify..")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .because("a report that comes twice must lead to what it led to before")
        .check(classes);
  }

  @Test
  void theMigratorChangesObjectsWithoutAskingAnybody() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.migrator.objects")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.migrator.work..",
            "io.mooring.migrator.control..",
            "io.mooring.migrator.rest..",
            "io.quarkus..",
            "java.net..",
            "java.nio.file..",
            "java.time..",
            "java.util.concurrent..",
            "org.apache.kafka..")
        .because("what is found unfit when a restore is planned must be what would be put")
        .check(classes);
  }

  @Test
  void theMigratorReadsVolumesOnlyThroughDoors() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.migrator..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mooring.storage.engine..",
            "io.mooring.storage.blockstore..",
            "io.mooring.storage.replication..",
            "io.mooring.storage.linux..")
        .check(classes);
  }

  @Test
  void servicesDoNotKnowEachOther() {
    String[] services = {
      "io.mooring.volumeagent..",
      "io.mooring.volumemanager..",
      "io.mooring.failoverdetector..",
      "io.mooring.autopilot..",
      "io.mooring.migrator.."
    };
    for (String service : services) {
      for (String other : services) {
        if (!service.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage(service)
              .should()
              .dependOnClassesThat()
              .resideInAPackage(other)
              .check(classes);
        }
      }
    }
  }

  @Test
  void theCommandLineKnowsTheServicesOnlyByTheirAnswers() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.cli..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.mooring..").and(not(resideInAPackage("io.mooring.cli.."))))
        .check(classes);
  }

  @Test
  void onlyTheAgentTouchesTheDataPlane() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.mooring.volumemanager..",
            "io.mooring.failoverdetector..",
            "io.mooring.autopilot..",
            "io.mooring.localcluster..",
            "io.mooring.schemas..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.mooring.storage..")
        .check(classes);
  }

  @Test
  void backupsKnowNoParticularStore() {
    noClasses()
        .that()
        .resideInAPackage("io.mooring.storage.backup..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.mooring.storage.s3..", "software.amazon..")
        .check(classes);
  }
}
