package io.relook.client;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Examines everything of an installation that Kafka knows: one check per part. Only {@link
 * #abortTransactions} changes anything.
 */
public final class KafkaDoctor implements AutoCloseable {
  private final KafkaClients kafka;
  private final Clock clock;
  private final Admin admin;

  KafkaDoctor(KafkaClients kafka, Clock clock) {
    this.kafka = kafka;
    this.clock = clock;
    this.admin = kafka.admin();
  }

  /** A check that asks Kafka, which answers in futures. */
  private interface Check {
    void look(Diagnosis.Builder found) throws ExecutionException, InterruptedException;
  }

  private Diagnosis diagnose(String part, String doing, Check check) {
    Diagnosis.Builder found = new Diagnosis.Builder(part);
    try {
      check.look(found);
    } catch (ExecutionException | KafkaException e) {
      found.problem("%s", String.valueOf(kafka.failure(doing, e).getMessage()));
    } catch (InterruptedException e) {
      throw Interrupts.stopped(e);
    }
    return found.build();
  }

  /**
   * Brokers, their version, and how long they let transactions stay open.
   *
   * @param transactionTimeout the job's {@code kafka.transaction-timeout}
   */
  public Diagnosis broker(Duration transactionTimeout) {
    return diagnose(
        "broker",
        "Asking the brokers",
        found -> new BrokerCheck(kafka, admin).look(found, transactionTimeout));
  }

  /** Whether all topics exist, are complete, and have the settings of the catalogue. */
  public Diagnosis topics() {
    return diagnose(
        "topics",
        "Describing the topics",
        found -> new TopicCheck(kafka, admin, clock).look(found));
  }

  /**
   * Open transactions: those of the job, of which a running job always has some, for one checkpoint
   * each; and those of other programs that hold back readers of relook's topics.
   *
   * @param prefix the job's {@code kafka.transactional-id-prefix}
   * @param tooLong age from which a transaction is a problem; zero when no job runs that could end
   *     it
   */
  public Diagnosis transactions(String prefix, Duration tooLong) {
    return diagnose(
        "transactions",
        "Listing the open transactions",
        found -> {
          new TransactionCheck(admin, clock).look(found, prefix, tooLong);
          new HeldReadersCheck(kafka, admin, clock).look(found, prefix);
        });
  }

  /**
   * Ends the job's open transactions: what they wrote is discarded. The coordinator ends all
   * partitions alike, as if the job had come back with nothing to commit.
   *
   * @return the transactional ids
   * @throws RelookException when Kafka does not allow it
   */
  public List<String> abortTransactions(String prefix) {
    try {
      return new TransactionCheck(admin, clock).abort(prefix);
    } catch (ExecutionException | KafkaException e) {
      throw kafka.failure("Ending the job's transactions", e);
    } catch (InterruptedException e) {
      throw Interrupts.stopped(e);
    }
  }

  /**
   * How far the job is behind, by its committed offsets: these move with each checkpoint.
   *
   * @param prefix the job's {@code kafka.transactional-id-prefix}, with which its groups begin
   * @param tooMuch messages of one partition from which lag is a problem. The ends of transactions
   *     count as messages, so a few are normal.
   */
  public Diagnosis lag(String prefix, long tooMuch) {
    return diagnose(
        "lag",
        "Asking for the job's offsets",
        found -> new LagCheck(kafka, admin).look(found, prefix, tooMuch));
  }

  /**
   * Trainings that go on, of all accounts.
   *
   * @param longest how long a training and its publication may take together
   */
  public Diagnosis trainings(Duration longest) {
    return diagnose(
        "trainings",
        "Reading the models",
        found -> new TrainingCheck(kafka, clock).look(found, longest));
  }

  /** What was rejected within the window before now, by reason. */
  public Diagnosis rejections(Duration window) {
    return diagnose(
        "rejections",
        "Reading the rejections",
        found -> new RejectionCheck(kafka, clock).look(found, window));
  }

  @Override
  public void close() {
    admin.close();
  }
}
