import * as grpc from "@grpc/grpc-js";
import { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { encodeStruct, type ValueMap } from "./values";

/** An error meant for the user: what failed, where, what to do. Its code says that nothing was left behind. */
export class UserError extends Error {
  constructor(
    message: string,
    readonly code: status = status.FAILED_PRECONDITION,
  ) {
    super(message);
    this.name = "UserError";
  }
}

/**
 * The resource exists but did not come up: the engine keeps it in its state with these reasons, and the next
 * update repairs it (pulumirpc.ErrorResourceInitFailed).
 */
export class InitFailedError extends Error {
  constructor(
    readonly id: string,
    readonly properties: ValueMap,
    readonly inputs: ValueMap,
    readonly reasons: string[],
  ) {
    super(reasons.join("; "));
    this.name = "InitFailedError";
  }
}

/** Creating failed, and so did taking away what had been made until then. */
export class LeftoverError extends Error {
  constructor(
    readonly id: string,
    error: unknown,
    cleanupError: unknown,
  ) {
    super(`${messageOf(error)}; what was made of it could not be removed either: ${messageOf(cleanupError)}`);
    this.name = "LeftoverError";
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same error with what was being done in front; errors of our own making stay internal ones. */
export function withContext(error: unknown, context: string): unknown {
  return error instanceof UserError ? new UserError(`${context}: ${error.message}`, error.code) : error;
}

/** What a gRPC handler answers for an error; secrets given are cut out of every message. */
export function toServiceError(error: unknown, secrets: readonly string[]): Partial<ServiceError> {
  if (error instanceof InitFailedError) {
    const reasons = error.reasons.map((reason) => redact(reason, secrets));
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(encodeStruct(error.properties));
    detail.setInputs(encodeStruct(error.inputs));
    detail.setReasonsList(reasons);
    const message = reasons.join("; ");
    return { code: status.UNKNOWN, details: message, metadata: statusDetails(message, detail) };
  }
  if (error instanceof UserError) return { code: error.code, details: redact(error.message, secrets) };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: status.INTERNAL, details: `internal error of the libvirt provider: ${redact(text, secrets)}` };
}

/** google.rpc.Status in the trailer that carries structured errors. */
function statusDetails(message: string, detail: ErrorResourceInitFailed): Metadata {
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rpcStatus = new Status();
  rpcStatus.setCode(status.UNKNOWN);
  rpcStatus.setMessage(message);
  rpcStatus.setDetailsList([any]);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(rpcStatus.serializeBinary()));
  return metadata;
}

/** Shorter secrets are too common as parts of words to be cut out. */
const SHORTEST_REDACTED = 4;

export function redact(message: string, secrets: readonly string[]): string {
  const longestFirst = secrets
    .filter((secret) => secret.length >= SHORTEST_REDACTED)
    .sort((a, b) => b.length - a.length);
  return longestFirst.reduce((text, secret) => text.replaceAll(secret, "[secret]"), message);
}
