/** Stacks deployed on Pulumi's mocks: which resources a given configuration makes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

export interface Made {
  name: string;
  type: string;
  /** URN and id of the provider, or nothing. */
  provider: string;
  inputs: Record<string, unknown>;
}

export const projectDirectory = join(__dirname, "../..");

/** An image and a cache of the test's own; `remove` both. */
export class MockedStack {
  readonly made: Made[] = [];
  outputs: Record<string, unknown> = {};
  readonly imageDirectory = mkdtempSync(join(tmpdir(), "mocked-stack-"));

  constructor() {
    process.env.AUTOQA_STAGING_CACHE = this.imageDirectory;
    const names = ["root.qcow2", "vmlinuz", "initrd.img"];
    for (const name of names) writeFileSync(join(this.imageDirectory, name), name);
    const sums = names.map((name) => `${"0".repeat(64)}  ${name}\n`).join("");
    writeFileSync(join(this.imageDirectory, "SHA256SUMS"), sums);
  }

  /** @param declare what index.ts does with the configuration */
  async deploy(declare: () => Promise<object>): Promise<void> {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ name, type, provider = "", inputs }) => {
          this.made.push({ name, type, provider, inputs });
          return { id: `${name}-id`, state: { ...inputs, ...outputsOf(type, inputs) } };
        },
        call: () => ({}),
      },
      "autoqa-staging",
      "lab",
    );
    this.outputs = await promise(pulumi.output({ ...(await declare()) }));
    // Until no more registrations come: what the outputs do not depend on may be under way.
    await pulumi.runtime.disconnect();
  }

  ofType(type: string): Made[] {
    return this.made.filter((resource) => resource.type === type);
  }

  domain(name: string): Record<string, unknown> {
    const found = this.ofType("libvirt:index/domain:Domain").find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no domain ${name}`);
    return found.inputs;
  }

  remove(): void {
    delete process.env.AUTOQA_STAGING_CACHE;
    rmSync(this.imageDirectory, { recursive: true });
  }
}

function outputsOf(type: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case "random:index/randomId:RandomId":
      return { hex: "0badcafe" };
    case "random:index/randomPassword:RandomPassword":
      return { result: "password-of-a-test" };
    case "random:index/randomBytes:RandomBytes":
      return { base64: Buffer.alloc(32, 7).toString("base64") };
    case "libvirt:index/volume:Volume":
      return { path: `/pool/${inputs.name}` };
    case "libvirt:index/domain:Domain": {
      const { interfaces } = inputs.devices as { interfaces: { portForwards?: { ranges: { to: number }[] }[] }[] };
      const ranges = interfaces.flatMap(({ portForwards = [] }) => portForwards.flatMap((forward) => forward.ranges));
      return {
        portForwards: ranges.map(({ to }) => ({ proto: "tcp", address: "127.0.0.1", start: 30_000 + to, to })),
      };
    }
    default:
      return {};
  }
}

function promise<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
