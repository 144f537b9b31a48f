package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A head under a script. One line is one input; what it does is written below it, each line with
 * {@code > } in front. Replicas are named, streams and questions are found by themselves; pings are
 * answered and not shown.
 */
final class Scenario {
  private static final long MS = 1_000_000L;
  private static final long TICK_MS = 100;

  private final Map<ReplicaId, StreamId> streams = new TreeMap<>();
  private final Map<ReplicaId, ArrayDeque<RequestId>> questions = new HashMap<>();
  private final TreeSet<ReplicaId> mute = new TreeSet<>();
  private final List<String> output = new ArrayList<>();
  private final Head head;
  private long now;
  private long token;

  /**
   * The first line: {@code head in=r1,r2 absent=r3 local=r1 pending=r3 session=1 survived
   * db_remote}.
   */
  Scenario(String line) {
    Words words = new Words(line);
    Membership membership =
        new Membership(
            new Generation(words.number("gen", 1)), words.replicas("in"), words.replicas("absent"));
    this.head =
        new Head(
            new HeadSettings(
                new VolumeId("vol-1"),
                words.value("local").map(ReplicaId::new),
                words.has("survived"),
                new HeadRecord(
                    Promise.of(1, words.number("session", 1)),
                    membership,
                    words.replicas("pending")),
                1 << 30,
                words.has("db_remote")
                    ? HeadSettings.FlushProfile.DB_REMOTE
                    : HeadSettings.FlushProfile.DURABLE,
                HeadSettings.Limits.DEFAULT));
  }

  /** Runs one line and answers with what the head did. */
  List<String> run(String line) {
    output.clear();
    Words words = new Words(line);
    switch (words.first()) {
      case "start" -> input(new HeadInput.Started());
      case "persisted" -> input(new HeadInput.RecordPersisted(token));
      case "after" -> pass(Long.parseLong(words.at(1).replace("ms", "")));
      case "mute" -> mute.add(new ReplicaId(words.at(1)));
      case "catalogue" -> input(catalogue(words));
      case "write" ->
          input(new HeadInput.WriteRequested(words.request(), words.range(), words.has("durable")));
      case "zero" ->
          input(new HeadInput.ZeroRequested(words.request(), words.range(), words.has("durable")));
      case "read" -> input(new HeadInput.ReadRequested(words.request(), words.range()));
      case "flush" -> input(new HeadInput.FlushRequested(words.request()));
      case "resize" ->
          input(new HeadInput.ResizeRequested(words.request(), Long.parseLong(words.at(2))));
      case "hold" -> input(new HeadInput.HoldRequested(words.request()));
      case "release" ->
          input(new HeadInput.ReleaseRequested(words.request(), new RequestId(words.numberAt(2))));
      case "snapshot" ->
          input(
              new HeadInput.SnapshotRequested(
                  words.request(),
                  new SnapshotId(words.at(2)),
                  words.value("hold").map(Long::parseLong).map(RequestId::new).orElse(null)));
      case "close" -> input(new HeadInput.CloseRequested(words.request()));
      default -> fromReplica(new ReplicaId(words.first()), words);
    }
    return List.copyOf(output);
  }

  private static HeadInput catalogue(Words words) {
    return new HeadInput.CatalogueChanged(
        new CatalogueState(
            new Epoch(words.number("epoch", 1)),
            new Membership(
                new Generation(words.number("gen", 1)),
                words.replicas("in"),
                words.replicas("absent"))));
  }

  private void fromReplica(ReplicaId replica, Words words) {
    StreamId stream = streams.get(replica);
    if (stream == null) {
      throw new IllegalArgumentException("no stream to " + replica);
    }
    if (words.at(1).equals("lost")) {
      streams.remove(replica);
      input(new HeadInput.StreamLost(stream, "connection reset"));
    } else {
      input(new HeadInput.Received(stream, message(replica, words)));
    }
  }

