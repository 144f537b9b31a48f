package io.mooring.localcluster.migration;

import io.mooring.localcluster.demo.Topics;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.load.Ledger;
import io.mooring.localcluster.load.LoadGenerator;
import io.mooring.localcluster.load.LoadSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Writes to Kafka on the other cluster, in whose network it runs as a process of its own. Ends with
 * status 0 if everything that it sent was acknowledged.
 */
@Command(name = "writer", hidden = true, description = "Part of the demonstration of a failover.")
public final class WriterCommand implements Callable<Integer> {

  @Option(names = "--brokers", required = true)
  private int brokers;

  @Option(names = "--topic", required = true)
  private String topic = "";

  @Option(names = "--partitions", required = true)
  private int partitions;

  @Option(names = "--rate", required = true, description = "Records per second.")
  private int rate;

  @Option(names = "--seed", required = true)
  private long seed;

  @Option(names = "--seconds", required = true)
  private long seconds;

  @Option(names = "--ledger", required = true, description = "Folder of the ledger; it may exist.")
  private Path ledger = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    String servers = ManagedKafka.bootstrapServers(brokers);
    try (Topics topics = new Topics(servers);
        Ledger acknowledged = Ledger.of(ledger)) {
      topics.create(topic, partitions);
      try (LoadGenerator load =
          LoadGenerator.start(
              new LoadSettings(servers, topic, partitions, rate, seed), acknowledged)) {
        Thread.sleep(Duration.ofSeconds(seconds));
        load.stop();
        return load.failed() == 0 ? 0 : 1;
      }
    }
  }
}
