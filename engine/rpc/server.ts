/** The engine's gRPC server on the loopback interface: what programs and plugins talk to. */
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { Cancelled } from "../deploy/diagnostics";
import { MAX_MESSAGE_BYTES } from "../plugins/grpcProvider";

const STATUS = { unknown: 2, unavailable: 14 } as const;

/** A method of a service, as an async function from request to response. */
export function unary<Request, Response>(
  method: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    method(call.request).then(
      (response) => callback(null, response),
      (error: Error) => {
        // The SDK ends quietly on UNAVAILABLE: the engine has said what there is to say.
        const code = error instanceof Cancelled ? STATUS.unavailable : STATUS.unknown;
        callback({ code, details: error.message, name: error.name, message: error.message });
      },
    );
  };
}

export class RpcServer {
  private readonly server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.server_max_unrequested_time_in_server": 1800,
  });

  add(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
    this.server.addService(service, implementation);
  }

  /** Starts serving. Returns the address. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(error);
        else resolve(`127.0.0.1:${port}`);
      });
    });
  }

  close(): void {
    this.server.forceShutdown();
  }
}
