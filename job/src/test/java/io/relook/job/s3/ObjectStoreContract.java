package io.relook.job.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every object store promises. The bucket {@code bucket} exists and starts empty. */
abstract class ObjectStoreContract {
  static final String BUCKET = "bucket";
  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  abstract ObjectStore store();

  @Test
  void readsWhatWasWritten() throws Exception {
    store().put(at("a/b c/ü+%.txt"), HELLO, "text/plain", Optional.empty());

    assertThat(store().get(at("a/b c/ü+%.txt"), 100)).isEqualTo(HELLO);
  }

  @Test
  void readsAnEmptyObject() throws Exception {
    store().put(at("empty"), new byte[0], "text/plain", Optional.empty());

    assertThat(store().get(at("empty"), 0)).isEmpty();
  }

  @Test
  void writingAgainReplaces() throws Exception {
    store().put(at("twice"), new byte[] {1, 2, 3}, "text/plain", Optional.empty());
    store().put(at("twice"), HELLO, "text/plain", Optional.empty());

    assertThat(store().get(at("twice"), 100)).isEqualTo(HELLO);
  }

  @Test
  void knowsWhatExists() throws Exception {
    store().put(at("there"), HELLO, "text/plain", Optional.empty());

    assertThat(store().exists(at("there"))).isTrue();
    assertThat(store().exists(at("not there"))).isFalse();
  }

  @Test
  void readsAnObjectOfExactlyTheBound() throws Exception {
    store().put(at("bound"), HELLO, "text/plain", Optional.empty());

    assertThat(store().get(at("bound"), HELLO.length)).isEqualTo(HELLO);
  }

