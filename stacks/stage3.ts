/** Stage 3: AutoQA and a complete mock infrastructure, cut off from the world. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { AutoqaServer, autoqaServerStart } from "../components/autoqa-server";
import { Generation } from "../components/generation";
import { Hypervisor } from "../components/hypervisor";
import type { MachineSize, Surroundings } from "../components/machine";
import { MockInfrastructure, mockInfrastructureStart } from "../components/mock-infrastructure";
import { bundlePrograms } from "../components/payload/bundle";
import { makePayload } from "../components/payload/payload";
import { Secrets } from "../components/secrets";
import { Segment } from "../components/segment";
import { TestClient, testClientStart } from "../components/test-client";
import { bundledSource } from "./autoqa-source";
import { baseImage } from "./base-image";
import type { MachineConfig, StackConfig } from "./config";

/** Declares the environment. @returns the stack's outputs, by the names that DESIGN.md fixes */
export async function stage3(config: StackConfig, projectDirectory: string) {
  const image = baseImage(config, projectDirectory);
  const machines = byRole(config.machines);
  const names = { infra: machines.infra.name, autoqa: machines.autoqa.name };
  const clientNames = machines.clients.map((client) => client.name);
  const { infra: infraProgram, ...autoqaPrograms } = await bundlePrograms(projectDirectory);
  const payloads = {
    infra: await makePayload(mockInfrastructureStart(names.autoqa, clientNames), { infra: infraProgram }),
    autoqa: await makePayload(autoqaServerStart(names.infra), autoqaPrograms),
    clients: await Promise.all(
      clientNames.map((client) => makePayload(testClientStart(client, names.autoqa, names.infra), autoqaPrograms)),
    ),
  };

  const hypervisors = config.hypervisors.map(
    ({ name, ...hypervisor }) => new Hypervisor(name, { ...hypervisor, image }),
  );
  const hypervisor = placedOn(machines.infra, hypervisors);
  const content = digest(config, image, payloads);
  const generation = new Generation("generation", { pristine: config.pristine, content }).id;
  const secrets = new Secrets("secrets", { generation });
  const segment = new Segment("segment", {
    hypervisor,
    generation,
    hostNames: [names.infra, names.autoqa, ...clientNames],
  });
  const reused = config.pristine === "onChange";
  const surroundings: Surroundings = { hypervisor, segment, secrets, generation, reused };

  const infra = new MockInfrastructure(names.infra, {
    ...surroundings,
    ...size(machines.infra),
    payload: payloads.infra,
    hostPorts: machines.infra.hostPorts,
  });
  const autoqa = new AutoqaServer(names.autoqa, {
    ...surroundings,
    ...size(machines.autoqa),
    payload: payloads.autoqa,
    hostPort: machines.autoqa.hostPorts.autoqa,
  });
  const clients = payloads.clients.map((payload, index) => {
    const client = machines.clients[index] as MachineConfig;
    return new TestClient(client.name, { ...surroundings, ...size(client), payload });
  });

  return {
    stage: 3,
    generation,
    koji: infra.koji,
    repos: infra.repos,
    bodhi: infra.bodhi,
    resultsdb: infra.resultsdb,
    autoqa: { url: autoqa.url, source: bundledSource(projectDirectory) },
    control: infra.control,
    controlToken: secrets.controlToken,
    machines: [infra, autoqa, ...clients].map(({ machine }) => ({
      name: machine.machineName,
      hypervisor: machine.hypervisorName,
      ssh: machine.ssh,
    })),
    sshPrivateKey: secrets.sshPrivateKey,
  };
}

function byRole(machines: MachineConfig[]) {
  const one = (role: MachineConfig["role"]): MachineConfig => {
    const machine = machines.find((candidate) => candidate.role === role);
    if (machine === undefined) throw new pulumi.RunError(`stage 3 needs a machine of role ${role}`);
    return machine;
  };
  return { infra: one("infra"), autoqa: one("autoqa"), clients: machines.filter(({ role }) => role === "client") };
}

function placedOn(machine: MachineConfig, hypervisors: Hypervisor[]): Hypervisor {
  const hypervisor = hypervisors.find(({ hypervisorName }) => hypervisorName === machine.hypervisor) ?? hypervisors[0];
  if (hypervisor === undefined) throw new pulumi.RunError("there is no hypervisor to place machines on");
  return hypervisor;
}

const size = ({ memoryMiB, vcpus, hostPorts }: MachineConfig): MachineSize => ({
  memoryMiB,
  vcpus,
  sshHostPort: hostPorts.ssh,
});

/** Changes with anything that a machine of this environment could notice. */
function digest(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
