/** ^C: the first lets running steps finish, the second ends everything at once. */
import { UserError } from "../errors";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Handles signals until the returned function is called. `cancel` is what the first one does. */
export function handleSignals(cancel: () => Promise<void>): () => void {
  let seen = 0;
  const handler = () => {
    seen += 1;
    if (seen === 1) {
      process.stderr.write(
        "^C received; cancelling. If you would like to terminate immediately, press ^C again.\n" +
          "Steps that are under way are finished and saved; nothing new is begun. To go on later, run the same command again.\n",
      );
      void cancel();
      return;
    }
    process.stderr.write(
      "^C received; terminating. What was under way is on record as pending: run the same command again to go on.\n",
    );
    // Locks, plugins and the program go with the process.
    process.exit(new UserError("").code);
  };
  for (const signal of SIGNALS) process.on(signal, handler);
  return () => {
    for (const signal of SIGNALS) process.removeListener(signal, handler);
  };
}
