/**
 * The contracts between Mooring's services: Avro records, the catalogue of control topics, and the
 * CloudEvents envelope that every record carries in its headers.
 *
 * <p>Start at {@link io.mooring.schemas.ControlTopic}; it is the table of what flows where. The
 * Avro sources lie in {@code src/main/avro}; {@code src/main/released} holds the schemas that
 * deployed services may still write or read, and the build fails when a change is not compatible
 * with them in both directions.
 *
 * <h2>Use from plain clients and Kafka Streams</h2>
 *
 * <pre>{@code
 * ControlSerdes serdes = ControlSerdes.connect(new RegistrySettings(url, true));
 * Serde<NodeEvent> events = serdes.valueOf(ControlTopic.NODE_EVENTS, NodeEvent.class);
 * Serializer<NodeEvent> writer = serdes.warmSerializer(ControlTopic.NODE_EVENTS, NodeEvent.class);
 * }</pre>
 *
 * <p>A warm serializer knows its schema id from the start, so that an outage of the registry cannot
 * delay the first NodeDown. A reader that must survive poison records consumes bytes and uses
 * {@link io.mooring.schemas.RecordDecoder}.
 *
 * <h2>Use from Quarkus messaging</h2>
 *
 * <pre>{@code
 * mp.messaging.connector.smallrye-kafka.apicurio.registry.url=http://registry:8085/apis/registry/v3
 * mp.messaging.connector.smallrye-kafka.apicurio.registry.auto-register=true
 * mp.messaging.connector.smallrye-kafka.apicurio.registry.dereference-schema=true
 * mp.messaging.outgoing.x.value.serializer=io.apicurio.registry.serde.avro.AvroKafkaSerializer
 * mp.messaging.incoming.y.value.deserializer=io.apicurio.registry.serde.avro.AvroKafkaDeserializer
 * mp.messaging.incoming.y.apicurio.registry.use-specific-avro-reader=true
 * %test.quarkus.test.flat-class-path=true
 * }</pre>
 *
 * <p>The jar carries a Jandex index, so {@code quarkus.index-dependency} is not needed. The last
 * line is: without it a {@code @QuarkusTest} loads the generated records twice and a cast to {@code
 * SpecificRecord} fails. Headers travel as {@code OutgoingKafkaRecordMetadata} headers, filled by
 * {@link io.mooring.schemas.EventHeaders#writeTo}.
 */
@NullMarked
package io.mooring.schemas;

import org.jspecify.annotations.NullMarked;
