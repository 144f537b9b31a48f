package io.mooring.migrator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever can be stopped is afterwards what it was before. */
class WorkloadTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'a'},'spec':{'replicas':3}}",
        "{'apiVersion':'apps/v1','kind':'DaemonSet','metadata':{'name':'a'},'spec':{'template':{'spec':{'nodeSelector':{'disk':'ssd'}}}}}",
        "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'a'},'spec':{'replicas':3,'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete','whenDeleted':'Delete'}}}",
        "{'apiVersion':'apps/v1','kind':'DaemonSet','metadata':{'name':'a'},'spec':{'template':{'spec':{}}}}",
        "{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'a'},'spec':{'suspend':false}}",
        "{'apiVersion':'kafka.strimzi.io/v1beta2','kind':'Kafka','metadata':{'name':'a','annotations':{'a':'b'}},'spec':{}}",
        "{'apiVersion':'kafka.strimzi.io/v1','kind':'Kafka','metadata':{'name':'a','annotations':{'strimzi.io/pause-reconciliation':'true'}},'spec':{}}"
      })
  void stoppingIsUndoneByStarting(String text) throws IOException {
    ObjectNode object = manifest(text);
    Workload workload = Workload.of(object).orElseThrow();
    assertThat(workload.start(object)).isFalse();
    assertThat(workload.stop(object)).isTrue();
    assertThat(workload.isStopped(object)).isTrue();
    ObjectNode stopped = object.deepCopy();
    assertThat(workload.stop(object)).isFalse();
    assertThat(object).isEqualTo(stopped).isNotEqualTo(manifest(text));
    assertThat(workload.start(object)).isTrue();
    assertThat(object).isEqualTo(manifest(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'a'},'spec':{'replicas':0}}",
        "{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'a'},'spec':{'suspend':true}}"
      })
  void whatSomebodyElseStoppedIsNotStarted(String text) throws IOException {
    ObjectNode object = manifest(text);
    Workload workload = Workload.of(object).orElseThrow();
    assertThat(workload.stop(object)).isFalse();
    assertThat(workload.start(object)).isFalse();
    assertThat(object).isEqualTo(manifest(text));
  }

  @Test
  void aSetThatDeletesClaimsWhenItIsScaledKeepsThemWhenItIsStopped() throws IOException {
    ObjectNode set =
        manifest(
            "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'a'},'spec':{'persistentVolumeClaimRetentionPolicy':{'whenScaled':'Delete'}}}");
    Workload.REPLICAS.stop(set);
    assertThat(set.at("/spec/persistentVolumeClaimRetentionPolicy/whenScaled").asText())
        .isEqualTo("Retain");
  }

  @Test
  void whoeverScaledItMeanwhileIsNotOverruled() throws IOException {
    ObjectNode set =
        manifest(
            "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'a'},'spec':{'replicas':3}}");
    Workload.REPLICAS.stop(set);
    set.withObject("/spec").put("replicas", 1);
    Workload.REPLICAS.start(set);
    assertThat(set.at("/spec/replicas").asInt()).isEqualTo(1);
  }

  @Test
  void aSetWithoutANumberHasOnePod() throws IOException {
    ObjectNode set =
        manifest("{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'a'},'spec':{}}");
    Workload.REPLICAS.stop(set);
    assertThat(Fields.annotation(set, Workload.REMEMBERED)).isEqualTo("1");
  }

  @Test
  void whatRunsNoPodsIsNoWorkload() throws IOException {
    for (String kind : new String[] {"KafkaTopic", "KafkaNodePool", "KafkaUser"}) {
      assertThat(
              Workload.of(
                  manifest("{'apiVersion':'kafka.strimzi.io/v1','kind':'%s'}".formatted(kind))))
          .isEmpty();
    }
    assertThat(Workload.of(manifest("{'apiVersion':'example.org/v1','kind':'Deployment'}")))
        .isEmpty();
  }

  private static ObjectNode manifest(String text) throws IOException {
    return ApiServer.parsed(text.replace('\'', '"'));
  }
}
