package io.mooring.testsupport;

import io.apicurio.registry.resolver.client.RegistryArtifactReference;
import io.apicurio.registry.resolver.client.RegistryClientFacade;
import io.apicurio.registry.resolver.client.RegistryVersionCoordinates;
import io.apicurio.registry.resolver.strategy.ArtifactReference;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.RegistrySettings;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A schema registry without a server, for tests of topologies and codecs: the real serdes run
 * against it. The content id of a schema is its position in the order of registration. It can be
 * {@linkplain #stop stopped} like a real one.
 */
public final class InMemoryRegistry implements RegistryClientFacade {

  private final List<String> contents = new ArrayList<>();
  private boolean stopped;

  /** Serdes that use this registry. */
  public ControlSerdes serdes() {
    return new ControlSerdes(this, new RegistrySettings(URI.create("http://in-memory"), true));
  }

  /** From now on every call fails as if nobody listened. */
  public void stop() {
    stopped = true;
  }

  public void restart() {
    stopped = false;
  }

  @Override
  public String getSchemaByContentId(Long contentId) {
    checkRunning();
    if (contentId < 0 || contentId >= contents.size()) {
      throw new IllegalArgumentException("no schema has content id " + contentId);
    }
    return contents.get(contentId.intValue());
  }

  @Override
  public RegistryVersionCoordinates createSchema(
      String artifactType,
      String groupId,
      String artifactId,
      @Nullable String version,
      String autoCreateBehavior,
      boolean canonical,
      String schema,
      Set<RegistryArtifactReference> references) {
    checkRunning();
    if (!contents.contains(schema)) {
      contents.add(schema);
    }
    long id = contents.indexOf(schema);
    return RegistryVersionCoordinates.create(id, id, groupId, artifactId, "1");
  }

  @Override
  public String getSchemaByGlobalId(long globalId, boolean dereferenced) {
    return getSchemaByContentId(globalId);
  }

  @Override
  public String getSchemaByGAV(String groupId, String artifactId, String version) {
    throw unused();
  }

  @Override
  public String getSchemaByContentHash(String contentHash) {
    throw unused();
  }

  @Override
  public List<RegistryArtifactReference> getReferencesByContentId(long contentId) {
    return List.of();
  }

  @Override
  public List<RegistryArtifactReference> getReferencesByGlobalId(long globalId) {
    return List.of();
  }

  @Override
  public List<RegistryArtifactReference> getReferencesByGAV(
      String groupId, String artifactId, String version) {
    return List.of();
  }

  @Override
  public List<RegistryArtifactReference> getReferencesByContentHash(String contentHash) {
    return List.of();
  }

  @Override
  public List<RegistryVersionCoordinates> searchVersionsByContent(
      String schema, String artifactType, ArtifactReference reference, boolean canonical) {
    return List.of();
  }

  @Override
  public RegistryVersionCoordinates getVersionCoordinatesByGAV(
      String groupId, String artifactId, String version) {
    throw unused();
  }

  @Override
  public Object getClient() {
    return this;
  }

  private void checkRunning() {
    if (stopped) {
      throw new UncheckedIOException(new ConnectException("the in-memory registry is stopped"));
    }
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException(
        "the control topics' serdes address schemas by content id");
  }
}
