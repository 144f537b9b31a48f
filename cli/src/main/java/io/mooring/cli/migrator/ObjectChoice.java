package io.mooring.cli.migrator;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which objects go along. */
final class ObjectChoice {

  @Option(
      names = "--namespace",
      description = "The objects of this namespace go along; may be given several times.")
  private List<String> namespaces = List.of();

  @Option(
      names = "--selector",
      paramLabel = "KEY=VALUE",
      description = "Only objects with this label; all of them, if given several times.")
  private Map<String, String> selector = Map.of();

  @Option(
      names = "--exclude-selector",
      paramLabel = "KEY=VALUE",
      description = "No objects with this label; none of them, if given several times.")
  private Map<String, String> excludeSelector = Map.of();

  @Option(
      names = "--exclude-kind",
      paramLabel = "KIND",
      description = "No objects of this kind; may be given several times.")
  private List<String> excludeKinds = List.of();

  @Option(
      names = "--include-volumes",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Volumes go along (default: true).")
  private boolean volumes;

  @Option(
      names = "--include-resources",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Objects go along (default: true).")
  private boolean resources;

  @Option(
      names = "--skip-deleted-namespaces",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Leave out a namespace that is gone, rather than fail (default: true).")
  private boolean skipDeleted;

  @Option(
      names = "--include-network-policy-with-cidr",
      description = "Network policies that name blocks of addresses go along.")
  private boolean cidr;

  @Option(
      names = "--ignore-owner-references",
      description = "Objects whose owner goes along go along, too.")
  private boolean ignoreOwners;

  void into(Map<String, Object> request) {
    if (namespaces.size() == 1) {
      request.put("namespace", namespaces.getFirst());
    } else {
      request.put("namespaces", namespaces);
    }
    request.put("objectSelector", selector);
    request.put("excludeSelector", excludeSelector);
    request.put("excludeKinds", excludeKinds);
    request.put("includeVolumes", volumes);
    request.put("includeResources", resources);
    request.put("skipDeletedNamespaces", skipDeleted);
    request.put("includeNetworkPolicyWithCidr", cidr);
    request.put("ignoreOwnerReferences", ignoreOwners);
  }
}
