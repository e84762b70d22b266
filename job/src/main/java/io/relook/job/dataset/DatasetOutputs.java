package io.relook.job.dataset;

import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RetryRequest;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.schemas.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Collects what the effects of a decision lead to, until the decision has succeeded. */
final class DatasetOutputs implements DatasetEffect.Outputs {
  private final TopicRecords topics;
  private final List<TopicRecord> records = new ArrayList<>();
  private final List<ImportRequest> imports = new ArrayList<>();
  private final List<RetryRequest> retries = new ArrayList<>();
  private final List<RejectedMessage> rejected = new ArrayList<>();
  private final List<DatasetOutput> next = new ArrayList<>();

  DatasetOutputs(TopicRecords topics) {
    this.topics = topics;
  }

  @Override
  public void record(Topic topic, SpecificRecord value) {
    records.add(topics.record(topic, value));
  }

  @Override
  public void tombstone(Topic topic, String key) {
    records.add(topics.tombstone(topic, key));
  }

  @Override
  public void importing(ImportRequest request) {
    imports.add(request);
  }

  @Override
  public void retrying(RetryRequest request) {
    retries.add(request);
  }

  @Override
  public void rejecting(RejectedMessage message) {
    rejected.add(message);
  }

  @Override
  public void next(DatasetOutput output) {
    next.add(output);
  }

  List<TopicRecord> records() {
    return List.copyOf(records);
  }

  List<ImportRequest> imports() {
    return List.copyOf(imports);
  }

  List<RetryRequest> retries() {
    return List.copyOf(retries);
  }

  List<RejectedMessage> rejected() {
    return List.copyOf(rejected);
  }

  List<DatasetOutput> next() {
    return List.copyOf(next);
  }
}
