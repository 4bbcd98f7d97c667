import * as pulumi from "@pulumi/pulumi";
import { Machine, type MachineSize, type ServicePort, type Surroundings } from "./machine";
import type { Payload } from "./payload/payload";
import { ports, secretsFile, stateDirectory } from "./ports";
import { startScript } from "./shell";

/** Of the machine, with a port each. */
type Service = "koji" | "bodhi" | "resultsdb" | "control";

export interface MockInfrastructureArgs extends Surroundings, MachineSize {
  payload: Payload;
  hostPorts: Partial<Record<Service, number | undefined>>;
  /** Whether koji is mocked, too: in stage 2 it is production's. */
  mocksKoji: boolean;
}

/** The machine with mock bodhi, ResultsDB, their control API and mock koji. */
export class MockInfrastructure extends pulumi.ComponentResource {
  readonly machine: Machine;
  readonly bodhi: pulumi.Output<{ url: string }>;
  readonly resultsdb: pulumi.Output<{ url: string }>;
  readonly control: pulumi.Output<{ url: string }>;

  constructor(name: string, args: MockInfrastructureArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:MockInfrastructure", name, {}, opts);
    const { hostPorts, mocksKoji, secrets, ...machineArgs } = args;
    const services: Service[] = [...(mocksKoji ? ["koji" as const] : []), "bodhi", "resultsdb", "control"];
    this.machine = new Machine(
      name,
      {
        ...machineArgs,
        secrets,
        ports: services.map((service): ServicePort => ({ port: ports[service], hostPort: hostPorts[service] })),
        secretsJson: pulumi.jsonStringify({
          controlToken: secrets.controlToken,
          accounts: { autoqa: secrets.bodhiPassword },
        }),
        healthPorts: [ports.control],
      },
      { parent: this },
    );
    this.bodhi = this.machine.url(ports.bodhi).apply((url) => ({ url: `${url}/` }));
    this.resultsdb = this.machine.url(ports.resultsdb).apply((url) => ({ url: `${url}/api/v2.0` }));
    this.control = this.machine.url(ports.control).apply((url) => ({ url }));
    this.registerOutputs();
  }

  /** Mock koji and the repositories, where koji is mocked. */
  koji(): { koji: pulumi.Output<{ hubUrl: string; filesUrl: string }>; repos: pulumi.Output<{ url: string }> } {
    const koji = this.machine.url(ports.koji);
    return {
      koji: koji.apply((url) => ({ hubUrl: `${url}/kojihub`, filesUrl: `${url}/kojifiles` })),
      repos: koji.apply((url) => ({ url: `${url}/repositories` })),
    };
  }
}

/**
 * What the machine runs.
 * @param autoqa the host name of AutoQA's server
 * @param clients the host names of the test clients
 * @param productionBodhiUrl where mock bodhi reads through, and koji is production's
 */
export function mockInfrastructureStart(autoqa: string, clients: string[], productionBodhiUrl?: string): string {
  const supervisors = [autoqa, ...clients].flatMap((host) => [
    "--supervisor-url",
    `http://${host}:${ports.supervisor}`,
  ]);
  const koji =
    productionBodhiUrl === undefined
      ? ["--koji-port", String(ports.koji)]
      : ["--bodhi-read-through", productionBodhiUrl];
  return startScript([
    ...["node", "/opt/staging/infra.js", "--host", "0.0.0.0"],
    ...[...koji, "--bodhi-port", String(ports.bodhi)],
    ...["--resultsdb-port", String(ports.resultsdb), "--control-port", String(ports.control)],
    ...["--state-directory", stateDirectory, "--secrets-file", secretsFile],
    ...supervisors,
    ...["--autoqa-status-url", `http://${autoqa}:${ports.autoqa}/status`],
  ]);
}
