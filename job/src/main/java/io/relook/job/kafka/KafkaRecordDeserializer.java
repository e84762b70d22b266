package io.relook.job.kafka;

import io.relook.schemas.signing.RecordSignature;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes as they are. The checks decode them: only there can a message that cannot be
 * decoded be rejected with its bytes.
 */
final class KafkaRecordDeserializer implements KafkaRecordDeserializationSchema<KafkaRecord> {
  private static final long serialVersionUID = 1L;

  /** Longest signature header: longer ones are no signatures, and nobody keeps their bytes. */
  private static final int MAX_SIGNATURE = 1024;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<KafkaRecord> out) {
    out.collect(
        new KafkaRecord(
            message.topic(),
            message.partition(),
            message.offset(),
            message.timestamp(),
            message.key(),
            message.value(),
            signature(message)));
  }

  private static byte @Nullable [] signature(ConsumerRecord<byte[], byte[]> message) {
    Header header = message.headers().lastHeader(RecordSignature.HEADER);
    if (header == null || header.value() == null) {
      return null;
    }
    byte[] value = header.value();
    return value.length <= MAX_SIGNATURE ? value : new byte[0];
  }

  @Override
  public TypeInformation<KafkaRecord> getProducedType() {
    return TypeInformation.of(KafkaRecord.class);
  }
}
