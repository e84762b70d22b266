package io.relook.job.registry;

import io.relook.wire.CommandReply;

/**
 * The first answer to a client token.
 *
 * @param fingerprint of the command's parameters
 * @param reply the answer
 * @param timestamp record time of the command, in milliseconds since the epoch
 */
public record FirstReply(String fingerprint, CommandReply reply, long timestamp) {}
