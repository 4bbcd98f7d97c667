import assert from "node:assert/strict";
import { FileCheckpoints } from "../../../engine/backend/checkpoint";
import type { FileBackend } from "../../../engine/backend/fileBackend";
import type { Deployment } from "../../../engine/state/deployment";
import { Journal } from "../../../engine/state/journal";
import { EMPTY_SNAPSHOT } from "../../../engine/state/resource";
import { revealing } from "../../../engine/values/serial";
import { resources, thing } from "../state/states";

const ID = { project: "test", stack: "dev" };

/** Writes take as long as the test wants them to. */
class SlowBackend {
  readonly written: number[] = [];
  private readonly waiting: (() => void)[] = [];

  async checkpoint(_id: unknown, deployment: Deployment): Promise<void> {
    this.written.push((deployment.resources as unknown[] | undefined)?.length ?? 0);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  finishOne(): void {
    this.waiting.shift()?.();
  }
}

function setUp() {
  const backend = new SlowBackend();
  const journal = new Journal(EMPTY_SNAPSHOT);
  const writer = new FileCheckpoints(
    backend as unknown as FileBackend,
    ID,
    journal,
    { type: "passphrase", state: { salt: "s" } },
    revealing,
  );
  return { backend, journal, writer };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe("checkpoints", () => {
  it("are written one at a time; changes that come meanwhile share the next one", async () => {
    const { backend, journal, writer } = setUp();
    for (const state of resources()) journal.add(state);
    const first = writer.flush();
    await soon();
    journal.add(thing("a"));
    const second = writer.flush();
    journal.add(thing("b"));
    const third = writer.flush();
    await soon();
    assert.deepEqual(backend.written, [2]);
    backend.finishOne();
    await first;
    await soon();
    assert.deepEqual(backend.written, [2, 4]);
    backend.finishOne();
    await Promise.all([second, third]);
    assert.deepEqual(backend.written, [2, 4]);
  });

  it("fail for whoever waits for them, and not for the next", async () => {
    const { backend, journal, writer } = setUp();
    journal.add(thing("orphan"));
    const broken = writer.flush();
    await soon();
    backend.finishOne();
    await assert.rejects(broken, /snapshot integrity failure/);
    journal.remove(journal.snapshot().resources[0] ?? thing("none"));
    const fine = writer.flush();
    await soon();
    backend.finishOne();
    await fine;
  });
});
