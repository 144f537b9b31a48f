package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.outside.OutsideException;
import io.mooring.migrator.outside.VolumeManagerClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Ties claims to volumes of Mooring, on both sides. An id is that of one cluster, and a name is the
 * same on both: in a manifest the handle of a persistent volume is the volume's name.
 */
final class VolumeBindings {

  /** Annotation of a claim that stays behind with its data, because somebody said so. */
  static final String LEFT_BEHIND = "mooring.io/migration-skip";

  /** Annotation that tells the reclaim policy of before. */
  static final String RECLAIM_BEFORE = "mooring.io/migration-reclaim-policy";

  private static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
  private static final String RETAIN = "Retain";

  private final ApiServer server;
  private final VolumeManagerClient manager;
  private final String driver;

  /**
   * @param driver name of Mooring's CSI driver
   */
  VolumeBindings(ApiServer server, VolumeManagerClient manager, String driver) {
    this.server = server;
    this.manager = manager;
    this.driver = driver;
  }

  /**
   * The persistent volumes of all claims that are bound. Claims that are to stay behind are taken
   * out of the list.
   *
   * @throws OutsideException MIG-152, if the data of one would be missing on the other side
   */
  List<ObjectNode> volumesOf(List<ObjectNode> objects) throws IOException {
    objects.removeIf(object -> isClaim(object) && "true".equals(leftBehind(object)));
    List<ObjectNode> volumes = new ArrayList<>();
    for (ObjectNode object : objects) {
      String name = object.path("spec").path("volumeName").asText();
      if (isClaim(object) && !name.isEmpty()) {
        volumes.add(volumeOf(object, name));
      }
    }
    volumes.sort(Comparator.comparing(Fields::name));
    return volumes;
  }

  private static boolean isClaim(JsonNode object) {
    return Fields.kind(object).equals(Kinds.CLAIM.name());
  }

  private static String leftBehind(JsonNode object) {
    return Fields.annotation(object, LEFT_BEHIND);
  }

  private ObjectNode volumeOf(JsonNode claim, String name) throws IOException {
    ObjectNode volume =
        NamespaceReader.described(
            Kinds.VOLUME,
            server
                .get(Kinds.VOLUME.path("", name))
                .orElseThrow(() -> missing(claim, "there is no persistent volume " + name)));
    JsonNode csi = volume.path("spec").path("csi");
    if (!csi.path("driver").asText().equals(driver)) {
      throw missing(claim, "its persistent volume %s is not one of %s".formatted(name, driver));
    }
    String handle = csi.path("volumeHandle").asText();
    KnownVolume known =
        manager
            .volume(handle)
            .orElseThrow(() -> missing(claim, "volume-manager has no volume " + handle));
    outgoing(volume, known.name());
    return volume;
  }

  private static OutsideException missing(JsonNode claim, String why) {
    return new OutsideException(
        "MIG-152 The data of claim '%s' cannot be moved: %s. Move that data another way, and set the"
                .formatted(Fields.name(claim), why)
            + " claim's annotation %s to true, so that it stays behind.".formatted(LEFT_BEHIND),
        ApiServer.INVALID,
        "MIG-152");
  }

  /** Nodes and provisioners are those of this cluster; data must survive whatever comes next. */
  private static void outgoing(ObjectNode volume, String name) {
    ObjectNode spec = volume.withObject("/spec");
    spec.withObject("/csi").put("volumeHandle", name);
    if (spec.path("csi").path("volumeAttributes") instanceof ObjectNode attributes) {
      attributes.remove("storage.kubernetes.io/csiProvisionerIdentity");
    }
    spec.remove("nodeAffinity");
    ObjectNode claim = spec.withObject("/claimRef");
    claim.retain("apiVersion", "kind", "name", "namespace");
    String policy = spec.path("persistentVolumeReclaimPolicy").asText(RETAIN);
    if (!policy.equals(RETAIN)) {
      Fields.annotate(volume, RECLAIM_BEFORE, policy);
    }
    spec.put("persistentVolumeReclaimPolicy", RETAIN);
  }

  /**
   * Makes a persistent volume of a manifest one of this cluster: of the volume here that has the
   * name, and for the claim in a namespace, and no other.
   *
   * @throws OutsideException MIG-153, if there is no such volume
   */
  void incoming(ObjectNode volume, String namespace) throws IOException {
    ObjectNode csi = volume.withObject("/spec").withObject("/csi");
    String name = csi.path("volumeHandle").asText();
    KnownVolume here =
        manager
            .volume(name)
            .orElseThrow(() ->
                refused(
                    volume,
                    "there is no volume '%s' here".formatted(name),
                    "Choose the volume in the migration, too"));
    csi.put("volumeHandle", here.id());
    csi.put("driver", driver);
    // Whoever sets the policy back to Delete has the volume deleted by its driver.
    Fields.annotate(volume, PROVISIONED_BY, driver);
    volume.withObject("/spec").withObject("/claimRef").put("namespace", namespace);
  }

  /**
   * Whether a persistent volume that is here already is the wanted one. It is never changed.
   *
   * @throws OutsideException MIG-153, if it is another one
   */
  static void checkSame(ObjectNode wanted, JsonNode here) throws OutsideException {
    for (String place : List.of("/spec/csi/driver", "/spec/csi/volumeHandle")) {
      if (!here.at(place).equals(wanted.at(place))) {
        throw refused(
            wanted,
            "there is one of this name with volume '%s' of driver '%s'"
                .formatted(
                    here.at("/spec/csi/volumeHandle").asText(),
                    here.at("/spec/csi/driver").asText()),
            "Delete it and its claim, if nobody needs that volume");
      }
    }
    for (String place : List.of("/spec/claimRef/namespace", "/spec/claimRef/name")) {
      if (!here.at(place).equals(wanted.at(place))) {
        throw refused(
            wanted,
            "there is one of this name, which belongs to claim '%s' of namespace '%s'"
                .formatted(
                    here.at("/spec/claimRef/name").asText(),
                    here.at("/spec/claimRef/namespace").asText()),
            "Delete it, if nobody needs it: its volume stays if its policy is Retain");
      }
    }
  }

  /**
   * Whether a claim that is here already has the wanted volume.
   *
   * @throws OutsideException MIG-153, if it has another one
   */
  static void checkBinding(JsonNode wanted, JsonNode here) throws OutsideException {
    String volume = wanted.path("spec").path("volumeName").asText();
    String bound = here.path("spec").path("volumeName").asText();
    if (!volume.isEmpty() && !bound.isEmpty() && !volume.equals(bound)) {
      throw refused(
          wanted,
          "there is one of this name with persistent volume '%s'".formatted(bound),
          "Delete it, if nobody needs that volume");
    }
  }

  private static OutsideException refused(JsonNode object, String why, String fix) {
    return new OutsideException(
        "MIG-153 %s '%s' is not made: %s. %s, and begin the migration again."
            .formatted(Fields.kind(object), Fields.name(object), why, fix),
        ApiServer.INVALID,
        "MIG-153");
  }

  /** Of the claim's volume, if Mooring has it. */
  Optional<String> handleOf(JsonNode claim) throws IOException {
    String name = claim.path("spec").path("volumeName").asText();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    return server
        .get(Kinds.VOLUME.path("", name))
        .map(volume -> volume.path("spec").path("csi"))
        .filter(csi -> csi.path("driver").asText().equals(driver))
        .map(csi -> csi.path("volumeHandle").asText());
  }
}
