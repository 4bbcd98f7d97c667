import * as pulumi from "@pulumi/pulumi";
import { Machine, type MachineSize, type Surroundings } from "./machine";
import type { Payload } from "./payload/payload";
import { ports, supervisorPort } from "./ports";

export interface AutoqaServerArgs extends Surroundings, MachineSize {
  payload: Payload;
  /** Whether AutoQA has an account at bodhi; not where that is production's. */
  hasBodhiAccount: boolean;
  /** How many of AutoQA's programs run on the machine, each under a supervisor. */
  programs: number;
  hostPort?: number | undefined;
}

/** The machine with AutoQA's server (watchers, scheduler, reporters, results page), and in stage 1 with its client. */
export class AutoqaServer extends pulumi.ComponentResource {
  readonly machine: Machine;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: AutoqaServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:AutoqaServer", name, {}, opts);
    const { hostPort, programs, hasBodhiAccount, secrets, ...machineArgs } = args;
    const bodhiPassword = hasBodhiAccount ? { AUTOQA_BODHI_PASSWORD: secrets.bodhiPassword } : {};
    this.machine = new Machine(
      name,
      {
        ...machineArgs,
        secrets,
        ports: [{ port: ports.autoqa, hostPort }],
        secretsJson: pulumi.jsonStringify({
          controlToken: secrets.controlToken,
          environment: { ...bodhiPassword, AUTOQA_CLIENT_TOKEN: secrets.clientToken },
        }),
        healthPorts: Array.from({ length: programs }, (_, index) => supervisorPort(index)),
      },
      { parent: this },
    );
    this.url = this.machine.url(ports.autoqa);
    this.registerOutputs();
  }
}
