import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Messages to the user through the engine, for what a provider prints nobody sees. */
export class EngineLog {
  private client: EngineClient | undefined;

  /** @param address host:port of the engine; without it messages go nowhere. */
  constructor(private address: string | undefined) {}

  connect(address: string): void {
    if (address !== "") this.address = address;
  }

  log(severity: "info" | "warning", urn: string, message: string): void {
    if (this.address === undefined) return;
    this.client ??= new EngineClient(this.address, credentials.createInsecure());
    const request = new LogRequest();
    request.setSeverity(severity === "info" ? LogSeverity.INFO : LogSeverity.WARNING);
    request.setUrn(urn);
    request.setMessage(message);
    // Progress is shown while it lasts, a warning stays.
    request.setEphemeral(severity === "info");
    // A message that cannot be delivered is no reason to fail.
    this.client.log(request, () => {});
  }

  close(): void {
    this.client?.close();
  }
}
