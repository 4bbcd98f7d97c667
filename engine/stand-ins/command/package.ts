/** Stand-ins for the resources and functions of `@pulumi/command` 1.2. */
import type { StandInPackage } from "../standIn";
import { ConnectionPool } from "./connection";
import { copyFile, copyToRemote } from "./copy";
import { localCommand, localRun } from "./local";
import { remoteCommand } from "./remote";

/** Commands of one package share their ssh connections. */
export function commandPackage(): StandInPackage {
  const pool = new ConnectionPool();
  return {
    close: () => pool.close(),
    functions: { "command:local:run": localRun },
    resources: {
      "command:local:Command": localCommand,
      "command:remote:Command": remoteCommand(pool),
      "command:remote:CopyFile": copyFile(pool),
      "command:remote:CopyToRemote": copyToRemote(pool),
    },
  };
}
