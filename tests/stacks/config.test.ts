import assert from "node:assert/strict";
import { ConfigError, parseAutoqaConfig, parseConfig } from "../../stacks/config";

const machines = [
  { name: "infra", role: "infra", memoryMiB: 512 },
  { name: "autoqa", role: "autoqa", memoryMiB: 512 },
  { name: "client1", role: "client", memoryMiB: 512 },
];
const good = {
  stage: "3",
  hypervisors: JSON.stringify([{ name: "local", uri: "qemu:///system" }]),
  machines: JSON.stringify(machines),
};

function problems(values: Record<string, string>, parse: (values: Record<string, string>) => unknown): string[] {
  try {
    parse(values);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
  return assert.fail("nothing was refused");
}

describe("parseConfig", () => {
  it("fills in defaults", () => {
    const config = parseConfig(good);
    assert.equal(config.pristine, "always");
    assert.deepEqual(config.hypervisors[0], {
      name: "local",
      uri: "qemu:///system",
      poolDirectory: "/var/lib/libvirt/images",
      accelerator: "auto",
    });
    assert.deepEqual(config.machines[0], { ...machines[0], vcpus: 1, hostPorts: {} });
  });

  const refused: [what: string, values: Record<string, string>, problem: RegExp][] = [
    ["an unknown key", { ...good, pristin: "always" }, /^pristin: there is no such key; known here: .*pristine/],
    [
      "an unknown key inside a list",
      { ...good, machines: JSON.stringify([{ ...machines[0], memory: 5 }, ...machines.slice(1)]) },
      /^machines\[0\]\.memory: there is no such key; known here: .*memoryMiB/,
    ],
    [
      "a typo in the name of a port",
      { ...good, machines: JSON.stringify([{ ...machines[0], hostPorts: { kojo: 7001 } }, ...machines.slice(1)]) },
      /^machines\[0\]\.hostPorts\.kojo: there is no such key; known here: ssh, koji, bodhi/,
    ],
    ["text for a list", { ...good, machines: "three" }, /^machines: .*expected array/],
    [
      "too little memory",
      { ...good, machines: JSON.stringify([{ ...machines[0], memoryMiB: 1 }]) },
      /^machines\[0\]\.memoryMiB/,
    ],
    ["an unknown stage", { ...good, stage: "4" }, /^stage: must be 1, 2 or 3/],
    ["a missing key", { stage: "3", machines: good.machines }, /^hypervisors: /],
    [
      "two machines of a name",
      { ...good, machines: JSON.stringify([...machines, machines[2]]) },
      /^machines\[3\]\.name: client1 is there/,
    ],
    [
      "a machine on an unknown hypervisor",
      { ...good, machines: JSON.stringify([{ ...machines[0], hypervisor: "lab" }, ...machines.slice(1)]) },
      /^machines\[0\]\.hypervisor: there is no hypervisor lab; known: local/,
    ],
    [
      "no test client",
      { ...good, machines: JSON.stringify(machines.slice(0, 2)) },
      /at least one machine of role client/,
    ],
    [
      "two infra machines",
      { ...good, machines: JSON.stringify([...machines, { ...machines[0], name: "infra2" }]) },
      /exactly one machine of role infra, not 2/,
    ],
  ];
  const production = {
    kojiHubUrl: "https://koji.example.org/kojihub",
    kojiFilesUrl: "https://koji.example.org/",
    bodhiUrl: "https://bodhi.example.org/",
  };
  const withPorts = (...ports: object[]) =>
    JSON.stringify(machines.map((machine, index) => ({ ...machine, hostPorts: ports[index] ?? {} })));
  refused.push(
    [
      "a port that the machine does not have",
      { ...good, machines: withPorts({}, { koji: 7001 }) },
      /^machines\[1\]\.hostPorts\.koji: a machine of role autoqa in stage 3 has no such port; it has ssh, autoqa$/,
    ],
    [
      "mock koji's port where there is none",
      { ...good, stage: "2", production: JSON.stringify(production), machines: withPorts({ koji: 7001 }) },
      /^machines\[0\]\.hostPorts\.koji: a machine of role infra in stage 2 has no such port/,
    ],
    [
      "a port for two",
      { ...good, machines: withPorts({ ssh: 2222 }, { ssh: 2222 }) },
      /^machines\[1\]\.hostPorts\.ssh: machines\[0\]\.hostPorts\.ssh is 2222 already/,
    ],
    ["production in stage 3", { ...good, production: JSON.stringify(production) }, /^production: stage 3 is cut off/],
    ["stage 1 without production", { ...good, stage: "1" }, /^production: /],
    [
      "production without bodhi",
      { ...good, stage: "2", production: JSON.stringify({ ...production, bodhiUrl: undefined }) },
      /^production\.bodhiUrl: /,
    ],
    [
      "an unknown key of production",
      { ...good, stage: "2", production: JSON.stringify({ ...production, pollMinutes: 1 }) },
      /^production\.pollMinutes: there is no such key; known here: .*pollSeconds/,
    ],
    [
      "more than a box in stage 1",
      { ...good, stage: "1", production: JSON.stringify(production) },
      /^machines: stage 1 has no machine of role infra, not 1/,
    ],
  );
  for (const [what, values, problem] of refused) {
    it(`refuses ${what} by its place`, () => {
      assert.match(problems(values, parseConfig).join("\n"), problem);
    });
  }
});

describe("parseAutoqaConfig", () => {
  it("means the bundled one where nothing is said", () => {
    assert.equal(parseAutoqaConfig({}), undefined);
  });

  it("takes URLs and paths, branches, tags and commits as they are", () => {
    for (const repository of [
      "../autoqa",
      "/srv/git/autoqa.git",
      "https://example.org/autoqa.git",
      "git@host:autoqa",
    ]) {
      for (const ref of ["main", "feature/1.0", "2024", "1e5", "v1.0-rc1", "0".repeat(40)]) {
        assert.deepEqual(parseAutoqaConfig({ repository, ref }), { repository, ref });
      }
    }
  });

  it("takes the repository's default branch where there is no ref", () => {
    assert.deepEqual(parseAutoqaConfig({ repository: "/srv/autoqa" }), { repository: "/srv/autoqa", ref: "HEAD" });
  });

  const repository = "/srv/autoqa";
  const refused: [what: string, values: Record<string, string>, problem: RegExp][] = [
    ["a ref without a repository", { ref: "main" }, /^repository: is missing; ref alone says nothing$/],
    ["an unknown key", { repository, branch: "main" }, /^branch: there is no such key; known here: repository, ref$/],
    ["an empty repository", { repository: "" }, /^repository: must be a URL or a path$/],
    ["an option for a repository", { repository: "--upload-pack=x" }, /^repository: must be a URL or a path$/],
    ...["", "--upload-pack=x", "-x", "a b", "a..b", "HEAD~1", "main^{}", "a:b", "refs/*", "@{-1}", "a\nb"].map(
      (ref): [string, Record<string, string>, RegExp] => [
        `the ref ${JSON.stringify(ref)}`,
        { repository, ref },
        /^ref: must be a branch, a tag or a commit$/,
      ],
    ),
  ];
  for (const [what, values, problem] of refused) {
    it(`refuses ${what}`, () => {
      assert.match(problems(values, parseAutoqaConfig).join("\n"), problem);
    });
  }
});
