package io.relook.job.s3;

final class InMemoryObjectStoreTest extends ObjectStoreContract {
  private final InMemoryObjectStore store = new InMemoryObjectStore(BUCKET);

  @Override
  ObjectStore store() {
    return store;
  }
}
