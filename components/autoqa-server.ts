import * as pulumi from "@pulumi/pulumi";
import { Machine, type MachineSize, type Surroundings } from "./machine";
import type { Payload } from "./payload/payload";
import { ports } from "./ports";
import { supervisedStart } from "./supervised";

export interface AutoqaServerArgs extends Surroundings, MachineSize {
  payload: Payload;
  hostPort?: number | undefined;
}

/** The machine with AutoQA's server: watchers, scheduler, reporters and the results page. */
export class AutoqaServer extends pulumi.ComponentResource {
  readonly machine: Machine;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: AutoqaServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:AutoqaServer", name, {}, opts);
    const { hostPort, secrets, ...machineArgs } = args;
    this.machine = new Machine(
      name,
      {
        ...machineArgs,
        secrets,
        ports: [{ port: ports.autoqa, hostPort }],
        secretsJson: pulumi.jsonStringify({
          controlToken: secrets.controlToken,
          environment: { AUTOQA_BODHI_PASSWORD: secrets.bodhiPassword, AUTOQA_CLIENT_TOKEN: secrets.clientToken },
        }),
        health: { port: ports.autoqa, path: "/health" },
      },
      { parent: this },
    );
    this.url = this.machine.url(ports.autoqa);
    this.registerOutputs();
  }
}

/** What the machine runs; docs/autoqa-contract.md has the variables. */
export function autoqaServerStart(infra: string): string {
  return supervisedStart(["node", "/opt/staging/autoqa.js", "server"], {
    AUTOQA_KOJI_HUB_URL: `http://${infra}:${ports.koji}/kojihub`,
    AUTOQA_KOJI_FILES_URL: `http://${infra}:${ports.koji}/kojifiles`,
    AUTOQA_REPOS_URL: `http://${infra}:${ports.koji}/repositories`,
    AUTOQA_BODHI_URL: `http://${infra}:${ports.bodhi}/`,
    AUTOQA_BODHI_USERNAME: "autoqa",
    AUTOQA_RESULTSDB_URL: `http://${infra}:${ports.resultsdb}/api/v2.0`,
    AUTOQA_LISTEN: `0.0.0.0:${ports.autoqa}`,
    // Stands in what is posted, so it must be the same in every deploy, whatever the machine or its port is called.
    AUTOQA_PUBLIC_URL: "http://autoqa:8080",
    AUTOQA_POLL_SECONDS: "2",
  });
}
