package io.relook.schemas;

import org.apache.avro.specific.SpecificRecord;

/** What became of a message's bytes: a record, or the reason why there is none. */
public sealed interface Decoding {

  /** The message was well-formed and its record belongs on its topic. */
  record Decoded(SpecificRecord record) implements Decoding {}

  /**
   * The message cannot be read.
   *
   * @param code public API: rejections carry it
   * @param sentence what is wrong and what to do
   */
  record Undecodable(Code code, String sentence) implements Decoding {}

  /** Why a message cannot be read. */
  enum Code {
    /** There is no value, or it has no bytes. */
    EMPTY,
    /** The message does not begin with the marker of Avro's single-object encoding. */
    NOT_SINGLE_OBJECT,
    /** The fingerprint is that of no schema known to this build. */
    UNKNOWN_SCHEMA,
    /** The record is one of ours but does not belong on this topic. */
    WRONG_RECORD,
    /** The bytes do not follow the schema they name: truncated, with a rest, or broken. */
    MALFORMED
  }
}
