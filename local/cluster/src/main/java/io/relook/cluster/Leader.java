package io.relook.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.highavailability.ClientHighAvailabilityServices;
import org.apache.flink.runtime.highavailability.HighAvailabilityServicesUtils;
import org.apache.flink.runtime.leaderretrieval.LeaderRetrievalListener;
import org.apache.flink.runtime.leaderretrieval.LeaderRetrievalService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows in ZooKeeper which job manager leads, as Flink's own clients do. */
public final class Leader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leader.class);

  private final ClientHighAvailabilityServices services;
  private final LeaderRetrievalService retrieval;
  private @Nullable URI address;

  private Leader(ClientHighAvailabilityServices services, LeaderRetrievalService retrieval) {
    this.services = services;
    this.retrieval = retrieval;
  }

  /** Starts to follow. */
  static Leader follow(Configuration configuration) {
    try {
      ClientHighAvailabilityServices services =
          HighAvailabilityServicesUtils.createClientHAService(
              configuration, failure -> LOG.warn("ZooKeeper does not answer", failure));
      Leader leader = new Leader(services, services.getClusterRestEndpointLeaderRetriever());
      leader.retrieval.start(leader.new Listener());
      return leader;
    } catch (Exception e) {
      throw new IllegalStateException("The leader cannot be looked up in ZooKeeper", e);
    }
  }

  private final class Listener implements LeaderRetrievalListener {
    @Override
    public void notifyLeaderAddress(@Nullable String leader, @Nullable UUID session) {
      synchronized (Leader.this) {
        address = leader == null || leader.isEmpty() ? null : URI.create(leader);
        Leader.this.notifyAll();
      }
    }

    @Override
    public void handleError(Exception failure) {
      LOG.warn("The leader cannot be looked up", failure);
    }
  }

  /** The leader's REST address, if there is a leader. */
  public synchronized Optional<URI> now() {
    return Optional.ofNullable(address);
  }

  /** The leader's REST address, as soon as there is a leader; nothing after the time. */
  public synchronized Optional<URI> await(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (address == null) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return Optional.empty();
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return now();
  }

  @Override
  public void close() {
    try {
      retrieval.stop();
      services.close();
    } catch (Exception e) {
      LOG.debug("Left a ZooKeeper session behind", e);
    }
  }
}
