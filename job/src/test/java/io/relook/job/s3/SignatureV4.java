package io.relook.job.s3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signature Version 4 as a store computes it from what came over the wire, written after AWS's
 * description ("Signature Calculations for the Authorization Header", S3 API Reference) and not
 * after any client.
 */
final class SignatureV4 {
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=[^/]+/(?<scope>[^,]+), ?SignedHeaders=(?<headers>[^,]+),"
              + " ?Signature=(?<signature>[0-9a-f]{64})");

  private SignatureV4() {}

  /** A request as it came. */
  record Request(String method, String target, Map<String, String> headers) {
    private String header(String name) {
      return Objects.requireNonNull(headers.get(name), name);
    }
  }

  /** The signature that a request carries. */
  static String carried(Request request) {
    return authorization(request).group("signature");
  }

  /** The signature that it must carry. */
  static String of(Request request, String secret) throws GeneralSecurityException {
    Matcher authorization = authorization(request);
    String scope = authorization.group("scope");
    StringBuilder headers = new StringBuilder();
    for (String name : List.of(authorization.group("headers").split(";"))) {
      headers.append(name).append(':').append(request.header(name).strip()).append('\n');
    }
    String[] target = request.target().split("\\?", 2);
    String canonical =
        String.join(
            "\n",
            request.method(),
            target[0],
            query(target.length == 1 ? "" : target[1]),
            headers,
            authorization.group("headers"),
            request.header("x-amz-content-sha256"));
    String toSign =
        String.join(
            "\n",
            "AWS4-HMAC-SHA256",
            request.header("x-amz-date"),
            scope,
            io.relook.schemas.Sha256.hex(canonical.getBytes(StandardCharsets.UTF_8)));
    byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    return HexFormat.of().formatHex(hmac(key, toSign));
  }

  private static String query(String given) {
    Map<String, String> sorted = new TreeMap<>();
    for (String pair : given.split("&")) {
      if (!pair.isEmpty()) {
        String[] parts = pair.split("=", 2);
        sorted.put(parts[0], parts.length == 1 ? "" : parts[1]);
      }
    }
    return String.join(
        "&", sorted.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }

  private static Matcher authorization(Request request) {
    Matcher matcher = AUTHORIZATION.matcher(request.header("authorization"));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(request.header("authorization"));
    }
    return matcher;
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }
}
