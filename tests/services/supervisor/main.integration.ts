/** The supervisor as a program: its ready line, the clock of what it runs (needs libfaketime), and its end. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = [
  ...process.execArgv,
  "-r",
  "./setup/typescript.cjs",
  join(process.cwd(), "services/supervisor/main.ts"),
];

describe("supervisor program", () => {
  let directory: string;
  let supervisor: ChildProcess | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "supervisor-"));
    writeFileSync(
      join(directory, "secrets"),
      JSON.stringify({ controlToken: "t0ken", environment: { BODHI_PASSWORD: "pa55" } }),
      { mode: 0o600 },
    );
  });

  afterEach(async () => {
    if (supervisor !== undefined && supervisor.exitCode === null) {
      supervisor.kill();
      await once(supervisor, "exit");
    }
    rmSync(directory, { recursive: true });
  });

  async function start(command: string[]): Promise<string> {
    const path = (name: string) => join(directory, name);
    const child = spawn(
      process.execPath,
      [
        ...program,
        ...["--listen", "127.0.0.1:0", "--secrets-file", path("secrets"), "--state-directory", path("state")],
        ...["--log-file", path("log"), "--clock-file", path("clock"), "--", ...command],
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    supervisor = child;
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
  }

  const headers = { authorization: "Bearer t0ken" };

  async function logged(url: string, pattern: RegExp): Promise<string> {
    const deadline = performance.now() + 8_000;
    for (;;) {
      const log = await (await fetch(`${url}/log`, { headers })).text();
      if (pattern.test(log)) return log;
      assert.ok(performance.now() < deadline, `no ${pattern} in the log after 8 s: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it("moves the clock of a running program while its timers go on in real time", async () => {
    const script = "setInterval(() => console.log(new Date().toISOString(), Math.round(performance.now())), 50)";
    const url = await start([process.execPath, "-e", script]);
    await logged(url, /Z \d+\n/);
    const offsetSeconds = Math.round(Date.parse("2011-05-21T17:16:58Z") / 1000 - Date.now() / 1000);
    const answer = await fetch(`${url}/clock`, { method: "PUT", headers, body: JSON.stringify({ offsetSeconds }) });
    assert.deepEqual(await answer.json(), { applied: true });
    const log = await logged(url, /^2011-05-21T17:1[67]:\d\d\.\d+Z \d+$/m);
    const monotonic = [...log.matchAll(/Z (\d+)$/gm)].map((match) => Number(match[1]));
    const steps = monotonic.slice(1).map((value, i) => value - (monotonic[i] ?? 0));
    assert.ok(
      steps.every((step) => step >= 0 && step < 3_000),
      `monotonic time jumped: ${steps}`,
    );
  });

  it("lets a program sleep that does so until a monotonic time, before and after its clock is moved", async () => {
    const script = [
      "import time",
      "while True:",
      "  begin = time.monotonic()",
      "  time.sleep(0.2)",
      "  print('slept', round(time.monotonic() - begin, 1), time.gmtime().tm_year, flush=True)",
    ];
    const url = await start(["python3", "-c", script.join("\n")]);
    await logged(url, /slept 0\.[2-9] 20[2-9]\d/);
    const offsetSeconds = Math.round(Date.parse("2011-05-21T17:16:58Z") / 1000 - Date.now() / 1000);
    await fetch(`${url}/clock`, { method: "PUT", headers, body: JSON.stringify({ offsetSeconds }) });
    await logged(url, /slept 0\.[2-9] 2011/);
  });

  it("tells its program the secrets by environment, which no process list shows", async () => {
    const url = await start(["/bin/sh", "-c", 'test "$BODHI_PASSWORD" = pa55 && echo told; exec sleep 1000']);
    await logged(url, /told/);
  });

  it("ends its program when it is ended", async () => {
    const url = await start(["/bin/sh", "-c", `echo $$ > ${join(directory, "pid")}; echo up; exec sleep 1000`]);
    await logged(url, /up/);
    const pid = Number(readFileSync(join(directory, "pid"), "utf8"));
    supervisor?.kill();
    await once(supervisor as ChildProcess, "exit");
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });

  it("explains a wrong command line", async () => {
    const child = spawn(process.execPath, [...program, "--listen", "127.0.0.1:0"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 2);
    assert.match(text, /No program to supervise after "--"[\s\S]*usage: supervisor/);
  });
});
