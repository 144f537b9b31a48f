package io.mooring.migrator.plane;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.testsupport.ControlPlane;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Registers agents as they do themselves. */
public final class NodeRegistration {

  private NodeRegistration() {}

  public static void register(ControlPlane control, List<NodeDescriptor> nodes) {
    ControlTopic topic = ControlTopic.NODES;
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            control.clientConfig(), new StringSerializer(), new ByteArraySerializer())) {
      for (NodeDescriptor node : nodes) {
        ProducerRecord<String, byte[]> envelope =
            new ProducerRecord<>(topic.topicName(), null, node.getNodeId(), null);
        EventHeaders.root(EventHeaders.typeOf(node), "/mooring/test/1", node.getNodeId())
            .writeTo(envelope.headers());
        byte[] bytes =
            control
                .serdes()
                .serializer(topic, NodeDescriptor.class)
                .serialize(topic.topicName(), envelope.headers(), node);
        producer.send(
            new ProducerRecord<>(
                topic.topicName(), null, node.getNodeId(), bytes, envelope.headers()));
      }
      producer.flush();
    }
  }
}
