package io.relook.schemas.operation;

import io.relook.wire.ExceptionCode;
import io.relook.wire.ResourceType;
import io.relook.wire.ServiceException;

/** The API's exceptions with the members each must have (spec: lookout-for-vision.md §1.4). */
public final class ApiExceptions {

  static final String SERVICE_CODE = "lookoutvision";

  /** The service's own codes of quotas are not known: these are relook's. */
  public static final String TRAININGS_QUOTA = "relook-concurrent-trainings";

  static final String RATE_QUOTA = "relook-request-rate";
  public static final String TAGS_QUOTA = "relook-tags-per-model";

  /** Length of the window of the request rate. */
  private static final int RETRY_RATE_SECONDS = 1;

  /** A store that does not answer needs more time than one request. */
  private static final int RETRY_STORE_SECONDS = 5;

  private ApiExceptions() {}

  public static ServiceException validation(String message) {
    return of(ExceptionCode.ValidationException, message).build();
  }

  public static ServiceException accessDenied(String message) {
    return of(ExceptionCode.AccessDeniedException, message).build();
  }

  public static ServiceException internal(String message) {
    return of(ExceptionCode.InternalServerException, message)
        .setRetryAfterSeconds(RETRY_STORE_SECONDS)
        .build();
  }

  public static ServiceException throttling(String message) {
    return of(ExceptionCode.ThrottlingException, message)
        .setQuotaCode(RATE_QUOTA)
        .setServiceCode(SERVICE_CODE)
        .setRetryAfterSeconds(RETRY_RATE_SECONDS)
        .build();
  }

  public static ServiceException notFound(String message, String resourceId, ResourceType type) {
    return of(ExceptionCode.ResourceNotFoundException, message)
        .setResourceId(resourceId)
        .setResourceType(type)
        .build();
  }

  public static ServiceException conflict(String message, String resourceId, ResourceType type) {
    return of(ExceptionCode.ConflictException, message)
        .setResourceId(resourceId)
        .setResourceType(type)
        .build();
  }

  public static ServiceException quota(
      String message, String quotaCode, String resourceId, ResourceType type) {
    return of(ExceptionCode.ServiceQuotaExceededException, message)
        .setQuotaCode(quotaCode)
        .setServiceCode(SERVICE_CODE)
        .setResourceId(resourceId)
        .setResourceType(type)
        .build();
  }

  private static ServiceException.Builder of(ExceptionCode code, String message) {
    return ServiceException.newBuilder().setCode(code).setMessage(message);
  }
}
