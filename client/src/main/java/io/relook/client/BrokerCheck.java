package io.relook.client;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/** Examines the brokers: number, version, and the longest transaction they allow. */
final class BrokerCheck {
  private static final String MAX_TIMEOUT = "transaction.max.timeout.ms";

  private final KafkaClients kafka;
  private final Admin admin;

  BrokerCheck(KafkaClients kafka, Admin admin) {
    this.kafka = kafka;
    this.admin = admin;
  }

  void look(Diagnosis.Builder found, Duration transactionTimeout)
      throws ExecutionException, InterruptedException {
    Collection<Node> nodes = admin.describeCluster().nodes().get();
    found.fact("bootstrapServers", kafka.bootstrapServers());
    found.fact("brokers", nodes.size());
    FinalizedVersionRange version =
        admin
            .describeFeatures()
            .featureMetadata()
            .get()
            .finalizedFeatures()
            .get("metadata.version");
    found.fact("metadataVersion", version == null ? "none" : version.maxVersionLevel());
    for (Node node : nodes) {
      checkTransactionTimeout(found, node, transactionTimeout);
    }
  }

  private void checkTransactionTimeout(Diagnosis.Builder found, Node node, Duration wanted)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
    Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    ConfigEntry entry = config == null ? null : config.get(MAX_TIMEOUT);
    if (entry == null) {
      return;
    }
    Duration most = Duration.ofMillis(Long.parseLong(entry.value()));
    found.fact("transactionMaxTimeout", most.toString());
    if (most.compareTo(wanted) < 0) {
      found.problem(
          "Broker %s allows transactions of at most %s (%s), but the job needs %s"
              + " (kafka.transaction-timeout): raise the broker's setting. Otherwise a longer"
              + " downtime loses what the job wrote before it.",
          node.idString(), most, MAX_TIMEOUT, wanted);
    }
  }
}
