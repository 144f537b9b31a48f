package io.mooring.storage.replication;

/** What the parts of one run of a head share. */
final class Run {
  private final HeadSettings settings;
  private final Outbox outbox = new Outbox();
  private final Links links;
  private final Inquiries inquiries;
  private final Writes writes;
  private long sizeBytes;
  private long lastStream;

  Run(HeadSettings settings) {
    this.settings = settings;
    this.links = new Links(settings.local());
    this.inquiries = new Inquiries(outbox);
    this.writes = new Writes(outbox, links, settings.profile());
    this.sizeBytes = settings.sizeBytes();
  }

  HeadSettings settings() {
    return settings;
  }

  HeadSettings.Timing timing() {
    return settings.limits().timing();
  }

  Outbox outbox() {
    return outbox;
  }

  Links links() {
    return links;
  }

  Inquiries inquiries() {
    return inquiries;
  }

  Writes writes() {
    return writes;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  void resized(long newSizeBytes) {
    sizeBytes = newSizeBytes;
  }

  int chunkBytes() {
    return settings.limits().resync().chunkBytes();
  }

  Promise promise() {
    return settings.start().promise();
  }

  void connect(Link link, HeadMessage.Membership membership) {
    StreamId stream = new StreamId(++lastStream);
    link.connection(
        new Connection.Connecting(stream, membership.generation(), sizeBytes, outbox.now()));
    outbox.add(
        new HeadEffect.OpenStream(
            link.replica(),
            stream,
            new HeadMessage.Hello(
                settings.volume(), link.replica(), promise(), membership, sizeBytes)));
  }
}
