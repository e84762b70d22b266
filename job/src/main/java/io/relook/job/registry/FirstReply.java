package io.relook.job.registry;

import io.relook.wire.CommandReply;

/**
 * The answer that a client token got first.
 *
 * @param fingerprint of the command's parameters
 * @param timestamp record time of the command, in milliseconds since the epoch
 */
public record FirstReply(String fingerprint, CommandReply reply, long timestamp) {}
