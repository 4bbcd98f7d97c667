/** What a failed call to a provider says: the message alone, and the structured detail of a partial failure. */
import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { fromStruct } from "../values/wire";
import { InitError, ProviderError } from "./provider";

const INIT_FAILED = "pulumirpc.ErrorResourceInitFailed";
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;

export const isUnimplemented = (error: unknown): boolean => (error as ServiceError).code === UNIMPLEMENTED;

/** Whether the call failed because nobody was there to take it. */
export const isUnavailable = (error: ServiceError): boolean => error.code === UNAVAILABLE;

/** The error of a call as the engine knows it. `obituary` is why the plugin's process is gone, if it is. */
export function asProviderError(error: ServiceError, obituary: string | undefined): ProviderError {
  const details = error.metadata?.get("grpc-status-details-bin")[0];
  if (details instanceof Buffer) {
    for (const any of Status.deserializeBinary(details).getDetailsList()) {
      if (any.getTypeName() !== INIT_FAILED) continue;
      const failed = any.unpack(ErrorResourceInitFailed.deserializeBinary, INIT_FAILED);
      if (failed) {
        return new InitError(
          failed.getId(),
          failed.hasInputs() ? fromStruct(failed.getInputs()) : undefined,
          fromStruct(failed.getProperties()),
          failed.getReasonsList(),
        );
      }
    }
  }
  if (isUnavailable(error)) return new ProviderError(obituary ?? `the provider does not answer: ${error.details}`);
  return new ProviderError(error.details || error.message);
}
