package io.mooring.volumeagent.control;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * What still has to be told, oldest first. A newer statement about the same thing takes the place
 * of an older one that was not sent yet, so that hours without the control Kafka do not pile up:
 * the size is bounded by how many things there are to report on.
 */
final class Outbox {

  /** One record to send; two with the same topic and subject say something about the same thing. */
  record Entry(
      ControlTopic topic, String key, Object subject, SpecificRecord value, EventHeaders headers) {}

  private record Slot(ControlTopic topic, Object subject) {}

  private final Map<Slot, Entry> waiting = new LinkedHashMap<>();

  synchronized void put(Entry entry) {
    Slot slot = new Slot(entry.topic, entry.subject);
    // Removed first: the newer statement belongs behind what was said in between.
    waiting.remove(slot);
    waiting.put(slot, entry);
    notifyAll();
  }

  /** Puts back what could not be sent, before everything else, unless something newer has come. */
  synchronized void putBack(List<Entry> unsent) {
    Map<Slot, Entry> newer = new LinkedHashMap<>(waiting);
    waiting.clear();
    for (Entry entry : unsent) {
      Slot slot = new Slot(entry.topic, entry.subject);
      if (!newer.containsKey(slot)) {
        waiting.put(slot, entry);
      }
    }
    waiting.putAll(newer);
  }

  /** Takes everything; waits until there is something. */
  synchronized List<Entry> take() throws InterruptedException {
    while (waiting.isEmpty()) {
      wait();
    }
    List<Entry> all = new ArrayList<>(waiting.values());
    waiting.clear();
    return all;
  }

  synchronized int size() {
    return waiting.size();
  }
}
