import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archivePosts } from "../../verify/archive/archive";
import { type FakeEnvironment, fakeEnvironment } from "./fake-environment";

describe("archivePosts", () => {
  let scratch: string;
  let environment: FakeEnvironment;

  beforeEach(async () => {
    scratch = mkdtempSync(join(tmpdir(), "archive-"));
    environment = await fakeEnvironment();
  });
  afterEach(async () => {
    await environment.close();
    rmSync(scratch, { recursive: true });
  });

  const archive = (over: { url?: string; token?: string; directory?: string; timeoutSeconds?: number } = {}) => {
    const { control, controlToken = "" } = environment.outputs;
    const {
      url = control?.url ?? "",
      token = controlToken,
      directory = join(scratch, "archive"),
      timeoutSeconds = 5,
    } = over;
    return archivePosts({ control: { url, token }, directory, name: "lab-0badcafe", timeoutSeconds });
  };

  it("keeps everything that was posted", async () => {
    const comment = { update: "U-1", author: "autoqa", text: "rpmlint test FAILED", karma: 0, email: false };
    environment.posts = { results: [], comments: [comment], mail: [] };
    assert.match(await archive(), /^0 results, 1 comments and 0 mails are archived in .*lab-0badcafe\.json$/);
    const kept = JSON.parse(readFileSync(join(scratch, "archive/lab-0badcafe.json"), "utf8")) as object;
    assert.deepEqual(kept, environment.posts);
  });

  it("writes nothing where nothing was posted", async () => {
    environment.posts = { results: [], comments: [], mail: [] };
    assert.match(await archive(), /nothing was posted/);
    assert.deepEqual(readdirSync(scratch), []);
  });

  it("is not in the way of the next deploy where nothing listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const url = `http://127.0.0.1:${port}`;
    assert.match(await archive({ url }), /^nothing archived: .*can't be reached \(ECONNREFUSED\)/);
  });

  it("ends the deploy where somebody listens who does not give the posts", async () => {
    await assert.rejects(archive({ token: "of another deploy" }), /refused the token/);
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    const closing = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    try {
      for (const server of [silent, closing]) {
        if (!server.listening) await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        await assert.rejects(archive({ url: `http://127.0.0.1:${port}`, timeoutSeconds: 0.5 }), /can't be reached/);
      }
    } finally {
      for (const server of [silent, closing]) server.close();
    }
  });

  it("can be given up by whom it ends the deploy for good", () => {
    const run = (more: NodeJS.ProcessEnv) =>
      spawnSync(process.execPath, ["-r", "./setup/typescript.cjs", "verify/archive/main.ts"], {
        cwd: join(__dirname, "../.."),
        env: {
          ...process.env,
          CONTROL_URL: "no URL",
          CONTROL_TOKEN: "",
          ARCHIVE_NAME: "lab-0badcafe",
          AUTOQA_STAGING_DISCARD_POSTS: "",
          ...more,
        },
        encoding: "utf8",
      });
    const refused = run({});
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /can't be archived, so the machine .*stays: .*\n.*AUTOQA_STAGING_DISCARD_POSTS=true/);
    const givenUp = run({ AUTOQA_STAGING_DISCARD_POSTS: "true" });
    assert.equal(givenUp.status, 0);
    assert.match(givenUp.stdout, /nothing archived: AUTOQA_STAGING_DISCARD_POSTS=true/);
  });

  it("ends the deploy where what was posted can't be kept", async () => {
    environment.posts = { results: [], comments: [], mail: [{ to: "a@example.org", subject: "AutoQA" }] };
    const file = join(scratch, "file");
    writeFileSync(file, "");
    await assert.rejects(archive({ directory: file }), /EEXIST|ENOTDIR/);
  });
});