  private ReplicaMessage message(ReplicaId replica, Words words) {
    return switch (words.at(1)) {
      case "welcome" ->
          new ReplicaMessage.Welcome(
              new Generation(words.number("gen", 1)), words.has("lossy"), words.has("unreadable"));
      case "refused" -> new ReplicaMessage.Refused(Promise.of(words.numberAt(2), 1));
      case "applied" -> new ReplicaMessage.Applied(new Sequence(words.numberAt(2)));
      case "applied-one" -> new ReplicaMessage.AppliedOne(new Sequence(words.numberAt(2)));
      case "flushed" -> new ReplicaMessage.Flushed(new Sequence(words.numberAt(2)));
      case "blocks" ->
          new ReplicaMessage.Blocks(question(replica), words.blocks(), !words.has("inexact"));
      case "digests" -> new ReplicaMessage.Digests(question(replica), words.digests());
      case "data" -> new ReplicaMessage.Data(question(replica), words.has("zeros"));
      case "unreadable" -> new ReplicaMessage.Unreadable(question(replica), "I/O error");
      case "resized" -> new ReplicaMessage.Resized(words.numberAt(2));
      case "frozen" -> new ReplicaMessage.Frozen(new SnapshotId(words.at(2)));
      case "not-frozen" -> new ReplicaMessage.NotFrozen(new SnapshotId(words.at(2)), "pool full");
      case "failed" -> new ReplicaMessage.Failed("disk full");
      default -> throw new IllegalArgumentException("unknown message " + words.at(1));
    };
  }

  private RequestId question(ReplicaId replica) {
    return questions.get(replica).remove();
  }

  private void pass(long millis) {
    for (long passed = 0; passed < millis; passed += TICK_MS) {
      now += TICK_MS * MS;
      input(new HeadInput.Ticked());
    }
  }

  private void input(HeadInput input) {
    List<HeadEffect> effects = new ArrayList<>();
    head.on(input, now, effects::add);
    effects.forEach(this::take);
  }

  private void take(HeadEffect effect) {
    switch (effect) {
      case HeadEffect.PersistRecord(HeadRecord record, long number) -> {
        token = number;
        show(
            "persist "
                + record.promise()
                + " "
                + show(record.membership())
                + " pending="
                + record.pendingJoiners());
      }
      case HeadEffect.OpenStream(ReplicaId replica, StreamId stream, HeadMessage.Hello hello) -> {
        streams.put(replica, stream);
        questions.put(replica, new ArrayDeque<>());
        show(replica + " <- hello " + hello.promise() + " " + show(hello.membership()));
      }
      case HeadEffect.CloseStream(ReplicaId replica, StreamId _) -> {
        streams.remove(replica);
        show("close " + replica);
      }
      case HeadEffect.Send(ReplicaId replica, StreamId stream, HeadMessage message) ->
          sent(replica, stream, message);
      case HeadEffect.Queued(RequestId request) -> show("queued " + request);
      case HeadEffect.Complete(RequestId request, Outcome outcome) ->
          show(
              switch (outcome) {
                case Outcome.Done _ -> "done " + request;
                case Outcome.Interrupted _ -> "interrupted " + request;
                case Outcome.Failed(Outcome.Cause cause) -> "failed " + request + " " + cause;
                case Outcome.Taken(long _, List<ReplicaId> holders) ->
                    "taken " + request + " on " + holders;
                case Outcome.NotTaken(String why) -> "not taken " + request + " " + why;
              });
      case HeadEffect.Release(RequestId _) -> {}
      case HeadEffect.ReportLost(
              ReplicaId replica,
              Generation generation,
              HeadEffect.LossReason reason,
              String _) ->
          show("report lost " + replica + " gen=" + generation + " " + reason);
      case HeadEffect.ReportCaughtUp(
              ReplicaId replica,
              Generation generation,
              HeadEffect.ResyncStatistics statistics) ->
          show(
              "report caught up "
                  + replica
                  + " gen="
                  + generation
                  + " copied="
                  + statistics.bytesCopied()
                  + " compared="
                  + statistics.bytesCompared());
      case HeadEffect.StateChanged(HeadState state) -> show("state " + state);
    }
  }

