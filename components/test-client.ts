import * as pulumi from "@pulumi/pulumi";
import { Machine, type MachineSize, type Surroundings } from "./machine";
import type { Payload } from "./payload/payload";
import { ports } from "./ports";

export interface TestClientArgs extends Surroundings, MachineSize {
  payload: Payload;
}

/** A machine that runs tests for AutoQA's server. */
export class TestClient extends pulumi.ComponentResource {
  readonly machine: Machine;

  constructor(name: string, args: TestClientArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:TestClient", name, {}, opts);
    const { secrets, ...machineArgs } = args;
    this.machine = new Machine(
      name,
      {
        ...machineArgs,
        secrets,
        ports: [],
        secretsJson: pulumi.jsonStringify({
          controlToken: secrets.controlToken,
          environment: { AUTOQA_CLIENT_TOKEN: secrets.clientToken },
        }),
        healthPorts: [ports.supervisor],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
