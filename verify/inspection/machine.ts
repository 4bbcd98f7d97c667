/** What a machine itself tells of crashes, whichever AutoQA runs there. */
import { Client } from "ssh2";

export interface Reachable {
  name: string;
  ssh: { host: string; port: number; user: string };
}

const timeoutMilliseconds = 30_000;

/**
 * Units that failed; what the supervisors say of programs that ended by themselves, with the lines before it; and what
 * the kernel says of killed processes and broken disks. Each line has its origin before it.
 */
const question = `
systemctl --failed --plain --no-legend | sed 's/^/failed unit: /'
for log in /var/log/staging-*.log; do
  [ ! -e "$log" ] || grep -a -B 15 '^supervisor: ' "$log" | sed "s|^|$log: |"
done
journalctl --dmesg --no-pager --output cat --grep 'Out of memory|segfault at|BUG:|Oops|EXT4-fs error' | sed '/^-- /d; s/^/kernel: /'
true
`;

/** @returns a line for each sign of a crash. @throws Error where the machine can't be asked */
export async function crashesOf({ ssh }: Reachable, privateKey: string): Promise<string[]> {
  const answer = await run(question, { ...ssh, privateKey });
  return answer.split("\n").filter((line) => line.trim() !== "");
}

function run(command: string, { user, ...address }: Reachable["ssh"] & { privateKey: string }): Promise<string> {
  const client = new Client();
  return new Promise<string>((resolve, reject) => {
    client
      .once("error", reject)
      .once("close", () => reject(new Error("the connection was closed")))
      .once("ready", () =>
        client.exec(command, (error, channel) => {
          if (error) return reject(error);
          let output = "";
          for (const stream of [channel, channel.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
          channel.once("close", () => resolve(output));
        }),
      )
      .connect({ ...address, username: user, readyTimeout: timeoutMilliseconds });
  }).finally(() => client.end());
}
