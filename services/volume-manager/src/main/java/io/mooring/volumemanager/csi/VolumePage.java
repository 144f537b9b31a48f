package io.mooring.volumemanager.csi;

import csi.v1.ListVolumesRequest;
import csi.v1.ListVolumesResponse;
import io.grpc.Status;
import io.mooring.volumemanager.query.VolumeDescription;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.List;

/**
 * A page of the list of volumes. Volumes are listed by id, and a token is the id after which the
 * next page begins, so a listing goes on correctly whatever is created or deleted in between.
 */
record VolumePage(List<VolumeDescription> volumes, String nextToken) {

  static VolumePage of(List<VolumeDescription> sorted, ListVolumesRequest request) {
    if (request.getMaxEntries() < 0) {
      throw CsiStatus.of(Status.INVALID_ARGUMENT, negativeSize(request.getMaxEntries()));
    }
    String after = request.getStartingToken();
    if (!after.isEmpty() && !VolumeId.isId(after)) {
      throw CsiStatus.of(Status.ABORTED, foreignToken(after, "ListVolumes"));
    }
    List<VolumeDescription> rest =
        sorted.stream().filter(volume -> volume.id().compareTo(after) > 0).toList();
    int limit = request.getMaxEntries() == 0 ? rest.size() : request.getMaxEntries();
    return rest.size() <= limit
        ? new VolumePage(rest, "")
        : new VolumePage(rest.subList(0, limit), rest.get(limit - 1).id());
  }

  static Rejection negativeSize(int maxEntries) {
    return new Rejection(
        "CSI-057",
        "max_entries is %d.".formatted(maxEntries),
        "A page cannot have fewer than no entries.",
        "Set it to 0 for all of them, or to a positive number.");
  }

  static Rejection foreignToken(String token, String call) {
    return new Rejection(
        "CSI-058",
        "starting_token '%s' was not given out by %s.".formatted(token, call),
        "A token is the next_token of the page before.",
        "Begin again without a token.");
  }

  ListVolumesResponse toResponse() {
    return ListVolumesResponse.newBuilder()
        .addAllEntries(volumes.stream().map(VolumePage::entry).toList())
        .setNextToken(nextToken)
        .build();
  }

  private static ListVolumesResponse.Entry entry(VolumeDescription volume) {
    return ListVolumesResponse.Entry.newBuilder()
        .setVolume(ControllerService.volume(volume))
        .setStatus(
            ListVolumesResponse.VolumeStatus.newBuilder()
                .addAllPublishedNodeIds(ControllerService.publishedNodes(volume))
                .setVolumeCondition(ControllerService.condition(volume)))
        .build();
  }
}
