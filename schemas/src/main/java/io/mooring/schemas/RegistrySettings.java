package io.mooring.schemas;

import io.apicurio.registry.resolver.config.SchemaResolverConfig;
import io.apicurio.registry.serde.avro.AvroSerdeConfig;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the schema registry is and whether this process may add to it.
 *
 * @param url base of the registry's API, e.g. {@code http://registry:8085/apis/registry/v3}
 * @param autoRegister register an unknown schema on first use; off where schemas are registered by
 *     the release
 */
public record RegistrySettings(URI url, boolean autoRegister) {

  /**
   * A schema never changes under its content id, so cached ones need no refresh; with this they
   * also outlive an outage of the registry. Failover must not wait for it.
   */
  private static final String CACHE_MS = Long.toString(24 * 3_600_000L);

  /**
   * Configuration of Apicurio's serializers and deserializers, also usable as client configuration.
   */
  public Map<String, Object> asClientConfig() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put(SchemaResolverConfig.REGISTRY_URL, url.toString());
    config.put(SchemaResolverConfig.AUTO_REGISTER_ARTIFACT, autoRegister);
    config.put(SchemaResolverConfig.DEREFERENCE_SCHEMA, true);
    config.put(SchemaResolverConfig.CHECK_PERIOD_MS, CACHE_MS);
    config.put(SchemaResolverConfig.FAULT_TOLERANT_REFRESH, true);
    config.put(AvroSerdeConfig.USE_SPECIFIC_AVRO_READER, true);
    config.put(AvroSerdeConfig.AVRO_DATUM_PROVIDER, KnownDatumProvider.class.getName());
    return config;
  }
}
