package io.mooring.storage.nbd;

import io.mooring.storage.nbd.OptionReader.MalformedOptionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fixed newstyle handshake: greeting, then options until one of them chooses an export. An
 * option that is unknown or malformed is answered with an error, and haggling goes on.
 */
final class ServerHandshake {

  /** Room for an export name and a handful of queries of the longest kind. */
  private static final int OPTION_BYTES_MAX = 64 << 10;

  private static final int KNOWN_CLIENT_FLAGS =
      Protocol.HandshakeFlag.FIXED_NEWSTYLE | Protocol.HandshakeFlag.NO_ZEROES;

  /** Any alignment works, whole pages work best. */
  private static final int BLOCK_BYTES_MIN = 1;

  private static final int BLOCK_BYTES_PREFERRED = 4096;

  private final ConnectionInput input;
  private final ReplyOutput output;
  private final ExportDirectory exports;
  private final NbdServerLimits limits;
  private final OptionAnswers answers;

  private boolean padded;
  private boolean structuredReplies;

  /** The export for which the client has selected {@code base:allocation}. */
  private @Nullable String allocationContextExport;

  ServerHandshake(
      ConnectionInput input, ReplyOutput output, ExportDirectory exports, NbdServerLimits limits) {
    this.input = input;
    this.output = output;
    this.exports = exports;
    this.limits = limits;
    this.answers = new OptionAnswers(output);
  }

  NegotiatedExport run() throws DisconnectException, IOException {
    answers.greeting();
    readClientFlags();
    while (true) {
      Optional<PublishedExport> chosen = option();
      if (chosen.isPresent()) {
        boolean allocationContext = chosen.get().export().name().equals(allocationContextExport);
        return new NegotiatedExport(chosen.get(), structuredReplies, allocationContext);
      }
    }
  }

  private void readClientFlags() throws DisconnectException, IOException {
    int flags = input.requireStart(Integer.BYTES).getInt();
    if ((flags & ~KNOWN_CLIENT_FLAGS) != 0) {
      throw new DisconnectException(DisconnectReason.BAD_CLIENT_FLAGS);
    }
    padded = (flags & Protocol.HandshakeFlag.NO_ZEROES) == 0;
  }

  private Optional<PublishedExport> option() throws DisconnectException, IOException {
    ByteBuffer header = input.requireStart(Protocol.OPTION_HEADER_BYTES);
    if (header.getLong() != Protocol.OPTION_MAGIC) {
      throw new DisconnectException(DisconnectReason.BAD_OPTION_MAGIC);
    }
    int option = header.getInt();
    int length = header.getInt();
    if (length < 0 || length > OPTION_BYTES_MAX) {
      throw new DisconnectException(DisconnectReason.OPTION_TOO_LONG);
    }
    byte[] data = new byte[length];
    input.require(length).get(data);
    try {
      return handle(option, new OptionReader(ByteBuffer.wrap(data)));
    } catch (MalformedOptionException e) {
      answers.error(option, Protocol.OptionReply.ERR_INVALID, e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<PublishedExport> handle(int option, OptionReader data)
      throws DisconnectException, IOException, MalformedOptionException {
    switch (option) {
      case Protocol.Option.EXPORT_NAME -> {
        return Optional.of(exportName(data));
      }
      case Protocol.Option.GO -> {
        return info(option, data);
      }
      case Protocol.Option.INFO -> info(option, data);
      case Protocol.Option.ABORT -> abort(option);
      case Protocol.Option.LIST -> list(option, data);
      case Protocol.Option.STRUCTURED_REPLY -> structuredReply(option, data);
      case Protocol.Option.LIST_META_CONTEXT -> listMetaContext(option, data);
      case Protocol.Option.SET_META_CONTEXT -> setMetaContext(option, data);
      default ->
          answers.error(option, Protocol.OptionReply.ERR_UNSUP, "this server lacks the option");
    }
    return Optional.empty();
  }

  private PublishedExport exportName(OptionReader data) throws DisconnectException {
    PublishedExport published =
        exports
            .find(data.rest())
            .orElseThrow(() -> new DisconnectException(DisconnectReason.UNKNOWN_EXPORT));
    NbdExport export = published.export();
    answers.exportName(
        export.device().sizeBytes(), export.transmissionFlags(structuredReplies), padded);
    return published;
  }

  private Optional<PublishedExport> info(int option, OptionReader data)
      throws MalformedOptionException {
    String name = data.string();
    List<Integer> kinds = data.shorts();
    data.end();
    Optional<PublishedExport> published = find(option, name);
    published.map(PublishedExport::export).ifPresent(export -> describe(option, export, kinds));
    return published;
  }

  private void describe(int option, NbdExport export, List<Integer> kinds) {
    answers.exportInfo(
        option, export.device().sizeBytes(), export.transmissionFlags(structuredReplies));
    if (kinds.contains(Protocol.Info.NAME)) {
      answers.textInfo(option, Protocol.Info.NAME, export.name());
    }
    if (kinds.contains(Protocol.Info.DESCRIPTION)) {
      answers.textInfo(option, Protocol.Info.DESCRIPTION, export.description());
    }
    if (kinds.contains(Protocol.Info.BLOCK_SIZE)) {
      answers.blockSizeInfo(
          option, BLOCK_BYTES_MIN, BLOCK_BYTES_PREFERRED, limits.requestBytesMax());
    }
    answers.acknowledge(option);
  }

  private void abort(int option) throws DisconnectException, IOException {
    answers.acknowledge(option);
    input.awaitCompletions(() -> output.queuedBytes() == 0);
    throw new DisconnectException(DisconnectReason.CLIENT_LEFT);
  }

  private void list(int option, OptionReader data) throws MalformedOptionException {
    data.end();
    exports.all().forEach(published -> answers.listed(option, published.export()));
    answers.acknowledge(option);
  }

  private void structuredReply(int option, OptionReader data) throws MalformedOptionException {
    data.end();
    structuredReplies = true;
    answers.acknowledge(option);
  }

  private void listMetaContext(int option, OptionReader data) throws MalformedOptionException {
    String name = data.string();
    List<String> queries = data.strings();
    data.end();
    requireStructuredReplies();
    if (find(option, name).isEmpty()) {
      return;
    }
    if (queries.isEmpty()
        || queries.contains("base:")
        || queries.contains(Protocol.BASE_ALLOCATION)) {
      answers.metaContext(option, 0, Protocol.BASE_ALLOCATION);
    }
    answers.acknowledge(option);
  }

  private void setMetaContext(int option, OptionReader data) throws MalformedOptionException {
    allocationContextExport = null;
    String name = data.string();
    List<String> queries = data.strings();
    data.end();
    requireStructuredReplies();
    if (find(option, name).isEmpty()) {
      return;
    }
    if (queries.contains(Protocol.BASE_ALLOCATION)) {
      allocationContextExport = name;
      answers.metaContext(option, ReplyCodec.ALLOCATION_CONTEXT, Protocol.BASE_ALLOCATION);
    }
    answers.acknowledge(option);
  }

  private void requireStructuredReplies() throws MalformedOptionException {
    if (!structuredReplies) {
      throw new MalformedOptionException("negotiate structured replies first");
    }
  }

  private Optional<PublishedExport> find(int option, String name) {
    Optional<PublishedExport> published = exports.find(name);
    if (published.isEmpty()) {
      answers.error(
          option, Protocol.OptionReply.ERR_UNKNOWN, "no export has the name '" + name + "'");
    }
    return published;
  }
}
