package io.relook.job;

import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Every operator of the job, in the order data flows. State is found by uid when a job is restored,
 * so a uid never changes; display names may.
 */
public enum Operator {
  READ_COMMANDS("read-commands", "1 read commands"),
  READ_OUTCOMES("read-outcomes", "1 read outcomes"),
  CHECK_COMMANDS("check-commands", "2 check commands"),
  CHECK_OUTCOMES("check-outcomes", "2 check outcomes"),
  PROBE_BUCKET("probe-bucket", "3 probe output bucket"),
  REGISTRY("registry", "4 registry"),
  WRITE_COMMAND_REJECTIONS("write-command-rejections", "4 write rejections"),
  WRITE_CONTROL("write-control", "5 write replies, models, projects, cut markers"),

  READ_IMAGES("read-images", "1 read images"),
  CHECK_IMAGES("check-images", "2 check images"),
  EXTRACT_FEATURES("extract-features", "3 store pictures, extract features"),
  DATASET("dataset", "4 data set"),
  IMPORT_MANIFEST("import-manifest", "5 import manifest"),
  WRITE_IMPORT("write-import", "5 write import"),
  RETRY_IMAGES("retry-images", "5 retry images"),
  WRITE_RETRIES("write-retries", "5 write retries"),
  REMOVE_OBJECTS("remove-objects", "5 remove objects"),
  REMOVE_PUBLISHED("remove-published", "6 remove published files"),
  WRITE_MANIFEST("write-manifest", "5 write manifest"),
  TRAIN("train", "6 train"),
  PUBLISH("publish", "7 publish"),
  ENCODE_OUTCOMES("encode-outcomes", "7 encode outcomes"),
  WRITE_IMAGE_REJECTIONS("write-image-rejections", "8 write rejections"),
  WRITE_DATA("write-data", "9 write outcomes, datasets, rejections");

  private final String uid;
  private final String displayName;

  Operator(String uid, String displayName) {
    this.uid = uid;
    this.displayName = displayName;
  }

  public String uid() {
    return uid;
  }

  public String displayName() {
    return displayName;
  }

  <T> SingleOutputStreamOperator<T> names(SingleOutputStreamOperator<T> operator) {
    return operator.uid(uid).name(displayName);
  }

  <T> void names(DataStreamSink<T> sink) {
    sink.uid(uid).name(displayName);
  }
}
