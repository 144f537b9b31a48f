package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;

/** Tells the catalogue about lost replicas, again and again until it has answered. */
final class LossReports {
  private final Run run;

  LossReports(Run run) {
    this.run = run;
  }

  /** A member that cannot be read everywhere goes on as one until the catalogue has let it go. */
  void reportUnreadable(Link link, Membership membership) {
    report(
        link, HeadEffect.LossReason.UNREADABLE, "some of its content cannot be read", membership);
  }

  /** Reports every required replica that is not there. */
  void reportMissing(HeadEffect.LossReason reason, String detail, Membership membership) {
    run.links().missing().forEach(link -> report(link, reason, detail, membership));
  }

  /** Reports a loss that is new, or repeats one that is due; the first reason stays. */
  void report(Link link, HeadEffect.LossReason reason, String detail, Membership membership) {
    Link.Loss known = link.loss();
    long now = run.outbox().now();
    if (known != null && now - known.reportedAt() < run.timing().reportNanos()) {
      return;
    }
    Link.Loss loss =
        known == null
            ? new Link.Loss(reason, detail, now)
            : new Link.Loss(known.reason(), known.detail(), now);
    link.loss(loss);
    run.outbox()
        .add(
            new HeadEffect.ReportLost(
                link.replica(), membership.generation(), loss.reason(), loss.detail()));
  }
}
