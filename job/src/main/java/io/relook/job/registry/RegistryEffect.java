package io.relook.job.registry;

import io.relook.job.domain.Request;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.CutMarker;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ServiceException;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * What a decision of the registry leads to. All effects of one command or outcome are written in
 * one transaction.
 */
public sealed interface RegistryEffect {

  /** Writes the effect. */
  void into(Records records);

  /** Where effects are written. */
  interface Records {
    /** Writes a record. */
    void record(Topic topic, SpecificRecord value);

    /** Writes a tombstone: the compacted topic drops the key. */
    void tombstone(Topic topic, String key);

    /** Writes one marker into each partition that the project's images may stand in. */
    void markers(CutMarker ofPartitionZero);
  }

  /** To the sender of a command. */
  record Reply(CommandReply reply) implements RegistryEffect {
    @Override
    public void into(Records records) {
      records.record(Topic.REPLIES, reply);
    }
  }

  /** A model's new state. */
  record Model(ModelMetadata model) implements RegistryEffect {
    @Override
    public void into(Records records) {
      records.record(Topic.MODELS, model);
    }
  }

  /** A model is gone. */
  record ModelGone(String arn) implements RegistryEffect {
    @Override
    public void into(Records records) {
      records.tombstone(Topic.MODELS, arn);
    }
  }

  /** A project's new state. */
  record NewProject(ProjectDescription project) implements RegistryEffect {
    @Override
    public void into(Records records) {
      records.record(Topic.PROJECTS, project);
    }
  }

  /** A project is gone. */
  record ProjectGone(String arn) implements RegistryEffect {
    @Override
    public void into(Records records) {
      records.tombstone(Topic.PROJECTS, arn);
    }
  }

  /**
   * A command for a data set.
   *
   * @param marker the marker of partition 0
   */
  record Cut(CutMarker marker) implements RegistryEffect {
    @Override
    public void into(Records records) {
      records.markers(marker);
    }
  }

  /** The reply to a command that is done. */
  static RegistryEffect answer(Request request, Object result) {
    return new Reply(request.answer(result));
  }

  /** The only effect of a command that fails. */
  static List<RegistryEffect> failure(Request request, ServiceException error) {
    return List.of(new Reply(request.failure(error)));
  }
}
