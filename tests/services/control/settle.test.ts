import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { settle } from "../../../services/control/settle";

interface State {
  idle: boolean;
  started: number;
  completed: number;
  watchers?: string[];
}

describe("services/control/settle", () => {
  let server: Server;
  let url: string;
  let polls: number;
  let answer: (poll: number) => State | string;
  let writes: number;
  let end: string | undefined;

  before(async () => {
    server = createServer((_request, response) => {
      polls += 1;
      const state = answer(polls);
      if (typeof state === "string") response.writeHead(500).end(state);
      else {
        const { idle, started, completed, watchers = ["koji"] } = state;
        const looks = Object.fromEntries(watchers.map((name) => [name, { started, completed }]));
        response.end(JSON.stringify({ idle, watchers: looks }));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    polls = 0;
    writes = 0;
    end = undefined;
  });

  const run = (seconds = 5) => settle({ statusUrl: url, writes: () => writes, givenUp: async () => end }, seconds);

  it("needs a look that began after the call, and one more while nothing is written", async () => {
    // The look under way when it is called (5 started, 4 completed) does not count.
    answer = (poll) => ({ idle: true, started: 4 + Math.ceil(poll / 2), completed: 3 + Math.ceil(poll / 2) });
    const outcome = await run();
    assert.equal(outcome.settled, true);
    assert.ok(polls >= 5, `${polls} polls`);
    assert.deepEqual(outcome.settled && outcome.looks.koji?.completed, 3 + Math.ceil(polls / 2));
  });

  it("is not fooled by who says that it is idle and posts all the same", async () => {
    answer = (poll) => {
      writes += 1;
      return { idle: true, started: poll + 1, completed: poll };
    };
    assert.deepEqual(await run(1.5), {
      settled: false,
      reason: "something was posted during the last look",
      final: false,
    });
  });

  it("says what it waits for", async () => {
    answer = () => ({ idle: true, started: 3, completed: 3 });
    const stuck = await run(0.5);
    assert.match(
      stuck.settled ? "" : stuck.reason,
      /watcher koji has not completed a look that began since \(3 of 4\)/,
    );
    answer = (poll) => ({ idle: false, started: poll + 1, completed: poll });
    assert.deepEqual(await run(0.8), { settled: false, reason: "AutoQA is not idle", final: false });
    answer = () => "broken";
    const broken = await run(0.3);
    assert.match(broken.settled ? "" : broken.reason, /answered 500: broken/);
  });

  it("does not wait for who will not come back", async () => {
    answer = () => "gone";
    end = "the supervisor has given its program up";
    const started = performance.now();
    assert.deepEqual(await run(60), { settled: false, reason: end, final: true });
    assert.ok(performance.now() - started < 5000);
  });

  it("is not fooled by who names no watcher", async () => {
    answer = (poll) => ({ idle: true, started: poll + 1, completed: poll, watchers: [] });
    const outcome = await run(0.5);
    assert.match(outcome.settled ? "" : outcome.reason, /names no watcher/);
  });

  it("waits for a watcher that comes later, too", async () => {
    answer = (poll) => {
      const watchers = poll < 5 ? ["koji"] : ["koji", "bodhi"];
      return { idle: true, started: poll + 1, completed: poll, watchers };
    };
    const outcome = await run();
    assert.ok(outcome.settled && outcome.looks.bodhi !== undefined);
    assert.ok(polls >= 8, `${polls} polls`);
  });

  it("begins anew when AutoQA is restarted", async () => {
    answer = (poll) =>
      poll < 4
        ? { idle: true, started: 100 + poll, completed: 99 + poll }
        : { idle: true, started: poll - 3, completed: poll - 3 };
    const outcome = await run();
    assert.equal(outcome.settled, true);
    assert.ok(outcome.settled && (outcome.looks.koji?.completed ?? 0) < 50);
  });
});
