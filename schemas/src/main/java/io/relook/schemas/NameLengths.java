package io.relook.schemas;

/** Largest lengths of names in messages, in characters. */
public final class NameLengths {
  public static final int ACCOUNT = 64;

  /** The API's limit: CreateProject, ProjectName. */
  public static final int PROJECT = 255;

  public static final int SOURCE_REF = 2048;

  private NameLengths() {}
}
