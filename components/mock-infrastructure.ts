import * as pulumi from "@pulumi/pulumi";
import { Machine, type MachineSize, type ServicePort, type Surroundings } from "./machine";
import type { Payload } from "./payload/payload";
import { ports, secretsFile, stateDirectory } from "./ports";
import { startScript } from "./shell";

type Service = "koji" | "bodhi" | "resultsdb" | "control";

export interface MockInfrastructureArgs extends Surroundings, MachineSize {
  payload: Payload;
  hostPorts: Partial<Record<Service, number | undefined>>;
}

/** The machine with mock koji, mock bodhi, ResultsDB and their control API. */
export class MockInfrastructure extends pulumi.ComponentResource {
  readonly machine: Machine;
  readonly koji: pulumi.Output<{ hubUrl: string; filesUrl: string }>;
  readonly repos: pulumi.Output<{ url: string }>;
  readonly bodhi: pulumi.Output<{ url: string }>;
  readonly resultsdb: pulumi.Output<{ url: string }>;
  readonly control: pulumi.Output<{ url: string }>;

  constructor(name: string, args: MockInfrastructureArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:MockInfrastructure", name, {}, opts);
    const { hostPorts, secrets, ...machineArgs } = args;
    const services: Service[] = ["koji", "bodhi", "resultsdb", "control"];
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
        health: { port: ports.control, path: "/health" },
      },
      { parent: this },
    );
    const koji = this.machine.url(ports.koji);
    this.koji = koji.apply((url) => ({ hubUrl: `${url}/kojihub`, filesUrl: `${url}/kojifiles` }));
    this.repos = koji.apply((url) => ({ url: `${url}/repositories` }));
    this.bodhi = this.machine.url(ports.bodhi).apply((url) => ({ url: `${url}/` }));
    this.resultsdb = this.machine.url(ports.resultsdb).apply((url) => ({ url: `${url}/api/v2.0` }));
    this.control = this.machine.url(ports.control).apply((url) => ({ url }));
    this.registerOutputs();
  }
}

/**
 * What the machine runs.
 * @param autoqa the host name of AutoQA's server
 * @param clients the host names of the test clients
 */
export function mockInfrastructureStart(autoqa: string, clients: string[]): string {
  const supervisors = [autoqa, ...clients].flatMap((host) => [
    "--supervisor-url",
    `http://${host}:${ports.supervisor}`,
  ]);
  return startScript([
    ...["node", "/opt/staging/infra.js", "--host", "0.0.0.0"],
    ...["--koji-port", String(ports.koji), "--bodhi-port", String(ports.bodhi)],
    ...["--resultsdb-port", String(ports.resultsdb), "--control-port", String(ports.control)],
    ...["--state-directory", stateDirectory, "--secrets-file", secretsFile],
    ...supervisors,
    ...["--autoqa-status-url", `http://${autoqa}:${ports.autoqa}/status`],
  ]);
}
