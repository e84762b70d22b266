package io.relook.schemas.access;

import io.relook.schemas.Excerpt;
import io.relook.schemas.operation.ApiExceptions;
import io.relook.schemas.operation.CommandRules;
import io.relook.schemas.operation.NamedLocation;
import io.relook.schemas.operation.Operation;
import io.relook.wire.Command;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a caller may do, and which objects relook reads and writes for a caller: with
 * relook's own rights a caller must not reach what the caller has no right to. Pure: no decision
 * looks whether an object exists, so a refusal says nothing about that.
 *
 * <p>Two rules for locations. relook's own bucket is closed, except {@code uploads/<account>/} for
 * that account; no policy opens it. If there is a policy, a statement must allow the location.
 *
 * @param ownBucket name of relook's own bucket
 * @param policy null allows every operation, and every location outside of relook's own bucket
 */
public record AccessControl(String ownBucket, @Nullable AccessPolicy policy)
    implements Serializable {

  /** First part of the keys that clients upload, in relook's own bucket; the account follows. */
  public static final String UPLOADS = "uploads/";

  /** What relook does with an object for a caller. */
  private enum Use {
    READ("read", "readBuckets"),
    WRITE("written", "writeBuckets");

    private final String participle;

    /** Member of a statement that allows it. */
    private final String member;

    Use(String participle, String member) {
      this.participle = participle;
      this.member = member;
    }
  }

  /** A key with a part {@code .} or {@code ..}. */
  private static final Pattern DOT_PART = Pattern.compile("(.*/)?\\.\\.?(/.*)?", Pattern.DOTALL);

  /** Access control without a policy. */
  public static AccessControl withoutPolicy(String ownBucket) {
    return new AccessControl(ownBucket, null);
  }

  /**
   * Why a command is not carried out, before anything is looked up: it breaks a rule, its caller
   * may not do it, or it names a location that its caller may not name.
   */
  public Optional<ServiceException> refusal(Command command) {
    return CommandRules.violation(command)
        .map(ApiExceptions::validation)
        .or(() -> forbidden(command))
        .or(() -> forbiddenLocation(command).map(ApiExceptions::accessDenied));
  }

  private Optional<ServiceException> forbidden(Command command) {
    Operation operation = Operation.of(command.getBody());
    String caller = command.getCaller();
    return operation.permissions().stream()
        .filter(
            needed ->
                policy != null
                    && !policy.allows(command.getAccount(), caller, needed, operation.project()))
        .findFirst()
        .map(
            denied ->
                ApiExceptions.accessDenied(
                    theCaller(caller)
                        + " may not do "
                        + denied
                        + " on the project '"
                        + operation.project()
                        + "'"
                        + (denied.equals(operation.name())
                            ? ""
                            : ", which CreateModel with Tags needs")
                        + ": ask for a statement in the job's access policy that allows it."));
  }

  private Optional<String> forbiddenLocation(Command command) {
    Operation operation = Operation.of(command.getBody());
    for (NamedLocation input : operation.inputs()) {
      Optional<String> refused =
          read(
              command.getAccount(),
              command.getCaller(),
              operation.name(),
              operation.project(),
              input.member(),
              input.object());
      if (refused.isPresent()) {
        return refused;
      }
    }
    return operation
        .outputLocation()
        .flatMap(
            output ->
                refused(
                    command.getAccount(),
                    "OutputConfig.S3Location",
                    output.getBucket(),
                    output.getPrefix(),
                    policy == null
                        || policy.allowsWrite(
                            command.getAccount(),
                            command.getCaller(),
                            operation.name(),
                            operation.project(),
                            output.getBucket(),
                            output.getPrefix()),
                    Use.WRITE));
  }

  /**
   * Why relook does not read an object for a caller, as a sentence.
   *
   * @param caller null when the command named none
   * @param operation in whose course the object is read
   * @param member what names the object
   */
  public Optional<String> read(
      String account,
      @Nullable String caller,
      String operation,
      String project,
      String member,
      S3Object object) {
    return refused(
        account,
        member,
        object.getBucket(),
        object.getKey(),
        policy == null
            || policy.allowsRead(
                account, caller, operation, project, object.getBucket(), object.getKey()),
        Use.READ);
  }

  /**
   * Why relook does not read an object that a message of the image topic names, as a sentence. Such
   * a message has no caller: it may name what any caller of its account may have read for its
   * project.
   *
   * @param member what names the object
   */
  public Optional<String> readForImage(
      String account, String project, String member, S3Object object) {
    return refused(
        account,
        member,
        object.getBucket(),
        object.getKey(),
        policy == null
            || policy.allowsReadByAnyCaller(account, project, object.getBucket(), object.getKey()),
        Use.READ);
  }

  private Optional<String> refused(
      String account, String member, String bucket, String key, boolean allowed, Use use) {
    boolean own = bucket.toLowerCase(Locale.ROOT).equals(ownBucket.toLowerCase(Locale.ROOT));
    String uploads = UPLOADS + account + "/";
    if (own && !(key.startsWith(uploads) && isPlain(key))) {
      return Optional.of(
          said(member, bucket, key)
              + "relook's own bucket is closed, except below s3://"
              + ownBucket
              + "/"
              + uploads
              + ": name another location.");
    }
    if (!own && !(allowed && (policy == null || isPlain(key)))) {
      return Optional.of(
          said(member, bucket, key)
              + "the account "
              + account
              + " may not have it "
              + use.participle
              + " here: ask for "
              + use.member
              + " in a statement of the job's access policy that allow it.");
    }
    return Optional.empty();
  }

  /**
   * Whether a key has no part {@code .} or {@code ..}: stores on a file system read such a key as
   * another one, so its first part does not say where it leads.
   */
  private static boolean isPlain(String key) {
    return !DOT_PART.matcher(key).matches();
  }

  private static String said(String member, String bucket, String key) {
    return member + " is " + Excerpt.quoted("s3://" + bucket + "/" + key) + ": ";
  }

  private static String theCaller(@Nullable String caller) {
    return "The caller " + (caller == null ? "(none was named)" : "'" + caller + "'");
  }
}
