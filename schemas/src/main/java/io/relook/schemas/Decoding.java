package io.relook.schemas;

import org.apache.avro.specific.SpecificRecord;

/** The result of decoding a message: a record, or the reason why there is none. */
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
    /** This build knows no schema with this fingerprint. */
    UNKNOWN_SCHEMA,
    /** The record is one of relook's, but not one of this topic. */
    WRONG_RECORD,
    /** The bytes do not follow their schema: they are truncated, too long or damaged. */
    MALFORMED
  }
}