  @Test
  void refusesAnObjectAboveTheBound() throws Exception {
    store().put(at("large"), HELLO, "text/plain", Optional.empty());

    assertThat(refusal(at("large"), HELLO.length - 1)).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void tellsAMissingKeyFromAMissingBucket() {
    assertThat(refusal(at("missing"), 100)).isEqualTo(Reason.NO_SUCH_KEY);
    assertThat(refusal(new S3Object("no-such-bucket", "key", null), 100))
        .isEqualTo(Reason.NO_SUCH_BUCKET);
  }

  @Test
  void refusesToWriteIntoAMissingBucket() {
    S3Object location = new S3Object("no-such-bucket", "key", null);

    assertThat(
            catchThrowableOfType(
                ObjectUnavailableException.class,
                () -> store().put(location, HELLO, "text/plain", Optional.empty())))
        .extracting(ObjectUnavailableException::reason)
        .isEqualTo(Reason.NO_SUCH_BUCKET);
  }

  @Test
  void refusesALocationWithoutName() {
    assertThat(refusal(at(""), 100)).isEqualTo(Reason.INVALID_LOCATION);
    assertThat(refusal(new S3Object("", "key", null), 100)).isEqualTo(Reason.INVALID_LOCATION);
  }

  @Test
  void refusesWhatCanBeNoBucket() {
    S3Object location = new S3Object("arn:aws:foo", "key", null);

    assertThat(refusal(location, 100)).isEqualTo(Reason.INVALID_LOCATION);
    assertThat(
            catchThrowableOfType(
                ObjectUnavailableException.class,
                () -> store().put(location, HELLO, "text/plain", Optional.empty())))
        .extracting(ObjectUnavailableException::reason)
        .isEqualTo(Reason.INVALID_LOCATION);
  }

  @Test
  void writesUnderAnEncryptionKey() throws Exception {
    store().put(at("secret"), HELLO, "text/plain", Optional.of("alias/factory"));

    assertThat(store().get(at("secret"), 100)).isEqualTo(HELLO);
  }

  @Test
  void putsAnObjectUnderAKeyOnceAndUnderAnotherAgain() throws Exception {
    S3Object object = at("pictures/ü +1.png");
    store().put(object, HELLO, "image/png", Optional.empty());

    assertThat(store().copyUnderKey(object, "alias/factory")).isTrue();
    assertThat(store().copyUnderKey(object, "alias/factory")).isFalse();
    assertThat(store().copyUnderKey(object, "alias/other")).isTrue();
    assertThat(store().copyUnderKey(object, "alias/factory")).isTrue();
    assertThat(store().get(object, 100)).isEqualTo(HELLO);
  }

  @Test
  void anObjectThatWasWrittenUnderAKeyIsNotCopied() throws Exception {
    store().put(at("secret"), HELLO, "text/plain", Optional.of("alias/factory"));

    assertThat(store().copyUnderKey(at("secret"), "alias/factory")).isFalse();
  }

  @Test
  void onlyWhatIsThereCanBePutUnderAKey() {
    assertThat(
            catchThrowableOfType(
                    ObjectUnavailableException.class,
                    () -> store().copyUnderKey(at("missing"), "alias/factory"))
                .reason())
        .isEqualTo(Reason.NO_SUCH_KEY);
  }

  @Test
  void movesWhatIsThereOverWhatWasThere() throws Exception {
    store().put(at("from/ü +1"), HELLO, "image/png", Optional.empty());
    store().put(at("to/ü +1"), new byte[] {1}, "text/plain", Optional.empty());

    assertThat(store().move(at("from/ü +1"), "to/ü +1")).isTrue();
    assertThat(store().move(at("from/ü +1"), "to/ü +1")).isFalse();
    assertThat(store().exists(at("from/ü +1"))).isFalse();
    assertThat(store().get(at("to/ü +1"), 100)).isEqualTo(HELLO);
  }

  @Test
  void whatIsMovedStaysUnderItsKey() throws Exception {
    store().put(at("secret"), HELLO, "text/plain", Optional.of("alias/factory"));
    store().move(at("secret"), "moved");

    assertThat(store().get(at("moved"), 100)).isEqualTo(HELLO);
    assertThat(store().copyUnderKey(at("moved"), "alias/factory")).isFalse();
  }

  @Test
  void removesWhatIsThereAndDoesNotMindWhatIsNot() throws Exception {
    store().put(at("leaving"), HELLO, "text/plain", Optional.empty());
    store().remove(at("leaving"));
    store().remove(at("leaving"));

    assertThat(store().exists(at("leaving"))).isFalse();
  }

  @Test
  void removesManyAndDoesNotMindWhatIsNotThere() throws Exception {
    List<String> keys = List.of("many/a b", "many/ü&<1>", "many/missing", "many/c");
    for (String key : List.of("many/a b", "many/ü&<1>", "many/c", "many/stays")) {
      store().put(at(key), HELLO, "text/plain", Optional.empty());
    }
    store().removeAll(BUCKET, keys);
    store().removeAll(BUCKET, List.of());

    assertThat(store().list(BUCKET, "many/")).containsExactly("many/stays");
    store().removeAll(BUCKET, List.of("many/stays"));
  }

  @Test
  void listsWhatBeginsWithAPrefix() throws Exception {
    for (String key : List.of("listed/a b", "listed/ü/2", "listen")) {
      store().put(at(key), HELLO, "text/plain", Optional.empty());
    }

    assertThat(store().list(BUCKET, "listed/"))
        .containsExactlyInAnyOrder("listed/a b", "listed/ü/2");
    assertThat(store().list(BUCKET, "nothing/")).isEmpty();
  }

  @Test
  void aBucketIsProbedAndNothingIsLeftThere() throws Exception {
    store().requireWritable(new S3Location(BUCKET, "probed/"), Duration.ofSeconds(5));

    assertThat(store().exists(at("probed/.relook-write-probe"))).isFalse();
    assertThat(
            catchThrowableOfType(
                    ObjectUnavailableException.class,
                    () ->
                        store()
                            .requireWritable(
                                new S3Location("no-such-bucket", ""), Duration.ofSeconds(5)))
                .reason())
        .isEqualTo(Reason.NO_SUCH_BUCKET);
  }

  @Test
  void aLocationWithoutABucketIsNotProbed() {
    assertThat(
            catchThrowableOfType(
                    ObjectUnavailableException.class,
                    () ->
                        store().requireWritable(new S3Location("", "out/"), Duration.ofSeconds(5)))
                .reason())
        .isEqualTo(Reason.INVALID_LOCATION);
  }

  Reason refusal(S3Object location, long maxBytes) {
    return catchThrowableOfType(
            ObjectUnavailableException.class, () -> store().get(location, maxBytes))
        .reason();
  }

  static S3Object at(String key) {
    return new S3Object(BUCKET, key, null);
  }
}
