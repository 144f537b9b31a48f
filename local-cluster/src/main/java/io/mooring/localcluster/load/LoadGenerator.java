package io.mooring.localcluster.load;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces log lines at a steady rate with {@code acks=all} and idempotence, retries for as long as
 * it takes, and enters every acknowledgement into the ledger. Records go to the partitions in turn,
 * so that each partition sees rising sequence numbers.
 */
public final class LoadGenerator implements AutoCloseable {

  private static final long TURN_NANOS = 5_000_000;

  private static final Duration POLL = Duration.ofMillis(100);

  /** What waits here arrives all at once after a pause: little of it, when disks are small. */
  private static final long BUFFERED_BYTES_MAX = 12L << 20;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final LoadSettings settings;
  private final Ledger ledger;
  private final Producer<byte[], byte[]> producer;
  private final AckTimes times;
  private final AtomicLong failed = new AtomicLong();
  private final long startNanos = System.nanoTime();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile long sent;
  private volatile double recordsPerSecond;

  private LoadGenerator(LoadSettings settings, Ledger ledger) {
    this.settings = settings;
    this.ledger = ledger;
    this.recordsPerSecond = settings.recordsPerSecond();
    this.times = new AckTimes(settings.partitions(), startNanos);
    this.producer =
        new KafkaProducer<>(
            Map.ofEntries(
                Map.entry("bootstrap.servers", settings.bootstrapServers()),
                Map.entry("acks", "all"),
                Map.entry("enable.idempotence", "true"),
                Map.entry("linger.ms", "5"),
                Map.entry("batch.size", 64 << 10),
                Map.entry("buffer.memory", BUFFERED_BYTES_MAX),
                Map.entry("delivery.timeout.ms", 300_000),
                Map.entry("request.timeout.ms", 5_000),
                Map.entry("max.block.ms", 300_000),
                Map.entry("reconnect.backoff.max.ms", "200"),
                Map.entry("metadata.max.age.ms", "5000")),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.thread = Thread.ofPlatform().name("load").unstarted(this::produce);
  }

  /** Starts producing. */
  public static LoadGenerator start(LoadSettings settings, Ledger ledger) {
    LoadGenerator load = new LoadGenerator(settings, ledger);
    load.thread.start();
    return load;
  }

  /**
   * Produces at least so many records and waits for their acknowledgements.
   *
   * @return seconds that it took
   */
  public static double produce(LoadSettings settings, long records, Ledger ledger)
      throws InterruptedException {
    try (LoadGenerator load = start(settings, ledger)) {
      while (load.sent() < records) {
        Thread.sleep(POLL);
      }
      load.stop();
      return load.nowMs() / 1000;
    }
  }

  /** Changes the rate from now on; what the old rate still owes is dropped. */
  public void setRecordsPerSecond(double rate) {
    recordsPerSecond = rate;
  }

  /** Stops producing and waits until everything sent is acknowledged or has failed. */
  public void stop() throws InterruptedException {
    stopping = true;
    thread.join();
    producer.flush();
  }

  public AckTimes times() {
    return times;
  }

  /** Milliseconds between the start of the load and now. */
  public double nowMs() {
    return (System.nanoTime() - startNanos) / 1e6;
  }

  /** Records handed to the client. */
  public long sent() {
    return sent;
  }

  /** Records that the client gave up on: their producer saw an error. */
  public long failed() {
    return failed.get();
  }

  @Override
  public void close() {
    stopping = true;
    LockSupport.unpark(thread);
    producer.close(CLOSE_LIMIT);
  }

  private void produce() {
    Records records = new Records(settings.seed(), settings.recordBytes());
    double rate = recordsPerSecond;
    long sinceNanos = startNanos;
    long sentBefore = 0;
    try {
      while (!stopping) {
        if (rate != recordsPerSecond) {
          rate = recordsPerSecond;
          sinceNanos = System.nanoTime();
          sentBefore = sent;
        }
        long due = sentBefore + (long) ((System.nanoTime() - sinceNanos) / 1e9 * rate);
        while (sent < due && !stopping && rate == recordsPerSecond) {
          send(sent, records.record(sent));
          sent++;
        }
        LockSupport.parkNanos(TURN_NANOS);
      }
    } catch (InterruptException e) {
      Thread.currentThread().interrupt();
    } catch (KafkaException | IllegalStateException e) {
      // Whoever closes the producer ends a send that waits for a cluster that is gone.
      if (!stopping) {
        throw e;
      }
    }
  }

  private void send(long sequence, byte[] line) {
    int partition = (int) (sequence % settings.partitions());
    int crc = Ledger.crcOf(line);
    long sentNanos = System.nanoTime();
    producer.send(
        new ProducerRecord<>(settings.topic(), partition, null, line),
        (metadata, error) -> {
          if (error == null) {
            times.acknowledged(partition, sentNanos, System.nanoTime());
            ledger.add(
                new TopicPartition(settings.topic(), partition), metadata.offset(), sequence, crc);
          } else {
            failed.incrementAndGet();
          }
        });
  }
}
