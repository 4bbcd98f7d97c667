/** A service that can be reached before there is anybody to serve: calls wait until then. */
import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";

type Unary = handleUnaryCall<unknown, unknown>;

export class LateService {
  private release: (service: UntypedServiceImplementation) => void = () => {};
  private readonly opened = new Promise<UntypedServiceImplementation>((resolve) => {
    this.release = resolve;
  });
  readonly implementation: UntypedServiceImplementation;

  /** `methods` must be unary ones. */
  constructor(methods: readonly string[]) {
    const waiting =
      (name: string): Unary =>
      (call, callback) =>
        void this.opened.then((service) => (service[name] as Unary)(call, callback));
    this.implementation = Object.fromEntries(methods.map((name) => [name, waiting(name)]));
  }

  /** Lets the calls through, those that wait and those to come. */
  open(service: UntypedServiceImplementation): void {
    this.release(service);
  }
}
