/** The Engine service: messages of programs and plugins to the user. */
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import * as pb from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Severity } from "../deploy/diagnostics";
import { COMPATIBLE_VERSION } from "../state/deployment";
import { unary } from "./server";

export interface LogSink {
  report(severity: Severity, urn: string | undefined, message: string, ephemeral: boolean, streamId: number): void;
}

const SEVERITIES: readonly Severity[] = ["debug", "info", "warning", "error"];

export function engineService(sink: LogSink, stackUrn: string): UntypedServiceImplementation {
  let root = "";
  return {
    log: unary(async (request: pb.LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      const urn = request.getUrn() || stackUrn;
      sink.report(severity, urn, request.getMessage(), request.getEphemeral(), request.getStreamid());
      return new Empty();
    }),
    getRootResource: unary(async () => {
      const response = new pb.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    setRootResource: unary(async (request: pb.SetRootResourceRequest) => {
      root = request.getUrn();
      return new pb.SetRootResourceResponse();
    }),
    startDebugging: unary(async () => new Empty()),
    requirePulumiVersion: unary(async (request: pb.RequirePulumiVersionRequest) => {
      const range = request.getPulumiVersionRange();
      const { satisfies } = await import("semver");
      if (!satisfies(COMPATIBLE_VERSION, range)) {
        throw new Error(`Pulumi CLI version ${COMPATIBLE_VERSION} does not satisfy the version range "${range}"`);
      }
      return new pb.RequirePulumiVersionResponse();
    }),
  };
}
