package io.relook.schemas;

/** Most characters of the names that messages bear. */
public final class NameLengths {
  public static final int ACCOUNT = 64;

  /** Of the API: CreateProject, ProjectName. */
  public static final int PROJECT = 255;

  public static final int SOURCE_REF = 2048;

  private NameLengths() {}
}
