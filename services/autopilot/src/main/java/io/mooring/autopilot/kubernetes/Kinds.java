package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The custom resources, as {@code k8s/crds} defines them. */
final class Kinds {

  static final String GROUP = "autopilot.libopenstorage.org";
  static final String VERSION = "v1alpha1";
  static final String API_VERSION = GROUP + "/" + VERSION;

  static final ResourceDefinitionContext RULE = kind("AutopilotRule", "autopilotrules", false);
  static final ResourceDefinitionContext RULE_OBJECT =
      kind("AutopilotRuleObject", "autopilotruleobjects", true);
  static final ResourceDefinitionContext APPROVAL = kind("ActionApproval", "actionapprovals", true);

  /** Who made a resource; others are left alone. */
  static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  static final String AUTOPILOT = "mooring-autopilot";

  private Kinds() {}

  /** Of events about a rule. */
  static ObjectReference rule(String name, String uid) {
    return new ObjectReferenceBuilder()
        .withApiVersion(API_VERSION)
        .withKind(RULE.getKind())
        .withName(name)
        .withUid(uid)
        .build();
  }

  private static ResourceDefinitionContext kind(String kind, String plural, boolean namespaced) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(GROUP)
        .withVersion(VERSION)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(namespaced)
        .build();
  }
}
