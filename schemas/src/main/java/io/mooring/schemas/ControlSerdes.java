package io.mooring.schemas;

import io.apicurio.registry.resolver.client.RegistryClientFacade;
import io.apicurio.registry.resolver.client.RegistryClientFacadeFactory;
import io.apicurio.registry.resolver.config.SchemaResolverConfig;
import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.apicurio.registry.serde.data.SerdeRecord;
import io.apicurio.registry.serde.kafka.data.KafkaSerdeMetadata;
import java.util.Map;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Serdes of the control topics: Avro specific records, schemas in an Apicurio registry. All serdes
 * of one instance share one connection to the registry.
 */
public final class ControlSerdes {

  private final RegistryClientFacade registry;
  private final Map<String, Object> config;

  /** For a registry that is not reached over HTTP, such as one inside a test. */
  public ControlSerdes(RegistryClientFacade registry, RegistrySettings settings) {
    this.registry = registry;
    this.config = settings.asClientConfig();
  }

  /** Connects lazily: no call is made before a schema is needed. */
  public static ControlSerdes connect(RegistrySettings settings) {
    return new ControlSerdes(
        RegistryClientFacadeFactory.create(new SchemaResolverConfig(settings.asClientConfig())),
        settings);
  }

  /**
   * Serde of a topic's values.
   *
   * @throws IllegalArgumentException if the catalogue says that the topic holds another type
   */
  public <T extends SpecificRecord> Serde<T> valueOf(ControlTopic topic, Class<T> type) {
    return Serdes.serdeFrom(serializer(topic, type), deserializer(topic, type));
  }

  public <T extends SpecificRecord> Serializer<T> serializer(ControlTopic topic, Class<T> type) {
    checkType(topic, type);
    AvroKafkaSerializer<T> serializer = new AvroKafkaSerializer<>(registry);
    serializer.configure(config, false);
    return serializer;
  }

  public <T extends SpecificRecord> Deserializer<T> deserializer(
      ControlTopic topic, Class<T> type) {
    checkType(topic, type);
    AvroKafkaDeserializer<T> deserializer = new AvroKafkaDeserializer<>(registry);
    deserializer.configure(config, false);
    return deserializer;
  }

  /**
   * A serializer that already knows the schema's id, so that its first record does not depend on
   * the registry being up. Fails like a write would if the registry cannot be reached now.
   */
  public <T extends SpecificRecord> Serializer<T> warmSerializer(
      ControlTopic topic, Class<T> type) {
    checkType(topic, type);
    AvroKafkaSerializer<T> serializer = new AvroKafkaSerializer<>(registry);
    serializer.configure(config, false);
    T blank = type.cast(SpecificData.newInstance(type, topic.valueSchema()));
    serializer
        .getSchemaResolver()
        .resolveSchema(
            new SerdeRecord<>(
                new KafkaSerdeMetadata(topic.topicName(), false, new RecordHeaders()), blank));
    return serializer;
  }

  private static void checkType(ControlTopic topic, Class<?> type) {
    if (topic.valueType() != type) {
      throw new IllegalArgumentException(
          "Topic "
              + topic.topicName()
              + " holds "
              + topic.valueType().getSimpleName()
              + ", not "
              + type.getSimpleName()
              + ".");
    }
  }
}
