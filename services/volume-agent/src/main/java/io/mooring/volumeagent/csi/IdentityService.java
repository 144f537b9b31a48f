package io.mooring.volumeagent.csi;

import com.google.protobuf.BoolValue;
import csi.v1.GetPluginCapabilitiesRequest;
import csi.v1.GetPluginCapabilitiesResponse;
import csi.v1.GetPluginInfoRequest;
import csi.v1.GetPluginInfoResponse;
import csi.v1.IdentityGrpc;
import csi.v1.PluginCapability;
import csi.v1.ProbeRequest;
import csi.v1.ProbeResponse;
import io.grpc.stub.StreamObserver;
import java.util.function.BooleanSupplier;

/** Who this plugin is. The same driver as the controller plugin of volume-manager. */
public final class IdentityService extends IdentityGrpc.IdentityImplBase {

  public static final String DRIVER_NAME = "csi.mooring.io";

  private final String version;
  private final BooleanSupplier ready;

  public IdentityService(String version, BooleanSupplier ready) {
    this.version = version;
    this.ready = ready;
  }

  @Override
  public void getPluginInfo(
      GetPluginInfoRequest request, StreamObserver<GetPluginInfoResponse> answer) {
    answer.onNext(
        GetPluginInfoResponse.newBuilder().setName(DRIVER_NAME).setVendorVersion(version).build());
    answer.onCompleted();
  }

  @Override
  public void getPluginCapabilities(
      GetPluginCapabilitiesRequest request, StreamObserver<GetPluginCapabilitiesResponse> answer) {
    answer.onNext(
        GetPluginCapabilitiesResponse.newBuilder()
            .addCapabilities(service(PluginCapability.Service.Type.CONTROLLER_SERVICE))
            .addCapabilities(
                service(PluginCapability.Service.Type.VOLUME_ACCESSIBILITY_CONSTRAINTS))
            .addCapabilities(
                PluginCapability.newBuilder()
                    .setVolumeExpansion(
                        PluginCapability.VolumeExpansion.newBuilder()
                            .setType(PluginCapability.VolumeExpansion.Type.ONLINE)))
            .build());
    answer.onCompleted();
  }

  @Override
  public void probe(ProbeRequest request, StreamObserver<ProbeResponse> answer) {
    answer.onNext(ProbeResponse.newBuilder().setReady(BoolValue.of(ready.getAsBoolean())).build());
    answer.onCompleted();
  }

  private static PluginCapability service(PluginCapability.Service.Type type) {
    return PluginCapability.newBuilder()
        .setService(PluginCapability.Service.newBuilder().setType(type))
        .build();
  }
}
