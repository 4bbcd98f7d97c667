/** What stages 2 and 3 have in common: machines for the mock infrastructure, AutoQA's server and its test clients. */
import { clientProgram, serverProgram } from "../components/autoqa-programs";
import { AutoqaServer } from "../components/autoqa-server";
import type { Endpoints } from "../components/endpoints";
import type { Outbound } from "../components/management-network";
import { MockInfrastructure, mockInfrastructureStart } from "../components/mock-infrastructure";
import { bundlePrograms } from "../components/payload/bundle";
import { makePayload } from "../components/payload/payload";
import { PostsArchive } from "../components/posts-archive";
import { type Clock, type SupervisedProgram, supervisedStart } from "../components/supervised";
import { TestClient } from "../components/test-client";
import type { Stage2Config, Stage3Config } from "./config";
import { configuredAutoqa, machineOf, machinesOutput, makeSurroundings, size } from "./environment";

/** In what stages 2 and 3 differ. */
export interface Variant {
  /** @param infra the host name of the machine with the mock infrastructure */
  endpoints(infra: string): Endpoints;
  /** AutoQA's pause between two looks. */
  pollSeconds: number;
  clock: Clock;
  /** Of production, as the machines reach it; without it koji and bodhi are mocked whole and the machines are cut off. */
  production?: { bodhiUrl: string; outbound: Outbound };
}

export async function postingStage(config: Stage2Config | Stage3Config, projectDirectory: string, variant: Variant) {
  const { endpoints, pollSeconds, clock, production } = variant;
  const { infra: infraProgram, supervisor, autoqa: bundled } = await bundlePrograms(projectDirectory);
  const { source, files, server, client } = await configuredAutoqa(config, bundled, projectDirectory);
  const machines = { infra: machineOf("infra", config.machines), autoqa: machineOf("autoqa", config.machines) };
  const names = { infra: machines.infra.name, autoqa: machines.autoqa.name };
  const autoqaPayload = (program: SupervisedProgram) =>
    makePayload(supervisedStart([program], clock), { supervisor }, files);
  // An AutoQA whose server runs its tests itself has nothing for clients to do.
  const clients =
    client === undefined
      ? []
      : await Promise.all(
          config.machines
            .filter(({ role }) => role === "client")
            .map(async (machine) => {
              const program = clientProgram(client, machine.name, names.autoqa);
              return { machine, payload: await autoqaPayload(program) };
            }),
        );
  const clientNames = clients.map(({ machine }) => machine.name);
  const payloads = {
    infra: await makePayload(mockInfrastructureStart(names.autoqa, clientNames, production?.bodhiUrl), {
      infra: infraProgram,
    }),
    autoqa: await autoqaPayload(serverProgram(server, endpoints(names.infra), pollSeconds)),
  };
  const all = [payloads.infra, payloads.autoqa, ...clients.map(({ payload }) => payload)];
  const surroundings = makeSurroundings(config, projectDirectory, all, production?.outbound);

  const infra = new MockInfrastructure(names.infra, {
    ...surroundings,
    ...size(machines.infra),
    payload: payloads.infra,
    hostPorts: machines.infra.hostPorts,
    mocksKoji: production === undefined,
  });
  const autoqa = new AutoqaServer(names.autoqa, {
    ...surroundings,
    ...size(machines.autoqa),
    payload: payloads.autoqa,
    hasBodhiAccount: true,
    programs: 1,
    hostPort: machines.autoqa.hostPorts.autoqa,
  });
  const testClients = clients.map(
    ({ machine, payload }) => new TestClient(machine.name, { ...surroundings, ...size(machine), payload }),
  );
  new PostsArchive("posts", { infra, secrets: surroundings.secrets, generation: surroundings.generation });

  const outputs = {
    generation: surroundings.generation,
    bodhi: infra.bodhi,
    resultsdb: infra.resultsdb,
    autoqa: { url: autoqa.url, source },
    control: infra.control,
    controlToken: surroundings.secrets.controlToken,
    machines: machinesOutput([infra, autoqa, ...testClients].map(({ machine }) => machine)),
    sshPrivateKey: surroundings.secrets.sshPrivateKey,
  };
  return { infra, outputs };
}
