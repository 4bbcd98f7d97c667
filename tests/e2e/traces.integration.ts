import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLibvirt } from "../../setup/libvirt";
import { Traces } from "./traces";

const virsh = (...args: string[]): string =>
  execFileSync("virsh", ["--quiet", "--connect", "qemu:///system", ...args], { encoding: "utf8" });

describe("the audit of what a stack leaves", () => {
  const stack = `audit${process.pid}`;
  const name = `autoqa-${stack}`;
  const images = `/var/lib/libvirt/images/${name}`;
  let backend: string;
  let traces: Traces;
  const processes: ChildProcess[] = [];

  before(async () => {
    await startLibvirt();
    backend = mkdtempSync(join(tmpdir(), "audit-"));
    traces = new Traces(stack, backend);
  });
  afterEach(() => assert.deepEqual(traces.find(), []));
  after(() => {
    for (const child of processes) child.kill("SIGKILL");
    rmSync(backend, { recursive: true });
  });

  /** A program that listens on a port, with the stack's backend in its environment or not. */
  async function listen(env: NodeJS.ProcessEnv): Promise<{ port: number; end(): Promise<void> }> {
    const program = 'require("net").createServer().listen(0,"127.0.0.1",function(){console.log(this.address().port)})';
    const child = spawn(process.execPath, ["-e", program], { env, stdio: ["ignore", "pipe", "inherit"] });
    processes.push(child);
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    const end = async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    };
    return { port: Number(port), end };
  }

  const documentOf = (file: string, xml: string) => {
    writeFileSync(join(backend, file), xml);
    return join(backend, file);
  };

  it("sees networks, their bridges once they are nobody's, pools and volumes", () => {
    virsh("net-create", documentOf("network.xml", `<network><name>${name}-segment</name></network>`));
    traces.note({});
    const bridge = /Bridge:\s+(\S+)/.exec(virsh("net-info", `${name}-segment`))?.[1] ?? "";
    assert.ok(traces.find().includes(`network ${name}-segment`));
    virsh("net-destroy", `${name}-segment`);
    execFileSync("ip", ["link", "add", bridge, "type", "bridge"]);
    assert.deepEqual(traces.find(), [`bridge ${bridge}`]);
    execFileSync("ip", ["link", "delete", bridge]);

    mkdirSync(images);
    virsh("pool-create-as", "unnamed-audit", "dir", "--target", images);
    virsh("vol-create-as", "unnamed-audit", `${name}-root`, "1M");
    assert.deepEqual(traces.find(), [
      `file ${images}`,
      `file ${images}/${name}-root`,
      "pool unnamed-audit",
      `volume ${name}-root in pool unnamed-audit`,
    ]);
    virsh("pool-destroy", "unnamed-audit");
    rmSync(images, { recursive: true });
  });

  it("sees processes of the stack that have no name, ports, and what is left of the state", async () => {
    const plugin = await listen({ PULUMI_BACKEND_URL: `file://${backend}` });
    const machine = await listen({});
    traces.note({ koji: { url: `http://127.0.0.1:${machine.port}/` }, ssh: { port: plugin.port } });
    assert.deepEqual(
      traces.find().map((trace) => trace.replace(/ .*/, "")),
      ["port", "port", "process"],
    );
    await Promise.all([plugin.end(), machine.end()]);
    assert.deepEqual(traces.find(), []);
    const lock = join(backend, ".pulumi/locks/organization/autoqa-staging", stack);
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, "1.json"), "");
    assert.deepEqual(traces.find(), [`state ${join(lock, "1.json")}`]);
    rmSync(join(backend, ".pulumi"), { recursive: true });
  });

  it("does not mind that others have got the ports and bridges since", async () => {
    virsh("net-create", documentOf("network.xml", `<network><name>${name}-segment</name></network>`));
    const first = await listen({});
    traces.note({ ssh: { port: first.port } });
    const bridge = /Bridge:\s+(\S+)/.exec(virsh("net-info", `${name}-segment`))?.[1];
    virsh("net-destroy", `${name}-segment`);
    await first.end();
    const others = `<network><name>others-${process.pid}</name><bridge name='${bridge}'/></network>`;
    virsh("net-create", documentOf("network.xml", others));
    assert.deepEqual(traces.find(), []);
    virsh("net-destroy", `others-${process.pid}`);
  });
});