  private void sent(ReplicaId replica, StreamId stream, HeadMessage message) {
    switch (message) {
      case HeadMessage.Ping(Sequence stable) -> {
        if (!mute.contains(replica)) {
          input(new HeadInput.Received(stream, new ReplicaMessage.Pong(stable)));
        }
        return;
      }
      case HeadMessage.Query query -> questions.get(replica).add(query.request());
      case HeadMessage.Digest digest -> questions.get(replica).add(digest.request());
      case HeadMessage.Read read -> questions.get(replica).add(read.request());
      case HeadMessage.Hello _,
          HeadMessage.Change _,
          HeadMessage.Flush _,
          HeadMessage.SetMembership _,
          HeadMessage.Settled _,
          HeadMessage.Snapshot _,
          HeadMessage.Resize _ -> {}
    }
    show(replica + " <- " + show(message));
  }

  private void show(String line) {
    output.add(line);
  }

  private static String show(HeadMessage message) {
    return switch (message) {
      case HeadMessage.Write write ->
          "write #"
              + write.sequence()
              + " "
              + write.range()
              + " stable="
              + write.stable()
              + " of request "
              + write.payload();
      case HeadMessage.Zero zero ->
          "zero #" + zero.sequence() + " " + zero.range() + " stable=" + zero.stable();
      case HeadMessage.Copy copy ->
          "copy #" + copy.sequence() + " " + copy.range() + " stable=" + copy.stable();
      case HeadMessage.Flush flush -> "flush #" + flush.upTo() + " stable=" + flush.stable();
      case HeadMessage.SetMembership(Membership membership) -> "set " + show(membership);
      case HeadMessage.Settled _ -> "settled";
      case HeadMessage.Query query ->
          "query "
              + switch (query.subject()) {
                case HeadMessage.Subject.Suspects _ -> "suspects";
                case HeadMessage.Subject.Dirty(ReplicaId absent) -> "dirty " + absent;
                case HeadMessage.Subject.Allocated _ -> "allocated";
              };
      case HeadMessage.Digest digest -> "digest " + digest.range();
      case HeadMessage.Read read -> "read " + read.range();
      case HeadMessage.Resize(long sizeBytes) -> "resize " + sizeBytes;
      case HeadMessage.Snapshot(SnapshotId snapshot, long sizeBytes) ->
          "snapshot " + snapshot + " size=" + sizeBytes;
      case HeadMessage.Ping _ -> "ping";
      case HeadMessage.Hello hello -> "hello " + hello.promise();
    };
  }

  private static String show(Membership membership) {
    return "gen="
        + membership.generation()
        + " in="
        + membership.inSync()
        + " absent="
        + membership.absent();
  }

  /** The words of a line, some of them {@code key=value}. */
  private record Words(List<String> words) {
    private Words(String line) {
      this(Arrays.asList(line.trim().split("\\s+")));
    }

    private String first() {
      return words.getFirst();
    }

    private String at(int index) {
      return words.get(index);
    }

    private long numberAt(int index) {
      return Long.parseLong(at(index));
    }

    private boolean has(String word) {
      return words.contains(word);
    }

    private Optional<String> value(String key) {
      return words.stream()
          .filter(word -> word.startsWith(key + "="))
          .map(word -> word.substring(key.length() + 1))
          .findFirst();
    }

    private long number(String key, long otherwise) {
      return value(key).map(Long::parseLong).orElse(otherwise);
    }

    private List<ReplicaId> replicas(String key) {
      return value(key).stream()
          .flatMap(list -> Arrays.stream(list.split(",")))
          .filter(name -> !name.isEmpty())
          .map(ReplicaId::new)
          .collect(Collectors.toList());
    }

    private RequestId request() {
      return new RequestId(numberAt(1));
    }

    /** Offset and length in KiB, as in {@code 64k+4k}. */
    private ByteRange range() {
      String[] parts = at(2).replace("k", "").split("\\+");
      return new ByteRange(Long.parseLong(parts[0]) << 10, Long.parseLong(parts[1]) << 10);
    }

    private BlockSet blocks() {
      BlockSet blocks = new BlockSet();
      for (String word : words.subList(2, words.size())) {
        if (Character.isDigit(word.charAt(0))) {
          blocks.add(Integer.parseInt(word));
        }
      }
      return blocks;
    }

    private long[] digests() {
      return words.subList(2, words.size()).stream().mapToLong(Long::parseLong).toArray();
    }
  }
}
