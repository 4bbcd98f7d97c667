import * as pulumi from "@pulumi/pulumi";
import { Machine, type MachineSize, type Surroundings } from "./machine";
import type { Payload } from "./payload/payload";
import { ports } from "./ports";
import { supervisedStart } from "./supervised";

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
        health: { port: ports.supervisor, path: "/health" },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** What the machine runs; docs/autoqa-contract.md has the variables. */
export function testClientStart(client: string, autoqa: string, infra: string): string {
  return supervisedStart(["node", "/opt/staging/autoqa.js", "client"], {
    AUTOQA_SERVER_URL: `http://${autoqa}:${ports.autoqa}`,
    AUTOQA_CLIENT_NAME: client,
    AUTOQA_CLIENT_LABELS: "x86_64,i386,noarch",
    AUTOQA_KOJI_HUB_URL: `http://${infra}:${ports.koji}/kojihub`,
    AUTOQA_KOJI_FILES_URL: `http://${infra}:${ports.koji}/kojifiles`,
    AUTOQA_REPOS_URL: `http://${infra}:${ports.koji}/repositories`,
  });
}
